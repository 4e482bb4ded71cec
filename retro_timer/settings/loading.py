"""Finds and reads the settings, plans and roster, and checks them against each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retro_timer.errors import BadInputError, near_miss
from retro_timer.sensors.known import kind_named
from retro_timer.settings import paths
from retro_timer.settings.encodings import encoding_remark, read_spreadsheet_text
from retro_timer.settings.lanes import check_lanes
from retro_timer.settings.lines import check_lines
from retro_timer.settings.model import BuzzerKind, Settings
from retro_timer.settings.own import NAME as OWN_NAME
from retro_timer.settings.own import Own, laid_over, load_own
from retro_timer.settings.tables import parse_toml, read_text, read_toml
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Plan
from retro_timer.training.plan_check import check_plan
from retro_timer.training.roster import SOLO, checked_name, parse_roster

_PLAN = "a training plan in TOML"
DELIVERED = "delivered"
"""Where a file lies that comes with the program."""
Tell = Callable[[str], None]
"""Gets a line for each thing that a coach should know, though nothing failed."""


def load_settings(path: Path | None = None, tell: Tell = lambda _remark: None) -> Settings:
    """The settings in a file and nothing else, or those in force: the config directory's config.toml, else the packaged
    one, and what was set on the box.

    Raises BadInputError.
    """
    if path is not None:
        return read_settings(path)
    directory = paths.state_dir()
    return with_own(read_settings(settings_file()), load_own(directory, tell), str(directory / OWN_NAME))


def read_settings(path: Path) -> Settings:
    """A settings file, checked. Raises BadInputError."""
    settings = read_toml(path, Settings, "settings in TOML")
    check_settings(settings, str(path))
    return settings


def with_own(settings: Settings, own: Own, where: str) -> Settings:
    """Settings with what was set on the box, checked against each other. Raises BadInputError."""
    whole = laid_over(settings, own, where)
    check_settings(whole, where)
    return whole


def settings_file() -> Path:
    """The settings file in force: the config directory's, whatever is wrong with it, or the packaged one."""
    own = paths.config_dir() / "config.toml"
    return own if paths.there(own) else paths.packaged() / "config.toml"


def check_settings(settings: Settings, where: str) -> None:
    """What the types cannot say of settings. Raises BadInputError."""
    if settings.session.athlete is not None:
        checked_name(settings.session.athlete.strip(), f"{where}: session.athlete")
    names = [sensor.name for sensor in settings.sensors]
    for index, sensor in enumerate(settings.sensors):
        key = f"{where}: sensors[{index}]"
        if names.count(sensor.name) > 1:
            raise BadInputError(f"{key}.name", f"'{sensor.name}' stands twice", "a name of its own for each sensor")
        kind_named(sensor.model, f"{key}.model").check(sensor, key)
    check_lines(settings, where)
    if settings.timing is None:
        raise BadInputError(
            f"{where}: sensors", "no sensor at the finish has the role timing or both", "one that times"
        )
    check_lanes(settings, where)
    if settings.buzzer.kind is BuzzerKind.ACTIVE and settings.buzzer.volume != 100:
        raise BadInputError(
            f"{where}: buzzer.volume", f"{settings.buzzer.volume} for an active buzzer, which knows on and off", "100"
        )
    for model in dict.fromkeys(sensor.model for sensor in settings.sensors):
        same = {f"{where}: sensors[{i}]": s for i, s in enumerate(settings.sensors) if s.model == model}
        kind_named(model, where).check_together(same)


def plan_names() -> dict[str, Path]:
    """Every plan's name and file: one made on the box hides one of that name in the config directory, and both hide a
    packaged one.
    """
    return _names("plans", "toml", paths.state_dir(), paths.config_dir(), paths.packaged())


def roster_names() -> dict[str, Path]:
    """Every roster's name and file: one made on the box hides one of that name in the config directory."""
    return _names("rosters", "csv", paths.state_dir(), paths.config_dir())


def _names(folder: str, ending: str, *directories: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for directory in (directory / folder for directory in directories):
        if paths.is_folder(directory):
            for path in sorted(directory.glob(f"*.{ending}")):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def place_of(path: Path) -> str:
    """The folder of a plan, roster or settings file, as a coach is told of it."""
    return DELIVERED if path.is_relative_to(paths.packaged()) else str(path.parent)


def load_plan(name: str) -> Plan:
    """A plan by its name, or by a file's path. Raises BadInputError."""
    return read_plan(plan_file(name))


def plan_file(name: str) -> Path:
    """The file of a plan's name; a path is its own. Raises BadInputError for a name that no plan has."""
    if "/" in name or name.endswith(".toml"):
        return Path(name)
    names = plan_names()
    if name not in names:
        raise BadInputError(f"plan '{name}'", f"not found{near_miss(name, names)}", f"one of {', '.join(names)}")
    return names[name]


def read_plan(path: Path) -> Plan:
    """A plan's file, checked. Raises BadInputError."""
    return parse_plan(read_text(path, _PLAN), str(path))


def parse_plan(text: str, where: str) -> Plan:
    """A plan's text, checked. Raises BadInputError."""
    plan = parse_toml(text, Plan, where, _PLAN)
    check_plan(plan, where)
    return plan


def roster_file(name: str) -> Path:
    """The file of a roster's name. Raises BadInputError for a name that no roster has."""
    names = roster_names()
    if name not in names:
        known = f"one of {', '.join(names)}" if names else "one that `retro-timer rosters import FILE` has brought in"
        raise BadInputError(f"roster '{name}'", f"not found{near_miss(name, names)}", known)
    return names[name]


def load_roster(path: Path | None, tell: Tell = lambda _remark: None, *, solo: str | None = None) -> tuple[Listed, ...]:
    """The athletes in a CSV file, or a solo runner; `tell` gets a line for each choice that a coach should check.

    `solo`: the name of who runs alone, if that is known. Raises BadInputError.
    """
    if path is None:
        return tuple(map(Listed, SOLO)) if solo is None else (Listed(solo.strip()),)
    text, encoding = read_spreadsheet_text(path, "a list of names in CSV")
    listed = parse_roster(text, str(path), tell)
    if encoding:
        tell(encoding_remark(str(path), encoding, [one.name for one in listed]))
    return listed
