"""Values for every phrase: all of those that can be listed, and a few of each number."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.phrases import Catalogue, catalogue_file
from retro_timer.settings import paths
from retro_timer.settings.loading import read_plan
from retro_timer.training.button_table import TABLE, Action, Row
from retro_timer.training.gaits import Gait

_PLANS = [read_plan(path) for path in sorted((paths.packaged() / "plans").glob("*.toml"))]
_WORDS = list(catalogue_file("en").words)
_FILES = [word for word in _WORDS if word.endswith("_file")]
_DISK = [word for word in _WORDS if word.startswith("disk-")]
_GAITS = [str(gait) for gait in Gait]
_REASONS = [word for word in _WORDS if word not in (*_FILES, *_DISK, *_GAITS)]
_FEW = ("3", "1", "2", "0", "12", "21")
_TIMES = ("17.84", "4.05", "21.40", "1.00", "100.10")
_VALUES: dict[str, list[str]] = {
    "title": [plan.title for plan in _PLANS],
    "note": [plan.safety for plan in _PLANS],
    "cue": list(dict.fromkeys(cue for plan in _PLANS for cue in plan.cues)),
    "gait": _GAITS,
    "reason": _REASONS,
    "distance": ["20", "1", "12.5", "100"],
    "minutes": ["10", "1", "1.5", "21"],
    "seconds": ["85", "1", "21", "30"],
    "speed": ["2.2", "1.0", "0.8"],
    "incline": ["8", "1", "2.5"],
    "percent": ["80", "1", "100"],
    "time": list(_TIMES),
    "best": list(_TIMES),
    "name": ["Anna"],
    "then": ["Ben"],
    "names": ["Anna or Ben"],
    "sensor": ["Alpha"],
    "line": ["ten"],
    "detail": ["config.toml, cut short"],
    "set": ["1", "2"],
    "sets": ["2", "1"],
    "rep": ["3", "1"],
    "reps": ["5", "1", "2", "21", "99"],
    "most": ["60"],
    "lane": ["2", "1", "4"],
    "usual": ["3"],
    "lanes": ["4"],
    "tenths": ["2", "1", "9"],
    "pin": ["4 7 1 1 0 8"],
}
_OF_PHRASE = {
    ("results_not_kept", "reason"): _DISK,
    ("speech_trouble", "reason"): ["no sound from device 'auto'"],
    ("undone", "what"): ["void", "give", "swap", "nobody", "out", "absent"],
    ("count", "number"): [str(number) for number in range(10, 3, -1)],
}
_PRESSES = dict(zip(("press", "double", "hold", "long_hold", "five"), TABLE[Row.IDLE].values(), strict=True))


def examples(catalogue: Catalogue, key: str) -> Iterator[dict[str, str]]:
    """Values of a phrase: first a usual set, then every other one of each value beside the usual ones."""
    names = sorted(catalogue.values_of(key))
    lists = {name: _listed(catalogue, key, name) for name in names}
    usual = {name: values[0] for name, values in lists.items()}
    yield usual
    for name in names:
        for value in lists[name][1:]:
            yield usual | {name: value}


def _listed(catalogue: Catalogue, key: str, name: str) -> list[str]:
    if name in _PRESSES:
        return [catalogue.render(action, {}) for action in (_PRESSES[name], *Action)]
    if name == "what" and key.startswith("file_"):
        return _FILES
    return _OF_PHRASE.get((key, name)) or _VALUES.get(name, list(_FEW))
