"""The lane with everybody on it: what each sensor sees at any moment, and when each back really reached the line."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from retro_timer.detection.lane_map import LaneMap
from retro_timer.ports import START_LINE, Placement, SensorSpec
from retro_timer.sim import intruders
from retro_timer.sim.motion import Run, draw_style
from retro_timer.sim.neighbours import Neighbours
from retro_timer.sim.optics import Surface, View
from retro_timer.sim.passers import TRUNK_M, trunks_m
from retro_timer.sim.runner import SHOULDERS_M, Runner
from retro_timer.sim.scenario import Fault, FaultKind, Intruder, RunnerChange, Scenario
from retro_timer.sim.self_start import SelfStart, SelfStarters
from retro_timer.sim.shuttle import Shuttle
from retro_timer.sim.surfaces import overlap, upper_beams, with_background
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepStatus, StartKind

NS = 1e9
_AS_USUAL = RunnerChange()
_DRIFT_MM = 150.0
"""Standard deviation of where somebody runs in a lane; the simulated keep within two of them."""
_BEHIND_MM = 1000.0


class World:
    """Deterministic by its seed. `hear` tells it of goes; `view` may be asked for any moment after them."""

    def __init__(
        self,
        scenario: Scenario,
        sensors: Sequence[SensorSpec],
        finish_range_m: float,
        seed: int,
        lines_m: Mapping[str, float] | None = None,
        lanes: LaneMap | None = None,
    ) -> None:
        """`lines_m`: distance of each line on the way from the start, by its name. `lanes`: those before the gate at
        the finish, where there are several.
        """
        self.scenario = scenario
        self.truths_ns: dict[int, int | None] = {}
        """Running number of a rep to the moment when its back reached the line, or None."""
        self.starts_ns: dict[int, int] = {}
        """The same of a start that the athlete gave."""
        self._specs = {spec.name: spec for spec in sensors}
        self._upper = upper_beams(sensors)
        self._lanes = lanes
        self._athletes: list[str] = []
        self._finish_range_m = finish_range_m
        self._seed = seed
        self._goes_ns: dict[int, int] = {}
        self._waves: dict[int, list[int]] = {}
        """Of each wave whose places are nobody's yet its reps, in the order of places."""
        self._out: list[Runner] = []
        """Who is on the lane, in order of their go; who has ended stays in view until the next go."""
        self._ended: set[int] = set()
        self._starters = SelfStarters(seed, self._changes)
        self.shuttles: dict[int, Shuttle] = {}
        """Running number of a rep of crossings to who goes to and fro in it."""
        self._lines_m = {START_LINE: 0.0, **(lines_m or {})}
        self._origin_ns = 0
        self.neighbours = Neighbours(sensors, scenario.crosstalk_kcps)
        self._late_ns = {delay.sensor: round(delay.late_ms * 1e6) for delay in scenario.delays}
        self._lights = sorted(scenario.light, key=lambda light: light.at_s)

    def begin(self, origin_ns: int) -> None:
        """The session's start, from which scenario times count."""
        self._origin_ns = origin_ns

    def hear(self, event: Mapping[str, Any]) -> None:
        """People act on what is announced: a go starts a runner, if the rep is over a distance."""
        if event.get("event") in ("finish", "dnf", "void") or _takes_back(event):
            self._ended.add(int(event["rep"]))
        if self._starters.hear(event, len(self.truths_ns) + 1, self._ended):
            return
        if event.get("event") == "go" and event.get("start") not in (None, StartKind.RELAY):
            rep = int(event["rep"])
            self.starts_ns[rep], self.truths_ns[rep] = self._starters.truth()
            self._starters.leave(rep)
            return
        if event.get("event") == "go" and event.get("crossings_m"):
            self._send_to_and_fro(event)
            return
        if event.get("event") != "go" or not event.get("distance_m"):
            return
        rep, go_ns, distance_m = int(event["rep"]), int(event["t_ns"]), float(event["distance_m"])
        gait = Gait(event["gait"])
        athlete = self._runner(event)
        changes = self._changes(rep, athlete)
        if changes.instead is not None:
            athlete = changes.instead
            changes = self._changes(rep, athlete)
        self._starters.current = None
        rng = random.Random(f"{self._seed}:{rep}")
        fixed = {k: v for k in ("reaction_s", "stops_at_m", "stumbles_at_m") if (v := getattr(changes, k)) is not None}
        if changes.stumbles_at_m is not None:
            fixed["stumble_costs_s"] = changes.stumble_costs_s
        style = draw_style(gait, rng, changes.speed_mps, **fixed)
        if changes.stays_in_beam_s is not None:
            # Slows so that the torso comes to stand on the line.
            style = msgspec.structs.replace(style, stops_at_m=distance_m + 0.01)
        run = Run(style, distance_m, brakes_at_m=None if changes.brakes else distance_m + self._finish_range_m)
        linger = changes.stays_in_beam_s or 0.0
        through, follower_s = changes.walks_back_through, changes.followed_after_s
        told = event.get("lane") if event.get("wave") else None
        is_leg = event.get("start") == StartKind.RELAY
        lane_m = self._lane_m(rep, athlete, changes, told)
        self._goes_ns[rep] = go_ns
        started = Runner(rep, run, go_ns, distance_m, through, linger, follower_s, lane_m, is_leg)
        self._out = [*(other for other in self._out if other.rep not in self._ended), started]
        finish_s = run.finish_s()
        self.truths_ns[rep] = None if finish_s is None else go_ns + round(finish_s * NS)
        if event.get("runners"):
            self._place_wave(int(event["wave"]), rep)

    def _send_to_and_fro(self, event: Mapping[str, Any]) -> None:
        rep = int(event["rep"])
        changes = self._changes(rep, str(event.get("athlete", "")))
        style = draw_style(Gait(event["gait"]), random.Random(f"{self._seed}:{rep}"), changes.speed_mps)
        self._goes_ns[rep] = int(event["t_ns"])
        self.shuttles[rep] = Shuttle(style, event["crossings_m"], event["t_ns"], event["duration_s"])
        self._starters.current, self._starters.out, self._out = None, (), []

    def _runner(self, event: Mapping[str, Any]) -> str:
        """Who goes: of a wave whose places are nobody's yet one after the other."""
        runners = event.get("runners")
        return str(runners[len(self._waves.get(int(event["wave"]), ()))] if runners else event.get("athlete", ""))

    def _place_wave(self, wave: int, rep: int) -> None:
        """The first place of a wave is in truth that of whoever comes first, and nobody's of who does not come."""
        reps = self._waves.setdefault(wave, [])
        reps.append(rep)
        came = sorted((self.truths_ns[one] for one in reps), key=lambda at_ns: (at_ns is None, at_ns or 0))
        self.truths_ns.update(zip(reps, came, strict=True))

    def _lane_m(self, rep: int, athlete: str, changes: RunnerChange, told: int | None) -> float | None:
        """Where a runner's near shoulder passes: in the middle of the lane, more or less.

        `told`: that which the call of a wave gave them.
        """
        if self._lanes is None:
            return None
        if athlete not in self._athletes:
            self._athletes.append(athlete)
        in_turn = 1 + self._athletes.index(athlete) % self._lanes.count
        lane = min(changes.lane or told or in_turn, self._lanes.count)
        drift_mm = random.Random(f"{self._seed}:{rep}:lane").gauss(0.0, _DRIFT_MM)
        return (self._lanes.middle_mm(lane) + max(-2.0 * _DRIFT_MM, min(2.0 * _DRIFT_MM, drift_mm))) / 1000.0

    def _changes(self, rep: int, athlete: str) -> RunnerChange:
        merged = _AS_USUAL
        for change in self.scenario.runners:
            if change.rep not in (None, rep) or change.athlete not in (None, athlete):
                continue
            given = {f: v for f in change.__struct_fields__ if (v := getattr(change, f)) != getattr(_AS_USUAL, f)}
            merged = msgspec.structs.replace(merged, **given)
        return merged

    def ambient_kcps(self, t_ns: int) -> float:
        """The light now."""
        now_s = (t_ns - self._origin_ns) / NS
        level = 1500.0
        for light in self._lights:
            if light.at_s <= now_s:
                level = light.ambient_kcps
        return level

    def fault(self, sensor: str, t_ns: int) -> FaultKind | None:
        """What is wrong with a sensor now."""
        for fault in self.scenario.faults:
            if fault.sensor not in (None, sensor):
                continue
            since = self._since(fault, t_ns)
            if since is not None and since <= fault.lasts_s:
                return fault.kind
        return None

    def _since(self, thing: Fault | Intruder, t_ns: int) -> float | None:
        """Seconds since a fault or intruder began; None before it."""
        now_s = self._since_go(thing.rep, t_ns)
        return None if now_s is None or now_s < thing.at_s else now_s - thing.at_s

    def _since_go(self, rep: int | None, t_ns: int) -> float | None:
        """Seconds since a rep's go, None before it; since the beginning without a rep."""
        if rep is None:
            return (t_ns - self._origin_ns) / NS
        go_ns = self._goes_ns.get(rep)
        return None if go_ns is None else (t_ns - go_ns) / NS

    def view(self, sensor: str, t_ns: int) -> View:
        """What a sensor sees."""
        spec = self._specs[sensor]
        t_ns -= self._late_ns.get(sensor, 0)
        ambient = self.ambient_kcps(t_ns) + self.neighbours.light_kcps(spec)
        if spec.placement is Placement.GATE:
            surfaces = self._across(spec, t_ns)
        else:
            surfaces = self._along(spec, t_ns)
        return View(surfaces, ambient)

    def _across(self, spec: SensorSpec, t_ns: int) -> tuple[Surface, ...]:
        """Through the lane: bodies that overlap the cone, and what is left of it for the background."""
        found = []
        for starter in self._starters.there():
            found.extend(self._starter_across(starter, spec, t_ns))
        for shuttle in self.shuttles.values():
            middle_m = shuttle.middle_m(t_ns)
            if middle_m is not None:
                found.extend(self._trunk_across(middle_m - spec.offset_mm / 1000.0, shuttle.style.torso_m / 2.0, spec))
        # Whoever is to start by themselves waits until those before them are away.
        asked = self._starters.current is not None
        for rep in (one for one in self._out if not (asked and one.rep in self._ended)):
            range_m = self.scenario.lane_range_m if rep.lane_m is None else rep.lane_m
            for at_m in rep.passes_m(self._line_m(spec, rep.distance_m)):
                found.extend(rep.across(at_m, range_m, spec.fov_deg, self.scenario.reflectance, t_ns))
                if rep.follower_s is not None:
                    after_ns = t_ns - round(rep.follower_s * NS)
                    found.extend(rep.across(at_m, range_m, spec.fov_deg, self.scenario.reflectance, after_ns))
        for middle_m in trunks_m(self.scenario.passers, lambda rep: self._since_go(rep, t_ns)):
            found.extend(self._trunk_across(middle_m - spec.offset_mm / 1000.0, TRUNK_M / 2.0, spec))
        for intruder in self.scenario.intruders:
            since = self._since(intruder, t_ns)
            if since is None or since > intruder.stays_s or not intruders.is_seen(intruder, spec.name, self._upper):
                continue
            found.append(intruders.across(intruder, spec.fov_deg))
        return with_background(found, self._background_mm())

    def _background_mm(self) -> float | None:
        scenario = self.scenario
        if scenario.open or scenario.background_m is None:
            return None
        behind_mm = 0.0 if self._lanes is None else self._lanes.borders_mm(self._lanes.count)[1] + _BEHIND_MM
        return max(scenario.background_m * 1000.0, behind_mm)

    def _line_m(self, spec: SensorSpec, distance_m: float) -> float:
        """How far from the start the line of a gate is."""
        return (
            self._lines_m.get(spec.line, 0.0 if self._starters.out_and_back else distance_m) + spec.offset_mm / 1000.0
        )

    def _starter_across(self, starter: SelfStart, spec: SensorSpec, t_ns: int) -> list[Surface]:
        """Whoever starts without a go, in the beam of a gate."""
        middle_m = starter.middle_m(t_ns)
        if middle_m is None:
            return []
        off_m = middle_m - self._line_m(spec, starter.distance_m)
        return self._trunk_across(off_m, starter.style.torso_m / 2.0, spec)

    def _trunk_across(self, off_m: float, reach_m: float, spec: SensorSpec) -> list[Surface]:
        """A trunk whose middle is so far beyond the beam's axis and that reaches so far to either side."""
        range_m = self.scenario.lane_range_m
        half = max(0.01, range_m * math.tan(math.radians(spec.fov_deg) / 2.0))
        cover = overlap(off_m - reach_m, off_m + reach_m, -half, half) / (2.0 * half)
        return [Surface(range_m * 1000.0, cover, self.scenario.reflectance)] if cover > 0.0 else []

    def _along(self, spec: SensorSpec, t_ns: int) -> tuple[Surface, ...]:
        """Along the lane: the nearest body hides what is behind it."""
        found = []
        for rep in self._out:
            away_m = rep.away_m(self._finish_range_m, t_ns)
            if away_m is not None:
                found.append((away_m, SHOULDERS_M, self.scenario.reflectance))
        for intruder in self.scenario.intruders:
            since = self._since(intruder, t_ns)
            if since is None or since > intruder.stays_s or not intruders.is_seen(intruder, spec.name, self._upper):
                continue
            away_m = intruder.range_m - intruder.closing_mps * since
            if away_m > 0.05:
                found.append((away_m, *intruders.size(intruder)))
        if not found:
            return ()
        away_m, width, brightness = min(found)
        cone_m = 2.0 * away_m * math.tan(math.radians(max(2.0, spec.fov_deg)) / 2.0)
        cover = min(1.0, width / max(0.02, cone_m)) ** 2
        return (Surface(away_m * 1000.0, cover, brightness),)


def _takes_back(event: Mapping[str, Any]) -> bool:
    """Whether a rep never was one, as a relay's leg that began with a stranger's crossing: its runner comes back."""
    record = event.get("record") or {}
    return event.get("event") == "correction" and record.get("status") == RepStatus.VOID
