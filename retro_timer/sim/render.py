"""What a runner would hear, as a WAV file: the buzzer's tones, and the phrases where espeak-ng is installed."""

from __future__ import annotations

import array
import math
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from retro_timer.errors import RetroTimerError

RATE_HZ = 22_050
"""espeak-ng's own rate."""
_TONE_LEVEL = 5_000
_SPEECH_LEVEL = 0.8
_LONGEST_S = 7200.0


def render_wav(
    path: Path,
    tones: Sequence[tuple[int, int]],
    phrases: Sequence[tuple[int, str]],
    origin_ns: int,
    end_ns: int,
) -> list[str]:
    """Write a mono WAV file and return what could not be done.

    `tones` are (t_ns, frequency in Hz or 0) at each change; `phrases` (t_ns, text) at their beginning. A phrase is
    cut off where the next one begins, and by an alarm's rule at the buzzer nothing else is.
    Raises RetroTimerError when the file cannot be written.
    """
    length_s = (end_ns - origin_ns) / 1e9
    if length_s > _LONGEST_S:
        raise RetroTimerError(f"{path}: {length_s:.0f} s of sound; at most {_LONGEST_S:.0f} s are rendered")
    sound = array.array("h", bytes(2 * (round(length_s * RATE_HZ) + RATE_HZ)))
    for (t_ns, frequency), until_ns in zip(tones, [*(t for t, _ in tones[1:]), end_ns], strict=False):
        if frequency:
            _add_tone(sound, (t_ns - origin_ns) / 1e9, (until_ns - origin_ns) / 1e9, frequency)
    troubles = _add_phrases(sound, phrases, origin_ns)
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(sound.tobytes())
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None
    return troubles


def _add_tone(sound: array.array[int], start_s: float, end_s: float, frequency: int) -> None:
    first, last = round(start_s * RATE_HZ), min(round(end_s * RATE_HZ), len(sound))
    step = math.tau * frequency / RATE_HZ
    for index in range(first, last):
        sound[index] = _clipped(sound[index] + _TONE_LEVEL * math.sin(step * (index - first)))


def _add_phrases(sound: array.array[int], phrases: Sequence[tuple[int, str]], origin_ns: int) -> list[str]:
    if not phrases:
        return []
    program = shutil.which("espeak-ng")
    if program is None:
        return ["no speech in the file: sudo apt install espeak-ng"]
    starts = [t_ns for t_ns, _ in phrases]
    with tempfile.TemporaryDirectory() as folder:
        for (t_ns, text), next_ns in zip(phrases, [*starts[1:], 2**62], strict=True):
            words = _spoken(program, text, Path(folder) / "phrase.wav")
            first = round((t_ns - origin_ns) / 1e9 * RATE_HZ)
            room = min(len(words), len(sound) - first, round((next_ns - t_ns) / 1e9 * RATE_HZ))
            for index in range(max(0, room)):
                sound[first + index] = _clipped(sound[first + index] + _SPEECH_LEVEL * words[index])
    return []


def _spoken(program: str, text: str, file: Path) -> array.array[int]:
    subprocess.run([program, "-s", "160", "-w", str(file), "--", text], check=True, capture_output=True, timeout=30)
    samples = array.array("h")
    with wave.open(str(file), "rb") as rendered:
        samples.frombytes(rendered.readframes(rendered.getnframes()))
    return samples


def _clipped(value: float) -> int:
    return max(-32_768, min(32_767, round(value)))
