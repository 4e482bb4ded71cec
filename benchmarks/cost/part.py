"""Cost: processor, memory, start, simulation speed, and the length of the session."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import plots
from benchmarks.cost.drivers import LUNA_TARGET_PERCENT, VL53L1X_TARGET_PERCENT
from benchmarks.cost.lines import SOLVE_TARGET_MS, Solving
from benchmarks.cost.measure import (
    BEACON_TARGET_MB,
    READY_TARGET_S,
    SAMPLING_TARGET_PERCENT,
    Cost,
    Memory,
    Size,
    Start,
    measure_cost,
)
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, Value, at_most, told

_STEPS = 7
_SECONDS_A_MINUTE = 0.6
"""A percent of one core for a minute, in seconds."""
_GROWS = 1.25
"""A session's last quarter may cost this many times its first: more is growth and not noise."""


FULL, QUICK = Size(30.0, 7, 10.0, 300), Size(1.0, 1, 0.5, 3)


def measure(quick: bool, step: Step) -> Part:
    """Measure on the quietest machine that there is: nothing else of the benchmark runs."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="retro-timer-cost-") as folder:
        found = measure_cost(Path(folder), size, lambda: step(1.0 / _STEPS))
    title = "Cost of a reading along one session (µs of processor time)"
    points = [(window.hours, window.us_a_sample) for window in found.long_session]
    most = max(us for _, us in points)
    svg = plots.curve(
        "session", title, "sampling and detection", points, x_title="hours since the session began", y_title="µs",
        value_range=(0.0, 1.3 * most),
    )  # fmt: skip
    return Part(
        "Cost",
        "Measured; what the sensors look at is simulated, and the twin's own share is taken off the driver's.",
        _targets(found),
        _tables(found),
        {"session.svg": title},
        {"session.svg": svg},
    )


def _targets(found: Cost) -> list[Target]:
    one = "% of one core"
    lanes, three = max(found.lanes.values()), found.three_gates_percent
    seconds = f"{_SECONDS_A_MINUTE * lanes:.2f} s a minute"
    return [
        at_most(
            "sampling and detection at 41 Hz, without the driver", SAMPLING_TARGET_PERCENT, one, lanes,
            f"{lanes:.2f} %, {seconds}",
        ),
        at_most(
            "two gates at 41 Hz and one at 250 Hz, without their drivers", SAMPLING_TARGET_PERCENT, one, three,
            f"{three:.2f} %",
        ),
        *(_moment(solving) for solving in found.solving),
        _driver("the VL53L1X driver at 41 Hz", VL53L1X_TARGET_PERCENT, found.driver.driver_percent),
        _driver("the TF-Luna driver at 250 Hz", LUNA_TARGET_PERCENT, found.luna.driver_percent),
        *_memory(found.memory),
        *(_ready(start) for start in found.starts),
        _long(found),
        told("simulation speed", f"{found.simulated_s / found.simulation_took_s:,.0f} times real time"),
    ]  # fmt: skip


def _moment(one: Solving) -> Target:
    words = f"{one.p99_ms:.1f} ms, median {one.median_ms:.1f}"
    return at_most(f"the moment of a finish, {one.what}", SOLVE_TARGET_MS, "ms in 99 of 100", one.p99_ms, words)


def _driver(what: str, limit_percent: float, percent: float) -> Target:
    return at_most(what, limit_percent, "% of one core", percent, f"{percent:.2f} %")


def _memory(processes: Sequence[Memory]) -> list[Target]:
    beacons = [one for one in processes if one.process.startswith("beacon")]
    pss_mb, rss_mb = max(one.pss_mb for one in beacons), max(one.rss_mb for one in beacons)
    voice_mb = max((one.pss_mb for one in processes if one not in beacons), default=None)
    return [
        at_most("memory of the beacon", BEACON_TARGET_MB, "MB", rss_mb, f"{pss_mb:.0f} MB (PSS; RSS {rss_mb:.0f} MB)"),
        told("memory of the voice's process", "–" if voice_mb is None else f"{voice_mb:.0f} MB (PSS)"),
    ]


def _ready(start: Start) -> Target:
    words = f"{start.ready_s:.2f} s (worst {start.worst_s:.2f} s)"
    return at_most(f"ready after the start, board {start.board}", READY_TARGET_S, "s", start.ready_s, words)


def _long(found: Cost) -> Target:
    growth, hours = _growth(found), found.long_session[-1].hours
    what, asked = "cost of a reading, last quarter of a long session to its first", f"independent (at most {_GROWS:g})"
    return Target(what, asked, f"{growth:.2f}, {hours:.0f} h", growth <= _GROWS)


def _growth(found: Cost) -> float:
    costs = [window.us_a_sample for window in found.long_session]
    quarter = max(1, len(costs) // 4)
    # Medians: whatever else the machine did for a while must not look like growth, nor hide it.
    return statistics.median(costs[-quarter:]) / statistics.median(costs[:quarter])


def _tables(found: Cost) -> list[Table]:
    lanes: list[tuple[Value, ...]] = [
        (name, percent, _SECONDS_A_MINUTE * percent) for name, percent in found.lanes.items()
    ]
    three, driver = found.three_gates_percent, found.driver
    lanes.append(("two gates at 41 Hz and one at 250 Hz, a rep", three, _SECONDS_A_MINUTE * three))
    lanes.append(("driver, beside the emulated bus", driver.driver_percent, _SECONDS_A_MINUTE * driver.driver_percent))
    luna = found.luna.driver_percent
    lanes.append(("TF-Luna's driver at 250 Hz", luna, _SECONDS_A_MINUTE * luna))
    for board, percent in found.whole_percent.items():
        lanes.append((f"whole idle beacon, board {board}", percent, _SECONDS_A_MINUTE * percent))
    note = f"At 41 Hz. The emulated chip and bus take {driver.twin_percent:.2f} % more on the board twin, not on a Pi."
    return [
        Table("Processor", note, ("what", "% of one core", "s a minute"), lanes),
        Table(
            "Moment of a finish",
            "Processor time from the break's end to its time, of passages at 41 Hz before a wall.",
            ("what", "finishes", "median ms", "99 % within ms"),
            [(one.what, one.finishes, one.median_ms, one.p99_ms) for one in found.solving],
        ),
        Table(
            "Memory",
            "PSS shares what several processes map; RSS counts it in each. On the board twin the emulation is in it.",
            ("process", "PSS MB", "RSS MB"),
            [(m.process, m.pss_mb, m.rss_mb) for m in found.memory],
        ),
        Table(
            "Start",
            "From the start of the process, its modules compiled, to READY=1; medians. A box with a stopwatch notes "
            "its first reading.",
            ("board", "ready s", "worst s", "first reading s"),
            [(s.board, s.ready_s, s.worst_s, s.first_reading_s) for s in found.starts],
        ),
        Table(
            "Simulation",
            "`retro-timer simulate conditioning`, the whole command.",
            ("simulated s", "took s", "times real time"),
            [(found.simulated_s, found.simulation_took_s, found.simulated_s / found.simulation_took_s)],
        ),
    ]
