"""Several on the course: whom half a gate alone saw, or nobody could see, is told and stopped by hand."""

from __future__ import annotations

from retro_timer.detection.events import Beam
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Order
from retro_timer.training.record import Flag
from retro_timer.training.session import inputs
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import NAMES, arrive, goes, rolling, to_go
from tests.helpers.session_drive import Drive, S


def half_seen(session: Drive) -> Drive:
    return session.put(inputs.HalfSeen(ARRIVAL, "low", Beam.LOWER, session.now_ns))


def test_who_passed_under_the_upper_beam_is_told_and_stopped_by_hand() -> None:
    session = to_go(rolling(reps=1, names=NAMES[:2]), 2).wait(4.0)
    mark = session.mark
    half_seen(session)
    assert session.said(mark) == ["lower_beam_only"]
    assert [half.rep for half in session.events("half")] == [1]
    session.put(inputs.ManualFinish())
    assert [(r.athlete, r.method) for r in session.results.values()] == [("Ann", "manual")]


def test_it_is_told_of_the_first_who_can_be_there() -> None:
    """Ann runs 200 m and cannot have come; Bea runs her 10 m when Ann is half-way."""
    of = plan(block(distance_m=10.0), block(distance_m=200.0), order=Order.ROLLING, lanes_apart=True, rest_s=5.0)
    session = to_go(Drive(of, NAMES[:2]).begin().put(inputs.Absent("Bea")), 1)
    arrive(session, "Ann", 5.0)
    to_go(session, 2).put(inputs.Present("Bea"))
    to_go(session, 3).wait(5.0)
    assert [(one.record.athlete, one.record.distance_m) for one in session.state.on_course] == [
        ("Ann", 200.0), ("Bea", 10.0),
    ]  # fmt: skip
    half_seen(session).put(inputs.ManualFinish())
    assert [half.rep for half in session.events("half")] == [3]
    assert session.results[3].method == "manual"


def test_nothing_is_said_of_it_into_the_start_of_the_next_one() -> None:
    session = to_go(rolling(every_s=12.0), 1).until(Phase.COUNTDOWN).wait(1.0)
    mark = session.mark
    half_seen(session)
    assert "lower_beam_only" not in session.said(mark)
    to_go(session, 2)
    assert "lower_beam_only" in session.said(mark)


def test_with_nobody_on_the_course_half_a_gate_says_nothing() -> None:
    session = half_seen(rolling())
    assert session.events("half") == []
    assert "lower_beam_only" not in session.said()


def lanes_unseen(session: Drive) -> Drive:
    now_ns = session.now_ns
    return session.put(inputs.LanesUnseen(ARRIVAL, 2, 4, now_ns - 2 * S, now_ns - S, now_ns))


def test_hidden_lanes_are_told_and_a_hand_stops_the_clock_of_who_was_hidden() -> None:
    rules = Rules(lanes=4, listed=(Listed("Ann", lane=1), Listed("Bea", lane=3)))
    session = to_go(rolling(reps=1, names=NAMES[:2], rules=rules), 2).wait(9.0)
    mark = session.mark
    lanes_unseen(session)
    assert session.spoken("lane_not_seen") == {"lane": 3}
    assert session.said(mark) == ["lane_not_seen"]
    assert [event.rep for event in session.events("unseen")] == [2]
    passed_ns = session.now_ns - 3 * S // 2
    session.wait(2.0).put(inputs.ManualFinish())
    (bea,) = session.results.values()
    assert (bea.athlete, bea.flags) == ("Bea", (Flag.HIDDEN, Flag.MANUAL))
    assert bea.go_ns + (bea.time_ns or 0) == passed_ns


def test_that_offer_is_over_in_its_time_whatever_is_started_meanwhile() -> None:
    session = lanes_unseen(to_go(rolling(), 2).wait(5.0)).wait(10.5)
    assert len(goes(session)) > 2, "another one has gone"
    session.put(inputs.ManualFinish())
    assert [r.flags for r in session.results.values()] == [(Flag.MANUAL,)]
