"""What the watch as a whole sees, from what each of its sensors reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from retro_timer.detection.events import SensorState
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.people import Braking
from retro_timer.ports import WATCHED_LINES, Placement, SensorSpec
from retro_timer.training.safe_speed import Coverage, DarkClothing, coverage, range_in_light_m
from retro_timer.training.session.inputs import GateAlone, LineSees, SensorChanged, WatchChanged

_DARKEST_RANGE_M = 0.3
"""What is left of a degraded rear watch: point-blank, on strong evidence."""


class SensorReport(msgspec.Struct, frozen=True):
    """How one sensor sees now."""

    sensor: str
    state: SensorState
    reason: str
    coverage: Coverage | None
    """What it covers if it keeps watch; None if it does not."""
    t_ns: int


def sensor_coverage(
    spec: SensorSpec, state: SensorState, ambient_kcps: float | None, braking: Braking
) -> Coverage | None:
    """What one sensor covers in its state and light."""
    if not spec.may_watch or state is SensorState.LOST:
        return None
    range_m = seen_range_m(spec, ambient_kcps)
    if state is SensorState.DEGRADED:
        range_m = min(range_m, _DARKEST_RANGE_M)
    return coverage(spec.placement, range_m, braking)


def seen_range_m(spec: SensorSpec, ambient_kcps: float | None) -> float:
    """How far a sensor sees in a light, in metres; None for a light that nobody measured."""
    dark_m = spec.max_range_mm / 1000.0
    if spec.bright_range_mm is None:
        return dark_m
    return range_in_light_m(dark_m, spec.bright_range_mm / 1000.0, ambient_kcps)


def dark_clothing(sensors: Iterable[tuple[SensorSpec, LaneMap | None]]) -> DarkClothing | None:
    """How far dark clothing is seen before several lanes; None without lanes, or where it is not known."""
    for spec, lanes in sensors:
        if lanes is not None and spec.dark_range_mm is not None:
            seen = [lane for lane in range(1, lanes.count + 1) if lanes.middle_mm(lane) <= spec.dark_range_mm]
            return DarkClothing(spec.dark_range_mm / 1000.0, len(seen), lanes.count)
    return None


WatchChange = WatchChanged | SensorChanged | GateAlone | LineSees


class WatchOverview:
    """Collects the sensors' reports; tells the session when the whole has changed. One thread calls it."""

    def __init__(
        self,
        lines: Mapping[str, str],
        tell: Callable[[WatchChange], None],
        *,
        pairs: Sequence[tuple[str, str]] = (),
        starting: bool = True,
        watched: frozenset[str] = WATCHED_LINES,
    ) -> None:
        """`lines`: each sensor's line by its name; `pairs`: the halves of dual gates. `starting`: none of them sees
        before its first report. `watched`: the lines whose sensors speak for the watch; at any other one splits are
        taken, without which a rep goes on.
        """
        begins = (SensorState.LOST, "starting") if starting else (SensorState.OK, "")
        self._reports: dict[str, SensorReport] = {name: SensorReport(name, *begins, None, 0) for name in lines}
        self._lines = dict(lines)
        self._watched = watched
        self._blind_lines: set[str] = set()
        """Those that are told to give no splits."""
        self._tell = tell
        self._told: tuple[SensorState, str, str] | None = None
        self._told_of = dict.fromkeys(lines, SensorState.OK)
        self._pairs = dict.fromkeys(pairs, "")
        """The halves of each dual gate, and which of them is told to be blind."""
        self.latest = WatchChanged(SensorState.LOST, "starting", None, 0)

    def add(self, name: str, line: str, pairs: Sequence[tuple[str, str]]) -> None:
        """One more sensor, which sees; `pairs`: the halves of all dual gates with it."""
        self._pairs = {pair: self._pairs.get(pair, "") for pair in pairs}
        self._lines[name] = line
        self._told_of[name] = SensorState.OK
        self._reports[name] = SensorReport(name, SensorState.OK, "", None, 0)

    @property
    def reports(self) -> tuple[SensorReport, ...]:
        """The newest report of each sensor."""
        return tuple(self._reports.values())

    def take(self, report: SensorReport) -> None:
        """A sensor's report: the worst sensor speaks for the watch."""
        self._reports[report.sensor] = report
        several = len(self._reports) > 1
        if several and report.state is not self._told_of[report.sensor]:
            self._told_of[report.sensor] = report.state
            whose = self._lines[report.sensor]
            self._tell(SensorChanged(report.sensor, whose, report.state, report.reason, report.t_ns))
        self._look_at_pairs(report.t_ns)
        self._look_at_line(self._lines[report.sensor], report.t_ns)
        worst = max(self._voices(), key=lambda r: r.state.badness)
        rear = [r.coverage for r in self._reports.values() if r.coverage and r.coverage.placement != Placement.GATE]
        line = [r.coverage for r in self._reports.values() if r.coverage and r.coverage.placement == Placement.GATE]
        covers = min(rear, key=lambda c: c.range_m) if rear else (line[0] if line else None)
        self.latest = WatchChanged(worst.state, worst.reason, covers, report.t_ns, several)
        key = (worst.state, worst.reason, covers.phrase if covers else "")
        if key != self._told:
            self._told = key
            self._tell(self.latest)

    def _voices(self) -> list[SensorReport]:
        """Who speaks for the watch: everybody but those who only take splits."""
        return [one for one in self._gates() if self._lines[one.sensor] in self._watched]

    def _gates(self) -> list[SensorReport]:
        """Of a dual gate the half that sees better, everybody else for themselves."""
        halves = {name for pair in self._pairs for name in pair}
        better = [min((self._reports[name] for name in pair), key=lambda r: r.state.badness) for pair in self._pairs]
        return [*better, *(r for name, r in self._reports.items() if name not in halves)]

    def _look_at_line(self, line: str, t_ns: int) -> None:
        """Tell when a line that only gives splits begins to give none, and when it does again."""
        if line in self._watched:
            return
        at_line = [one for one in self._gates() if self._lines[one.sensor] == line]
        worst = max(at_line, key=lambda one: one.state.badness)
        blind = worst.state is SensorState.LOST
        if worst.reason == "starting" or blind is (line in self._blind_lines):
            return
        (self._blind_lines.add if blind else self._blind_lines.discard)(line)
        self._tell(LineSees(line, worst.sensor, worst.reason if blind else "", t_ns))

    def _look_at_pairs(self, t_ns: int) -> None:
        """Tell when one half of a dual gate begins to go on alone, and when both see again."""
        for pair, told in self._pairs.items():
            first, second = (self._reports[name] for name in pair)
            if "starting" in (first.reason, second.reason):
                continue
            gap = first.state.badness - second.state.badness
            blind = None if gap == 0 else first if gap > 0 else second
            name = "" if blind is None else blind.sensor
            if name != told:
                self._pairs[pair] = name
                self._tell(GateAlone(self._lines[pair[0]], name, "" if blind is None else blind.reason, t_ns))
