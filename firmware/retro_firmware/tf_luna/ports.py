"""The serial port of a TF-Luna: how it is opened, why it does not open, and what mends torn frames on it."""

from __future__ import annotations

import errno
import os
import select

import serial

from retro_timer.errors import SensorFaultError
from retro_timer.header import FURTHER_PORTS, UART_PORTS

BAUD = 115_200
READ_MS = 20
"""Longest wait of one read of the port; longer than the lumps of 16 ms in which a USB adapter may hand over."""
_MOST_BYTES = 4096
"""What the kernel keeps of a terminal."""
_MINI_UART = "/dev/ttyS0"
_USB = "/dev/ttyUSB"


class SerialPort:
    """A serial port, held by this process alone; raises OSError where it cannot be opened.

    pyserial opens it and sets the line; what it does beside each read counts at 250 frames a second
    (benchmarks/cost/drivers.py).
    """

    def __init__(self, path: str) -> None:
        self._line = serial.Serial(path, BAUD, timeout=0, exclusive=True)
        self._number = self._line.fileno()
        self._ready = select.poll()
        self._ready.register(self._number, select.POLLIN)
        if os.path.realpath(path).startswith(_USB):
            self._hand_over_at_once()

    def read(self) -> bytes:
        """What has come; nothing where within 20 ms nothing came. Raises OSError."""
        if not self._ready.poll(READ_MS):
            return b""
        data = os.read(self._number, _MOST_BYTES)
        if not data:
            raise OSError(errno.EIO, "the port is gone")
        return data

    def write(self, data: bytes) -> int:
        """How many bytes were taken. Raises OSError."""
        return os.write(self._number, data)

    def close(self) -> None:
        """What nobody has read is lost."""
        self._line.close()

    def _hand_over_at_once(self) -> None:
        """FTDI's adapters collect bytes for 16 ms, four frames at 250 Hz; asked for low latency they wait 1 ms."""
        try:
            self._line.set_low_latency_mode(True)
        except (OSError, ValueError):
            # Adapters of other makers have no such timer, and say so.
            return


def mend_of(path: str) -> str:
    """What mends torn frames on a port, for whoever reads it aloud to a coach."""
    if os.path.realpath(path) == _MINI_UART:
        return (
            "this is the mini UART, whose 8 bytes do not hold a frame: put dtoverlay=disable-bt into "
            "/boot/firmware/config.txt (retro-timer wiring --boot), then reboot"
        )
    return "shorten its cable, and keep it away from the speaker's"


def _mend_of_missing(path: str) -> str:
    if path in UART_PORTS:
        return "run `sudo raspi-config nonint do_serial_hw 0`, then reboot"
    if path.startswith(FURTHER_PORTS):
        return (
            "only a Pi 4 and a Pi 5 have a further pair: put its dtoverlay into /boot/firmware/config.txt "
            "(retro-timer wiring --boot), reboot, and see what it is called by `ls /dev/ttyAMA*`; "
            "on another Pi take a USB adapter"
        )
    return "plug its USB adapter in, and see what it is called by `ls /dev/ttyUSB* /dev/ttyACM*`"


def cannot_open(path: str, error: OSError) -> SensorFaultError:
    """Why the serial port does not open."""
    if error.errno == errno.ENOENT:
        return SensorFaultError("no-port", f"{path} does not exist; {_mend_of_missing(path)}")
    if error.errno == errno.EACCES:
        return SensorFaultError(
            "no-permission", f"{path} may not be opened; run `sudo usermod -aG dialout $USER`, then log in again"
        )
    if error.errno in (errno.EBUSY, errno.EAGAIN):
        return SensorFaultError("busy", f"{path} is held by another process; run `sudo fuser {path}` to see which")
    return SensorFaultError("no-answer", f"{path} does not open ({error})")
