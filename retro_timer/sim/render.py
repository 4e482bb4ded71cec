"""What a runner would hear, as a WAV file: the buzzer's tones, and the phrases where espeak-ng is installed."""

from __future__ import annotations

import array
import functools
import math
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import msgspec

from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import voice_of
from retro_timer.ports import Clock
from retro_timer.settings.model import VoiceSettings

RATE_HZ = 22_050
"""espeak-ng's own rate."""
_TONE_LEVEL = 5_000
_SPEECH_LEVEL = 0.8
_LONGEST_S = 7200.0
_PROGRAM = "espeak-ng"
_PATIENCE_S = 30.0


class Spoken(msgspec.Struct):
    """One phrase of a transcript; `ended_ns` is sooner than its words where it was cut off."""

    text: str
    began_ns: int
    ended_ns: int
    cut_off: bool = False


class RenderedVoice(TextVoice):
    """A simulation's voice: phrases take as long as espeak-ng speaks them, and without it as long as is estimated.

    It keeps a transcript and the sound of each phrase.
    """

    def __init__(self, clock: Clock, settings: VoiceSettings) -> None:
        super().__init__(clock, settings.rate_wpm, lambda _text: None)
        self._settings = settings
        self._program = shutil.which(_PROGRAM)
        self._sounds: dict[str, array.array[int]] = {}
        self.transcript: list[Spoken] = []

    @property
    def aloud(self) -> bool:
        """Whether there is a program to speak with."""
        return self._program is not None

    def seconds(self, text: str) -> float:
        """The rendered phrase's length."""
        return len(self.sound(text)) / RATE_HZ if self.aloud else super().seconds(text)

    def sound(self, text: str) -> array.array[int]:
        """The phrase's samples, as loud as in a file; none without espeak-ng. Raises RetroTimerError where it fails."""
        if self._program is not None and text not in self._sounds:
            self._sounds[text] = _rendered(self._program, text, self._settings)
        return self._sounds.get(text, array.array("h"))

    def say(self, text: str) -> None:
        """Note when it begins."""
        super().say(text)
        began_ns = self._clock.monotonic_ns()
        self.transcript.append(Spoken(text, began_ns, began_ns + round(self.seconds(text) * 1e9)))

    def cut(self) -> None:
        """Note where it ends."""
        super().cut()
        now_ns = self._clock.monotonic_ns()
        if self.transcript and self.transcript[-1].ended_ns > now_ns:
            self.transcript[-1].ended_ns, self.transcript[-1].cut_off = now_ns, True


def render_wav(
    path: Path, tones: Sequence[tuple[int, int]], voice: RenderedVoice, origin_ns: int, end_ns: int
) -> list[str]:
    """Write a mono WAV file and return what could not be done.

    `tones` are (t_ns, frequency in Hz or 0) at each change; what the voice has said is in its transcript.
    Raises RetroTimerError when the file cannot be written.
    """
    length_s = (end_ns - origin_ns) / 1e9
    if length_s > _LONGEST_S:
        raise RetroTimerError(f"{path}: {length_s:.0f} s of sound; at most {_LONGEST_S:.0f} s are rendered")
    sound = array.array("h", bytes(2 * (round(length_s * RATE_HZ) + RATE_HZ)))
    for (t_ns, frequency), until_ns in zip(tones, [*(t for t, _ in tones[1:]), end_ns], strict=False):
        if frequency:
            _add_tone(sound, (t_ns - origin_ns) / 1e9, (until_ns - origin_ns) / 1e9, frequency)
    for spoken in voice.transcript:
        _add_phrase(sound, voice.sound(spoken.text), spoken, origin_ns)
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(sound.tobytes())
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None
    return [] if voice.aloud or not voice.transcript else ["no speech in the file: sudo apt install espeak-ng"]


def _add_tone(sound: array.array[int], start_s: float, end_s: float, frequency: int) -> None:
    first, last = round(start_s * RATE_HZ), min(round(end_s * RATE_HZ), len(sound))
    second = _second_of(frequency)
    _mix(sound, first, (second * (1 + (last - first) // RATE_HZ))[: max(0, last - first)])


@functools.lru_cache(maxsize=64)
def _second_of(frequency: int) -> array.array[int]:
    """A whole number of waves: repeated, it goes on without a step."""
    step = math.tau * frequency / RATE_HZ
    return array.array("h", (round(_TONE_LEVEL * math.sin(step * index)) for index in range(RATE_HZ)))


def _add_phrase(sound: array.array[int], words: array.array[int], spoken: Spoken, origin_ns: int) -> None:
    first = round((spoken.began_ns - origin_ns) / 1e9 * RATE_HZ)
    heard = round((spoken.ended_ns - spoken.began_ns) / 1e9 * RATE_HZ)
    _mix(sound, first, words[: max(0, min(heard, len(sound) - first))])


def _mix(sound: array.array[int], first: int, part: array.array[int]) -> None:
    """Add what is heard; where it was silent before, as mostly, that is a copy."""
    last = first + len(part)
    before = sound[first:last]
    if any(before):
        part = array.array("h", (_clipped(one + other) for one, other in zip(before, part, strict=True)))
    sound[first:last] = part


def _rendered(program: str, text: str, settings: VoiceSettings) -> array.array[int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "phrase.wav"
        command = [
            program,
            "-v",
            voice_of(settings.language),
            "-s",
            str(settings.rate_wpm),
            "-w",
            str(file),
            "--",
            text,
        ]
        samples = array.array("h")
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)
            with wave.open(str(file), "rb") as rendered:
                samples.frombytes(rendered.readframes(rendered.getnframes()))
            samples = array.array("h", (round(_SPEECH_LEVEL * sample) for sample in samples))
        except (OSError, EOFError, subprocess.SubprocessError, wave.Error) as error:
            cause = " ".join(str(error).split())
            raise RetroTimerError(
                f"{_PROGRAM} does not say '{text}' ({cause}); try it by hand: espeak-ng hello"
            ) from None
        return samples


def _clipped(value: int) -> int:
    return max(-32_768, min(32_767, value))
