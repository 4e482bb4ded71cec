"""Changes of what is kept, asked for over the socket: made by the journal's writer, the only one that writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import Post
from retro_timer.errors import BadInputError
from retro_timer.store.results.edits import edit_of
from retro_timer.store.results.writer import Edited
from retro_timer.training.session import inputs

_ORIGINS = ("ctl", "edit", "page")


class LedgerRequests:
    """Answers from the journal's thread, when the change is on disk."""

    def __init__(self, core: Core, post: Post) -> None:
        self._journal = core.journal
        self._post = post

    def edit(self, message: dict[str, Any], answer: Callable[[dict[str, Any]], None]) -> None:
        """{"edit": {...}, "origin": "edit"}. Raises BadInputError for one that is not understood."""
        origin = message.get("origin", "ctl")
        if not isinstance(origin, str) or origin.split(" ")[0] not in _ORIGINS:
            raise BadInputError("origin", f"'{origin}' is none", f"one of {', '.join(_ORIGINS)}")

        def edited(result: Edited) -> None:
            if result.done is None:
                answer({"ok": False, "error": result.trouble})
                return
            if result.of_present:
                self._post(inputs.Amended(result.done.kind, result.done.revision, result.of_present))
            answer({"ok": True, "done": msgspec.to_builtins(result.done)})

        self._journal.edit(edit_of(message["edit"]), origin, edited)
