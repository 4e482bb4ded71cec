"""The beacon's threads: one a bus, one for the session, and those of buzzer, speech, journal and socket."""

from __future__ import annotations

import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import Asked, BeaconMessage, ButtonEdge, Inbox, Message, SayButton, StopLoop
from retro_timer.beacon.output.prefetch import phrases_ahead, worth_asking
from retro_timer.beacon.system.real_time import RealTimeScheduling
from retro_timer.errors import RetroTimerError, SensorFaultError
from retro_timer.ports import RangeBus, RangeSensor
from retro_timer.training.session.state import Phase, Turn

SWITCH_INTERVAL_S = 0.0005
"""How long another thread may hold the interpreter while the sensor's waits for it (Python's default: 5 ms)."""
_RETRY_S = 1.0
_REST_LOOK_S = 0.05
"""How soon a sensor that rests, alone on its bus, is switched on again."""
_BREATH_S = 0.1
"""After a defect, lest one that comes with each reading takes the whole processor."""
_LONGEST_WAIT_S = 1.0
_FIRST_WORDS = ("ready", "covers_line_only")


class Service:
    """Owns the threads of one beacon. `run` returns when asked to stop."""

    def __init__(
        self,
        core: Core,
        inbox: Inbox,
        on_trouble: Callable[[str], None],
        *,
        button: ButtonController | None = None,
        scheduling: RealTimeScheduling | None = None,
    ) -> None:
        """`button` takes what the board's button does, where there is one."""
        self.core = core
        self.inbox = inbox
        self._on_trouble = on_trouble
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._foreseen: tuple[Phase, Turn | None, int] | None = None
        self._button = button
        self.bus_beats_ns: dict[str, int] = {}
        self._scheduling = scheduling or RealTimeScheduling()
        self._failure: RetroTimerError | None = None
        self._switches_off = False

    @property
    def realtime(self) -> bool:
        """Whether the sensors' threads run before all others."""
        return self._scheduling.realtime

    @property
    def switches_off(self) -> bool:
        """Whether the loop ended because the box is to be switched off."""
        return self._switches_off

    def start(self) -> None:
        """Start every thread but the session's."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.core.buzzer.start()
        self.core.speaker.start()
        self._prepare(_FIRST_WORDS)
        button = self.core.board.button
        if button is not None and self._button is not None:
            button.listen(lambda pressed, t_ns: self.inbox.put(ButtonEdge(pressed, t_ns)))
        for sensing in self.core.sensing.values():
            sensing.starts(self.core.clock.monotonic_ns())
        for bus in self.core.board.buses:
            self.bus_beats_ns[bus.name] = self.core.clock.monotonic_ns()
            thread = threading.Thread(target=self._run_bus, args=(bus,), name=f"bus-{bus.name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def prepare_phrases(self) -> None:
        """Have every fixed phrase rendered, now that the sensors have started: until then they need the processor."""
        catalogue = self.core.catalogue
        self._prepare(key for key in sorted(catalogue.keys) if not catalogue.values_of(key))

    def _prepare(self, keys: Iterable[str]) -> None:
        self.core.speaker.prepare({key: {} for key in keys})

    def stop(self) -> None:
        """Ask `run` to return; safe from any thread and from a signal handler."""
        self._end_sensing()
        self.inbox.put(StopLoop())

    def _end_sensing(self) -> None:
        for sensing in self.core.sensing.values():
            sensing.ends()

    def run(self, after_each_turn: Callable[[], None] = lambda: None) -> None:
        """The session's loop: one input or appointment after the other. Raises what the board could not go on with."""
        core = self.core
        while True:
            item = self._next()
            if isinstance(item, StopLoop):
                self._switches_off = item.switches_off
                self._end_sensing()
                if self._failure is not None:
                    raise self._failure
                return
            if item is not None:
                self._handle(item)
            core.tick()
            if self._button is not None:
                self._button.tick(core.clock.monotonic_ns())
            self._foresee()
            self._scheduling.lift_others()
            after_each_turn()

    def _handle(self, item: BeaconMessage | ButtonEdge) -> None:
        """The button's part here, everything else in the core."""
        if isinstance(item, ButtonEdge):
            if self._button is not None:
                self._button.take(item)
        elif self._button is not None and isinstance(item, Asked) and isinstance(item.command, SayButton):
            self._button.say_button()
            item.reply("")
        else:
            self.core.handle(item)

    def _foresee(self) -> None:
        """Have the phrases that come next rendered, whenever the session has moved on."""
        state = self.core.session.state
        if state is None or not worth_asking(state):
            return
        seen = (state.phase, state.turn, state.reps)
        if seen != self._foreseen:
            self._foreseen = seen
            # What is asked for last is rendered first.
            for key, values in reversed(phrases_ahead(state, self.core.clock.monotonic_ns())):
                self.core.speaker.prepare({key: values})

    def _next(self) -> Message | None:
        deadlines = [self.core.deadline_ns, None if self._button is None else self._button.deadline_ns]
        deadline_ns = min((ns for ns in deadlines if ns is not None), default=None)
        wait_s = _LONGEST_WAIT_S
        if deadline_ns is not None:
            wait_s = min(wait_s, max(0.0, (deadline_ns - self.core.clock.monotonic_ns()) / 1e9))
        try:
            return self.inbox.get(timeout=wait_s) if wait_s > 0.0 else self.inbox.get_nowait()
        except queue.Empty:
            return None

    def close(self, *, finish_speech_s: float = 0.0) -> None:
        """Stop every thread, write what waits, silence the board."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=3.0)
        self.core.journal.close()
        self._drain()
        self.core.speaker.close(finish_s=finish_speech_s)
        self.core.buzzer.close()
        self.core.board.close()

    def _drain(self) -> None:
        """What the journal answered last is still announced."""
        while True:
            try:
                item = self.inbox.get_nowait()
            except queue.Empty:
                return
            if not isinstance(item, StopLoop | ButtonEdge):
                self.core.handle(item)

    def _run_bus(self, bus: RangeBus) -> None:
        self._scheduling.lift_sensor()
        started: set[int] = set()
        while not self._stopping.is_set():
            for number, sensor in enumerate(bus.sensors):
                if self._rests(sensor):
                    if number in started:
                        sensor.stop()
                        started.discard(number)
                    continue
                if number not in started:
                    if not self._start_sensor(sensor):
                        continue
                    started.add(number)
                if not self._read(sensor):
                    self._end_of_board()
                    return
                self.bus_beats_ns[bus.name] = self.core.clock.monotonic_ns()
            if not started:
                self.bus_beats_ns[bus.name] = self.core.clock.monotonic_ns()
                self._stopping.wait(_REST_LOOK_S if any(map(self._rests, bus.sensors)) else _RETRY_S)
        for sensor in bus.sensors:
            sensor.stop()

    def _rests(self, sensor: RangeSensor) -> bool:
        """Whether it is to be switched off now."""
        core = self.core
        return core.sensing[sensor.spec.name].rests(core.clock.monotonic_ns(), in_session=core.session.busy)

    def _start_sensor(self, sensor: RangeSensor) -> bool:
        try:
            sensor.start()
        except RetroTimerError as error:
            reason = error.reason if isinstance(error, SensorFaultError) else "no-answer"
            if self.core.sensing[sensor.spec.name].lose(reason, self.core.clock.monotonic_ns()):
                self._on_trouble(f"sensor {sensor.spec.name}: {error}")
            return False
        return True

    def _read(self, sensor: RangeSensor) -> bool:
        """One reading into its judge; False when the board has no more of them."""
        sensing = self.core.sensing[sensor.spec.name]
        try:
            sample = sensor.read()
            if sample is None:
                return False
            sensing.take(sample, self.core.clock.monotonic_ns())
        except SensorFaultError as fault:
            sensing.lose(fault.reason, self.core.clock.monotonic_ns())
        except RetroTimerError as error:
            # A recording that cannot be read on: the board has nothing more to give.
            self._failure = error
            return False
        except Exception as error:  # noqa: BLE001 - a defect in driver or judge must not end the thread unheard
            self._break(sensor, error)
        return True

    def _break(self, sensor: RangeSensor, error: Exception) -> None:
        """A defect of the program: said, the watch lost for as long as it lasts, and judged anew from the next reading.

        Without this the sensor's thread would end: a blind box that never comes to an end.
        """
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        self._on_trouble(
            f"sensor {sensor.spec.name}: a defect of the program ({cause}, {where}); "
            "report it with: retro-timer support"
        )
        sensing = self.core.sensing[sensor.spec.name]
        sensing.begin_anew()
        sensing.lose("defect", self.core.clock.monotonic_ns())
        self._stopping.wait(_BREATH_S)

    def _end_of_board(self) -> None:
        """A replayed trace ran out, or broke off."""
        self.stop()
