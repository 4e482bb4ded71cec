"""Results on the page: a session by set, one athlete's part, a rep; each picture beside its table; names are data."""

from __future__ import annotations

import contextlib
import html
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from retro_timer.coach.access import Role
from retro_timer.coach.reading import number_in
from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind
from tests.helpers.browser_made import Browser, Field
from tests.helpers.results_made import PLAN, WALL_NS

NASTY = ["<script>alert(1)</script>", "\u202etxet", "x" * 2_000, "😀👩‍👩‍👧", '=1+1"', "&amp;", "שלום"]


def record(rep: int, athlete: str, set_no: int = 1, **more: object) -> RepRecord:
    made = RepRecord(
        rep,
        set_no,
        rep,
        athlete,
        20.0,
        None,
        Gait.JOG,
        RepStatus.FINISHED,
        rep,
        8_123_000_000,
        31_000_000,
        method="gate",
    )
    return RepRecord(**{**{name: getattr(made, name) for name in made.__struct_fields__}, **more})


def keep(state_dir: Path, *records: RepRecord) -> None:
    """A session of these reps."""
    with contextlib.closing(Journal(state_dir)) as journal:
        names = tuple(dict.fromkeys(each.athlete for each in records))
        number = journal.begin(PLAN, names, "sim", WALL_NS)
        for each in records:
            journal.save(number, each, WALL_NS + each.rep)
        journal.end(number, "done", WALL_NS + 99)


def test_a_relay_shows_the_time_of_its_team(tmp_path: Path) -> None:
    legs = [
        record(1 + leg, name, rep_no=1, go_ns=leg * 9 * 10**9, time_ns=9 * 10**9, start=StartKind.RELAY)
        for leg, name in enumerate(("Ada", "Ben"))
    ]
    keep(tmp_path, *legs)
    assert "Relay, 2 legs: 18.00 s" in Field(tmp_path).phone(Role.VIEWER).get("/results/1").body


@pytest.fixture
def viewer(tmp_path: Path) -> Browser:
    keep(
        tmp_path,
        record(1, "Ada"),
        record(2, "Ben", status=RepStatus.DNF, time_ns=None, uncertainty_ns=None, reason="timeout"),
        record(3, "Ada", 2, flags=(Flag.CROWDED,)),
        record(4, "Ben", 2),
    )
    return Field(tmp_path).phone(Role.VIEWER)


def pictures(body: str) -> list[tuple[str, str]]:
    """Those of sets."""
    return re.findall(r'<img class="picture"[^>]* src="(/results/[0-9]+/set/[^"]+)" alt="([^"]+)"', body)


def test_each_set_has_its_picture_beside_its_table(viewer: Browser) -> None:
    body = viewer.get("/results/1").body
    assert pictures(body) == [
        (f"/results/1/set/{number}", f"Set {number}: seconds, 95 % intervals") for number in (1, 2)
    ]
    assert body.count("<table>") == 3, "and the group's"
    assert "8.13</strong> <small>± 0.04" in body
    for address, _ in pictures(body):
        got = viewer.get(address)
        assert got.status == 200
        assert got.header("content-type") == "image/svg+xml"
        assert got.header("content-security-policy") == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert ET.fromstring(got.data).tag.endswith("svg")


def test_a_set_without_a_time_has_no_picture_and_an_address_without_a_set_neither(tmp_path: Path) -> None:
    keep(tmp_path, record(1, "Ada", status=RepStatus.VOID))
    viewer = Field(tmp_path).phone(Role.VIEWER)
    assert not pictures(viewer.get("/results/1").body)
    for address in ("/results/1/set/1", "/results/1/set/9", "/results/7/set/1", "/results/1/set/x"):
        assert viewer.get(address).status == 404


def test_an_athletes_part_of_a_session_is_theirs_alone(viewer: Browser) -> None:
    link = re.search(r'href="(/results/1\?athlete=\d+)"><bdi>Ben</bdi>', viewer.get("/results/1").body)
    assert link is not None
    body = viewer.get(link[1]).body
    assert "no finish</strong> not seen in time" in body
    assert "<bdi>Ada</bdi> <small>" not in body
    ((address, _),) = pictures(body)
    assert "Ada" not in viewer.get(address).body
    assert "Ben" in viewer.get(address).body
    assert viewer.get("/results/1?athlete=99").status == 404


