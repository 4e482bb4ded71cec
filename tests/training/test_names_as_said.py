"""A name is said as the roster has it, wherever the voice says it, and kept as it is written."""

from __future__ import annotations

from retro_timer.beacon.output.prefetch import phrases_ahead
from retro_timer.training.listed import Listed
from retro_timer.training.remembered import Remembered
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Siobhan", "Siobhan Kelly", "Ben")
SAID = {"Siobhan": "Shivawn", "Siobhan Kelly": "Kelly"}
RULES = Rules(listed=tuple(Listed(name, SAID.get(name, "")) for name in NAMES))


def group() -> Drive:
    return Drive(plan(block(reps=2)), NAMES, RULES).begin()


def spoken_names(session: Drive) -> set[str]:
    said = [say.values for say in session.of(effects.Say)]
    return {str(values[key]) for values in said for key in ("name", "then", "names") if key in values}


def test_calls_results_and_the_length_of_a_call_have_the_name_as_it_is_said() -> None:
    session = group()
    for _ in range(6):
        session.to_go().finish(8.0)
    assert spoken_names(session) == {"Shivawn", "Kelly", "Ben"}
    assert {str(ask.values["name"]) for ask in session.of(effects.Measure)} == {"Shivawn", "Kelly", "Ben"}
    assert {record.athlete for record in session.results.values()} == set(NAMES)
    assert {go.athlete for go in session.events("go")} == set(NAMES)


def test_answers_and_questions_have_it_too() -> None:
    session = group().put(inputs.Absent("ben")).put(inputs.Absent("Siobhann"))
    assert session.spoken("absent") == {"name": "Ben"}
    assert session.spoken("nobody_but_alike") == {"names": "Shivawn or Kelly"}


def test_what_is_said_again_is_said_as_before() -> None:
    """Though somebody else is written as her name is said."""
    rules = Rules(listed=(Listed("Siobhan", "Ann"), Listed("Ann", "Anna")))
    session = Drive(plan(block(reps=1)), ("Siobhan", "Ann"), rules).begin().put(inputs.Absent("Siobhan"))
    session.put(inputs.Repeat())
    assert [say.values["name"] for say in session.of(effects.Say) if say.key == "absent"] == ["Ann", "Ann"]


def test_names_are_rendered_as_they_are_said_before_they_are_needed() -> None:
    session = group().to_go()
    ahead = phrases_ahead(session.state, session.now_ns)
    assert ("next_and_deck", {"name": "Kelly", "then": "Ben"}) in ahead
    assert [values["name"] for key, values in ahead if key == "turn"][:2] == ["Kelly", "Ben"]


def test_a_name_that_the_roster_has_not_otherwise_is_said_as_the_results_know_it() -> None:
    session = group().put(inputs.LedgerSeen((Remembered("siobhan", "Joan"), Remembered("Ben", "Benn"))))
    for _ in range(3):
        session.to_go().finish(8.0)
    assert {values["name"] for values in (say.values for say in session.of(effects.Say)) if "name" in values} == {
        "Shivawn",
        "Kelly",
        "Benn",
    }


def test_a_roster_that_is_exchanged_brings_how_its_names_are_said() -> None:
    session = group().put(inputs.Roster(("Siobhan", "Zoe"), (Listed("Siobhan"), Listed("Zoe", "Zo-ee"))))
    session.to_go().finish(8.0).to_go()
    assert {"Siobhan", "Zo-ee"} <= spoken_names(session)
