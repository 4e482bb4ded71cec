"""The catalogue and the code say the same things: every key that is used exists, with its values, and the reverse."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retro_timer
from retro_timer.detection.events import Beam, Level, SensorState, Stand, StandEnd
from retro_timer.errors import BadInputError
from retro_timer.phrases import languages, load_catalogue
from retro_timer.ports import Placement
from retro_timer.training.detail import Detail
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Order, StartMethod
from retro_timer.training.record import StartKind
from retro_timer.training.remembered import Best, Remembered, Week
from retro_timer.training.safe_speed import Coverage, DarkClothing
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import LINE_ONLY, Drive, no_disk, silent_disk

PACKAGE = Path(retro_timer.__file__).parent
ENGLISH = load_catalogue("en")
CATALOGUE_TEXT = tomllib.loads((PACKAGE / "phrases" / "en.toml").read_text(encoding="utf-8"))["phrases"]


def string_constants() -> Iterator[str]:
    """Every text constant of the program, and each value that an f-string of a coverage can take."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for gait in Gait:
        yield f"covers_{gait}"
    for number in (1, 2, 3):
        yield f"count_{number}"


@pytest.mark.slow
def test_every_phrase_of_the_catalogue_is_used_somewhere() -> None:
    used = set(string_constants())
    assert sorted(ENGLISH.keys - used) == []


def said_in(drive: Drive) -> list[effects.Say]:
    return drive.of(effects.Say)


def late_results() -> list[effects.Say]:
    """A disk that answers for a rep when the next one is under way already."""
    said: list[effects.Say] = []
    for names in (("Ann",), ("Ann", "Bea")):
        drive = Drive(plan(block(reps=2)), names, disk=silent_disk).begin().to_go().put(inputs.Durable(1, 1))
        said += said_in(drive.finish(8.0).to_go().put(inputs.Durable(1, 2)))
    return said


def told_of_progress() -> list[effects.Say]:
    """Sessions at whose end somebody was better than ever before, alone and in a group."""
    said: list[effects.Say] = []
    for names, done in itertools.product((("Ann",), ("Ann", "Bea")), (0, 2)):
        best = Best(20.0, Gait.JOG, StartKind.GO, 9_000_000_000)
        known = inputs.LedgerSeen((Remembered("Ann", bests=(best,), week=Week(done, 2)),))
        told = Drive(plan(block(reps=1)), names, Rules(say_progress=True)).begin().put(known)
        for _ in names:
            told.to_go().finish(8.0)
        said += said_in(told)
    return said


def said_of_crossings(names: tuple[str, ...]) -> list[effects.Say]:
    """Once, and on and on until the stop."""
    once, on = (plan(block(distance_m=20.0, duration_s=60.0, crossings=True, until=until)) for until in (None, "stop"))
    said = said_in(Drive(once, names).begin().to_go().finish(9.0).wait(80.0))
    return said + said_in(Drive(on, names).begin().to_go().finish(9.0).put(inputs.Stop()))


