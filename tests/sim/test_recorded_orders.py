"""Sessions in which more happens than one rep after another, recorded on the simulated board and judged again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from retro_timer.cli.main import cli
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan, StartMethod
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day


class Recorded:
    """A session that was recorded, and what its replay tells."""

    def __init__(self, directory: Path, of_plan: Plan, *names: str, settings: Settings | None = None) -> None:
        trace = directory / "day.csv"
        self.live = Day(directory / "state", of_plan, *names, settings=settings or Settings(), record=trace)
        self.head = [line for line in trace.read_text().splitlines() if line.startswith("#")]
        result = CliRunner().invoke(cli, ["replay", str(trace), "--json"])
        assert (result.exit_code, result.stderr) == (0, "")
        self.again = [json.loads(line) for line in result.stdout.splitlines()]

    def told(self, name: str) -> list[dict[str, Any]]:
        """Events of the replay."""
        return [event for event in self.again if event["event"] == name]


def test_crossings_are_counted_anew_from_the_recording(tmp_path: Path) -> None:
    shuttling = block(distance_m=10.0, duration_s=15.0, crossings=True, gait=Gait.RUN)
    day = Recorded(tmp_path, plan(shuttling, block(distance_m=10.0), recovery_s=5.0), "Ann", "Bea")
    assert sum("crossings_s=15" in line for line in day.head) == 2
    counted = {finish["rep"]: finish["crossings"] for finish in day.live.told("finish")}
    assert {finish["rep"]: finish.get("crossings") for finish in day.told("finish")} == counted
    assert counted[1] > 2
    lived = [split["time_s"] for split in day.live.told("split")]
    assert [split["time_s"] for split in day.told("split")] == pytest.approx(lived, abs=0.01)


def test_a_relay_s_legs_follow_one_another_in_the_replay_and_the_team_has_its_time(tmp_path: Path) -> None:
    day = Recorded(tmp_path, plan(block(distance_m=20.0, relay=True)), "Ann", "Bea", "Cid")
    reps = [line for line in day.head if line.startswith("# rep:")]
    assert ["go_s" in line for line in reps] == [True, False, False]
    assert [line.partition("athlete=")[2] for line in reps] == ["Ann", "Bea", "Cid"]
    assert [(go["start"], go["athlete"]) for go in day.told("go")] == [
        ("relay", name) for name in ("Ann", "Bea", "Cid")
    ]
    lived = [finish["time_s"] for finish in day.live.told("finish")]
    assert [finish["time_s"] for finish in day.told("finish")] == pytest.approx(lived, abs=0.01)
    (team,), (before,) = day.told("relay"), day.live.told("relay")
    assert (team["legs"], team["time_s"]) == (3, pytest.approx(before["time_s"], abs=0.01))
    assert day.told("dnf") == day.told("obstacle") == []


@pytest.mark.parametrize("order", [Order.ROLLING, Order.WAVES])
def test_several_on_the_course_are_replayed_by_the_recording_s_own_order(tmp_path: Path, order: Order) -> None:
    given = {"every_s": 6.0, "lanes_apart": True} if order is Order.ROLLING else {"wave_size": 2}
    day = Recorded(tmp_path, plan(block(reps=2, distance_m=30.0), order=order, rest_s=5.0, **given), "Ann", "Bea")
    assert f"# order: {order}" in day.head
    lived = {finish["rep"]: finish["time_s"] for finish in day.live.told("finish")}
    assert {finish["rep"]: finish["time_s"] for finish in day.told("finish")} == pytest.approx(lived, abs=0.02)
    assert len(lived) == 4
    assert any("athlete=Bea" in line for line in day.head) == (order is Order.ROLLING)


def test_starts_by_release_among_others_are_replayed_as_the_goes_that_they_were(tmp_path: Path) -> None:
    starts = {"order": Order.ROLLING, "every_s": 6.0, "lanes_apart": True, "start": StartMethod.RELEASE}
    seen_by = Settings(sensors=(SensorSettings(), SensorSettings(name="first", model="tf-luna", line="start")))
    of_plan = plan(block(reps=2, distance_m=30.0), rest_s=5.0, **starts)
    day = Recorded(tmp_path, of_plan, "Ann", "Bea", "Cid", settings=seen_by)
    assert "# order: rolling" in day.head
    lived = {finish["rep"]: finish["time_s"] for finish in day.live.told("finish")}
    assert len(lived) == 6
    assert {finish["rep"]: finish["time_s"] for finish in day.told("finish")} == pytest.approx(lived, abs=0.02)
    assert day.told("obstacle") == []


def test_legs_that_nothing_leads_to_and_crossings_among_others_are_told_and_ignored(tmp_path: Path) -> None:
    trace = tmp_path / "day.csv"
    rows = "".join(f"{0.05 * number:.2f},2000,0,900.0,1.0\n" for number in range(400))
    head = "# rep: go_s=2 distance_m=10 gait=jog leg=1\n# rep: distance_m=10 gait=jog leg=3\n"
    trace.write_text(f"{head}t_s,range_mm,status,signal_kcps,ambient_kcps\n{rows}")
    result = CliRunner().invoke(cli, ["replay", str(trace), "--json"])
    assert "rep 2: its leg 3, since the rep before it is not the leg before it; ignored" in result.stderr
    assert [event["rep"] for event in map(json.loads, result.stdout.splitlines()) if event["event"] == "go"] == [1]
    rolling = "# order: rolling\n# rep: go_s=2 distance_m=10 gait=jog crossings_s=10\n"
    trace.write_text(f"{rolling}t_s,range_mm,status,signal_kcps,ambient_kcps\n{rows}")
    result = CliRunner().invoke(cli, ["replay", str(trace), "--json"])
    assert "rep 1: its crossings, since others may be on the course or there are lanes; ignored" in result.stderr
    assert [event["event"] for event in map(json.loads, result.stdout.splitlines())][1:] == ["go", "dnf", "summary"]


def replayed(trace: Path, *head: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Complaints and events of a trace in which nobody comes."""
    rows = "".join(f"{0.05 * number:.2f},2000,0,900.0,1.0\n" for number in range(400))
    lines = "".join(f"# {line}\n" for line in head)
    trace.write_text(f"{lines}t_s,range_mm,status,signal_kcps,ambient_kcps\n{rows}")
    result = CliRunner().invoke(cli, ["replay", str(trace), "--json"])
    return result.stderr.splitlines(), [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("head", ["order: waves", "lanes: 2"])
def test_a_leg_among_others_is_told_once_and_counts_in_no_wave(tmp_path: Path, head: str) -> None:
    first, leg = "rep: go_s=2 distance_m=10 gait=jog lane=1", "rep: distance_m=10 gait=jog leg=2"
    told, events = replayed(tmp_path / "day.csv", head, first, leg)
    (complaint,) = told
    assert "rep 2: its leg, since others may be on the course or there are lanes; ignored" in complaint
    assert events == replayed(tmp_path / "alone.csv", head, first)[1]
