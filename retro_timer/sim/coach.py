"""The coach of a simulated session: presses where it waits for that, and asks for what the scenario has them say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import msgspec

from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import BadInputError, near_miss
from retro_timer.sim.scenario import CoachWord
from retro_timer.training.session import events, inputs
from retro_timer.training.session.state import Phase

_PRESS_NS = 8_000_000_000
"""How long they take to press for a go."""
_PRESS = inputs.Start()
_NEWEST = "last"
_OF_REPS = ("REP", "OTHER")

CoachCommand = commands.SessionCommand | commands.Claim


class Said(msgspec.Struct, frozen=True):
    """One of the scenario's words."""

    where: str
    """Its place in the scenario, with what it says."""
    kind: type[CoachCommand]
    words: tuple[str, ...]

    def command(self, newest: int | None) -> CoachCommand:
        """What is asked. `newest`: the rep that "last" means, None before any finish. Raises BadInputError."""
        takes = [word.strip("[]") for word in self.kind.takes.split()]
        meant = list(self.words)
        for place, (wanted, word) in enumerate(zip(takes, self.words, strict=False)):
            if wanted in _OF_REPS and word == _NEWEST:
                if newest is None:
                    raise BadInputError(self.where, "no finish has been told yet", "a rep by its number")
                meant[place] = str(newest)
        try:
            return self.kind.typed(meant)
        except BadInputError as error:
            raise BadInputError(self.where, error.problem, error.expected) from None


class SimCoach:
    """Stands at the box. `where` names the scenario; raises BadInputError for words that mean nothing."""

    def __init__(self, words: Sequence[CoachWord], where: str, origin_ns: int) -> None:
        self._to_come = [(word, _said(word.says, f"{where}: coach[{i}].says")) for i, word in enumerate(words)]
        self._due: list[tuple[int, inputs.Start | Said]] = []
        self.newest: int | None = None
        """The rep whose finish was told last."""
        self.next_ns: int | None = None
        """When they say or press something next."""
        self._know(None, origin_ns)

    def hear(self, event: BeaconEvent) -> None:
        """What the box tells."""
        if isinstance(event, events.Phase):
            left = [(due_ns, asked) for due_ns, asked in self._due if asked is not _PRESS]
            waits = event.phase == Phase.AWAIT_PRESS
            self._put([*left, *([(event.t_ns + _PRESS_NS, _PRESS)] if waits else [])])
        elif isinstance(event, events.Go):
            self._know(event.rep, event.t_ns)
        elif isinstance(event, events.Finish):
            self.newest = event.rep

    def _know(self, rep: int | None, t_ns: int) -> None:
        mine = [(t_ns + round(word.at_s * 1e9), asked) for word, asked in self._to_come if word.rep == rep]
        self._put([*self._due, *mine])

    def _put(self, due: list[tuple[int, inputs.Start | Said]]) -> None:
        self._due = sorted(due, key=lambda one: one[0])
        self.next_ns = self._due[0][0] if self._due else None

    def says(self, now_ns: int) -> list[inputs.Start | Said]:
        """What they say or press now."""
        if self.next_ns is None or self.next_ns > now_ns:
            return []
        due = [one for due_ns, one in self._due if due_ns <= now_ns]
        self._put(self._due[len(due) :])
        return due


def _said(says: str, where: str) -> Said:
    try:
        name, *words = shlex.split(says)
    except ValueError as error:
        raise BadInputError(where, f"'{says}': {error}", "each quotation mark twice") from None
    kind = commands.COMMANDS.get(name)
    known = {tag: one for tag, one in commands.COMMANDS.items() if issubclass(one, CoachCommand)}
    if kind is None or not issubclass(kind, CoachCommand):
        problem = f"'{name}' is nothing that a session is asked{near_miss(name, known)}"
        raise BadInputError(where, problem, f"one of {', '.join(known)}")
    said = Said(f"{where}: '{says}'", kind, tuple(words))
    # Any number does to find what is wrong with it.
    said.command(1)
    return said
