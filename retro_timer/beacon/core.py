"""The beacon without its threads: sensors' judges, buzzer, speech, journal and session, wired together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from retro_timer.beacon.assembly import session_rules, watch_config
from retro_timer.beacon.contract import contract_event
from retro_timer.beacon.control import SetVolume
from retro_timer.beacon.coverage import SensorReport, WatchOverview
from retro_timer.beacon.engine import session_input
from retro_timer.beacon.hub import Hub
from retro_timer.beacon.lamp import LampKeeper
from retro_timer.beacon.sensing import Sensing, Shared
from retro_timer.beacon.sounder import Buzzer
from retro_timer.beacon.speaker import Speaker
from retro_timer.beacon.station import Station
from retro_timer.beacon.strain import Strain, StrainChange
from retro_timer.beacon.troubles import Troubles
from retro_timer.beacon.volume import Volume
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, SensorState
from retro_timer.phrases import Catalogue
from retro_timer.ports import Board, Placement, RangeSample, Role, Voice
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings, TickMode
from retro_timer.store.labels import TOLERANCE_NS
from retro_timer.store.repair import Repair
from retro_timer.store.writer import JournalWriter
from retro_timer.training.safe_speed import Braking
from retro_timer.training.session import effects, inputs

_ARM_GRACE_NS = 500_000_000
_SEED_BITS = 63
NOBODY_LISTENS: Mapping[str, Callable[[RangeSample], None]] = {}


class Asked:
    """A command whose giver waits for an answer: an empty string, or why it was refused."""

    def __init__(self, item: Any, reply: Callable[[str], None]) -> None:
        self.item = item
        self.reply = reply


def _seeds(seed: int | None) -> Callable[[], int]:
    """What each new session draws its chances from: the seed that was asked for, or the machine's own entropy."""
    return (lambda: secrets.randbits(_SEED_BITS)) if seed is None else (lambda: seed)


class Tone(msgspec.Struct, frozen=True):
    """The buzzer changed: the sound that holds it, or an empty name, and its frequency now."""

    name: str
    frequency_hz: int
    t_ns: int


