"""Whole sessions with a gate of two beams on the simulated board."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.store.results.database import no_database, open_for_reading
from retro_timer.store.seen_finish import picture_of
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day

TWO_REPS = plan(block(reps=2, distance_m=20.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)


def dual(offset_mm: int = 0, *, second: str = "vl53l1x") -> Settings:
    first = SensorSettings(name="upper", xshut_pin=5, address=0x30)
    other = SensorSettings(name="lower", model=second, xshut_pin=6, address=0x31, offset_mm=offset_mm)
    settings = Settings(sensors=(first, other))
    check_settings(settings, "test")
    return settings


def day(directory: Path, settings: Settings, scenario: str = "", of_plan: Plan = TWO_REPS) -> Day:
    path = directory / "day.toml"
    path.write_text(f'title = "test"\n{scenario}')
    return Day(directory / "results", of_plan, scenario=str(path), settings=settings)


@pytest.mark.parametrize(
    ("gait", "offset_mm"),
    [
        (Gait.WALK, 200),
        (Gait.JOG, -300),
        (Gait.RUN, 0),
        pytest.param(Gait.WALK, 0, marks=pytest.mark.slow),
        pytest.param(Gait.RUN, 200, marks=pytest.mark.slow),
    ],
)
def test_every_rep_is_timed_by_both_beams_near_the_truth(tmp_path: Path, offset_mm: int, gait: Gait) -> None:
    reps = plan(block(reps=4, distance_m=20.0), gait=gait, walk_out_s=0.0, rest_s=5.0)
    found = day(tmp_path, dual(offset_mm), of_plan=reps)
    assert [(f["method"], f["flags"]) for f in found.told("finish")] == [("dual", ())] * 4
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert len(found.told("crossing")) == 4
    assert found.told("crossing_withdrawn", "obstacle") == []


def test_halves_of_two_models_are_one_gate(tmp_path: Path) -> None:
    found = day(tmp_path, dual(200, second="tf-luna"))
    assert [f["method"] for f in found.told("finish")] == ["dual", "dual"]


def test_whoever_passes_under_the_upper_beam_is_told_and_finishes_nothing(tmp_path: Path) -> None:
    child = '[[intruders]]\nkind = "child"\nrep = 1\nat_s = 7.0\nstays_s = 0.22\n'
    found = day(tmp_path, dual(), child)
    assert [(h["rep"], h["sensor"], h["beam"]) for h in found.told("half")] == [(1, "lower", "lower")]
    assert "Lower beam only. Stop the clock by hand." in [event["text"] for event in found.told("said")]
    assert len(found.told("finish")) == 2
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def test_a_ball_in_the_upper_beam_finishes_nothing(tmp_path: Path) -> None:
    ball = '[[intruders]]\nkind = "ball"\nsensor = "upper"\nrep = 1\nat_s = 7.0\nstays_s = 0.2\n'
    found = day(tmp_path, dual(), ball)
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert len(found.told("crossing")) == 2


@pytest.mark.parametrize("gone", ["upper", "lower"])
def test_with_one_half_dead_the_other_goes_on_is_told_once_and_starts_are_given(tmp_path: Path, gone: str) -> None:
    dead = f'[[faults]]\nsensor = "{gone}"\nat_s = 3.0\nlasts_s = 3600.0\n'
    found = day(tmp_path, dual(), dead)
    assert [(f["method"], f["flags"]) for f in found.told("finish")] == [("gate", ("single",))] * 2
    said = [event for event in found.told("said") if event["key"] in ("one_beam", "watch_lost")]
    assert [(event["key"], gone in event["text"]) for event in said] == [("one_beam", True)]
    assert [event["name"] for event in found.told("sound") if event["name"].startswith("blind")] == []


@pytest.mark.parametrize("covered", ["upper", "lower"])
def test_what_lies_on_one_lens_says_nothing_of_the_light_of_the_other_half(tmp_path: Path, covered: str) -> None:
    cover = f'[[faults]]\nkind = "covered"\nsensor = "{covered}"\nrep = 1\nat_s = 1.0\nlasts_s = 12.0\n'
    found = day(tmp_path, dual(), cover)
    assert [(f["rep"], f["flags"]) for f in found.told("finish")] == [(1, ("single",)), (2, ())]
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


@pytest.mark.parametrize(
    ("broken", "offset_mm"), [("upper", 0), ("lower", 200), pytest.param("lower", 0, marks=pytest.mark.slow)]
)
def test_the_garbage_of_one_half_takes_no_finish_from_the_other_one_in_dim_light(
    tmp_path: Path, broken: str, offset_mm: int
) -> None:
    garbage = f'[[faults]]\nkind = "garbage"\nsensor = "{broken}"\nrep = 1\nat_s = 1.0\nlasts_s = 12.0\n'
    found = day(tmp_path, dual(offset_mm), garbage)
    assert [(f["rep"], f["flags"]) for f in found.told("finish")] == [(1, ("single",)), (2, ())]
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def test_with_both_halves_dead_nothing_is_started(tmp_path: Path) -> None:
    dead = "[[faults]]\nat_s = 3.0\nlasts_s = 3600.0\n"
    found = day(tmp_path, dual(), dead)
    assert found.told("go") == []
    assert "watch_lost" in [event["key"] for event in found.told("said")]


@pytest.mark.parametrize(
    ("offset_mm", "made_by"), [pytest.param(0, "upper and lower", marks=pytest.mark.slow), (200, "upper")]
)
def test_a_marshal_sees_what_the_beams_saw_that_made_a_finish(tmp_path: Path, offset_mm: int, made_by: str) -> None:
    """Who comes to a stop in the beam beyond the line is told before that one is free, by the first alone."""
    day(tmp_path, dual(offset_mm), of_plan=plan(block(distance_m=20.0), gait=Gait.WALK, walk_out_s=0.0))
    with contextlib.closing(open_for_reading(tmp_path / "results") or no_database()) as connection:
        picture = picture_of(connection, tmp_path / "results", 1, 1)
    assert picture.notes[1] == f"method dual, made by {made_by}"
    assert all(strip.readings for strip in picture.strips)
    assert picture.strips[0].outline
    assert picture.losers == []
