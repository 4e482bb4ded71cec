"""The figures of the times as tables and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import plots
from benchmarks.accuracy import bars
from benchmarks.accuracy.cells import Cell
from benchmarks.accuracy.measure import Figures
from benchmarks.accuracy.passages import BACKGROUNDS
from benchmarks.accuracy.targets import both_laws
from benchmarks.accuracy.verdicts import Verdict
from benchmarks.report import Table, Value

_TERSE = 10
_HEAD = (
    "cell", "n", "bias ms", "limit", "bias mm", "95 % within ms", "limit", "share within", "interval covers",
    "± ms stated", "over 3×", "missed, 4 periods", "missed, 2.5–4", "twice", "false", "first < threshold: bias",
    "95 %", "median of 9: bias", "95 %", "ideal beam 95 %",
)  # fmt: skip
_NOTE = (
    "Average and nearest are two laws of blending body and wall into one range (benchmarks/physics/blending.py); in "
    "the open field there is nothing to blend. 0.2 % of all readings are phantoms that look like good ones. 95 % "
    "within: the size that 95 % of errors do not exceed; its limit is the larger of half a period and 3 cm of running "
    "(walk and jog 3.5 cm), half more where the nearest thing wins, taken rep by rep in `share within`. Behind a share "
    "stands its 95 % binomial interval. Over 3×: errors of more than three times the stated interval. Missed: no "
    "finish though the body was reported for 4 periods with twice the least signal, or for 2.5 to 4 periods. False: "
    "more than 0.35 m of running from the truth. The usual ways run on the same readings, their own mean error taken "
    "off before the 95 %. An ideal beam is a thin one, sampled at that rate, without any noise."
)
_NOTE_RANGES = "The same without status, signal and ambient."
_NOTE_PHANTOM = "Exactly one phantom that looks like a good reading within three readings of an edge of the break."
_NOTE_APPROACH = (
    "The range at which a rep ends is the least from which that speed can stop. A VL53L1X in short mode sees 1.3 m, a "
    "TF-Luna 8 m; pairs of gait and sensor that cannot stop in time are left out, as the program refuses them."
)
_NOTE_THIN = (
    "A TF-Luna across the lane (benchmarks/physics/luna.py): a beam of 2°, noise of 1 to 2 cm, an error of up to 6 cm, "
    "cloth of 10 to 75 %, sun, mixed readings at edges. The limit is the larger of one period and 2.5 cm of running."
)
_NOTE_HARD = (
    "Each name is a scene of benchmarks/physics/hard_cases.py with one right answer, at 25 and 41 Hz, all gaits, "
    "both backgrounds, both laws. Off: the right athlete, 0.25 s or more and twice the stated interval from the truth."
)
_HARD_KINDS = ("false", "missed", "twice", "off", "flags", "alarm")


def tables(found: Figures) -> list[Table]:
    """Everything that was measured."""
    held_out = (
        f"Passages that nobody has seen before this run: their seeds are those of {found.seed}. "
        f"`make bench ONLY=accuracy SEED={found.seed}` gives them again."
    )
    return [
        _table("Gate, full records", _NOTE, found.asked["full"]),
        _both("Gate, full records: interval over both laws", found.asked["full"]),
        _table("Gate, one phantom beside each break", _NOTE_PHANTOM, found.phantom),
        _table("Gate, ranges only", _NOTE_RANGES, found.asked["range"]),
        _both("Gate, ranges only: interval over both laws", found.asked["range"]),
        _table(f"Gate, full records, seed {found.seed}", held_out, found.held_out),
        _table("Gate at other rates, full records", "Told, not asked.", found.other["full"]),
        _table("Gate at other rates, ranges only", "", found.other["range"]),
        _table(f"Thin beam, seed {found.seed}", _NOTE_THIN, found.thin),
        _table("Lane-end and belt, full records", _NOTE_APPROACH, found.approach["full"]),
        _table("Lane-end and belt, ranges only", "", found.approach["range"]),
        _hard(found.hard),
    ]


def _table(title: str, note: str, cells: Sequence[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            c.name, c.reps, c.bias_ms, c.bias_limit_ms if c.rate_hz >= bars.BIAS_FROM_HZ else None, c.bias_mm, c.p95_ms,
            c.p95_limit_ms, str(c.within), str(c.covered), c.stated_ms, c.over.count, c.missed_full.count,
            c.missed_brief.count, c.twice, c.false, c.threshold_bias_ms, c.threshold_p95_ms, c.median_bias_ms,
            c.median_p95_ms, c.ideal_p95_ms,
        )
        for c in cells
    ]  # fmt: skip
    return Table(title, note, _HEAD, rows, _TERSE)


def _both(title: str, cells: Sequence[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [(place, share.of, str(share)) for place, share in both_laws(cells).items()]
    return Table(title, "", ("cell", "n", "interval covers"), rows)


def _hard(hard: dict[str, Verdict]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            name,
            verdict.cases,
            f"{1.0 - sum(verdict.wrong.values()) / verdict.cases:.1%}",
            *(verdict.wrong.get(kind, 0) for kind in _HARD_KINDS),
            "; ".join(verdict.examples[:1]),
        )
        for name, verdict in hard.items()
    ]
    head = ("case", "n", "right", *_HARD_KINDS, "for example")
    return Table("Hard cases at a gate", _NOTE_HARD, head, rows, 3 + len(_HARD_KINDS))


def draw(cells: Sequence[Cell]) -> dict[str, tuple[str, bytes]]:
    """File name to what it shows and the picture; of the gate's cells with full records."""
    drawn = {f"accuracy-{background}.svg": _draw_errors(cells, background) for background in BACKGROUNDS}
    return drawn | {"bias.svg": _draw_bias(cells), "coverage.svg": _draw_coverage(cells)}


