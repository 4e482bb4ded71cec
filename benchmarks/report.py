"""What a part of the benchmark hands over, and how it is written: JSON to keep, Markdown to read, a table to watch."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table as RichTable

JSON, MARKDOWN = "results.json", "results.md"
Value = str | int | float | None


class Target(msgspec.Struct, frozen=True):
    """One thing that is asked, and what was found."""

    what: str
    asked: str
    found: str
    met: bool | None
    """None for what is told but not asked."""


def at_most(what: str, limit: float, unit: str, value: float, found: str) -> Target:
    """A figure that is to be no more than a limit; `found` tells it."""
    return Target(what, f"{limit:g} {unit}", found, value <= limit)


def told(what: str, found: str) -> Target:
    """A figure of which nothing is asked."""
    return Target(what, "–", found, None)


class Table(msgspec.Struct, frozen=True):
    """Figures in rows, the first column a name."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: list[tuple[Value, ...]]
    terse: int | None = None
    """How many of the columns a terminal shows; all of them when None."""


class Part(msgspec.Struct, frozen=True):
    """Everything that one part found."""

    title: str
    simulated: str
    """Which of its figures are simulated."""
    targets: list[Target]
    tables: list[Table]
    plots: dict[str, str]
    """File name to what it shows."""
    drawings: dict[str, bytes] = {}
    """File name to SVG; written beside the report and not into it."""


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str


class Run(msgspec.Struct, frozen=True):
    """One part, as it was run."""

    command: str
    date: str
    """UTC, to the minute."""
    took_s: float
    load_before: float
    """Load average over the minute before, of all that ran on the machine."""
    load_after: float
    machine: Machine
    version: str
    """The commit that was measured; with a + when files differed from it."""
    part: Part


class Results(msgspec.Struct):
    """The newest run of every part."""

    runs: dict[str, Run] = {}


def this_machine() -> Machine:
    """This one."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").is_file() else ""
    names = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith(("model name", "Model"))]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=names[-1] if names else platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gb=round(pages / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def this_version() -> str:
    """What is being measured; `unknown` where it is no git checkout."""
    folder = Path(__file__).resolve().parent

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    try:
        commit = git("rev-parse", "--short", "HEAD")
        differs = git("status", "--porcelain", "--untracked-files=no", "--", "../retro_timer", "../firmware", ".")
    except OSError:
        return "unknown"
    return (commit + ("+" if differs else "")) or "unknown"


def load_results(folder: Path) -> Results:
    """What an earlier run has left there; nothing if an earlier version of the benchmark wrote it otherwise."""
    path = folder / JSON
    if not path.is_file():
        return Results()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except msgspec.DecodeError as error:
        print(f"{path}: not read ({error}); a new report is begun", file=sys.stderr)
        return Results()


def save_results(results: Results, folder: Path) -> None:
    """Write results.json, results.md and the plots of what was run now."""
    folder.mkdir(parents=True, exist_ok=True)
    for run in results.runs.values():
        for name, svg in run.part.drawings.items():
            (folder / name).write_bytes(svg)
    kept = Results(
        {
            name: msgspec.structs.replace(run, part=msgspec.structs.replace(run.part, drawings={}))
            for name, run in results.runs.items()
        }
    )
    (folder / JSON).write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    (folder / MARKDOWN).write_text(markdown(kept), encoding="utf-8")


def markdown(results: Results) -> str:
    """The whole report; the first table is the one for a README."""
    lines = ["# Benchmark", "", *_summary(results)]
    for name, run in results.runs.items():
        lines += ["", f"## {run.part.title}", "", f"{_made(name, run)} {run.part.simulated}"]
        for file, shows in run.part.plots.items():
            lines += ["", f"![{shows}]({file})"]
        for table in run.part.tables:
            lines += ["", f"### {table.title}", ""]
            if table.note:
                lines += [table.note, ""]
            lines += _rows(table.head, table.rows)
    return "\n".join(lines) + "\n"


def _summary(results: Results) -> list[str]:
    machines = dict.fromkeys(run.machine for run in results.runs.values())
    lines = [
        f"Measured on {m.processor}, {m.cores} cores, {m.memory_gb:g} GB, {m.system}, Python {m.python}; nothing here "
        "was measured on a Raspberry Pi."
        for m in machines
    ]
    if any(max(run.load_before, run.load_after) > 2 * run.machine.cores for run in results.runs.values()):
        lines.append("Other programs shared the machine meanwhile: the load average of each part is told with it.")
    lines.append("")
    rows: list[tuple[Value, ...]] = []
    for run in results.runs.values():
        rows += [(t.what, t.asked, t.found, _VERDICTS[t.met]) for t in run.part.targets]
    return [*lines, *_rows(("figure", "asked", "found", ""), rows)]


_VERDICTS = {True: "met", False: "**missed**", None: ""}


def _made(name: str, run: Run) -> str:
    return (
        f"`{run.command}` (part `{name}`), {run.date} UTC, version {run.version}, {run.took_s:.0f} s; load average "
        f"{run.load_before:.1f} before and {run.load_after:.1f} after, of all that ran on the machine."
    )


def _rows(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> list[str]:
    marks = ["---", *("---:" for _ in head[1:])]
    lines = [_line(head), _line(marks)]
    return [*lines, *(_line([shown(value) for value in row]) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def shown(value: Value) -> str:
    """A figure as it is printed: three or four digits are enough of any of them."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.1f}" if abs(value) >= 10.0 else f"{value:.2f}"
    return str(value)


def print_part(title: str, tables: Iterable[Table], targets: Iterable[Target], console: Console) -> None:
    """A part's tables on the terminal, without their notes, its targets last."""
    for table in tables:
        drawn = RichTable(title=table.title, title_justify="left")
        for number, name in enumerate(table.head[: table.terse]):
            drawn.add_column(name, justify="left" if number == 0 else "right")
        for row in table.rows:
            drawn.add_row(*(shown(value) for value in row[: table.terse]))
        console.print(drawn)
    drawn = RichTable(title=f"{title}: targets", title_justify="left")
    for name in ("figure", "asked", "found", ""):
        drawn.add_column(name)
    for target in targets:
        verdict = {True: "met", False: "[bold red]missed[/]", None: ""}[target.met]
        drawn.add_row(target.what, target.asked, target.found, verdict)
    console.print(drawn)


def wide_console() -> Console:
    """A terminal as it is; for a file wide enough that no table is folded."""
    return Console(width=None if Console().is_terminal else 220)