@functools.cache
def everything_that_a_session_says() -> list[effects.Say]:
    """Phrases of sessions in which everything happens."""
    said: list[effects.Say] = []

    solo = Drive(plan(block(sets=2, reps=2), cues=("Up.",), rest_s=60.0)).begin()
    solo.watch(SensorState.LOST, "silent", None).until(Phase.LANE_CHECK).wait(1.0).put(inputs.Spotter())
    solo.put(inputs.Resume()).put(inputs.Void()).put(inputs.Undo()).put(inputs.Give("X")).put(inputs.Repeat())
    solo.to_go().put(inputs.ManualFinish()).put(inputs.Pause()).watch(SensorState.OK)
    solo.watch(SensorState.DEGRADED, "sunlight").watch(SensorState.LOST, "frozen").finish(8.0)
    solo.put(inputs.Resume()).watch(SensorState.OK).put(inputs.Spotter())
    solo.until(Phase.COUNTDOWN).wait(0.2).obstacle().wait(30.0).obstacle(Level.CLEAR).to_go().finish(9.0)
    solo.put(inputs.Pause()).put(inputs.Resume())
    solo.watch(SensorState.DEGRADED, "sunlight").to_go().until(Phase.REST).to_go().finish(8.0).put(inputs.Repeat())
    said += said_in(solo)

    moved = Drive(plan(block(reps=2))).begin().until(Phase.LANE_CHECK).obstacle().wait(45.0)
    said += said_in(moved.put(inputs.Start()))

    group = Drive(plan(block(reps=2), start=StartMethod.MARKS_SET_GO), ("Ann", "Bea", "Cid"), disk=no_disk).begin()
    group.to_go().finish(8.0).put(inputs.Give("Bea")).put(inputs.Undo()).put(inputs.Void())
    group.put(inputs.Absent("Cid")).to_go().finish(8.0).put(inputs.Absent("Ann"))
    group.to_go().finish(8.0).put(inputs.Stop())
    said += said_in(group)

    timed = plan(
        block(duration_s=300.0), block(duration_s=60.0, speed_kmh=3.0), gait=Gait.WALK, start=StartMethod.BUTTON
    )
    button = Drive(timed).begin().until(Phase.AWAIT_PRESS).put(inputs.Start()).to_go().until(Phase.AWAIT_PRESS)
    said += said_in(button.put(inputs.Start()).until(Phase.DONE))

    for reason in (StandEnd.EARLY, StandEnd.MOVED, StandEnd.SOMEBODY_ELSE, StandEnd.SENSOR):
        waits = Drive(plan(start=StartMethod.RELEASE)).begin().until(Phase.AWAIT_RELEASE)
        said += said_in(waits.stand().stand(Stand.EMPTY, reason))
    flying = Drive(plan(start=StartMethod.FLYING, say_splits=True), rules=Rules(lines=(Line("ten", 10.0),))).begin()
    said += said_in(flying.until(Phase.AWAIT_RELEASE).leave().pass_line("ten", 4.0).finish(8.0))

    of = plan(block(reps=2))
    said += said_in(Drive(of, state=recovered_session(of, ("Ann",), Rules(), ())).put(inputs.Recover()))
    said += said_in(Drive(of, state=recovered_session(of, ("Ann",), Rules(), ())).put(inputs.Stop()))
    said += said_in(Drive(of, rules=Rules(countdown_s=5.0)).begin().to_go().put(inputs.Void()))
    said += said_in(Drive(of, disk=no_disk).begin().to_go().finish(8.0).put(inputs.Durable(1, 2)))
    said += late_results()
    said += said_in(Drive(of, coverage=None).begin().put(inputs.ManualFinish()).put(inputs.Stop()))
    for gait in (None, *Gait):
        covers = Coverage(Placement.LANE_END, 2.0, 1.4, gait)
        said += said_in(Drive(of, coverage=covers).begin())
    said += said_in(Drive(of, rules=Rules(given_goes=True), coverage=LINE_ONLY).begin().put(inputs.Repeat()))
    alike = Drive(plan(block()), ("Ann Lee", "Bea Lee")).begin()
    said += said_in(alike.put(inputs.Absent("lee")).put(inputs.Absent("Beea")))
    pair = Drive(plan(block(reps=1)), ("Ann", "Bea")).begin().to_go().finish(8.0).put(inputs.Give("Ann")).to_go()
    said += said_in(pair)
    resting = Drive(plan(block(reps=2), rest_s=120.0), ("Ann", "Bea")).begin().to_go().finish(8.0).to_go().finish(8.0)
    said += said_in(resting)
    said += said_in(Drive(plan(block(duration_s=60.0)), ("Ann", "Bea")).begin().until(Phase.DONE))
    for names in (("Ann",), ("Ann", "Bea")):
        said += said_in(Drive(plan(block(until="stop")), names).begin().to_go().finish(8.0).put(inputs.Stop()))
        said += said_in(Drive(plan(block(duration_s=60.0, until="stop")), names).begin().to_go().put(inputs.Stop()))
        said += said_of_crossings(names)
        relay = Drive(plan(block(relay=True)), names).begin()
        said += said_in(relay.to_go().finish(9.0).finish(9.0) if len(names) > 1 else relay)
    for target_s in (8.0, 7.9, 6.5, 8.2, 11.0, "best"):
        said += said_in(Drive(plan(block(target_s=target_s))).begin().to_go().finish(8.05))
    dual = Drive(plan(block(reps=1))).begin().put(inputs.GateAlone("finish", "lower", "sunlight", 0)).to_go()
    dual.put(inputs.HalfSeen(1, "lower", Beam.LOWER, 0)).put(inputs.GateAlone("finish", "", "", 0))
    said += said_in(dual)
    said += said_in(Drive(plan(block()), rules=Rules(dark_clothing=DarkClothing(2.5, 0, 4))).begin())
    lanes = Rules(dark_clothing=DarkClothing(2.5, 2, 4))
    laned = Drive(plan(block(reps=2)), rules=lanes).begin().to_go().finish(8.0, lane=3).to_go()
    laned.put(inputs.LanesUnseen(2, 2, 4, 0, 0, 0)).finish(8.0, lane=1)
    said += said_in(laned)
    for detail in Detail:
        for distances_m in ((20.0, 20.0), (20.0, 30.0)):
            told = Drive(plan(block(distances_m=distances_m)), ("Ann", "Bea"), Rules(detail=detail)).begin()
            for time_s in (8.0, 8.0, 7.9, 7.9):
                told.to_go().finish(time_s)
            said += said_in(told)
    said += told_of_progress()
    said += said_in(Drive(of).begin().put(inputs.Repeat(result=True)))
    said += said_in(Drive(of, ("Ann", "Bea"), Rules(start_hears=False)).begin())
    listed = Rules(lanes=4, listed=(Listed("Ann", lane=2),))
    said += said_in(Drive(plan(block(reps=1)), ("Ann",), listed).begin().to_go().finish(8.0, lane=3))
    edited = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().to_go().finish(8.0).to_go().finish(8.0)
    for kind in ("void", "restore", "give", "swap", "nobody", "set", "note", "undo"):
        edited.put(inputs.Amended(kind, "", edited.state.results[:1]))
    said += said_in(edited)
    owing = Drive(plan(block(reps=3)), ("Ann", "Bea")).begin()
    for _ in range(3):
        owing.to_go().finish(8.0)
    said += said_in(owing.put(inputs.Add("Cid")).put(inputs.Owe("Cid")).put(inputs.Owe("Cid")))
    long = Drive(plan(block(reps=6), rest_s=60.0)).begin()
    for _ in range(4):
        long.to_go().finish(8.0)
    said += said_in(long)
    late = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().put(inputs.Add("Cid")).put(inputs.Order("Cid", 1))
    late.put(inputs.Absent("Bea")).put(inputs.PresenceAnswered("Bea", "disk full")).put(inputs.Present("Bea")).put(
        inputs.Present("Bea")
    )
    late.put(inputs.Roster(("Bea", "Cid")))
    for number in range(60):
        late.put(inputs.Add(f"Athlete {number}"))
    said += said_in(late)
    rolling = Drive(plan(block(), order=Order.ROLLING, every_s=30.0), ("Ann", "Bea")).begin().until(Phase.REST)
    said += said_in(rolling.wait(8.0).put(inputs.ManualFinish("Bea")).finish(8.0).wait(5.0))
    behind = Drive(plan(block(), order=Order.ROLLING, every_s=9.0, lanes_apart=True), ("Ann", "Bea")).begin()
    behind.until(Phase.REST).until(Phase.COUNTDOWN).obstacle(Level.WARNING).put(inputs.Halt())
    said += said_in(behind)
    return said + said_of_waves() + said_of_moved_finishes()


