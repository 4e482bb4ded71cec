"""The whole beacon in one thread on a virtual clock: at any pace, or hundreds of times faster than real time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retro_timer.beacon.app import Beacon
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.control.kept_words import edit_of
from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.messages import BeaconMessage, ButtonEdge, Offer, StartPlan, StopLoop
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.detection.events import Level
from retro_timer.detection.expectation import WatchMode
from retro_timer.errors import BadInputError, RetroTimerError, SensorFaultError
from retro_timer.phrases import Catalogue
from retro_timer.ports import Button, LampState
from retro_timer.settings.calibration import SoundCheck
from retro_timer.sim.board import QuietLamp, SilentSounder, make_world
from retro_timer.sim.coach import Said, SimCoach
from retro_timer.sim.render import RenderedVoice
from retro_timer.sim.sensor import SimSensor
from retro_timer.store.results.cut_off import SessionEntry
from retro_timer.store.results.edits import ClaimPlace, Undo
from retro_timer.store.results.writer import Edited
from retro_timer.training.corrections import AnyCorrection
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord
from retro_timer.training.session import inputs

_IDLE_STRIDE = 6
"""With the watch off only each sixth reading is made: enough to know that the sensor lives."""
_ANSWER_S = 60.0
_NO_ANSWER = f"the journal gave no answer within {_ANSWER_S:.0f} s"
_START_NS = 1_000_000_000
_FIRST_LOOK_NS = 1_000_000_000
_ORIGIN = "scenario"

log = logging.getLogger("retro_timer")


class _VirtualBoard:
    """Sim board without waiting: its bus is polled by the simulation and not by a thread."""

    name = "sim"

    def __init__(self, request: BoardRequest, clock: VirtualClock) -> None:
        self.clock = clock
        self.world = make_world(request)
        self.world.begin(clock.monotonic_ns())
        self.sensors = [SimSensor(s, request.calibration, self.world, request.seed) for s in request.settings.sensors]
        self.buses = tuple(_Bus(sensor) for sensor in self.sensors)
        self.sounder = SilentSounder(clock)
        self.lamp = QuietLamp()
        self.button: Button | None = None

    def notice(self, event: Mapping[str, Any]) -> None:
        self.world.hear(event)

    def close(self) -> None:
        self.lamp.show(LampState.OFF)


class _Polled:
    """A sensor's place on a virtual bus: only its spec is asked for."""

    def __init__(self, sensor: SimSensor) -> None:
        self.spec = sensor.spec

    def start(self) -> None:
        """The simulation polls it."""

    def read(self) -> None:
        raise RetroTimerError("a virtual sensor is polled by the simulation")

    def stop(self) -> None:
        """The simulation polls it."""


class _Bus:
    def __init__(self, sensor: SimSensor) -> None:
        self.name = sensor.spec.name
        self.sensors = (_Polled(sensor),)


