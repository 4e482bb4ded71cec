"""Copies the benchmark's figures to where people look: the whole table into docs/accuracy.md, some into README.

python -m benchmarks.publish
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "results.md"
PAGE = ROOT / "docs" / "accuracy.md"
README = ROOT / "README.md"
_TABLE = ("<!-- make bench writes this -->\n", "<!-- to here -->\n")
_FEW = ("<!-- make bench writes these -->\n", "<!-- to here -->\n")
_RUN = re.compile(r"^`make bench[^`]*` \(part `(\w+)`\), (\d{4}-\d\d-\d\d)", re.MULTILINE)
_CHOSEN = (
    "gate: interval covers",
    "danger told in time, full records",
    "danger told within 0.3 s or four periods, full records",
    "warning latency, busy: 99 %",
    "memory of the beacon",
    "ready after the start, board twin",
    "simulation speed",
)
"""How the few rows of README begin: the least that somebody wants to know before they build one."""


def table(results: str) -> str:
    """What the page shows of a report: machine, dates and the table of targets."""
    head = results.partition("\n## ")[0].removeprefix("# Benchmark").strip()
    dates = ", ".join(f"{part} {date}" for part, date in _RUN.findall(results))
    how = "Accuracy, dual, starts, followers, lanes and warnings are simulated; the rest is measured in real time."
    return f"{head}\n\nMeasured on: {dates}. {how}\n"


def few(results: str) -> str:
    """The rows that README shows. Raises ValueError where the report lacks one."""
    rows = [line for line in table(results).splitlines() if line.startswith("|")]
    found = [next((row for row in rows if row.startswith(f"| {words}")), None) for words in _CHOSEN]
    if None in found:
        raise ValueError(f"results.md: no figure that begins with '{_CHOSEN[found.index(None)]}'")
    return "\n".join([*rows[:2], *(row for row in found if row is not None)]) + "\n"


def with_block(page: str, marks: tuple[str, str], block: str) -> str:
    """A page with a block between its two marks. Raises ValueError without them."""
    before, begin, rest = page.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError(f"the marks {marks[0].strip()} and {marks[1].strip()} are missing")
    return f"{before}{marks[0]}\n{block}\n{marks[1]}{after}"


def published(results: str) -> dict[Path, str]:
    """Each page as it reads with this report."""
    return {
        PAGE: with_block(PAGE.read_text(), _TABLE, table(results)),
        README: with_block(README.read_text(), _FEW, few(results)),
    }


if __name__ == "__main__":
    for path, text in published(RESULTS.read_text()).items():
        path.write_text(text)
