"""Events as other programs read them: exactly the fields that are promised, in that order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from retro_timer.beacon.contract import FIELDS, contract_line
from retro_timer.beacon.events import Said
from retro_timer.detection.events import Level, SensorState
from retro_timer.training.plan import StartMethod
from retro_timer.training.session import inputs
from retro_timer.training.session.events import Go, snake_case
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import BEGIN_NS, Drive

PROMISED = {
    "go": ["t_s", "event", "rep"],
    "obstacle": ["t_s", "event", "level", "range_m"],
    "sensor": ["t_s", "event", "state", "reason"],
    "split": ["t_s", "event", "rep", "line", "distance_m", "time_s", "uncertainty_s"],
    "crossing": ["t_s", "event", "rep"],
    "crossing_withdrawn": ["t_s", "event", "rep"],
    "finish": ["t_s", "event", "rep", "time_s", "uncertainty_s", "method", "flags"],
    "correction": ["t_s", "event", "kind", "rep", "flags", "revision"],
    "dnf": ["t_s", "event", "rep", "reason"],
    "relay": ["t_s", "event", "rep", "legs", "time_s", "uncertainty_s"],
    "summary": ["t_s", "event", "samples", "reps", "finished", "obstacles"],
}


def told(session: Drive) -> list[dict[str, Any]]:
    lines = (contract_line(event, BEGIN_NS, samples=4711) for event in session.events())
    return [json.loads(line) for line in lines if line is not None]


def everything() -> list[dict[str, Any]]:
    """The contract's events of a session in which everything happens."""
    rules = Rules(lines=(Line("ten", 10.0),))
    session = Drive(plan(block(reps=3)), rules=rules).begin().to_go().wait(1.0).obstacle(Level.DANGER, 610)
    session.obstacle(Level.CLEAR).finish(3.0).pass_line("ten", 4.0).finish(8.0)
    session.put(inputs.BodySeen(session.now_ns - 300_000_000, session.now_ns, session.now_ns)).wait(0.5)
    session.watch(SensorState.DEGRADED, "sunlight").watch(SensorState.OK)
    session.to_go().wait(60.0).to_go().put(inputs.Stop())
    return told(session)


def test_every_event_of_the_contract_is_told_with_exactly_its_fields() -> None:
    relay = Drive(plan(block(relay=True)), ["Anna", "Bea"]).begin().to_go().finish(8.0).finish(8.0)
    events = [*everything(), *(event for event in told(relay) if event["event"] == "relay")]
    assert {event["event"] for event in events} == set(PROMISED)
    for event in events:
        assert list(event) == PROMISED[event["event"]]


def test_of_athletes_with_a_name_it_is_told_whose_rep_it_was() -> None:
    session = Drive(plan(block(reps=1)), ["Anna", "Bea"]).begin().to_go().finish(8.0).to_go().wait(60.0)
    of_a_rep = [event for event in told(session) if event["event"] in ("go", "crossing", "finish", "dnf")]
    assert [(event["event"], event["athlete"]) for event in of_a_rep] == [
        ("go", "Anna"),
        ("crossing", "Anna"),
        ("finish", "Anna"),
        ("go", "Bea"),
        ("dnf", "Bea"),
    ]


def test_the_code_knows_the_events_of_the_contract_and_no_others() -> None:
    assert {snake_case(kind.__name__): ["t_s", "event", *fields] for kind, fields in FIELDS.items()} == PROMISED


def test_times_count_in_seconds_from_the_origin_to_the_microsecond() -> None:
    go = Go(BEGIN_NS + 5_000_000_400, rep=1, athlete="Runner", distance_m=20.0, duration_s=None, gait="jog")
    assert contract_line(go, BEGIN_NS, samples=0) == '{"t_s": 5.0, "event": "go", "rep": 1}'


def test_what_is_no_part_of_the_contract_is_not_told() -> None:
    assert contract_line(Said(0, "go", "Go"), 0, samples=0) is None


def test_the_summary_counts_the_readings() -> None:
    assert everything()[-1]["samples"] == 4711


def test_every_event_is_one_line_of_json() -> None:
    for event in everything():
        line = json.dumps(event)
        assert "\n" not in line
        assert json.loads(line) == event


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("obstacle", {"level": str, "range_m": float}), ("finish", {"rep": int, "time_s": float, "flags": list})],
)
def test_fields_have_the_types_of_the_contract(name: str, kinds: dict[str, type]) -> None:
    event = next(event for event in everything() if event["event"] == name)
    assert {key: type(event[key]) for key in kinds} == kinds


def test_states_levels_and_reasons_are_the_words_of_the_contract() -> None:
    events = everything()
    assert {e["level"] for e in events if e["event"] == "obstacle"} <= {"clear", "caution", "warning", "danger"}
    assert {e["state"] for e in events if e["event"] == "sensor"} <= {"ok", "degraded", "lost"}
    assert {e["reason"] for e in events if e["event"] == "dnf"} <= {"timeout", "trace-end", "stopped"}


def test_a_start_that_the_athlete_gives_tells_its_kind_and_interval() -> None:
    session = (
        Drive(plan(start=StartMethod.RELEASE)).begin().until(Phase.AWAIT_RELEASE).stand().wait(1.0).leave().finish(8.0)
    )
    (go,) = [event for event in told(session) if event["event"] == "go"]
    assert list(go) == [*PROMISED["go"], "start", "uncertainty_s"]
    (finish,) = [event for event in told(session) if event["event"] == "finish"]
    assert list(finish) == [*PROMISED["finish"], "start"]
    assert (go["start"], finish["start"]) == ("release", "release")
