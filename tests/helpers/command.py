"""Runs `retro-timer`: in this process where that is enough, as a real process where it is not."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import unittest.mock
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

PROGRAM = Path(sys.executable).with_name("retro-timer")


class Outcome(msgspec.Struct, frozen=True):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines on standard output."""
        return self.out.splitlines()

    def one_line(self) -> str:
        """The one line on standard error; fails when there are more or fewer, or a traceback."""
        assert "Traceback" not in self.err, self.err
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("retro-timer: "), self.err
        return lines[0]


Command = Callable[..., Outcome]
"""Runs with these arguments."""


def here(capsys: pytest.CaptureFixture[str], *args: object) -> Outcome:
    """A command in this process."""
    from retro_timer.cli.main import main

    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    code = ended.value.code
    out, err = capsys.readouterr()
    assert isinstance(code, int)
    return Outcome(code, out, err)


def quietly(*args: object, env: Mapping[str, str | None] | None = None, cwd: Path | None = None) -> Outcome:
    """A command in this process, for whoever has no capsys. `env` and `cwd` as for `process`."""
    from retro_timer.cli.main import main

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        unittest.mock.patch.dict(os.environ, environment_with(env), clear=True),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main([str(arg) for arg in args])
    assert isinstance(ended.value.code, int)
    told = [stream.buffer.getvalue().decode() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO)]
    return Outcome(ended.value.code, *told)


def process(
    *args: object,
    env: Mapping[str, str | None] | None = None,
    timeout_s: float = 120.0,
    stdin: str | bytes = "",
    cwd: Path | None = None,
    wrap: Sequence[str] = (),
) -> Outcome:
    """A command as a process. `env` adds to the environment; a value of None takes a variable away."""
    environment = environment_with(env)
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [*wrap, str(PROGRAM), *(str(arg) for arg in args)],
        env=environment,
        input=data,
        capture_output=True,
        timeout=timeout_s,
        cwd=cwd,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def environment_with(changes: Mapping[str, str | None] | None) -> dict[str, str]:
    """This process's environment with changes."""
    environment = dict(os.environ)
    for name, value in (changes or {}).items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment
