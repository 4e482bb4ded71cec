"""A beacon without threads on a clock that only the test moves, and the small parts it stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from retro_timer.beacon import app
from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.messages import ButtonEdge, StartPlan, StopLoop
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Board, Button, Clock, LampState, RangeSample, SensorSpec, Voice
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.training.plan import Plan
from retro_timer.training.session.state import SessionState
from tests.helpers.events_told import into

MS = 1_000_000
S = 1_000_000_000
BEGIN_NS = 10 * S
DEFAULTS = Settings()


class PinSounder:
    """A buzzer that keeps every edge."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.edges: list[tuple[int, int]] = []
        """(monotonic_ns, frequency in Hz or 0)"""
        self.loudness = 0
        """Of the last sound, in percent."""

    @property
    def frequency_hz(self) -> int:
        """What sounds now; 0 for silence."""
        return self.edges[-1][1] if self.edges else 0

    def on(self, frequency_hz: int, loudness: int = 100) -> int:
        """Begin to sound."""
        now_ns = self._clock.monotonic_ns()
        self.loudness = loudness
        self.edges.append((now_ns, frequency_hz))
        return now_ns

    def off(self) -> None:
        """Fall silent."""
        self.edges.append((self._clock.monotonic_ns(), 0))


class KeptLamp:
    """A lamp that keeps what it showed."""

    def __init__(self) -> None:
        self.shown: list[LampState] = []

    def show(self, state: LampState) -> None:
        """Show a state."""
        self.shown.append(state)


class MouthPiece:
    """A voice that takes as long as it is told to."""

    def __init__(self, clock: Clock, seconds: float = 1.0) -> None:
        self._clock = clock
        self.seconds_each = seconds
        self.said: list[str] = []
        self.cuts = 0
        self.closed = False
        self._until_ns = 0
        self.on_say: Callable[[], None] = lambda: None

    @property
    def speaking(self) -> bool:
        """Whether it still speaks."""
        return self._clock.monotonic_ns() < self._until_ns

    def prepare(self, texts: Sequence[str]) -> None:
        """Nothing to prepare."""

    def seconds(self, text: str) -> float:
        """As long as it was told to."""
        return self.seconds_each

    def say(self, text: str) -> None:
        """Begin to speak."""
        self.on_say()
        self.said.append(text)
        self._until_ns = self._clock.monotonic_ns() + round(self.seconds_each * S)

    def cut(self) -> None:
        """Stop at once."""
        self.cuts += 1
        self._until_ns = 0

    def trouble(self) -> str:
        """None."""
        return ""

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class _Sensor:
    def __init__(self, spec: SensorSpec) -> None:
        self.spec = spec

    def start(self) -> None:
        """The test feeds it."""

    def read(self) -> None:
        """The test feeds it."""

    def stop(self) -> None:
        """The test feeds it."""


class _CalibratedSensor(_Sensor):
    """Takes an offset and a delay, as the real one does."""

    offset_mm = late_ns = 0

    def adjust(self, offset_mm: int) -> None:
        """Keep it."""
        self.offset_mm = offset_mm

    def delay(self, late_ns: int) -> None:
        """Keep it."""
        self.late_ns = late_ns


class _Bus:
    def __init__(self, sensor: _Sensor) -> None:
        self.name = sensor.spec.name
        self.sensors = (sensor,)


class MadeBoard:
    """A board whose sensors the test reads for it."""

    name = "made"

    def __init__(self, clock: VirtualClock, sensors: Sequence[SensorSettings]) -> None:
        self.clock = clock
        self.buses = tuple(
            _Bus((_CalibratedSensor if sensor.model == "vl53l1x" else _Sensor)(spec_of(sensor))) for sensor in sensors
        )
        self.sounder = PinSounder(clock)
        self.lamp = KeptLamp()
        self.button: Button | None = None
        self.noticed: list[Mapping[str, Any]] = []

    def notice(self, event: Mapping[str, Any]) -> None:
        """Keep it."""
        self.noticed.append(event)

    def close(self) -> None:
        """Nothing to give back."""


def made_beacon(
    board: Board,
    voice: Voice,
    directory: Path,
    *,
    settings: Settings = DEFAULTS,
    seed: int | None = None,
    awaits_journal: bool = False,
) -> app.Beacon:
    """A beacon that speaks English and keeps its results in a directory."""
    made_of = Equipment(
        board=board,
        settings=settings,
        voice=voice,
        catalogue=load_catalogue("en"),
        results_dir=directory,
        seed=seed,
    )
    return app.Beacon(made_of, awaits_journal=awaits_journal)


