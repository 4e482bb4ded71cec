"""Cases as trace files, to be fed to `retro-timer replay`."""

from __future__ import annotations

from typing import TextIO

from benchmarks.physics.cases import ApproachCase, GateCase, WarningCase
from retro_timer.store.traces import TraceWriter, format_rep

Case = GateCase | ApproachCase | WarningCase


def write_trace(case: Case, file: TextIO, *, tell_background: bool = False) -> None:
    """Write the readings with the case's reps; the truth stands in keys that replay ignores (`truth_...`).

    `tell_background` adds `background_mm`; without it replay must learn the background.
    """
    for rep in case.reps:
        file.write(f"# rep: {format_rep(rep.go_ns / 1e9, rep.distance_m, rep.gait)}\n")
        if rep.back_ns is not None:
            file.write(f"# truth_back_s: {rep.back_ns / 1e9:.6f}\n")
    spec = case.spec
    head = {
        "placement": str(spec.placement),
        "budget_ms": f"{spec.budget_ns / 1e6:.3f}",
        "fov_deg": f"{spec.fov_deg:g}",
    }
    if tell_background and isinstance(case, GateCase) and case.background_mm is not None:
        head["background_mm"] = str(case.background_mm)
    writer = TraceWriter(file, head | case.metadata())
    for sample in case.samples:
        writer.write(sample)
