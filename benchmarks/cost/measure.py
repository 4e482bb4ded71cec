"""What it costs to run: processor, memory, start and simulation of the whole program, and of a reading alone."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from benchmarks.cost.drivers import DriverCost, measure_luna, measure_vl53l1x
from benchmarks.cost.lines import Solving, solving, three_gates_percent
from benchmarks.cost.sampling import Window, lane_costs, long_session
from benchmarks.latency.box import BoxOrder, BoxReport
from benchmarks.latency.visits import Timetable
from benchmarks.processes import PROGRAM, environment_of, notified, ordered, running, wait_until_ready

SAMPLING_TARGET_PERCENT = 2.0
BEACON_TARGET_MB = 40.0
READY_TARGET_S = 0.6
_SETTINGS = '[voice]\nkind = "speech"\n'
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024.0


class Size(msgspec.Struct, frozen=True):
    """How much."""

    seconds: float
    """For each figure in real time."""
    starts: int
    hours: float
    """Of readings in the long session."""
    finishes: int
    """Of one gate and of two beams, whose moments are found."""


class Memory(msgspec.Struct, frozen=True):
    """Of one process, in MB."""

    process: str
    pss_mb: float
    rss_mb: float


class Start(msgspec.Struct, frozen=True):
    """From the process's start, in seconds, medians."""

    board: str
    ready_s: float
    """Until it told systemd that it is ready, which it does once every sensor has been seen."""
    worst_s: float
    first_reading_s: float | None
    """Until the first reading was judged; None where nothing notes it."""


class Cost(msgspec.Struct, frozen=True):
    """Everything measured."""

    lanes: dict[str, float]
    """What the sensor looks at, to the percentage of one core that sampling and detection take at 41 Hz."""
    three_gates_percent: float
    """Percentage of one core of two cones at 41 Hz and a thin beam at 250 Hz."""
    solving: list[Solving]
    driver: DriverCost
    luna: DriverCost
    whole_percent: dict[str, float]
    """Board to the percentage of one core that the whole idle beacon takes in real time."""
    memory: list[Memory]
    starts: list[Start]
    simulated_s: float
    simulation_took_s: float
    long_session: list[Window]


def measure_cost(folder: Path, size: Size, step: Callable[[], None]) -> Cost:
    """Everything."""
    lanes = lane_costs()
    three = three_gates_percent()
    solved = solving(size.finishes)
    step()
    windows = long_session(size.hours)
    step()
    driver = measure_vl53l1x(size.seconds)
    luna = measure_luna(size.seconds)
    step()
    begun = [_time_starts(_place(folder, board), board, size.starts) for board in ("sim", "twin")]
    step()
    whole, memory = {}, list[Memory]()
    for board in ("sim", "twin"):
        percent, found = _watch_whole(_place(folder, board), board, size.seconds)
        whole[board] = percent
        memory += found
        step()
    simulated_s, took_s = _time_simulation(_place(folder, "sim"))
    step()
    return Cost(lanes, three, solved, driver, luna, whole, memory, begun, simulated_s, took_s, windows)


def _place(folder: Path, board: str) -> Path:
    """State, speech and settings of one board: what the other has cached must not help it."""
    place = folder / board
    place.mkdir(exist_ok=True)
    (place / "config.toml").write_text(_SETTINGS, encoding="utf-8")
    return place


def _beacon(folder: Path, board: str, notify: socket.socket) -> AbstractContextManager[subprocess.Popen[bytes]]:
    command = [PROGRAM, "run", "--board", board, "--config", str(folder / "config.toml")]
    environment = environment_of(folder, folder.parent / "compiled") | {"NOTIFY_SOCKET": notify.getsockname()}
    return running(command, environment, folder / f"{board}.txt")


def _watch_whole(folder: Path, board: str, seconds: float) -> tuple[float, list[Memory]]:
    """Processor time and memory of a beacon that waits for a session, once it has said that it is ready."""
    with notified(folder) as notify, _beacon(folder, board, notify) as process:
        wait_until_ready(notify)
        # Its first words are rendered and said by then.
        time.sleep(min(seconds, 6.0))
        before_s, began_s = _cpu_s(process.pid), time.monotonic()
        time.sleep(seconds)
        percent = 100.0 * (_cpu_s(process.pid) - before_s) / (time.monotonic() - began_s)
        memory = [memory_of(process.pid, f"beacon on the board {board}")]
        memory += [memory_of(child, f"voice beside it ({board})") for child in _children(process.pid)]
    return percent, memory


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, name: str) -> Memory:
    """A process's memory now."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    pss_kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    rss_pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return Memory(name, pss_kb / 1024.0, rss_pages * _PAGE_KB / 1024.0)


def _children(pid: int) -> list[int]:
    """Python processes that a process has started; aplay comes and goes."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    pids = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    return [child for child in pids if b"python" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _time_starts(folder: Path, board: str, count: int) -> Start:
    ready = []
    # The first one compiles the modules and counts for nothing.
    for _ in range(1 + count):
        with notified(folder) as notify:
            began_s = time.monotonic()
            with _beacon(folder, board, notify):
                ready.append(wait_until_ready(notify) - began_s)
    first = statistics.median(_first_reading_s(folder) for _ in range(count)) if board == "twin" else None
    return Start(board, statistics.median(ready[1:]), max(ready[1:]), first)


def _first_reading_s(folder: Path) -> float:
    """A box with stopwatches tells when its first reading was judged."""
    report = folder / "report.json"
    with notified(folder) as notify:
        arguments = ["run", "--board", "twin", "--config", str(folder / "config.toml")]
        order = BoxOrder(Timetable((1.0, 1.0), 0.5, 1), str(report), arguments, busy=False)
        began_ns = time.monotonic_ns()
        environment = environment_of(folder, folder.parent / "compiled") | {"NOTIFY_SOCKET": notify.getsockname()}
        with running(ordered("benchmarks.latency.box", order, folder), environment, folder / "box.txt"):
            wait_until_ready(notify)
    told = msgspec.json.decode(report.read_bytes(), type=BoxReport)
    return (told.first_sample_ns - began_ns) / 1e9


def _time_simulation(folder: Path) -> tuple[float, float]:
    """Simulated seconds of a session, and how long the command took for them."""
    began_s = time.monotonic()
    done = subprocess.run(
        [PROGRAM, "simulate", "conditioning", "--json"],
        env=environment_of(folder, folder.parent / "compiled"),
        capture_output=True,
        check=True,
    )
    took_s = time.monotonic() - began_s
    return float(json.loads(done.stdout.splitlines()[-1])["t_s"]), took_s
