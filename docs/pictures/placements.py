"""The three places of the box, seen from above, with what each looks at; not to scale along the lane."""

from __future__ import annotations

from collections.abc import Callable

from retro_timer.sensors.vl53l1x import RANGE_M
from retro_timer.settings.model import CourseSettings

NEAREST_PATH_M = 1.2
"""How far from a gate the runner passes at most, as docs/install.md has it: the reach of a VL53L1X in sun."""
_WIDTH, _PANEL, _HEAD = 900, 204, 30
_LANE_TOP, _LANE_BOTTOM = 66, 124
_FINISH_X = 620
_STYLE = (
    ".lane{fill:#f3e9e4;stroke:#a33;stroke-width:1.5}.line{stroke:#333;stroke-width:3}.beam{fill:#f6c;fill-opacity:.35}"
    ".box{fill:#333}.who{fill:#27547f}.run{stroke:#333;stroke-width:2.5;fill:none}.end{fill:#555}"
    ".h{font-weight:bold;font-size:18px}.s{font-size:14px;fill:#333}.m{font-style:italic;font-size:14px;fill:#333}"
)


def _text(x: float, y: float, text: str, css: str = "s", anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" class="{css}">{text}</text>'


def _lane(runner_x: float) -> list[str]:
    """A lane with its finish line, and a runner on the way backward to it."""
    middle = (_LANE_TOP + _LANE_BOTTOM) / 2
    return [
        f'<rect x="60" y="{_LANE_TOP}" width="800" height="{_LANE_BOTTOM - _LANE_TOP}" class="lane"/>',
        f'<path d="M{_FINISH_X} {_LANE_TOP} V{_LANE_BOTTOM}" class="line"/>',
        _text(_FINISH_X, _LANE_TOP - 7, "finish"),
        f'<circle cx="{runner_x}" cy="{middle}" r="11" class="who"/>',
        f'<path d="M{runner_x + 18} {middle} h70" class="run" marker-end="url(#a)"/>',
    ]


def _gate() -> list[str]:
    top = _LANE_BOTTOM + 30
    beam = f"{_FINISH_X},{top} {_FINISH_X - 22},{_LANE_TOP} {_FINISH_X + 22},{_LANE_TOP}"
    return [
        *_lane(330),
        f'<polygon points="{beam}" class="beam"/>',
        f'<rect x="{_FINISH_X - 13}" y="{top}" width="26" height="20" class="box"/>',
        _text(
            60,
            top,
            f"the box beside the line, at chest height; the runner passes within {NEAREST_PATH_M:g} m",
            anchor="start",
        ),
        _text(60, top + 22, "It times. It watches its own line and nothing behind the runner.", "m", "start"),
    ]


def _lane_end() -> list[str]:
    middle = (_LANE_TOP + _LANE_BOTTOM) / 2
    box_x = 820
    beam = f"{box_x},{middle} {box_x - 400},{middle - 24} {box_x - 400},{middle + 24}"
    ends = 'marker-start="url(#a)" marker-end="url(#a)"'
    reach = f"{CourseSettings().finish_range_m:g} m"
    return [
        *_lane(330),
        f'<polygon points="{beam}" class="beam"/>',
        f'<rect x="{box_x}" y="{middle - 13}" width="20" height="26" class="box"/>',
        f'<path d="M{_FINISH_X} {_LANE_BOTTOM + 14} H{box_x}" class="run" {ends}/>',
        _text((_FINISH_X + box_x) / 2, _LANE_BOTTOM + 34, f"{reach} unless the settings say otherwise,"),
        _text((_FINISH_X + box_x) / 2, _LANE_BOTTOM + 51, "and never less than the runner needs to stop"),
        _text(60, _LANE_BOTTOM + 40, "It times by range, and warns of what is in the last metres.", "m", "start"),
    ]


def _belt() -> list[str]:
    middle = (_LANE_TOP + _LANE_BOTTOM) / 2
    runner_x = 330
    beam = f"{runner_x + 14},{middle} {runner_x + 190},{middle - 30} {runner_x + 190},{middle + 30}"
    in_sun = f"{RANGE_M['short'][1]:g} m"
    return [
        *_lane(runner_x),
        f'<polygon points="{beam}" class="beam"/>',
        f'<rect x="{runner_x + 6}" y="{middle - 9}" width="14" height="18" class="box"/>',
        f'<rect x="800" y="{_LANE_TOP - 8}" width="10" height="{_LANE_BOTTOM - _LANE_TOP + 16}" class="end"/>',
        _text(805, _LANE_BOTTOM + 26, "end board"),
        _text(
            runner_x, _LANE_BOTTOM + 20, f"the box on the back, looking where they run: a VL53L1X {in_sun} far in sun"
        ),
        _text(60, _LANE_BOTTOM + 46, "It warns of what closes in from behind, and times by the board.", "m", "start"),
    ]


_PANELS: tuple[tuple[str, Callable[[], list[str]]], ...] = (
    ("gate", _gate),
    ("lane-end", _lane_end),
    ("belt", _belt),
)


def drawn() -> str:
    """The picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_PANEL * len(_PANELS)}" '
        'font-family="sans-serif" font-size="15">',
        "<title>The three places of the box: gate, lane-end and belt</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="7" refX="8" refY="3.5" '
        'orient="auto-start-reverse"><path d="M0 0 9 3.5 0 7z" fill="#333"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{_PANEL * len(_PANELS)}" fill="#fff"/>',
    ]
    for number, (name, panel) in enumerate(_PANELS):
        parts += [
            f'<g transform="translate(0 {number * _PANEL})">',
            _text(60, _HEAD, name, "h", "start"),
            *panel(),
            "</g>",
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