class Simulation:
    """One session, deterministic by the seed of the request."""

    def __init__(
        self,
        request: BoardRequest,
        catalogue: Catalogue,
        state_dir: Path,
        *,
        aloud: bool = False,
        record: Path | None = None,
        listed: tuple[Listed, ...] = (),
    ) -> None:
        self.clock = VirtualClock(_START_NS, time.time_ns())
        self.board = _VirtualBoard(request, self.clock)
        settings = request.settings
        self.rendered = RenderedVoice(self.clock, settings.voice) if aloud else None
        """The voice of a session that is to be heard: phrases as long as they really are."""
        made_of = Equipment(
            board=self.board,
            settings=settings,
            voice=self.rendered or TextVoice(self.clock, settings.voice.rate_wpm, lambda _text: None),
            catalogue=catalogue,
            results_dir=state_dir,
            calibration=request.calibration,
            seed=request.seed,
            record=record,
            listed=lambda: listed,
        )
        self._beacon = Beacon(made_of)
        self._inbox = self._beacon.inbox
        self.core = self._beacon.core
        # In a simulation everybody hears the box.
        self.core.volume.checked(SoundCheck(heard=True, voice=self.core.volume.voice))
        self._due_ns = [_START_NS + sensor.spec.period_ns for sensor in self.board.sensors]
        self._coach = SimCoach(self.board.world.scenario.coach, request.scenario or "scenario", _START_NS)
        self.core.event_bus.subscribe(self._coach.hear)
        self.stopping = threading.Event()

    @property
    def origin_ns(self) -> int:
        """Instant from which event times are counted."""
        return _START_NS

    def run(self, plan: Plan, roster: tuple[str, ...], *, speed: float | None = None, most_s: float = 86_400.0) -> bool:
        """Run the session to its end, or for `most_s` simulated seconds. `speed`: times real time; None: at once.

        Returns whether the session came to its end.
        """
        return self._run((StartPlan(plan, roster),), speed, most_s)

    def resume(self, *, speed: float | None = None, most_s: float = 86_400.0) -> bool:
        """As `run`, with the session that was cut off by a kill: nobody is on the course any more who was out then.

        Raises RetroTimerError where there is none.
        """
        return self._run((self._cut_off(), inputs.Recover()), speed, most_s)

    def _cut_off(self) -> Offer:
        offers: list[Offer] = []
        looked = threading.Event()

        def found(entry: SessionEntry, records: list[RepRecord]) -> None:
            offers.append(Offer(entry, tuple(records)))

        self.core.journal.find_cut_off(self.board.name, found, looked.set)
        if not looked.wait(_ANSWER_S):
            raise RetroTimerError(_NO_ANSWER)
        if not offers:
            raise RetroTimerError("no simulated session was cut off: run one without --resume")
        return offers[0]

    def _run(self, begin: Sequence[BeaconMessage], speed: float | None, most_s: float) -> bool:
        began = time.monotonic()
        started = False
        while not self.stopping.is_set():
            if not started and self._sees():
                for message in begin:
                    self._inbox.put(message)
                started = True
            self._work()
            if started and not self.core.session.busy and not self._heard_on():
                return True
            now_ns = self._next_ns()
            if now_ns - _START_NS > most_s * 1e9:
                return False
            if speed is not None:
                ahead_s = (now_ns - _START_NS) / 1e9 / speed - (time.monotonic() - began)
                if ahead_s > 0.0:
                    self.stopping.wait(ahead_s)
            self.clock.advance_to(now_ns)
            self._sense(now_ns)
        return False

    def put(self, message: BeaconMessage) -> None:
        """Something for the session's loop, as from the socket; from any thread."""
        self._inbox.put(message)

    def close(self) -> None:
        """Write what waits."""
        self._beacon.close()

    def _sees(self) -> bool:
        """Whether every sensor has given its first report, or has had the time for one."""
        waited = self.clock.monotonic_ns() - _START_NS >= _FIRST_LOOK_NS
        return waited or all(report.reason != "starting" for report in self.core.overview.reports)

    def _heard_on(self) -> bool:
        """Whether words still wait, or an alarm that ends with the session's next reading."""
        alarm = any(sensing.watch.level > Level.CLEAR for sensing in self.core.sensing.values())
        return alarm or self.core.speaker.next_ns is not None

    def _next_ns(self) -> int:
        core = self.core
        now_ns = self.clock.monotonic_ns()
        coming = (core.deadline_ns, core.buzzer.next_ns, core.speaker.next_ns, self._coach.next_ns)
        return min([*self._due_ns, *(max(t_ns, now_ns) for t_ns in coming if t_ns is not None)])

    def _sense(self, now_ns: int) -> None:
        """Every sensor whose reading is due."""
        awaits = self.core.shared.expectation.mode is not WatchMode.OFF
        for index, sensor in enumerate(self.board.sensors):
            if self._due_ns[index] > now_ns:
                continue
            sensing = self.core.sensing[sensor.spec.name]
            try:
                sample = sensor.sample_at(now_ns - sensor.spec.budget_ns // 2)
            except SensorFaultError as fault:
                sensing.lose(fault.reason, now_ns)
            else:
                sensing.take(sample, now_ns)
            stride = 1 if awaits else min(_IDLE_STRIDE, max(1, 150_000_000 // sensor.spec.period_ns))
            self._due_ns[index] += stride * sensor.spec.period_ns

    def _work(self) -> None:
        """Whatever is due now besides readings; a save is waited for, so that its answer comes at the same instant."""
        core = self.core
        for said in self._coach.says(self.clock.monotonic_ns()):
            self._ask(said)
        core.tick()
        self._handle()
        now_ns = self.clock.monotonic_ns()
        if core.buzzer.next_ns is not None and core.buzzer.next_ns <= now_ns:
            core.buzzer.update()
        core.speaker.update()
        # How far the voice is decides when a start may begin: told at the same instant.
        self._handle()

    def _ask(self, said: inputs.Start | Said) -> None:
        """What the coach asks for, of the session or of what is kept; the log tells what cannot be done."""
        if isinstance(said, inputs.Start):
            self._inbox.put(said)
            return
        try:
            command = said.command(self._coach.newest)
            edit = edit_of(command, self.core.session.state)
        except BadInputError as error:
            log.warning("%s: %s", said.where, error.problem)
            return
        if edit is not None:
            self._change(said.where, edit)
        elif not isinstance(command, commands.Claim):
            self._inbox.put(command.asked())

    def _change(self, where: str, edit: AnyCorrection | Undo | ClaimPlace) -> None:
        """Waited for, so that it comes at the same instant in each run."""
        made: list[Edited] = []
        looked = threading.Event()

        def edited(result: Edited) -> None:
            made.append(result)
            looked.set()

        self.core.journal.edit(edit, _ORIGIN, edited)
        if not looked.wait(_ANSWER_S):
            raise RetroTimerError(_NO_ANSWER)
        (result,) = made
        if result.done is None:
            log.warning("%s: %s", where, result.trouble)
        elif result.of_present:
            self._inbox.put(inputs.Amended(result.done.kind, result.done.revision, result.of_present))

    def _handle(self) -> None:
        core = self.core
        while core.unanswered or not self._inbox.empty():
            try:
                message = self._inbox.get(timeout=_ANSWER_S)
            except queue.Empty:
                raise RetroTimerError(_NO_ANSWER) from None
            # Nobody presses a simulated board's button, nor stops its loop by a message.
            if not isinstance(message, ButtonEdge | StopLoop):
                core.handle(message)

    def truth_s(self, rep: int, go_ns: int) -> float | None:
        """When the back of that rep really reached the line, from its go, or from when the athlete really started."""
        world = self.board.world
        truth_ns = world.truths_ns.get(rep)
        return None if truth_ns is None else (truth_ns - world.starts_ns.get(rep, go_ns)) / 1e9
