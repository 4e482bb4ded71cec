"""Editors complete and check settings and plans by schemas that are made from the very types."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from retro_timer.settings import paths
from retro_timer.settings.schemas import schema_texts, write_schemas

CONFIG = paths.packaged() / "config.toml"

PLANS = sorted((paths.packaged() / "plans").glob("*.toml"))


@pytest.mark.parametrize("name", ["settings.schema.json", "plan.schema.json"])
def test_the_committed_schemas_are_current(name: str) -> None:
    committed = (paths.packaged() / "schemas" / name).read_text(encoding="utf-8")
    assert committed == schema_texts()[name], "run: python -m retro_timer.settings.schemas"


def test_the_schemas_are_written_as_they_are_compared(tmp_path: Path) -> None:
    write_schemas(tmp_path / "new")
    assert {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "new").iterdir()} == schema_texts()


@pytest.mark.parametrize("path", [CONFIG, *PLANS], ids=lambda path: path.stem)
def test_an_editor_that_uses_the_schema_finds_no_fault_in_what_ships(path: Path) -> None:
    schema = json.loads(schema_texts()["settings.schema.json" if path is CONFIG else "plan.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), schema)


def test_an_editor_that_uses_the_schema_finds_a_misspelt_key_and_a_wrong_gait() -> None:
    schema = json.loads(schema_texts()["plan.schema.json"])
    good = tomllib.loads(PLANS[0].read_text(encoding="utf-8"))
    for wrong in ({**good, "gate": "walk"}, {**good, "gait": "sprint"}, {**good, "blocks": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_every_setting_and_every_key_of_a_plan_is_described_for_the_editor() -> None:
    for text in schema_texts().values():
        for kind, definition in json.loads(text)["$defs"].items():
            for key, field in definition.get("properties", {}).items():
                described = "description" in field or "$ref" in field or key == "sensors"
                described = described or any("description" in one or "$ref" in one for one in field.get("anyOf", ()))
                assert described or key == "name", f"{kind}.{key}"
