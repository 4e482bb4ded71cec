"""A rolling session for the tests: its goes, and who arrives."""

from __future__ import annotations

from typing import Any

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.plan import Order
from retro_timer.training.session import inputs
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, S

NAMES = ("Ann", "Bea", "Cid")


def rolling(reps: int = 2, names: tuple[str, ...] = NAMES, *, rules: Rules | None = None, **fields: Any) -> Drive:
    given = {"order": Order.ROLLING, "every_s": 6.0, "lanes_apart": True, "rest_s": 20.0, **fields}
    return Drive(plan(block(reps=reps), **given), names, rules).begin()


def goes(session: Drive) -> list[tuple[str, float]]:
    return [(go.athlete, (go.t_ns - 5_000 * S) / S) for go in session.events("go")]


def to_go(session: Drive, number: int) -> Drive:
    """Let time pass until so many goes have been given."""
    for _ in range(500):
        if len(session.events("go")) >= number:
            return session
        deadline = session.state.deadline_ns
        assert deadline is not None, f"nothing is appointed in {session.phase}"
        session.wait(max(0, deadline - session.now_ns) / S)
    raise AssertionError(f"no go {number}")


def arrive(session: Drive, name: str, time_s: float, lane: int | None = None) -> Drive:
    """The athlete's back reaches the line `time_s` after their go; nothing tells the session who it is."""
    (active,) = (one for one in session.state.on_course if one.record.athlete == name)
    back_ns = active.record.go_ns + round(time_s * S)
    session.wait(max(0.0, (back_ns - session.now_ns) / S))
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns, lane))
    session.wait(0.2)
    return session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns, lane=lane))


def times(session: Drive) -> dict[int, tuple[str, float | None]]:
    return {r.rep: (r.athlete, r.time_ns and round(r.time_ns / S, 3)) for r in session.results.values()}
