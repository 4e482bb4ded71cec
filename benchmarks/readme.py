"""Copies the benchmark's first table, with machine and date, into README, where people look for it.

python -m benchmarks.readme
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "results.md"
README = ROOT / "README.md"
_BEGIN, _END = "<!-- make bench writes this -->\n", "<!-- to here -->\n"
_RUN = re.compile(r"^`make bench[^`]*` \(part `(\w+)`\), (\d{4}-\d\d-\d\d)", re.MULTILINE)


def block(results: str) -> str:
    """What README shows of a report: machine, dates and the table of targets."""
    head = results.partition("\n## ")[0].removeprefix("# Benchmark").strip()
    dates = ", ".join(f"{part} {date}" for part, date in _RUN.findall(results))
    return f"{head}\n\nMeasured on: {dates}. Accuracy and warnings are simulated; the rest is measured in real time.\n"


def with_block(readme: str, results: str) -> str:
    """README with the block of this report. Raises ValueError without the two marks."""
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md: the marks {_BEGIN.strip()} and {_END.strip()} are missing")
    return f"{before}{_BEGIN}\n{block(results)}\n{_END}{after}"


if __name__ == "__main__":
    README.write_text(with_block(README.read_text(), RESULTS.read_text()))
