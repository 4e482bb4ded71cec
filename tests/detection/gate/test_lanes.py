"""Lanes by range: who breaks a thin beam is in a lane by the near shoulder, and may hide who is farther."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.cli.main import cli
from retro_timer.detection.gate.lane_sorter import LaneSorter, Moved
from retro_timer.detection.lane_map import BORDER_MM, SHOULDER_MM, LaneMap
from retro_timer.ports import RangeSample

LANES = LaneMap(4, 1220.0, 400.0)
RATE_HZ, GO_S = 100.0, 5.0
Passing = tuple[float, float]
"""When a back reaches the line (s), and how far its near shoulder is (m)."""


def reading(t_s: float, runners: list[Passing], speed_mps: float) -> str:
    """One row: the nearest runner whose trunk is on the axis, as an ellipse of 24 cm by 43."""
    seen = []
    for back_s, shoulder_m in runners:
        x = (speed_mps * (t_s - back_s) - 0.12) / 0.12
        if abs(x) < 1.0:
            seen.append((shoulder_m + 0.215 * (1.0 - math.sqrt(1.0 - x * x)), 300.0 + 1500.0 * math.sqrt(1.0 - x * x)))
    range_m, light = min(seen, default=(0.0, 8.0))
    return f"{t_s:.6f},{round(1000 * range_m) if seen else ''},{0 if seen else 2},{light:.0f},\n"


def trace(folder: Path, reps: list[str], runners: list[Passing], speed_mps: float = 2.4) -> Path:
    head = ["placement: gate", "fov_deg: 2", "budget_ms: 10", "lanes: 4", "lane_width_m: 1.22", "first_lane_m: 0.4"]
    head += [f"rep: go_s={GO_S} distance_m=20 gait=jog {rep}" for rep in reps]
    rows = [reading(n / RATE_HZ, runners, speed_mps) for n in range(round(17.0 * RATE_HZ))]
    path = folder / "lanes.csv"
    text = "".join(f"# {line}\n" for line in head) + "t_s,range_mm,status,signal_kcps,ambient_kcps\n"
    path.write_text(text + "".join(rows), encoding="utf-8")
    return path


def replayed(path: Path) -> list[dict[str, object]]:
    result = CliRunner().invoke(cli, ["replay", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def middle_m(lane: int) -> float:
    """Near shoulder of a runner in the middle of a lane."""
    return 0.4 + (lane - 0.5) * 1.22 - 0.23


def test_several_reps_are_open_at_once_and_each_finish_is_its_lane_s(tmp_path: Path) -> None:
    backs = {1: 13.6, 2: 13.2, 3: 14.0}
    runners = [(back_s, middle_m(lane)) for lane, back_s in backs.items()]
    events = replayed(trace(tmp_path, ["lane=1", "lane=2", "lane=3"], runners))
    for name in ("go", "crossing", "finish"):
        assert {(e["rep"], e["lane"]) for e in events if e["event"] == name} == {(1, 1), (2, 2), (3, 3)}
    for event in events:
        if event["event"] == "finish":
            back_s = GO_S + float(str(event["time_s"]))
            assert abs(back_s - backs[int(str(event["lane"]))]) < 0.03
            assert event["flags"] == []
    assert events[-1]["event"] == "summary"
    assert (events[-1]["reps"], events[-1]["finished"]) == (3, 3)


def test_a_leading_edge_behind_a_nearer_runner_is_timed_by_the_trailing_one(tmp_path: Path) -> None:
    runners = [(13.5, middle_m(1)), (13.55, middle_m(2))]
    events = replayed(trace(tmp_path, ["lane=1", "lane=2"], runners))
    found = {e["lane"]: e for e in events if e["event"] == "finish"}
    assert found[1]["flags"] == []
    assert found[2]["flags"] == ["hidden"]
    error_s = GO_S + float(str(found[2]["time_s"])) - 13.55
    assert abs(error_s) <= float(str(found[2]["uncertainty_s"]))


def test_who_shows_two_readings_before_somebody_nearer_comes_is_timed_by_them(tmp_path: Path) -> None:
    runners = [(13.5, middle_m(1)), (13.478, middle_m(3))]
    events = replayed(trace(tmp_path, ["lane=1", "lane=3"], runners))
    found = {e["lane"]: e for e in events if e["event"] == "finish"}
    assert set(found) == {1, 3}
    error_s = GO_S + float(str(found[3]["time_s"])) - 13.478
    assert abs(error_s) <= float(str(found[3]["uncertainty_s"]))


def test_an_edge_of_a_nearer_runner_is_no_part_of_who_comes_after_them(tmp_path: Path) -> None:
    """In the open one reading mixes the nearer runner with somebody dark beyond, and lies in lane 2."""
    path = trace(tmp_path, ["lane=1", "lane=2"], [(13.5, middle_m(1)), (13.63, middle_m(2))])
    (without,) = [e for e in replayed(path) if e["event"] == "finish" and e["lane"] == 2]
    rows = path.read_text(encoding="utf-8").splitlines()
    mixed = "13.610000,2310,0,207,"
    path.write_text("\n".join([*(mixed if row.startswith("13.61") else row for row in rows), ""]), encoding="utf-8")
    (with_it,) = [e for e in replayed(path) if e["event"] == "finish" and e["lane"] == 2]
    assert abs(float(str(with_it["time_s"])) - float(str(without["time_s"]))) < 0.005


def test_who_is_wholly_hidden_has_no_finish(tmp_path: Path) -> None:
    runners = [(13.5, middle_m(1)), (13.5, middle_m(3))]
    events = replayed(trace(tmp_path, ["lane=1", "lane=3"], runners))
    assert [e["lane"] for e in events if e["event"] == "finish"] == [1]
    assert [(e["lane"], e["rep"]) for e in events if e["event"] == "dnf"] == [(3, 2)]


@pytest.mark.parametrize("mixed", [{13.5: 2000}, {13.49: 2400, 13.5: 1800, 13.6: 2100, 13.61: 4200}])
def test_readings_of_nobody_beside_a_nearer_runner_finish_no_lane(tmp_path: Path, mixed: dict[float, int]) -> None:
    """A phantom, and edges that mix the runner in lane 1 with the wall."""
    path = trace(tmp_path, ["lane=1", "lane=2"], [(13.5, middle_m(1))])
    head, _, rows = path.read_text(encoding="utf-8").replace(",,2,8,", ",7000,0,300,").partition(",ambient_kcps\n")
    instead = {f"{t_s:.6f}": f"{t_s:.6f},{range_mm},0,5000," for t_s, range_mm in mixed.items()}
    changed = [instead.get(row.partition(",")[0], row) for row in rows.splitlines()]
    path.write_text("\n".join([head + ",ambient_kcps", *changed, ""]), encoding="utf-8")
    events = replayed(path)
    assert [e["lane"] for e in events if e["event"] == "finish"] == [1]
    assert [e["lane"] for e in events if e["event"] == "dnf"] == [2]


@pytest.mark.parametrize(
    ("nearer", "mixed", "behind_s"),
    [
        (2, {13.5: 2650, 13.6: 2950}, 13.68),
        (2, {13.5: 2650, 13.6: 2950}, 13.8),
        (1, {13.5: 3410}, 13.9),
        (2, {13.6: 3410}, 14.05),
    ],
)
def test_who_comes_after_the_edges_of_a_nearer_runner_is_timed_by_their_own_body(
    tmp_path: Path, nearer: int, mixed: dict[float, int], behind_s: float
) -> None:
    """Edges that mix the nearer runner with the wall lie in lane 3, a moment before somebody comes there."""
    runners = [(13.5, middle_m(nearer)), (behind_s, middle_m(3))]
    path = before_wall(trace(tmp_path, [f"lane={nearer}", "lane=3"], runners))
    instead = {f"{t_s:.6f}": f"{t_s:.6f},{range_mm},0,5000," for t_s, range_mm in mixed.items()}
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*(instead.get(row.partition(",")[0], row) for row in rows), ""]), encoding="utf-8")
    told = [(e["lane"], e["time_s"], e["flags"]) for e in replayed(path) if e["event"] == "finish"]
    assert {lane for lane, *_ in told} == {nearer, 3}
    ((_, time_s, flags),) = (one for one in told if one[0] == 3)
    assert (time_s, flags) == (pytest.approx(behind_s - GO_S, abs=0.03), [])


def test_who_runs_on_a_border_is_timed_and_ambiguous(tmp_path: Path) -> None:
    border_m = 0.4 + 1.22
    events = replayed(trace(tmp_path, ["lane=1", "lane=2"], [(13.5, border_m - 0.23 + 0.05)]))
    (found,) = [e for e in events if e["event"] == "finish"]
    assert (found["lane"], found["flags"]) == (2, ["ambiguous"])


def test_a_lane_without_a_rep_finishes_nobody(tmp_path: Path) -> None:
    events = replayed(trace(tmp_path, ["lane=1"], [(13.5, middle_m(2))]))
    assert [e["event"] for e in events if "rep" in e] == ["go", "dnf"]


@given(st.integers(1, 4), st.floats(-0.6, 0.6))
def test_a_runner_is_in_a_lane_by_0_23_m_behind_the_near_shoulder(lane: int, off_m: float) -> None:
    shoulder_mm = 1000.0 * (middle_m(lane) + off_m)
    assert LANES.lane_of(shoulder_mm) == lane
    inner = [LANES.borders_mm(one)[1] for one in (1, 2, 3)]
    near = min(abs(shoulder_mm + SHOULDER_MM - border_mm) for border_mm in inner)
    assert LANES.is_ambiguous(shoulder_mm) == (near <= BORDER_MM)


@pytest.mark.parametrize(("shoulder_mm", "lane"), [(100.0, 0), (5100.0, 5)])
def test_beside_the_lanes_there_is_none(shoulder_mm: float, lane: int) -> None:
    assert LANES.lane_of(shoulder_mm) == lane


def test_an_arm_that_comes_first_is_its_body_s() -> None:
    sorter = LaneSorter(LANES)
    told = [sorter.sort(RangeSample(n * 10_000_000, mm, 0)) for n, mm in enumerate((1450, 1300, 1110, 1100))]
    assert told == [(2, None), (1, Moved(2, 1)), (1, None), (1, None)]


def in_beam(path: Path, spans: list[tuple[float, float, int]]) -> Path:
    """The same trace with bodies that stand in the beam: from, to (s), near shoulder (mm)."""
    head, _, rows = path.read_text(encoding="utf-8").partition(",ambient_kcps\n")
    changed = []
    for row in rows.splitlines():
        t_s = float(row.partition(",")[0])
        ranges = [range_mm for first_s, last_s, range_mm in spans if first_s <= t_s <= last_s]
        changed.append(f"{t_s:.6f},{min(ranges)},0,1800," if ranges else row)
    path.write_text("\n".join([head + ",ambient_kcps", *changed, ""]), encoding="utf-8")
    return path


def test_bodies_in_two_lanes_are_one_alarm_until_both_are_gone(tmp_path: Path) -> None:
    near_mm, far_mm = (round(1000 * middle_m(lane)) for lane in (1, 2))
    told = replayed(in_beam(trace(tmp_path, ["lane=3"], []), [(6.0, 7.0, far_mm), (6.3, 6.7, near_mm)]))
    assert [e["level"] for e in told if e["event"] == "obstacle"] == ["danger", "clear"]
    assert told[-1]["obstacles"] == 1


def test_an_alarm_that_is_left_has_the_range_of_its_own_lane(tmp_path: Path) -> None:
    near_mm, far_mm = (round(1000 * middle_m(lane)) for lane in (1, 2))
    path = trace(tmp_path, ["lane=1", "lane=2"], [])
    later = f"go_s={GO_S + 6.0} distance_m=20 gait=jog lane=2"
    path.write_text(path.read_text(encoding="utf-8").replace(f"go_s={GO_S} distance_m=20 gait=jog lane=2", later))
    told = replayed(in_beam(path, [(6.0, 9.5, far_mm), (8.0, 8.2, near_mm)]))
    seen = [(e["level"], e.get("range_m")) for e in told if e["event"] == "obstacle"]
    far, near = ("warning", far_mm / 1000.0), ("danger", near_mm / 1000.0)
    assert seen == [far, near, far, ("clear", None)]


def test_a_sensor_that_does_not_see_blinds_the_reps_of_all_lanes_and_is_told_once(tmp_path: Path) -> None:
    path = trace(tmp_path, ["lane=1", "lane=2"], [(13.5, middle_m(1)), (14.2, middle_m(2))])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not "7.000000" <= line[:8] < "9.000000") + "\n", "utf-8")
    told = replayed(path)
    assert [e["state"] for e in told if e["event"] == "sensor"] == ["lost", "ok"]
    assert {e["lane"]: e["flags"] for e in told if e["event"] == "finish"} == {1: ["blind"], 2: ["blind"]}


@pytest.mark.parametrize(
    ("rep", "told_as"),
    [
        ("lane=5", "rep 2: its lane that is none (it has its go, and nobody can finish it); ignored"),
        ("lane=3", "rep 2: its lane 3 of 2 (it has its go, and nobody can finish it); ignored"),
    ],
)
def test_a_rep_in_no_lane_has_its_go_and_ends_nobody_s(tmp_path: Path, rep: str, told_as: str) -> None:
    path = trace(tmp_path, ["lane=1", rep], [(13.5, middle_m(1))])
    path.write_text(path.read_text(encoding="utf-8").replace("lanes: 4", "lanes: 2"), encoding="utf-8")
    result = CliRunner().invoke(cli, ["replay", str(path), "--json"])
    assert told_as in result.stderr
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(e["event"], e["rep"]) for e in told if "rep" in e] == [
        ("go", 1),
        ("go", 2),
        ("crossing", 1),
        ("finish", 1),
        ("dnf", 2),
    ]
    assert (told[-1]["reps"], told[-1]["finished"]) == (2, 1)


def test_a_start_by_release_on_lanes_did_not_finish_and_counts(tmp_path: Path) -> None:
    path = trace(tmp_path, ["lane=1", "lane=1"], [(13.5, middle_m(1))])
    head, _, rest = path.read_text(encoding="utf-8").rpartition("go_s=")
    path.write_text(f"{head}release_from_s={rest}", encoding="utf-8")
    result = CliRunner().invoke(cli, ["replay", str(path), "--json"])
    what = "rep 2: its start by release, which no lane shows (it counts as not finished); ignored"
    assert what in result.stderr
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [e["rep"] for e in told if e["event"] in ("finish", "dnf")] == [1, 2]
    assert told[-1]["reps"] == 2


def test_what_lanes_do_not_know_is_told(tmp_path: Path) -> None:
    path = trace(tmp_path, ["lane=1"], [])
    text = path.read_text(encoding="utf-8")
    path.write_text("# line ten: distance_m=10\n# course: out-and-back\n" + text, encoding="utf-8")
    told = CliRunner().invoke(cli, ["replay", str(path), "--json"]).stderr
    assert "course: out-and-back, since there are lanes; ignored" in told
    assert "line ten, since lanes have no splits; ignored" in told


def test_without_lanes_only_the_lane_of_a_rep_is_ignored(tmp_path: Path) -> None:
    path = trace(tmp_path, [], [(13.5, middle_m(1))])
    path.write_text(path.read_text(encoding="utf-8").replace("# lanes: 4\n", ""), encoding="utf-8")
    result = CliRunner().invoke(cli, ["replay", str(path), "--json", "--rep", f"{GO_S}:20:jog:3"])
    assert "rep 1: its lane 3, since there are no lanes; ignored" in result.stderr
    assert [json.loads(line)["event"] for line in result.stdout.splitlines()][-2:] == ["finish", "summary"]


def before_wall(path: Path) -> Path:
    """The same trace with a wall behind the lanes, whose light blends with nobody's."""
    text = path.read_text(encoding="utf-8").replace(",,2,8,", ",7000,0,300,")
    path.write_text(f"# background_mm: 7000\n{text}", encoding="utf-8")
    return path


@pytest.mark.parametrize("lane_2_s", [13.48, *(pytest.param(s, marks=pytest.mark.slow) for s in (13.0, 13.71))])
def test_before_a_wall_who_passes_in_another_lane_changes_nothing_of_a_time(tmp_path: Path, lane_2_s: float) -> None:
    mine = (13.6, middle_m(1))
    found = []
    for runners in ([mine], [mine, (lane_2_s, middle_m(2)), (lane_2_s - 4.0, middle_m(2))]):
        told = replayed(before_wall(trace(tmp_path, ["lane=1", "lane=2"], runners)))
        found += [e for e in told if e["event"] == "finish" and e["lane"] == 1]
    alone, beside = found
    assert beside["time_s"] == alone["time_s"]
    assert beside["uncertainty_s"] == alone["uncertainty_s"]
    assert beside["flags"] == alone["flags"]
