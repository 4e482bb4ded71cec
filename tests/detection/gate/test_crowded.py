"""A finish with somebody else at the line from 1 s before to 0.5 s after it says so, also when it was told already."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement
from tests.helpers.replaying import Scene, of, rep, replayed, sampled, wall, with_body

GATE = WatchConfig(placement=Placement.GATE, background_mm=2000)
RUNNER_S = 16.0


def two_bodies(apart_s: float) -> Scene:
    first, second = sorted((RUNNER_S, RUNNER_S + apart_s))
    return with_body(with_body(wall(), first, first + 0.25), second, second + 0.25, 900, 2300.0)


def flags_of(scene: Scene, go_s: float = 1.0, distance_m: float = 20.0) -> tuple[list[str], list[list[str]]]:
    events = replayed(sampled(scene, 21.0), GATE, rep(go_s, distance_m, "walk"))
    (finish,) = of(events, "finish")
    return finish["flags"], [event["flags"] for event in of(events, "correction")]


@pytest.mark.parametrize("apart_s", [0.35, 0.45])
def test_who_comes_close_behind_is_flagged_by_a_later_word(apart_s: float) -> None:
    assert flags_of(two_bodies(apart_s)) == ([], [["crowded"]])


@pytest.mark.parametrize("apart_s", [1.2, 2.5])
def test_who_comes_later_is_none_of_its_business(apart_s: float) -> None:
    assert flags_of(two_bodies(apart_s)) == ([], [])


def test_a_finish_alone_is_not_crowded() -> None:
    assert flags_of(with_body(wall(), RUNNER_S, RUNNER_S + 0.25)) == ([], [])


def test_an_intruder_just_before_who_cannot_be_the_runner_crowds_the_finish() -> None:
    """At 2.9 s after the go nobody has run 20 m; at 3.7 s a runner has."""
    scene = with_body(with_body(wall(), 3.7, 3.9), 4.6, 4.75)
    events = replayed(sampled(scene, 9.0), GATE, rep(1.0, 20.0, "run"))
    (finish,) = of(events, "finish")
    assert "crowded" in finish["flags"]
    assert of(events, "correction") == []
