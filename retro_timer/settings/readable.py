"""What can be read of a settings file of which a part is wrong: the tables that are sound, and whether the pins are."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.settings.pins import pin_plan
from retro_timer.settings.tables import read_text

_WIRING = frozenset(("sensors", "buzzer", "lamp", "button", "audio"))
"""The tables that say which pin is whose."""


def readable_settings(path: Path) -> Settings | None:
    """The sound tables of a file and defaults for the others; None where the pins would be a guess.

    They are one when the file is no TOML, since nobody knows which tables it has lost; when a table that names pins is
    wrong; and when there is a table that nobody knows, which may be one of those with a slip in its name.
    """
    try:
        tables = tomllib.loads(read_text(path, "settings in TOML"))
    except (ValueError, RecursionError):
        return None
    kinds = get_type_hints(Settings)
    if not tables or not set(tables) <= set(kinds):
        return None
    sound: dict[str, Any] = {}
    for name, table in tables.items():
        try:
            sound[name] = msgspec.convert({name: table}, Settings)
        except msgspec.ValidationError:
            if name in _WIRING:
                return None
    settings = Settings(**{name: getattr(whole, name) for name, whole in sound.items()})
    try:
        check_settings(settings, str(path))
        pin_plan(settings)
    except BadInputError:
        return None
    return settings