def test_an_athlete_has_a_page_with_every_session(tmp_path: Path) -> None:
    for _ in range(2):
        keep(tmp_path, record(1, "Ada"), record(2, "Ben"))
    viewer = Field(tmp_path).phone(Role.VIEWER)
    link = re.search(r'href="(/athletes/\d+)"><bdi>Ben</bdi>', viewer.get("/athletes").body)
    assert link is not None
    body = viewer.get(link[1]).body
    assert re.findall(r">Session (\d)<", body) == ["2", "1"]
    assert len(pictures(body)) == 2
    assert "Ada" not in body
    assert viewer.get("/athletes/99").status == 404


def test_a_viewer_looks_and_has_no_form_and_no_download(viewer: Browser) -> None:
    for address in ("/results", "/results/1", "/results/1/1", "/athletes", "/athletes/1"):
        body = viewer.get(address).body
        assert not re.search(r'<form(?! method="post" action="/look")', body), address
        assert "/download/" not in body


def test_a_coach_has_both(tmp_path: Path) -> None:
    keep(tmp_path, record(1, "Ada"))
    coach = Field(tmp_path).phone(Role.COACH)
    kinds = re.findall(r'name="kind" value="(\w+)"', coach.get("/results/1/1").body)
    assert kinds == ["void", "give", "swap", "nobody", "set", "note"]
    assert re.findall(r"/download/(\w+)\?session=1\"", coach.get("/results/1").body) == ["csv", "json", "fit", "lif"]


@pytest.mark.parametrize("name", NASTY, ids=lambda name: name[:8])
def test_a_name_is_nothing_but_a_name(tmp_path: Path, name: str) -> None:
    keep(tmp_path, record(1, name, note=name), record(2, "Ben"))
    coach = Field(tmp_path).phone(Role.COACH)
    for address in ("/results/1", "/results/1?athlete=1", "/results/1/1", "/athletes", "/athletes/1"):
        got = coach.get(address)
        assert got.status == 200, address
        assert "<script>alert" not in got.body
        # A name's direction ends with it.
        assert all(f"<bdi>{part}" in got.body for part in [name.replace("&", "&amp;").replace("<", "&lt;")[:3]]), (
            address
        )
    assert len(ET.fromstring(coach.get("/results/1/set/1").data)) > 1


def test_more_than_a_phone_shows_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.coach.pages.results.MOST_REPS", 2)
    monkeypatch.setattr("retro_timer.coach.pages.athletes.MOST_REPS", 1)
    keep(tmp_path, record(1, "Ada"), record(2, "Ada"), record(3, "Ada"))
    viewer = Field(tmp_path).phone(Role.VIEWER)
    assert "The newest 2 of 3." in viewer.get("/results/1").body
    assert "The newest 1 reps." in viewer.get("/athletes/1").body


def test_the_pages_are_in_the_readers_language(viewer: Browser) -> None:
    body = viewer.get("/results/1", **{"accept-language": "de"}).body
    assert "Serie 1: Sekunden, 95-%-Intervalle" in body
    assert "Serie 1" in viewer.get("/results/1/set/1", **{"accept-language": "de"}).body


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("0", 0), ("-1", 0), ("9" * 12, 0), ("9" * 5_000, 0), ("٣", 0)])
def test_a_number_in_an_address_is_one_that_something_can_have(text: str, number: int) -> None:
    assert number_in(text) == number


KNOWN_NS = 1_800_000_000_000_000_000
"""Late enough for a date."""


def charts(body: str) -> list[str]:
    return re.findall(r'<img class="picture"[^>]* src="(/[^"]+(?:/chart|/trend|/spread)[^"]*)"', body)


def drawn(browser: Browser, address: str) -> str:
    got = browser.get(address)
    assert got.status == 200, address
    assert got.header("content-security-policy") == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return "".join(ET.fromstring(got.data).itertext())


@pytest.fixture
def season(tmp_path: Path) -> Browser:
    """Three evenings, a week apart, of two."""
    with contextlib.closing(Journal(tmp_path)) as journal:
        for week in range(3):
            began_ns = KNOWN_NS + week * 7 * 86_400_000_000_000
            number = journal.begin(PLAN, ("Ada", "Ben"), "pi", began_ns)
            for rep in range(1, 7):
                name = "Ada" if rep % 2 else "Ben"
                made = record(rep, name, time_ns=8_000_000_000 + 200_000_000 * (rep % 2) + 10_000_000 * rep)
                journal.save(number, made, began_ns + rep)
            journal.end(number, "done", began_ns + 99)
    return Field(tmp_path).phone(Role.VIEWER)


