"""Where box, start, way back and waiting line are when a group trains: seen from above, not to scale along the lane."""

from __future__ import annotations

from retro_timer.settings.model import CourseSettings

WAIT_M = 3
"""As the brief says it."""
START_M = (20, 50)
_WIDTH, _HEIGHT = 900, 370
_START_X, _FINISH_X = 220, 660
_LANE_TOP, _LANE_BOTTOM = 140, 210
_BOX_Y = 262
_STYLE = (
    ".lane{fill:#f3e9e4;stroke:#a33;stroke-width:1.5}.line{stroke:#333;stroke-width:3}.beam{fill:#f6c;fill-opacity:.28}"
    ".box{fill:#333}.back{stroke:#27823b;stroke-width:2.5;fill:none;stroke-dasharray:8 5}"
    ".run{stroke:#333;stroke-width:2.5;fill:none}.who{fill:#27547f}.t{font-weight:bold}.s{font-size:13px;fill:#333}"
)


def _text(x: float, y: float, text: str, css: str = "s", anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" class="{css}">{text}</text>'


def _athletes() -> list[str]:
    """Who waits, three metres from the line and beside the lane."""
    waiting = [f'<circle cx="{_START_X - 160 + 26 * place}" cy="100" r="8" class="who"/>' for place in range(3)]
    runner = f'<circle cx="{_START_X + 24}" cy="{(_LANE_TOP + _LANE_BOTTOM) // 2}" r="8" class="who"/>'
    return [*waiting, runner]


def drawn() -> str:
    """The picture as SVG."""
    between = (_START_X + _FINISH_X) / 2
    middle = (_LANE_TOP + _LANE_BOTTOM) // 2
    reach = f"{CourseSettings().lane_reach_m:g} m"
    low, high = START_M
    beam = f"{_FINISH_X},{_BOX_Y - 8} {_FINISH_X - 30},{_LANE_TOP} {_FINISH_X + 30},{_LANE_TOP}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="15">',
        "<title>A group's places: start, finish with the box, the way back and where to wait</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="7" '
        'refX="8" refY="3.5" orient="auto">'
        '<path d="M0 0 9 3.5 0 7z" fill="context-stroke"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<rect x="{_START_X - 60}" y="{_LANE_TOP}" width="630" height="{_LANE_BOTTOM - _LANE_TOP}" class="lane"/>',
        f'<polygon points="{beam}" class="beam"/>',
        f'<path d="M{_START_X} {_LANE_TOP} V{_LANE_BOTTOM} M{_FINISH_X} {_LANE_TOP} V{_LANE_BOTTOM}" class="line"/>',
        f'<rect x="{_FINISH_X - 12}" y="{_BOX_Y - 10}" width="24" height="20" class="box"/>',
        f'<path d="M{_START_X + 44} {middle} H{_FINISH_X + 90}" class="run" marker-end="url(#a)"/>',
        f'<path d="M{_FINISH_X + 100} {middle - 16} V48 H{_START_X - 134} V86" class="back" marker-end="url(#a)"/>',
        f'<path d="M{_FINISH_X + 100} {middle + 16} V318 H{_START_X - 134} V114" class="back" marker-end="url(#a)"/>',
        f'<path d="M{_START_X - 92} 100 H{_START_X} V{_LANE_TOP - 6}" stroke="#333" fill="none" marker-end="url(#a)"/>',
        *_athletes(),
        _text(between + 20, middle - 10, "backward"),
        _text(_START_X, _LANE_BOTTOM + 22, "start", "t"),
        _text(_START_X, _LANE_BOTTOM + 40, f"{low} to {high} m from the finish"),
        _text(_FINISH_X - 22, _LANE_BOTTOM + 22, "finish", "t", "end"),
        _text(_FINISH_X - 24, _BOX_Y + 32, "the box, looking across the lane"),
        _text(
            between,
            38,
            f"the way back: farther from the box than it looks ({reach}), outside the lane",
        ),
        _text(between, 340, "or behind the box, which does not look there"),
        _text(_START_X - 84, 92, f"wait {WAIT_M} m from the line", anchor="start"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
