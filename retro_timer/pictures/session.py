"""A session as it was heard, as a drawing: voice, tones and who was on the course, strip after strip, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

import msgspec

_INK, _FAINT, _PAPER, _GRID = "#111111", "#767676", "#ffffff", "#dddddd"
_VOICE, _CUT, _RUN, _ALARM = "#dbe7f5", "#ffffff", "#e3f1e0", "#c62828"
_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
_WIDTH, _LEFT, _RIGHT, _TOP = 1200.0, 52.0, 12.0, 56.0
_STRIP_S = 30.0
_ROW, _TONES, _GAP = 16.0, 8.0, 20.0
_LETTER = 5.6
"""About as wide as a letter of this size is, in pixels."""
_SIZE = 10.0


class Phrase(msgspec.Struct, frozen=True):
    """What was said, in seconds of the session."""

    from_s: float
    to_s: float
    text: str
    cut_off: bool = False


class OnCourse(msgspec.Struct, frozen=True):
    """Somebody from their go until the box knew what became of it."""

    from_s: float
    to_s: float
    name: str
    outcome: str
    """Their time, or why there is none."""


class Sounded(msgspec.Struct, frozen=True):
    """The buzzer, without a pause."""

    from_s: float
    to_s: float
    alarm: bool


class HeardSession(msgspec.Struct, frozen=True):
    """What is drawn."""

    title: str
    length_s: float
    said: Sequence[Phrase]
    sounded: Sequence[Sounded]
    ran: Sequence[OnCourse]


def draw_session(heard: HeardSession) -> str:
    """The drawing as an SVG document: 30 s a strip; a phrase that was cut off has a dashed border."""
    rows = _rows(heard.ran)
    lanes = max(rows, default=0) + 1
    height = _ROW + _TONES + lanes * _ROW
    strips = max(1, math.ceil(heard.length_s / _STRIP_S))
    page_height = _TOP + strips * (height + _GAP) + 8.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {page_height:.0f}" width="{_WIDTH:.0f}" '
        f'height="{page_height:.0f}" font-family="{_FONT}" font-size="{_SIZE:g}" role="img">',
        f"<title>{escape(heard.title)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        _text(_LEFT, 22.0, heard.title, size=16.0),
        _text(_LEFT, 40.0, _KEY, colour=_FAINT),
    ]
    for number in range(strips):
        first_s, top = number * _STRIP_S, _TOP + number * (height + _GAP)
        parts += [*_frame(first_s, top, height)]
        for phrase in heard.said:
            parts += _said(phrase, first_s, top)
        for sound in heard.sounded:
            parts += _sounded(sound, first_s, top + _ROW)
        for run, row in zip(heard.ran, rows, strict=True):
            parts += _ran(run, first_s, top + _ROW + _TONES + row * _ROW)
    return "\n".join([*parts, "</svg>", ""])


_KEY = "Of each strip: what the voice says, the buzzer (red: an alarm), and who is on the course."


def _rows(ran: Sequence[OnCourse]) -> list[int]:
    """Each one's row: the uppermost that is free from their go on."""
    free_s: list[float] = []
    rows = []
    for run in ran:
        row = next((place for place, until_s in enumerate(free_s) if until_s <= run.from_s), len(free_s))
        free_s[row : row + 1] = [run.to_s]
        rows.append(row)
    return rows


def _x(t_s: float, first_s: float) -> float:
    return _LEFT + min(1.0, max(0.0, (t_s - first_s) / _STRIP_S)) * (_WIDTH - _LEFT - _RIGHT)


def _frame(first_s: float, top: float, height: float) -> Iterator[str]:
    yield _text(4.0, top + 12.0, f"{int(first_s // 60)}:{first_s % 60:02.0f}", size=12.0)
    for tick in range(int(_STRIP_S // 5) + 1):
        x = _x(first_s + 5.0 * tick, first_s)
        yield f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{top + height:.1f}" stroke="{_GRID}"/>'


def _said(phrase: Phrase, first_s: float, top: float) -> Iterator[str]:
    """A phrase that a strip's end cuts in two has its words in the first part."""
    if not first_s - 1e-9 < phrase.to_s or phrase.from_s >= first_s + _STRIP_S:
        return
    paint = f'fill="{_CUT}" stroke="{_INK}" stroke-dasharray="3 2"' if phrase.cut_off else f'fill="{_VOICE}"'
    yield _box(phrase.from_s, phrase.to_s, first_s, (top, _ROW - 2.0), paint)
    if phrase.from_s >= first_s:
        yield _fitted(phrase.from_s, phrase.to_s, first_s, top + 11.0, phrase.text)


def _sounded(sound: Sounded, first_s: float, top: float) -> Iterator[str]:
    if sound.to_s > first_s and sound.from_s < first_s + _STRIP_S:
        paint = f'fill="{_ALARM if sound.alarm else _INK}"'
        yield _box(sound.from_s, sound.to_s, first_s, (top, _TONES - 3.0), paint)


def _ran(run: OnCourse, first_s: float, top: float) -> Iterator[str]:
    if run.to_s <= first_s or run.from_s >= first_s + _STRIP_S:
        return
    yield _box(run.from_s, run.to_s, first_s, (top, _ROW - 2.0), f'fill="{_RUN}" stroke="{_FAINT}"')
    yield _fitted(max(run.from_s, first_s), run.to_s, first_s, top + 11.0, f"{run.name}: {run.outcome}")


def _box(from_s: float, to_s: float, first_s: float, place: tuple[float, float], paint: str) -> str:
    left, right = _x(from_s, first_s), _x(to_s, first_s)
    top, height = place
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(1.0, right - left):.1f}" height="{height:g}" {paint}/>'


def _fitted(from_s: float, to_s: float, first_s: float, y: float, words: str) -> str:
    """Words no wider than the time that they take."""
    left, room = _x(from_s, first_s) + 2.0, _x(to_s, first_s) - _x(from_s, first_s) - 4.0
    squeezed = f' textLength="{max(2.0, room):.1f}" lengthAdjust="spacingAndGlyphs"'
    fit = squeezed if len(words) * _LETTER > room else ""
    return f'<text x="{left:.1f}" y="{y:.1f}" fill="{_INK}"{fit}>{escape(words)}</text>'


def _text(x: float, y: float, words: str, *, size: float = _SIZE, colour: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}">{escape(words)}</text>'
