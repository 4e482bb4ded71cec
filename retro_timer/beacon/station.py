"""The box between sessions: starts one, finds one that was cut off, passes everything else on to the present one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from retro_timer.beacon.engine import Engine, Outlet
from retro_timer.detection.events import SensorState
from retro_timer.store.journal import SessionEntry
from retro_timer.store.writer import JournalWriter
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import new_session, recovered_session
from retro_timer.training.session.state import ENDED, Phase, Rules, SessionState

if TYPE_CHECKING:
    from retro_timer.beacon.hub import Hub


class StartPlan(msgspec.Struct, frozen=True):
    """Begin a session of this plan with these athletes."""

    plan: Plan
    roster: tuple[str, ...]


class Offer(msgspec.Struct, frozen=True):
    """A session that was cut off, with its reps."""

    entry: SessionEntry
    records: tuple[RepRecord, ...]


class JournalLooked(msgspec.Struct, frozen=True):
    """Whatever was cut off has been offered: from now on a start is a start."""


class Surroundings(Outlet, Protocol):
    """What the station needs of the beacon."""

    hub: Hub
    journal: JournalWriter


class Station:
    """One thread calls it: the session's loop."""

    def __init__(
        self,
        around: Surroundings,
        rules: Rules,
        board: str,
        draw_seed: Callable[[], int],
        *,
        awaits_journal: bool = False,
    ) -> None:
        self._around = around
        self._rules = rules
        self._board = board
        self._draw_seed = draw_seed
        self._engine: Engine | None = None
        self._watch = inputs.WatchChanged(SensorState.LOST, "starting", None, 0)
        self._told = SensorState.OK
        self.awaits_journal = awaits_journal
        """Whether a session that was cut off may still be offered; until then a start has to wait."""
        self._early: StartPlan | None = None

    @property
    def state(self) -> SessionState | None:
        """The present session, or the last one; None before the first."""
        return self._engine.state if self._engine is not None else None

    @property
    def busy(self) -> bool:
        """Whether a session is under way."""
        state = self.state
        return state is not None and not (state.phase in ENDED and state.concluded)

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called next."""
        return self._engine.state.deadline_ns if self._engine is not None else None

    def tick(self, now_ns: int) -> None:
        """Keep the appointments that are due."""
        if self._engine is not None:
            self._engine.tick(now_ns)

    def put(self, item: Any, now_ns: int) -> None:
        """A command or a report."""
        if isinstance(item, StartPlan):
            self._start(item, now_ns)
        elif isinstance(item, Offer):
            self._take_offer(item, now_ns)
        elif isinstance(item, JournalLooked):
            self._stop_waiting(now_ns)
        else:
            if isinstance(item, inputs.WatchChanged):
                self._watch = item
            if self._engine is not None:
                self._engine.put(item, now_ns)
            elif isinstance(item, inputs.WatchChanged):
                self._tell_watch(item, now_ns)
            elif isinstance(item, inputs.Command):
                self._refuse(now_ns)

    def _refuse(self, now_ns: int) -> None:
        self._carry_out(effects.Say("not_now"), now_ns)
        self._carry_out(effects.Publish("refused", now_ns, {"why": "not_now"}), now_ns)

    def _tell_watch(self, change: inputs.WatchChanged, now_ns: int) -> None:
        """Without a session the watch's state is told all the same, on change."""
        if change.state is not self._told:
            self._told = change.state
            fields = {"state": str(change.state), "reason": change.reason}
            self._carry_out(effects.Publish("sensor", change.t_ns, fields), now_ns)

    def _carry_out(self, effect: effects.Effect, now_ns: int) -> None:
        self._around.carry_out(effect, now_ns)

    def _stop_waiting(self, now_ns: int) -> None:
        self.awaits_journal = False
        early, self._early = self._early, None
        if early is not None and not self.busy:
            self._start(early, now_ns)

    def _start(self, start: StartPlan, now_ns: int) -> None:
        state = self.state
        if self.awaits_journal and not self.busy:
            # Beginning now would close, unasked, the session that the power cut off. One start waits, not a second.
            if self._early is None:
                self._early = start
            else:
                self._refuse(now_ns)
            return
        if self.busy and state is not None and state.phase is not Phase.RECOVERABLE:
            self.put(inputs.Start(), now_ns)
            return
        if state is not None and state.phase is Phase.RECOVERABLE:
            self.put(inputs.CloseInterrupted(), now_ns)
        self._begin(new_session(start.plan, start.roster, self._drawn()), now_ns)
        self._around.journal.begin(start.plan, start.roster, self._board, lambda _trouble: None)
        self.put(inputs.Start(), now_ns)

    def _drawn(self) -> Rules:
        """The rules of a session that begins: its holds are not those of the session before."""
        return msgspec.structs.replace(self._rules, seed=self._draw_seed())

    def _begin(self, state: SessionState, now_ns: int) -> None:
        # A new session knows what the watch sees without hearing of a change; before the first reading: nothing.
        state = msgspec.structs.replace(
            state,
            watch_state=self._watch.state,
            watch_reason=self._watch.reason,
            coverage=self._watch.coverage,
            clear_since_ns=now_ns,
        )
        self._engine = Engine(state, self._around)

    def _take_offer(self, offer: Offer, now_ns: int) -> None:
        """A session was found cut off: it waits for recover or close, unless another has begun meanwhile."""
        if self.busy:
            return
        entry = offer.entry
        self._begin(recovered_session(entry.plan, entry.roster, self._drawn(), offer.records), now_ns)
        self._around.journal.adopt(entry.id, lambda _trouble: None)
        for record in self.state.results if self.state is not None else ():
            if record.reason == "interrupted":
                self._carry_out(effects.Save(record), now_ns)
        done = len([r for r in offer.records if r.status != "open"])
        values = {"title": entry.title, "reps": done}
        self._carry_out(effects.Publish("recoverable", now_ns, values), now_ns)
        self._carry_out(effects.Say("recovery_offered", values), now_ns)