class Core:
    """Everything but the threads. `post` hands an input to the session's loop; sensors call `sensing[...]`.

    `seed` decides what sessions leave to chance, such as the hold before a go; without one nobody can guess it.
    """

    def __init__(
        self,
        board: Board,
        settings: Settings,
        calibration: Calibration,
        catalogue: Catalogue,
        voice: Voice,
        journal: JournalWriter,
        post: Callable[[Any], None],
        seed: int | None = None,
        *,
        strain: Callable[[], Strain] = Strain,
        on_sample: Mapping[str, Callable[[RangeSample], None]] = NOBODY_LISTENS,
        awaits_journal: bool = False,
    ) -> None:
        """`strain`: how the machine does now. `on_sample`: who gets a sensor's readings, by its name."""
        self.board = board
        self.clock = board.clock
        self.settings = settings
        self.catalogue = catalogue
        self.hub = Hub()
        self.journal = journal
        self._unanswered: set[tuple[int, int]] = set()
        self._clock_offset_ns: int | None = None
        self._post = post
        self._sound = ""
        self.strain = strain
        self.shared = Shared()
        braking = Braking(settings.watch.delay_s, settings.watch.braking_mps2)
        sensors = [sensor for bus in board.buses for sensor in bus.sensors]
        specs = [sensor.spec for sensor in sensors]
        watchers = [spec.name for spec in specs if spec.role is not Role.TIMING and spec.may_watch]
        belt = any(spec.placement is Placement.BELT for spec in specs)
        tick = settings.watch.tick
        ticks = tick is TickMode.ALWAYS or (tick is TickMode.BELT and belt)
        self.buzzer = Buzzer(
            board.sounder,
            board.clock,
            ticks=ticks,
            watchers=watchers,
            heard=self._heard,
            on_expired=lambda name: self.sensing[name].fall_silent(self.clock.monotonic_ns()),
            volume=settings.buzzer.volume,
        )
        self.volume = Volume(settings, self.buzzer, voice)
        self.lamp = LampKeeper(board.lamp)
        self.troubles = Troubles(self.lamp)
        self.speaker = Speaker(voice, board.clock, catalogue, self._spoken, post)
        self.overview = WatchOverview([spec.name for spec in specs], self._watch_changed)
        self.sensing = {
            spec.name: Sensing(
                sensor,
                watch_config(spec, settings, calibration),
                self.shared,
                self.buzzer,
                self.lamp,
                self.speaker,
                braking,
                self._detected,
                post,
                on_sample.get(spec.name),
            )
            for sensor, spec in zip(sensors, specs, strict=True)
        }
        rules = session_rules(settings, specs, braking)
        self.station = Station(self, rules, board.name, _seeds(seed), awaits_journal=awaits_journal)

    @property
    def samples(self) -> int:
        """Readings judged so far, by all sensors."""
        return sum(sensing.samples for sensing in self.sensing.values())

    @property
    def unanswered(self) -> int:
        """Saves that the journal has not answered."""
        return len(self._unanswered)

    def _detected(self, event: DetectionEvent, config: WatchConfig) -> None:
        self._post((event, config))

    def _heard(self, name: str, frequency_hz: int, t_ns: int) -> None:
        """The buzzer changed. Its lock is held and an alarm may wait for it: the session's loop tells it later."""
        self._post(Tone(name, frequency_hz, t_ns))

    def _tell_tone(self, tone: Tone) -> None:
        fields = {"t_ns": tone.t_ns, "name": tone.name, "frequency_hz": tone.frequency_hz}
        self.hub.tell({"event": "tone", **fields})
        if tone.name != self._sound:
            self._sound = tone.name
            self.hub.tell({"event": "sound", **fields})

    def _spoken(self, key: str, text: str) -> None:
        self.hub.tell({"event": "said", "t_ns": self.clock.monotonic_ns(), "key": key, "text": text})

    def handle(self, item: Any) -> None:
        """Whatever was posted, on the session's thread."""
        now_ns = self.clock.monotonic_ns()
        if isinstance(item, SensorReport):
            self.overview.take(item)
        elif isinstance(item, Repair):
            self._tell_repair(item, now_ns)
        elif isinstance(item, StrainChange):
            self._tell_strain(item, now_ns)
        elif isinstance(item, Tone):
            self._tell_tone(item)
        elif isinstance(item, Asked):
            item.reply(self._answer(item.item, now_ns))
        elif isinstance(item, tuple):
            event, config = item
            made = session_input(event, config)
            if made is not None:
                self.station.put(made, now_ns)
        else:
            if isinstance(item, inputs.Durable | inputs.NotSaved):
                self._unanswered.discard((item.rep, item.revision))
            self.station.put(item, now_ns)

    def _tell_strain(self, change: StrainChange, now_ns: int) -> None:
        """The box itself does badly, or well again: in the log each time, said when it begins."""
        fields = {"what": change.what, "on": change.on, "temperature_c": change.temperature_c}
        self.hub.tell({"event": "strain", "t_ns": now_ns, **fields})
        if change.phrase:
            self.speaker.say(effects.Say(change.phrase))

    def _tell_repair(self, repair: Repair, now_ns: int) -> None:
        """The results had to be mended: said loudly, and once."""
        aside = "" if repair.set_aside is None else str(repair.set_aside)
        fields = {"cause": str(repair.cause), "set_aside": aside, "reps": repair.reps, "words": repair.words}
        self.hub.tell({"event": "database_rebuilt", "t_ns": now_ns, **fields})
        self.speaker.say(effects.Say("database_rebuilt", {"reps": repair.reps}))

    def _answer(self, item: Any, now_ns: int) -> str:
        """Carry a command out; why it was refused, or an empty string."""
        if isinstance(item, SetVolume):
            self._set_volume(item.percent, now_ns)
            return ""
        refusals: list[dict[str, Any]] = []

        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "refused":
                refusals.append(event)

        stop = self.hub.subscribe(listen)
        try:
            self.station.put(item, now_ns)
        finally:
            stop()
        return self.catalogue.render(str(refusals[0]["why"]), refusals[0].get("values", {})) if refusals else ""

    def _set_volume(self, percent: int, now_ns: int) -> None:
        """Turn voice and buzzer up or down, and let it be heard how loud they are now."""
        self.volume.set(percent)
        self.hub.tell({"event": "volume", "t_ns": now_ns, **self.volume.now()})
        if not self.station.busy:
            self.speaker.say(effects.Say("volume", {"percent": percent}))
            self.buzzer.signal(effects.Signal.ANSWER)

    def tick(self) -> None:
        """Keep the session's appointments that are due, and see whether somebody has set the clock."""
        self.station.tick(self.clock.monotonic_ns())
        self._mind_clock()

    def _mind_clock(self) -> None:
        """Labels of this boot follow the wall clock; also those that an earlier process made, hence at the start."""
        since_boot_ns = self.clock.since_boot_ns()
        if not since_boot_ns:
            return
        offset_ns, was_ns = self.clock.wall_ns() - since_boot_ns, self._clock_offset_ns
        if was_ns is None or abs(offset_ns - was_ns) > TOLERANCE_NS:
            self._clock_offset_ns = offset_ns
            self.journal.follow_clock(offset_ns)
            if was_ns is not None:
                by_s = round((offset_ns - was_ns) / 1e9)
                self.hub.tell({"event": "clock_set", "t_ns": self.clock.monotonic_ns(), "by_s": by_s})

    def _watch_changed(self, change: inputs.WatchChanged) -> None:
        self.lamp.blind(change.state is not SensorState.OK)
        self.buzzer.blind(change.state is not SensorState.OK)
        self.station.put(change, self.clock.monotonic_ns())

    def carry_out(self, effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        """Do what the session asks."""
        if isinstance(effect, effects.Say):
            return self.speaker.say(effect)
        if isinstance(effect, effects.Unsay):
            return self.speaker.unsay(effect.about)
        if isinstance(effect, effects.Measure):
            return inputs.Measured(self.speaker.seconds(effect.key, effect.values))
        if isinstance(effect, effects.Beep):
            self.buzzer.signal(effect.signal)
        elif isinstance(effect, effects.GoTone):
            edge_ns = self.buzzer.go()
            return inputs.GoBlocked() if edge_ns is None else inputs.WentOff(edge_ns)
        elif isinstance(effect, effects.Watch):
            self.shared.expectation = effect.expectation
            self.buzzer.arm(effect.expectation.armed, _ARM_GRACE_NS)
        elif isinstance(effect, effects.Light):
            self.lamp.base(effect.state)
        elif isinstance(effect, effects.Acknowledge):
            self.buzzer.acknowledge(effect.blind)
        elif isinstance(effect, effects.Save):
            self._save(effect, now_ns)
        elif isinstance(effect, effects.Publish):
            self._publish(effect)
        elif isinstance(effect, effects.Close):
            self._end(effect.outcome)
        return None

    def _publish(self, published: effects.Publish) -> None:
        self.hub.publish(published)
        self.board.notice({"event": published.event, "t_ns": published.t_ns, **published.fields})

    def contract(self, event: dict[str, Any], origin_ns: int) -> dict[str, Any] | None:
        """A hub's event as the contract has it."""
        fields = {name: value for name, value in event.items() if name not in ("event", "t_ns")}
        return contract_event(effects.Publish(event["event"], event["t_ns"], fields), origin_ns, self.samples)

    def _save(self, effect: effects.Save, now_ns: int) -> None:
        record = effect.record
        age_ns = now_ns - record.go_ns
        go_wall_ns, since_boot_ns = self.clock.wall_ns() - age_ns, self.clock.since_boot_ns()
        self._unanswered.add((record.rep, record.revision))

        def answer(trouble: str) -> None:
            if trouble:
                self._post(inputs.NotSaved(record.rep, record.revision, trouble))
            else:
                self._post(inputs.Durable(record.rep, record.revision))

        self.journal.save(record, go_wall_ns, answer, since_boot_ns - age_ns if since_boot_ns else 0)

    def _end(self, outcome: str) -> None:
        self.journal.end(outcome, lambda _trouble: None)
