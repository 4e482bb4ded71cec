"""The gate's beam: what makes a break, when it is decided, and what waits for a better one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Body, Crossing, Level, Obstacle, PassageOver
from retro_timer.detection.expectation import ARRIVAL, Awaited, Expectation, WatchMode
from retro_timer.detection.gate.crossings import Gate, GateEvent
from retro_timer.detection.gate.passage import Needed
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

PERIOD_NS = 25_000_000
WALL_MM = 2000.0
WALL_KCPS, BODY_KCPS = 600.0, 2500.0
RUNNER = Expectation(WatchMode.REP, 1, 0, 1_000_000_000, 20.0, 0.3, 7.0)
NOBODY_YET = Expectation(WatchMode.REP, 1, 0, 3_600_000_000_000, 20.0, 0.3, 7.0)
Row = tuple[int, float]
WALL: Row = (2000, WALL_KCPS)
BODY: Row = (900, BODY_KCPS)
START_S = 8.0
TWO = Needed(2, agreeing=False)


def told(rows: Sequence[Row], expectation: Expectation = RUNNER) -> list[tuple[float, GateEvent]]:
    """Events with the seconds since the first row."""
    gate = Gate(WatchConfig())
    events: list[tuple[float, GateEvent]] = []
    for n, (range_mm, signal) in enumerate(rows):
        t_ns = round(START_S * 1e9) + n * PERIOD_NS
        entry = BeamEntry(t_ns, Kind.TARGET, range_mm < 1900, range_mm, signal)
        new = gate.feed(entry, expectation, TWO, PERIOD_NS, PERIOD_NS, WALL_MM)
        events.extend((n * PERIOD_NS / 1e9, event) for event in new)
    return events


def times_of(events: Sequence[tuple[float, GateEvent]], kind: type) -> list[float]:
    return [at_s for at_s, event in events if isinstance(event, kind)]


def test_a_full_body_is_decided_at_its_own_end() -> None:
    events = told([WALL] * 40 + [BODY] * 8 + [WALL] * 40)
    (crossing_s,), (over_s,) = times_of(events, Crossing), times_of(events, PassageOver)
    assert crossing_s == pytest.approx(41 * 0.025)
    assert over_s <= 47 * 0.025 + 0.1


def test_a_doubtful_break_waits_for_a_better_one_for_six_tenths_of_a_second_at_most() -> None:
    events = told([WALL] * 40 + [BODY] * 2 + [WALL] * 60)
    passed = times_of(events, PassageOver)
    assert not passed or passed[0] <= 41 * 0.025 + 0.65


def test_a_body_that_follows_an_arm_within_that_time_is_the_one_that_is_timed() -> None:
    events = told([WALL] * 40 + [BODY] * 2 + [WALL] * 10 + [BODY] * 8 + [WALL] * 40)
    assert len(times_of(events, Crossing)) == 1
    over_s = times_of(events, PassageOver)
    assert over_s[-1] <= 59 * 0.025 + 0.1


def test_a_full_body_never_replaces_a_full_body() -> None:
    events = told([WALL] * 40 + [BODY] * 8 + [WALL] * 8 + [BODY] * 8 + [WALL] * 40)
    assert times_of(events, PassageOver)[0] <= 47 * 0.025 + 0.1


def test_a_phantom_makes_no_crossing_nor_do_two_that_agree() -> None:
    phantom: Row = (500, WALL_KCPS)
    for count in (1, 2):
        assert told([WALL] * 40 + [phantom] * count + [WALL] * 40) == []


def test_dark_cloth_before_a_bright_wall_is_somebody_all_the_same() -> None:
    dark: Row = (900, WALL_KCPS)
    assert times_of(told([WALL] * 40 + [dark] * 8 + [WALL] * 40), PassageOver)


def several(mode: WatchMode, earliest_ns: int) -> Expectation:
    """One is on the course, among others who may still start."""
    one = Awaited(0, earliest_ns, None, 20.0, 0.3, 7.0)
    return msgspec.structs.replace(RUNNER, mode=mode, rep=ARRIVAL, earliest_ns=earliest_ns, awaited=(one,))


@pytest.mark.parametrize("mode", [WatchMode.REP, WatchMode.LANE, WatchMode.START])
@pytest.mark.parametrize("stays", [8, 120])
def test_a_stranger_is_a_danger_to_who_runs_also_while_the_next_one_is_started(mode: WatchMode, stays: int) -> None:
    events = told([WALL] * 40 + [BODY] * stays + [WALL] * 60, several(mode, NOBODY_YET.earliest_ns))
    levels = [(at_s, event.level) for at_s, event in events if isinstance(event, Obstacle)]
    assert [level for _, level in levels] == [Level.DANGER, Level.CLEAR]
    assert levels[0][0] == pytest.approx(41 * 0.025)


@pytest.mark.parametrize("mode", [WatchMode.REP, WatchMode.LANE, WatchMode.START])
def test_who_may_arrive_frightens_nobody_while_the_next_one_is_started(mode: WatchMode) -> None:
    events = told([WALL] * 40 + [BODY] * 8 + [WALL] * 60, several(mode, RUNNER.earliest_ns))
    assert times_of(events, Obstacle) == []
    assert len(times_of(events, PassageOver)) == 1


@pytest.mark.parametrize(("rows", "levels"), [(4, []), (30, [Level.DANGER, Level.CLEAR])])
def test_the_arm_of_who_has_just_finished_frightens_nobody_and_who_stays_behind_them_does(
    rows: int, levels: list[Level]
) -> None:
    """Once the finish is told, only the next one is awaited, who cannot be there yet."""
    gate = Gate(WatchConfig())
    passed = [WALL] * 40 + [BODY] * 8 + [WALL] * 4
    heard: list[Level] = []
    for n, (range_mm, signal) in enumerate(passed + [BODY] * rows + [WALL] * 40):
        may_arrive_ns = RUNNER.earliest_ns if n < len(passed) else NOBODY_YET.earliest_ns
        entry = BeamEntry(round(START_S * 1e9) + n * PERIOD_NS, Kind.TARGET, range_mm < 1900, range_mm, signal)
        new = gate.feed(entry, several(WatchMode.LANE, may_arrive_ns), TWO, PERIOD_NS, PERIOD_NS, WALL_MM)
        heard += [event.level for event in new if isinstance(event, Obstacle)]
    assert heard == levels


def test_a_body_that_is_nobodys_finish_is_told_as_such_once() -> None:
    events = told([WALL] * 40 + [BODY] * 8 + [WALL] * 60, NOBODY_YET)
    assert len(times_of(events, Body)) == 1
    assert times_of(events, Crossing) == times_of(events, PassageOver) == []
