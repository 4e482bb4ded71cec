"""A rolling session for the tests: its goes, and who arrives."""

from __future__ import annotations

from typing import Any

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.plan import Order
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, S

NAMES = ("Ann", "Bea", "Cid")
FOUR = ("Ann", "Bea", "Cid", "Dan")


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


def one_behind() -> Drive:
    """Ann has left the course unseen: Bea has come as her, Cid as Bea; Cid and Dan count as running."""
    session = to_go(rolling(names=FOUR, reps=1, rest_s=0.0), 2)
    arrive(session, "Bea", 6.0)
    arrive(to_go(session, 3), "Cid", 6.3)
    assert times(to_go(session, 4)) == {1: ("Ann", 12.0), 2: ("Bea", 12.3)}
    return session


def running(session: Drive) -> list[str]:
    return [one.record.athlete for one in session.state.on_course]


def saved_together(session: Drive, since: int = 0) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each correction of several reps, with whose and what each has become."""
    return [
        (save.correction, [(one.athlete, str(one.status)) for one in (save.record, *save.also)])
        for save in session.of(effects.Save, since)
        if save.correction
    ]