class Beacon:
    """The core, its inbox and a journal in a directory; `after` lets simulated time pass."""

    def __init__(
        self,
        directory: Path,
        *sensors: SensorSettings,
        settings: Settings | None = None,
        clock: VirtualClock | None = None,
        seed: int | None = None,
        awaits_journal: bool = False,
    ) -> None:
        self.clock = clock or VirtualClock(BEGIN_NS, 1_700_000_000 * S)
        chosen = settings or Settings(sensors=sensors or (SensorSettings(),))
        self.board = MadeBoard(self.clock, chosen.sensors)
        self.voice = MouthPiece(self.clock, 0.5)
        self.made = made_beacon(
            self.board, self.voice, directory, settings=chosen, seed=seed, awaits_journal=awaits_journal
        )
        self.core, self.inbox, self.journal = self.made.core, self.made.inbox, self.made.journal
        self.events: list[dict[str, Any]] = []
        self.core.event_bus.subscribe(into(self.events))
        self.scene: dict[str, Callable[[int], RangeSample | None]] = {}
        """What each sensor reads at an instant; a sensor without a scene gives no reading."""
        self._due_ns = {bus.name: BEGIN_NS + bus.sensors[0].spec.period_ns for bus in self.board.buses}

    def close(self) -> None:
        """Write what waits."""
        self.made.close()

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return (self.clock.monotonic_ns() - BEGIN_NS) / S

    @property
    def state(self) -> SessionState:
        """The session that was begun."""
        state = self.core.session.state
        assert state is not None, "no session was begun"
        return state

    def told(self, *names: str) -> list[dict[str, Any]]:
        """Events of these names."""
        return [event for event in self.events if event["event"] in names]

    def begin(self, plan: Plan, *roster: str) -> Beacon:
        """Start a session."""
        self.inbox.put(StartPlan(plan, roster or ("Runner",)))
        self.work()
        return self

    def put(self, item: Any) -> Beacon:
        """Something for the session's loop."""
        self.inbox.put(item)
        self.work()
        return self

    def work(self) -> None:
        """One turn of the session's loop, with every save answered."""
        core = self.core
        core.tick()
        while core.unanswered or not self.inbox.empty():
            message = self.inbox.get(timeout=60.0)
            assert not isinstance(message, ButtonEdge | StopLoop)
            core.handle(message)
        next_ns = core.buzzer.next_ns
        if next_ns is not None and next_ns <= self.clock.monotonic_ns():
            core.buzzer.update()
        core.speaker.update()

    def after(self, seconds: float) -> Beacon:
        """Let time pass; each sensor gives its readings, each appointment is kept."""
        end_ns = self.clock.monotonic_ns() + round(seconds * S)
        while True:
            now_ns = self.clock.monotonic_ns()
            core = self.core
            coming = [core.deadline_ns, core.buzzer.next_ns, core.speaker.next_ns, *self._due_ns.values()]
            next_ns = max(now_ns, min(t for t in coming if t is not None))
            if next_ns > end_ns:
                break
            self.clock.advance_to(next_ns)
            self._sense(next_ns)
            self.work()
        self.clock.advance_to(max(end_ns, self.clock.monotonic_ns()))
        return self

    def until(self, event: str, within_s: float = 120.0) -> Beacon:
        """Let time pass until an event of that name is told."""
        began_s, seen = self.now_s, len(self.told(event))
        while len(self.told(event)) == seen:
            assert self.now_s - began_s < within_s, f"no '{event}' within {within_s} s"
            self.after(0.05)
        return self

    def _sense(self, now_ns: int) -> None:
        for bus in self.board.buses:
            spec = bus.sensors[0].spec
            if self._due_ns[bus.name] > now_ns:
                continue
            self._due_ns[bus.name] += spec.period_ns
            scene = self.scene.get(bus.name)
            sample = scene(now_ns) if scene is not None else None
            if sample is not None:
                self.core.sensing[bus.name].take(sample, now_ns)


def steady(range_mm: int | None, signal_kcps: float = 800.0) -> Callable[[int], RangeSample]:
    """A sensor that sees something at a range, or nothing, with a live sensor's noise."""

    def read(t_ns: int) -> RangeSample:
        noise = (t_ns // 1_000_003 * 2_654_435_761 >> 7) % 7 - 3
        if range_mm is None:
            return RangeSample(t_ns, None, 2, 4.0 + noise, 500.0 + noise)
        return RangeSample(t_ns, range_mm + noise, 0, signal_kcps + 5.0 * noise, 500.0 + noise)

    return read
