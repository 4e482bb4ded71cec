"""`retro-timer replay`: what the program makes of a recorded trace."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from retro_timer.beacon.contract import contract_line, is_promised
from retro_timer.beacon.lane_replay import LaneReplay, has_lane
from retro_timer.beacon.recorded import legs_of
from retro_timer.beacon.replay import Replay, Tell
from retro_timer.cli.options import Rep, Within, Word
from retro_timer.cli.output.lines import line_of
from retro_timer.cli.output.progress import progress
from retro_timer.cli.output.streams import remark
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.people import Braking
from retro_timer.ports import FINISH_LINE, START_LINE, Placement, RangeSample
from retro_timer.sensors.known import least_body_kcps_m2
from retro_timer.settings.loading import load_settings
from retro_timer.settings.model import Settings
from retro_timer.store.traces import TraceHead, TraceReader, TraceRep
from retro_timer.training.plan import Order
from retro_timer.training.session.events import SessionEvent

THIN_FOV_DEG = 2.0
"""A TF-Luna's."""
_LONG_FILE = 20_000_000


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--placement", type=Word([str(p) for p in Placement]), help="Instead of the trace's own.")
@click.option(
    "--rep",
    "reps",
    type=Rep(),
    multiple=True,
    metavar="GO:DISTANCE:GAIT[:LANE]",
    help="A go; instead of the trace's own.",
)
@click.option(
    "--order", type=Word([str(o) for o in Order]), help="Who is on the course together; instead of the trace's."
)
@click.option("--finish-range", type=Within(0.1, 50.0), metavar="M", help="Lane-end and belt: finish range.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def replay(
    file: Path,
    placement: str | None,
    reps: tuple[TraceRep, ...],
    order: str | None,
    finish_range: float | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Run the very detection and session code over a trace FILE (CSV)."""
    settings = load_settings(config, remark)
    reader = TraceReader(file)
    try:
        head = reader.head
        for warning in head.warnings:
            print(f"retro-timer: {warning}", file=sys.stderr)
        goes = reps or head.reps
        head.order = order or head.order
        chosen = None if placement is None else Placement(placement)
        range_m = finish_range or head.finish_range_m or settings.course.finish_range_m
        judge = _config(head, chosen or head.placement or Placement.GATE, range_m, settings)
        sensors = _configs(head, chosen, judge)
        timing = next((one for one in sensors.values() if one.times and one.line == FINISH_LINE), judge)
        names = {name for name, one in sensors.items() if one is timing}
        lanes = _lane_map(head, settings)
        several = head.order not in (None, Order.ROTATION) and _go_among_others(head, goes, sensors)
        by_order = Order(head.order) if several and head.order is not None else Order.ROTATION
        each = lanes is not None and _names_lanes(goes, sensors)
        for what in _not_replayed(head, goes, sensors, each=each, several=several):
            print(f"retro-timer: {file}: {what}; ignored", file=sys.stderr)
        if not each and (started := _released_at_finish(head, goes, sensors)):
            print(f"retro-timer: {file}: {started}", file=sys.stderr)
        if lanes is not None and each:
            rows = (sample for name, sample in _shown(reader) if not names or name in names)
            LaneReplay(timing, lanes, goes, _reporter(as_json), order=by_order).run(rows)
        else:
            if lanes is not None:
                judge = _before_lanes(judge, lanes)
                sensors.update((name, _before_lanes(sensors[name], lanes)) for name in names)
            out_and_back = head.course == "out-and-back" and lanes is None
            tell = _reporter(as_json)
            made = Replay(judge, goes, tell, sensors, head.lines, out_and_back=out_and_back, order=by_order)
            made.run_several(_shown(reader))
            for name, line in made.thirds:
                print(
                    f"retro-timer: {file}: sensor {name}: a third gate at {line}, expected two; ignored",
                    file=sys.stderr,
                )
    finally:
        reader.close()
    for line in reader.report():
        print(f"retro-timer: {line}", file=sys.stderr)


def _names_lanes(reps: Sequence[TraceRep], sensors: Mapping[str, WatchConfig]) -> bool:
    """Whether each lane has reps of its own; else one rep is open at a time, and its crossing tells the lane."""
    gates = [one for one in sensors.values() if one.times_as_gate and one.line == FINISH_LINE]
    return len(gates) > 1 or any(
        rep.lane is not None or rep.lane_unclear or rep.release_from_s is not None for rep in reps
    )


def _go_among_others(head: TraceHead, reps: Sequence[TraceRep], sensors: Mapping[str, WatchConfig]) -> bool:
    """Whether every rep can begin with others on the course: by release behind each other, where a gate of its own sees
    the start."""
    own_line = _seen_at_start(sensors) and head.course != "out-and-back"
    released = head.order == Order.ROLLING and own_line and (head.lanes or 1) == 1
    return all(rep.release_from_s is None or (released and not rep.flying) for rep in reps)


def _seen_at_start(sensors: Mapping[str, WatchConfig]) -> bool:
    return any(one.times_as_gate and one.line == START_LINE for one in sensors.values())


def _released_at_finish(head: TraceHead, reps: Sequence[TraceRep], sensors: Mapping[str, WatchConfig]) -> str:
    """What is said of starts by release that the finish's gates show, since none of several is at the start; empty
    where there are none."""
    numbers = [n for n, rep in enumerate(reps, start=1) if rep.release_from_s is not None and not rep.flying]
    if not numbers or _seen_at_start(sensors) or head.course == "out-and-back":
        return ""
    which = f"rep {numbers[0]}" if len(numbers) == 1 else f"reps {', '.join(map(str, numbers))}"
    if sum(one.times_as_gate for one in sensors.values()) > 1:
        return f"{which}: no gate at the start, expected line=start or course: out-and-back; the finish is taken for it"
    return f"{which}: one gate alone, expected course: out-and-back; it is taken for the start and for the finish"


def _before_lanes(config: WatchConfig, lanes: LaneMap) -> WatchConfig:
    return msgspec.structs.replace(config, lanes=lanes, lane_reach_mm=lanes.reach_mm(lanes.count))


def _not_replayed(
    head: TraceHead, reps: Sequence[TraceRep], sensors: Mapping[str, WatchConfig], *, each: bool, several: bool
) -> list[str]:
    """What stands in the head and is not replayed; `each`: every lane has reps of its own. `several`: goes leave those
    before them on the course."""
    found: list[str] = []
    lanes = head.lanes or 1
    seen_at_start = _seen_at_start(sensors)
    for number, rep in enumerate(reps, start=1):
        found.extend(f"rep {number}: {what}" for what in _not_of_lanes(rep, lanes))
        if rep.flying and lanes == 1 and not seen_at_start:
            found.append(f"rep {number}: its flying start, since no gate has line=start (it counts as not finished)")
        if (each or several) and (rep.crossings_s is not None or rep.leg is not None):
            what = "crossings" if rep.leg is None else "leg"
            found.append(f"rep {number}: its {what}, since others may be on the course or there are lanes")
        elif rep.follows and number not in legs_of(reps):
            found.append(f"rep {number}: its leg {rep.leg}, since the rep before it is not the leg before it")
    if each and len(head.sensors) > 1:
        found.append("sensors but the first gate at the finish: one tells the lanes apart")
    if lanes > 1 and head.course == "out-and-back":
        found.append("course: out-and-back, since there are lanes")
    if each and head.lines:
        found.append(f"line {', '.join(head.lines)}, since lanes have no splits")
    if head.order not in (None, Order.ROTATION) and not several:
        why = "a rep starts flying, or by release with no gate at the start of its own, in waves or lanes"
        found.append(f"order: {head.order}, since {why}: a go ends the rep before it")
    if several and head.lines:
        found.append(f"line {', '.join(head.lines)}, since nobody knows whose a split is with several on the course")
    if each:
        return found
    known = (FINISH_LINE, START_LINE, *head.lines)
    others = dict.fromkeys(sensor.line for sensor in head.sensors.values() if sensor.line not in known)
    found.extend(f"line {name}, whose distance_m is not told" for name in others)
    return found


def _not_of_lanes(rep: TraceRep, lanes: int) -> list[str]:
    """What of a rep is not replayed on so many lanes; its go always is, and a relay's later leg has none."""
    if rep.follows:
        return []
    if lanes == 1:
        return [] if rep.lane in (None, 1) else [f"its lane {rep.lane}, since there are no lanes"]
    if rep.release_from_s is not None:
        start = "flying start" if rep.flying else "start by release"
        return [f"its {start}, which no lane shows (it counts as not finished)"]
    if has_lane(rep, lanes):
        return []
    lane = "that is none" if rep.lane is None else f"{rep.lane} of {lanes}"
    return [f"its lane {lane} (it has its go, and nobody can finish it)"]


def _lane_map(head: TraceHead, settings: Settings) -> LaneMap | None:
    """The trace's lanes, where it has several; what it does not say of them is the settings'."""
    if head.lanes is None or head.lanes == 1:
        return None
    width_m = settings.course.lane_width_m if head.lane_width_m is None else head.lane_width_m
    first_m = settings.course.first_lane_m if head.first_lane_m is None else head.first_lane_m
    return LaneMap(head.lanes, 1000.0 * width_m, 1000.0 * first_m)


def _configs(head: TraceHead, placement: Placement | None, usual: WatchConfig) -> dict[str, WatchConfig]:
    """How each of several sensors is judged: what its own line does not say is the head's.

    Gates time where there are any; at another line than the finish the runner may be at any moment, so it watches
    nothing.
    """
    placed = {name: placement or sensor.placement or usual.placement for name, sensor in head.sensors.items()}
    gates = Placement.GATE in placed.values()
    configs = {}
    for name, sensor in head.sensors.items():
        at_finish = placed[name] is not Placement.GATE or sensor.line == FINISH_LINE
        configs[name] = msgspec.structs.replace(
            usual,
            name=name if len(head.sensors) > 1 else "",
            placement=placed[name],
            line=sensor.line,
            offset_mm=sensor.offset_mm,
            times=placed[name] is Placement.GATE or (at_finish and not gates),
            watches=at_finish,
            fov_deg=sensor.fov_deg or usual.fov_deg,
            budget_ns=round(sensor.budget_ms * 1e6) if sensor.budget_ms else usual.budget_ns,
            background_mm=None if placed[name] is Placement.BELT else sensor.background_mm or usual.background_mm,
            least_body_kcps_m2=least_body_kcps_m2(sensor.model) if sensor.model else usual.least_body_kcps_m2,
        )
    return configs


def _config(head: TraceHead, placement: Placement, finish_range_m: float, settings: Settings) -> WatchConfig:
    return WatchConfig(
        placement=placement,
        # Only a thin beam tells lanes.
        fov_deg=head.fov_deg or (27.0 if head.lanes in (None, 1) else THIN_FOV_DEG),
        budget_ns=round(head.budget_ms * 1e6) if head.budget_ms else None,
        background_mm=head.background_mm if placement is not Placement.BELT else None,
        least_body_kcps_m2=least_body_kcps_m2(head.other.get("sensor", "")),
        torso_mm=head.torso_mm or settings.course.torso_mm,
        lane_reach_mm=settings.course.lane_reach_m * 1000.0,
        finish_range_mm=round(finish_range_m * 1000),
        braking=Braking(settings.watch.delay_s, settings.watch.braking_mps2),
    )


def _reporter(as_json: bool) -> Tell:
    made = contract_line if as_json else line_of

    def tell(event: SessionEvent, samples: int) -> None:
        if is_promised(event) and (line := made(event, 0, samples=samples)) is not None:
            print(line)

    return tell


def _shown(reader: TraceReader) -> Iterator[tuple[str, RangeSample]]:
    """The readings, each with its sensor's name, with a progress bar for a long file on a terminal."""
    if reader.path.stat().st_size < _LONG_FILE or not sys.stderr.isatty():
        yield from reader.rows_of_sensors()
        return
    with progress("replay", None) as step:
        for count, row in enumerate(reader.rows_of_sensors()):
            if count % 10_000 == 0:
                step(count)
            yield row
