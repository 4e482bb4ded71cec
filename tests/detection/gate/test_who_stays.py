"""Who is still in the beam at the next go: in the way of who runs, and no reason to miss them."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, Level, Obstacle, PassageOver
from retro_timer.detection.expectation import NOBODY, Expectation, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from tests.helpers.replaying import Event, Scene, of, rep, replayed, sampled, wall, with_body

GATE = WatchConfig(budget_ns=20_000_000)
FIRST_GO_S, NEXT_GO_S = 1.0, 30.0
COMES_S, PASSES_S = 9.0, 38.0
FAR_MM, NEAR_MM = 1200, 600


def two_reps(scene: Scene, until_s: float = 50.0) -> list[Event]:
    """Two walks of 10 m, one after the other."""
    return replayed(sampled(scene, until_s), GATE, *(rep(go_s, 10.0, "walk") for go_s in (FIRST_GO_S, NEXT_GO_S)))


def stays(until_s: float = 50.0) -> Scene:
    """Who has finished stands in the beam."""
    return with_body(wall(), COMES_S, until_s, range_mm=FAR_MM)


def test_who_stands_there_since_their_finish_is_a_danger_from_the_next_go_on() -> None:
    events = two_reps(stays(until_s=34.0))
    assert [(e["level"], round(e["t_s"])) for e in of(events, "obstacle")] == [("danger", 30), ("clear", 34)]
    assert [e["rep"] for e in of(events, "finish")] == [1]


def test_who_passes_in_front_of_them_is_timed() -> None:
    behind = stays()
    passing = with_body(behind, PASSES_S, PASSES_S + 0.4, range_mm=NEAR_MM)
    events = two_reps(passing)
    assert [e["rep"] for e in of(events, "finish")] == [1, 2]
    assert of(events, "finish")[1]["time_s"] == pytest.approx(8.0, abs=0.2)


@pytest.mark.parametrize("leaves_s", [9.4, 13.0, 29.0])
def test_who_has_left_by_the_next_go_is_none(leaves_s: float) -> None:
    events = two_reps(stays(until_s=leaves_s))
    assert of(events, "obstacle") == []
    assert [e["rep"] for e in of(events, "finish")] == [1]


def test_who_stands_there_since_a_finish_by_hand_is_nobody_of_the_next_rep() -> None:
    """The first rep ends by hand while its runner is still in the beam, so that the gate has not timed them."""
    gate, told = pipeline_for(GATE), []
    for sample in sampled(stays(until_s=36.0), 50.0):
        t_s = sample.t_ns / 1e9
        number, go_s = (1, FIRST_GO_S) if t_s < NEXT_GO_S else (2, NEXT_GO_S)
        running = Expectation(WatchMode.REP, number, round(go_s * 1e9), round((go_s + 3.0) * 1e9), 10.0)
        told += gate.feed(sample, NOBODY if COMES_S + 0.5 < t_s < NEXT_GO_S else running)
    assert [event.rep for event in told if isinstance(event, Crossing | PassageOver)] == [1]
    assert [event.level for event in told if isinstance(event, Obstacle)] == [Level.DANGER, Level.CLEAR]
