"""Which passages through both halves of a gate are one body's, by their light's rise and fall and by how long it is."""

from __future__ import annotations

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, CrossingWithdrawn, PassageOver, Shade
from retro_timer.detection.gate.crossing_fit import TOO_FAST
from retro_timer.detection.gate.dual import ONE_HALF, DualGate
from retro_timer.detection.gate.dual_fit import NOT_ONE
from retro_timer.detection.gate.dual_half import Half, Seen
from retro_timer.detection.gate.dual_pairing import BRIEF, NO_TRUNK, Pairing
from retro_timer.detection.gate.occlusion import BodyRanges
from retro_timer.detection.gate.torso import TOO_BRIEF, Torso
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.detection.solution import Solution

UPPER, LOWER = Half(WatchConfig(name="upper")), Half(WatchConfig(name="lower"))
ABOVE = Pairing(UPPER, LOWER, stacked=True)
ALONG = Pairing(UPPER, Half(WatchConfig(name="far", offset_mm=200.0)), stacked=False)
FROM_NS, TO_NS = 1_000_000_000, 1_150_000_000
BODY = Solution(FROM_NS + 50_000_000, 20_000_000, 3.0, ragged=0.05)


def seen(solved: Solution = BODY, *, brief: bool = False, shaded: bool = False, kcps: float = 5000.0) -> Seen:
    """A passage that was timed so."""
    entries = tuple(BeamEntry(t_ns, Kind.TARGET, True, 900, kcps) for t_ns in range(FROM_NS, TO_NS, 24_000_000))
    broken = Break(entries, None, 20.0, 60.0, 0.024, 0.02, 3.0, 1.5, 3.2, over=True)
    torso = Torso(broken, 0, len(entries) - 1, BodyRanges(900.0, 900.0), brief=brief)
    over = PassageOver(1, broken, TO_NS + 60_000_000)
    return Seen(1, FROM_NS, over=over, last_ns=TO_NS, brief=brief, shaded=shaded, torso=torso, solved=solved)


def ragged(off: float) -> Solution:
    """A body, but for its outline."""
    return msgspec.structs.replace(BODY, ragged=off)


def passing(middle_s: float, kcps: float) -> Seen:
    """A passage at 3 m/s by its length, with its middle then."""
    timed = msgspec.structs.replace(BODY, middle_ns=round(middle_s * 1e9), middle_sd_s=0.004, speed_log_sd=0.1)
    return seen(timed, kcps=kcps)


@pytest.mark.parametrize(
    ("lag_s", "kcps", "is_one"), [(0.067, 1800.0, True), (0.1, 1800.0, False), (0.1, 5000.0, True)]
)
def test_as_dim_as_an_arm_and_slower_on_the_way_than_its_breaks_are_long_is_an_arm(
    lag_s: float, kcps: float, is_one: bool
) -> None:
    """What is thinner than a trunk is through a beam as soon as a faster trunk."""
    solved = ALONG.solve(passing(1.08, kcps), passing(1.08 + lag_s, kcps))
    assert solved.refusal == ("" if is_one else NOT_ONE)


@pytest.mark.parametrize(("speed_mps", "refusal"), [(3.0, ""), (6.5, TOO_FAST)])
def test_who_is_faster_between_the_beams_than_anybody_at_this_gait_is_no_runner(speed_mps: float, refusal: str) -> None:
    """A dog leaps past both beams, as long in each as a trunk at its speed."""
    near, far = (
        seen(msgspec.structs.replace(one.solved or BODY, speed_mps=speed_mps))
        for one in (passing(1.08, 5000.0), passing(1.08 + 0.2 / speed_mps, 5000.0))
    )
    assert ALONG.solve(near, far).refusal == refusal


@pytest.mark.parametrize("stops_in", ["near", "far"])
@pytest.mark.parametrize(("passes_mps", "refusal"), [(3.0, "too fast to stop in both beams"), (1.2, "")])
def test_who_stands_in_one_beam_does_not_run_through_the_other(stops_in: str, passes_mps: float, refusal: str) -> None:
    """An arm that is held into one beam and drawn away through the other."""
    stands, passes = seen(), passing(1.08, 5000.0)
    passes.solved = msgspec.structs.replace(passes.solved or BODY, speed_mps=passes_mps)
    near, far = (stands, passes) if stops_in == "near" else (passes, stands)
    far.first_ns += 200_000_000
    assert ALONG.solve(near, far).refusal == refusal


