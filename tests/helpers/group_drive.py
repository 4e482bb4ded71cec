"""A group that trains in rotation, driven by hand."""

from __future__ import annotations

from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid")


def group(reps: int = 2, names: tuple[str, ...] = NAMES, **fields: object) -> Drive:
    """A group's session that has begun."""
    return Drive(plan(block(reps=reps), **fields), names).begin()


def go_order(session: Drive) -> list[str]:
    """Who went, in that order."""
    return [go.athlete for go in session.events("go")]


def run_all(session: Drive, most: int = 50) -> Drive:
    """Let everybody run until nobody is left."""
    for _ in range(most):
        if session.phase is Phase.DONE:
            return session
        session.to_go().finish(8.0)
    raise AssertionError("the session does not end")
