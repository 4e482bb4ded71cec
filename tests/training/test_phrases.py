"""The catalogue and the code say the same things: every key that is used exists, with its values, and the reverse."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retro_timer
from retro_timer.errors import BadInputError
from retro_timer.phrases import languages, load_catalogue
from retro_timer.training.gaits import Gait
from tests.helpers.everything_said import everything_that_a_session_says

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
