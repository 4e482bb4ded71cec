"""A beacon's parts, and what becomes of each message in its inbox. `app.py` puts it together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from retro_timer.beacon import events
from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.messages import (
    Asked,
    BeaconMessage,
    Between,
    Detected,
    JournalLooked,
    Offer,
    SetVolume,
    StartPlan,
    Tone,
)
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.beacon.output.volume import Volume
from retro_timer.beacon.performer import Performer
from retro_timer.beacon.sensing.coverage import SensorReport, WatchOverview
from retro_timer.beacon.sensing.sensing import Sensing, Shared
from retro_timer.beacon.session_opener import SessionOpener
from retro_timer.beacon.session_runner import SessionRunner, session_input
from retro_timer.beacon.system.strain import Strain, StrainChange
from retro_timer.beacon.system.wall_clock import WallClockWatch
from retro_timer.beacon.troubles import Troubles
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent
from retro_timer.detection.lines import Lines, Told
from retro_timer.phrases import Catalogue
from retro_timer.ports import Board, Clock
from retro_timer.settings.model import Settings
from retro_timer.store.results.repair import Repair
from retro_timer.store.results.writer import JournalWriter
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.events import Refused
from retro_timer.training.session.state import ENDED


class Core(msgspec.Struct, kw_only=True, eq=False):
    """One thread calls its methods: the session's loop. Sensors' threads call `sensing[...]`; any thread may read."""

    board: Board
    settings: Settings
    catalogue: Catalogue
    journal: JournalWriter
    event_bus: EventBus
    shared: Shared
    buzzer: Buzzer
    volume: Volume
    troubles: Troubles
    speaker: Speaker
    overview: WatchOverview
    lines: Lines
    sensing: Mapping[str, Sensing]
    performer: Performer
    session: SessionRunner
    opener: SessionOpener
    wall_clock: WallClockWatch
    strain: Callable[[], Strain]
    """How the machine does now."""
    on_detected: Callable[[DetectionEvent, WatchConfig], None]
    """Gets all that a sensor's judge has found, and how it is judged, before the session does."""
    on_tick: Callable[[int, bool], None]
    """Called with the time at each tick, and whether the journal has something to answer."""
    _sound: str = ""

    @property
    def clock(self) -> Clock:
        """The board's."""
        return self.board.clock

    @property
    def samples(self) -> int:
        """Readings judged so far, by all sensors."""
        return sum(sensing.samples for sensing in self.sensing.values())

    @property
    def unanswered(self) -> int:
        """Saves whose answer the session has not had."""
        return self.performer.unanswered

    def tick(self) -> None:
        """Keep the session's appointments that are due, and see whether somebody has set the clock."""
        now_ns = self.clock.monotonic_ns()
        self.session.tick(now_ns)
        self._hear(self.lines.tick(now_ns), now_ns)
        self.wall_clock.look()
        self.on_tick(now_ns, self.unanswered > 0)

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called next."""
        deadlines = (self.session.deadline_ns, self.lines.deadline_ns)
        return min((ns for ns in deadlines if ns is not None), default=None)

    def join_anew(self) -> None:
        """After a calibration: the halves of a gate may stand elsewhere; a line knows how well its sensors see."""
        self.lines = Lines(sensing.config for sensing in self.sensing.values())
        for name, sensing in self.sensing.items():
            self.lines.state(name, sensing.watch.health.state, sensing.watch.health.reason)

    def _hear(self, told: Iterable[Told], now_ns: int) -> None:
        for event, config in told:
            made = session_input(event, config)
            if made is not None:
                self.session.put(made, now_ns)

    def handle(self, message: BeaconMessage) -> None:
        """One message of the inbox."""
        now_ns = self.clock.monotonic_ns()
        match message:
            case Detected(event, config):
                self.on_detected(event, config)
                self._hear(self.lines.take(event, config), now_ns)
            case SensorReport():
                self.lines.state(message.sensor, message.state, message.reason)
                self.overview.take(message)
            case Tone():
                self._tell_tone(message)
            case Asked(command, reply, origin):
                reply(self._answer(command, origin, now_ns))
            case Between(action):
                action()
            case StartPlan() | Offer() | JournalLooked():
                self.opener.put(message, now_ns)
            case Repair():
                self._tell_repair(message, now_ns)
            case StrainChange():
                self._tell_strain(message, now_ns)
            case inputs.Durable() | inputs.NotSaved() | inputs.LedgerSeen():
                self.performer.answered(message)
                self.session.put(message, now_ns)
            case _:
                self.session.put(message, now_ns)

    def _tell_tone(self, tone: Tone) -> None:
        self.event_bus.publish(events.Tone(tone.t_ns, tone.name, tone.frequency_hz))
        if tone.name != self._sound:
            self._sound = tone.name
            self.event_bus.publish(events.Sound(tone.t_ns, tone.name, tone.frequency_hz))

    def _tell_strain(self, change: StrainChange, now_ns: int) -> None:
        """The box itself does badly, or well again: in the log each time, said when it begins."""
        self.event_bus.publish(events.Strain(now_ns, change.what, change.on, change.temperature_c))
        if change.phrase:
            self.speaker.say(effects.Say(change.phrase))

    def _tell_repair(self, repair: Repair, now_ns: int) -> None:
        """The results had to be mended: said loudly, and once."""
        aside = "" if repair.set_aside is None else str(repair.set_aside)
        self.event_bus.publish(events.DatabaseRebuilt(now_ns, str(repair.cause), aside, repair.reps, repair.words))
        self.speaker.say(effects.Say("database_rebuilt", {"reps": repair.reps}))

    def _answer(self, command: inputs.Command | StartPlan, origin: str, now_ns: int) -> str:
        """Carry a command out; why it was refused, or an empty string."""
        if isinstance(command, SetVolume):
            self._set_volume(command.percent, now_ns)
            return ""
        state = self.session.state
        if isinstance(command, inputs.Roster) and (state is None or state.phase in ENDED):
            # For the sessions to come.
            return ""
        if isinstance(command, inputs.Halt | inputs.Stop):
            dropped = self.opener.drop_waiting()
            if dropped and isinstance(command, inputs.Stop):
                return ""
        refusals: list[Refused] = []

        def listen(event: events.BeaconEvent) -> None:
            if isinstance(event, Refused):
                refusals.append(event)

        stop = self.event_bus.subscribe(listen)
        try:
            if isinstance(command, inputs.Command):
                command = msgspec.structs.replace(command, origin=origin)
            if isinstance(command, StartPlan):
                self.opener.put(command, now_ns)
            else:
                self.session.put(command, now_ns)
        finally:
            stop()
        return self.catalogue.render(refusals[0].why, refusals[0].values) if refusals else ""

    def _set_volume(self, percent: int, now_ns: int) -> None:
        """Turn voice and buzzer up or down, and let it be heard how loud they are now."""
        self.volume.set(percent)
        self.event_bus.publish(events.Volume(now_ns, self.volume.voice, self.volume.buzzer))
        if not self.session.busy:
            self.speaker.say(effects.Say("volume", {"percent": percent}))
            self.buzzer.signal(effects.Signal.ANSWER)
