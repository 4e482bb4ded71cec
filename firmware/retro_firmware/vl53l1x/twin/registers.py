"""The registers of a VL53L1X that the twin gives a meaning to (ST's register map; 16-bit addresses, big-endian)."""

from __future__ import annotations

SOFT_RESET = 0x0000
I2C_ADDRESS = 0x0001
FAST_OSCILLATOR = 0x0006
"""Two bytes, MHz in 4.12 fixed point."""
TEST_MODE = 0x0027
INTERRUPT_POLARITY = 0x0030
"""Bit 4: 1 = active low."""
INTERRUPT_LEVEL = 0x0031
"""Bit 0: level of GPIO1."""
RANGE_TIMEOUT_A = 0x005E
"""Two bytes, (low << high) + 1 macro periods."""
VCSEL_PERIOD_A = 0x0060
"""Tells the ranging mode."""
PERIOD = 0x006C
"""Four bytes, inter-measurement period in counts of the slow oscillator."""
ROI_SIZE = 0x0080
"""High nibble height - 1, low nibble width - 1, in SPADs."""
INTERRUPT_CLEAR = 0x0086
MODE_START = 0x0087
RESULT = 0x0088
RESULT_SIZE = 134
OSCILLATOR_CALIBRATION = 0x00DE
"""Two bytes, counts of the slow oscillator in a millisecond."""
FIRMWARE_STATUS = 0x00E5
MODEL_ID = 0x010F
"""Model EA, module CC, mask revision 10."""
FACTORY_ROI_CENTRE = 0x013E
FACTORY_ROI_SIZE = 0x013F

DEFAULT_ADDRESS = 0x29
MODEL = bytes((0xEA, 0xCC, 0x10))

MODE_OF_VCSEL = {0x07: "short", 0x0B: "medium", 0x0F: "long"}
START_TIMED = 0x40
ABORT = 0x80
REF_SPAD_TEST = 0x08
