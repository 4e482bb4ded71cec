"""Whether the lines that sensors watch are known, and two of one line make a gate."""

from __future__ import annotations

from retro_timer.errors import BadInputError, near_miss
from retro_timer.ports import FINISH_LINE, HALVES, START_LINE, Placement
from retro_timer.settings.model import Settings

LEAST_OFFSET_MM = 150
"""Two halves nearer than this one behind the other tell no speed: it is lost in what one reading's time is worth."""


def check_lines(settings: Settings, where: str) -> None:
    """Refuse lines that nobody knows, and halves that make no gate. Raises BadInputError."""
    if FINISH_LINE in settings.lines:
        raise BadInputError(f"{where}: lines.{FINISH_LINE}", "its distance is the plan's", "another name")
    known = [FINISH_LINE, START_LINE, *(name for name in settings.lines if name != START_LINE)]
    for index, sensor in enumerate(settings.sensors):
        key = f"{where}: sensors[{index}]"
        if sensor.placement is not Placement.GATE and (sensor.line != FINISH_LINE or sensor.offset_mm):
            what = "line" if sensor.line != FINISH_LINE else "offset_mm"
            raise BadInputError(f"{key}.{what}", f"given for the placement {sensor.placement}", "a gate's sensor")
        if sensor.line not in known:
            problem = f"'{sensor.line}' is no line{near_miss(sensor.line, known)}"
            raise BadInputError(f"{key}.line", problem, f"one of {', '.join(known)}, or a table [lines.{sensor.line}]")
    for line in known:
        _check_halves(settings, line, where)


def _check_halves(settings: Settings, line: str, where: str) -> None:
    halves = [
        (f"{where}: sensors[{index}]", sensor)
        for index, sensor in enumerate(settings.sensors)
        if sensor.times_as_gate and sensor.line == line
    ]
    if len(halves) > HALVES:
        raise BadInputError(f"{halves[HALVES][0]}.line", f"a third gate sensor times '{line}'", "two at the most")
    if len(halves) == HALVES:
        (_, first), (key, second) = halves
        apart_mm = abs(second.offset_mm - first.offset_mm)
        if 0 < apart_mm < LEAST_OFFSET_MM:
            raise BadInputError(
                f"{key}.offset_mm",
                f"{apart_mm} mm behind '{first.name}'",
                f"the same as of '{first.name}' for one above the other, or {LEAST_OFFSET_MM} mm and more from it,"
                " best -300 and 0",
            )
