"""Whatever stands in a file of settings, a plan or a scenario: a value, or one line of complaint."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.settings import paths
from retro_timer.settings.loading import (
    check_settings,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.tables import convert, parse_toml
from retro_timer.sim.scenario import Fault, Intruder, Light, Scenario
from retro_timer.training.plan import Plan, steps
from retro_timer.training.plan_check import check_plan
from tests.helpers.complaints import value_or_complaint

CONFIG = paths.packaged() / "config.toml"

PLANS = sorted((paths.packaged() / "plans").glob("*.toml"))


def _keys_of(kind: Any) -> set[str]:
    found: set[str] = set()
    for definition in msgspec.json.schema(kind)["$defs"].values():
        found |= set(definition.get("properties", {}))
    return found


ALL_KEYS = sorted(_keys_of(Settings) | _keys_of(Plan) | _keys_of(Scenario))

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["walk", "gate", "short", "countdown", "vl53l1x", "sim"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ALL_KEYS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def check_laid_out(value: Plan) -> None:
    check_plan(value, "file")
    steps(value)


KINDS: dict[str, tuple[type, Callable[[Any], None]]] = {
    "settings": (Settings, lambda value: check_settings(value, "file")),
    "plan": (Plan, check_laid_out),
    "scenario": (Scenario, lambda _value: None),
}


@pytest.mark.parametrize("name", list(KINDS))
@given(table=st.dictionaries(st.sampled_from(ALL_KEYS) | st.text(max_size=8), VALUES, max_size=6))
def test_any_table_is_a_value_or_one_line_of_complaint(name: str, table: dict[str, Any]) -> None:
    kind, check = KINDS[name]
    value, complaint = value_or_complaint(lambda: convert(table, kind, "file"))
    if value is None:
        assert complaint.startswith("file")
    else:
        value_or_complaint(lambda: check(value))


SOUND: dict[str, Any] = {
    "settings": msgspec.to_builtins(Settings(), builtin_types=(), str_keys=True),
    "plan": tomllib.loads((paths.packaged() / "plans" / "treadmill.toml").read_text(encoding="utf-8")),
    "scenario": msgspec.to_builtins(Scenario(light=(Light(),), intruders=(Intruder(),), faults=(Fault(),))),
}


def without_nothing(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: without_nothing(inner) for key, inner in value.items() if inner is not None}
    return [without_nothing(inner) for inner in value] if isinstance(value, list | tuple) else value


Place = tuple[Any, ...]


def paths_in(value: Any, path: Place = ()) -> list[Place]:
    """Every place in a table."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in paths_in(one, (*path, key)))]


def replaced(value: Any, path: Place, new: Any) -> Any:
    """The table with another value at a place."""
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize("name", list(KINDS))
@given(data=st.data())
def test_a_sound_table_with_anything_in_one_place_is_a_value_or_one_line_of_complaint(
    name: str, data: st.DataObject
) -> None:
    kind, check = KINDS[name]
    sound = without_nothing(SOUND[name])
    value_or_complaint(lambda: check(convert(sound, kind, "file")))
    path = data.draw(st.sampled_from(paths_in(sound)[1:]))
    table = replaced(sound, path, data.draw(VALUES))
    value, complaint = value_or_complaint(lambda: convert(table, kind, "file"))
    if value is not None:
        value_or_complaint(lambda: check(value))
    else:
        assert str(next(part for part in path if isinstance(part, str))) in complaint


@pytest.mark.parametrize("name", list(KINDS))
@given(text=st.text(max_size=200))
def test_any_text_is_a_value_or_one_line_of_complaint(name: str, text: str) -> None:
    kind, _ = KINDS[name]
    value, complaint = value_or_complaint(lambda: parse_toml(text, kind, "file", "TOML"))
    assert value is not None or complaint.startswith("file")


@pytest.mark.parametrize("path", [CONFIG, PLANS[0], PLANS[-1]], ids=lambda path: path.stem)
@given(place=st.floats(0.0, 1.0), gone=st.integers(0, 30), put=st.text(max_size=6) | st.sampled_from('[]="\n.{}#,-'))
def test_a_file_with_a_slip_of_the_pen_is_a_value_or_one_line_of_complaint(
    path: Path, place: float, gone: int, put: str
) -> None:
    text = path.read_text(encoding="utf-8")
    at = round(place * len(text))
    slipped = text[:at] + put + text[at + gone :]
    kind = Settings if path is CONFIG else Plan
    value, complaint = value_or_complaint(lambda: parse_toml(slipped, kind, str(path), "TOML"))
    if value is None:
        assert complaint.startswith(str(path))
