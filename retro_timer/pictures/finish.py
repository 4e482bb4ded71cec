"""A finish as a drawing: range, signal and cover over time for each sensor, the interval, and what lost, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from retro_timer.detection.seen import Loser, Picture, Point, Strip

_INK, _FAINT, _PAPER, _GRID = "#222222", "#8a8a8a", "#ffffff", "#e6e6e6"
_HIT, _FIT, _FINISH, _LOST = "#1f77b4", "#d62728", "#2ca02c", "#b58900"
_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
_WIDTH, _LEFT, _RIGHT = 960.0, 70.0, 24.0
_TOP, _LINE = 34.0, 17.0
_HEIGHTS = {"range": 150.0, "signal": 100.0, "cover": 90.0}
_GAP, _STRIP_GAP = 16.0, 34.0
_LOSER = 20.0


class _Page:
    """Elements from the top down; `y` is where the next one goes."""

    def __init__(self, picture: Picture) -> None:
        self._parts: list[str] = []
        self._first, self._last = picture.first_s, picture.last_s
        self.y = _TOP

    def x(self, t_s: float) -> float:
        """Where a time lies, within the frame."""
        part = (t_s - self._first) / max(1e-6, self._last - self._first)
        return _LEFT + min(1.0, max(0.0, part)) * (_WIDTH - _LEFT - _RIGHT)

    def text(
        self, x: float, y: float, words: str, *, size: float = 12.0, colour: str = _INK, anchor: str = "start"
    ) -> None:
        """Words with their baseline at y."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def line(self, a: Point, b: Point, colour: str = _INK, width: float = 1.0, dash: str = "") -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{colour}" '
            f'stroke-width="{width:g}"{dashed}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> None:
        """A filled box."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}" '
            f'fill-opacity="{opacity:g}"/>'
        )

    def dot(self, x: float, y: float, colour: str, *, filled: bool = True) -> None:
        """A reading."""
        paint = f'fill="{colour}"' if filled else f'fill="{_PAPER}" stroke="{colour}"'
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" {paint}/>')

    def curve(self, points: Sequence[Point], colour: str) -> None:
        """A line through points."""
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.6"/>')

    def svg(self, title: str) -> str:
        """The whole document."""
        height = self.y + 14.0
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" width="{_WIDTH:.0f}" '
            f'height="{height:.0f}" font-family="{_FONT}" role="img"><title>{escape(title)}</title>'
        )
        return "\n".join([head, f'<rect width="100%" height="100%" fill="{_PAPER}"/>', *self._parts, "</svg>", ""])


def draw_finish(picture: Picture) -> str:
    """The drawing as an SVG document."""
    page = _Page(picture)
    page.text(_LEFT, page.y, picture.title, size=17.0)
    for note in picture.notes:
        page.y += _LINE
        page.text(_LEFT, page.y, note, colour=_FAINT)
    page.y += _STRIP_GAP - _GAP
    for strip in picture.strips:
        _draw_strip(page, picture, strip)
    _draw_times(page, picture)
    _draw_losers(page, picture.losers)
    _draw_key(page)
    return page.svg(picture.title)


def _draw_strip(page: _Page, picture: Picture, strip: Strip) -> None:
    page.y += _GAP
    page.text(_LEFT, page.y, strip.title)
    page.y += 8.0
    ranges = [reading.range_m for reading in strip.readings if reading.range_m is not None and reading.valid]
    most_m = max([*ranges, strip.wall_m or 0.0, 0.5]) * 1.25
    scale = _panel(page, picture, "range", most_m, "m")
    if strip.wall_m is not None:
        page.line((_LEFT, scale(strip.wall_m)), (_WIDTH - _RIGHT, scale(strip.wall_m)), _FAINT, dash="2 4")
    for reading in strip.readings:
        if reading.range_m is not None and reading.range_m <= most_m:
            colour = _HIT if reading.hit else _FAINT
            page.dot(page.x(reading.t_s), scale(reading.range_m), colour, filled=reading.valid)
    signals = [(r.t_s, r.signal_kcps, r.hit, r.valid) for r in strip.readings if r.signal_kcps is not None]
    if signals:
        scale = _panel(page, picture, "signal", max(1.0, *(signal for _, signal, _, _ in signals)) * 1.08, "kcps")
        for t_s, signal, hit, valid in signals:
            page.dot(page.x(t_s), scale(signal), _HIT if hit else _FAINT, filled=valid)
    if strip.outline:
        scale = _panel(page, picture, "cover", 1.3, "")
        for t_s, cover in strip.looks:
            page.dot(page.x(t_s), scale(min(1.3, max(0.0, cover))), _INK)
        inside = [(t_s, cover) for t_s, cover in strip.outline if picture.first_s <= t_s <= picture.last_s]
        page.curve([(page.x(t_s), scale(cover)) for t_s, cover in inside], _FIT)


class _Scale:
    """From a figure to its height on the page."""

    def __init__(self, bottom: float, height: float, most: float) -> None:
        self._bottom, self._height, self._most = bottom, height, most

    def __call__(self, value: float) -> float:
        return self._bottom - self._height * value / self._most


def _panel(page: _Page, picture: Picture, name: str, most: float, unit: str) -> _Scale:
    """A frame with its grid, the interval and the finish; returns its scale."""
    height, top = _HEIGHTS[name], page.y
    scale = _Scale(top + height, height, most)
    for value in _ticks(most, 4):
        page.line((_LEFT, scale(value)), (_WIDTH - _RIGHT, scale(value)), _GRID)
        page.text(_LEFT - 6.0, scale(value) + 4.0, f"{value:g}", size=10.0, colour=_FAINT, anchor="end")
    page.text(_LEFT + 6.0, top + 13.0, f"{name} ({unit})" if unit else name, size=10.0, colour=_FAINT)
    least, most_x = (page.x(picture.finish_s + side * picture.uncertainty_s) for side in (-1.0, 1.0))
    page.box(least, top, max(1.0, most_x - least), height, _FINISH, 0.18)
    page.line((page.x(picture.finish_s), top), (page.x(picture.finish_s), top + height), _FINISH, 1.6)
    page.line((_LEFT, top), (_LEFT, top + height))
    page.line((_LEFT, top + height), (_WIDTH - _RIGHT, top + height))
    page.y = top + height + _GAP
    return scale


def _draw_times(page: _Page, picture: Picture) -> None:
    step = 0.5
    first = math.ceil(picture.first_s / step)
    for number in range(first, math.floor(picture.last_s / step) + 1):
        page.text(page.x(number * step), page.y, f"{number * step:g}", size=10.0, colour=_FAINT, anchor="middle")
    page.y += _LINE
    page.text(_WIDTH - _RIGHT, page.y, "seconds since the go", size=10.0, colour=_FAINT, anchor="end")


def _draw_losers(page: _Page, losers: Sequence[Loser]) -> None:
    for loser in losers:
        page.y += _LOSER
        first, last = page.x(loser.first_s), page.x(loser.last_s)
        page.box(first, page.y - 9.0, max(3.0, last - first), 9.0, _LOST)
        told = f"{loser.sensor}: {loser.why}" if loser.sensor else loser.why
        if last < _WIDTH * 0.6:
            page.text(max(last, first + 3.0) + 6.0, page.y, told, size=11.0)
        else:
            page.text(first - 6.0, page.y, told, size=11.0, anchor="end")


def _draw_key(page: _Page) -> None:
    page.y += 26.0
    x = _LEFT
    for colour, words in _key():
        page.box(x, page.y - 9.0, 10.0, 10.0, colour, 0.5 if colour == _FINISH else 1.0)
        page.text(x + 15.0, page.y, words, size=10.0, colour=_FAINT)
        x += 30.0 + 6.2 * len(words)


def _key() -> Iterator[tuple[str, str]]:
    yield _HIT, "in the beam"
    yield _FAINT, "not (hollow: the sensor doubts it)"
    yield _FIT, "outline that was fitted"
    yield _FINISH, "the finish, 95 %"
    yield _LOST, "looked at, and not this finish"


def _ticks(most: float, about: int) -> list[float]:
    """Round figures from 0 up to `most`."""
    rough = most / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= rough)
    return [step * number for number in range(math.floor(most / step) + 1)]