def _draw_errors(cells: Sequence[Cell], background: str) -> tuple[str, bytes]:
    shown = [cell for cell in cells if cell.place.endswith(background)]
    labels = [cell.name.replace(f" {background}", "") for cell in shown]
    place = "before a wall" if background == "wall" else "in the open field"
    series = {
        "Retro Timer": [c.p95_ms for c in shown],
        "asked": [c.p95_limit_ms for c in shown],
        "ideal beam": [c.ideal_p95_ms for c in shown],
        "median of nine": [c.median_p95_ms for c in shown],
        "first below a threshold": [c.threshold_p95_ms for c in shown],
    }
    title = f"Gate {place}: 95 % of errors are smaller than (ms, simulated)"
    colours = (plots.COLOURS[0], plots.GREY, *plots.COLOURS[1:])
    name = f"accuracy-{background}"
    return title, plots.bars(name, title, labels, series, y_title="ms", logarithmic=True, colours=colours)


def _draw_bias(cells: Sequence[Cell]) -> tuple[str, bytes]:
    bias = {
        "Retro Timer": [c.bias_ms for c in cells],
        "median of nine": [c.median_bias_ms for c in cells],
        "first below a threshold": [c.threshold_bias_ms for c in cells],
    }
    title = "Gate: mean error, early is negative (ms, simulated)"
    colours = (plots.COLOURS[0], *plots.COLOURS[2:4])
    return title, plots.bars("bias", title, [cell.name for cell in cells], bias, y_title="ms", colours=colours)


def _draw_coverage(cells: Sequence[Cell]) -> tuple[str, bytes]:
    title = "Gate: share of true times inside the stated 95 % interval (%, simulated)"
    covered = {"Retro Timer": [100.0 * cell.covered.value for cell in cells]}
    low, high = bars.COVERED
    limits = {
        "least asked, both laws": 100.0 * low,
        "most asked, both laws": 100.0 * high,
        "least asked, one law": 100.0 * bars.COVERED_EITHER,
    }
    least = min(90.0, *covered["Retro Timer"])
    labels = [cell.name for cell in cells]
    return title, plots.dots("coverage", title, labels, covered, limits, y_title="%", value_range=(least, 100.0))
