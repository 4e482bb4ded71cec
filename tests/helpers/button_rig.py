"""A beacon without threads whose button a test presses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.messages import ButtonEdge, StartPlan, StopLoop
from retro_timer.beacon.sensing.coverage import SensorReport
from retro_timer.detection.events import SensorState
from retro_timer.errors import BadInputError
from retro_timer.ports import FINISH_LINE, Placement
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.sim.board import QuietLamp, SilentSounder
from retro_timer.training.plan import Plan
from retro_timer.training.roster import SOLO
from retro_timer.training.safe_speed import Coverage
from retro_timer.training.session.state import Phase
from tests.helpers.beacon_made import made_beacon
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan

S = 1_000_000_000
MS = 1_000_000
DEFAULTS = Settings()
SLOW = Settings(sensors=(SensorSettings(budget_ms=33.0, period_ms=37.0),))
LINE_ONLY = Coverage(Placement.GATE, 1.3, 0.0, None)


class Rig:
    """A beacon without threads: the test is its clock, its finger and its ear."""

    name = "rig"

    def __init__(self, directory: Path, plans: Mapping[str, Plan], settings: Settings) -> None:
        self.clock = VirtualClock(S)
        self.buses = ()
        self.sounder = SilentSounder(self.clock)
        self.lamp = QuietLamp()
        self.button = None
        self.plans = dict(plans)
        self.made = made_beacon(self, self, directory, settings=settings)
        self.core, self.inbox = self.made.core, self.made.inbox
        self.shut_down = 0
        self.pin = "471108"
        self.controller = ButtonController(
            self.core, self.make_start, lambda: sorted(self.plans), self._shut_down, draw_pin=lambda: self.pin
        )
        self.said: list[str] = []
        self.heard: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.core.event_bus.subscribe(into(self.events))
        self.watch(SensorState.OK, "", LINE_ONLY)

    def notice(self, event: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...

    # A voice that is always free and remembers

    speaking = False

    def prepare(self, texts: Any) -> None: ...

    def seconds(self, text: str) -> float:
        return 0.0

    def say(self, text: str) -> None:
        self.said.append(text)

    def cut(self) -> None: ...

    def trouble(self) -> str:
        return ""

    # The hand and the time

    def make_start(self, name: str | None) -> StartPlan:
        if name not in self.plans:
            raise BadInputError(f"plan '{name}'", "not found")
        found = self.plans[name]
        if found.title == "Broken":
            raise BadInputError(f"plan '{name}'", "a mistake in it")
        check_fit(found, self.core.settings, f"plan '{name}'")
        return StartPlan(found, SOLO)

    def _shut_down(self) -> None:
        self.shut_down += 1

    def wait(self, seconds: float) -> Rig:
        end_ns = self.clock.monotonic_ns() + round(seconds * S)
        while True:
            self._work()
            coming = (self.core.session.deadline_ns, self.controller.deadline_ns, self.core.buzzer.next_ns)
            due_ns = min((ns for ns in coming if ns is not None), default=end_ns)
            if due_ns >= end_ns:
                break
            self.clock.advance_to(max(due_ns, self.clock.monotonic_ns()))
        self.clock.advance_to(end_ns)
        self._work()
        return self

    def _work(self) -> None:
        self.core.tick()
        self.controller.tick(self.clock.monotonic_ns())
        self.core.buzzer.update()
        while self.core.unanswered or not self.inbox.empty():
            message = self.inbox.get(timeout=60.0)
            assert not isinstance(message, ButtonEdge | StopLoop)
            self.core.handle(message)
        for _ in range(5):
            self.core.speaker.update()
        self.heard += [e["name"] for e in self.events if e["event"] == "sound" and e["name"]]
        self.events[:] = [e for e in self.events if e["event"] != "sound"]

    def edge(self, pressed: bool) -> Rig:
        self.controller.take(ButtonEdge(pressed, self.clock.monotonic_ns()))
        self._work()
        return self

    def press(self, seconds: float = 0.1, after: float = 0.5) -> Rig:
        return self.edge(True).wait(seconds).edge(False).wait(after)

    def double(self) -> Rig:
        return self.press(after=0.1).press()

    def presses(self, count: int) -> Rig:
        for _ in range(count):
            self.press(after=0.1)
        return self.wait(0.5)

    def hold(self) -> Rig:
        return self.press(2.5)

    def watch(self, state: SensorState, reason: str, covers: Coverage | None) -> Rig:
        self.core.overview.add("gate", FINISH_LINE, ())
        self.core.overview.take(SensorReport("gate", state, reason, covers, self.clock.monotonic_ns()))
        return self

    def until(self, phase: Phase) -> Rig:
        for _ in range(6000):
            if self.phase is phase:
                return self
            self.wait(0.1)
        raise AssertionError(f"still {self.phase}, {phase} was waited for")

    @property
    def phase(self) -> Phase | None:
        state = self.core.session.state
        return None if state is None else state.phase

    def fresh(self) -> Rig:
        """Forget what was heard so far."""
        self.said.clear()
        self.heard.clear()
        return self


Make = Callable[..., Rig]
PLANS = {
    "first-steps": plan(block(reps=3), title="First steps", walk_out_s=0.0, rest_s=60.0),
    "jog": plan(title="Jogging"),
    "run": plan(title="Running"),
}
