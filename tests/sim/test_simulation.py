"""Whole sessions on the virtual clock: the same seed gives the same day, the truth is near, and replay agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.detection.config import WatchConfig
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.sim.virtual import Simulation
from retro_timer.store.traces import TraceReader
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, StartMethod
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan
from tests.helpers.replaying import of, replayed

Event = dict[str, Any]
SHORT = {"walk_out_s": 0.0, "rest_s": 5.0}


class Day:
    """A simulated session with all that was told."""

    def __init__(
        self,
        directory: Path,
        of_plan: Plan,
        *names: str,
        scenario: str | None = None,
        seed: int = 1,
        settings: Settings | None = None,
        record: Path | None = None,
        most_s: float = 900.0,
    ) -> None:
        chosen = settings or Settings()
        self.simulation = Simulation(
            BoardRequest(chosen, scenario=scenario, seed=seed), load_catalogue("en"), directory, record=record
        )
        self.events: list[Event] = []
        self.simulation.core.event_bus.subscribe(into(self.events))
        self.ended = self.simulation.run(of_plan, names or ("Runner",), most_s=most_s)
        self.simulation.close()

    def told(self, *names: str) -> list[Event]:
        return of(self.events, *names)

    @property
    def errors_s(self) -> list[float]:
        """Measured less true time of every finish."""
        gos = {go["rep"]: go["t_ns"] for go in self.told("go")}
        errors = []
        for finish in self.told("finish"):
            truth_s = self.simulation.truth_s(finish["rep"], gos[finish["rep"]])
            assert truth_s is not None
            errors.append(finish["time_s"] - truth_s)
        return errors


@pytest.mark.parametrize("gait", list(Gait))
def test_every_time_lies_near_the_truth(tmp_path: Path, gait: Gait) -> None:
    day = Day(tmp_path, plan(block(reps=8, distance_m=20.0), gait=gait, **SHORT))
    assert day.ended
    assert len(day.told("finish")) == 8
    assert all(abs(error) < 0.1 for error in day.errors_s), day.errors_s


@pytest.mark.parametrize("gait", list(Gait))
@pytest.mark.parametrize("scenario", ["quiet-day", "open-field"])
def test_a_thin_beam_finishes_every_rep_with_and_without_a_wall(tmp_path: Path, gait: Gait, scenario: str) -> None:
    settings = Settings(sensors=(SensorSettings(model="tf-luna"),))
    day = Day(tmp_path, plan(block(reps=6, distance_m=20.0), gait=gait, **SHORT), scenario=scenario, settings=settings)
    assert len(day.told("finish")) == 6
    assert all(abs(error) < 0.1 for error in day.errors_s), day.errors_s


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_the_uncertainty_says_how_far_the_time_may_be_off(tmp_path: Path, seed: int) -> None:
    day = Day(tmp_path, plan(block(reps=12, distance_m=20.0), gait=Gait.JOG, **SHORT), seed=seed)
    finishes = day.told("finish")
    outside = [e for e, f in zip(day.errors_s, finishes, strict=True) if abs(e) > 2.0 * f["uncertainty_s"]]
    assert len(outside) <= 1
    assert all(0.0 < finish["uncertainty_s"] < 0.2 for finish in finishes)


def test_the_same_seed_is_the_same_day_to_the_nanosecond(tmp_path: Path) -> None:
    of_plan = plan(block(reps=3, distance_m=20.0), gait=Gait.RUN, start=StartMethod.MARKS_SET_GO, **SHORT)
    one, same, other = (
        Day(tmp_path / str(n), of_plan, scenario="dog-on-the-line", seed=seed) for n, seed in enumerate((5, 5, 6))
    )
    assert one.events == same.events
    assert one.told("finish") != other.told("finish")


def test_what_is_kept_is_what_was_told(tmp_path: Path) -> None:
    from retro_timer.store.results.database import open_for_reading
    from retro_timer.store.results.queries import reps

    day = Day(tmp_path, plan(block(reps=3), gait=Gait.JOG, **SHORT), "Ann", "Bea")
    reading = open_for_reading(tmp_path)
    assert reading is not None
    kept = [(record.rep, record.athlete, (record.time_ns or 0) / 1e9) for _, record, *_ in reps(reading)]
    assert kept == [(f["rep"], f["record"]["athlete"], f["time_s"]) for f in day.told("finish")]
    assert len(kept) == 6


def test_a_simulated_coach_presses_for_each_go(tmp_path: Path) -> None:
    day = Day(tmp_path, plan(block(reps=2), gait=Gait.JOG, start=StartMethod.BUTTON, **SHORT))
    assert len(day.told("finish")) == 2


def test_timed_steps_end_by_the_clock(tmp_path: Path) -> None:
    day = Day(tmp_path, plan(block(reps=2, duration_s=60.0), gait=Gait.WALK, rest_s=5.0))
    assert [finish["time_s"] for finish in day.told("finish")] == [60.0, 60.0]


@pytest.mark.parametrize("gait", [Gait.WALK, Gait.JOG])
def test_a_recording_of_a_session_replays_to_the_same_finishes(tmp_path: Path, gait: Gait) -> None:
    """`run --record` and `replay`: the same readings give the same times."""
    path = tmp_path / "day.csv"
    day = Day(tmp_path, plan(block(reps=3, distance_m=20.0), gait=gait, **SHORT), record=path)
    reader = TraceReader(path)
    config = WatchConfig(
        placement=reader.head.placement or Placement.GATE,
        fov_deg=reader.head.fov_deg or 27.0,
        budget_ns=round((reader.head.budget_ms or 20.0) * 1e6),
    )
    assert len(reader.head.reps) == 3
    events = replayed(reader, config, *reader.head.reps)
    reader.close()
    assert reader.report() == []
    again = [finish["time_s"] for finish in of(events, "finish")]
    assert again == pytest.approx([finish["time_s"] for finish in day.told("finish")], abs=0.02)
    assert of(events, "obstacle", "dnf") == []


def test_the_lane_end_build_times_by_range(tmp_path: Path) -> None:
    rear = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.BOTH)
    day = Day(tmp_path, plan(block(reps=4), gait=Gait.WALK, **SHORT), settings=Settings(sensors=(rear,)))
    assert [finish["method"] for finish in day.told("finish")] == ["lane-end"] * 4
    assert all(abs(error) < 0.2 for error in day.errors_s), day.errors_s
    assert day.told("recall") == []


def test_the_recommended_build_times_at_the_gate_and_watches_up_the_lane(tmp_path: Path) -> None:
    rear = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
    both = Settings(sensors=(SensorSettings(), rear))
    day = Day(tmp_path, plan(block(reps=3), gait=Gait.WALK, **SHORT), settings=both)
    assert [finish["method"] for finish in day.told("finish")] == ["gate"] * 3
    assert day.told("recall") == []
    assert {event["key"] for event in day.told("said")} >= {"covers_jog"}


def test_what_is_said_is_said_in_time_and_never_into_an_alarm(tmp_path: Path) -> None:
    day = Day(tmp_path, plan(block(reps=3), gait=Gait.JOG, **SHORT), scenario="dog-on-the-line")
    alarms: list[tuple[int, int]] = []
    began: int | None = None
    for event in day.told("obstacle"):
        loud = event["level"] in ("warning", "danger")
        if loud and began is None:
            began = event["t_ns"]
        elif not loud and began is not None:
            alarms.append((began, event["t_ns"]))
            began = None
    assert alarms
    for said in day.told("said"):
        assert not any(a < said["t_ns"] < b for a, b in alarms), said
