"""What `doctor` and `calibrate` ask of whoever holds the board: facts, readings, a beep, a word, a new calibration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, Protocol, assert_never, runtime_checkable

from retro_timer.beacon.assembly import watch_config
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.facts import Facts, Readings, SensorFacts, SensorReadings
from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import ButtonEdge
from retro_timer.beacon.output import sounds
from retro_timer.beacon.system.real_time import RealTimeScheduling
from retro_timer.detection.events import SensorState
from retro_timer.errors import BadInputError, RetroTimerError, near_miss
from retro_timer.ports import RangeSensor, Voice
from retro_timer.settings.calibration import Calibration, SensorCalibration, SoundCheck, save_calibration
from retro_timer.training.session.effects import Say, Signal

_MOST_SAMPLES = 500
"""Of each sensor in one answer: a slow client's connection holds no more than a few of them."""


@runtime_checkable
class Identified(Protocol):
    """A sensor that can tell what it has found."""

    @property
    def identity(self) -> str:
        """What answers, in a line; an empty string while nothing does. May be read from any thread."""


@runtime_checkable
class Adjustable(Protocol):
    """A sensor whose offset may be changed while it ranges."""

    @property
    def offset_mm(self) -> int:
        """Added to every range."""

    def adjust(self, offset_mm: int) -> None:
        """Add this from now on. May be called from any thread."""


@runtime_checkable
class Delayed(Protocol):
    """A sensor of whose times a delay may be taken off while it ranges."""

    @property
    def late_ns(self) -> int:
        """Taken off the time of every reading."""

    def delay(self, late_ns: int) -> None:
        """Take this off from now on. May be called from any thread."""


@runtime_checkable
class Pressable(Protocol):
    """A button that tells its level."""

    @property
    def pressed(self) -> bool:
        """Whether it is down now."""


_STICK_PHRASES: dict[requests.StickWord, str] = {
    "copied": "stick_copied",
    "nothing": "stick_nothing",
    "full": "stick_full",
    "read-only": "stick_read_only",
    "foreign": "stick_foreign",
    "failed": "stick_failed",
}


