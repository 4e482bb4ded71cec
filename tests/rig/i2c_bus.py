"""Answer the transfers on the virtual machine's /dev/i2c-1 from Python; runs in the guest, needs nothing of the rig.

The kernel module i2c-user (native/i2c_user.c) makes a real adapter, so that i2c-dev, smbus2 and i2cdetect see nothing
unusual, and hands each transfer to the process that holds /dev/i2c-user. From a shell:

    python3 i2c_bus.py package.module:factory

where `factory()` returns the function that answers.
"""

import errno
import importlib
import os
import socket
import struct
import sys
from collections.abc import Callable

Transfer = Callable[[int, bytes, int], bytes | None]
"""(address, bytes written, bytes wanted) → that many bytes, or None: nobody acknowledges."""

DEVICE = "/dev/i2c-user"
REQUEST = struct.Struct("=IHHHH")
REPLY = struct.Struct("=Ii")
LONGEST = 8192
"""What i2c-dev lets one message carry."""


def answer(request: bytes, transfer: Transfer) -> bytes:
    """Turn one request of the kernel into the reply to it."""
    number, address, write_len, read_len, _ = REQUEST.unpack_from(request)
    try:
        data = transfer(address, request[REQUEST.size : REQUEST.size + write_len], read_len)
    except OSError as error:
        return REPLY.pack(number, -(error.errno or errno.EIO))
    if data is None:
        return REPLY.pack(number, -errno.EREMOTEIO)
    if len(data) != read_len:
        raise ValueError(f"transfer at 0x{address:02x} gave {len(data)} bytes, {read_len} were wanted")
    return REPLY.pack(number, 0) + data


def serve(transfer: Transfer, device: str = DEVICE) -> None:
    """Answer transfers for ever. An OSError of `transfer` fails the transfer with its errno, as a bus fault does."""
    handle = os.open(device, os.O_RDWR | os.O_CLOEXEC)
    notify_ready()
    try:
        while True:
            try:
                request = os.read(handle, REQUEST.size + LONGEST)
            except BlockingIOError:  # the caller gave up before this process came to it
                continue
            reply = answer(request, transfer)
            try:
                os.write(handle, reply)
            except OSError as error:
                if error.errno != errno.ESTALE:  # too late: the caller has given up
                    raise
    finally:
        os.close(handle)


def notify_ready() -> None:
    """Tell systemd, where it started this process as Type=notify, that the bus is served."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", "\0" + address[1:] if address[0] == "@" else address)


def main() -> None:
    """Serve what `package.module:factory` makes."""
    module, _, factory = sys.argv[1].partition(":")
    serve(getattr(importlib.import_module(module), factory)())


if __name__ == "__main__":
    main()
