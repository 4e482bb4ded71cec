"""Write docs/socket.md and docs/socket.schema.json."""

from __future__ import annotations

from docs.socket_page.examples import examples
from docs.socket_page.page import PAGE, SCHEMA, page, schema

PAGE.write_text(page(examples()), encoding="utf-8")
SCHEMA.write_text(schema(), encoding="utf-8")
