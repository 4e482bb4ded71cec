"""How far apart the goes are with several on the course, and when whoever is next is called to the line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from retro_timer.training.listed import Listed
from retro_timer.training.plan import StartMethod
from retro_timer.training.session import effects, inputs, lanes
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.rolling_drive import arrive, goes, rolling, to_go
from tests.helpers.session_drive import Drive, S


@pytest.mark.parametrize("every_s", [None, 6.0])
def test_the_least_is_kept_in_which_nobody_is_caught_up_whatever_the_plan_asks_for(every_s: float | None) -> None:
    session = to_go(rolling(every_s=every_s, lanes_apart=False), 2)
    assert goes(session)[1][1] - goes(session)[0][1] == pytest.approx(11.1, abs=0.05)


def lead_before_go(session: Drive) -> float:
    """How long before the newest go its athlete was called, in seconds."""
    calls = [t_ns for t_ns, e in session.effects if isinstance(e, effects.Say) and e.key == "turn_rolling"]
    go_ns: int = session.events("go")[-1].t_ns
    return round((go_ns - calls[-1]) / S, 3)


@pytest.mark.parametrize(("call_s", "lead_s"), [(1.0, 8.0), (6.0, 10.0)])
def test_nobody_is_called_to_the_line_long_before_their_go(call_s: float, lead_s: float) -> None:
    """A nearer start is in the way of who runs a longer length: the least time between goes reckons with 8 s at it."""
    session = to_go(rolling(every_s=30.0), 1).wait(0.5)
    to_go(session.put(inputs.Measured(call_s)), 2)
    assert lead_before_go(session) == lead_s


def test_resumed_the_call_waits_as_well_while_somebody_runs() -> None:
    session = to_go(rolling(every_s=20.0), 1).put(inputs.Pause()).wait(2.0)
    to_go(session.put(inputs.Resume()), 2)
    assert lead_before_go(session) == 8.0


@pytest.mark.parametrize("pressed_s", [0.0, 2.0])
def test_a_press_counts_from_when_the_go_may_come(pressed_s: float) -> None:
    """Whoever presses as soon as they are asked starts no sooner behind the one in front than a countdown would."""
    session = rolling(start=StartMethod.BUTTON, every_s=None, lanes_apart=False)
    for _ in range(2):
        session.until(Phase.LANE_CHECK).put(inputs.Start())
        session.until(Phase.AWAIT_PRESS).wait(pressed_s).put(inputs.Start())
    assert between(session) == [pytest.approx(11.1 + pressed_s, abs=0.1)]


def test_on_your_marks_with_a_long_countdown_gives_no_go_sooner() -> None:
    session = rolling(start=StartMethod.MARKS_SET_GO, every_s=None, lanes_apart=False, rules=Rules(countdown_s=9.0))
    assert between(to_go(session, 2))[0] >= 11.0


def in_lanes(numbers: dict[str, int | None], **fields: Any) -> Drive:
    """Before two lanes, with the roster's lane of each; the plan asks for no time between goes."""
    listed = tuple(Listed(name, lane=lane) for name, lane in numbers.items())
    given = {"every_s": None, "lanes_apart": False, **fields}
    return rolling(names=tuple(numbers), rules=Rules(lanes=2, listed=listed), **given)


def between(session: Drive) -> list[float]:
    return [round(then - before, 1) for (_, before), (_, then) in pairwise(goes(session))]


def test_of_several_lanes_the_least_is_kept_within_each() -> None:
    assert between(to_go(in_lanes({"Ann": 1, "Bea": 1, "Cid": 1}), 3)) == [11.1, 11.1]
    apart = to_go(in_lanes({"Ann": 1, "Bea": 1, "Cid": 2, "Dan": 2}), 4)
    assert [name for name, _ in goes(apart)] == ["Ann", "Cid", "Bea", "Dan"]
    assert between(apart)[0] == 5.0
    assert [round(goes(apart)[later][1] - goes(apart)[later - 2][1], 1) for later in (2, 3)] == [11.1, 11.1]


def test_who_may_be_in_any_of_several_lanes_keeps_the_least_behind_everybody_and_they_behind_them() -> None:
    assert between(to_go(in_lanes({"Ann": 1, "Bea": None, "Cid": 2}), 3)) == [5.0, 11.1]
    assert between(to_go(in_lanes({"Ann": None, "Bea": 1}), 2)) == [11.1]
    assert between(to_go(in_lanes({"Ann": 3, "Bea": 1}), 2)) == [11.1], "there is no third lane"


def test_who_was_seen_in_another_lane_than_the_rosters_may_be_in_any() -> None:
    session = to_go(in_lanes({"Ann": 1, "Bea": 2}, reps=3), 1)
    assert lanes.given_lane(session.state, "Ann") == 1
    arrive(session, "Ann", 4.5, lane=2)
    assert lanes.given_lane(session.state, "Ann") is None
    assert lanes.given_lane(session.state, "Bea") == 2


def test_a_skipped_rest_does_not_send_anybody_after_who_is_in_the_same_lane() -> None:
    session = to_go(in_lanes({"Ann": 1, "Bea": 1}), 1).wait(0.5).put(inputs.Skip())
    assert between(to_go(session, 2)) == [11.1]


def test_with_the_coachs_word_the_lanes_keep_nobody_waiting() -> None:
    assert between(to_go(in_lanes({"Ann": 1, "Bea": 1}, lanes_apart=True), 2)) == [5.0]
