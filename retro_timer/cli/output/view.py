"""The live view on a terminal: phase, lane, watch, what is said and heard, and the results so far."""

from __future__ import annotations

import threading
from collections import deque

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from retro_timer.beacon.control.protocol.answers import OnCourse, TimerStatus
from retro_timer.beacon.control.status import snapshot
from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent, Said
from retro_timer.cli.output.lines import clock, line_of
from retro_timer.cli.output.reps_table import print_reps, reps_table

_LINES = 8
_REFRESH_HZ = 8
_LANE_WIDTH = 48
_LEVEL_STYLES = {"clear": "green", "caution": "yellow", "warning": "bold yellow", "danger": "bold white on red"}
_WATCH_STYLES = {"ok": "green", "degraded": "bold yellow", "lost": "bold white on red"}


class LiveView:
    """Draws from frozen values a few times a second, in a thread of rich's own; the beacon never waits for it."""

    def __init__(self) -> None:
        self._core: Core | None = None
        self._origin_ns = 0
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._troubles: list[str] = []
        self._said = ""
        self._lock = threading.Lock()
        self._live = Live(console=Console(), refresh_per_second=_REFRESH_HZ, get_renderable=self._draw, transient=True)

    def __enter__(self) -> LiveView:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)
        print_reps(self._core)
        console = Console()
        for trouble in self._troubles:
            console.print(f"retro-timer: {trouble}", style="yellow", markup=False)

    def attach(self, core: Core, origin_ns: int) -> None:
        """Begin to show a beacon."""
        self._core, self._origin_ns = core, origin_ns
        core.event_bus.subscribe(self._take)

    def _take(self, event: BeaconEvent) -> None:
        if isinstance(event, Said):
            self._said = event.text
        line = line_of(event, self._origin_ns)
        if line is not None:
            with self._lock:
                self._lines.append(line)

    def spoken(self, text: str) -> None:
        """Shown as an event."""

    def trouble(self, text: str) -> None:
        """Kept for the end, where it is not overdrawn."""
        self._troubles.append(text)

    def _draw(self) -> Panel:
        core = self._core
        if core is None:
            return Panel("starting", title="Retro Timer")
        status = snapshot(core)
        state = core.session.state
        with self._lock:
            lines = list(self._lines)
        parts: list[RenderableType] = [_headline(status), _lane(status), *_lanes(core), _watch(status)]
        parts.append(Text(f"“{self._said}”" if self._said else "", style="italic cyan"))
        parts.append(Text("\n".join(lines), style="dim"))
        if state is not None and state.results:
            parts.append(reps_table(state))
        return Panel(Group(*parts), title="Retro Timer", subtitle="Ctrl-C ends; nothing is lost")


def _headline(status: TimerStatus) -> Text:
    text = Text(status.phase.upper().replace("-", " "), style="bold")
    if status.running_s is not None:
        text.append(f"   {clock(status.running_s)}", style="bold green")
    elif status.left_s:
        text.append(f"   {clock(status.left_s)} left", style="bold blue")
    if status.set:
        what = f"{status.distance_m:g} m {status.gait}" if status.distance_m else status.gait
        who = ", ".join(status.wave or (status.athlete or "",))
        counted = sum(one.crossings or 0 for one in status.on_course or ())
        so_far = f", crossings {counted}" if counted else ""
        text.append(
            f"   {who}, set {status.set}/{status.sets}, rep {status.rep_in_set}/{status.reps_in_set}, {what}{so_far}"
        )
    return text


def _lane(status: TimerStatus) -> Text:
    """Start to finish, with each runner where the mean speed of the gait would have them: a guess, drawn as one."""
    text = Text("start ", style="dim")
    places = {_place(one, one.distance_m) for one in status.on_course or () if one.distance_m}
    for place in range(_LANE_WIDTH):
        text.append("◄" if place in places else "·", style="bold green" if place in places else "dim")
    text.append("|", style="dim")
    text.append(" finish  ", style="dim")
    for sensor in status.sensors:
        at = "open" if sensor.range_m is None else f"{sensor.range_m:.2f} m"
        text.append(f"{sensor.name} {at}  ")
        if len(status.sensors) > 1 and sensor.state != "ok":
            text.append(f"({sensor.state})  ", _WATCH_STYLES[sensor.state])
    return text


def _place(runner: OnCourse, distance_m: float) -> int:
    speed_mps = {"walk": 1.0, "jog": 2.1, "run": 3.5}[runner.gait]
    return min(_LANE_WIDTH - 1, round(_LANE_WIDTH * runner.running_s * speed_mps / distance_m))


def _lanes(core: Core) -> list[Text]:
    """A box for each of several lanes, the one filled in which somebody stands."""
    found = []
    for sensing in core.sensing.values():
        lanes, sample = sensing.config.lanes, sensing.last_sample
        if lanes is None:
            continue
        lane = None if sample is None or sample.range_mm is None else lanes.lane_of(sample.range_mm)
        text = Text("lanes ", style="dim")
        for number in range(1, lanes.count + 1):
            text.append(f" {number} ", style="bold reverse" if number == lane else "dim")
        found.append(text)
    return found


def _watch(status: TimerStatus) -> Text:
    watch = status.watch
    text = Text("watch ")
    text.append(watch.state + (f" ({watch.reason})" if watch.reason else ""), _WATCH_STYLES[watch.state])
    text.append(" armed" if watch.armed else " off", style="" if watch.armed else "dim")
    level = status.level or "clear"
    text.append("   obstacle ")
    text.append(level, _LEVEL_STYLES[level])
    text.append(f"   buzzer {status.sound or 'silent'}")
    if watch.covers == "covers_line_only":
        text.append("   finish line only, no rear watch", style="dim")
    elif watch.safe_speed_mps is not None:
        text.append(f"   covers up to {watch.safe_speed_mps:.1f} m/s", style="dim")
    return text
