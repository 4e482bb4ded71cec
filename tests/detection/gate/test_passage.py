"""When hits make a break, and since when the body that made them has shown itself."""

from __future__ import annotations

from retro_timer.detection.gate.passage import Needed, Passage, came_in_ns
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind


def entry(t_ms: int, kind: Kind, range_mm: int | None, kcps: float, *, hit: bool = False) -> BeamEntry:
    return BeamEntry(t_ms * 1_000_000, kind, hit, range_mm, kcps)


def passage(*supports: BeamEntry) -> Passage:
    """One hit with a body's light, and readings that support it."""
    hit = entry(1000, Kind.TARGET, 750, 7700.0, hit=True)
    found = Passage([hit], hit.t_ns, hit.t_ns, False, Needed(2, agreeing=False), range_mm=750)
    found.take_hit(hit, bodily=True)
    for support in supports:
        found.take_support(support)
    return found


BRIGHT = entry(1040, Kind.REJECTED, 730, 10_600.0)
DIM = entry(1040, Kind.NOTHING, None, 400.0)
GAP_NS = 300_000_000


def test_where_phantoms_are_about_doubted_readings_with_a_bodys_light_make_up_for_hits() -> None:
    assert passage(BRIGHT, BRIGHT).reaches(Needed(3, agreeing=False))
    assert not passage(BRIGHT).reaches(Needed(3, agreeing=False))


def test_a_phantoms_hit_is_no_body_by_what_is_doubted_beside_it() -> None:
    hit = entry(1000, Kind.TARGET, 750, 40.0, hit=True)
    found = Passage([hit], hit.t_ns, hit.t_ns, False, Needed(2, agreeing=False), range_mm=750)
    found.take_hit(hit, bodily=False)
    for support in (BRIGHT, BRIGHT):
        found.take_support(support)
    assert not found.reaches(Needed(3, agreeing=False))


def test_support_without_a_bodys_light_counts_once_however_often() -> None:
    assert passage(DIM).reaches(Needed(2, agreeing=False))
    assert not passage(DIM, DIM, DIM).reaches(Needed(3, agreeing=False))


def test_where_only_readings_that_agree_count_doubted_ones_count_once() -> None:
    assert not passage(*[BRIGHT] * 5).reaches(Needed(6, agreeing=True))


def test_a_body_came_in_with_the_first_doubted_reading_of_an_unbroken_row_at_its_range() -> None:
    hit = entry(1000, Kind.TARGET, 1100, 1500.0, hit=True)
    wall = entry(840, Kind.TARGET, 2300, 1600.0)
    doubted = [entry(t_ms, Kind.NOTHING, 1090, 1400.0) for t_ms in (880, 920, 960)]
    assert came_in_ns([wall, *doubted], hit, GAP_NS) == 880_000_000
    assert came_in_ns([wall, doubted[0], entry(920, Kind.NOTHING, 400, 30.0), doubted[2]], hit, GAP_NS) == 960_000_000
    assert came_in_ns([*doubted, wall], hit, GAP_NS) == came_in_ns([], hit, GAP_NS) == hit.t_ns


def test_what_was_doubted_before_a_gap_is_not_the_way_in_of_who_is_hit_behind_it() -> None:
    hit = entry(3000, Kind.TARGET, 1100, 1500.0, hit=True)
    before, beside = (entry(t_ms, Kind.NOTHING, 1090, 1400.0) for t_ms in (960, 2960))
    assert came_in_ns([before, beside], hit, GAP_NS) == beside.t_ns


def row(*hits: tuple[int, bool], wall_mm: int = 2200) -> Passage:
    """Hits 40 ms apart, each with whether it has a body's light, between readings of the wall's or its own flanks."""
    entries = [entry(960, Kind.TARGET, wall_mm, 3000.0)]
    found: Passage | None = None
    for n, (range_mm, bodily) in enumerate(hits):
        hit = entry(1000 + 40 * n, Kind.TARGET, range_mm, 4000.0 if bodily else 3000.0, hit=True)
        entries.append(hit)
        if found is None:
            found = Passage(list(entries), hit.t_ns, hit.t_ns, False, Needed(2, agreeing=False), range_mm=range_mm)
        else:
            found.entries.append(hit)
        found.take_hit(hit, bodily=bodily)
    assert found is not None
    found.entries.append(entry(1000 + 40 * len(hits), Kind.TARGET, wall_mm, 3000.0))
    return found


def test_what_was_asked_when_it_began_is_enough_for_two_readings_with_a_bodys_light() -> None:
    now = Needed(3, agreeing=False)
    assert row((1085, True), (938, True)).is_break(now, 2200.0)
    assert not row((1085, True), (938, False)).is_break(now, 2200.0), "one of them may be a phantom"
    assert not row((1085, True)).is_break(now, 2200.0)


def test_the_bodys_own_flanks_count_as_one_reading_more() -> None:
    now = Needed(2, agreeing=False)
    assert row((1600, False), (1620, False), wall_mm=1900).is_break(now, 2200.0), "to both sides of two dim readings"
    assert not row((1600, False), (1620, False), wall_mm=2200).is_break(now, 2200.0), "the wall"
    assert row((1600, True), wall_mm=1900).is_break(now, 2200.0)
    one_side = row((1600, False), (1620, False), wall_mm=1900)
    one_side.entries[0] = entry(960, Kind.TARGET, 2200, 3000.0)
    assert not one_side.is_break(now, 2200.0)
