"""`retro-timer marshal`: what the sensors saw of a disputed finish, or exactly why there is nothing to see."""

from __future__ import annotations

import contextlib
import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from retro_timer.cli.output.marshal_text import finish_lines
from retro_timer.coach.access import Role
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.seen import Picture
from retro_timer.errors import RetroTimerError
from retro_timer.pictures.finish import draw_finish
from retro_timer.store import space
from retro_timer.store.finishes import KeptFinish, KeptSensor, keep_finish, kept_places
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.journal import Journal
from retro_timer.store.seen_finish import picture_of
from retro_timer.store.space import make_room_for_results
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus
from tests.helpers.browser_made import Field
from tests.helpers.command import here
from tests.helpers.finishes_made import BACK_NS, CONFIG, S, kept, passage, readings
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS

GO_NS = BACK_NS - 20 * S
UPPER, LOWER = (
    KeptSensor(name, "VL53L1X short", CONFIG, readings(41.0, n)) for n, name in enumerate(("upper", "lower"))
)
SOLVED = solve(passage(UPPER).broken, CONFIG)


def finished(number: int, **fields: object) -> RepRecord:
    """A rep whose finish is the one that `UPPER` saw."""
    record = RepRecord(
        number, 1, number, "Ann", 20.0, None, Gait.WALK, RepStatus.FINISHED, GO_NS, SOLVED.back_ns - GO_NS
    )
    record = msgspec.structs.replace(record, uncertainty_ns=SOLVED.uncertainty_ns, method="gate")
    return msgspec.structs.replace(record, **fields)


def opened(state: Path) -> sqlite3.Connection:
    """Its database."""
    connection = open_for_reading(state)
    assert connection is not None
    return connection


class Box:
    """A state directory with one session in it."""

    def __init__(self, state: Path, *records: RepRecord) -> None:
        self.state = state
        with contextlib.closing(Journal(state)) as journal:
            self.session = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
            for record in records:
                journal.save(self.session, record, WALL_NS)
        with contextlib.closing(opened(state)) as connection:
            self.uid = str(connection.execute("SELECT uid FROM session").fetchone()[0])

    def keep(self, rep: int, *sensors: KeptSensor) -> KeptFinish:
        """Keep the readings around a rep's finish."""
        made = kept(*(sensors or (UPPER,)), session_id=self.uid, rep=rep)
        made = msgspec.structs.replace(made, back_ns=SOLVED.back_ns + rep - 1, bodies=[])
        keep_finish(self.state, made)
        return made

    def picture(self, rep: int = 1) -> Picture:
        """Its picture."""
        with contextlib.closing(opened(self.state)) as connection:
            return picture_of(connection, self.state, self.session, rep)

    def refusal(self, rep: int = 1) -> str:
        """Why there is none."""
        with pytest.raises(RetroTimerError) as refused:
            self.picture(rep)
        return str(refused.value)


def test_a_picture_has_readings_outline_and_interval(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1))
    box.keep(1)
    picture = box.picture()
    (strip,) = picture.strips
    assert picture.finish_s == pytest.approx((SOLVED.back_ns - GO_NS) / 1e9)
    assert picture.uncertainty_s == SOLVED.uncertainty_ns / 1e9
    assert len(strip.readings) == len(UPPER.samples)
    assert max(cover for _, cover in strip.outline) == pytest.approx(1.0, abs=0.01)
    assert picture.losers == []
    middle_s = max(strip.outline, key=lambda point: point[1])[0]
    assert 0.0 < middle_s - picture.finish_s < 0.3


def test_what_was_looked_at_and_lost_is_told_with_its_reason(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1))
    made = box.keep(1)
    arm = passage(UPPER)
    free = {"hit": False, "range_mm": 2000, "signal_kcps": 3000.0}
    few = [e if e.t_ns < BACK_NS + 40_000_000 else msgspec.structs.replace(e, **free) for e in arm.broken.entries]
    early = msgspec.structs.replace(arm, broken=msgspec.structs.replace(arm.broken, entries=few))
    keep_finish(
        tmp_path, msgspec.structs.replace(made, passages=[early, *made.passages], bodies=[(BACK_NS, BACK_NS + S)])
    )
    picture = box.picture()
    assert [loser.why for loser in picture.losers] == ["passed, and was not timed", "too brief for a torso"]
    assert picture.strips[0].outline


def test_of_a_thin_beam_the_back_edge_and_the_trunk_behind_it_are_drawn(tmp_path: Path) -> None:
    thin = KeptSensor("thin", "TF-Luna", WatchConfig(fov_deg=2.0), readings(100.0))
    wide = passage(thin)
    broken = msgspec.structs.replace(wide.broken, period_s=0.01, budget_s=0.01)
    solved = solve(broken, thin.config)
    box = Box(tmp_path, finished(1))
    made = kept(thin, session_id=box.uid, rep=1)
    seen = [msgspec.structs.replace(wide, broken=broken)]
    keep_finish(tmp_path, msgspec.structs.replace(made, back_ns=solved.back_ns, passages=seen, bodies=[]))
    (strip,) = box.picture().strips
    edge_s = min(t_s for t_s, cover in strip.outline if cover == 1.0)
    lit_s = min(reading.t_s for reading in strip.readings if reading.hit)
    assert edge_s == pytest.approx(lit_s, abs=0.03)
    assert max(cover for _, cover in strip.looks) == pytest.approx(1.0, abs=0.1)


