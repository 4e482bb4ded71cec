"""A session in waves for the tests: its goes, and who arrives in which lane."""

from __future__ import annotations

from typing import Any

from retro_timer.training.plan import Order
from retro_timer.training.session.effects import Say
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import arrive
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid", "Dan", "Eve")
FOUR_LANES = Rules(lanes=4)


def waves(
    size: int | None = 2, reps: int = 2, names: tuple[str, ...] = NAMES, rules: Rules = FOUR_LANES, **fields: Any
) -> Drive:
    given = {"order": Order.WAVES, "wave_size": size, "rest_s": 20.0, **fields}
    return Drive(plan(block(reps=reps), **given), names, rules).begin()


def gone(session: Drive) -> dict[int, list[tuple[str, int]]]:
    """Who went in each wave, with their lane."""
    told: dict[int, list[tuple[str, int]]] = {}
    for go in session.events("go"):
        told.setdefault(go.wave, []).append((go.athlete, go.lane))
    return told


def called(session: Drive) -> list[tuple[str, int]]:
    """Names and lanes, as they were called."""
    said = (effect for _, effect in session.effects if isinstance(effect, Say) and effect.key == "turn_lane")
    return [(say.values["name"], say.values["lane"]) for say in said]


def finish_all(session: Drive, from_s: float = 9.0) -> Drive:
    """Everybody of the wave arrives in their lane, half a second behind each other."""
    for place, active in enumerate(session.state.on_course):
        arrive(session, active.record.athlete, from_s + 0.5 * place, active.lane)
    return session
