"""The man page and the shells' completion are what the commands say of themselves."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import get_completion_class

from retro_timer import __version__
from retro_timer.cli import manual
from retro_timer.cli.main import cli
from tests.helpers.command import PROGRAM

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = {".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I"}


def leaves(command: click.Command, context: click.Context, words: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        if not below.hidden:
            yield from leaves(below, context, f"{words} {name}".strip())


def plain(page: str) -> str:
    """The page as it is read, line for line."""
    for written, read in ((r"\-", "-"), (r"\(dq", '"'), (r"\(aq", "'"), (r"\(ga", "`"), (r"\&", ""), (r"\e", "\\")):
        page = page.replace(written, read)
    return page


def test_the_version_is_one_in_program_package_and_list_of_changes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = next(line for line in changes.splitlines() if line.startswith("## "))
    assert (project["version"], newest) == (__version__, f"## {__version__}")


def test_the_man_page_tells_of_every_command_with_every_option() -> None:
    page = plain(manual.man_page())
    sections = {part.splitlines()[0].strip('"'): part for part in page.split(".SS ")[1:]}
    for words, command in leaves(cli, click.Context(cli)):
        (section,) = [part for title, part in sections.items() if title.startswith(f"{words} ") or title == words]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert all(name in section for name in parameter.opts), (words, parameter.opts)
        assert " ".join((command.help or "").split("\n\n")[0].split()) in section


def test_no_line_of_the_man_page_is_taken_for_a_request_that_it_is_not() -> None:
    lines = manual.man_page().splitlines()
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= REQUESTS
    assert f'"Retro Timer {__version__}"' in lines[0]


def test_the_files_have_the_names_by_which_the_shells_find_them(tmp_path: Path) -> None:
    manual.write(tmp_path / "made")
    found = {str(path.relative_to(tmp_path / "made")) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"retro-timer.1", "bash/retro-timer", "zsh/_retro-timer", "fish/retro-timer.fish"}


def offered(shell: str, *words: str) -> list[str]:
    """What is offered for the last word of a line."""
    kind = get_completion_class(shell)
    assert kind is not None
    asked = kind(cli, {}, "retro-timer", "_RETRO_TIMER_COMPLETE")
    return [str(item.value) for item in asked.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("shell", manual.COMPLETIONS)
def test_each_shell_is_offered_commands_options_and_choices(shell: str) -> None:
    assert offered(shell, "sim") == ["simulate"]
    assert offered(shell, "results", "ex") == ["export"]
    assert "--format" in offered(shell, "results", "export", "--f")
    assert offered(shell, "results", "export", "--format", "") == ["csv", "json", "fit", "lif"]
    assert "_RETRO_TIMER_COMPLETE" in manual.completion(shell)


@pytest.mark.slow
def test_bash_completes_by_the_file_that_is_installed(tmp_path: Path) -> None:
    manual.write(tmp_path)
    script = (
        f"source {tmp_path}/bash/retro-timer; COMP_WORDS=(retro-timer results exp); COMP_CWORD=2;"
        " _retro_timer_completion retro-timer; echo ${COMPREPLY[@]}"
    )
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["export"]
