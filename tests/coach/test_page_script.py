"""The live page's script on a phone without a screen: when it is fresh, what it locks, what it sends."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from retro_timer.coach import app

NODE = shutil.which("node")
PHONE = Path(__file__).parents[1] / "helpers" / "phone.mjs"
PAGE = Path(app.__file__).parent / "static" / "page.js"
BEGIN = """
const {{ phone, button, happen, soon, pass, beat }} = await import({phone});
const {{ live, answer, stale }} = phone.places;
const [halt, stop, skip] = ["halt", "stop", "skip"].map(button);
const saw = [];
const look = () => saw.push([!live.classes.has("stale"), stale.hidden, ...live.buttons.map((each) => !each.disabled)]);
const script = (await import("node:fs")).readFileSync({page}, "utf8");
await import("data:text/javascript," + encodeURIComponent(script));
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="node runs the page's script: sudo apt install nodejs")
STALE = [False, False, True, True, False]
FRESH = [True, True, True, True, True]


def run(tmp_path: Path, *steps: str) -> Any:
    """What the phone saw."""
    begin = BEGIN.format(phone=json.dumps(PHONE.as_uri()), page=json.dumps(str(PAGE)))
    text = "\n".join((begin, *steps, "console.log(JSON.stringify(saw)); process.exit(0);"))
    file = tmp_path / "evening.mjs"
    file.write_text(text, encoding="utf-8")
    assert NODE is not None
    made = subprocess.run([NODE, str(file)], capture_output=True, text=True, timeout=60.0, check=False)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_a_page_is_stale_until_the_first_beat_and_locks_all_but_what_holds_everybody(tmp_path: Path) -> None:
    saw = run(tmp_path, "await pass(200); look(); await beat(200); look(); await beat(300, false); look();")
    assert saw == [STALE, FRESH, STALE]


def test_it_is_stale_when_nothing_comes_for_longer_than_three_beats(tmp_path: Path) -> None:
    assert run(tmp_path, "await beat(0); await pass(3400); look(); await pass(200); look();") == [FRESH, STALE]


def test_a_page_that_was_asleep_is_stale_until_it_hears_the_box(tmp_path: Path) -> None:
    saw = run(
        tmp_path,
        "await beat(0); look();",
        "document.hidden = true; happen('visibilitychange'); document.hidden = false; happen('visibilitychange');",
        "look(); await beat(0); look();",
    )
    assert saw == [FRESH, STALE, FRESH]


def test_a_beat_that_differs_from_what_the_phone_counts_has_the_clock_measured_anew(tmp_path: Path) -> None:
    saw = run(
        tmp_path,
        "const trips = () => saw.push(phone.asked.filter((path) => path === '/clock').length);",
        "await beat(0); await pass(1000); trips(); await beat(1000); await pass(1000); trips();",
        "phone.boxAheadMs = 3_600_000; await beat(3_602_000); await pass(1000); trips();",
        "await beat(3_603_000); await pass(1000); trips();",
    )
    assert saw == [4, 4, 8, 8]


PRESS = "const press = (each) => happen('submit', { target: each.form, submitter: each, preventDefault() {} });"
ONGOING = [True, True, True, True, False]


def test_a_command_tells_when_it_was_pressed_by_the_boxs_clock(tmp_path: Path) -> None:
    saw = run(
        tmp_path,
        PRESS,
        "phone.boxAheadMs = 5000; await beat(5000); await pass(1000); press(skip);",
        "saw.push(phone.asked.at(-1), Object.fromEntries(phone.answers.at(-1).body).pressed_ms);",
    )
    assert saw == ["http://box/do/skip", "6000"]


def test_a_button_waits_for_its_answer_but_what_holds_everybody_does_not(tmp_path: Path) -> None:
    saw = run(
        tmp_path,
        PRESS,
        "await beat(0); press(skip); press(halt); look(); press(halt); await beat(0, false); await beat(0); look();",
        "saw.push(phone.answers.length);",
        "phone.answers[0].tell({ ok: true, text: '' }); await soon(); await soon(); look();",
    )
    assert saw == [ONGOING, ONGOING, 3, FRESH]


def test_a_command_without_an_answer_is_given_up_and_said_to_have_failed(tmp_path: Path) -> None:
    saw = run(
        tmp_path,
        PRESS,
        "await beat(0); press(skip); await pass(11_900); saw.push(answer.textContent);",
        "await pass(200); await beat(0); saw.push(answer.textContent); look();",
    )
    assert saw == ["…", "✗", FRESH]
