"""Events as lines for people, without a terminal's arts."""

from __future__ import annotations

from retro_timer.beacon import events as box
from retro_timer.beacon.events import BeaconEvent
from retro_timer.training.record import RepRecord
from retro_timer.training.session import events


def clock(seconds: float) -> str:
    """Minutes and seconds to a tenth."""
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60.0)
    return f"{sign}{int(minutes)}:{rest:04.1f}"


def line_of(
    event: BeaconEvent, origin_ns: int, *, samples: int | None = None, truth_s: float | None = None
) -> str | None:
    """One line for an event, its time counted from `origin_ns`; None for what people need not read.

    `samples`: readings judged so far. `truth_s`: a finish's true time, where somebody knows it.
    """
    if isinstance(event, events.Summary):
        text: str | None = _summary(event, samples)
    elif isinstance(event, events.Finish):
        text = _finish(event, truth_s)
    else:
        text = _of_a_rep(event) or _of_the_session(event) or _of_the_box(event)
    return None if text is None else f"{clock((event.t_ns - origin_ns) / 1e9):>9}  {text}"


def _of_a_rep(event: BeaconEvent) -> str | None:
    match event:
        case events.Go():
            # The first leg of a relay begins with a go, whose edge is known.
            own = event.start is not None and event.uncertainty_s != 0.0
            return _started(event) if own else f"GO, rep {event.rep}{_in_lane(event.lane)}"
        case events.Split():
            return f"rep {event.rep}: {event.time_s:.3f} s ± {event.uncertainty_s:.3f} s at {event.line}"
        case events.Stand():
            return "set" if event.stand == "steady" else f"the stand counts no more: {event.reason}"
        case events.Half():
            return f"{event.beam} beam only, rep {event.rep}: no finish"
        case events.Crossing():
            return f"crossing, rep {event.rep}{_in_lane(event.lane)}"
        case events.Unseen():
            return f"lane {event.lane} not seen from {event.from_s:.2f} to {event.to_s:.2f} s, rep {event.rep}"
        case events.CrossingWithdrawn():
            return f"not the runner: crossing of rep {event.rep} withdrawn"
        case events.Dnf():
            return f"rep {event.rep}{_in_lane(event.lane)}: no finish ({event.reason})"
        case events.Void():
            return f"rep {event.rep} void"
        case events.Relay():
            return f"relay: {event.legs} legs in {event.time_s:.3f} s ± {event.uncertainty_s:.3f} s"
    return None


def _of_the_session(event: BeaconEvent) -> str | None:
    match event:
        case events.Recall():
            return "start recalled"
        case events.NotSaved():
            what = f"rep {event.rep}" if event.athlete is None else "who is here and who is out"
            return f"{what} is NOT SAVED: {event.reason}"
        case events.SavedAfterAll():
            return "all reps are saved now"
        case events.Refused():
            return "refused"
        case events.Obstacle():
            at = "" if event.range_m is None else f" at {event.range_m:.2f} m"
            whose = "" if event.sensor is None else f", seen by {event.sensor}"
            return "lane clear" if event.level == "clear" else f"{event.level.upper()}: obstacle{at}{whose}"
        case events.Sensor():
            whose = "watch" if event.sensor is None else f"sensor {event.sensor}"
            return f"{whose} {event.state}" + (f": {event.reason}" if event.reason else "")
    return None


def _of_the_box(event: BeaconEvent) -> str | None:
    match event:
        case box.Said():
            return f'"{event.text}"'
        case box.Sound():
            return f"♪ {event.name}" if event.name not in _UNHEARD else None
        case box.Volume():
            voice = "" if event.voice is None else f"voice {event.voice} %, "
            return f"volume: {voice}buzzer {event.buzzer} %"
        case box.Strain():
            heat = "" if event.temperature_c is None else f" ({event.temperature_c:.0f} °C)"
            return f"{_STRAINS[event.what][0 if event.on else 1]}{heat}"
        case box.ClockSet():
            return f"clock set by {event.by_s:+d} s: the dates of what this boot recorded are corrected"
        case box.DatabaseRebuilt():
            return event.words
    return None


_HOW_STARTED = {"release": "left the beam", "relay": "the former crossed the line"}


def _started(event: events.Go) -> str:
    how = _HOW_STARTED.get(event.start or "", "crossed the start line")
    return f"rep {event.rep} started: {how}, ± {event.uncertainty_s or 0.0:.3f} s"


def _summary(event: events.Summary, samples: int | None) -> str:
    readings = "" if samples is None else f", readings: {samples}"
    told = f"{event.finished} of {event.reps} reps finished, obstacles met: {event.obstacles}"
    return f"session over: {told}{readings}"


def _finish(event: events.Finish, truth_s: float | None) -> str:
    flags = f"  [{', '.join(event.flags)}]" if event.flags else ""
    flags += _against_target(event.record)
    true = "" if truth_s is None else f"  (true {truth_s:.3f} s)"
    time = f"{event.time_s:.3f} s ± {event.uncertainty_s:.3f} s by {event.method}"
    return f"rep {event.rep}{_in_lane(event.lane)}: {time}{flags}{true}"


def _in_lane(lane: int | None) -> str:
    return "" if lane is None else f" in lane {lane}"


def _against_target(record: RepRecord) -> str:
    """The target, and how far the shown time is from it, where there is one."""
    time_s = record.official_s()
    if record.target_ns is None or time_s is None:
        return ""
    target_s = record.target_ns / 1e9
    over = time_s > target_s
    return f"  (target {target_s:.2f} s, {abs(time_s - target_s):.2f} s {'over' if over else 'under'})"


# Sounds that stand beside a line of their own, or come too often for one.
_UNHEARD = frozenset(("", "tick", "count", "go", "finish", "recall", "withdrawn"))
_STRAINS = {
    "power": ("power is low", "power has held again"),
    "heat": ("the box is hot", "the box has cooled down"),
    "slow": ("the box is slowed down", "the box has its speed again"),
}
