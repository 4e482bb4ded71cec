"""What the box says can be heard: pyttsx3 and aplay speak, ALSA's output is captured, a recogniser writes it down."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from retro_timer import phrases
from retro_timer.beacon.clock import RealClock
from retro_timer.phrases import load_catalogue
from retro_timer.settings.loading import plan_names, read_plan
from retro_timer.settings.model import Settings
from retro_timer.training.gaits import Gait
from retro_timer.training.roster import SOLO
from tests.firmware.voice_bench import Speaker, needs_aplay, needs_pyttsx3, voice_settings
from tests.helpers.timer_process import QUICK, timer, until

pytest.importorskip("pocketsphinx", reason="the recogniser is missing: pip install pocketsphinx")

from tests.helpers.listener import RATE_HZ, Listener, words_of

pytestmark = [needs_pyttsx3, needs_aplay, pytest.mark.slow, pytest.mark.timeout(2400)]

NAMES = ("Anna", "Boris", "Carla", "David", "Emma", "Frank")
CATALOGUE = load_catalogue("en")
WORDS = tomllib.loads((Path(phrases.__file__).parent / "en.toml").read_text(encoding="utf-8"))["words"]
REASONS = [word for word in WORDS if word not in [str(gait) for gait in Gait]]
BLIND = (
    "covers_nothing", "covers_line_only", "degraded", "watch_lost", "watch_back", "lost_needs_spotter", "not_ready",
)  # fmt: skip
"""What tells of a watch that does not see: to be understood every time."""
COUNTED = ("set", "sets", "rep", "reps", "count", "number", "finished", "of", "lane", "lanes", "usual", "place")
COUNTED_DOWN = ("Three.", "Two.", "One.")
"""Each goes with its beep; a "one" by itself is hard to recognise."""
NEVER_ALONE = re.compile("button_")
"""Words that are only said within another phrase."""
LEAST_HEARD = 0.7
"""Of half the catalogue, each phrase with one draw of its numbers. With three draws each 86 of 100 of the whole were
heard at 160 words a minute, 88 at 140; of a half it depends on the numbers: ten is taken for two, eight for six. 74 of
100 is the worst that was found.
"""
LEAST_HEARD_IN_A_SESSION = 0.8
"""Of the 20 to 30 phrases of a short session, whose times are never the same: nine in ten and more as a rule, and one
number that is hard to recognise may be said three times, as a time and as an average of two athletes. What must be
heard whatever the numbers, is asked for by its words.
"""
TEENS = re.compile("(thir|four|fif|six|seven|eigh|nine)teen")
TEXTS = {
    "name": [*NAMES, *SOLO],
    "title": ["Test plan", *(read_plan(path).title for path in plan_names().values())],
    "note": ["Look out."],
    "sensor": ["upper", "lower"],
    "line": ["ten", "twenty"],
}


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener("en", TEXTS)


def without_teens(words: str) -> str:
    """Fifteen or fifty is hard to tell for anybody; everything else about a number must be right."""
    return TEENS.sub(r"\1ty", words).replace("fourty", "forty")


class Hearing:
    """Pairs of what was said and what was heard."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str, str]] = []

    def note(self, key: str, text: str, heard: str) -> None:
        self.pairs.append((key, words_of(text), heard))

    def misheard(self, keys: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
        """Those that were heard otherwise, of some keys or of all."""
        chosen = [pair for pair in self.pairs if keys is None or pair[0] in keys]
        assert chosen, f"nothing of {keys} was said"
        return [pair for pair in chosen if without_teens(pair[1]) != without_teens(pair[2])]

    @property
    def share(self) -> float:
        """How much of it was heard rightly."""
        return 1.0 - len(self.misheard()) / len(self.pairs)


# Every phrase of the catalogue.


def values_of(key: str) -> Iterator[dict[str, Any]]:
    """Likely values, the same ones whatever other phrases there are: every reason there is, otherwise one of each.

    What tells of a blind watch is said with three of each.
    """
    names = CATALOGUE.values_of(key)
    draw = random.Random(key)
    if "reason" in names:
        # Every reason is understood in one of the phrases, and some of them in each.
        other = {name: draw.choice(TEXTS[name]) for name in sorted(names - {"reason"})}
        yield from ({"reason": reason, **other} for reason in (REASONS if key == "watch_lost" else REASONS[::5]))
        return
    for _ in range(3 if names and key in BLIND else 1):
        likely = {
            **{name: draw.randint(1, 12) for name in COUNTED},
            "distance": draw.choice([5, 10, 20, 25, 30, 40, 50]),
            "seconds": draw.choice([5, 10, 20, 25, 30, 45, 60, 90]),
            "minutes": draw.choice([2, 3, 5, 10]),
            "time": f"{draw.uniform(3.0, 30.0):.2f}",
            "best": f"{draw.uniform(3.0, 30.0):.2f}",
            "speed": f"{draw.uniform(1.0, 6.0):.1f}",
            "incline": draw.choice([0, 2, 5, 8, 10]),
            "tenths": draw.randint(2, 9),
            "most": draw.choice([20, 60]),
            "percent": draw.choice([10, 20, 40, 60, 80]),
            "gait": draw.choice([str(gait) for gait in Gait]),
            "name": draw.choice(NAMES[:3]),
            "then": draw.choice(NAMES[3:]),
            "title": draw.choice(TEXTS["title"]),
            "line": draw.choice(TEXTS["line"]),
            "pin": " ".join(str(draw.randint(0, 9)) for _ in range(6)),
        }
        yield {name: likely[name] for name in names}


def listened_phrases() -> list[str]:
    """Keys of phrases that are said by themselves and whose values can be listed."""
    free = {"cue", "note", "what", "press", "double", "hold", "long_hold", "five", "detail", "names"}
    return [key for key in sorted(CATALOGUE.keys) if not NEVER_ALONE.match(key) and not CATALOGUE.values_of(key) & free]


Phrase = tuple[str, dict[str, Any]]


def phrases_of(keys: Sequence[str]) -> list[Phrase]:
    """Their keys, each with likely values."""
    return [(key, values) for key in keys for values in values_of(key)]


@pytest.fixture
def spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> Callable[[Sequence[Phrase]], Hearing]:
    """Speaks phrases by the voice `speech`, and listens."""
    from retro_firmware.voice import open_voice

    def speak(chosen: Sequence[Phrase]) -> Hearing:
        speaker = Speaker(tmp_path, RATE_HZ)
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
        unheard: list[str] = []
        voice = open_voice(Settings(voice=voice_settings()), RealClock(), tmp_path / "cache", unheard.append)
        hearing = Hearing()
        for key, values in chosen:
            text = CATALOGUE.render(key, values)
            voice.say(text)
            until(lambda: not voice.speaking, f"'{text}' is spoken")
            assert unheard == [], f"printed instead of spoken: {voice.trouble()}"
            hearing.note(key, text, listener.hear(speaker.heard()[-1]))
        voice.close()
        assert len(speaker.heard()) == len(hearing.pairs)
        print(f"{hearing.share:.1%} of {len(hearing.pairs)} phrases heard rightly", *hearing.misheard(), sep="\n")
        return hearing

    return speak


@pytest.mark.parametrize("part", range(4))
def test_what_tells_of_a_blind_watch_is_understood_every_time(
    spoken: Callable[[Sequence[Phrase]], Hearing], part: int
) -> None:
    assert spoken(phrases_of(BLIND)[part::4]).misheard() == []


@pytest.mark.parametrize("part", range(2))
def test_of_the_other_phrases_seven_in_ten_are_understood(
    spoken: Callable[[Sequence[Phrase]], Hearing], part: int
) -> None:
    """Misheard are mostly counts that stand alone, and eight among numbers."""
    keys = [key for key in listened_phrases() if key not in BLIND]
    assert spoken(phrases_of(keys[part::2])).share >= LEAST_HEARD


# Sessions.


def spoken_session(tmp_path: Path, listener: Listener, *args: object) -> Hearing:
    """A session on the simulated board by `--voice speech`, and what came out of the speaker in it."""
    speaker = Speaker(tmp_path, RATE_HZ)
    config = tmp_path / "config.toml"
    config.write_text(QUICK.replace("hasty", "speech"))
    env = {"ALSA_CONFIG_PATH": str(speaker.config)}
    with timer("--config", config, "--voice", "speech", "--plan", "short", "--once", *args, env=env) as box:
        assert box.ended(within_s=300.0) == 0
        assert box.err == ""
        said = re.findall(r'^ *\d+:\d\d\.\d  "(.*)"$', box.out, re.MULTILINE)
    sounds = speaker.heard()
    heard = [listener.hear(path) for path in sounds]
    wanted = [without_teens(words_of(text)) for text in said]
    hearing, at = Hearing(), 0
    for block in SequenceMatcher(
        None, wanted, [without_teens(words) for words in heard], autojunk=False
    ).get_matching_blocks():
        for text in said[at : block.a]:
            if text not in COUNTED_DOWN:
                hearing.note(text, text, "")
        for text in said[block.a : block.a + block.size]:
            hearing.note(text, text, words_of(text))
        at = block.a + block.size
    return hearing


def test_a_groups_session_is_understood_from_the_brief_to_the_summary(tmp_path: Path, listener: Listener) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("Carla\nDavid\n")
    hearing = spoken_session(tmp_path, listener, "--roster", roster)
    said = " ".join(pair[1] for pair in hearing.pairs)
    for words in (
        "set one of one",
        "rep three of three",
        "next david",
        "carla",
        "point",
        "session over",
        "no rear watch",
    ):
        assert words in said
    assert hearing.share >= LEAST_HEARD_IN_A_SESSION, hearing.misheard()


@pytest.mark.parametrize(
    ("kind", "words"),
    [("covered", "watch degraded by a covered lens"), ("dead", "watch lost")],
)
def test_a_watch_that_goes_blind_in_a_session_is_understood(
    tmp_path: Path, listener: Listener, kind: str, words: str
) -> None:
    """Blind for so long that it is still true when the time, which comes first, has been said.

    A dead sensor is lost as silent or as one that does not answer: whichever is noticed first.
    """
    scenario = tmp_path / "blind.toml"
    scenario.write_text(f"[[faults]]\nkind = '{kind}'\nrep = 2\nat_s = 1.0\nlasts_s = 15.0\n")
    hearing = spoken_session(tmp_path, listener, "--scenario", scenario)
    told = [pair for pair in hearing.pairs if pair[1].startswith(words)]
    assert told
    assert all(pair[2] for pair in told), hearing.pairs
    assert hearing.share >= LEAST_HEARD_IN_A_SESSION, hearing.misheard()
