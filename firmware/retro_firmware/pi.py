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
        request = paths.run_dir() / "poweroff"
        try:
            request.touch()
        except OSError as error:
            raise RetroTimerError(f"{request}: not written ({error.strerror}); run: sudo systemctl poweroff") from None
        # systemd removes the directory once this process has ended: whoever obeys must have seen the file before.
        for _ in range(round(_OBEYED_S / _LOOK_S)):
            if not request.exists():
                return
            self._sleep(_LOOK_S)
        # A request that is left lying would switch the box off at some later time.
        request.unlink(missing_ok=True)
        raise RetroTimerError(
            f"{request}: nobody switches the box off; run: sudo systemctl enable --now retro-timer-poweroff.path"
        )
