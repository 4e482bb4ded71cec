"""Settings, plans and rosters that ship, and a coach's own in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.settings.loading import (
    load_plan,
    load_roster,
    load_settings,
    plan_names,
    read_plan,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import names_of
from retro_timer.training.plan import steps
from tests.helpers.plans_made import plan_text

CONFIG = paths.packaged() / "config.toml"
PLANS = sorted((paths.packaged() / "plans").glob("*.toml"))
BUILT_IN = {
    "athletic-agility", "conditioning", "demo", "first-steps", "jog-progression", "rehab-walk", "senior-mobility",
    "treadmill",
}  # fmt: skip


# What ships.


def test_the_packaged_settings_are_sound_and_show_the_defaults() -> None:
    assert load_settings(CONFIG) == Settings()


def test_every_plan_that_is_promised_ships() -> None:
    assert {path.stem for path in PLANS} >= BUILT_IN
    assert set(plan_names()) >= BUILT_IN


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_packaged_plan_checks_and_goes_with_the_packaged_settings(path: Path) -> None:
    plan = read_plan(path)
    check_fit(plan, load_settings(CONFIG), str(path))
    assert steps(plan)
    assert plan.source.strip()
    assert plan.safety.strip()


@pytest.mark.parametrize("path", [p for p in PLANS if p.stem != "demo"], ids=lambda path: path.stem)
def test_every_plan_for_people_has_cues_and_one_of_them_is_to_stop(path: Path) -> None:
    cues = read_plan(path).cues
    assert len(cues) >= 3
    assert any("stop" in cue.lower() for cue in cues)


@pytest.mark.parametrize(
    ("name", "gait", "distances_m", "minutes", "per_week"),
    [
        ("first-steps", Gait.WALK, (20, 30), None, None),
        ("jog-progression", Gait.JOG, (20, 40), None, None),
        ("rehab-walk", Gait.WALK, None, (10, 15), (2, 3)),
        ("conditioning", Gait.JOG, (50, 50), None, (2, 2)),
        ("senior-mobility", Gait.WALK, None, (5, 5), None),
    ],
)
def test_a_packaged_plan_prescribes_what_its_source_says(
    name: str, gait: Gait, distances_m: Any, minutes: Any, per_week: Any
) -> None:
    plan = load_plan(name)
    laid = steps(plan)
    assert plan.gait is gait
    if distances_m:
        assert all(distances_m[0] <= (step.distance_m or 0) <= distances_m[1] for step in laid)
    if minutes:
        total = sum(step.duration_s or 0.0 for step in laid) / 60
        assert minutes[0] <= total <= minutes[1]
    if per_week:
        assert plan.sessions_per_week == per_week


def test_the_treadmill_keeps_to_its_inclines_and_speeds() -> None:
    for step in steps(load_plan("treadmill")):
        assert 5 <= (step.incline_percent or 0) <= 10
        assert (step.speed_kmh or 0) + 0.01 >= 1.5 * 1.609
        assert (step.speed_kmh or 0) <= 2.0 * 1.6094


def test_four_to_six_sets_of_fifty_metres_condition() -> None:
    laid = steps(load_plan("conditioning"))
    assert 4 <= laid[-1].set_no <= 6


# A coach's own.


def test_a_coachs_own_plan_hides_a_packaged_one_of_the_same_name(config_dir: Path) -> None:
    (config_dir / "plans").mkdir(parents=True)
    (config_dir / "plans" / "first-steps.toml").write_text(plan_text())
    (config_dir / "plans" / "mine.toml").write_text(plan_text())
    assert load_plan("first-steps").title == "Test plan"
    assert load_plan("mine").title == "Test plan"
    assert load_plan("conditioning").title == "Conditioning"


def test_a_coachs_own_settings_hide_the_packaged_ones(config_dir: Path) -> None:
    config_dir.mkdir()
    (config_dir / "config.toml").write_text("[session]\ncountdown_s = 5\n")
    assert load_settings().session.countdown_s == 5


def test_a_roster_is_read_from_its_file_and_without_one_there_is_a_solo_runner(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name\nAnn\nBea\n")
    assert names_of(load_roster(tmp_path / "r.csv")) == ("Ann", "Bea")
    assert names_of(load_roster(None)) == ("Runner",)


def test_who_runs_alone_may_have_a_name(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[session]\nathlete = " Kim "\n')
    assert names_of(load_roster(None, solo=load_settings(config).session.athlete)) == ("Kim",)
    config.write_text('[session]\nathlete = "a\\u0007b"\n')
    with pytest.raises(BadInputError, match=r"session\.athlete: a name with control characters"):
        load_settings(config)
