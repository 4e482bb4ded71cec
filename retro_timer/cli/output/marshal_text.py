"""A finish in the terminal: the same as the drawing, in characters that every console has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retro_timer.detection.seen import Picture, Strip

_ROWS = {"range": 9, "signal": 5, "cover": 5}
_LABEL = 9
_LEAST_COLUMNS = 30


def finish_lines(picture: Picture, columns: int) -> Iterator[str]:
    """Line by line, at most so many columns wide (39 at the least)."""
    width = max(_LEAST_COLUMNS, columns - _LABEL)
    yield picture.title
    yield from picture.notes
    for strip in picture.strips:
        yield ""
        yield strip.title
        yield from _strip_lines(picture, strip, width)
    yield " " * _LABEL + _time_line(picture, width)
    yield (
        " " * _LABEL + "seconds since the go; | the finish, = its interval; # in the beam, . not, ? doubted; + outline"
    )
    for loser in picture.losers:
        whose = f"{loser.sensor} " if loser.sensor else ""
        yield f"lost: {whose}{loser.first_s:.2f}–{loser.last_s:.2f} s, {loser.why}"


Mark = tuple[float, float, str]
"""Time, figure, character; of two at one place the later one is seen."""


def _strip_lines(picture: Picture, strip: Strip, width: int) -> Iterator[str]:
    readings = strip.readings

    def sign(valid: bool, hit: bool) -> str:
        return "#" if hit else "." if valid else "?"

    ranges = [(r.t_s, r.range_m, sign(r.valid, r.hit)) for r in readings if r.range_m is not None and r.valid]
    signals = [(r.t_s, r.signal_kcps, sign(r.valid, r.hit)) for r in readings if r.signal_kcps is not None]
    yield from _chart(picture, "range m", ranges, width, _ROWS["range"])
    if signals:
        yield from _chart(picture, "kcps", signals, width, _ROWS["signal"])
    if strip.outline:
        inside = [(t_s, cover, "+") for t_s, cover in strip.outline if picture.first_s <= t_s <= picture.last_s]
        seen = [(t_s, max(0.0, cover), "o") for t_s, cover in strip.looks]
        yield from _chart(picture, "cover", [*inside, *seen], width, _ROWS["cover"])


def _chart(picture: Picture, name: str, marks: Sequence[Mark], width: int, rows: int) -> Iterator[str]:
    most = max((figure for _, figure, _ in marks), default=1.0) or 1.0
    grid = [[" "] * width for _ in range(rows)]
    for column in _columns(picture, width):
        for row in grid:
            row[column] = "="
    finish = _column(picture, picture.finish_s, width)
    for row in grid:
        row[finish] = "|"
    for t_s, figure, sign in marks:
        grid[rows - 1 - min(rows - 1, round(figure / most * (rows - 1)))][_column(picture, t_s, width)] = sign
    for index, row in enumerate(grid):
        label = (
            f"{most:.0f}"
            if index == 0 and most >= 100.0
            else f"{most:.2g}"
            if index == 0
            else "0"
            if index == rows - 1
            else name
            if index == rows // 2
            else ""
        )
        yield f"{label:>{_LABEL - 2}} {''.join(row)}".rstrip()


def _columns(picture: Picture, width: int) -> Iterable[int]:
    first, last = (_column(picture, picture.finish_s + side * picture.uncertainty_s, width) for side in (-1.0, 1.0))
    return range(first, last + 1)


def _column(picture: Picture, t_s: float, width: int) -> int:
    part = (t_s - picture.first_s) / max(1e-6, picture.last_s - picture.first_s)
    return min(width - 1, max(0, round(part * (width - 1))))


def _time_line(picture: Picture, width: int) -> str:
    cells = [" "] * (width + 8)
    for number in range(round(picture.first_s * 2.0) + 1, round(picture.last_s * 2.0)):
        text = f"{number / 2.0:g}"
        at = _column(picture, number / 2.0, width)
        cells[at : at + len(text)] = text
    return "".join(cells).rstrip()
