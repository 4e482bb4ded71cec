"""`retro-timer status` and `ctl`: talk to the running beacon over its socket."""

from __future__ import annotations

import json

import click
import msgspec

from retro_timer.beacon.contract import seconds_since
from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, commands, requests
from retro_timer.beacon.control.protocol.answers import TimerStatus, WatchStatus
from retro_timer.beacon.events import BeaconEvent
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
            _show(beacon.ask(requests.Status(), answers.Status).status, as_json)
            return
        following = beacon.ask(requests.Follow(), answers.Following)
        _show(following.status, as_json)
        for event in beacon.events():
            line = _json_of(event, following.origin_ns) if as_json else line_of(event, following.origin_ns)
            if line is not None:
                print(line, flush=True)


def _json_of(event: BeaconEvent, origin_ns: int) -> str:
    """As it came, with its time in seconds since the timer began."""
    fields = msgspec.to_builtins(event)
    del fields["t_ns"]
    return json.dumps({"t_s": seconds_since(origin_ns, event), **fields})


def _show(state: TimerStatus, as_json: bool) -> None:
    if as_json:
        print(json.dumps(msgspec.to_builtins(state)), flush=True)
        return
    watch = state.watch
    print(f"phase    {state.phase}" + (f"  ({state.title})" if state.title is not None else ""))
    if state.athlete and state.set:
        what = f"{state.distance_m:g} m {state.gait}" if state.distance_m else state.gait
        print(
            f"turn     {', '.join(state.wave or (state.athlete,))}: set {state.set} of {state.sets}, "
            f"rep {state.rep_in_set} of {state.reps_in_set}, {what}"
        )
    runners = state.on_course or ()
    if len(runners) > 1:
        print("running  " + ", ".join(f"{one.athlete or f'#{one.place}'} {one.running_s:.1f} s" for one in runners))
    elif state.running_s is not None:
        print(f"running  {state.running_s:.1f} s")
    elif state.left_s:
        print(f"left     {state.left_s:.0f} s")
    if state.session_left_s is not None:
        print(f"session  about {max(1, round(state.session_left_s / 60))} min left")
    why = f": {watch.reason}" if watch.reason else ""
    armed = "armed" if watch.armed else "off"
    print(f"watch    {watch.state}{why}, {armed}" + (f", {_covers(watch)}" if watch.covers else ""))
    if state.machine.power_low:
        print("machine  power is low")
    if state.machine.slowed:
        print("machine  the processor is slowed down")
    for trouble in state.troubles:
        print(f"to mend  {trouble}")
    for sensor in state.sensors:
        at = "no target" if sensor.range_m is None else f"{sensor.range_m:.2f} m"
        print(f"sensor   {sensor.name} ({sensor.model}, {sensor.placement}): {sensor.state}, {at}")


def _covers(watch: WatchStatus) -> str:
    if watch.covers == "covers_line_only":
        return "finish line only, no rear watch"
    return f"covers up to {watch.safe_speed_mps:.1f} m/s (sees {watch.range_m:.1f} m)"


def _ctl_help() -> str:
    """Every command in a line; click leaves paragraphs alone that begin with a backspace."""
    lines = [
        f"{f'{name} {kind.takes}'.strip():15} {(kind.__doc__ or '').strip()}"
        for name, kind in commands.COMMANDS.items()
    ]
    return "\n".join(["Steer the running session. ACTION is one of", "", "\b", *lines])


@click.command(help=_ctl_help())
@click.argument("action")
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
def ctl(action: str, words: tuple[str, ...], as_json: bool) -> None:
    """As `_ctl_help` tells."""
    kind = commands.COMMANDS.get(action)
    if kind is None:
        known = commands.COMMANDS
        raise BadInputError(
            f"ctl '{action}'", f"no such action{near_miss(action, known)}", f"one of {', '.join(known)}"
        )
    command = kind.typed(words)
    with BeaconClient(paths.socket_path()) as beacon:
        answer = beacon.ask(command, answers.Done)
    if as_json:
        print(json.dumps(msgspec.to_builtins(answer)))
    else:
        print("ok" if isinstance(answer.note, msgspec.UnsetType) else f"ok; {answer.note}")
