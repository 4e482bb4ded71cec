"""An empty USB stick as a shop sells it: one file system, FAT16, over the whole of it."""

from __future__ import annotations

import struct

SECTOR = 512
SECTORS = 32_768
"""16 MB."""
_PER_CLUSTER, _FATS, _FAT_SECTORS, _ROOT_ENTRIES = 4, 2, 32, 512
_MEDIA = 0xF8


def fat_image() -> bytes:
    """The stick's content, byte for byte as FAT's documentation has it."""
    boot = struct.pack(
        "<3s8sHBHBHHBHHHIIBBBI11s8s",
        b"\xeb\x3c\x90", b"RIG     ", SECTOR, _PER_CLUSTER, 1, _FATS, _ROOT_ENTRIES, SECTORS, _MEDIA, _FAT_SECTORS,
        32, 64, 0, 0, 0x80, 0, 0x29, 0x12345678, b"STICK      ", b"FAT16   ",
    )  # fmt: skip
    fat = (bytes([_MEDIA, 0xFF, 0xFF, 0xFF])).ljust(_FAT_SECTORS * SECTOR, b"\0")
    written = boot.ljust(SECTOR - 2, b"\0") + b"\x55\xaa" + fat * _FATS
    return written.ljust(SECTORS * SECTOR, b"\0")
