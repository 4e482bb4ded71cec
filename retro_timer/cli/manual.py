"""`python -m retro_timer.cli.manual FOLDER`: man page and completion, made from the commands themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from retro_timer import __version__
from retro_timer.cli.main import cli

PROGRAM = "retro-timer"
COMPLETIONS = {"bash": PROGRAM, "zsh": f"_{PROGRAM}", "fish": f"{PROGRAM}.fish"}
"""Each shell, and the name under which it looks for the completion of a command."""
_FOOT = """\
.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
the work failed
.TP
.B 2
bad usage or bad input: one line says what is wrong, where, and what was expected
.TP
.B 130
interrupted, with nothing lost
.SH ENVIRONMENT
.TP
.B RETRO_TIMER_STATE
the folder of results, plans, rosters and what was set on the box
.TP
.B RETRO_TIMER_CONFIG
the folder of config.toml and of plans
.SH FILES
.TP
.I /etc/retro\\-timer/config.toml
the box's settings
.TP
.I /etc/retro\\-timer/plans/*.toml
plans of one's own
.TP
.I /var/lib/retro\\-timer
results and their copies
.TP
.I /opt/retro\\-timer/share/docs
the handbook
"""


def man_page() -> str:
    """The man page of all commands, as roff."""
    context = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    names = cli.list_commands(context)
    head = [
        f'.TH {PROGRAM.upper()} 1 "" "Retro Timer {__version__}" "User Commands"',
        ".SH NAME",
        f"{_roff(PROGRAM)} \\- gate, interval coach and rear warning for backward running",
        ".SH SYNOPSIS",
        f".B {_roff(PROGRAM)}",
        r".I COMMAND",
        "[ARGUMENTS]",
        ".SH DESCRIPTION",
        *_paragraphs(cli),
        ".SH COMMANDS",
    ]
    told = (line for name in names for line in _command(context, name))
    return "\n".join([*head, *told]) + "\n" + _FOOT


def completion(shell: str) -> str:
    """What a shell reads to complete the program's commands, options and choices."""
    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(cli, {}, PROGRAM, f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE")
    return made.source_template % made.source_vars()


def _command(parent: click.Context, name: str) -> Iterator[str]:
    """A command with its arguments and options, and those below it."""
    command = parent.command.get_command(parent, name) if isinstance(parent.command, click.Group) else None
    assert command is not None
    if command.hidden:
        return
    context = click.Context(command, parent=parent, info_name=name)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _command(context, below)
        return
    usage = " ".join(command.collect_usage_pieces(context))
    yield f'.SS "{_roff(f"{context.command_path.removeprefix(PROGRAM).strip()} {usage}")}"'
    yield from _paragraphs(command)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield from (".TP", f".B {_roff(record[0])}", _roff(record[1]))


def _paragraphs(command: click.Command) -> Iterator[str]:
    for number, part in enumerate((command.help or "").split("\f")[0].split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(part.split()))


def _roff(text: str) -> str:
    """Text of which roff takes nothing for its own: neither hyphens nor quotes nor a dot at the begin of a line."""
    told = (
        text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("'", r"\(aq").replace("`", r"\(ga")
    )
    return rf"\&{told}" if told.startswith(".") else told


def write(folder: Path) -> None:
    """Write `retro-timer.1` and a file each shell, below a folder of its name. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{PROGRAM}.1").write_text(man_page(), encoding="utf-8")
    for shell, name in COMPLETIONS.items():
        (folder / shell).mkdir(exist_ok=True)
        (folder / shell / name).write_text(completion(shell), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
