"""The log's file: whole lines or an error, torn ends mended, rubbish passed over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.entries import ClockSet, encode, new_id
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.reps_log import RepsLog, read_log


def line(number: int) -> bytes:
    return encode(ClockSet(id=new_id(), clock=number, boot="x" * 40))


def clocks(directory: Path) -> list[int]:
    return [entry.clock for entry in read_log(directory) if isinstance(entry, ClockSet)]


def test_half_a_line_that_a_power_cut_left_spoils_no_other_line(tmp_path: Path) -> None:
    log = RepsLog(tmp_path)
    log.append([line(1)])
    log.append([line(2)])
    log.close()
    path = tmp_path / "reps.jsonl"
    path.write_bytes(path.read_bytes()[:-4])
    log = RepsLog(tmp_path)
    log.append([line(3)])
    log.close()
    assert clocks(tmp_path) == [1, 3]


def test_rubbish_in_the_log_is_passed_over(tmp_path: Path) -> None:
    rubbish = (
        b"\xff\xfe",
        b"[1]",
        b"",
        b'"x"',
        b"[" * 100_000,
        b'{"v":"x"}',
        b'{"rep":1}',
        b'{"clock":1e999}',
        b"\0" * 64,
    )
    (tmp_path / "reps.jsonl").write_bytes(line(1) + b"\n".join(rubbish) + b"\n" + line(2))
    assert clocks(tmp_path) == [1, 2]


def test_a_log_of_a_newer_program_is_left_alone_and_told_of(tmp_path: Path) -> None:
    (tmp_path / "reps.jsonl").write_bytes(b'{"kind":"later","v":5,"id":"0000000000000001"}\n')
    with pytest.raises(RetroTimerError, match="version 5, this program knows up to 4"):
        Journal(tmp_path)


def test_where_the_last_line_begins_is_known_of_any_number_of_lines(tmp_path: Path) -> None:
    log = RepsLog(tmp_path)
    for count in (1, 3, 20_000):
        start = log.append(line(number) for number in range(count))
        (found,) = log.lines(start)
        assert found == (start, (tmp_path / "reps.jsonl").read_bytes()[start:-1])
    assert len(list(log.lines())) == 20_004
    log.close()


def test_a_line_that_does_not_fit_on_the_disk_is_an_error_and_not_half_a_line(tmp_path: Path) -> None:
    """A write may be cut short by the disk's end; the caller would announce a rep that is not there."""
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from retro_timer.store.results.reps_log import RepsLog\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "log = RepsLog(Path(sys.argv[1]))\nlog.append([sys.argv[2].encode()])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150, 150))\n"
        "try:\n    log.append([sys.argv[2].encode()])\n"
        "except OSError as error:\n    print('refused', error.errno)\nelse:\n    print('taken')\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, tmp_path, line(1)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.startswith("refused"), done.stdout + done.stderr
    log = RepsLog(tmp_path)
    log.append([line(3)])
    log.close()
    assert clocks(tmp_path) == [1, 3]
