"""A dual gate's figures as tables, as targets and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import plots
from benchmarks.accuracy.bars import COVERED, COVERED_EITHER
from benchmarks.accuracy.shares import Share
from benchmarks.dual.figures import Cell, Figures, Trial
from benchmarks.physics.dual import LAYOUTS, Layout
from benchmarks.report import Table, Target, Value
from benchmarks.simulated import held_out_note
from retro_timer.training.gaits import Gait

_NOTE = (
    "Two VL53L1X at 41 Hz across one line (benchmarks/physics/dual.py): above is one over the other, of which the "
    "upper times; behind has the first 300 mm before the line and the second on it, beyond the first on the line and "
    "the second 200 mm beyond it. Chest and hips lean 0 to 20 degrees against each other, the hands swing 200 mm, a "
    "fourth of the athletes are children, the sun's phantoms come to both at once. Alone is the sensor on the line by "
    "itself, of two on it the upper one, on the same readings. 95 % within: of the reps that both ways timed. Lost: "
    "timed alone and not by both; gained: the other way round. Single: finishes that one half gave alone, and flagged "
    "so."
)
_NOTE_TRIALS = (
    "What is in the beams and is no finish; but in sun and bursts an athlete comes after it. Wrong: a finish more than "
    "0.25 s and twice its interval from the athlete, or where nobody came. Dog and ball go in either direction."
)
_HEAD = (
    "cell", "n", "95 % within ms", "alone", "ratio", "interval covers", "alone", "± ms stated", "bias ms", "lost",
    "gained", "single", "wrong", "alone",
)  # fmt: skip
MOST_RATIO: dict[Layout, dict[Gait, float]] = {
    "above": {Gait.WALK: 1.0, Gait.JOG: 1.0, Gait.RUN: 1.0},
    "behind": {Gait.WALK: 0.85, Gait.JOG: 0.85, Gait.RUN: 0.95},
    "beyond": {Gait.WALK: 1.0, Gait.JOG: 1.0, Gait.RUN: 1.0},
}
"""Of the single gate's error."""
MOST_WRONG = 1 / 1_000
ASKED_TRIALS: dict[Layout, tuple[str, ...]] = {
    "above": ("dog", "ball", "arm held in", "arm swept", "sun", "bursts"),
    "behind": ("arm held in", "arm swept", "sun", "bursts", "wrong way"),
}
"""Behind one another both beams meet a dog at one height: what passes as a body does passes."""
_LEAST_REPS = 50
"""Below that a 95 % point or a share says nothing."""


def tables(found: Figures) -> list[Table]:
    """Everything that was measured."""
    held_out = held_out_note("Passages", "dual", found.seed)
    return [
        _trials(found.trials),
        _passages("Dual gate, passages", _NOTE, found.passages),
        _passages(f"Dual gate, passages, seed {found.seed}", held_out, found.held_out),
    ]


def _passages(title: str, note: str, cells: Sequence[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            c.name, c.reps, c.dual_p95_ms, c.alone_p95_ms, c.ratio, str(c.covered), str(c.alone_covered), c.stated_ms,
            c.dual_bias_ms, c.lost, c.gained, c.single, c.wrong, c.alone_wrong,
        )
        for c in cells
    ]  # fmt: skip
    return Table(title, note, _HEAD, rows, 6)


def _trials(trials: Sequence[Trial]) -> Table:
    head = ("trial", "n", "wrong of 1,000", "alone", "wrong", "lost", "gained", "seeds")
    rows: list[tuple[Value, ...]] = [
        (
            f"{t.layout}, {t.name}", t.wrong.of, 1000.0 * t.wrong.value, 1000.0 * t.alone_wrong.value, str(t.wrong),
            t.lost, t.gained, " ".join(map(str, t.seeds)),
        )
        for t in trials
    ]  # fmt: skip
    return Table("Dual gate, what is no finish", _NOTE_TRIALS, head, rows, 7)


