"""Events as lines for people, without a terminal's arts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def clock(seconds: float) -> str:
    """Minutes and seconds to a tenth."""
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60.0)
    return f"{sign}{int(minutes)}:{rest:04.1f}"


def line_of(event: Mapping[str, Any]) -> str | None:
    """One line for an event with `t_s`; None for what people need not read."""
    text = _text(event)
    return None if text is None else f"{clock(float(event['t_s'])):>9}  {text}"


def _text(event: Mapping[str, Any]) -> str | None:
    kind = event["event"]
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain.format_map(event)
    if kind == "sound":
        return f"♪ {event['name']}" if event["name"] not in _UNHEARD else None
    if kind == "summary":
        readings = f", readings: {event['samples']}" if "samples" in event else ""
        told = f"{event['finished']} of {event['reps']} reps finished, obstacles met: {event['obstacles']}"
        return f"session over: {told}{readings}"
    if kind == "volume":
        voice = "" if event["voice"] is None else f"voice {event['voice']} %, "
        return f"volume: {voice}buzzer {event['buzzer']} %"
    if kind == "strain":
        heat = "" if event["temperature_c"] is None else f" ({event['temperature_c']:.0f} °C)"
        return f"{_STRAINS[event['what']][0 if event['on'] else 1]}{heat}"
    if kind == "obstacle":
        at = "" if event["range_m"] is None else f" at {event['range_m']:.2f} m"
        whose = f", seen by {event['sensor']}" if "sensor" in event else ""
        return "lane clear" if event["level"] == "clear" else f"{event['level'].upper()}: obstacle{at}{whose}"
    if kind == "sensor":
        why = f": {event['reason']}" if event["reason"] else ""
        whose = f"sensor {event['sensor']}" if "sensor" in event else "watch"
        return f"{whose} {event['state']}{why}"
    if kind == "go":
        started = event.get("start")
        return f"GO, rep {event['rep']}" if started is None else _started(event)
    if kind == "split":
        return f"rep {event['rep']}: {event['time_s']:.3f} s ± {event['uncertainty_s']:.3f} s at {event['line']}"
    if kind == "stand":
        return "set" if event["stand"] == "steady" else f"the stand counts no more: {event['reason']}"
    if kind == "finish":
        flags = f"  [{', '.join(event['flags'])}]" if event["flags"] else ""
        truth = event.get("truth_s")
        true = "" if truth is None else f"  (true {truth:.3f} s)"
        spread = event["uncertainty_s"]
        return f"rep {event['rep']}: {event['time_s']:.3f} s ± {spread:.3f} s by {event['method']}{flags}{true}"
    return None


def _started(event: Mapping[str, Any]) -> str:
    how = "left the beam" if event["start"] == "release" else "crossed the start line"
    return f"rep {event['rep']} started: {how}, ± {event['uncertainty_s']:.3f} s"


# Sounds that stand beside a line of their own, or come too often for one.
_UNHEARD = frozenset(("", "tick", "count", "go", "finish", "recall", "withdrawn"))
_STRAINS = {
    "power": ("power is low", "power has held again"),
    "heat": ("the box is hot", "the box has cooled down"),
    "slow": ("the box is slowed down", "the box has its speed again"),
}
_PLAIN = {
    "half": "{beam} beam only, rep {rep}: no finish",
    "said": '"{text}"',
    "crossing": "crossing, rep {rep}",
    "crossing_withdrawn": "not the runner: crossing of rep {rep} withdrawn",
    "dnf": "rep {rep}: no finish ({reason})",
    "void": "rep {rep} void",
    "recall": "start recalled",
    "not_saved": "rep {rep} is NOT SAVED: {reason}",
    "saved_after_all": "all reps are saved now",
    "clock_set": "clock set by {by_s:+d} s: the dates of what this boot recorded are corrected",
    "database_rebuilt": "{words}",
    "refused": "refused",
}
