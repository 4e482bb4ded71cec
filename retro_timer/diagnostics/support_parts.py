"""The parts of a support pack: each gathered by itself, so that one that cannot be had spoils no other."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from retro_timer import __version__
from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.facts import Facts
from retro_timer.diagnostics.anonymiser import Anonymiser
from retro_timer.diagnostics.examination import examined
from retro_timer.diagnostics.holder import Wanted
from retro_timer.errors import RetroTimerError
from retro_timer.settings import calibration, own, paths
from retro_timer.settings.loading import (
    DELIVERED,
    load_settings,
    place_of,
    plan_names,
    read_plan,
    read_settings,
    settings_file,
)
from retro_timer.store.results.copying import copied
from retro_timer.store.results.database import BACKUPS, NAME, open_for_reading
from retro_timer.store.results.reps_log import NAME as REPS_LOG
from retro_timer.store.space import SNAPSHOT, TRACES

UNIT = "retro-timer"
_MOST_LINES = 5000
_JOURNALCTL_S = 30.0
_FIELD = "RETRO_TIMER_"
_ATHLETE = re.compile(r"""^[^#=]*\bathlete\s*=\s*(["'])(.*?)\1""", re.MULTILINE)
"""The solo runner's name in settings, in whichever table it was written."""
_NAMING = ("athlete", "name", "then")
"""Fields of an event that hold an athlete's name."""


class Part(msgspec.Struct, frozen=True):
    """One file of the pack."""

    file: str
    what: str
    gather: Callable[[], Any]
    """A file's text as it is, or builtin values for JSON. Raises one of TROUBLES when it cannot be had."""
    is_settings: bool = False
    """Whether its text is settings, in which an athlete may stand."""


TROUBLES = (RetroTimerError, OSError, sqlite3.Error, subprocess.SubprocessError)


def parts(anonymiser: Anonymiser) -> tuple[Part, ...]:
    """Every part, in order. What the database and the log know of names is learnt on the way."""
    return (
        Part("database.json", "shape of the results: counts and versions", lambda: _database(anonymiser)),
        Part("log.json", f"what the timer has logged, its newest {_MOST_LINES:,} entries", lambda: _log(anonymiser)),
        Part("status.json", "what the running timer does and sees", lambda: _status(anonymiser)),
        Part("doctor.json", "the table of `retro-timer doctor`", _doctor),
        Part("versions.json", "versions of program, libraries, system and board", _versions),
        Part("settings.toml", "the settings in force", lambda: _settings(anonymiser), is_settings=True),
        Part("settings-box.toml", "what was set on the box", lambda: _own_settings(anonymiser), is_settings=True),
        Part("calibration.toml", "what calibration has learnt", _calibration),
        Part("plans.json", "names of the plans", _plans),
        Part("trace.csv", "the last trace that was kept", _last_trace),
    )


def _versions() -> dict[str, Any]:
    found: dict[str, Any] = {"retro-timer": __version__, "python": platform.python_version()}
    for wanted in importlib.metadata.requires("retro-timer") or ():
        name = re.split(r"[^\w.-]", wanted, maxsplit=1)[0]
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    kernel = os.uname()
    found["kernel"] = f"{kernel.sysname} {kernel.release} {kernel.machine} {kernel.version}"
    with contextlib.suppress(OSError):
        found["system"] = platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")
    with contextlib.suppress(OSError):
        found["board"] = Path("/proc/device-tree/model").read_text(encoding="utf-8").rstrip("\0")
    return found


def _doctor() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.to_builtins(examined(Wanted()))
    return found


def _settings(anonymiser: Anonymiser) -> str:
    """The file in force; who runs alone is learnt from it, also from one with a mistake in it."""
    return _learnt(settings_file().read_text("utf-8", "replace"), anonymiser)


def _own_settings(anonymiser: Anonymiser) -> str:
    """The file, or what the running timer has kept since where this process sees an older one, as the page's does."""
    path = paths.state_dir() / own.NAME
    newer = _kept_since()
    if newer is not None:
        return _learnt(own.format_own(newer), anonymiser)
    if not path.is_file():
        raise RetroTimerError("nothing was set on the box")
    return _learnt(path.read_text("utf-8", "replace"), anonymiser)


def _kept_since() -> own.Own | None:
    """What the timer's settings have otherwise than config.toml; None where no timer says more than the files here."""
    try:
        with BeaconClient(paths.reachable_socket_path()) as beacon:
            kept = beacon.ask(requests.KeptSettings(), answers.KeptSettings).settings
        return None if kept == load_settings() else own.otherwise(kept, read_settings(settings_file()))
    except RetroTimerError:
        return None


def _learnt(text: str, anonymiser: Anonymiser) -> str:
    anonymiser.learn(name for _, name in _ATHLETE.findall(text))
    return text


def _calibration() -> str:
    path = paths.state_dir() / calibration.NAME
    if not path.is_file():
        raise RetroTimerError("nothing has been calibrated yet: `retro-timer calibrate`")
    return path.read_text("utf-8", "replace")


def _plans() -> list[dict[str, str]]:
    found = []
    for name, path in plan_names().items():
        state = "ok"
        try:
            read_plan(path)
        except RetroTimerError as error:
            state = str(error)
        found.append({"name": name, "from": "packaged" if place_of(path) == DELIVERED else "own", "state": state})
    return found


def _last_trace() -> str:
    kept = sorted((paths.state_dir() / TRACES).glob("*.csv"), key=lambda path: path.stat().st_mtime)
    if not kept:
        raise RetroTimerError("no trace was kept: `retro-timer keep` while the timer runs keeps the last ten minutes")
    return kept[-1].read_text("utf-8", "replace")


def _database(anonymiser: Anonymiser) -> dict[str, Any]:
    directory = paths.state_dir()
    connection = open_for_reading(directory)
    if connection is None:
        raise RetroTimerError(f"{directory / NAME}: no results yet")
    with contextlib.closing(connection) as there, copied(there) as connection:
        anonymiser.learn(name for (name,) in connection.execute("SELECT DISTINCT athlete FROM rep"))
        for (roster,) in connection.execute("SELECT DISTINCT roster FROM session"):
            anonymiser.learn(json.loads(roster))
        return {
            "schema": connection.execute("PRAGMA user_version").fetchone()[0],
            "sqlite": sqlite3.sqlite_version,
            "sound": connection.execute("PRAGMA quick_check(1)").fetchone()[0],
            "sessions": _counts(connection, "SELECT board || ', ' || outcome, count(*) FROM session GROUP BY 1"),
            "reps": _counts(connection, "SELECT status, count(*) FROM rep GROUP BY 1"),
            "athletes": anonymiser.count,
            "bytes": dict(_sizes(directory)),
        }


def _counts(connection: sqlite3.Connection, query: str) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def _sizes(directory: Path) -> Iterator[tuple[str, int]]:
    for pattern in (f"{NAME}*", SNAPSHOT, REPS_LOG, "results.damaged-*", f"{BACKUPS}/*"):
        for path in sorted(directory.glob(pattern)):
            yield str(path.relative_to(directory)), path.stat().st_size


def _status(anonymiser: Anonymiser) -> dict[str, Any]:
    with BeaconClient(paths.reachable_socket_path()) as beacon:
        status = beacon.ask(requests.Status(), answers.Status).status
        facts = beacon.ask(requests.Facts(), Facts)
    _learn_taking_part(status, anonymiser)
    return {"status": msgspec.to_builtins(status), "facts": msgspec.to_builtins(facts)}


def _learn_taking_part(status: answers.TimerStatus, anonymiser: Anonymiser) -> None:
    athletes = status.athletes or ()
    anonymiser.learn(athlete.name for athlete in athletes)
    anonymiser.learn_said((athlete.name, athlete.say) for athlete in athletes)


def _log(anonymiser: Anonymiser) -> list[dict[str, Any]]:
    """The unit's part of the journal where it can be read, else what the running timer remembers."""
    try:
        entries = _journal()
    except TROUBLES as trouble:
        try:
            with BeaconClient(paths.reachable_socket_path()) as beacon:
                log = beacon.ask(requests.Log(), answers.Log).log
                _learn_taking_part(beacon.ask(requests.Status(), answers.Status).status, anonymiser)
            entries = [{"wall_s": entry.wall_s, **msgspec.to_builtins(entry.event)} for entry in log]
        except RetroTimerError as error:
            raise RetroTimerError(f"{trouble}; and {error}") from None
    for entry in entries:
        anonymiser.learn(entry.get(field) for field in _NAMING)
    return entries


def _journal() -> list[dict[str, Any]]:
    """Newest entries of the unit, oldest first, with the program's own fields and nothing of the machine's identity."""
    command = ["journalctl", f"--unit={UNIT}", "--output=json", f"--lines={_MOST_LINES}", "--no-pager"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_JOURNALCTL_S, check=False)
    except FileNotFoundError:
        raise RetroTimerError("this machine has no journalctl") from None
    entries = [_entry(json.loads(line)) for line in done.stdout.splitlines() if line.startswith(b"{")]
    if not entries:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        why = f" ({said})" if said else ""
        raise RetroTimerError(f"the journal shows nothing of the unit {UNIT}{why}: sudo retro-timer support")
    return entries


def _entry(fields: dict[str, Any]) -> dict[str, Any]:
    own = {name[len(_FIELD) :].lower(): value for name, value in fields.items() if name.startswith(_FIELD)}
    wall_s = int(fields.get("__REALTIME_TIMESTAMP", 0)) / 1e6
    return {"wall_s": wall_s, "priority": fields.get("PRIORITY"), "message": fields.get("MESSAGE"), **own}