def test_a_session_shows_the_group_side_by_side_and_of_one_athlete_their_reps_in_order(season: Browser) -> None:
    body = season.get("/results/1").body
    assert charts(body) == ["/results/1/chart"]
    assert "where intervals overlap, no clear order" in body
    assert [name in drawn(season, "/results/1/chart") for name in ("Ada", "Ben", "Cem")] == [True, True, False]
    body = season.get("/results/1?athlete=1").body
    assert charts(body) == ["/results/1/chart?athlete=1"]
    assert "20 m jog, reps in s; no drop-off beyond the noise" in re.sub("[\u2068\u2069]", "", body)
    assert "Ben" not in drawn(season, "/results/1/chart?athlete=1")


def test_an_athlete_has_their_averages_over_the_days_and_how_their_times_are_spread(season: Browser) -> None:
    body = season.get("/athletes/1").body
    assert charts(body) == ["/athletes/1/trend", "/athletes/1/spread"]
    assert re.findall(r'<th scope="row"><bdi>(2027-[^<]+)</bdi></th><td><strong>([^<]+)', body) == [
        (day, "8.23") for day in ("2027-01-15", "2027-01-22", "2027-01-29")
    ]
    assert "no trend beyond the noise" in drawn(season, "/athletes/1/trend")
    assert "of 9 reps" in drawn(season, "/athletes/1/spread")
    assert season.get("/athletes/1/anthem").status == 404
    assert season.get("/athletes/9/trend").status == 404


@pytest.fixture
def two_kinds(tmp_path: Path) -> Browser:
    """An evening of two with a kind of reps that is run more often, and one that is run less."""
    with contextlib.closing(Journal(tmp_path)) as journal:
        number = journal.begin(PLAN, ("Ada", "Ben"), "pi", KNOWN_NS)
        for rep in range(1, 35):
            made = record(rep, "Ada" if rep % 2 else "Ben", time_ns=8_000_000_000 + 10_000_000 * rep)
            walked = msgspec.structs.replace(made, distance_m=10.0, gait=Gait.WALK)
            journal.save(number, walked if rep > 22 else made, KNOWN_NS + rep)
        journal.end(number, "done", KNOWN_NS + 99)
    return Field(tmp_path).phone(Role.VIEWER)


def kinds(body: str) -> list[tuple[str, bool, str]]:
    """Where each kind that can be chosen leads, whether it is the one that is drawn, and its words."""
    found = re.findall(r'<a href="([^"]*what=[^"]*)"( aria-current="true")?>([^<]+)</a>', body)
    return [(html.unescape(address), bool(current), words) for address, current, words in found]


@pytest.mark.parametrize("page", ["/results/1", "/results/1?athlete=1", "/athletes/1"])
def test_where_there_are_several_kinds_of_reps_each_can_be_chosen(two_kinds: Browser, page: str) -> None:
    (jog, *by_itself), (walk, *less) = kinds(two_kinds.get(page).body)
    assert (by_itself, less) == ([True, "20 m jog"], [False, "10 m walk"])
    for address, kind in ((jog, "20 m jog"), (walk, "10 m walk")):
        body = two_kinds.get(address.partition("#")[0]).body
        assert [words for _, current, words in kinds(body) if current] == [kind]
        (picture,) = map(html.unescape, charts(body))
        assert kind in drawn(two_kinds, picture).translate({0x2068: None, 0x2069: None})


def test_a_kind_that_nobody_ran_is_the_most_frequent_one(two_kinds: Browser) -> None:
    body = two_kinds.get("/results/1?what=99+m+sprint").body
    assert [words for _, current, words in kinds(body) if current] == ["20 m jog"]


@pytest.mark.parametrize("language", ["de", "es", "fr", "nl", "pt-BR"])
def test_pictures_and_tables_of_several_reps_are_in_the_readers_language(season: Browser, language: str) -> None:
    for path in ("/results/1", "/results/1?athlete=1", "/athletes/1"):
        body = season.get(path, **{"accept-language": language}).body
        assert charts(body)
        for english in ("averages in s", "reps in s", "times in s", "beyond the noise", "{"):
            assert english not in body


def test_of_one_rep_there_is_nothing_to_compare(viewer: Browser) -> None:
    assert charts(viewer.get("/results/1?athlete=2").body) == []
    assert viewer.get("/results/1/chart?athlete=2").status == 404