def said_of_moved_finishes() -> list[effects.Say]:
    of = plan(block(reps=2), order=Order.ROLLING, every_s=9.0, lanes_apart=True, rest_s=30.0)
    left = Drive(of, ("Ann", "Bea")).begin().until(Phase.RUNNING).put(inputs.Out("Ann")).put(inputs.Nobody(9))
    blind = Drive(of, ("Ann", "Bea")).begin().until(Phase.RUNNING).wait(9.5).watch(SensorState.LOST, "silent", None)
    alone = Drive(plan(block(reps=2))).begin().to_go().finish(8.0).put(inputs.Nobody(1))
    pair = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().to_go().finish(8.0).put(inputs.Nobody(1))
    return [said for session in (left, blind, alone, pair) for said in said_in(session)]


def said_of_waves() -> list[effects.Say]:
    plans = [plan(of, order=Order.WAVES, wave_size=2) for of in (block(), block(until="stop"))]
    begun = [Drive(of, ("Ann", "Bea"), Rules(lanes=2)).begin().until(Phase.COUNTDOWN) for of in plans]
    placed = Drive(plans[0], ("Ann", "Bea")).begin()
    while placed.state.running is None:
        placed.until(Phase.COUNTDOWN).wait(3.0)
    placed.wait(8.0).put(inputs.ManualFinish()).wait(60.0)
    return [said for session in (*begun, placed) for said in said_in(session)]


@pytest.mark.parametrize("language", languages())
def test_everything_that_a_session_says_can_be_rendered(language: str) -> None:
    catalogue = load_catalogue(language)
    for say in everything_that_a_session_says():
        text = catalogue.render(say.key, say.values)
        assert text.strip()
        assert "{" not in text


def test_most_of_the_catalogue_was_heard_in_these_sessions() -> None:
    """What is said elsewhere than in the session: by the box itself, at power-on, and for damage."""
    elsewhere = {
        "stick_copied", "stick_nothing", "stick_full", "stick_read_only", "stick_foreign", "stick_failed",
        "ready", "not_ready", "recovery_offered", "speech_trouble", "database_rebuilt", "nothing_to_finish",
        "next_plan", "plan_unusable", "plan_too_fast", "no_plan", "volume", "power_low", "box_hot", "box_slow",
        "shut_down_ahead", "shut_down_cancelled", "shutting_down", "shutting_down_session", "file_kept",
        "file_delivered", "file_left_out", "wiring_unknown", "not_started", "results_not_kept", "results_forgotten",
        "pairing_pin", "no_page", "clock_being_set",
    }  # fmt: skip
    heard = {say.key for say in everything_that_a_session_says()}
    silent = {key for key in ENGLISH.keys - heard - elsewhere if not key.startswith("button_")}
    assert sorted(silent) == []


