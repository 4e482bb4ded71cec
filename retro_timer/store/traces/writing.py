"""Writes readings as a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from retro_timer.detection.lane_map import LaneMap
from retro_timer.ports import Placement, RangeSample, SensorSpec
from retro_timer.store.traces.reading import HEADER, SENSOR_COLUMN
from retro_timer.training.gaits import Gait


class TraceWriter:
    """Writes readings in the format of TraceReader. Not thread-safe; whoever reads the sensors hands samples to one
    writer, in order of time.
    """

    def __init__(self, file: TextIO, metadata: dict[str, str], *, several: bool = False) -> None:
        """`several`: a row tells whose reading it is."""
        self._file = file
        self._several = several
        for key, value in metadata.items():
            file.write(f"# {key}: {value}\n")
        file.write((HEADER + SENSOR_COLUMN if several else HEADER) + "\n")

    def write(self, sample: RangeSample, origin_ns: int = 0, sensor: str = "") -> None:
        """One reading; its time is written from `origin_ns`."""
        self._file.write(format_row(sample, origin_ns, sensor if self._several else ""))


def describe(specs: Sequence[SensorSpec], lanes: LaneMap | None = None) -> dict[str, str]:
    """What the head tells of the only sensor, or of several, a line each, and of the lanes before one of them."""
    return {**_sensors(specs), **_lanes(lanes)}


def _lanes(lanes: LaneMap | None) -> dict[str, str]:
    if lanes is None:
        return {}
    return {
        "lanes": str(lanes.count),
        "lane_width_m": f"{lanes.width_mm / 1000:g}",
        "first_lane_m": f"{lanes.first_mm / 1000:g}",
    }


def _sensors(specs: Sequence[SensorSpec]) -> dict[str, str]:
    if len(specs) > 1:
        return {
            f"sensor {spec.name}": format_sensor(
                spec.model, spec.placement, spec.line, spec.offset_mm, spec.fov_deg, spec.budget_ns
            )
            for spec in specs
        }
    (spec,) = specs
    return {
        "sensor": spec.model,
        "placement": str(spec.placement),
        "budget_ms": f"{spec.budget_ns / 1e6:g}",
        "fov_deg": f"{spec.fov_deg:g}",
    }


def format_sensor(
    model: str, placement: Placement, line: str, offset_mm: float, fov_deg: float, budget_ns: int | None
) -> str:
    """One sensor as the value of a `sensor NAME` line."""
    budget = "" if budget_ns is None else f" budget_ms={budget_ns / 1e6:g}"
    return (
        f"model={model.partition(' ')[0]} placement={placement} line={line} offset_mm={offset_mm:g} "
        f"fov_deg={fov_deg:g}{budget}"
    )


def format_row(sample: RangeSample, origin_ns: int, sensor: str = "") -> str:
    """A reading as a line of the trace; `sensor` where it tells whose it is."""
    cells = (sample.range_mm, sample.status, sample.signal_kcps, sample.ambient_kcps)
    texts = ["" if c is None else (f"{c:.1f}" if isinstance(c, float) else str(c)) for c in cells]
    return f"{(sample.t_ns - origin_ns) / 1e9:.6f},{','.join(texts)}{sensor and ','}{sensor}\n"


def format_rep(
    go_s: float | None,
    distance_m: float,
    gait: Gait,
    *,
    crossings_s: float | None = None,
    leg: int | None = None,
    lane: int | None = None,
    athlete: str = "",
) -> str:
    """A go as the value of a `rep` line; without one a relay's leg, which begins when the one before it ends."""
    begins = "" if go_s is None else f"go_s={go_s:.6f} "
    optional = {"crossings_s": crossings_s, "leg": leg, "lane": lane}
    more = "".join(f" {key}={value:g}" for key, value in optional.items() if value is not None)
    # Only a name may have blanks: it comes last.
    return f"{begins}distance_m={distance_m:g} gait={gait}{more}{f' athlete={athlete}' if athlete else ''}"
