"""Reads TOML into a checked value; every mistake becomes one line with the file, the key and what is expected."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from retro_timer.errors import BadInputError, near_miss

T = TypeVar("T")

_LARGEST_FILE = 1_000_000
_ANY_NAME = "[...]"
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<field>.*?)`(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>.*?)`(?: - at `\$\.?(?P<path>.*)`)?$")
_OTHER = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_EXPECTED_GOT = re.compile(r"^Expected (?P<expected>.*), got (?P<got>.*)$")
_EXPECTED = re.compile(r"^Expected (?P<expected>.*)$")
_INVALID_ENUM = re.compile(r"^Invalid enum value (?P<value>'.*'|.*)$", re.DOTALL)


def read_bytes(path: Path, what: str) -> bytes:
    """A file's bytes. Raises BadInputError when it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadInputError(str(path), f"cannot be read ({error.strerror})", what) from None
    except ValueError:
        raise BadInputError(repr(str(path)), "no name that a file can have", what) from None
    if len(data) > _LARGEST_FILE:
        raise BadInputError(str(path), "too large", f"{what} of at most {_LARGEST_FILE} bytes")
    return data


def read_text(path: Path, what: str) -> str:
    """A file's text. Raises BadInputError when it cannot be read, is too large or is not UTF-8."""
    data = read_bytes(path, what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInputError(f"{path}: line {line}", "not UTF-8 text", what) from None


def read_toml(path: Path, kind: type[T], what: str) -> T:
    """A TOML file as a value of `kind` (a msgspec Struct). Raises BadInputError."""
    return parse_toml(read_text(path, what), kind, str(path), what)


def read_tables(path: Path, what: str) -> dict[str, Any]:
    """A TOML file's tables as they stand there. Raises BadInputError."""
    return _parsed(read_text(path, what), str(path), what)


def parse_toml(text: str, kind: type[T], where: str, what: str) -> T:
    """TOML text as a value of `kind`. Raises BadInputError naming `where`, the line or key, and what is expected."""
    return convert(_parsed(text, where, what), kind, where)


def _parsed(text: str, where: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, line = _syntax(str(error))
        raise BadInputError(f"{where}{line}", f"not TOML: {problem}", what) from None
    except RecursionError:
        raise BadInputError(where, "not TOML: nested too deeply", what) from None
    except ValueError:
        # Python reads no whole number of thousands of digits.
        raise BadInputError(where, "not TOML: a number of thousands of digits", what) from None


def convert(table: Any, kind: type[T], where: str) -> T:
    """Builtin values as a value of `kind`. Raises BadInputError."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise _explained(_of_names(str(error), table, kind), table, kind, where) from None


def _of_names(message: str, table: Any, kind: type) -> str:
    """The same with the name of the table that is meant, such as `lines.ten`, which msgspec calls `lines[...]`."""
    path = message.rpartition("$.")[2].partition(_ANY_NAME)[0]
    tables = table.get(path) if isinstance(table, dict) else None
    if _ANY_NAME not in message or not isinstance(tables, dict):
        return message
    for name, value in tables.items():
        try:
            msgspec.convert({**table, path: {name: value}}, kind)
        except msgspec.ValidationError as error:
            if str(error) == message:
                return message.replace(f"{path}{_ANY_NAME}", f"{path}.{name}")
    return message


def _syntax(message: str) -> tuple[str, str]:
    found = re.match(r"^(.*) \(at line (\d+), column (\d+)\)$", message, re.DOTALL)
    if found:
        return found[1][:1].lower() + found[1][1:], f": line {found[2]}"
    return message[:1].lower() + message[1:], ""


def _explained(message: str, table: Any, kind: type, where: str) -> BadInputError:
    if found := _UNKNOWN.match(message):
        path = found["path"] or ""
        known = _fields(kind, path)
        hint = near_miss(found["field"], known)
        return BadInputError(
            f"{where}: {_join(path, found['field'])}", f"unknown key{hint}", f"one of {', '.join(known)}"
        )
    if found := _MISSING.match(message):
        return BadInputError(f"{where}: {_join(found['path'] or '', found['field'])}", "missing", "a value for it")
    found = _OTHER.match(message)
    what, path = (found["what"], found["path"] or "") if found else (message, "")
    problem, expected = _problem(what, table, kind, path)
    return BadInputError(f"{where}: {path}" if path else where, problem, expected)


def _problem(what: str, table: Any, kind: type, path: str) -> tuple[str, str]:
    value = _lookup(table, path)
    shown = repr(value) if not isinstance(value, dict | list) else type(value).__name__
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    if _INVALID_ENUM.match(what):
        choices = _choices(kind, path)
        return f"{shown} is not a choice{near_miss(str(value), choices)}", f"one of {', '.join(choices)}"
    if got := _EXPECTED_GOT.match(what):
        found = _plain(got["got"])
        return found if isinstance(value, dict | list) else f"{shown} is {found}", _plain(got["expected"])
    if expected := _EXPECTED.match(what):
        found = "wrong length" if isinstance(value, list) else f"{shown} is out of range"
        return found, _plain(expected["expected"])
    return what, ""


def _plain(text: str) -> str:
    """Type names as a coach would say them."""
    words = {"`str`": "text", "`int`": "a whole number", "`float`": "a number", "`bool`": "true or false"}
    words |= {"`array`": "a list", "`object`": "a table", "`null`": "nothing", "matching regex": "matching"}
    for code, word in words.items():
        text = text.replace(code, word)
    return text.replace("`", "").replace(" | ", " or ")


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _lookup(table: Any, path: str) -> Any:
    value = table
    for part in re.findall(r"[^.\[\]]+", path):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return value
    return value


def _type_at(kind: Any, path: str) -> Any:
    """The annotation at a path such as `sensors[0].model`; None when it leads nowhere."""
    for part in re.findall(r"[^.\[\]]+", path):
        if get_origin(kind) is dict:
            kind = get_args(kind)[1]
            continue
        struct = _struct_in(kind)
        if part.isdigit():
            continue
        if struct is None:
            return None
        hints = get_type_hints(struct)
        if part not in hints:
            return None
        kind = hints[part]
    return kind


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next((found for arg in get_args(kind) if (found := _struct_in(arg)) is not None), None)


def _fields(kind: type, path: str) -> list[str]:
    struct = _struct_in(_type_at(kind, path))
    return [str(name) for name in struct.__struct_fields__] if struct is not None else []


def _choices(kind: type, path: str) -> list[str]:
    def members(annotation: Any) -> list[str]:
        if isinstance(annotation, type) and hasattr(annotation, "__members__"):
            return [str(member.value) for member in annotation.__members__.values()]
        return [m for arg in get_args(annotation) for m in members(arg)]

    return members(_type_at(kind, path))
