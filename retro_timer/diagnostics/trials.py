"""Trying things out at the track: a beep, a word, the range as it changes, and whether one hears it at the start."""

from __future__ import annotations

import json
import select
import shutil
import sys
import time
from collections.abc import Iterator

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.facts import SensorFacts, SensorReadings
from retro_timer.detection.lane_map import LaneMap
from retro_timer.diagnostics.holder import Holder, pause
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import SOUND_CHECK
from retro_timer.settings.lanes import lane_gate, lane_map

_POLL_S = 0.1
_LONGEST_SPEECH_S = 30.0
_BETWEEN_S = 0.3
_AGAIN_S = 10.0
"""Sound check: so long after its last word it is heard once more."""
_DRAW_S, _LINE_S = 0.1, 1.0
"""Live range: between two bars on a terminal, and between two lines without one."""


def beep(holder: Holder) -> None:
    """The two sounds that a runner must know."""
    for request in (requests.Beep("ready"), requests.Beep("go")):
        lasts_s = holder.ask(request, answers.Beeping).lasts_s
        print(f"beep: {request.which}", flush=True)
        pause(lasts_s + _BETWEEN_S)


def say(holder: Holder, text: str) -> None:
    """A text aloud. Raises RetroTimerError when nobody can have heard it."""
    holder.ask(requests.Say(text), answers.Done)
    deadline = time.monotonic() + _LONGEST_SPEECH_S
    # Between its turn in the queue and its first sound it is in neither: twice silent is silent.
    silent = 0
    while silent < 2 and time.monotonic() < deadline:
        pause(_POLL_S)
        silent = 0 if holder.facts().speaking else silent + 1
    if trouble := holder.facts().voice_trouble:
        raise RetroTimerError(f"not spoken: {trouble}")


# The sound check


def hear(holder: Holder, seconds: float) -> bool:
    """Beep and speak, again and again, until somebody answers by button or terminal; whether it was heard.

    Raises RetroTimerError when nobody can answer, or nobody does within `seconds`.
    """
    terminal = sys.stdin.isatty()
    holder.ask(requests.LendButton(seconds), answers.Done)
    try:
        if not terminal and holder.facts().button_pressed is None:
            raise RetroTimerError("nobody can answer here: no terminal and no button; run it in a terminal")
        ways = "press the button if it was heard" + (", or type y or n and Enter" if terminal else "")
        print(f'beeps and "{SOUND_CHECK}": {ways}', flush=True)
        for answer in _answers(holder, seconds, terminal):
            if answer is not None:
                _keep(holder, answer)
                print("heard" if answer else f"not heard: {_LOUDER}", flush=True)
                return answer
        raise RetroTimerError(f"nobody answered within {seconds:g} s; was it heard at all? {_LOUDER}")
    finally:
        holder.ask(requests.LendButton(0.0), answers.Done)


def _keep(holder: Holder, heard: bool) -> None:
    """For the sessions of a group, which are told where nobody has said yes."""
    try:
        holder.ask(requests.Calibrate({}, heard), answers.Calibrated)
    except RetroTimerError as error:
        print(f"the answer is not kept: {error}", flush=True)


_LOUDER = "a louder buzzer (wiring/buzzer-loud.svg), a horn speaker, more volume (alsamixer)"


def _answers(holder: Holder, seconds: float, terminal: bool) -> Iterator[bool | None]:
    """Sounds and looks for an answer until the time is over; None for none yet."""
    deadline = time.monotonic() + seconds
    again = 0.0
    while time.monotonic() < deadline:
        if time.monotonic() >= again:
            _sound(holder)
            again = time.monotonic() + _AGAIN_S
        yield True if holder.facts().pressed_ns is not None else _typed(terminal)
        pause(_POLL_S)


def _sound(holder: Holder) -> None:
    beep(holder)
    try:
        say(holder, SOUND_CHECK)
    except RetroTimerError as error:
        # The beep may be heard all the same; that speech is not says the reason why.
        print(f"{error}", flush=True)


def _typed(terminal: bool) -> bool | None:
    """The answer on the terminal's line, if one is there."""
    if not terminal or not select.select([sys.stdin], [], [], 0.0)[0]:
        return None
    line = sys.stdin.readline()
    if not line:
        raise RetroTimerError("the terminal was closed before anybody answered")
    return {"y": True, "n": False}.get(line.strip().lower()[:1])


# The live range


