"""The lamp shows the most urgent of what the session, the alarm and the sensors' health want."""

from __future__ import annotations

from retro_timer.detection.events import Level
from retro_timer.ports import Lamp, LampState

_LEVELS = {
    Level.CLEAR: LampState.OFF,
    Level.CAUTION: LampState.CAUTION,
    Level.WARNING: LampState.DANGER,
    Level.DANGER: LampState.DANGER,
}
_RANKS = {state: rank for rank, state in enumerate(LampState)}


class LampKeeper:
    """Called from several threads; each sets its own part, and the last write shows the whole."""

    def __init__(self, lamp: Lamp) -> None:
        self._lamp = lamp
        self._base = LampState.OFF
        self._alarm = LampState.OFF
        self._blind = LampState.OFF
        self._trouble = LampState.OFF
        self._shown = LampState.OFF
        lamp.show(LampState.OFF)

    def base(self, state: LampState) -> None:
        """What the session shows."""
        self._base = state
        self._show()

    def alarm(self, level: Level) -> None:
        """The obstacle level."""
        self._alarm = _LEVELS[level]
        self._show()

    def blind(self, blind: bool) -> None:
        """Whether the watch sees."""
        self._blind = LampState.BLIND if blind else LampState.OFF
        self._show()

    def trouble(self, trouble: bool) -> None:
        """Whether something is to be mended."""
        self._trouble = LampState.TROUBLE if trouble else LampState.OFF
        self._show()

    def _show(self) -> None:
        state = max(self._base, self._alarm, self._blind, self._trouble, key=lambda s: _RANKS[s])
        # An obstacle outranks blindness, as it does at the buzzer.
        if self._alarm is LampState.DANGER:
            state = LampState.DANGER
        if state is not self._shown:
            self._shown = state
            self._lamp.show(state)
