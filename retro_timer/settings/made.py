"""What is made on the box: plans, rosters and settings, each a file of the state directory, checked and written whole.

Whoever writes there calls it: the timer for its socket, or a command while none runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, assert_never

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.loading import (
    load_plan,
    load_roster,
    parse_plan,
    read_settings,
    roster_file,
    settings_file,
    with_own,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.own import NAME, Own, format_own, is_hardware, keys_of, load_own, put
from retro_timer.settings.paths import there
from retro_timer.settings.whole import write_whole
from retro_timer.training.roster import parse_roster

LISTEN = "coach.listen"
"""A setting, and the file in the state directory that is written anew with it."""
_LONGEST_TEXT = 16_000
FileName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
"""Of a plan or roster, without its ending: small letters, digits and hyphens."""
Value = str | int | float | bool | None
_Key = Annotated[str, Meta(pattern=r"^[a-z_]+(\.[a-z0-9_-]+){1,2}$", max_length=80)]


def check_file_name(name: str, what: str) -> None:
    """Raise BadInputError for what is no name of a plan or roster (`what`) that is made on the box."""
    try:
        msgspec.convert(name, FileName)
    except msgspec.ValidationError:
        expected = "small letters, digits and hyphens, 60 at most"
        raise BadInputError(f"{what} '{name}'", "not a name for a file", expected) from None


class WritePlan(msgspec.Struct, frozen=True, tag="plan-write"):
    """Keep a plan on the box."""

    name: FileName
    text: str
    """TOML."""
    replace: bool = False
    """Whether one of that name that was made on the box may be written over."""


class WriteRoster(msgspec.Struct, frozen=True, tag="roster-write"):
    """Keep a roster on the box."""

    name: FileName
    text: str
    """CSV."""
    replace: bool = False
    """Whether one of that name that was made on the box may be written over."""


class ChangeSetting(msgspec.Struct, frozen=True, tag="setting"):
    """Set something on the box, from the timer's next start on."""

    key: _Key
    """With its table's name before it: session.default_plan."""
    value: Value
    """null: as config.toml has it."""


AnyMade = WritePlan | WriteRoster | ChangeSetting


class NotWrittenError(RetroTimerError):
    """The disk does not take the file; what was there before is as it was."""


def make(directory: Path, made: AnyMade) -> str:
    """Write what is made into a state directory, and say so in a line once it is on the disk.

    Raises BadInputError for what has a mistake or would write over another, NotWrittenError.
    """
    match made:
        case WritePlan():
            path = _free(directory / "plans" / f"{made.name}.toml", replace=made.replace)
            parse_plan(_short(made.text, path), str(path))
            _write(path, made.text)
            return f"wrote {path}"
        case WriteRoster():
            path = _free(directory / "rosters" / f"{made.name}.csv", replace=made.replace)
            parse_roster(_short(made.text, path), str(path))
            _write(path, made.text)
            return f"wrote {path}"
        case ChangeSetting():
            return _change(directory, made)
        case _:
            assert_never(made)


def _free(path: Path, *, replace: bool) -> Path:
    if not replace and there(path):
        raise BadInputError(str(path), "there already", "another name, or --force")
    return path


def _short(text: str, path: Path) -> str:
    if len(text) > _LONGEST_TEXT:
        raise BadInputError(str(path), f"{len(text)} characters", f"at most {_LONGEST_TEXT}")
    return text


def _change(directory: Path, made: ChangeSetting) -> str:
    path = directory / NAME
    if is_hardware(made.key):
        raise BadInputError(made.key, "pins and hardware are not set on the box", f"it in {settings_file()}")
    own = load_own(directory, lambda _remark: None)
    known = [key for key, _ in keys_of(own)]
    if made.value is None and made.key not in known:
        raise BadInputError(
            made.key, "not set on the box", f"one of {', '.join(known)}" if known else "nothing: none is"
        )
    put(own, made.key, made.value)
    _check(own, made)
    _write(path, format_own(own))
    if made.key == LISTEN:
        # Where the page listens is found at its start alone: the system has it start anew when this file is written.
        _write(directory / LISTEN, f"{made.value or ''}\n")
    how = "is as in config.toml" if made.value is None else f"= {made.value}"
    return f"{made.key} {how} from the timer's next start on ({path})"


def _check(own: Own, made: ChangeSetting) -> None:
    """Is it a setting, do all go together, and is there what it names?"""
    try:
        settings = read_settings(settings_file())
    except BadInputError:
        # The builder's file has a mistake, which its own check tells: what is set here is checked by itself.
        settings = Settings()
    with_own(settings, own, "settings")
    if made.key == "session.default_plan" and isinstance(made.value, str):
        load_plan(made.value)
    if made.key == "session.roster" and isinstance(made.value, str):
        load_roster(roster_file(made.value))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise NotWrittenError(f"{path}: cannot be written ({error.strerror})") from None
