"""A plan's time line as an SVG drawing: a bar for each athlete, the sets above them, minutes below.

Lengths are in percent of the drawing's width, so that its words stay as large on a phone as on a screen; its colours
are the page's, by class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

import msgspec

from retro_timer.training.plan import Part
from retro_timer.training.rehearsed import Rehearsal, Stretch

_ROW, _BAR, _SETS, _AXIS = 40, 16, 26, 24
"""Heights in pixels: an athlete with the name above the bar, the bar, the line of sets, that of minutes."""
_TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480)
_MOST_TICKS = 6
"""As many as a phone of 320 px has room for."""
_LEAST_LABEL_PERCENT = 4.0
"""A set narrower than this has no number: it would run into its neighbour's."""
_LEAST_BAR_PERCENT = 0.3
"""A short rep in a long session is seen as well."""


class TimeLineRow(msgspec.Struct, frozen=True):
    """What a table says of one athlete's line."""

    name: str
    reps: int
    least_rest_s: int | None
    """None for who does not rest."""
    most_rest_s: int | None
    ends: str
    """When their last rep is over, in minutes and seconds from the start of the session."""


def rows_of(rehearsal: Rehearsal) -> list[TimeLineRow]:
    """One for each athlete, in order."""
    rows = []
    for index, name in enumerate(rehearsal.athletes):
        rests_s, stretches = rehearsal.rests_s(index), rehearsal.of(index)
        least, most = (round(min(rests_s)), round(max(rests_s))) if rests_s else (None, None)
        ends_s = max((stretch.end_s for stretch in stretches), default=0.0)
        rows.append(TimeLineRow(name, len(stretches), least, most, minutes_text(ends_s)))
    return rows


def minutes_text(seconds: float) -> str:
    """Minutes and seconds, as clocks show them."""
    minutes, rest_s = divmod(round(seconds), 60)
    return f"{minutes}:{rest_s:02}"


def parts_of(rehearsal: Rehearsal) -> list[Part]:
    """Which parts there are, in the order in which they come."""
    return list(dict.fromkeys(stretch.part for stretch in rehearsal.stretches))


def draw_time_line(rehearsal: Rehearsal, title: str) -> str:
    """The drawing. `title`: what it is, for whoever does not see it."""
    line = _Line(rehearsal)
    height = _SETS + _ROW * len(rehearsal.athletes) + _AXIS
    parts = [*line.ticks(height), *line.sets()]
    for index, name in enumerate(rehearsal.athletes):
        parts += line.athlete(_SETS + _ROW * index, name, rehearsal.of(index))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="time-line" width="100%" height="{height}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


class _Line:
    def __init__(self, rehearsal: Rehearsal) -> None:
        self._length_s = max(rehearsal.length_s, 1.0)
        self._stretches = rehearsal.stretches

    def _percent(self, seconds: float) -> float:
        return 100.0 * seconds / self._length_s

    def ticks(self, height: int) -> Iterator[str]:
        """A line for each so many minutes, and the figure below it."""
        minutes = self._length_s / 60.0
        each = next((step for step in _TICKS_MIN if minutes / step <= _MOST_TICKS), _TICKS_MIN[-1])
        for minute in range(0, int(minutes) + 1, each):
            x = self._percent(60.0 * minute)
            yield f'<line class="tick" x1="{x:.2f}%" x2="{x:.2f}%" y1="{_SETS}" y2="{height - _AXIS + 4}"/>'
            # What would run out at the right is left of its line.
            anchor = "start" if minute == 0 else "end" if x > 95.0 else "middle"
            yield f'<text class="minute" x="{x:.2f}%" y="{height - 5}" text-anchor="{anchor}">{minute}</text>'

    def sets(self) -> Iterator[str]:
        """From its first go to its last finish, with its number."""
        spans: dict[int, tuple[float, float, Part]] = {}
        for each in self._stretches:
            begin_s, end_s, part = spans.get(each.set_no, (each.begin_s, each.end_s, each.part))
            spans[each.set_no] = min(begin_s, each.begin_s), max(end_s, each.end_s), part
        for set_no, (begin_s, end_s, part) in spans.items():
            x, width = self._percent(begin_s), self._percent(end_s - begin_s)
            yield f'<rect class="set {part}" x="{x:.2f}%" y="{_SETS - 6}" width="{width:.2f}%" height="4"/>'
            if width >= _LEAST_LABEL_PERCENT:
                middle = x + width / 2
                yield f'<text class="set" x="{middle:.2f}%" y="{_SETS - 10}" text-anchor="middle">{set_no}</text>'

    def athlete(self, top: int, name: str, stretches: Sequence[Stretch]) -> Iterator[str]:
        """The name, the reps as bars, and a thin line where they rest in between."""
        bar_y = top + _ROW - _BAR - 2
        yield f'<text class="name" x="0" y="{bar_y - 5}">{escape(name)}</text>'
        for before, after in pairwise(stretches):
            x, width = self._percent(before.end_s), self._percent(after.begin_s - before.end_s)
            yield f'<rect class="rest" x="{x:.2f}%" y="{bar_y + _BAR // 2 - 1}" width="{width:.2f}%" height="2"/>'
        for each in stretches:
            x, width = self._percent(each.begin_s), self._percent(each.end_s - each.begin_s)
            width = max(width, _LEAST_BAR_PERCENT)
            yield f'<rect class="{each.part}" x="{x:.2f}%" y="{bar_y}" width="{width:.2f}%" height="{_BAR}"/>'
