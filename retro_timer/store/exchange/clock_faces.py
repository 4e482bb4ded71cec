"""Dates and times of day of labels by this machine's time zone, for many labels one after the other."""

from __future__ import annotations

import time

from retro_timer.store.results.labels import FIRST_WALL_NS
from retro_timer.training.record import NS_PER_S

_QUARTER_NS = 900 * NS_PER_S
_TWO = tuple(f"{number:02d}" for number in range(60))
_NONE = (None, None, None)


class ClockFaces:
    """What is the same for a quarter of an hour is worked out once for each: days begin, and summer time does, at the
    full quarter in every zone.
    """

    def __init__(self) -> None:
        self._quarter = -1
        self._is_date = False
        self._day = self._hour = self._zone = ""
        self._minute = 0

    def shown(self, label_ns: int) -> tuple[str, str, str] | tuple[None, None, None]:
        """The date, the time of day and both with the distance from UTC; none where the label is no date."""
        quarter, rest_ns = divmod(label_ns, _QUARTER_NS)
        if quarter != self._quarter:
            self._turn(quarter)
        if not self._is_date:
            return _NONE
        seconds, part_ms = divmod(rest_ns // 10**6, 1000)
        clock = f"{self._hour}:{_TWO[self._minute + seconds // 60]}:{_TWO[seconds % 60]}"
        return self._day, clock, f"{self._day}T{clock}.{part_ms:03d}{self._zone}"

    def to_the_second(self, label_ns: int) -> str | None:
        """Date and time of day with the distance from UTC; None where the label is no date."""
        day, clock, _ = self.shown(label_ns)
        return None if day is None else f"{day}T{clock}{self._zone}"

    def _turn(self, quarter: int) -> None:
        self._quarter = quarter
        self._is_date = quarter * _QUARTER_NS >= FIRST_WALL_NS
        if not self._is_date:
            return
        face = time.localtime(quarter * _QUARTER_NS // NS_PER_S)
        self._day = f"{face.tm_year:04d}-{_TWO[face.tm_mon]}-{_TWO[face.tm_mday]}"
        self._hour, self._minute = _TWO[face.tm_hour], face.tm_min
        sign, distance_min = "-" if face.tm_gmtoff < 0 else "+", abs(face.tm_gmtoff) // 60
        self._zone = f"{sign}{distance_min // 60:02d}:{distance_min % 60:02d}"
