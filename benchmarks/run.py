"""Runs the benchmark, part after part: a progress bar, tables, plots, and a report that is kept.

python -m benchmarks.run [--quick] [--only PART,PART] [--seed DATE] [--share 0.3] [--out DIR]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks.accuracy import part as accuracy
from benchmarks.cost import part as cost
from benchmarks.dual import part as dual
from benchmarks.followers.part import PART as FOLLOWERS
from benchmarks.groups import part as groups
from benchmarks.growth import part as growth
from benchmarks.lanes.part import PART as LANES
from benchmarks.latency import part as latency
from benchmarks.page import part as page
from benchmarks.pool import Step
from benchmarks.report import Part, Results, Run, load_results, print_part, save_results, this_machine, this_version
from benchmarks.starts.part import PART as STARTS
from benchmarks.warnings import part as warnings

Measure = Callable[[bool, Step], Part]
HELD_OUT = {
    "accuracy": accuracy.measure,
    "dual": dual.measure,
    "starts": STARTS.measure,
    "followers": FOLLOWERS.measure,
    "lanes": LANES.measure,
}
"""These have cases of a date besides those that are always the same."""
PARTS: dict[str, Measure] = {
    **HELD_OUT,
    "warnings": warnings.measure,
    "latency": latency.measure,
    "cost": cost.measure,
    "page": page.measure,
    "growth": growth.measure,
    "groups": groups.measure,
}
"""In the order of running; what is measured in real time has the machine for itself."""
FOLDER = Path(__file__).parent / "results"
_HUNDRED = 100.0


def chosen_parts(only: str | None) -> list[str]:
    """The parts named in a list with commas, in the order of running; all of them without one."""
    if only is None:
        return list(PARTS)
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in PARTS]
    if unknown or not names:
        raise click.BadParameter(f"no part '{', '.join(unknown)}'; expected some of {', '.join(PARTS)}")
    return [name for name in PARTS if name in names]


@click.command()
@click.option("--quick", is_flag=True, help="Under a minute: few of everything, kept apart from the full results.")
@click.option("--only", metavar="PART,PART", help=f"Only these of {', '.join(PARTS)}.")
@click.option("--seed", type=click.IntRange(1), help="Held-out passages of this date, as 20261125; today's without it.")
@click.option(
    "--share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=1.0,
    help=f"Of {', '.join(HELD_OUT)}.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the report goes.")
def bench(quick: bool, only: str | None, seed: int | None, share: float, out: Path | None) -> int:
    """Reproduce the figures of docs/accuracy.md, part after part; --only has their names."""
    folder = out or (FOLDER / "quick" if quick else FOLDER)
    names = chosen_parts(only)
    console = Console()
    of_date = {name: partial(measure, seed=seed, share=share) for name, measure in HELD_OUT.items()}
    parts: dict[str, Measure] = PARTS | of_date
    said = {"QUICK": quick and "1", "ONLY": only, "SEED": seed, "SHARE": share < 1.0 and f"{share:g}"}
    command = " ".join(["make bench", *(f"{word}={value}" for word, value in said.items() if value)])
    runs: dict[str, Run] = {}
    with _bar() as bar:
        tasks = {name: bar.add_task(name, total=_HUNDRED, start=False) for name in names}
        for name in names:
            runs[name] = _run(parts[name], quick, command, bar, tasks[name])
            _keep(name, runs[name], folder)
            part = runs[name].part
            print_part(part.title, part.tables, part.targets, bar.console if bar.console.is_terminal else console)
    console.print(f"report, figures and plots: {os.path.relpath(folder)}")
    missed = [target for run in runs.values() for target in run.part.targets if target.met is False]
    console.print(f"{len(missed)} target{'s' if len(missed) > 1 else ''} missed" if missed else "every target met")
    return 0


def _keep(name: str, run: Run, folder: Path) -> None:
    """Beside the parts that were run before, in the parts' order; read anew, since another run may just have ended."""
    kept = load_results(folder).runs | {name: run}
    save_results(Results({part: kept[part] for part in PARTS if part in kept}), folder)


def _run(measure: Measure, quick: bool, command: str, bar: Progress, task: TaskID) -> Run:
    bar.start_task(task)
    before, began, version = os.getloadavg()[0], time.monotonic(), this_version()
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    part = measure(quick, lambda share: bar.advance(task, _HUNDRED * share))
    bar.update(task, completed=_HUNDRED)
    return Run(command, date, time.monotonic() - began, before, os.getloadavg()[0], this_machine(), version, part)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


if __name__ == "__main__":
    sys.exit(bench(standalone_mode=True))
