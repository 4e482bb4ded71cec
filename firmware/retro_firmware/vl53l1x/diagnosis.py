"""Says in one line why a sensor does not start and which command mends it."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable

from retro_firmware.vl53l1x.safe_bus import Wire
from retro_timer.errors import SensorFaultError

_FIRST, _LAST = 0x08, 0x77
_SCAN_NS = 300_000_000


def cannot_open(bus_number: int, error: OSError) -> SensorFaultError:
    """Why /dev/i2c-N does not open."""
    path = f"/dev/i2c-{bus_number}"
    if isinstance(error, FileNotFoundError):
        return SensorFaultError(
            "i2c-off", f"{path} does not exist: I2C is off; run `sudo raspi-config nonint do_i2c 0`, then reboot"
        )
    if isinstance(error, PermissionError):
        return SensorFaultError(
            "no-permission", f"{path} may not be opened; run `sudo usermod -aG i2c $USER`, then log in again"
        )
    name = errno.errorcode.get(error.errno or 0, str(error.errno))
    return SensorFaultError("no-answer", f"{path} does not open ({name}); look at `dmesg | grep i2c`")


def explain(
    fault: SensorFaultError,
    sensor: str,
    address: int,
    bus_number: int,
    wire: Wire | None,
    clock: Callable[[], int] = time.monotonic_ns,
) -> SensorFaultError:
    """The fault of a start, with its likely cause and the command that mends it. Looks at the bus if it is open."""
    look = f"`i2cdetect -y {bus_number}`"
    where = f"0x{address:02x} on /dev/i2c-{bus_number}"
    if fault.reason == "no-answer" and wire is not None:
        others = [f"0x{other:02x}" for other in answering(wire, clock) if other != address]
        if others:
            hint = "a sensor keeps a changed address until its power goes: cut it for a second, or correct `address`"
            return _named(
                "wrong-address", sensor, f"nothing answers at {where}, but at {', '.join(others)}; {hint}; see {look}"
            )
        hint = f"check VIN, GND, SDA and SCL against `retro-timer wiring`, then run {look}"
        return _named("no-answer", sensor, f"nothing answers at {where}: {hint}")
    if fault.reason == "bus-stuck":
        hint = f"check SDA and SCL for a short and the sensor's supply, then run {look}"
        return _named(fault.reason, sensor, f"SDA or SCL of /dev/i2c-{bus_number} is held low: {hint}")
    if fault.reason == "wrong-chip":
        hint = f"a VL53L0X looks the same; see {look} and the print on the board"
        return _named(fault.reason, sensor, f"{fault.detail}; {hint}")
    if fault.reason in ("i2c-off", "no-permission", "no-answer"):
        return _named(fault.reason, sensor, fault.detail)
    return _named(fault.reason, sensor, f"{fault.detail}; see `retro-timer doctor`")


def answering(wire: Wire, clock: Callable[[], int] = time.monotonic_ns) -> list[int]:
    """The addresses at which something answers; reads only, so other chips' registers stay as they are."""
    found = []
    limit_ns = clock() + _SCAN_NS
    for address in range(_FIRST, _LAST + 1):
        if clock() >= limit_ns:
            break
        with contextlib.suppress(OSError):
            wire.read_byte(address)
            found.append(address)
    return found


def _named(reason: str, sensor: str, detail: str) -> SensorFaultError:
    return SensorFaultError(reason, f"{sensor}: {detail}")