class Diagnostics:
    """Answers on the socket's thread; only the sensors' own threads touch a sensor. Every request returns at once."""

    def __init__(
        self,
        core: Core,
        voice: Voice,
        calibration: Calibration,
        state_dir: Path,
        tell: Callable[[str], None],
        *,
        voice_missing: str = "",
        scheduling: RealTimeScheduling | None = None,
    ) -> None:
        """`voice_missing`: why the settings' voice is not there and words are printed. `scheduling`: of threads that
        read the sensors.
        """
        self._core = core
        self._voice = voice
        self._calibration = calibration
        self._state_dir = state_dir
        self._tell = tell
        self._voice_missing = voice_missing
        self._scheduling = scheduling or RealTimeScheduling()
        self._troubles: dict[str, str] = {}
        self._lent_until_ns = 0
        self._held = False
        self._pressed_ns: int | None = None

    def answer(self, request: requests.ToDiagnostics) -> answers.AnyAnswer:
        """Carry it out. Raises RetroTimerError for what is refused."""
        match request:
            case requests.Facts():
                return self._facts()
            case requests.Readings():
                return self._readings(request.after_ns)
            case requests.Beep():
                return self._beep(request.which)
            case requests.Say():
                return self._say(request.text)
            case requests.Announce():
                return self._announce(request.what)
            case requests.LendButton():
                return self._lend_button(request.seconds)
            case requests.Rest():
                return self._rest(request.sensor, request.seconds)
            case requests.Calibrate():
                return self._calibrate(request.sensors, request.heard)
            case _:
                assert_never(request)

    def trouble(self, text: str) -> None:
        """What the sensors' threads complain of: kept for who asks, and passed on once, for they try each second."""
        for name in self._core.sensing:
            if text.startswith(f"sensor {name}: "):
                complaint = text.removeprefix(f"sensor {name}: ")
                if self._troubles.get(name) == complaint:
                    return
                self._troubles[name] = complaint
        self._tell(text)

    # Asking

    def _facts(self) -> Facts:
        core, button = self._core, self._core.board.button
        return Facts(
            board=core.board.name,
            pid=os.getpid(),
            now_ns=core.clock.monotonic_ns(),
            settings=core.settings,
            calibration=self._calibration,
            sensors=tuple(self._sensor_facts(sensor) for bus in core.board.buses for sensor in bus.sensors),
            busy=core.session.busy,
            realtime=self._scheduling.realtime,
            state_dir=str(self._state_dir),
            speaking=self._voice.speaking or core.speaker.next_ns is not None,
            voice_trouble=self._voice_missing or self._voice.trouble(),
            troubles=core.troubles.of("file"),
            voice_volume=core.volume.voice,
            button_pressed=button.pressed if isinstance(button, Pressable) else None,
            pressed_ns=self._pressed_ns,
        )

    def _sensor_facts(self, sensor: RangeSensor) -> SensorFacts:
        spec = sensor.spec
        health = self._core.sensing[spec.name].watch.health
        identity = sensor.identity if isinstance(sensor, Identified) else ""
        lost = health.state is SensorState.LOST or not self._core.sensing[spec.name].samples
        trouble = self._troubles.get(spec.name, "") if lost else ""
        return SensorFacts(spec, identity, trouble, health.state, health.reason)

    def _readings(self, after_ns: int | None) -> Readings:
        sensors = []
        for name, sensing in self._core.sensing.items():
            health = sensing.watch.health
            if after_ns is None:
                found = [] if sensing.last_sample is None else [sensing.last_sample]
            else:
                found = [sample for sample in sensing.ring.copy() if sample.t_ns > after_ns][-_MOST_SAMPLES:]
            sensors.append(SensorReadings(name, health.state, health.reason, tuple(found)))
        return Readings(self._core.clock.monotonic_ns(), tuple(sensors))

    # Sounding and speaking

    def _beep(self, which: Literal["ready", "go"]) -> answers.Beeping:
        self._must_be_idle("the buzzer")
        core = self._core
        if which == "go":
            sounds_now, pattern = core.buzzer.go() is not None, sounds.GO
        else:
            sounds_now, pattern = core.buzzer.signal(Signal.READY), sounds.SIGNALS[Signal.READY]
        if not sounds_now:
            raise RetroTimerError(
                f"the buzzer sounds '{core.buzzer.sounding}', which goes before this; see: retro-timer doctor"
            )
        return answers.Beeping(lasts_s=pattern.length_ns / 1e9)

    def _say(self, text: str) -> answers.Done:
        self._must_be_idle("the voice")
        self._core.speaker.say(Say("cue", {"cue": text}))
        return answers.Done()

    def _announce(self, what: requests.StickWord) -> answers.Done:
        self._must_be_idle("the voice")
        self._core.speaker.say(Say(_STICK_PHRASES[what]))
        return answers.Done()

    # The button

    def _lend_button(self, seconds: float) -> answers.Done:
        if seconds:
            self._must_be_idle("the button")
        self._lent_until_ns = self._core.clock.monotonic_ns() + round(seconds * 1e9)
        self._pressed_ns = None
        return answers.Done()

    def take_press(self, edge: ButtonEdge) -> bool:
        """An edge of the button: whether it belongs to whoever has borrowed it, a press with its release."""
        if edge.pressed:
            self._held = edge.t_ns < self._lent_until_ns and not self._core.session.busy
            if self._held:
                self._pressed_ns = edge.t_ns
                self._core.buzzer.signal(Signal.ANSWER)
            return self._held
        held, self._held = self._held, False
        return held

    def _must_be_idle(self, what: str) -> None:
        if self._core.session.busy:
            raise RetroTimerError(
                f"a session is under way and {what} is for the runners; wait for its end, or: retro-timer ctl stop"
            )

    # Switching a sensor off

    def _rest(self, name: str, seconds: float) -> answers.Done:
        self._check_known("rest", [name])
        if seconds:
            self._must_be_idle("every sensor")
        self._core.sensing[name].rest_until(self._core.clock.monotonic_ns() + round(seconds * 1e9))
        return answers.Done()

    def _check_known(self, where: str, names: Iterable[str]) -> None:
        known = self._core.sensing
        for name in names:
            if name not in known:
                raise BadInputError(where, f"no sensor '{name}'{near_miss(name, known)}", f"one of {', '.join(known)}")

    # Calibrating

    def _calibrate(self, learnt: dict[str, SensorCalibration], heard: bool | None) -> answers.Calibrated:
        self._must_be_idle("what the sensors take for the empty lane")
        self._check_known("calibrate", learnt)
        volume, sound = self._core.volume, self._calibration.sound
        if heard is not None:
            sound = SoundCheck(heard=heard, voice=volume.voice, buzzer=volume.buzzer)
        calibration = Calibration(sensors={**self._calibration.sensors, **learnt}, sound=sound)
        sensors = [s for bus in self._core.board.buses for s in bus.sensors if s.spec.name in learnt]
        for sensor in sensors:
            self._check_takes(sensor, calibration)
        path = save_calibration(self._state_dir, calibration)
        self._calibration = calibration
        volume.checked(sound)
        for sensor in sensors:
            self._use(sensor)
        self._core.join_anew()
        return answers.Calibrated(file=str(path))

    def _check_takes(self, sensor: RangeSensor, calibration: Calibration) -> None:
        """Refuse what the sensor cannot be told."""
        before, learnt = (one.of(*_place(sensor)) for one in (self._calibration, calibration))
        whose = f"sensor '{sensor.spec.name}' of the board '{self._core.board.name}'"
        if learnt.offset_mm != before.offset_mm and not isinstance(sensor, Adjustable):
            raise RetroTimerError(f"{whose} has no offset")
        if learnt.late_ns != before.late_ns and not isinstance(sensor, Delayed):
            raise RetroTimerError(f"{whose} takes no delay off its times")

    def _use(self, sensor: RangeSensor) -> None:
        """Judge this sensor's readings by the new calibration."""
        spec = sensor.spec
        sensing = self._core.sensing[spec.name]
        learnt = self._calibration.of(*_place(sensor))
        # A trace must not mix ranges of two offsets, nor times of two delays.
        if isinstance(sensor, Adjustable) and sensor.offset_mm != learnt.offset_mm:
            sensor.adjust(learnt.offset_mm)
            sensing.ring.clear()
        if isinstance(sensor, Delayed) and sensor.late_ns != learnt.late_ns:
            sensor.delay(learnt.late_ns)
            sensing.ring.clear()
        sensing.begin_anew(
            watch_config(spec, self._core.settings, self._calibration, several=len(self._core.sensing) > 1)
        )


def _place(sensor: RangeSensor) -> tuple[str, str]:
    """What a calibration is found by."""
    return sensor.spec.name, str(sensor.spec.placement)
