"""Finds and reads the settings, plans and roster, and checks them against each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retro_timer.errors import BadInputError, near_miss
from retro_timer.sensors.known import kind_named
from retro_timer.settings import paths
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.lines import check_lines
from retro_timer.settings.model import BuzzerKind, Settings
from retro_timer.settings.tables import read_toml
from retro_timer.training.plan import Plan
from retro_timer.training.plan_check import check_plan
from retro_timer.training.roster import SOLO, checked_name, parse_roster


def load_settings(path: Path | None = None) -> Settings:
    """The settings in a file, or those in force: config.toml in the config directory, else the packaged one.

    Raises BadInputError.
    """
    path = path or settings_file()
    settings = read_toml(path, Settings, "settings in TOML")
    check_settings(settings, str(path))
    return settings


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
    if settings.buzzer.kind is BuzzerKind.ACTIVE and settings.buzzer.volume != 100:
        raise BadInputError(
            f"{where}: buzzer.volume", f"{settings.buzzer.volume} for an active buzzer, which knows on and off", "100"
        )
    for model in dict.fromkeys(sensor.model for sensor in settings.sensors):
        same = {f"{where}: sensors[{i}]": s for i, s in enumerate(settings.sensors) if s.model == model}
        kind_named(model, where).check_together(same)


def plan_dirs() -> list[Path]:
    """Directories in which plans are looked for, first one first."""
    return [paths.config_dir() / "plans", paths.packaged() / "plans"]


def plan_names() -> dict[str, Path]:
    """Every plan's name and file; a coach's own plan hides a packaged one of the same name."""
    found: dict[str, Path] = {}
    for directory in plan_dirs():
        if paths.is_folder(directory):
            for path in sorted(directory.glob("*.toml")):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


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
    plan = read_toml(path, Plan, "a training plan in TOML")
    check_plan(plan, str(path))
    return plan


def load_roster(
    path: Path | None, tell: Callable[[str], None] = lambda _remark: None, *, solo: str | None = None
) -> tuple[str, ...]:
    """The athletes in a CSV file, or a solo runner; `tell` gets a line for each choice that a coach should check.

    `solo`: the name of who runs alone, if that is known. Raises BadInputError.
    """
    if path is None:
        return SOLO if solo is None else (solo.strip(),)
    text, encoding = read_spreadsheet_text(path, "a list of names in CSV")
    names = parse_roster(text, str(path), tell)
    if encoding:
        strange = next((name for name in names if not name.isascii()), names[0])
        tell(f"{path}: not UTF-8, read as {encoding}: is '{strange}' right? If not, save it as 'CSV UTF-8'")
    return names
