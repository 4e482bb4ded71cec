"""The commands that README and docs show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from retro_timer.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "wiring" / "README.md",
]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")


def fenced(page: Path) -> Iterator[str]:
    """Every line of a page's blocks of commands, without its comment."""
    for language, lines in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language in ("", "sh"):
            yield from (line.partition("  #")[0].strip() for line in lines.splitlines())


def shown(page: Path) -> Iterator[str]:
    """Every line of code that a page shows, without its comment, in its blocks and in its text."""
    yield from fenced(page)
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    yield from (code.strip() for code in _INLINE.findall(text))


def fenced_commands(page: Path) -> list[str]:
    """The program's own commands of a page's blocks, in their order."""
    return [line for line in map(_plain, fenced(page)) if line.startswith("retro-timer ")]


def commands() -> list[str]:
    """Every shown command of the program, once."""
    found = {_plain(line) for page in PAGES for line in shown(page)}
    return sorted(line for line in found if line.startswith("retro-timer "))


def first_words() -> list[tuple[str, ...]]:
    """The command of each line, with the one below it where it has any, once."""
    found = {_command_words(shlex.split(line)[1:]) for line in commands()}
    return sorted(words for words in found if words)


def _command_words(words: list[str]) -> tuple[str, ...]:
    context = click.Context(cli)
    command: click.Command | None = cli
    taken: list[str] = []
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        command = command.get_command(context, word)
        taken.append(word)
    return tuple(taken)


def _plain(line: str) -> str:
    return line.removeprefix("sudo ").removeprefix(".venv/bin/")
