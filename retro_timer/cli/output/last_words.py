"""What a service says aloud when it cannot start at all, before systemd starts it again."""

from __future__ import annotations

import time

from retro_timer.beacon.boards import open_voice_or_text
from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.system.notify import Notifier
from retro_timer.errors import BadInputError
from retro_timer.phrases import BareCatalogue, load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.model import Settings

_LONGEST_S = 15.0
"""Well below the 30 s that the unit gives a start."""
_LOOK_S = 0.05


def say_last_words(why: str) -> None:
    """Say why the timer does not start, and tell systemd; returns when it has been said.

    The buzzer and the lamp stay off: without a start nobody knows their pins.
    """
    settings = Settings()
    notifier = Notifier()
    notifier.send(f"STATUS=does not start: {why}")
    notifier.close()
    try:
        catalogue = load_catalogue(settings.voice.language)
    except BadInputError:
        catalogue = BareCatalogue()
    voice, _ = open_voice_or_text(settings, RealClock(), paths.cache_dir(), lambda _text: None, forgiving=True)
    voice.say(catalogue.render("not_started", {"detail": why}))
    until = time.monotonic() + _LONGEST_S
    while voice.speaking and time.monotonic() < until:
        time.sleep(_LOOK_S)
    voice.close()
