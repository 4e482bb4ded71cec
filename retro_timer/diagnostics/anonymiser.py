"""Takes athletes' names out of what leaves the box: each becomes "Athlete 1", "Athlete 2" and so on, everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from retro_timer.training.roster import SOLO


class Anonymiser:
    """Knows the names so far; the longest goes first, so that "Ann Lee" does not become "Athlete 1 Lee"."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None
        self._home = _home()

    @property
    def count(self) -> int:
        """How many names are known."""
        return len(set(self._numbers.values()))

    def learn(self, names: Iterable[Any]) -> None:
        """These are athletes' names; passed over is what names nobody: no text, a number on a bib, the solo runner."""
        for name in names:
            if isinstance(name, str) and any(map(str.isalpha, name)) and name not in SOLO:
                self._numbers.setdefault(name.casefold(), self.count + 1)
        self._compile()

    def learn_said(self, said: Iterable[tuple[str, str]]) -> None:
        """Names, and how the voice says them: that is the same person."""
        for name, say in said:
            if any(map(str.isalpha, say)):
                number = self._numbers.get(name.casefold(), self.count + 1)
                self._numbers.setdefault(say.casefold(), number)
        self._compile()

    def _compile(self) -> None:
        words = "|".join(re.escape(name) for name in sorted(self._numbers, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def text(self, text: str) -> str:
        """A text without names; the home directory, which names the user, is `~`."""
        if self._home:
            text = text.replace(self._home, "~")
        return text if self._pattern is None else self._pattern.sub(self._stand_in, text)

    def value(self, value: Any) -> Any:
        """Lists and tables with every text in them changed; keys and numbers stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        return value

    def _stand_in(self, found: re.Match[str]) -> str:
        number = self._numbers.get(found[0].casefold())
        return "Athlete" if number is None else f"Athlete {number}"


def _home() -> str:
    """The home directory; empty where there is none, and on `/`, which is no person's."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return ""
    return home if len(home) > 1 else ""
