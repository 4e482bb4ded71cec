"""A label for the box, A6: one code to join its network, one to open its page."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

import segno

from retro_timer.network.profiles import Profile, wifi_code

_WIDTH_MM, _HEIGHT_MM = 105, 148
_CODE_MM = 46
_MARGIN_MM = 5
_QUIET = 4
"""Modules of white around a code, as its standard wants them."""
_LETTER_MM = 5.0
_LETTER_WIDTH = 0.62
"""Of a letter of a fixed width, of its height."""


def label(profile: Profile, url: str, words: Callable[[str], str], *, password: bool) -> str:
    """An SVG to print. `words`: the language's for `label_join`, `label_open` and `label_password`. `password`: whether
    it stands there to be read; the code for joining has it in any case.
    """
    parts = [
        _text("Retro Timer", 11, weight="bold"),
        _text(words("label_join"), 20),
        _code(wifi_code(profile), 22),
        _text(profile.name, 73, fixed=True),
    ]
    if password and profile.password:
        parts.append(_text(f"{words('label_password')}: {profile.password}", 79, fixed=True))
    parts += [_text(words("label_open"), 91), _code(url, 93), _text(url, 144, fixed=True)]
    size = f'width="{_WIDTH_MM}mm" height="{_HEIGHT_MM}mm" viewBox="0 0 {_WIDTH_MM} {_HEIGHT_MM}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f'<rect width="{_WIDTH_MM}" height="{_HEIGHT_MM}" fill="#fff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _text(text: str, y_mm: float, *, fixed: bool = False, weight: str = "normal") -> str:
    room_mm = _WIDTH_MM - 2 * _MARGIN_MM
    size_mm = min(_LETTER_MM, room_mm / (max(1, len(text)) * _LETTER_WIDTH))
    family = "monospace" if fixed else "sans-serif"
    return (
        f'<text x="{_WIDTH_MM / 2}" y="{y_mm}" text-anchor="middle" xml:space="preserve" font-family="{family}" '
        f'font-weight="{weight}" font-size="{size_mm:.2f}">{escape(text)}</text>'
    )


def _code(content: str, y_mm: float) -> str:
    code = segno.make(content, micro=False, error="m")
    rows = [list(row) for row in code.matrix_iter(border=_QUIET)]
    drawn = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    moved = f"translate({(_WIDTH_MM - _CODE_MM) / 2} {y_mm}) scale({_CODE_MM / len(rows):.6f})"
    return f'<path transform="{moved}" d="{drawn}"/>'
