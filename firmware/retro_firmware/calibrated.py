"""What calibration tells a sensor of any model; it may be told anew while the sensor ranges."""

from __future__ import annotations


class Calibrated:
    """A sensor whose ranges and times calibration corrects."""

    def __init__(self, offset_mm: int, late_ns: int) -> None:
        self.offset_mm = offset_mm
        """Added to every range."""
        self.late_ns = late_ns
        """Taken off the time of every reading."""

    def adjust(self, offset_mm: int) -> None:
        """Add this to every range from now on."""
        self.offset_mm = offset_mm

    def delay(self, late_ns: int) -> None:
        """Take this off the time of every reading from now on."""
        self.late_ns = late_ns
