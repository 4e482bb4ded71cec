"""Raw sensor readings from first principles, with the truth beside them, for the accuracy benchmark.

Written apart from the detector and from the project's simulator: nothing here imports either. A scene is a 2-D
horizontal cross-section at the height of the sensor; see `rays` for the light, `people` for the bodies, `sensor` for
what becomes of the photons. Everything follows from a seed.
"""

from benchmarks.physics.approaches import ApproachOptions, approach
from benchmarks.physics.cases import ApproachCase, Decoy, GateCase, Rep, TruthPoint, WarningCase
from benchmarks.physics.gate import GateOptions, gate_passage
from benchmarks.physics.hard_cases import HARD_CASES, hard_case
from benchmarks.physics.sensor import Light
from benchmarks.physics.watch_scenes import NOBODY, SCENES, WarningOptions, warning_scene

__all__ = [
    "HARD_CASES",
    "NOBODY",
    "SCENES",
    "ApproachCase",
    "ApproachOptions",
    "Decoy",
    "GateCase",
    "GateOptions",
    "Light",
    "Rep",
    "TruthPoint",
    "WarningCase",
    "WarningOptions",
    "approach",
    "gate_passage",
    "hard_case",
    "warning_scene",
]
