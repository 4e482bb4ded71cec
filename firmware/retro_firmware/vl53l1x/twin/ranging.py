"""The chip's range engine: how long a range takes, when each one is ready, and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass

from retro_firmware.vl53l1x.twin import registers as reg

_PLL_FACTOR = 64
_MACRO_PERIOD_CLOCKS = 2304
_LOW_POWER_OVERHEAD_US = 4528
"""ST's driver: 1448 before, 2100 between the two halves, four loops of 245 for the bias voltage."""
_TIMER_SHORTFALL = 1.064
"""ST's ticket 468205: the real period is shorter than the counts say, so the driver asks for 6.4 % more."""
_STREAM_WRAP = 0x80
"""After 255 the stream count goes on with 128: 0 is kept for the first frame after a start."""
SPADS = 256


@dataclass(frozen=True)
class Timing:
    """What the registers ask of the engine."""

    mode: str
    """short, medium or long."""
    budget_ns: int
    period_ns: int
    spads: int
    """Size of the region of interest."""


def timing_of(registers: bytearray) -> Timing:
    """Reads the engine's orders out of the registers.

    A period shorter than the budget is stretched to it: the chip cannot begin a range before the last one has ended.
    """
    vcsel = registers[reg.VCSEL_PERIOD_A]
    oscillator_mhz = int.from_bytes(registers[reg.FAST_OSCILLATOR : reg.FAST_OSCILLATOR + 2], "big") / 4096.0
    macro_us = _MACRO_PERIOD_CLOCKS * 2.0 * (vcsel + 1) / (_PLL_FACTOR * oscillator_mhz)
    high, low = registers[reg.RANGE_TIMEOUT_A], registers[reg.RANGE_TIMEOUT_A + 1]
    half_us = ((low << high) + 1) * macro_us
    budget_ns = round((2.0 * half_us + _LOW_POWER_OVERHEAD_US) * 1000.0)
    counts = int.from_bytes(registers[reg.PERIOD : reg.PERIOD + 4], "big")
    counts_per_ms = int.from_bytes(registers[reg.OSCILLATOR_CALIBRATION : reg.OSCILLATOR_CALIBRATION + 2], "big")
    period_ns = round(counts / counts_per_ms / _TIMER_SHORTFALL * 1e6)
    size = registers[reg.ROI_SIZE]
    spads = ((size >> 4) + 1) * ((size & 0x0F) + 1)
    return Timing(reg.MODE_OF_VCSEL.get(vcsel, "long"), budget_ns, max(period_ns, budget_ns), spads)


class RangeEngine:
    """Ranges one after the other on its own timer, whether or not anybody fetches the results."""

    def __init__(self, start_ns: int, timing: Timing) -> None:
        self.timing = timing
        self.stream_count = 0
        self.ready_ns = start_ns + timing.budget_ns
        """When the range that runs now is ready."""

    @property
    def middle_ns(self) -> int:
        """Middle of the integration of the range that runs now."""
        return self.ready_ns - self.timing.budget_ns // 2

    def finish(self, ranges: int = 1) -> None:
        """Count ranges as done and go on with the next."""
        self.ready_ns += ranges * self.timing.period_ns
        count = self.stream_count + ranges
        while count > 0xFF:
            count -= _STREAM_WRAP
        self.stream_count = count

    def skip_until(self, now_ns: int) -> None:
        """Finish every range that is ready by now, unseen."""
        if self.ready_ns <= now_ns:
            self.finish((now_ns - self.ready_ns) // self.timing.period_ns + 1)
