"""What the live page shows of a status, whatever people are called."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from retro_timer.beacon.control.protocol.answers import AthleteStatus, OnCourse, TimerStatus, VolumeStatus, WatchStatus
from retro_timer.beacon.system.strain import Strain
from retro_timer.coach.access import Role
from retro_timer.coach.commands import AT_HAND
from retro_timer.coach.live import Live
from retro_timer.coach.stream import Streams
from retro_timer.coach.streamed import Streamed
from retro_timer.coach.view import Clock, at_hand, countdown_of, on_course, row_of
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus
from retro_timer.training.session import events
from retro_timer.training.session.state import Phase
from tests.helpers.browser_made import Field

S = 1_000_000_000
REP = RepRecord(
    rep=3, set_no=1, rep_no=2, athlete="Ann", distance_m=20.0, duration_s=None, gait=Gait.JOG,
    status=RepStatus.FINISHED, go_ns=0, time_ns=11_431_000_000, uncertainty_ns=11_000_000, flags=(Flag.BLIND,),
)  # fmt: skip
GROUP = (AthleteStatus("Ann", True, 0), AthleteStatus("Ben", True, 0), AthleteStatus("Cem", True, 0, rests_s=12.3))
SEES = WatchStatus("ok", "", True, "covers_line_only", 0.0, 1.36)
BLIND = WatchStatus("lost", "sunlight", True, None, None, None)


def told(**more: object) -> TimerStatus:
    """A session in its rest."""
    rest = TimerStatus(
        board="sim", now_ns=100 * S, phase="rest", watch=SEES, sound="", volume=VolumeStatus(None, 100),
        machine=Strain(None, None, None), samples=1, troubles=(), sensors=(), title="Demo", level="clear",
        reps_done=1, athlete="Ann", then="Ben", set=1, sets=2, rep_in_set=1, reps_in_set=3, distance_m=20.0, gait="jog",
        athletes=GROUP, left_s=25.0,
        session_left_s=300.0, results=(REP,),
    )  # fmt: skip
    return msgspec.structs.replace(rest, **more)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return Field(tmp_path_factory.mktemp("coach"))


def shown(field: Field, status: TimerStatus | None, role: Role = Role.COACH, language: str = "en") -> str:
    if status is None:
        field.coach.live.hear_nothing()
    else:
        field.coach.live.hear_status(status, 0, 0)
    got = field.usual(role).get("/", **{"accept-language": language})
    assert got.status == 200
    return got.body


def test_who_asks_for_no_language_that_there_is_gets_the_one_that_the_box_speaks(field: Field) -> None:
    rest = told(phase="rest")
    assert '<html lang="fr"' in shown(field, msgspec.structs.replace(rest, language="fr"), language="fi")
    assert '<html lang="de"' in shown(field, msgspec.structs.replace(rest, language="de"), language="fi")
    assert '<html lang="nl"' in shown(field, msgspec.structs.replace(rest, language="de"), language="nl")


def test_a_rest_shows_who_is_next_and_then_and_the_last_time_with_its_interval(field: Field) -> None:
    page = shown(field, told())
    for text in ("Next", "<bdi>Ann</bdi>", "Then", "<bdi>Ben</bdi>", "Set 1 of 2", "11.44", "± 0.02", "blind", "Rests"):
        assert text in page
    assert f'data-until="{125 * S}"' in page


def test_without_an_answer_from_the_box_the_page_says_so_in_its_place(field: Field) -> None:
    page = shown(field, None)
    assert "The box does not answer." in page
    assert 'data-answers="no"' in page


def test_a_blind_watch_has_a_band_of_its_own_and_is_told_as_an_alert(field: Field) -> None:
    page = shown(field, told(watch=BLIND))
    assert '<p class="band blind" role="alert"><strong>BLIND: the watch does not see.</strong> sunlight</p>' in page
    assert "No rear watch. Use a spotter." in page
    assert "Clear." not in page
    assert "watch armed" not in page
    assert "watch armed" in shown(field, told())


@pytest.mark.parametrize("level", ["caution", "warning", "danger"])
def test_an_obstacle_is_told_in_words_as_well_as_in_colour(field: Field, level: str) -> None:
    page = shown(field, told(level=level))
    assert f'class="band {level}" role="alert"' in page
    assert level.upper() in page.upper()


def test_a_viewer_sees_no_command(field: Field) -> None:
    page = shown(field, told(), Role.VIEWER)
    assert "/do/" not in page
    assert "<bdi>Ann</bdi>" in page


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_its_word_and_its_commands(field: Field, phase: Phase) -> None:
    page = shown(field, told(phase=str(phase)))
    assert f'<p class="phase">{phase} ·' not in page
    hand = at_hand(told(phase=str(phase)))
    assert ("stop" in hand) is (phase not in (Phase.IDLE, Phase.DONE, Phase.STOPPED))
    assert set(hand) - {"stop", "halt"} <= {tag for tag, phases in AT_HAND.items() if str(phase) in phases}


@pytest.mark.parametrize("phase", [Phase.REST, Phase.LANE_CHECK, Phase.PAUSED, Phase.COUNTDOWN])
def test_the_clock_can_be_stopped_whenever_anybody_is_on_the_course(phase: Phase) -> None:
    runners = (OnCourse(1, "Ann", 4.0, 20.0, "jog"),)
    assert "finish" in at_hand(told(phase=str(phase), on_course=runners))
    assert "finish" not in at_hand(told(phase=str(phase), on_course=()))


def test_a_spotter_is_offered_where_the_watch_is_lost() -> None:
    assert "spotter" in at_hand(told(phase="lane-check", watch=BLIND))
    assert "spotter" not in at_hand(told(phase="lane-check"))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "\u202egnirts\u202c",
        "🏃" * 100,
        "x" * 10_000,
        "{{7*7}}",
    ],
)
def test_names_are_data(field: Field, name: str) -> None:
    record = msgspec.structs.replace(REP, athlete=name, note=name)
    group = (AthleteStatus(name, True, 0), AthleteStatus("Ben", False, 0))
    page = shown(field, told(athlete=name, then=name, title=name, athletes=group, results=(record,), troubles=(name,)))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert html.escape(name).replace("&quot;", "&#34;") in page


@given(st.text(max_size=50))
def test_any_name_leaves_the_page_whole(field: Field, name: str) -> None:
    group = (AthleteStatus(name, True, 0), AthleteStatus("Ben", True, 0))
    page = shown(field, told(athlete=name, athletes=group))
    assert page.rstrip().endswith("</html>")
    assert page.count("<li ") == 2


def test_what_became_of_a_rep_without_a_finish_is_told(field: Field) -> None:
    lost = msgspec.structs.replace(REP, status=RepStatus.DNF, time_ns=None, uncertainty_ns=None, reason="timeout")
    assert "no finish</strong> not seen in time" in shown(field, told(results=(lost,)))


def test_what_is_not_saved_is_told(field: Field) -> None:
    assert "Not saved: 2 reps." in shown(field, told(unsaved=2))


def test_a_correction_is_offered_to_be_undone_by_its_id_for_ten_seconds(field: Field) -> None:
    live = field.coach.live
    live.hear_status(told(), 0, 0)
    event = events.Correction(live.clock.now_ns, "void", rep=3, revision="abc123")
    live.hear_event(event, b"{}")
    assert 'name="revision" value="abc123"' in field.usual(Role.COACH).get("/").body
    assert "abc123" not in field.usual(Role.VIEWER).get("/").body
    live.hear_event(msgspec.structs.replace(event, t_ns=event.t_ns - 10 * S), b"{}")
    assert "abc123" not in field.usual(Role.COACH).get("/").body


def test_a_rep_under_way_counts_up_and_a_rest_down() -> None:
    (ann,) = on_course(told(on_course=(OnCourse(4, "Ann", 4.56, 20.0, "jog"),)))
    assert (ann.name, ann.clock.kind, ann.clock.text(100 * S)) == ("Ann", "since", "4.6")
    assert countdown_of(told(left_s=61.2)).text(100 * S) == "1:02"
    assert countdown_of(told(left_s=0.4)).text(100 * S) == "0:01"
    assert countdown_of(told(left_s=0.4)).text(102 * S) == "0:00"
    assert countdown_of(told(left_s=None)).kind == ""
    assert Clock("").text(5) == ""


def test_several_on_the_course_have_a_clock_each_and_the_next_one_a_countdown(field: Field) -> None:
    course = (OnCourse(4, "Ann", 4.5, 20.0, "jog", lane=2), OnCourse(5, "Ben", 1.5, 20.0, "jog"))
    page = shown(field, told(phase="get-ready", athlete="Cem", then=None, on_course=course))
    now = page.partition('<section id="now">')[2].partition("</section>")[0]
    assert [now.find(text) > 0 for text in ("Runs 2", "<bdi>Ann</bdi>", "Runs<", "<bdi>Ben</bdi>")] == [True] * 4
    assert now.count("data-since") == 2
    assert now.index("<bdi>Cem</bdi>") < now.index("data-until")
    assert "large" not in now


def test_a_wave_is_named_whole_before_its_go_and_each_of_it_while_it_runs(field: Field) -> None:
    wave = {"wave": ("Ann", "Ben"), "then": None}
    assert "<bdi>Ann, Ben</bdi>" in shown(field, told(**wave))
    page = shown(field, told(phase="running", on_course=(OnCourse(2, "Ben", 4.5, 20.0, "jog", lane=2),), **wave))
    now = page.partition('<section id="now">')[2].partition("</section>")[0]
    assert "<bdi>Ben</bdi>" in now
    assert "Ann" not in now


def test_one_on_the_course_has_the_large_clock_and_is_not_named_twice(field: Field) -> None:
    page = shown(field, told(phase="running", on_course=(OnCourse(4, "Ann", 4.5, 20.0, "jog"),), left_s=None))
    now = page.partition('<section id="now">')[2].partition("</section>")[0]
    assert '<time class="clock large" data-since=' in now
    assert now.count("<bdi>Ann</bdi>") == 1


def test_how_often_somebody_has_crossed_stands_beside_their_name(field: Field) -> None:
    course = (OnCourse(4, "Ann", 4.5, None, "jog", crossings=1),)
    page = shown(field, told(phase="running", on_course=course, left_s=None))
    assert "<bdi>Ann</bdi></strong> · 1 crossing<" in page


@given(st.integers(0, 10**15), st.floats(0.001, 5_000.0))
def test_the_instant_of_a_clock_is_the_same_for_every_look_at_it(now_ns: int, left_s: float) -> None:
    end_ns = now_ns + round(left_s * S)
    later_ns = now_ns + round(left_s * S / 3)
    looks = [countdown_of(told(now_ns=at_ns, left_s=(end_ns - at_ns) / 1e9)).at_ns for at_ns in (now_ns, later_ns)]
    assert abs(looks[0] - looks[1]) <= 1_000_000
    assert all(look % 1_000_000 == 0 for look in looks)


def test_an_interval_is_never_shown_narrower_than_it_is() -> None:
    assert row_of(msgspec.structs.replace(REP, uncertainty_ns=10_000_001)).spread == "± 0.02"
    assert row_of(msgspec.structs.replace(REP, uncertainty_ns=10_000_000)).spread == "± 0.01"


@pytest.mark.parametrize(
    ("asked", "lang"),
    [("de-AT,de;q=0.9,en;q=0.8", "de"), ("xx", "en"), ("pt", "pt-BR"), ("en;q=0.1,fr", "fr"), (";q=x,,", "en")],
)
def test_the_page_speaks_the_first_language_that_the_browser_asks_for(field: Field, asked: str, lang: str) -> None:
    assert f'<html lang="{lang}"' in shown(field, told(), language=asked)


@pytest.mark.parametrize("look", ["auto", "light", "dark", "sun"])
def test_somebody_chooses_how_it_looks_and_it_stays_so(field: Field, look: str) -> None:
    viewer = field.phone(Role.VIEWER)
    assert viewer.post("/look", look=look).status == 303
    assert f'data-look="{look}"' in viewer.get("/results").body


def test_no_other_look_is_taken(field: Field) -> None:
    viewer = field.phone(Role.VIEWER)
    viewer.post("/look", look='"><script>')
    viewer.cookies["look"] = '"><script>'
    assert 'data-look="auto"' in viewer.get("/results").body


def test_a_page_comes_stale_and_is_fresh_without_a_script_alone(field: Field) -> None:
    """A script that does not load would leave a page that looks live and is not."""
    page = shown(field, told())
    assert '<div id="live" class="stale"' in page
    assert '<p id="stale" role="alert">' in page
    without_script = page.partition("<noscript>")[2].partition("</noscript>")[0]
    sheet = without_script.partition('href="')[2].partition('"')[0]
    rules = field.stranger().get(sheet.partition("?")[0])
    assert rules.status == 200
    assert '#live[data-answers="yes"] #stale { display: none; }' in rules.body
    assert 'data-answers="yes"' in page
    assert 'data-answers="no"' in shown(field, None)


@pytest.mark.parametrize(("age_s", "answers"), [(0.0, "true"), (2.9, "true"), (3.0, "false")])
def test_a_box_that_hangs_does_not_answer_three_seconds_after_its_last_status(age_s: float, answers: str) -> None:
    async def run() -> bytes:
        now_ns = 0
        live = Live(lambda: now_ns)
        live.hear_status(told(), 0, 0)
        now_ns = round(age_s * S)
        request = Request(
            {"type": "http", "headers": [], "query_string": b"", "method": "GET", "state": {"phone": "ann"}}
        )
        answer = Streams(live).answer(request, Role.VIEWER, dict, lambda: True)
        assert isinstance(answer, Streamed)
        pieces = aiter(answer.pieces)
        await anext(pieces)
        return await anext(pieces)

    assert f'"answers":{answers}'.encode() in asyncio.run(run())


def test_the_board_shows_whoever_opens_it_what_a_viewer_sees(field: Field) -> None:
    shown(field, told(phase="running", on_course=(OnCourse(4, "Ann", 4.5, 20.0, "jog"),), athlete="Ben", then="Cem"))
    for role in (Role.VIEWER, Role.COACH):
        board = field.usual(role).get("/board").body.partition("<main>")[2].partition("</main>")[0]
        for text in ("<bdi>Ann</bdi>", "Next", "<bdi>Ben</bdi>", "Then", "<bdi>Cem</bdi>", "11.44", "± 0.02"):
            assert text in board, (role, text)
        assert "<form" not in board
        assert "<button" not in board
        assert 'data-stream="/events?as=board&amp;since="' in board


def test_the_boards_stream_brings_no_button_to_a_coach_either(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(field, told())
    brought: list[str] = []

    def answer(_: Streams, _request: object, role: Role, parts: Callable[[], dict[str, str]], _may: object) -> Response:
        assert role is Role.COACH
        brought.append("".join(parts().values()))
        return Response("")

    monkeypatch.setattr(Streams, "answer", answer)
    for address in ("/events", "/events?as=board"):
        assert field.usual(Role.COACH).get(address).status == 200
    assert ["<button" in parts for parts in brought] == [True, False]