def targets(found: Figures) -> list[Target]:
    """What is asked of a dual gate, against what was found."""
    told = []
    for layout in LAYOUTS:
        told += _wrong(layout, [t for t in found.trials if t.layout == layout])
        for what, cells in (("", found.passages), (", held out", found.held_out)):
            told += _of_passages(f"dual gate {layout}{what}", layout, [c for c in cells if c.layout == layout])
    return told + _of_passages("dual gate beyond", "beyond", [c for c in found.passages if c.layout == "beyond"])


def _wrong(layout: Layout, trials: Sequence[Trial]) -> list[Target]:
    asked = [t for t in trials if t.name in ASKED_TRIALS[layout]]
    total = sum((t.wrong for t in asked), Share(0, 0))
    alone = max((t.alone_wrong.value for t in trials), default=0.0)
    kinds = ", ".join(f"{t.name} {t.wrong.count}" for t in asked if t.wrong.count)
    text = f"{total.count} of {total.of:,}{f' ({kinds})' if kinds else ''}; alone up to {1000.0 * alone:.0f} of 1,000"
    enough = total.of >= 1.0 / MOST_WRONG
    met = total.value <= MOST_WRONG if enough else False if total.interval[0] > MOST_WRONG else None
    lost = sum(t.lost for t in trials)
    return [
        Target(f"dual gate {layout}: wrong finishes", "at most 1 in 1,000", text, met),
        Target(f"dual gate {layout}: athletes lost after a trial", "0", f"{lost} of {total.of:,}", lost == 0),
    ]


def _of_passages(what: str, layout: Layout, cells: Sequence[Cell]) -> list[Target]:
    enough = min(c.reps for c in cells) >= _LEAST_REPS
    lost, gained, reps = sum(c.lost for c in cells), sum(c.gained for c in cells), sum(c.reps for c in cells)
    covered, (low, high) = sum((c.covered for c in cells), Share(0, 0)), COVERED
    weakest = min(cells, key=lambda c: c.covered.value)
    inside = covered.touches(low, high) and weakest.covered.interval[1] >= COVERED_EITHER
    found = [Target(f"{what}: reps lost", "0", f"{lost} of {reps:,}, {gained} gained", lost == 0)]
    for gait, most in MOST_RATIO[layout].items():
        of_gait = [c for c in cells if c.gait is gait]
        ratio = sum(c.dual_p95_ms for c in of_gait) / sum(c.alone_p95_ms for c in of_gait)
        text = f"{ratio:.2f}; by cell {', '.join(f'{c.ratio:.2f}' for c in of_gait)}"
        asked = f"at most {most:.2f} of the single gate's"
        found.append(Target(f"{what}: 95 % of errors, {gait}", asked, text, ratio <= most if enough else None))
    found.append(
        Target(
            f"{what}: interval covers {low:.0%}–{high:.0%}, each cell {COVERED_EITHER:.0%}",
            f"{len(cells)} cells",
            f"{covered}; least {weakest.covered} ({weakest.name})",
            inside if enough else None,
        )
    )
    return found


def draw(found: Figures) -> dict[str, tuple[str, bytes]]:
    """File name to what it shows and the picture."""
    labels = [f"{t.layout}, {t.name}" for t in found.trials]
    series: dict[str, list[float | None]] = {
        "both halves": [1000.0 * t.wrong.value or None for t in found.trials],
        "the one on the line alone": [1000.0 * t.alone_wrong.value or None for t in found.trials],
        "asked": [1000.0 * MOST_WRONG for _ in found.trials],
    }
    title = "Dual gate: wrong finishes of 1,000 (no bar: none; simulated)"
    colours = (plots.COLOURS[0], plots.COLOURS[1], plots.GREY)
    wrong = plots.bars("dual-wrong", title, labels, series, y_title="of 1,000", logarithmic=True, colours=colours)
    errors = {
        "both halves": [c.dual_p95_ms for c in found.passages],
        "the one on the line alone": [c.alone_p95_ms for c in found.passages],
    }
    said = "Dual gate: 95 % of errors are smaller than (ms, simulated)"
    drawn = plots.bars("dual-errors", said, [c.name for c in found.passages], errors, y_title="ms", logarithmic=True)
    return {"dual-wrong.svg": (title, wrong), "dual-errors.svg": (said, drawn)}
