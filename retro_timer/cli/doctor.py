"""`retro-timer doctor`: is the box fit to keep watch, and what mends it if not? And trials for setting it up."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from retro_timer.cli.options import Within
from retro_timer.diagnostics.examination import MEASURE_S, examined
from retro_timer.diagnostics.findings import Finding, Verdict, keeps_watch, summary
from retro_timer.diagnostics.holder import Wanted, holder
from retro_timer.diagnostics.trials import beep, hear, say, watch
from retro_timer.errors import BadInputError

_ANSWER_S = 60.0
_NARROWEST = 50


@click.command()
@click.option("--board", help="pi, twin or sim; that of the running timer, else pi, when left out.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--scenario", metavar="FILE", help="sim and twin: a scenario's name or TOML file.")
@click.option("--beep", "beeps", is_flag=True, help="Only beep: ready, then go.")
@click.option("--say", "text", metavar="TEXT", help="Only say this.")
@click.option("--watch", "watches", is_flag=True, help="Only show the range as it changes, until Ctrl-C.")
@click.option("--hear", "hears", is_flag=True, help="Only the sound check: can you hear it at the start line?")
@click.option("--for", "seconds", type=Within(0.5, 600.0), help="How long to measure, watch or wait, in s.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (with --watch one a reading).")
def doctor(
    board: str | None,
    config: Path | None,
    scenario: str | None,
    beeps: bool,
    text: str | None,
    watches: bool,
    hears: bool,
    seconds: float | None,
    as_json: bool,
) -> int:
    """Check the box: sensors, sound, disk, clock, power, rights.

    Asks the running timer, or holds the board itself when none runs. Ends with 1 if the box cannot keep watch.
    """
    if beeps + watches + hears + (text is not None) > 1:
        raise BadInputError("doctor", "two trials at once", "one of --beep, --say, --watch and --hear")
    wanted = Wanted(board, config, scenario)
    if not (beeps or watches or hears or text is not None):
        return _examine(wanted, seconds or MEASURE_S, as_json=as_json)
    with holder(wanted, print) as asked:
        if beeps:
            beep(asked)
        elif text is not None:
            say(asked, text)
        elif watches:
            watch(asked, seconds, as_json=as_json)
        else:
            return 0 if hear(asked, seconds or _ANSWER_S) else 1
    return 0


def _examine(wanted: Wanted, seconds: float, *, as_json: bool) -> int:
    findings = examined(wanted, seconds)
    if as_json:
        told = {"keeps_watch": keeps_watch(findings), "findings": msgspec.to_builtins(findings)}
        print(json.dumps(told))
    else:
        _print_table(findings)
    return 0 if keeps_watch(findings) else 1


def _print_table(findings: Sequence[Finding]) -> None:
    """What, how it is, what was found; below it, indented, how to mend it."""
    first = max(len(finding.name) for finding in findings)
    second = max(len(verdict) for verdict in Verdict)
    width = max(_NARROWEST, shutil.get_terminal_size().columns - 1)
    indent = " " * (first + second + 4)
    for finding in findings:
        verdict = finding.verdict.upper() if finding.verdict is Verdict.WRONG else finding.verdict
        head = f"{finding.name:{first}}  {verdict:{second}}  "
        _print_filled(finding.found, width, head, indent)
        if finding.mend:
            _print_filled(f"mend: {finding.mend}", width, indent, f"{indent}  ")
    print(summary(findings))


def _print_filled(text: str, width: int, first: str, other: str) -> None:
    """Commands are not broken at their hyphens: they are there to be copied."""
    print(textwrap.fill(text, width, initial_indent=first, subsequent_indent=other, break_on_hyphens=False))
