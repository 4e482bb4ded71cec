"""A trace that is accepted replays, whatever is in it: each go has its end, every line is JSON, the summary is last."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.store.traces import HEADER
from tests.helpers.command import Outcome, here
from tests.helpers.fuzzing import few

PLACEMENTS = st.sampled_from(["gate", "lane-end", "belt"])
GAITS = st.sampled_from(["walk", "jog", "run"])
RANGES = st.none() | st.sampled_from([0, 30, 300, 800, 2000, 4000, 100_000, -1185]) | st.integers(-2000, 12_000)
STATUSES = st.none() | st.sampled_from([0, 0, 0, 1, 2, 4, 5, 7, 14, 255])
RATES = st.none() | st.sampled_from([0.0, 4.0, 800.0, 65_535.0, 1e9]) | st.floats(0.0, 100_000.0)
GAPS_S = st.sampled_from([0.024, 0.02, 0.0, 0.1, 0.5, 3.0, 1e-6]) | st.floats(0.0, 0.2)
STRETCHES = st.lists(
    st.tuples(st.integers(1, 60), GAPS_S, RANGES, st.integers(-60, 60), STATUSES, RATES, RATES), min_size=0, max_size=8
)
"""Readings that stand or move for a while: how many, how far apart, from where, by how much each, and how they look."""
TORN = st.sampled_from(
    ["", "", "", "1.0,2000", "nan,1,0,,\n", "1e400,,,,\n", ",,,,\n", "9,9,9\n", "\x00\n", "0.5,2000,0,1"]
)
REPS = st.lists(st.tuples(st.floats(-1.0, 30.0), st.floats(1.0, 100.0), GAITS), max_size=3)
HEADS = st.fixed_dictionaries(
    {},
    optional={
        "placement": PLACEMENTS | st.just("roof"),
        "budget_ms": st.sampled_from(["20", "33", "0", "x", "1000"]),
        "fov_deg": st.sampled_from(["27", "0.1", "90", "-3"]),
        "background_mm": st.sampled_from(["2000", "100", "100000", "99"]),
        "torso_mm": st.sampled_from(["50", "240", "600"]),
        "finish_range_m": st.sampled_from(["0.1", "2", "50"]),
        "note": st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20),
    },
)


def trace_text(head: dict[str, str], reps: list[Any], stretches: list[Any], torn: str) -> str:
    lines = [f"# {key}: {value}" for key, value in head.items()]
    lines += [f"# rep: go_s={go:.3f} distance_m={distance:g} gait={gait}" for go, distance, gait in reps]
    lines.append(HEADER)
    t_s = 0.0
    for count, gap_s, range_mm, step_mm, status, signal, ambient in stretches:
        for n in range(count):
            t_s += gap_s
            shown = None if range_mm is None else range_mm + n * step_mm
            cells = ["" if cell is None else str(cell) for cell in (shown, status, signal, ambient)]
            lines.append(f"{t_s:.6f},{','.join(cells)}")
    return "\n".join(lines) + "\n" + torn


def check_replay(outcome: Outcome) -> None:
    """The contract of a replay that was done; a refusal is exit 2 and one line."""
    complaints = outcome.err.splitlines()
    assert all(line.startswith("retro-timer: ") for line in complaints), outcome.err
    if outcome.code != 0:
        assert (outcome.code, len(complaints), outcome.out) == (2, 1, "")
        return
    told = [json.loads(line) for line in outcome.lines]
    assert told[-1]["event"] == "summary"
    goes = [e["rep"] for e in told if e["event"] == "go"]
    ends = [e["rep"] for e in told if e["event"] in ("finish", "dnf")]
    assert len(goes) == len(set(goes)) == told[-1]["reps"]
    assert set(ends) == set(goes)
    for event in told:
        assert math.isfinite(event["t_s"])
        if event["event"] == "finish":
            assert event["time_s"] > 0.0
            assert 0.0 <= event["uncertainty_s"] <= 10.0


@few(60)
@given(head=HEADS, reps=REPS, stretches=STRETCHES, torn=TORN, placement=st.none() | PLACEMENTS)
def test_a_trace_that_is_accepted_replays(
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
    head: dict[str, str],
    reps: list[Any],
    stretches: list[Any],
    torn: str,
    placement: str | None,
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(trace_text(head, reps, stretches, torn), encoding="utf-8")
    asked = [] if placement is None else ["--placement", placement]
    outcome = here(capsys, "replay", path, "--json", *asked)
    assert outcome.code == 0
    check_replay(outcome)


NAMES = st.sampled_from(["gate", "gate", "low", "rear", "nobody", ""])
SENSORS = (
    "# sensor gate: placement=gate offset_mm={offset} fov_deg=27\n"
    "# sensor low: placement=gate line={line} offset_mm=0 budget_ms=20\n"
    "# sensor rear: placement=lane-end fov_deg=2 budget_ms=4 model=tf-luna\n"
    "# line ten: distance_m=10\n"
)


@few(60)
@given(
    offset=st.sampled_from(["0", "200", "-200", "20", "x"]),
    line=st.sampled_from(["finish", "finish", "start", "ten", "unheard-of"]),
    reps=REPS,
    stretches=STRETCHES,
    names=st.lists(NAMES, min_size=1, max_size=7),
    torn=TORN,
)
def test_a_trace_of_several_sensors_that_is_accepted_replays(
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
    offset: str,
    line: str,
    reps: list[Any],
    stretches: list[Any],
    names: list[str],
    torn: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "several.csv"
    head, _, body = trace_text({}, reps, stretches, "").partition(HEADER + "\n")
    rows = [f"{row},{names[n % len(names)]}\n" for n, row in enumerate(body.splitlines())]
    described = SENSORS.format(offset=offset, line=line)
    path.write_text(described + head + HEADER + ",sensor\n" + "".join(rows) + torn, encoding="utf-8")
    outcome = here(capsys, "replay", path, "--json")
    assert outcome.code == 0
    check_replay(outcome)


@few(60)
@given(data=st.binary(max_size=300), headed=st.booleans())
def test_any_bytes_replay_or_are_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory, data: bytes, headed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes((HEADER.encode() + b"\n" if headed else b"") + data)
    check_replay(here(capsys, "replay", path, "--json", "--rep", "0:20:jog"))


@few(20)
@given(data=st.data(), name=st.sampled_from(["doorway-walk.csv", "sun-12200lux-wall-2000mm.csv", "hand-200mm.csv"]))
def test_a_recorded_trace_with_lines_lost_doubled_or_swapped_replays(
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
    traces: Path,
    data: st.DataObject,
    name: str,
) -> None:
    lines = (traces / name).read_text(encoding="utf-8").splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 2))
        kind = data.draw(st.sampled_from(["lost", "doubled", "swapped", "cut"]))
        if kind == "lost":
            del lines[at]
        elif kind == "doubled":
            lines.insert(at, lines[at])
        elif kind == "swapped":
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    path = tmp_path_factory.getbasetemp() / "mutilated.csv"
    path.write_text("".join(lines), encoding="utf-8")
    check_replay(here(capsys, "replay", path, "--json", "--placement", "gate", "--rep", "0:5:walk"))