def test_every_phrase_that_is_spoken_is_given_the_values_that_it_speaks() -> None:
    for say in everything_that_a_session_says():
        assert ENGLISH.values_of(say.key) <= set(say.values), say.key


def reasons_of_the_sensors() -> set[str]:
    """Every reason that detection's health, the drivers' faults and the beacon give for a watch that is not ok."""
    reasons = {"starting", "silent"}
    health = (PACKAGE / "detection" / "health" / "sensor_health.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(health)):
        if isinstance(node, ast.FunctionDef) and node.name in ("_complaint", "feed"):
            reasons |= {
                n.value
                for n in ast.walk(node)
                if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value and " " not in n.value
            }
    for path in (*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "firmware").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "SensorFaultError(" in text else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SensorFaultError" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    reasons.add(str(first.value))
    return reasons


def test_every_reason_for_a_blind_watch_has_words_of_its_own() -> None:
    words = tomllib.loads((PACKAGE / "phrases" / "en.toml").read_text(encoding="utf-8"))["words"]
    assert sorted(reasons_of_the_sensors() - set(words)) == []


def test_a_reason_is_spoken_in_words() -> None:
    assert ENGLISH.render("watch_lost", {"reason": "background-gone"}) == (
        "Watch lost: the missing background. No rear watch."
    )


@pytest.mark.parametrize("name", ["gap", "noise", "run", "silent", "walk"])
def test_an_athlete_keeps_their_name_even_if_it_is_a_word_of_the_catalogue(name: str) -> None:
    assert ENGLISH.render("next", {"name": name}) == f"Next: {name}."


@given(st.text(max_size=40))
def test_any_name_is_spoken_as_it_is(name: str) -> None:
    assert ENGLISH.render("result_of", {"name": f"x{name}", "time": "8.00"}) == f"x{name}, 8.00 seconds."


def test_no_phrase_formats_its_values_by_itself() -> None:
    for key in ENGLISH.keys:
        text = ENGLISH.render(key, dict.fromkeys(ENGLISH.values_of(key), "X"))
        assert "X" in text or not ENGLISH.values_of(key)
    assert all(
        ("|" in (spec or "|")) and not conversion
        for key, phrase in tomllib.loads((PACKAGE / "phrases" / "en.toml").read_text(encoding="utf-8"))[
            "phrases"
        ].items()
        for _, _, spec, conversion in string.Formatter().parse(phrase)
    )


def test_a_language_that_nobody_has_translated_is_one_line_of_complaint() -> None:
    with pytest.raises(BadInputError, match=r"voice\.language: no phrases in 'xx'; expected one of de, en, es, fr"):
        load_catalogue("xx")


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("recovery", {"minutes": "1"}, "Recovery, 1 minute."),
        ("recovery", {"minutes": "2"}, "Recovery, 2 minutes."),
        ("turn_timed", {"name": "Ben", "rep": 1, "reps": 1, "minutes": "1", "gait": "walk"},
         "Ben. Step 1 of 1. 1 minute, walk."),
        ("turn_timed", {"name": "Ben", "rep": 1, "reps": 1, "minutes": "1.5", "gait": "walk"},
         "Ben. Step 1 of 1. 1.5 minutes, walk."),
        ("turn_solo", {"set": 1, "sets": 1, "rep": 1, "reps": 1, "distance": "1", "gait": "walk"},
         "Set 1 of 1. Rep 1 of 1. 1 metre, walk."),
        ("summary_unsaved", {"count": 1}, "Not saved: 1 rep."),
        ("summary_unsaved", {"count": 0}, "Not saved: 0 reps."),
        ("recovery_offered", {"title": "X", "reps": 1}, "A session was cut off: X, 1 rep done. Go on, or close it?"),
        ("database_rebuilt", {"reps": 1}, "The results had to be repaired. They have 1 rep."),
        ("voided_of", {"rep": 1, "name": "Ben"}, "Rep 1 of Ben does not count."),
    ],
)  # fmt: skip
def test_one_of_a_thing_is_spoken_of_in_the_singular(key: str, values: dict[str, object], text: str) -> None:
    assert ENGLISH.render(key, values) == text


def test_no_phrase_puts_a_word_that_is_always_plural_behind_a_number() -> None:
    counted = re.compile(r"\{(\w+)\} (reps|sets|seconds|minutes|metres|kilometres)\b")
    decimals = {"time", "best"}
    """Times have decimals: "1.00 seconds"."""
    for key in ENGLISH.keys:
        found = counted.findall(CATALOGUE_TEXT[key])
        assert [name for name, _ in found if name not in decimals] == [], key
