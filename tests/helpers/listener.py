"""Hears what was spoken: a recogniser that knows every phrase of the catalogue with any number, gait, reason and name.

It is given far more than was said, so that it can be wrong: every other phrase, every other number from 0 to 999, every
other reason, and phrases that the box never says but could be taken for.
"""

from __future__ import annotations

import os
import re
import tomllib
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from retro_timer import phrases
from retro_timer.phrases import Catalogue, load_catalogue
from retro_timer.training.gaits import Gait

RATE_HZ = 16_000
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_COUNTED = (
    "set",
    "sets",
    "rep",
    "reps",
    "count",
    "number",
    "minutes",
    "finished",
    "of",
    "incline",
    "most",
    "lane",
    "lanes",
    "usual",
    "place",
)
_RULES = dict.fromkeys(_COUNTED, "<number>") | {
    "distance": "<long>",
    "seconds": "<long>",
    "percent": "<number>",
    "time": "<time>",
    "best": "<time>",
    "speed": "<speed>",
    "tenths": "<unit>",
    "gait": "<gait>",
    "reason": "<reason>",
    "name": "<name>",
    "then": "<name>",
    "names": "<name>",
    "pin": " ".join(["<digit>"] * 6),
}
"""What a phrase's value may be, whatever it was."""
_SPELLINGS = {"metres": "meters", "kilometres": "kilometers", "metre": "meter"}
"""The recogniser's dictionary is American."""
_MISTAKES = (
    "rear watch",
    "the watch does not see",
    "watch found",
    "lane clear",
    "get ready",
    "stop",
    "start",
    "step <number> of <number>",
    "<time> meters",
    "<number> minutes",
    "ten minutes",
    "half time",
    "<name>",
    "set <number> finished",
    "rep <number> is saved",
    "session saved",
)
"""What the box does not say, and somebody who listens badly might hear."""
_PADDING_S = 0.5
_NOISE = 20.0
"""Faint noise beside the speech, in units of a 16-bit sample: digital silence is nothing that a microphone hears."""
_GRAMMAR = """#JSGF V1.0;
grammar heard;
<unit> = one | two | three | four | five | six | seven | eight | nine;
<digit> = zero | <unit>;
<teen> = ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen;
<tens> = twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
<number> = <digit> | <teen> | <tens> [<unit>];
<long> = <number> | <unit> hundred [[and] <number>];
<time> = <number> point <digit> [<digit>];
<speed> = <number> [point <digit>];
<name> = {names};
<gait> = {gaits};
<reason> = {reasons};
public <heard> = {phrases};
"""


def words_of(text: str) -> str:
    """A text as the words in which it is spoken: small letters, no marks, numbers spelt out; rules stay as they are."""
    text = re.sub(r"\d+(?:\.\d+)?", lambda found: f" {number_words(found[0])} ", text.lower().replace("-", " "))
    return " ".join(_SPELLINGS.get(word, word) for word in re.findall(r"<[a-z]+>|[a-z']+", text))


def number_words(figures: str) -> str:
    """A number from 0 to 999 with any decimals, as it is read aloud in English."""
    whole, _, decimals = figures.partition(".")
    words = [_whole_words(int(whole))]
    if decimals:
        words += ["point", *(_ONES[int(digit)] for digit in decimals)]
    return " ".join(words)


def _whole_words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" {_whole_words(rest)}" if rest else "")


def _without_and(words: str) -> str:
    """Whether "and" is said after a hundred is a matter of the voice."""
    return words.replace("hundred and ", "hundred ")


class Listener:
    """`texts` are the values that are free text, by their key: athletes' names, plans' titles, safety notes, cues."""

    def __init__(self, language: str, texts: Mapping[str, Sequence[str]]) -> None:
        catalogue = load_catalogue(language)
        gaits = [str(gait) for gait in Gait]
        table = tomllib.loads((Path(phrases.__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
        grammar = _GRAMMAR.format(
            names=_either(texts["name"]),
            gaits=_either(table["words"][gait] for gait in gaits),
            reasons=_either(words for word, words in table["words"].items() if word not in gaits),
            phrases="\n    | ".join([*_phrases(catalogue, texts), *_MISTAKES]),
        )
        self._decoder = Decoder(lm=None, loglevel="FATAL", samprate=float(RATE_HZ))
        self._decoder.add_jsgf_string("heard", grammar)
        self._decoder.activate_search("heard")

    def hear(self, path: Path) -> str:
        """The words in a WAV file of one 16-bit channel at RATE_HZ; an empty string for what is no phrase."""
        with wave.open(os.fspath(path), "rb") as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ)
            speech = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        silence = np.zeros(round(_PADDING_S * RATE_HZ))
        heard = np.concatenate([silence, speech, silence])
        noise = np.random.default_rng(1).normal(0.0, _NOISE, len(heard))
        heard = np.clip(heard + noise, -32_768, 32_767).astype("<i2")
        self._decoder.start_utt()
        self._decoder.process_raw(heard.tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return "" if found is None else _without_and(str(found.hypstr))


def _phrases(catalogue: Catalogue, texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each phrase with rules for its values; a phrase whose values nobody listed cannot be heard."""
    for key in sorted(catalogue.keys):
        rules = {name: _RULES.get(name) or _either(texts.get(name, ())) for name in catalogue.values_of(key)}
        if all(rules.values()):
            marks = {name: f"<{name}>" for name in rules}
            yield re.sub(r"<([a-z]+)>", lambda mark: rules[mark[1]], words_of(catalogue.render(key, marks)))  # noqa: B023


def _either(texts: Iterable[str]) -> str:
    words = dict.fromkeys(map(words_of, texts))
    return f"( {' | '.join(words)} )" if words else ""
