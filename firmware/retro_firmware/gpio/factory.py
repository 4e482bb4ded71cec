"""Opens the library that drives the pins: lgpio, or the one that GPIOZERO_PIN_FACTORY names; loudly or not at all."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError, near_miss
from retro_timer.hardware.gpio_chips import GpioChip, gpio_chips, header_chip, told

CHOICE = "GPIOZERO_PIN_FACTORY"
DEFAULT = "lgpio"
_KNOWN = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
}
"""Those that sound tones: gpiozero's native pins know no PWM, and its tonal buzzer does not work over pigpio."""
_SHIM_CHIP = "RPI_LGPIO_CHIP"
"""By which rpi-lgpio is told the number of the header's chip; RPi.GPIO itself knows no chips."""


def open_factory(
    run_dir: Path,
    environ: MutableMapping[str, str] = os.environ,
    look: Callable[[], tuple[GpioChip, ...]] = gpio_chips,
) -> Any:
    """A gpiozero pin factory for the header's pins, whatever number the kernel gave their chip.

    lgpio, which rpi-lgpio stands on as well, writes its pipes into the directory LG_WD; without one set it gets
    `run_dir`.
    Raises BadInputError for a factory that is not known, BoardMissingError for one that is not installed, and
    RetroTimerError, with the command that mends it, for one that cannot have the pins.
    """
    name = environ.get(CHOICE, DEFAULT).lower()
    if name not in _KNOWN:
        raise BadInputError(
            CHOICE, f"no pin factory '{name}'{near_miss(name, _KNOWN)}", f"one of {', '.join(sorted(_KNOWN))}"
        )
    if "LG_WD" not in environ:
        run_dir.mkdir(parents=True, exist_ok=True)
        environ["LG_WD"] = os.fspath(run_dir.resolve())
    here = Path.cwd()
    try:
        return _opened(name, environ, look())
    finally:
        # lgpio's import moves the whole process into LG_WD, and with it every relative path that was asked for.
        os.chdir(here)


def _opened(name: str, environ: MutableMapping[str, str], chips: tuple[GpioChip, ...]) -> Any:
    module, factory = _KNOWN[name]
    header = header_chip(chips)
    try:
        if name != "lgpio":
            if header is not None:
                environ.setdefault(_SHIM_CHIP, str(header.number))
            return getattr(importlib.import_module(module), factory)()
        if not hasattr(importlib.import_module("lgpio"), "gpiochip_open"):
            raise _empty()
        # gpiozero asks for the board's revision only to guess the chip: without a guess a PC would pass for a Pi.
        importlib.import_module("gpiozero.pins.local").get_pi_revision()
        if header is None:
            raise _without_header(chips)
        return getattr(importlib.import_module(module), factory)(chip=header.number)
    except RetroTimerError:
        raise
    except ImportError as error:
        raise _missing(name, error) from None
    except Exception as error:  # noqa: BLE001 - each pin library has errors of its own, with no common ancestor
        raise _refused(name, error, chips) from None


def _without_header(chips: tuple[GpioChip, ...]) -> RetroTimerError:
    """No chip is the header's, or whoever asks may not see that it is."""
    closed = next((chip for chip in chips if chip.label is None), None)
    if closed is not None:
        return _forbidden(closed)
    return RetroTimerError(f"pins: no GPIO chip is that of a Pi's header; {told(chips)}; look for it with: gpiodetect")


def _forbidden(chip: GpioChip) -> RetroTimerError:
    return RetroTimerError(f"pins: {chip.path} may not be opened; run: sudo usermod -aG gpio $USER, then log in again")


def _empty() -> BoardMissingError:
    return BoardMissingError(
        "board 'pi'",
        "the lgpio that pip installed is an empty one",
        "Debian's: pip uninstall lgpio; sudo apt install python3-lgpio",
    )


def _missing(name: str, error: ImportError) -> BoardMissingError:
    if name == "lgpio":
        expected = "it from apt, in a venv made with --system-site-packages: sudo apt install python3-lgpio"
        return BoardMissingError("board 'pi'", "lgpio is missing", expected)
    return BoardMissingError(
        "board 'pi'",
        f"RPi.GPIO is missing ({error.name or error})",
        "the extra that brings it: pip install 'retro-timer[rpi-gpio]', or rpi-lgpio on a Pi 5",
    )


def _refused(name: str, error: Exception, chips: tuple[GpioChip, ...]) -> RetroTimerError:
    """The cause in one line, and the command that mends it."""
    cause = " ".join(str(error).split()) or type(error).__name__
    if type(error).__name__ == "PinUnknownPi" or "only be run on a Raspberry Pi" in cause:
        return RetroTimerError(
            f"pins: this machine is no Raspberry Pi ({cause}); try the box here with: retro-timer run --board twin"
        )
    if "peripheral base" in cause or "SOC" in cause:
        return RetroTimerError(
            f"pins: RPi.GPIO cannot drive this Pi ({cause}); replace it: pip uninstall RPi.GPIO; pip install rpi-lgpio"
        )
    closed = next((chip for chip in chips if chip.label is None), None)
    if closed is not None:
        return _forbidden(closed)
    return RetroTimerError(f"pins: {name} cannot have them ({cause}); see who holds them with: gpioinfo")
