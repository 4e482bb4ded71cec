"""Whole rolling sessions on the simulated board: several runners at once before one gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retro_timer.settings.model import Settings
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day

NAMES = ("Anna", "Ben", "Carla", "David")
SPEEDS = "".join(
    f'[[runners]]\nathlete = "{name}"\nspeed_mps = {speed_mps}\nreaction_s = 0.3\n'
    for name, speed_mps in zip(NAMES, (2.4, 1.9, 2.5, 2.3), strict=True)
)


def rolling(reps: int = 2, **fields: Any) -> Plan:
    given = {"order": Order.ROLLING, "every_s": 6.0, "lanes_apart": True, "rest_s": 5.0, **fields}
    return plan(block(reps=reps, distance_m=30.0), gait=Gait.JOG, **given)


def day(directory: Path, scenario: str = "", of: Plan | None = None, names: tuple[str, ...] = NAMES) -> Day:
    directory.mkdir(exist_ok=True)
    path = directory / "day.toml"
    path.write_text(f'title = "test"\n{SPEEDS}{scenario}')
    return Day(directory / "results", of or rolling(), *names, scenario=str(path), settings=Settings())


def most_at_once(found: Day) -> int:
    """How many were on the course together at the most."""
    out: set[int] = set()
    most = 0
    for event in found.told("go", "finish", "dnf"):
        out ^= {event["rep"]}
        most = max(most, len(out))
    return most


def test_several_run_at_once_and_each_time_is_its_runners_own(tmp_path: Path) -> None:
    found = day(tmp_path)
    assert found.ended
    assert most_at_once(found) >= 3
    assert len(found.told("finish")) == 8
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert found.told("obstacle", "recall", "dnf") == []


def test_a_drop_out_costs_no_finish_of_those_whose_times_are_known(tmp_path: Path) -> None:
    found = day(tmp_path, "[[runners]]\nrep = 9\nstops_at_m = 15.0\n", rolling(reps=3))
    assert [(dnf["rep"], dnf["reason"]) for dnf in found.told("dnf")] == [(9, "timeout")]
    assert len(found.told("finish")) == 11
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def test_somebody_in_the_beam_before_anybody_can_be_there_is_an_obstacle_and_recalls(tmp_path: Path) -> None:
    found = day(tmp_path, "[[intruders]]\nrep = 1\nat_s = 3.6\nstays_s = 2.0\n")
    assert [event["level"] for event in found.told("obstacle")][:1] == ["danger"]
    assert len(found.told("recall")) == 1
    assert len(found.told("finish")) == 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_twenty_run_behind_each_other(tmp_path: Path, seed: int) -> None:
    names = tuple(f"Athlete {number}" for number in range(20))
    found = Day(tmp_path, rolling(reps=3, every_s=12.0), *names, seed=seed, most_s=3600.0)
    assert found.ended
    assert len(found.told("finish")) == 60
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def whose(found: Day) -> dict[int, tuple[str, str]]:
    """Each rep's athlete and status, as they are kept at the end."""
    state = found.simulation.core.session.state
    assert state is not None
    return {record.rep: (record.athlete, str(record.status)) for record in state.results}


def test_who_goes_at_a_wrong_call_gets_the_rep_by_the_coach_s_word_and_the_called_one_runs_it_anew(
    tmp_path: Path,
) -> None:
    one_by_one = plan(block(reps=2, distance_m=20.0), gait=Gait.JOG, rest_s=5.0)
    wrong = '[[runners]]\nathlete = "Anna"\nrep = 1\ninstead = "Ben"\n'
    says = '[[coach]]\nrep = 1\nat_s = 16.0\nsays = "give Ben last"\n'
    found = day(tmp_path, wrong + says, one_by_one, ("Anna", "Ben"))
    assert found.ended
    assert whose(found)[1] == ("Ben", "finished")
    assert sorted(whose(found).values()) == [("Anna", "finished")] * 2 + [("Ben", "finished")] * 2
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def test_who_stumbles_comes_later_by_what_it_costs_and_keeps_their_own_time(tmp_path: Path) -> None:
    usual = day(tmp_path / "a")
    stumble = '[[runners]]\nathlete = "Ben"\nrep = 6\nstumbles_at_m = 12.0\nstumble_costs_s = 1.2\n'
    found = day(tmp_path / "b", stumble)
    assert whose(found) == whose(usual)
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    (ben,) = [finish["time_s"] for finish in found.told("finish") if finish["rep"] == 6]
    (before,) = [finish["time_s"] for finish in usual.told("finish") if finish["rep"] == 6]
    assert ben - before == pytest.approx(1.2, abs=0.1)


def test_of_two_who_break_the_beam_together_one_is_timed_and_that_the_other_is_not_is_told(tmp_path: Path) -> None:
    # He goes 6 s before her, and she is at the line a tenth of a second before him.
    speed_mps = 30.0 / (30.0 / 2.5 + 6.1)
    slow = f'[[runners]]\nathlete = "Ben"\nspeed_mps = {speed_mps:.4f}\n'
    found = day(tmp_path, slow, rolling(reps=1), ("Anna", "Ben", "Carla"))
    ended = {event["rep"]: event["event"] for event in found.told("finish", "dnf")}
    assert sorted(ended) == [1, 2, 3]
    assert sorted(ended.values()) == ["dnf", "finish", "finish"]
    (lost,) = found.told("dnf")
    assert (lost["rep"] in (2, 3), lost["reason"]) == (True, "timeout")


def test_a_word_on_a_rep_that_has_ended_is_taken_and_one_on_none_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = '[[coach]]\nrep = 5\nat_s = 0.1\nsays = "void 1"\n[[coach]]\nrep = 5\nat_s = 0.2\nsays = "void 99"\n'
    found = day(tmp_path, words)
    assert whose(found)[1] == ("Anna", "void")
    assert "coach[1].says: 'void 99': rep 99: not found" in caplog.text
    assert len([one for one in whose(found).values() if one == ("Anna", "finished")]) == 1


@pytest.mark.parametrize("relay", [False, True], ids=["one by one", "relay"])
def test_a_walkers_finish_is_nobodys_by_the_coach_s_word_and_the_runner_s_own_is_timed(
    tmp_path: Path, relay: bool
) -> None:
    of = plan(block(reps=1, distance_m=24.0, relay=relay), gait=Gait.JOG, rest_s=5.0)
    walker = "[[passers]]\nrep = 1\nat_s = 7.0\n"
    says = '[[coach]]\nrep = 1\nat_s = 8.2\nsays = "nobody last"\n'
    found = day(tmp_path, walker + says, of, ("Anna", "Ben"))
    assert found.ended
    walked, *ran = found.errors_s
    assert walked < -1.0
    assert len(ran) == 2
    assert all(abs(error) < 0.1 for error in ran), ran
    ended = [("Anna", "finished"), ("Ben", "finished")]
    assert sorted(whose(found).values()) == [*ended, *([("Ben", "void")] if relay else [])]
    assert len(found.told("relay")) == relay
