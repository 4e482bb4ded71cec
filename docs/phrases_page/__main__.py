"""Write docs/phrases.md."""

from __future__ import annotations

from docs.phrases_page.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
