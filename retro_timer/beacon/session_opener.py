"""How a session comes about: by a plan that somebody starts, or from the journal when the power had cut one off."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import assert_never

import msgspec

from retro_timer.beacon.messages import JournalLooked, Offer, Opening, StartPlan
from retro_timer.beacon.session_runner import Outlet, SessionRunner
from retro_timer.store.results.writer import JournalWriter
from retro_timer.training.roster import without
from retro_timer.training.session import effects, events, inputs
from retro_timer.training.session.machine import new_session, recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase

_SEED_BITS = 63


class SessionOpener:
    """One thread calls it: the session's loop."""

    def __init__(
        self,
        runner: SessionRunner,
        outlet: Outlet,
        journal: JournalWriter,
        rules: Callable[[], Rules],
        board: str,
        *,
        seed: int | None = None,
        awaits_journal: bool = False,
    ) -> None:
        """`rules` are asked for when a session begins. `seed` is each new one's; without one nobody can guess it.
        `awaits_journal`: a start waits for the offer of what was cut off.
        """
        self._runner = runner
        self._outlet = outlet
        self._journal = journal
        self._rules = rules
        self._board = board
        self._draw_seed: Callable[[], int] = (lambda: secrets.randbits(_SEED_BITS)) if seed is None else (lambda: seed)
        self._awaits_journal = awaits_journal
        self._early: StartPlan | None = None
        self._clock_is_set = False

    @property
    def awaits_journal(self) -> bool:
        """Whether a session that was cut off may still be offered, or somebody is being forgotten: until then a start
        has to wait."""
        return self._awaits_journal

    def clock_is_being_set(self, being_set: bool) -> None:
        """Whether the machine's clock is being set right now: a session would begin by a time that is none."""
        self._clock_is_set = being_set

    def wait_for_journal(self) -> None:
        """From now on a start waits until JournalLooked comes."""
        self._awaits_journal = True

    def leave_out(self, names: Collection[str]) -> None:
        """Whoever is called one of these takes no part in a start that waits."""
        if self._early is not None:
            roster = without(self._early.roster, names)
            self._early = msgspec.structs.replace(self._early, roster=roster)

    def drop_waiting(self) -> bool:
        """Somebody has said halt or stop: a start that waits is not begun any more. Whether one did."""
        waited, self._early = self._early is not None, None
        return waited

    def put(self, item: Opening, now_ns: int) -> None:
        """Something that may begin a session."""
        match item:
            case StartPlan():
                self._start(item, now_ns)
            case Offer():
                self._take_offer(item, now_ns)
            case JournalLooked():
                self._stop_waiting(now_ns)
            case _:
                assert_never(item)

    def _stop_waiting(self, now_ns: int) -> None:
        self._awaits_journal = False
        early, self._early = self._early, None
        if early is not None and not self._runner.busy:
            self._start(early, now_ns)

    def _start(self, start: StartPlan, now_ns: int) -> None:
        runner = self._runner
        state = runner.state
        if self._clock_is_set and not runner.busy:
            runner.refuse(now_ns, "clock_being_set")
            return
        if self._awaits_journal and not runner.busy:
            # Beginning now would close, unasked, the session that the power cut off. One start waits, not a second.
            if self._early is None:
                self._early = start
            else:
                runner.refuse(now_ns)
            return
        if runner.busy and state is not None and state.phase is not Phase.RECOVERABLE:
            runner.put(inputs.Start(), now_ns)
            return
        if state is not None and state.phase is Phase.RECOVERABLE:
            runner.put(inputs.CloseInterrupted(), now_ns)
        runner.begin(new_session(start.plan, start.roster, self._drawn()), now_ns)
        self._journal.begin(start.plan, start.roster, self._board, lambda _trouble: None)
        runner.put(inputs.Start(), now_ns)

    def _drawn(self) -> Rules:
        """The rules of a session that begins: its holds are not those of the session before."""
        return msgspec.structs.replace(self._rules(), seed=self._draw_seed())

    def _take_offer(self, offer: Offer, now_ns: int) -> None:
        """A session was found cut off: it waits for recover or close, unless another has begun meanwhile."""
        runner = self._runner
        if runner.busy:
            return
        entry = offer.entry
        state = recovered_session(
            entry.plan, entry.roster, self._drawn(), offer.records, entry.presences, entry.corrected
        )
        runner.begin(state, now_ns)
        self._journal.adopt(entry, lambda _trouble: None)
        for record in runner.state.results if runner.state is not None else ():
            if record.reason == "interrupted":
                self._outlet.carry_out(effects.Save(record), now_ns)
        done = len([r for r in offer.records if r.status != "open"])
        self._outlet.carry_out(effects.Publish(events.Recoverable(now_ns, entry.title, done)), now_ns)
        self._outlet.carry_out(effects.Say("recovery_offered", {"title": entry.title, "reps": done}), now_ns)
