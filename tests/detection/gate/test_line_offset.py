"""Thin beams one behind the other, and single beams beyond their line: the time is the line's."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.physics import GateCase, gate_passage
from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import LeftBeam, Released
from retro_timer.detection.timing import decide_start
from retro_timer.training.gaits import Gait
from tests.helpers.replaying import Event, into, of, rep, replayed
from tests.helpers.standing import BODY_MM, WIDE, judged, left_s, seen, stands_and_leaves

APART_MM = 200.0
THIN = WatchConfig(name="first", fov_deg=2.0)


def passage(gait: Gait) -> GateCase:
    return gate_passage(7, gait, 100.0, "open", luna=True)


def by_two(case: GateCase, gait: Gait, way: int = 1) -> list[Event]:
    """The same body through a second thin beam APART_MM farther along its way; `way` -1: it walks the other way."""
    first = msgspec.structs.replace(THIN, budget_ns=case.spec.budget_ns)
    second = msgspec.structs.replace(first, name="second", offset_mm=APART_MM)
    later_ns = round(way * APART_MM / 1000.0 / case.speed_mps * 1e9)
    rows = [("first", sample) for sample in case.samples]
    rows += [("second", msgspec.structs.replace(sample, t_ns=sample.t_ns + later_ns)) for sample in case.samples]
    events: list[Event] = []
    replay = Replay(
        THIN, [rep(case.go_ns / 1e9, case.distance_m, gait)], into(events), {"first": first, "second": second}
    )
    replay.run_several(sorted(rows, key=lambda row: row[1].t_ns))
    return events


@pytest.mark.parametrize("gait", list(Gait))
def test_two_thin_beams_one_behind_the_other_time_together(gait: Gait) -> None:
    case = passage(gait)
    assert case.back_ns is not None
    (finish,) = of(by_two(case, gait), "finish")
    alone = replayed(case.samples, THIN, rep(case.go_ns / 1e9, case.distance_m, gait))
    (single,) = of(alone, "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])
    assert abs(finish["time_s"] - (case.back_ns - case.go_ns) / 1e9) <= finish["uncertainty_s"]
    assert finish["uncertainty_s"] <= 1.1 * single["uncertainty_s"]


def test_who_walks_the_other_way_through_two_thin_beams_finishes_nothing() -> None:
    assert of(by_two(passage(Gait.JOG), Gait.JOG, way=-1), "finish") == []


@pytest.mark.parametrize("gait", list(Gait))
def test_a_gate_that_stands_beyond_the_line_times_for_the_line(gait: Gait) -> None:
    case = passage(gait)
    assert case.back_ns is not None
    beyond = msgspec.structs.replace(THIN, offset_mm=APART_MM)
    (finish,) = of(replayed(case.samples, beyond, rep(case.go_ns / 1e9, case.distance_m, gait)), "finish")
    reached_s = (case.back_ns - case.go_ns) / 1e9 - APART_MM / 1000.0 / case.speed_mps
    assert abs(finish["time_s"] - reached_s) <= finish["uncertainty_s"]


def test_a_release_from_a_beam_beyond_the_line_began_at_the_line() -> None:
    told = judged(WIDE, seen(WIDE, (stands_and_leaves(), BODY_MM), until_s=11.0))
    (left,) = [event for event in told if isinstance(event, LeftBeam)]
    on_it = decide_start(left, WIDE.config)
    beyond = decide_start(left, msgspec.structs.replace(WIDE.config, offset_mm=50.0))
    assert isinstance(on_it, Released)
    assert isinstance(beyond, Released)
    assert 0.02 < (on_it.left_ns - beyond.left_ns) / 1e9 < 0.2
    assert beyond.uncertainty_ns > on_it.uncertainty_ns
    assert abs(on_it.left_ns / 1e9 - left_s()) <= on_it.uncertainty_ns / 1e9
