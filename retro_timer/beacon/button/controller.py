"""Carries out what the button asks, by the table and nothing else; runs on the session's loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from retro_timer.beacon.button.press import Cue, Outcome, PressRecogniser
from retro_timer.beacon.control.pairing import spoken_pin
from retro_timer.beacon.core import Core
from retro_timer.beacon.events import Button
from retro_timer.beacon.messages import ButtonEdge, MakeStart
from retro_timer.detection.events import SensorState
from retro_timer.errors import RetroTimerError
from retro_timer.settings.plan_fit import SlowSensorError
from retro_timer.training.button_table import AT_ONCE, COMMANDS, TABLE, Action, Gesture, Row, row_of
from retro_timer.training.session.effects import Say, Signal
from retro_timer.training.session.events import Refused

_OWN_TONES = frozenset((Action.GO, Action.FINISH))
"""Their own tone answers the press."""


class ButtonController:
    """The row is the one of the moment in which a finger came down: what a hold means cannot change under it."""

    def __init__(
        self,
        core: Core,
        make_start: MakeStart,
        plans: Callable[[], Sequence[str]],
        shut_down: Callable[[], None],
        lent_to: Callable[[ButtonEdge], bool] = lambda _edge: False,
        draw_pin: Callable[[], str] = lambda: "",
    ) -> None:
        """`lent_to` is asked first at each edge: it takes those that are its own, which mean nothing here then.

        `draw_pin` lets phones be paired; empty where no page runs that would ask them for the PIN.
        """
        self._core = core
        self._make_start = make_start
        self._plans = plans
        self._shut_down = shut_down
        self._recogniser = PressRecogniser()
        self._row = Row.IDLE
        self._plan = core.settings.session.default_plan
        self._lent_to = lent_to
        self._draw_pin = draw_pin
        self._doing: dict[Action, Callable[[], None]] = {
            Action.START: self._start,
            Action.NEXT_PLAN: self._next_plan,
            Action.SAY_WATCH: self._say_watch,
            Action.SAY_BUTTON: self.say_button,
            Action.PAIR: self._pair,
            Action.SHUT_DOWN: self._end,
        }

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called next."""
        return self._recogniser.deadline_ns

    def take(self, edge: ButtonEdge) -> None:
        """The button moved."""
        if self._lent_to(edge):
            return
        self.tick(edge.t_ns)
        if self._recogniser.idle:
            self._row = row_of(self._core.session.state)
        counts = Gesture.FIVE in TABLE[self._row]
        for outcome in self._recogniser.edge(edge.pressed, edge.t_ns, at_once=self._row in AT_ONCE, counts=counts):
            self._carry_out(outcome, edge.t_ns)

    def tick(self, now_ns: int) -> None:
        """Time passed."""
        for outcome in self._recogniser.tick(now_ns):
            self._carry_out(outcome, now_ns)

    def say_button(self) -> None:
        """Say what the button does now."""
        cells = TABLE[row_of(self._core.session.state)]
        told = {gesture.name.lower(): self._core.catalogue.render(action, {}) for gesture, action in cells.items()}
        five = told.pop(Gesture.FIVE.name.lower(), None)
        self._say("button_help", told)
        if five is not None:
            self._say("button_help_five", {"five": five})

    def _carry_out(self, outcome: Outcome, t_ns: int) -> None:
        if outcome is Cue.HOLD_REACHED:
            self._core.buzzer.signal(Signal.ANSWER)
        elif outcome is Cue.LONG_HOLD_AHEAD:
            self._say("shut_down_ahead", urgent=True)
        elif outcome is Cue.CANCELLED:
            self._core.buzzer.signal(Signal.REFUSAL)
            self._say("shut_down_cancelled", urgent=True)
        elif outcome is Cue.MISCOUNTED:
            self._core.buzzer.signal(Signal.REFUSAL)
            self.say_button()
        elif isinstance(outcome, Gesture):
            self._act(TABLE[self._row][outcome], outcome, t_ns)

    def _act(self, action: Action, gesture: Gesture, t_ns: int) -> None:
        self._core.event_bus.publish(Button(t_ns, str(gesture), str(action)))
        if action not in _OWN_TONES:
            # A refusal takes the buzzer over at once.
            self._core.buzzer.signal(Signal.ANSWER)
        if action in COMMANDS:
            # A press that counts at once counts at its edge, however late the loop hears of it.
            now_ns = t_ns if self._row in AT_ONCE else self._core.clock.monotonic_ns()
            self._core.session.put(COMMANDS[action], now_ns)
        else:
            self._doing[action]()

    def _start(self) -> None:
        try:
            start = self._make_start(self._plan)
        except SlowSensorError as error:
            self._refuse("plan_too_fast", str(error), {"title": self._plan, "gait": error.gait})
            return
        except RetroTimerError as error:
            self._refuse("plan_unusable", str(error), {"title": self._plan})
            return
        self._core.opener.put(start, self._core.clock.monotonic_ns())

    def _next_plan(self) -> None:
        """The next plan that can be started, by name; a plan with a mistake in it is passed over."""
        names = list(self._plans())
        after = names.index(self._plan) + 1 if self._plan in names else 0
        problem = ""
        for name in (*names[after:], *names[:after]):
            try:
                title = self._make_start(name).plan.title
            except RetroTimerError as error:
                problem = str(error)
                continue
            self._plan = name
            self._say("next_plan", {"title": title})
            return
        self._refuse("no_plan", problem or "no plan is found", {})

    def _say_watch(self) -> None:
        """What the watch covers, as the brief says it."""
        watch = self._core.overview.latest
        if watch.state is SensorState.LOST:
            self._say("watch_lost", {"reason": watch.reason})
            return
        if watch.state is SensorState.DEGRADED:
            self._say("degraded", {"reason": watch.reason})
        covers = watch.coverage
        if covers is None:
            self._say("covers_nothing")
        else:
            self._say(covers.phrase, covers.spoken)

    def _pair(self) -> None:
        """Say a PIN, digit by digit, unless somebody began a session from elsewhere between two presses."""
        if self._core.session.busy:
            self._core.buzzer.signal(Signal.REFUSAL)
        elif pin := self._draw_pin():
            self._core.speaker.say(spoken_pin(pin))
        else:
            self._refuse("no_page", "the coach's page does not run: start it with `retro-timer coach`", {})

    def _end(self) -> None:
        open_session = self._core.session.busy
        self._say("shutting_down_session" if open_session else "shutting_down", urgent=True)
        self._shut_down()

    def _refuse(self, key: str, why: str, values: dict[str, str]) -> None:
        self._core.buzzer.signal(Signal.REFUSAL)
        self._core.event_bus.publish(Refused(self._core.clock.monotonic_ns(), why))
        self._core.speaker.say(Say(key, dict(values)))

    def _say(self, key: str, values: Mapping[str, str] | None = None, *, urgent: bool = False) -> None:
        self._core.speaker.say(Say(key, dict(values or {}), urgent=urgent))