def watch(holder: Holder, seconds: float | None, *, as_json: bool) -> None:
    """Every sensor's range as it changes, and before several lanes in which one that is, until `seconds` are over or
    Ctrl-C."""
    facts = holder.wait_until_it_sees()
    sensors = {sensor.spec.name: sensor for sensor in facts.sensors}
    gate = lane_gate(facts.settings)
    lanes = {} if gate is None else {gate.name: lane_map(facts.settings, facts.calibration)}
    drawn = sys.stdout.isatty() and not as_json
    began = time.monotonic()
    first = True
    while seconds is None or time.monotonic() - began < seconds:
        readings = holder.readings(None).sensors
        if as_json:
            for reading in readings:
                print(json.dumps(_object(reading, time.monotonic() - began, lanes.get(reading.name))), flush=True)
        elif drawn:
            up = "" if first else f"\x1b[{len(readings)}A"
            lines = [
                f"\x1b[2K{_bar(reading, sensors[reading.name], lanes.get(reading.name))}\n" for reading in readings
            ]
            print(f"{up}{''.join(lines)}", end="", flush=True)
        else:
            for reading in readings:
                print(_line(reading, time.monotonic() - began, lanes.get(reading.name)), flush=True)
        first = False
        pause(_DRAW_S if drawn else _LINE_S)


def _range(reading: SensorReadings) -> str:
    if not reading.samples:
        return "no reading"
    range_mm, status = reading.samples[-1].range_mm, reading.samples[-1].status
    shown = "nothing" if range_mm is None else f"{range_mm / 1000:.2f} m"
    return shown if status in (None, 0) or range_mm is None else f"{shown}?"


def _state(reading: SensorReadings) -> str:
    return f"{reading.state}: {reading.reason}" if reading.reason else str(reading.state)


def _lane(reading: SensorReadings, lanes: LaneMap | None) -> int | None:
    """In which of several lanes somebody stands now."""
    last = reading.samples[-1] if reading.samples else None
    if lanes is None or last is None or last.range_mm is None or last.status not in (None, 0):
        return None
    lane = lanes.lane_of(last.range_mm)
    return lane if 1 <= lane <= lanes.count else None


def _in_lane(reading: SensorReadings, lanes: LaneMap | None) -> str:
    if lanes is None:
        return ""
    lane = _lane(reading, lanes)
    return "  no lane" if lane is None else f"  lane {lane} "


def _line(reading: SensorReadings, since_s: float, lanes: LaneMap | None) -> str:
    return f"{since_s:7.1f} s  {reading.name}  {_range(reading)}{_in_lane(reading, lanes)}  {_state(reading)}"


def _bar(reading: SensorReadings, sensor: SensorFacts, lanes: LaneMap | None) -> str:
    """From the sensor at the left to the end of its reach at the right, as wide as the terminal; lanes' borders stand
    where a runner's near shoulder is read who runs on them."""
    reach_mm = max(sensor.spec.max_range_mm, 0.0 if lanes is None else lanes.borders_mm(lanes.count)[1])
    head = f"{reading.name}  {_range(reading):>10}{_in_lane(reading, lanes)} |"
    tail = f"| {reach_mm / 1000:.1f} m  {_state(reading)}"
    width = max(10, shutil.get_terminal_size().columns - len(head) - len(tail) - 1)
    range_mm = reading.samples[-1].range_mm if reading.samples else None
    filled = 0 if range_mm is None else min(width, round(width * range_mm / reach_mm))
    cells = ["#"] * filled + ["."] * (width - filled)
    for border_mm in () if lanes is None else lanes.shoulders_on_borders_mm():
        cells[max(0, min(width - 1, round(width * border_mm / reach_mm)))] = "|"
    return f"{head}{''.join(cells)}{tail}"


def _object(reading: SensorReadings, since_s: float, lanes: LaneMap | None) -> dict[str, object]:
    last = reading.samples[-1] if reading.samples else None
    lane = {} if lanes is None else {"lane": _lane(reading, lanes)}
    return {
        "t_s": round(since_s, 3),
        "sensor": reading.name,
        "state": str(reading.state),
        "reason": reading.reason,
        "range_m": None if last is None or last.range_mm is None else last.range_mm / 1000.0,
        "status": None if last is None else last.status,
        "signal_kcps": None if last is None else last.signal_kcps,
        "ambient_kcps": None if last is None else last.ambient_kcps,
        **lane,
    }
