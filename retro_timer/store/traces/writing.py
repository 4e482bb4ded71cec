"""Writes readings as a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from retro_timer.ports import RangeSample, SensorSpec
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
        row = format_row(sample, origin_ns)
        self._file.write(f"{row[:-1]},{sensor}\n" if self._several else row)


def describe(spec: SensorSpec) -> dict[str, str]:
    """What the head tells of the only sensor."""
    return {
        "sensor": spec.model,
        "placement": str(spec.placement),
        "budget_ms": f"{spec.budget_ns / 1e6:g}",
        "fov_deg": f"{spec.fov_deg:g}",
    }


def describe_several(specs: Sequence[SensorSpec]) -> dict[str, str]:
    """What the head tells of several sensors, a line each."""
    return {
        f"sensor {spec.name}": f"model={spec.model.partition(' ')[0]} placement={spec.placement} line={spec.line} "
        f"offset_mm={spec.offset_mm} fov_deg={spec.fov_deg:g} budget_ms={spec.budget_ns / 1e6:g}"
        for spec in specs
    }


def format_row(sample: RangeSample, origin_ns: int) -> str:
    """A reading as a line of the trace."""
    cells = (sample.range_mm, sample.status, sample.signal_kcps, sample.ambient_kcps)
    texts = ["" if c is None else (f"{c:.1f}" if isinstance(c, float) else str(c)) for c in cells]
    return f"{(sample.t_ns - origin_ns) / 1e9:.6f},{','.join(texts)}\n"


def format_rep(go_s: float, distance_m: float, gait: Gait) -> str:
    """A go as the value of a `rep` line."""
    return f"go_s={go_s:.6f} distance_m={distance_m:g} gait={gait}"
