"""JSON Schema of the exported document, from the very structs that describe it.

`python -m retro_timer.store.exchange.schema` writes it.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from retro_timer.settings.paths import packaged
from retro_timer.store.results.merging.items import ResultsFile

NAME = "results.schema.json"


def schema_text() -> str:
    """The schema as JSON text."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Exported results of Retro Timer",
    }
    schema |= msgspec.json.schema(ResultsFile)
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (packaged() / "schemas" / NAME).write_text(schema_text(), encoding="utf-8")
