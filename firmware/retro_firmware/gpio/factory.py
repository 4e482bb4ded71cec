"""Opens the library that drives the pins: lgpio, or the one that GPIOZERO_PIN_FACTORY names; loudly or not at all."""

from __future__ import annotations

import importlib
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError, near_miss

CHOICE = "GPIOZERO_PIN_FACTORY"
DEFAULT = "lgpio"
_KNOWN = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
}
"""Those that sound tones: gpiozero's native pins know no PWM, and its tonal buzzer does not work over pigpio."""
_CHIP = Path("/dev/gpiochip0")


def open_factory(run_dir: Path, environ: MutableMapping[str, str] = os.environ) -> Any:
    """A gpiozero pin factory for real pins.

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
        return _opened(name)
    finally:
        # lgpio's import moves the whole process into LG_WD, and with it every relative path that was asked for.
        os.chdir(here)


def _opened(name: str) -> Any:
    module, factory = _KNOWN[name]
    try:
        if name == "lgpio" and not hasattr(importlib.import_module("lgpio"), "gpiochip_open"):
            raise _empty()
        return getattr(importlib.import_module(module), factory)()
    except BoardMissingError:
        raise
    except ImportError as error:
        raise _missing(name, error) from None
    except Exception as error:  # noqa: BLE001 - each pin library has errors of its own, with no common ancestor
        raise _refused(name, error) from None


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


def _refused(name: str, error: Exception) -> RetroTimerError:
    """The cause in one line, and the command that mends it."""
    told = " ".join(str(error).split()) or type(error).__name__
    if type(error).__name__ == "PinUnknownPi" or "only be run on a Raspberry Pi" in told:
        return RetroTimerError(
            f"pins: this machine is no Raspberry Pi ({told}); try the box here with: retro-timer run --board twin"
        )
    if "peripheral base" in told or "SOC" in told:
        return RetroTimerError(
            f"pins: RPi.GPIO cannot drive this Pi ({told}); replace it: pip uninstall RPi.GPIO; pip install rpi-lgpio"
        )
    if _CHIP.exists() and not os.access(_CHIP, os.R_OK | os.W_OK):
        return RetroTimerError(f"pins: {_CHIP} may not be opened; run: sudo usermod -aG gpio $USER, then log in again")
    if name == "lgpio" and not _CHIP.exists():
        return RetroTimerError(f"pins: {_CHIP} does not exist ({told}); see which there are: ls -l /dev/gpiochip*")
    return RetroTimerError(f"pins: {name} cannot have them ({told}); see who holds them with: gpioinfo")
