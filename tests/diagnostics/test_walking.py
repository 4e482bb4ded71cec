"""What walks through a gate of two beams teach."""

from __future__ import annotations

import contextlib

import msgspec
import pytest

from retro_timer.detection.gate.delay import Walk
from retro_timer.diagnostics.walking import Watching, judged
from retro_timer.errors import RetroTimerError, SensorFaultError
from retro_timer.ports import RangeSample
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import Settings
from retro_timer.sim.scenario import Fault, FaultKind, Passer, Scenario
from retro_timer.sim.sensor import SimSensor
from retro_timer.sim.world import World
from tests.helpers.checks_made import facts, sensor

HALVES = SensorSettings(name="near"), SensorSettings(name="far", offset_mm=200)
PAIR = sensor(HALVES[0]), sensor(HALVES[1])


def walks(late_s: float, beyond_m: float) -> list[Walk]:
    """Ten, in turn, at 1.2 m/s: the far half is so late, and its beam so far beyond the other one."""
    return [Walk(late_s + (-1 if back else 1) * beyond_m / 1.2, 0.003, 1.2, 0.05, back) for back in (False, True) * 5]


def learn(found: list[Walk], *, late_ms: float = 0.0, beyond_mm: int = 0) -> SensorCalibration:
    """What is known of the far half after the walks; `late_ms` and `beyond_mm`: what was known before."""
    before = SensorCalibration(placement="gate", late_ms=late_ms, beyond_mm=beyond_mm)
    known = facts(*PAIR, settings=Settings(sensors=HALVES), calibration=Calibration(sensors={"far": before}))
    return judged(known, PAIR, found).sensors["far"]


def test_walks_add_to_what_was_learnt_before() -> None:
    far = learn(walks(0.05, 0.3), late_ms=20.0)
    assert far.late_ms == pytest.approx(70.0)
    assert far.beyond_mm == 100


@pytest.mark.parametrize(("late_ms", "beyond_mm"), [(60.0, 0), (0.0, 150)])
def test_walks_that_add_up_to_what_no_calibration_may_say_fit_no_gate(late_ms: float, beyond_mm: int) -> None:
    with pytest.raises(RetroTimerError, match="the walks fit no gate"):
        learn(walks(0.05, 0.2 + beyond_mm / 1000.0 + 0.1), late_ms=late_ms, beyond_mm=beyond_mm)


# What is said of each passage

CONE, THIN = SensorSettings(name="cone"), SensorSettings(name="thin", model="tf-luna", rate_hz=250)
OTHER_THIN = SensorSettings(name="other", model="tf-luna", rate_hz=250, port="/dev/ttyUSB0")
POLL_NS = 250_000_000


def said(sensors: tuple[SensorSettings, SensorSettings], scenario: Scenario) -> list[str]:
    """What is said of who passes within 10 s, asked for four times a second."""
    pair = sensor(sensors[0]), sensor(sensors[1])
    world = World(scenario, [half.spec for half in pair], 2.0, 1)
    world.begin(0)
    lines: list[str] = []
    watching = Watching(facts(*pair, settings=Settings(sensors=sensors)), pair, 5, lines.append)
    sims = [SimSensor(one, Calibration(), world, 1) for one in sensors]
    came: list[dict[str, list[RangeSample]]] = [{one.name: [] for one in sensors} for _ in range(40)]
    for sim in sims:
        for t_ns in range(sim.spec.period_ns, 40 * POLL_NS, sim.spec.period_ns):
            with contextlib.suppress(SensorFaultError):
                came[t_ns // POLL_NS][sim.spec.name].append(sim.sample_at(t_ns))
    for part in came:
        watching.feed(part)
    return lines


def passing(*speeds_mps: float) -> Scenario:
    return Scenario(
        passers=tuple(
            Passer(at_s=2.0 + 3.0 * number, speed_mps=mps, back=bool(number % 2))
            for number, mps in enumerate(speeds_mps)
        )
    )


def test_who_hurries_through_is_asked_to_walk_easier() -> None:
    first, again = said((CONE, THIN), passing(1.3, 2.6))
    assert first.startswith("1 of 10, in the direction of travel:")
    assert again == (
        "'thin' cannot time that (too brief for a torso): walk through once more, the same way, upright at an easy pace"
    )


def test_who_hurries_through_two_thin_beams_is_told_as_well_and_may_go_on() -> None:
    again, first = said((THIN, OTHER_THIN), passing(2.6, 1.3))
    assert again.startswith("neither beam can time that (too brief for a torso): walk through once more, the same way")
    assert first.startswith("1 of 10, in the direction of travel:")


def ways(*back: bool) -> Scenario:
    return Scenario(
        passers=tuple(Passer(at_s=1.5 + 2.5 * number, speed_mps=1.3, back=one) for number, one in enumerate(back))
    )


@pytest.mark.parametrize("far", [THIN, CONE], ids=["unlike", "alike"])
def test_who_walks_the_same_way_twice_is_told_which_way_is_next(far: SensorSettings) -> None:
    pair = msgspec.structs.replace(CONE, name="near"), msgspec.structs.replace(far, name="far", offset_mm=200)
    first, again, back = said(pair, ways(False, False, True))
    assert first.startswith("1 of 10, in the direction of travel:")
    assert again == "that went the same way as the walk before, or turned round in the beams: now walk back"
    assert back.startswith("2 of 10, back:")


def test_who_begins_the_wrong_way_hears_it_at_the_second_walk() -> None:
    with pytest.raises(RetroTimerError, match="the other way round: begin in the direction of travel"):
        said(HALVES, ways(True, False))


def test_of_beams_above_each_other_no_way_is_told_apart() -> None:
    assert len(said((CONE, THIN), ways(False, False, True))) == 3
    assert all(" of 10, " in line for line in said((CONE, THIN), ways(False, False, True)))


def test_a_walk_that_one_half_misses_is_told_though_the_next_one_comes_at_once() -> None:
    missed = Fault(sensor="thin", kind=FaultKind.FROZEN, at_s=1.5, lasts_s=1.0)
    walks = Scenario(passers=(Passer(at_s=2.0, speed_mps=1.3), Passer(at_s=3.0, speed_mps=1.3)), faults=(missed,))
    assert [line.split(":")[0] for line in said((CONE, THIN), walks)] == [
        "only 'cone' saw that",
        "1 of 10, in the direction of travel",
    ]


def test_a_half_that_stops_meanwhile_is_named_and_nobody_walks_on_for_nothing() -> None:
    stopped = Fault(sensor="thin", at_s=1.0, lasts_s=60.0)
    with pytest.raises(RetroTimerError, match=r"^thin: gives no readings any more; first mend what retro-timer doctor"):
        said((CONE, THIN), Scenario(passers=(Passer(at_s=2.0, speed_mps=1.3),), faults=(stopped,)))
