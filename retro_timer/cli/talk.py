"""`retro-timer status` and `ctl`: talk to the running beacon over its socket."""

from __future__ import annotations

import json
from typing import Any

import click

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.commands import ACTIONS, NAMED, percent_of, place_of
from retro_timer.cli.output.lines import line_of
from retro_timer.errors import BadInputError, near_miss
from retro_timer.settings import paths


@click.command()
@click.option("--follow", is_flag=True, help="Go on with each event as it comes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def status(follow: bool, as_json: bool) -> None:
    """What the running timer does and sees now."""
    with BeaconClient(paths.socket_path()) as beacon:
        if not follow:
            _show(beacon.ask({"status": True})["status"], as_json)
            return
        events = beacon.follow()
        _show(next(events), as_json)
        for event in events:
            if as_json:
                print(json.dumps(event), flush=True)
            elif (line := line_of(event)) is not None:
                print(line, flush=True)


def _show(state: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(state), flush=True)
        return
    watch = state["watch"]
    print(f"phase    {state['phase']}" + (f"  ({state['title']})" if "title" in state else ""))
    if state.get("athlete") and state.get("set"):
        what = f"{state['distance_m']:g} m {state['gait']}" if state["distance_m"] else state["gait"]
        print(
            f"turn     {state['athlete']}: set {state['set']} of {state['sets']}, "
            f"rep {state['rep_in_set']} of {state['reps_in_set']}, {what}"
        )
    if state.get("running_s") is not None:
        print(f"running  {state['running_s']:.1f} s")
    elif state.get("left_s"):
        print(f"left     {state['left_s']:.0f} s")
    why = f": {watch['reason']}" if watch["reason"] else ""
    armed = "armed" if watch["armed"] else "off"
    print(f"watch    {watch['state']}{why}, {armed}" + (f", {_covers(watch)}" if watch["covers"] else ""))
    for what, words in (("power_low", "power is low"), ("slowed", "the processor is slowed down")):
        if state["machine"][what]:
            print(f"machine  {words}")
    for trouble in state["troubles"]:
        print(f"to mend  {trouble}")
    for sensor in state["sensors"]:
        at = "no target" if sensor["range_m"] is None else f"{sensor['range_m']:.2f} m"
        print(f"sensor   {sensor['name']} ({sensor['model']}, {sensor['placement']}): {sensor['state']}, {at}")


def _covers(watch: dict[str, Any]) -> str:
    if watch["covers"] == "covers_line_only":
        return "finish line only, no rear watch"
    return f"covers up to {watch['safe_speed_mps']:.1f} m/s (sees {watch['range_m']:.1f} m)"


@click.command()
@click.argument("action")
@click.argument("name", required=False)
@click.argument("place", required=False)
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
def ctl(action: str, name: str | None, place: str | None, as_json: bool) -> None:
    """Steer the running session.

    ACTION is one of start [PLAN], pause, resume, skip, void, finish, give NAME, absent NAME, present NAME (is
    back), add NAME (comes late), order NAME N (goes as number N), undo, spotter, repeat,
    stop, recover, close, volume N (0 to 100, voice and buzzer, until the timer ends; alarms stay loud), or help, which
    says what the button does now.
    """
    if action not in ACTIONS:
        raise BadInputError(
            f"ctl '{action}'", f"no such action{near_miss(action, ACTIONS)}", f"one of {', '.join(ACTIONS)}"
        )
    message: dict[str, Any] = {"ctl": action}
    if place is not None and action != "order":
        raise BadInputError(f"ctl {action}", f"'{place}' is one word too many", f"ctl {action}")
    if action in (*NAMED, "order"):
        if not name:
            raise BadInputError(f"ctl {action}", "no athlete named", f"ctl {action} NAME")
        message["name"] = name
        if action == "order":
            message["place"] = place_of(int(place) if place is not None and place.isdecimal() else place)
    elif action == "volume":
        message["percent"] = percent_of(int(name) if name is not None and name.isdecimal() else name)
    elif action == "start":
        message["plan"] = name
    elif name:
        raise BadInputError(f"ctl {action}", f"'{name}' is one word too many", f"ctl {action}")
    with BeaconClient(paths.socket_path()) as beacon:
        answer = beacon.ask(message)
    print(json.dumps(answer) if as_json else "ok")
