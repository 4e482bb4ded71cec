"""A plan, a roster or settings that are accepted can be used to the end: nothing breaks later."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from retro_timer.beacon.boards import BoardRequest
from retro_timer.phrases import load_catalogue
from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.settings.pins import pin_plan
from retro_timer.settings.plan_fit import check_fit
from retro_timer.settings.tables import convert, parse_toml
from retro_timer.sim.virtual import Simulation
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import reps as kept_reps
from retro_timer.store.results.queries import sessions
from retro_timer.training.listed import names_of
from retro_timer.training.plan import Plan, steps
from retro_timer.training.plan_check import check_plan
from retro_timer.training.record import RepStatus
from retro_timer.training.roster import parse_roster
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import ENDED, Phase
from tests.helpers.complaints import value_or_complaint
from tests.helpers.fuzzing import few
from tests.helpers.session_drive import LINE_ONLY, Drive

MOST_STEPS = 24


def edge(least: float, most: float) -> st.SearchStrategy[float]:
    """A number in a range, its limits most of all; now and then one just outside."""
    inside = st.sampled_from([least, most]) | st.floats(least, most)
    return st.integers(0, 29).flatmap(lambda n: inside if n else st.sampled_from([least - 0.001, most + 0.001]))


def table(wanted: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]) -> Any:
    return st.fixed_dictionaries(wanted, optional=optional)


WORDS = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["", "{title}", "%s", "\n", "x" * 400, "x" * 401, "Ł\u200d☃"]
)
GAITS = st.sampled_from(["walk", "jog", "run"])
TIMES = {"rest_s": edge(0.0, 3600.0), "recovery_s": edge(0.0, 3600.0)}
OF_WORK = {
    "gait": GAITS,
    "kind": st.sampled_from(["warm-up", "work", "cool-down"]),
    "target_s": st.just("best") | edge(0.5, 600.0),
    **TIMES,
}
LANE = table({"distance_m": edge(5.0, 100.0)}, OF_WORK)
LADDER = st.builds(
    lambda lengths, more: {"distances_m": lengths, "reps": 1, **more},
    st.lists(edge(5.0, 100.0), min_size=1, max_size=4),
    table({}, OF_WORK),
)
TIMED = table(
    {"duration_s": edge(10.0, 7200.0)},
    {"gait": GAITS, "incline_percent": edge(0.0, 30.0), "speed_kmh": edge(0.01, 20.0), **TIMES},
) | table({"duration_s": edge(10.0, 7200.0)}, {"speed_mph": edge(0.01, 12.0)})
SIZES = table({}, {"sets": st.integers(1, 3), "reps": st.integers(1, 4)})
BLOCKS = st.lists(st.builds(lambda one, size: size | one, LANE | LADDER | TIMED, SIZES), min_size=1, max_size=3)
PLANS = table(
    {"title": WORDS, "purpose": WORDS, "source": WORDS, "safety": WORDS, "blocks": BLOCKS},
    {
        "gait": GAITS,
        "start": st.sampled_from(["countdown", "marks-set-go", "button", "auto"]),
        "walk_out_s": edge(0.0, 600.0),
        "sessions_per_week": st.sampled_from([[1, 1], [1, 14], [14, 14], [2, 3], [3, 2], [0, 1], [1]]),
        "cues": st.lists(WORDS, max_size=3),
        **TIMES,
    },
)
NAMES = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), min_size=1, max_size=12), max_size=5
)


def accepted_plan(fields: dict[str, Any]) -> Plan | None:
    """The plan if the program takes it; else it must say why in one line."""

    def read() -> Plan:
        plan = convert(fields, Plan, "plan.toml")
        check_plan(plan, "plan.toml")
        return plan

    plan, complaint = value_or_complaint(read)
    assert plan is not None or complaint.startswith("plan.toml")
    event("accepted" if plan is not None else "refused")
    return plan if plan is not None and len(steps(plan)) <= MOST_STEPS else None


@given(fields=PLANS, names=NAMES)
def test_a_plan_that_is_accepted_runs_to_its_end_for_any_roster_that_is(fields: Any, names: list[str]) -> None:
    plan = accepted_plan(fields)
    roster, _ = value_or_complaint(lambda: names_of(parse_roster("\n".join(names), "roster.csv")))
    if plan is None:
        return
    athletes = roster or ("Runner",)
    drive = Drive(plan, athletes, coverage=LINE_ONLY).begin()
    run_to_the_end(drive)
    wanted = len(steps(plan)) * len(athletes)
    assert len(drive.results) == wanted
    assert {record.status for record in drive.results.values()} == {RepStatus.FINISHED}
    catalogue = load_catalogue("en")
    for said in drive.of(effects.Say):
        assert catalogue.render(said.key, said.values)
    msgspec.json.encode(drive.events())


def run_to_the_end(drive: Drive) -> None:
    """Every rep is finished as fast as the gait allows; every press that is waited for comes."""
    for _ in range(40 * MOST_STEPS * len(drive.state.athletes)):
        if drive.phase in ENDED:
            return
        active = drive.state.running
        if drive.phase is Phase.AWAIT_PRESS:
            drive.put(inputs.Start())
        elif active is not None and active.record.distance_m is not None:
            drive.finish((active.fast_before_ns - active.record.go_ns) / 1e9 + 0.1)
        else:
            deadline = drive.state.deadline_ns
            assert deadline is not None, f"the session waits for nothing in {drive.phase}"
            drive.wait(max(0.0, (deadline - drive.now_ns) / 1e9))
    raise AssertionError(f"no end is in sight; it is in {drive.phase}")


@few(12)
@given(fields=PLANS, names=NAMES, seed=st.integers(0, 99))
def test_what_is_accepted_runs_through_simulated_lanes_into_the_results(
    fields: Any, names: list[str], seed: int
) -> None:
    plan = accepted_plan(fields)
    roster, _ = value_or_complaint(lambda: names_of(parse_roster("\n".join(names), "roster.csv")))
    if plan is None or sum((s.duration_s or 30.0) + s.rest_s for s in steps(plan)) > 400.0:
        return
    athletes = (roster or ("Runner",))[:2]
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(BoardRequest(Settings(), seed=seed), load_catalogue("en"), Path(folder))
        try:
            assert simulation.run(plan, athletes, most_s=4000.0)
        finally:
            simulation.close()
        reading = open_for_reading(Path(folder))
        assert reading is not None
        (session,) = sessions(reading)
        assert (session.outcome, session.title, session.roster) == ("done", plan.title, athletes)
        kept = [record for _, record, *_ in kept_reps(reading)]
        assert len(kept) == len(steps(plan)) * len(athletes)
        assert {record.athlete for record in kept} == set(athletes)
        reading.close()


@given(names=NAMES)
def test_any_name_that_is_accepted_goes_through_csv_unharmed(names: list[str]) -> None:
    roster, _ = value_or_complaint(lambda: names_of(parse_roster("\n".join(names), "roster.csv")))
    if roster is None:
        return
    file = io.StringIO()
    csv.writer(file).writerows([name] for name in roster)
    assert names_of(parse_roster("name\n" + file.getvalue(), "again.csv")) == roster


SENSORS = table(
    {"name": st.sampled_from(["gate", "rear", "a-1"])},
    {
        "model": st.sampled_from(["vl53l1x", "tf-luna", "hc-sr04"]),
        "placement": st.sampled_from(["gate", "lane-end", "belt"]),
        "role": st.sampled_from(["timing", "watch", "both"]),
        "mode": st.sampled_from(["short", "medium", "long", "auto"]),
        "budget_ms": edge(20.0, 200.0),
        "period_ms": edge(10.0, 200.0),
        "address": st.integers(0x08, 0x77),
        "xshut_pin": st.integers(0, 27),
        "interrupt_pin": st.integers(0, 27),
        "trigger_pin": st.integers(0, 27),
        "echo_pin": st.integers(0, 27),
    },
)
SETTINGS = table(
    {},
    {
        "sensors": st.lists(SENSORS, min_size=1, max_size=2),
        "course": table(
            {},
            {
                "finish_range_m": edge(0.3, 12.0),
                "allow_short_runout": st.booleans(),
                "lane_reach_m": edge(0.3, 12.0),
                "torso_mm": edge(100.0, 500.0),
            },
        ),
        "watch": table(
            {},
            {
                "delay_s": edge(0.1, 3.0),
                "braking_mps2": edge(0.5, 8.0),
                "tick": st.sampled_from(["belt", "always", "never"]),
            },
        ),
        "session": table(
            {},
            {"countdown_s": st.integers(1, 10), "get_ready_s": edge(2.0, 120.0), "changeover_s": edge(5.0, 300.0)},
        ),
        "voice": table({}, {"rate_wpm": st.integers(79, 301)}),
        "buzzer": table({}, {"kind": st.sampled_from(["tonal", "active"]), "pin": st.integers(0, 27)}),
    },
)
SHORT = parse_toml(
    'title = "t"\npurpose = "p"\nsource = "s"\nsafety = "n"\ngait = "walk"\nrest_s = 5\nwalk_out_s = 0\n'
    "[[blocks]]\nreps = 2\ndistance_m = 5\n",
    Plan,
    "short.toml",
    "a plan",
)


@few(10)
@given(fields=SETTINGS, seed=st.integers(0, 99))
def test_settings_that_are_accepted_carry_a_session_to_its_end(fields: Any, seed: int) -> None:
    def read() -> Settings:
        settings = convert(fields, Settings, "config.toml")
        check_settings(settings, "config.toml")
        pin_plan(settings)
        check_fit(SHORT, settings, "config.toml")
        return settings

    settings, complaint = value_or_complaint(read)
    if settings is None:
        assert complaint
        return
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(BoardRequest(settings, seed=seed), load_catalogue("en"), Path(folder))
        try:
            assert simulation.run(SHORT, ("Runner",), most_s=2000.0)
        finally:
            simulation.close()


@pytest.mark.parametrize("fields", [{}, {"sensors": []}, {"sensors": [{"name": "x" * 99}]}])
def test_the_strategies_meet_what_is_refused_and_what_is_not(fields: Any) -> None:
    settings, complaint = value_or_complaint(lambda: convert(fields, Settings, "config.toml"))
    assert (settings is None) == bool(fields) == bool(complaint)
