"""Settings made on the box itself: `settings.toml` in the state directory, laid over the file that a builder writes.

Pins and hardware are that file's alone: what stands here of them is left out, and that is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.settings.model import Settings
from retro_timer.settings.tables import convert, read_tables

NAME = "settings.toml"
_HARDWARE = ("sensors", "lamp", "button", "audio", "buzzer.kind", "buzzer.pin", "voice.device")
"""Tables and keys that say what is wired to the box and how."""
Own = dict[str, Any]
"""Tables as they stand in the file: what is not there is as it is elsewhere."""


def is_hardware(key: str) -> bool:
    """Whether a key (`buzzer.pin`) says what is wired to the box."""
    return any(key == known or key.startswith(f"{known}.") for known in _HARDWARE)


def read_own(path: Path, tell: Callable[[str], None]) -> Own:
    """What a file sets, but for pins and hardware, of which `tell` gets a line. Raises BadInputError."""
    tables = read_tables(path, "settings in TOML")
    convert(tables, Settings, str(path))
    left_out = [key for key, _ in keys_of(tables) if is_hardware(key)]
    if left_out:
        tell(f"{path}: {', '.join(left_out)}: not used; pins and hardware are set in config.toml alone")
    own: Own = {}
    for key, value in keys_of(tables):
        if not is_hardware(key):
            put(own, key, value)
    return own


def load_own(directory: Path, tell: Callable[[str], None]) -> Own:
    """What was set on the box with this state directory, as far as this user may know. Raises BadInputError."""
    path = directory / NAME
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError:
        mend = "sudo usermod -aG retro-timer $USER"
        tell(f"{path}: you may not look there, so what was set on the box is left out: {mend}")
        return {}
    return read_own(path, tell)


def laid_over(settings: Settings, own: Mapping[str, Any], where: str) -> Settings:
    """The settings with what was set on the box. Raises BadInputError for what is no setting."""
    if not own:
        return settings
    tables = msgspec.to_builtins(settings)
    for key, value in keys_of(own):
        put(tables, key, value)
    return convert(tables, Settings, where)


def otherwise(settings: Settings, given: Settings) -> Own:
    """What settings have otherwise than those that are given, but for pins and hardware."""
    was = dict(keys_of(msgspec.to_builtins(given)))
    own: Own = {}
    for key, value in keys_of(msgspec.to_builtins(settings)):
        if value != was.get(key) and not is_hardware(key):
            put(own, key, value)
    return own


def keys_of(tables: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its tables' names before it, and its value."""
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from keys_of(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def put(tables: Own, key: str, value: Any) -> None:
    """Set a key; None takes it away. Raises BadInputError for one that stands inside another."""
    *above, name = key.split(".")
    table = tables
    for part in above:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise BadInputError(key, f"'{part}' is no table", "a key such as session.default_plan")
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def format_own(own: Own) -> str:
    """As the text of settings.toml."""
    lines = ["# Set on the box. What is not here is as in config.toml, which alone says what pins and hardware are.\n"]
    shown = ""
    for key, value in sorted(keys_of(own)):
        table, _, name = key.rpartition(".")
        if table != shown:
            lines.append(f"\n[{table}]\n")
            shown = table
        lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)
