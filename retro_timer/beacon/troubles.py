"""What is to be mended, for whoever asks: status, doctor, systemd; the lamp shows that there is something."""

from __future__ import annotations

from retro_timer.beacon.output.lamp import LampKeeper


class Troubles:
    """By what they are of, in the order in which they came. Only the session's thread changes them; any may read."""

    def __init__(self, lamp: LampKeeper) -> None:
        self._lamp = lamp
        self._by_key: dict[str, str] = {}
        self.texts: tuple[str, ...] = ()
        """A line each."""

    def of(self, kind: str) -> tuple[str, ...]:
        """Those whose key begins so."""
        return tuple(text for key, text in self._by_key.copy().items() if key.startswith(kind))

    def note(self, key: str, text: str) -> bool:
        """A trouble, or with an empty text its end; whether it is a new one."""
        if self._by_key.get(key, "") == text:
            return False
        if text:
            self._by_key[key] = text
        else:
            del self._by_key[key]
        self.texts = tuple(self._by_key.values())
        self._lamp.trouble(bool(self.texts))
        return bool(text)
