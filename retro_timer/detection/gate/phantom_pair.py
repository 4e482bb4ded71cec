"""Two phantoms in a row that agree by chance, on a body or beside it: without them it is a trunk's outline."""

from __future__ import annotations

import math

import msgspec

from retro_timer.detection.gate.occlusion_fit import Cover, Fit, Outline, fit_cover

_WAY = 2.0
"""Half-widths from the middle within which an outline is compared: farther out nothing is left of a body."""
_RAGGED = 0.1
"""Root mean square of what a trunk's cover is off its outline: in 96 of 100 simulated passages it is less. Lower looks
for phantoms in bodies, higher leaves their pull."""
_OFF = 0.2
"""Of the cover: a phantom is rarely nearer to what it should be, and a body's folds are rarely so far off twice in a
row."""
_CLEANER = 0.6
"""Without phantoms so much of the raggedness is left at the most; without two readings of a body more is."""


def ragged(cover: Cover, fit: Fit) -> float:
    """How far the cover is from the outline, over the outline's own way, its height being whatever fits best."""
    squares = [off * off for off in _offs(cover, fit).values()]
    return math.sqrt(sum(squares) / len(squares)) if squares else 0.0


def without_pair(cover: Cover, outline: Outline, fit: Fit) -> tuple[Cover, Fit]:
    """The cover and its fit without two readings in a row that are off to one side, where all others fit without
    them; both as they were where there are none such."""
    before = ragged(cover, fit)
    if before <= _RAGGED:
        return cover, fit
    offs = _offs(cover, fit)
    pairs = [
        (min(abs(offs[n]), abs(offs[n + 1])), n)
        for n in offs
        if n + 1 in offs and offs[n] * offs[n + 1] > 0.0 and min(abs(offs[n]), abs(offs[n + 1])) >= _OFF
    ]
    for _, n in sorted(pairs, reverse=True)[:2]:
        rest = msgspec.structs.replace(cover, looks=[*cover.looks[:n], *cover.looks[n + 2 :]])
        refit = fit_cover(rest, outline)
        if ragged(rest, refit) <= min(_RAGGED, _CLEANER * before):
            return rest, refit
    return cover, fit


def _offs(cover: Cover, fit: Fit) -> dict[int, float]:
    """By each reading's number how far its cover is above the outline."""
    looks = {
        n: (k.cover, fit.cover_at(k.t_s))
        for n, k in enumerate(cover.looks)
        if abs(k.t_s - fit.middle_s) <= _WAY * fit.half_width_s
    }
    squares = sum(expected * expected for _, expected in looks.values())
    if squares <= 0.0:
        return {}
    height = sum(seen * expected for seen, expected in looks.values()) / squares
    return {n: seen - height * expected for n, (seen, expected) in looks.items()}
