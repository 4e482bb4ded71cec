"""Latency: from the driver's result to the buzzer's pin, on a busy machine, and what the usual ways take."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from benchmarks import plots
from benchmarks.latency.figures import PERIOD_MS, Baseline, Phase
from benchmarks.latency.load import CLIENTS, EXPORTED_REPS
from benchmarks.latency.measure import Laboratory
from benchmarks.latency.phones import PHONES
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, Value, at_most

LOADED = "busy"
ON_PAGE = f"busy, {PHONES} phones on the page"
ORDINARY = "busy, ordinary priority"
IDLE = "idle"
_HALF_MS, _MOST_MS = 1.0, 5.0
_WAYS = {
    "distance-sensor": "gpiozero.DistanceSensor.when_in_range",
    "speech-loop": "pyttsx3 loop, until its sound",
}
_PHASE_HEAD = (
    "machine", "warnings", "median ms", "99 % ms", "99.9 % ms", "worst ms", "within a period", "bus ms", "chip ms",
    "longest gap between readings ms", "real-time priority",
)  # fmt: skip
_NOTE = (
    "From the return of the driver call that fetches a reading to the edge on the buzzer's mock pin, of every alarm "
    "that began with nobody in view. Bus: the bits of the handshake at 400 kHz in between; chip: processor time of the "
    "emulated chip; both are not in the latency. Busy: a sentence that was never rendered every 1.2 s, cut off by each "
    f"alarm; ten reps saved a second; {CLIENTS} clients following the socket; `results reps --csv` of "
    f"{EXPORTED_REPS:,} reps without a pause. Phones on the page: each follows it and asks for a page every 2 s, and "
    "one more downloads all results again and again. With ordinary priority the system refuses SCHED_FIFO to the "
    "sensor's thread."
)


class Size(msgspec.Struct, frozen=True):
    """How many."""

    idle: int
    busy: int
    ordinary: int
    on_page: int
    baselines: int
    exported: int


FULL = Size(60, 400, 130, 200, 32, EXPORTED_REPS)
QUICK = Size(0, 5, 0, 5, 1, 5_000)
_SECONDS = {False: 1030.0, True: 36.0}


def measure(quick: bool, step: Step) -> Part:
    """Run the boxes one after the other."""
    size = QUICK if quick else FULL
    phases: list[Phase] = []
    with tempfile.TemporaryDirectory(prefix="retro-timer-latency-") as folder:
        laboratory = Laboratory(Path(folder), lambda seconds: step(seconds / _SECONDS[quick]), size.exported)
        if size.idle:
            phases.append(laboratory.watch(IDLE, size.idle, busy=False))
        busy, baselines = laboratory.compare(LOADED, size.busy, size.baselines)
        phases.append(busy)
        crowded = laboratory.watch(ON_PAGE, size.on_page, busy=True, on_page=PHONES)
        phases.append(crowded)
        if size.ordinary:
            phases.append(laboratory.watch(ORDINARY, size.ordinary, busy=True, realtime=False))
    drawings = {"latency.svg": _draw_curves(phases), "latency-compared.svg": _draw_compared(busy, baselines)}
    return Part(
        "Latency",
        "Measured in real time; people, light and the sensor's chip are simulated, the drivers, threads and pins' "
        "library are real, the pins are gpiozero's mock pins.",
        _targets(busy, crowded),
        [
            Table("From the reading to the buzzer", _NOTE, _PHASE_HEAD, [_phase_row(phase) for phase in phases]),
            _compared(busy, baselines),
            _work(phases),
        ],
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )


def _targets(busy: Phase, crowded: Phase) -> list[Target]:
    timing, on_page = busy.latency, crowded.latency
    what, with_phones = "warning latency, busy", f"{PHONES} phones on the page"
    return [
        at_most(f"{what}: half of {timing.count}", _HALF_MS, "ms", timing.median, f"{timing.median:.2f} ms"),
        at_most(f"{what}: 99 %", _MOST_MS, "ms", timing.p99, f"{timing.p99:.2f} ms"),
        Target(
            f"{what}: 99.9 %", f"one period, {PERIOD_MS:g} ms", f"{timing.p999:.2f} ms; worst {timing.worst:.2f} ms",
            timing.p999 <= PERIOD_MS,
        ),
        _unwarned("busy", busy),
        at_most(
            f"{what} and {with_phones}: 99 %", _MOST_MS, "ms", on_page.p99,
            f"{on_page.p99:.2f} ms; half {on_page.median:.2f} ms",
        ),
        _unwarned(with_phones, crowded),
    ]  # fmt: skip


def _unwarned(machine: str, phase: Phase) -> Target:
    found = f"{phase.unwarned} of {phase.visits}"
    return Target(f"appearances without a warning, {machine}", "0", found, phase.unwarned == 0)


def _phase_row(phase: Phase) -> tuple[Value, ...]:
    timing = phase.latency
    return (
        phase.name, timing.count, timing.median, timing.p99, timing.p999, timing.worst, f"{phase.within_period:.1%}",
        phase.bus_ms, phase.twin_ms, phase.worst_gap_ms, "yes" if phase.realtime else "no",
    )  # fmt: skip


def _compared(busy: Phase, baselines: list[Baseline]) -> Table:
    rows: list[tuple[Value, ...]] = [
        ("Retro Timer, until the buzzer's edge", busy.visits, busy.unwarned, busy.sight.median, busy.sight.p99),
        *((_WAYS[r.name], r.visits, r.unwarned, r.sight.median, r.sight.p99) for r in baselines),
    ]
    note = (
        "From the instant at which somebody stands 0.3 to 0.65 m away to the alarm, busy machine. The usual ways come "
        "after the box's own visits, with the box and the load still running; there people come every 3 s and stay "
        "1.2 s, since neither can follow faster. Retro Timer waits for readings that agree; the loop takes the first. "
        "A loop that speaks hears nothing while it speaks: it repeats the sentence long after the person has left."
    )
    return Table("From the obstacle to the alarm", note, ("way", "visits", "unwarned", "median ms", "99 % ms"), rows)


def _work(phases: list[Phase]) -> Table:
    names = list(dict.fromkeys(name for phase in phases for name in phase.work))
    rows: list[tuple[Value, ...]] = [(phase.name, *(phase.work.get(name, 0) for name in names)) for phase in phases]
    return Table("What else the machine did meanwhile", "", ("machine", *names), rows)


def _draw_curves(phases: list[Phase]) -> tuple[str, bytes]:
    title = "Warning latency: this share of the warnings sounded within (ms)"
    shares = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0)
    asked = {0.5: _HALF_MS, 0.99: _MOST_MS, 0.999: PERIOD_MS}
    series = {phase.name: [dict(phase.latency.curve).get(share) for share in shares] for phase in phases}
    labels = [f"{100.0 * share:g} %" for share in shares]
    limits = {"asked": [asked.get(share) for share in shares]}
    return title, plots.steps("latency", title, labels, series, limits, x_title="share", y_title="ms")


def _draw_compared(busy: Phase, baselines: list[Baseline]) -> tuple[str, bytes]:
    title = "From the obstacle's appearance to the alarm (ms, busy machine)"
    labels = ["Retro Timer", *(_WAYS[baseline.name] for baseline in baselines)]
    timings = [busy.sight, *(baseline.sight for baseline in baselines)]
    series = {"median": [t.median for t in timings], "99 %": [t.p99 for t in timings]}
    return title, plots.bars("latency-compared", title, labels, series, y_title="ms")
