"""The board `pi`: the box itself."""

from __future__ import annotations

import time

from retro_firmware.gpio.factory import open_factory
from retro_firmware.gpio_board import GpioBoard
from retro_timer.beacon.boards import BoardRequest
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Board
from retro_timer.settings import paths
from retro_timer.settings.pins import pin_plan

_OBEYED_S = 10.0
_LOOK_S = 0.05


def open_pi(request: BoardRequest) -> Board:
    """Entry point `pi`. Raises BadInputError for pins that clash, BoardMissingError for a pin library that is not
    installed, RetroTimerError for pins that cannot be had. Sensors that do not answer tell so when they are started.
    """
    pin_plan(request.settings)
    return PiBoard("pi", request, open_factory(paths.run_dir()))


class PiBoard(GpioBoard):
    """The box."""

    _sleep = staticmethod(time.sleep)

    def power_off(self) -> None:
        """Ask by a file that the box be switched off: this process may not, but retro-timer-poweroff.path sees the file
        and root's own service takes it away and obeys. Raises RetroTimerError when nobody does.
        """
        # systemd removes the directory once this process has ended: whoever obeys must have seen the file before.
        self._ask("poweroff", "", "nobody switches the box off", "sudo systemctl poweroff")

    def set_clock(self, unix_s: int) -> None:
        """Ask in the same way, by the seconds since 1970 in a file, that the clock be set, and see whether it was."""
        by_hand = "sudo timedatectl set-time"
        self._ask("clock", f"{unix_s}\n", "nobody sets the clock", by_hand)
        if abs(time.time() - unix_s) > _OBEYED_S + _LOOK_S:
            raise RetroTimerError(f"the clock was not set (journalctl --unit=retro-timer-clock); run: {by_hand}")

    def _ask(self, name: str, text: str, otherwise: str, by_hand: str) -> None:
        request = paths.run_dir() / name
        try:
            # Never seen half written.
            half = request.with_name(f"{name}.new")
            half.write_text(text, encoding="ascii")
            half.replace(request)
        except OSError as error:
            raise RetroTimerError(f"{request}: not written ({error.strerror}); run: {by_hand}") from None
        for _ in range(round(_OBEYED_S / _LOOK_S)):
            if not request.exists():
                return
            self._sleep(_LOOK_S)
        # A request that is left lying would be obeyed at some later time.
        request.unlink(missing_ok=True)
        raise RetroTimerError(f"{request}: {otherwise}; run: sudo systemctl enable --now retro-timer-{name}.path")
