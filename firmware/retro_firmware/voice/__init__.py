"""Speech aloud: phrases rendered to WAV files by a process of its own, played by aplay, printed where neither works.

`open_voice` is the entry point `speech`. The parts, from the words to the speaker: `speech` (the program's Voice),
`cache` (rendered phrases on disk), `rendering` (keeps the renderer's process alive), `renderer` (that process: pyttsx3
and nothing else of the program), `player` (aplay).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retro_timer.ports import Clock, Voice
    from retro_timer.settings.model import Settings


def open_voice(settings: Settings, clock: Clock, cache: Path, show: Callable[[str], None]) -> Voice:
    """Entry point `speech`: `cache` keeps rendered phrases, `show` gets what cannot be spoken.

    Returns at once; nothing is rendered before it is asked for. Raises BoardMissingError without pyttsx3.
    """
    # The renderer's process imports this package as well and must not carry the program in its memory.
    from retro_firmware.voice.speech import SpeechVoice

    return SpeechVoice.open(settings, clock, cache, show)
