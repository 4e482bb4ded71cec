"""Does what the session asks of the box: speaks, beeps, lights, arms the watch, saves, tells."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.messages import Post
from retro_timer.beacon.output.lamp import LampKeeper
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.beacon.sensing.sensing import Shared
from retro_timer.ports import Board
from retro_timer.store.results.entries import new_id
from retro_timer.store.results.writer import JournalWriter
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.events import SessionEvent

_ARM_GRACE_NS = 500_000_000


class Performer:
    """One thread calls it: the session's loop."""

    def __init__(
        self,
        board: Board,
        event_bus: EventBus,
        shared: Shared,
        buzzer: Buzzer,
        lamp: LampKeeper,
        speaker: Speaker,
        journal: JournalWriter,
        post: Post,
    ) -> None:
        self._board = board
        self._clock = board.clock
        self._event_bus = event_bus
        self._shared = shared
        self._buzzer = buzzer
        self._lamp = lamp
        self._speaker = speaker
        self._journal = journal
        self._post = post
        self._unanswered: set[tuple[int, int]] = set()
        self._looked_up = 0

    @property
    def unanswered(self) -> int:
        """Saves and questions whose answer the session has not had."""
        return len(self._unanswered) + self._looked_up

    def answered(self, answer: inputs.Durable | inputs.NotSaved | inputs.LedgerSeen) -> None:
        """The session gets the journal's answer."""
        if isinstance(answer, inputs.LedgerSeen):
            self._looked_up -= 1
            return
        self._unanswered.discard((answer.rep, answer.revision))

    def carry_out(self, effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        """Do it; what follows at once from it comes back as the next input."""
        if isinstance(effect, effects.Say):
            return self._speaker.say(effect)
        if isinstance(effect, effects.Unsay):
            return self._speaker.unsay(effect.about)
        if isinstance(effect, effects.Measure):
            return inputs.Measured(self._speaker.seconds(effect.key, effect.values))
        if isinstance(effect, effects.Beep):
            self._buzzer.signal(effect.signal)
        elif isinstance(effect, effects.GoTone):
            edge_ns = self._buzzer.go()
            return inputs.GoBlocked() if edge_ns is None else inputs.WentOff(edge_ns)
        elif isinstance(effect, effects.Watch):
            self._shared.expect(effect.expectation)
            self._buzzer.arm(effect.expectation.armed, _ARM_GRACE_NS)
        elif isinstance(effect, effects.Light):
            self._lamp.base(effect.state)
        elif isinstance(effect, effects.Acknowledge):
            self._buzzer.acknowledge(effect.blind)
        else:
            self._keep(effect, now_ns)
        return None

    def _keep(self, effect: effects.Effect, now_ns: int) -> None:
        """What is put on disk or told."""
        if isinstance(effect, effects.Save):
            self._save(effect, now_ns)
        elif isinstance(effect, effects.KeepPresence):
            name = effect.presences[0].name
            self._journal.keep_presences(
                effect.presences, lambda trouble: self._post(inputs.PresenceAnswered(name, trouble))
            )
        elif isinstance(effect, effects.LookUp):
            self._looked_up += 1
            self._journal.look_up(effect.names, lambda known: self._post(inputs.LedgerSeen(known)))
        elif isinstance(effect, effects.Publish):
            self._publish(effect.event)
        elif isinstance(effect, effects.Close):
            self._journal.end(effect.outcome, lambda _trouble: None)

    def _publish(self, event: SessionEvent) -> None:
        self._event_bus.publish(event)
        self._board.notice(msgspec.to_builtins(event))

    def _save(self, effect: effects.Save, now_ns: int) -> None:
        record, together = effect.record, (effect.record, *effect.also)
        age_ns = now_ns - record.go_ns
        go_wall_ns, since_boot_ns = self._clock.wall_ns() - age_ns, self._clock.since_boot_ns()
        self._unanswered.update((each.rep, each.revision) for each in together)
        change = new_id()

        def answer(trouble: str) -> None:
            correction_id = change if effect.correction else ""
            for each in together:
                if trouble:
                    self._post(inputs.NotSaved(each.rep, each.revision, trouble))
                else:
                    self._post(inputs.Durable(each.rep, each.revision, effect.correction, correction_id))

        self._journal.save(
            record,
            go_wall_ns,
            answer,
            since_boot_ns - age_ns if since_boot_ns else 0,
            change=change,
            correction=effect.correction,
            origin=effect.origin,
            also=effect.also,
        )