def test_a_break_that_is_no_reps_yet_is_of_no_rep_in_the_picture(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1))
    made = kept(UPPER, session_id=box.uid, rep=1)
    nobodys = msgspec.structs.replace(passage(UPPER), rep=ARRIVAL)
    keep_finish(tmp_path, msgspec.structs.replace(made, back_ns=SOLVED.back_ns + S // 2, passages=[nobodys], bodies=[]))
    (told,) = [loser.why for loser in box.picture().losers]
    assert told.startswith("a body at ")
    assert "of rep" not in told


def test_both_halves_of_a_dual_gate_are_drawn_each_with_its_own_outline(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1, method="dual"))
    box.keep(1, UPPER, LOWER)
    picture = box.picture()
    assert [strip.title for strip in picture.strips] == ["upper, VL53L1X short", "lower, VL53L1X short"]
    assert all(strip.outline for strip in picture.strips)
    assert picture.notes[1] == "method dual, made by upper and lower"


def test_a_finish_by_hand_has_no_outline_and_says_so(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1, method="manual", flags=(Flag.MANUAL,)))
    box.keep(1)
    picture = box.picture()
    assert picture.strips[0].outline == []
    assert picture.notes[1].startswith("stopped by hand, manual: no outline was fitted")
    (loser,) = picture.losers
    assert loser.why.startswith("a body at 2")


def test_a_void_rep_and_one_that_was_given_away_are_told(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1), finished(2, status=RepStatus.VOID))
    box.keep(1)
    assert box.picture(2).notes[2:] == ["this rep is void", "timed as rep 1, given to this one by a correction"]


def test_without_a_finish_there_is_nothing_to_draw(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1, status=RepStatus.DNF, time_ns=None, reason="timeout"))
    assert "session 1, rep 1: no finish (DNF, timeout)" in box.refusal()
    assert "retro-timer keep" in box.refusal()


def test_why_there_are_no_readings_is_told_exactly(tmp_path: Path) -> None:
    """An older version's rep, one whose readings had to go, one whose readings could not be written, a timed step."""
    took_ns = SOLVED.back_ns - GO_NS
    box = Box(
        tmp_path, *(finished(n, time_ns=took_ns + n - 1) for n in (1, 2, 3)), finished(4, method="clock", time_ns=1)
    )
    assert "timed before readings were kept" in box.refusal(1)
    box.keep(2)
    assert "timed before readings were kept" in box.refusal(1)
    box.keep(3)
    oldest, _ = sorted((tmp_path / "finishes").iterdir())
    oldest.unlink()
    assert "its readings are gone: those of the newest 2,000 finishes are kept" in box.refusal(1)
    assert "ended by the clock" in box.refusal(4)


def test_a_full_disk_that_takes_all_that_was_kept_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(tmp_path, *(finished(n, time_ns=SOLVED.back_ns - GO_NS + n - 1) for n in (1, 2)))
    box.keep(1)
    monkeypatch.setattr(space, "free_bytes", lambda _folder: 0)
    box.keep(2)
    assert [place.rep for place in kept_places(tmp_path)] == [2]
    assert "its readings are gone" in box.refusal(1)
    make_room_for_results(tmp_path)
    assert "had to go, all of them, when the disk was full" in box.refusal(2)


def test_readings_that_could_not_be_written_are_looked_for_in_the_log(tmp_path: Path) -> None:
    late = SOLVED.back_ns - GO_NS + 1
    box = Box(tmp_path, finished(1), finished(2, time_ns=late))
    box.keep(1)
    assert "could not be kept when it was timed" in box.refusal(2)


def test_the_drawing_is_whole_and_has_every_reading(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1, athlete="A < B & Č"))
    box.keep(1, UPPER, LOWER)
    root = ET.fromstring(draw_finish(box.picture()))
    dots = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(dots) > 2 * (len(UPPER.samples) + len(LOWER.samples))
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    assert "A < B & Č" in (root.findtext("{http://www.w3.org/2000/svg}title") or "")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_terminal_shows_the_same_in_any_width(tmp_path: Path, columns: int) -> None:
    box = Box(tmp_path, finished(1))
    box.keep(1)
    lines = list(finish_lines(box.picture(), columns))
    charts = [line for line in lines if line[:8].strip() in ("range m", "kcps", "cover")]
    assert len(charts) == 3
    assert all(len(line) <= columns for line in charts)
    assert sum("|" in line for line in lines) > 10


def test_what_is_not_there_is_one_line_with_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    Box(tmp_path, finished(1)).keep(1)
    unknown = here(capsys, "marshal", 7, 1)
    assert (unknown.code, "session 7: not found" in unknown.one_line()) == (2, True)
    nobody = here(capsys, "marshal", 1, 9)
    assert (nobody.code, "expected a rep from 1 to 1" in nobody.one_line()) == (2, True)
    nowhere = here(capsys, "marshal", 1, 1, "--svg", tmp_path / "none" / "finish.svg")
    assert (nowhere.code, "cannot be written" in nowhere.one_line()) == (2, True)
    drawn = here(capsys, "marshal", 1, 1, "--svg", tmp_path / "finish.svg")
    assert (drawn.code, drawn.lines) == (0, [str(tmp_path / "finish.svg")])
    assert (tmp_path / "finish.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_the_page_of_a_rep_has_the_picture_where_there_is_one_and_a_viewer_may_look(tmp_path: Path) -> None:
    box = Box(tmp_path, finished(1), finished(2, status=RepStatus.DNF, time_ns=None, uncertainty_ns=None))
    box.keep(1)
    viewer = Field(tmp_path).phone(Role.VIEWER)
    assert 'src="/results/1/1/finish" alt="What the sensors saw of this finish: ' in viewer.get("/results/1/1").body
    got = viewer.get("/results/1/1/finish")
    assert got.header("content-type") == "image/svg+xml"
    assert ET.fromstring(got.data).tag.endswith("svg")
    assert "/finish" not in viewer.get("/results/1/2").body
    for address in ("/results/1/2/finish", "/results/1/9/finish", "/results/9/1/finish"):
        assert viewer.get(address).status == 404
