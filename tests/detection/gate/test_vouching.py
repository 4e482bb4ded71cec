"""Breaks of few sure readings: what the sensor doubts beside them, and the light of the wall, tell of a body."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.vouching import beside, flanks, vouches
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample
from tests.helpers.replaying import Event, of, rep, replayed

Row = tuple[int | None, int, float]
"""Range, status and signal."""
BREAK_S = 15.0
GATE = WatchConfig(budget_ns=20_000_000)


def passed(rows: list[Row], wall: Row, speed_mps: float, period_s: float = 0.04) -> list[Event]:
    """What is told of these readings, with a wall for three seconds before and two after; the break begins at 15 s."""
    before = round(3.0 / period_s)
    every = [wall] * before + rows + [wall] * round(2.0 / period_s)
    samples = [
        RangeSample(round((BREAK_S + (n - before) * period_s) * 1e9), range_mm, status, signal + 10.0 * (n % 3), 60.0)
        for n, (range_mm, status, signal) in enumerate(every)
    ]
    gait = "run" if speed_mps > 3.0 else "jog" if speed_mps > 1.7 else "walk"
    went_s = 1.0 + 20.0 / speed_mps
    return replayed(samples, GATE, rep(BREAK_S - went_s, 20.0, gait))


AVERAGED: list[Row] = [(1612, 0, 4824), (1235, 7, 6841), (967, 0, 10212), (1070, 7, 8391), (1573, 0, 5125)]
"""A bright body before a bright wall, by a sensor that averages over all light: one sure reading and its flank."""
ON_ITS_FLANK: list[Row] = [(1590, 7, 5071), (935, 7, 7879), (1241, 0, 6192), (1600, 0, 4800)]
"""The only sure reading is of the flank; what is nearer and brighter is doubted."""
NEAREST: list[Row] = [(1640, 0, 4300), (1023, 7, 3128), (1018, 0, 4773), (1031, 0, 4346), (1636, 7, 3603)]
"""Cloth darker than the wall, by a sensor that tells the nearest thing: no reading brighter than the empty beam."""
WALL: Row = (1640, 0, 4700)
DARK: list[Row] = [(1907, 0, 3866), (1668, 0, 4142), (1649, 0, 4217), (1932, 0, 3802)]
"""Dark cloth before a bright wall at the lane's far side: two readings without a body's light, and its mixed flanks."""
FAR_WALL: Row = (2230, 0, 3750)


@pytest.mark.parametrize("rows", [AVERAGED, ON_ITS_FLANK, NEAREST])
def test_a_runner_of_few_sure_readings_is_timed(rows: list[Row]) -> None:
    (finish,) = of(passed(rows, WALL, 5.2), "finish")
    middle_s = 0.04 * (len(rows) - 1) / 2.0
    assert abs(finish["time_s"] - (1.0 + 20.0 / 5.2 + middle_s - 0.12 / 5.2)) <= 0.04


def test_a_runner_in_dark_cloth_whose_edges_mix_with_a_bright_wall_is_timed() -> None:
    (finish,) = of(passed(DARK, FAR_WALL, 4.5), "finish")
    assert abs(finish["time_s"] - (1.0 + 20.0 / 4.5 + 0.06 - 0.12 / 4.5)) <= 0.04


@pytest.mark.parametrize("beside", [(2200, 0, 3750.0), (2230, 0, 3600.0), (1900, 4, 3750.0)])
def test_two_readings_without_a_bodys_light_beside_the_wall_are_nobody(beside: Row) -> None:
    assert not of(passed([beside, *DARK[1:3], beside], FAR_WALL, 4.5), "finish", "crossing")


def test_the_second_reading_of_a_body_asks_for_no_third() -> None:
    """Its edge read 1.09 m and it 0.94 m: the first one alone looked like a phantom, and made two too few."""
    wall: Row = (1928, 0, 5100)
    phantom: list[Row] = [(528, 0, 5009), *[wall] * 20]
    (finish,) = of(passed([*phantom, (1085, 0, 10201), (938, 0, 11934)], wall, 5.7), "finish")
    assert abs(finish["time_s"] - (1.0 + 20.0 / 5.7 + 0.04 * len(phantom) + 0.02 - 0.12 / 5.7)) <= 0.04


@pytest.mark.parametrize(
    "rows",
    [
        [(1023, 7, 4700), (1018, 0, 4700), (1031, 0, 4690), (1636, 7, 4700)],
        [(1023, 7, 3128), (1018, 0, 4700), (1031, 0, 4690), (1636, 0, 4700)],
        [(1590, 7, 4700), (935, 7, 4700), (1241, 0, 4700), (1600, 0, 4700)],
    ],
)
def test_two_phantoms_beside_doubted_readings_without_a_bodys_light_are_nobody(rows: list[Row]) -> None:
    assert not of(passed(rows, WALL, 5.2), "finish", "crossing")


def shaded(hits: int, off: int = 0) -> list[Row]:
    """A walker at 1 m/s who hides the wall for half a second, and is nearest enough for `hits` readings of it only."""
    hidden = [4700.0 * share for share in (0.92, 0.85, 0.78, 0.7, 0.63, 0.58, 0.55, 0.53)]
    wall: list[Row] = [(1640, 0, kcps) for kcps in [*hidden, 2450.0, *reversed(hidden)]]
    first = (len(wall) - hits) // 2 + off
    return [*wall[:first], *[(1020 + n % 2 * 8, 0, 2900.0) for n in range(hits)], *wall[first + hits :]]


def test_a_walker_whose_range_is_told_briefly_while_the_wall_stays_hidden_is_timed() -> None:
    (finish,) = of(passed(shaded(3), WALL, 1.0), "finish")
    assert abs(finish["time_s"] - (21.0 + 0.32 - 0.12)) <= finish["uncertainty_s"]


def test_what_shows_itself_at_one_side_of_the_shade_alone_is_not_timed_by_it() -> None:
    assert not of(passed(shaded(2, off=6), WALL, 1.0), "finish")


def test_what_hides_no_more_of_the_wall_than_an_arm_is_as_brief_as_its_range_is_told() -> None:
    hidden: list[Row] = [(1640, 0, 4700.0 * share) for share in (0.92, 0.88, 0.85, 0.82, 0.8, 0.8)]
    arm: list[Row] = [*hidden, (1020, 0, 2900.0), (1028, 0, 2900.0), *reversed(hidden)]
    assert not of(passed(arm, WALL, 1.0), "finish")


def test_hits_between_which_the_wall_is_read_yet_hidden_are_one_body() -> None:
    rows = shaded(9)
    flickering = [*rows[:6], *[(1640, 0, 2600.0)] * 2, *rows[8:]]
    (whole,) = of(passed(rows, WALL, 1.0), "finish")
    (finish,) = of(passed(flickering, WALL, 1.0), "finish")
    assert abs(finish["time_s"] - whole["time_s"]) <= 0.02


@pytest.mark.parametrize("hides_s", [0.08, 0.48])
def test_a_runner_whose_way_in_the_sensor_doubts_frightens_nobody_and_is_timed(hides_s: float) -> None:
    """A faint wall: the sensor finds no target while it is half hidden, nor the body until it fills the cone."""
    wall: Row = (2350, 0, 2000)
    half_hidden: list[Row] = [(2350, 2, 1400), (2360, 2, 1300)]
    way_in: list[Row] = [*half_hidden * round(hides_s / 0.08), *[(1090 + n % 3 * 9, 2, 1450) for n in range(8)]]
    rows = [*way_in, *[(1080 + n % 2 * 12, 0, 1800.0) for n in range(8)], *reversed(way_in)]
    events = passed(rows, wall, 0.6)
    assert not of(events, "obstacle")
    assert of(events, "finish")


def entry(kind: Kind, range_mm: int | None, kcps: float, *, hit: bool = False) -> BeamEntry:
    return BeamEntry(0, kind, hit, range_mm, kcps)


def test_a_doubted_reading_vouches_with_a_bodys_light_and_a_range_where_the_body_may_be() -> None:
    def told(range_mm: int | None, kcps: float) -> bool:
        return vouches(entry(Kind.REJECTED, range_mm, kcps), 1200.0, 2000.0, 3000.0, 3450.0, WatchConfig())

    assert told(1150, 5000.0)
    assert told(800, 5000.0)
    assert told(1700, 5000.0)
    assert told(None, 5000.0)
    assert told(1990, 2400.0), "the wall, in part hidden"
    assert not told(400, 5000.0), "nearer than anything that reads so with the wall"
    assert not told(1150, 3000.0), "the wall's own light"
    assert not told(1150, 1000.0), "less light at another range: a phantom has that"


def test_a_body_is_mixed_with_the_wall_to_both_sides_and_a_phantom_before_it_to_one() -> None:
    def sides(*ranges_mm: int, wall_mm: float | None = 2200.0, kcps: float | None = 3000.0) -> int:
        entries = [BeamEntry(0, Kind.TARGET, mm <= 1650, mm, kcps) for mm in ranges_mm]
        hits = [n for n, e in enumerate(entries) if e.hit]
        return flanks(entries, hits[0], hits[-1], 1600.0, wall_mm)

    assert sides(2200, 1900, 1600, 1650, 1950, 2200) == 2
    assert sides(2200, 1600, 1650, 1950, 1800) == 1
    assert sides(2200, 1600, 1650, 2150) == 0, "the wall to both sides"
    assert sides(1700, 1600, 1650, 1700) == 0, "who passes beyond the lane: no edge of it is so much nearer"
    assert sides(1900, 1600, 1650, 1900, wall_mm=None) == 0, "without a wall nothing is mixed"
    assert sides(1900, 1600, 1650, 1900, kcps=None) == 0


def test_two_phantoms_at_a_bodys_edge_are_no_part_of_it() -> None:
    """They are as far from each other as phantoms are, and the body comes in right behind them."""
    body: list[Row] = [(2058, 0, 3520), (1702, 0, 4390), (952, 0, 9970), *[(870, 0, 11_400)] * 5, (1335, 0, 6050)]
    body = [*body, (1994, 0, 3740), (2220, 0, 3290)]
    alone, beside_them = (
        of(passed([*before, (2232, 0, 3160), *body], (2440, 0, 2830), 2.2), "finish")[0]
        for before in ([(2440, 0, 2820)] * 2, [(535, 0, 2820), (500, 0, 2800)])
    )
    assert abs(alone["time_s"] - beside_them["time_s"]) <= beside_them["uncertainty_s"]


def test_beside_a_stretch_one_looks_past_what_the_sensor_doubts_and_no_farther() -> None:
    doubted, wall = entry(Kind.REJECTED, 900, 3000.0), entry(Kind.TARGET, 2000, 3000.0)
    hit = entry(Kind.TARGET, 900, 3000.0, hit=True)
    entries = [wall, wall, doubted, hit, wall, wall]
    assert beside(entries, 3, -1) == [doubted, wall]
    assert beside(entries, 3, 1) == [wall]
    assert beside([doubted] * 4 + [hit], 4, -1) == [doubted] * 3
    assert beside([hit], 0, -1) == []