@pytest.mark.parametrize(("shaded", "refusal"), [(False, BRIEF), (True, "")])
def test_what_is_too_brief_beside_a_beam_is_no_trunk_unless_the_wall_was_hidden_for_longer(
    shaded: bool, refusal: str
) -> None:
    brief = msgspec.structs.replace(seen(Solution(refusal=TOO_BRIEF), shaded=shaded), first_ns=FROM_NS + 60_000_000)
    brief = msgspec.structs.replace(brief, last_ns=TO_NS + 60_000_000)
    assert ALONG.solve(passing(1.08, 5000.0), brief).refusal == refusal


def test_what_rises_and_falls_like_no_trunk_in_both_halves_is_nobody() -> None:
    arm = seen(ragged(0.4))
    assert ABOVE.solve_witnessed(arm, arm).refusal == NO_TRUNK
    assert ALONG.solve(arm, arm).refusal == NO_TRUNK


def test_one_half_with_a_trunks_rise_and_fall_is_enough() -> None:
    assert not ABOVE.solve_witnessed(seen(), seen(ragged(0.5))).refusal
    assert not ABOVE.solve_witnessed(seen(ragged(0.5)), seen()).refusal


def test_a_half_that_timed_nobody_says_nothing_of_an_outline() -> None:
    assert ABOVE.solve_witnessed(seen(ragged(0.4)), seen(Solution(refusal="no range"))).refusal == NO_TRUNK


def test_who_is_longer_in_a_beam_by_light_than_by_ranges_is_not_brief() -> None:
    upper, lower = seen(brief=True), seen(brief=True)
    assert ABOVE.solve_witnessed(upper, lower).refusal == BRIEF
    LOWER.lengthen(lower, Shade(FROM_NS - 60_000_000, TO_NS + 60_000_000, TO_NS + 90_000_000))
    assert not ABOVE.solve_witnessed(upper, lower).refusal


def test_an_arms_own_light_makes_it_no_torso() -> None:
    arm = seen(brief=True)
    UPPER.lengthen(arm, Shade(TO_NS - 72_000_000, TO_NS, TO_NS + 30_000_000))
    assert arm.brief


def test_two_parts_of_one_body_are_together_by_all_of_its_light() -> None:
    """In dark clothes each beam names a range of another part."""
    later = msgspec.structs.replace(seen(), first_ns=TO_NS + 20_000_000, last_ns=TO_NS + 120_000_000)
    assert not ABOVE.one_body(later, seen())
    UPPER.lengthen(later, Shade(FROM_NS, TO_NS + 120_000_000, TO_NS + 150_000_000))
    assert ABOVE.one_body(later, seen())


def test_the_light_before_a_crossing_is_a_part_of_it() -> None:
    half = Half(WatchConfig(name="dark"))
    half.seen = [Seen(0, FROM_NS, last_ns=FROM_NS + 100_000_000, by_light=True)]
    half.begin(Crossing(1, FROM_NS + 200_000_000))
    (only,) = half.seen
    only.last_ns = FROM_NS + 300_000_000
    assert only.middle_s == pytest.approx((FROM_NS + 150_000_000) / 1e9)


@pytest.mark.parametrize(("shaded", "one_body"), [(False, False), (True, True)])
def test_a_witness_too_brief_by_its_ranges_may_be_one_by_its_light(shaded: bool, one_body: bool) -> None:
    lower = seen(Solution(refusal=TOO_BRIEF), shaded=shaded)
    assert ABOVE.one_body(seen(), lower) is one_body


def test_a_beep_that_becomes_no_finish_is_taken_back_when_the_readings_end() -> None:
    """An arm in the near beam, while somebody is in the far one still."""
    hits = [(n * 24_000_000, 20 <= n < 24) for n in range(44)]
    entries = [BeamEntry(t_ns, Kind.TARGET, hit, 900 if hit else 2000, 5000.0 if hit else 600.0) for t_ns, hit in hits]
    arm = Break(entries, 2000.0, 600.0, 700.0, 0.024, 0.02, 3.0, 1.5, 3.2, over=True)
    begins_ns, ends_ns = entries[20].t_ns, entries[-1].t_ns
    gate = DualGate(WatchConfig(name="near", offset_mm=-300), WatchConfig(name="far"))
    assert gate.take("near", Crossing(1, begins_ns)) == []
    assert gate.take("far", Crossing(1, begins_ns + 100_000_000)) == [Crossing(1, begins_ns + 100_000_000)]
    assert gate.take("near", PassageOver(1, arm, ends_ns)) == []
    assert gate.flush(ends_ns) == [CrossingWithdrawn(1, ends_ns, ONE_HALF)]
