"""JSON Schemas of settings and plans, from the very types that read them: `python -m retro_timer.settings.schemas`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.sensors.known import kinds
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.settings.paths import packaged
from retro_timer.training.plan import Plan

_KINDS: dict[str, tuple[type, str]] = {
    "settings": (Settings, "Settings of Retro Timer (config.toml)"),
    "plan": (Plan, "Training plan of Retro Timer"),
}


def schema_texts() -> dict[str, str]:
    """File name to JSON text, of every schema."""
    texts = {}
    for name, (kind, title) in _KINDS.items():
        schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
        schema |= msgspec.json.schema(kind)
        if kind is Settings:
            _name_models(schema["$defs"][SensorSettings.__name__]["properties"])
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
    return texts


def _name_models(properties: dict[str, Any]) -> None:
    """Say which sensor models there are, and before each key that is not everybody's whose it is."""
    known = kinds()
    properties["model"] |= {"enum": [kind.name for kind in known]}
    for key, field in properties.items():
        owners = ", ".join(kind.shown for kind in known if key in kind.keys)
        described = field["anyOf"][0] if "anyOf" in field else field
        if owners:
            described["description"] = f"{owners}: {described['description']}"


def write_schemas(directory: Path) -> None:
    """Write every schema into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in schema_texts().items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(packaged() / "schemas")
