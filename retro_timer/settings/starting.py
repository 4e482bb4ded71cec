"""Everything that a start reads. Under the service one broken file does not stop it: the box goes on with the last good
copy, else with what comes with the program, and tells what is wrong.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.phrases import BareCatalogue, Catalogue, load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.calibration import NAME as CALIBRATION
from retro_timer.settings.calibration import Calibration, load_calibration, read_calibration
from retro_timer.settings.last_good import LastGood
from retro_timer.settings.loading import (
    Tell,
    load_plan,
    load_roster,
    plan_file,
    read_plan,
    read_settings,
    roster_file,
    settings_file,
    with_own,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.own import NAME as OWN_NAME
from retro_timer.settings.own import read_own
from retro_timer.settings.pins import pin_plan
from retro_timer.settings.plan_fit import check_fit
from retro_timer.settings.readable import readable_settings
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Plan

T = TypeVar("T")
D = TypeVar("D")

CONFIG = "config.toml"
ROSTER = "roster.csv"
_GENTLEST = "first-steps.toml"
"""The delivered plan that a press starts where the box's own cannot be read."""
_LANGUAGE = "en"


class Trouble(msgspec.Struct, frozen=True):
    """What a start could not use, and how it is told."""

    text: str
    """One line for journal, status and doctor: what, where, what is used instead."""
    phrase: str
    """A phrase's key."""
    values: dict[str, str] = {}


class StartFiles:
    """One start's. Not forgiving, on a terminal, every method raises BadInputError for what cannot be used; forgiving,
    it puts a Trouble into `troubles` and gives what stands in.
    """

    def __init__(self, state_dir: Path, *, forgiving: bool) -> None:
        self._state_dir = state_dir
        self._forgiving = forgiving
        self._good = LastGood(state_dir)
        self._spare_plans: dict[str, Plan] = {}
        self.troubles: list[Trouble] = []
        self.wiring_known = True
        """Whether somebody has said which pin is whose, if only by leaving the default as it is."""

    def settings(self, path: Path | None, remark: Tell = lambda _remark: None) -> Settings:
        """The settings in a file and nothing else, or those in force, with what was set on the box."""
        settings = self._settings_of(path, path or settings_file())
        return settings if path is not None else self._with_own(settings, remark)

    def _settings_of(self, path: Path | None, source: Path) -> Settings:
        try:
            settings = read_settings(source)
            if self._forgiving:
                pin_plan(settings)
                self._refuse_lost(source)
        except BadInputError as error:
            if not self._forgiving:
                raise
            return self._other_settings(source, error)
        if self._forgiving or path is None:
            self._good.note(CONFIG, source)
        return settings

    def _with_own(self, settings: Settings, remark: Tell) -> Settings:
        """With what was set on the box, in its last good copy if need be, or without."""
        source = self._state_dir / OWN_NAME
        if not paths.there(source):
            self._good.forget(OWN_NAME)
            return settings

        def read(path: Path) -> Settings:
            return with_own(settings, read_own(path, remark), str(path))

        try:
            whole = read(source)
        except BadInputError as error:
            return self._instead(error, "settings_file", OWN_NAME, read, settings)
        self._good.note(OWN_NAME, source)
        return whole

    def calibration(self) -> Calibration:
        """What `calibrate` has learnt."""
        source = self._state_dir / CALIBRATION
        try:
            calibration = load_calibration(self._state_dir)
            if self._forgiving:
                self._good.refuse_emptied(CALIBRATION, source)
        except BadInputError as error:
            return self._instead(error, "calibration_file", CALIBRATION, read_calibration, Calibration())
        if paths.there(source):
            self._good.note(CALIBRATION, source)
        else:
            self._good.forget(CALIBRATION)
        return calibration

    def roster(
        self, path: Path | None, remark: Tell, *, solo: str | None = None, named: str | None = None
    ) -> tuple[Listed, ...]:
        """The athletes in a file or, without one, of the roster that the settings name; else who runs alone.

        `remark` gets a line for each choice that a coach should check.
        """
        copy = ROSTER if path is not None or named is None else _copy_of_roster(named)
        try:
            path = path or (roster_file(named) if named else None)
            listed = load_roster(path, remark, solo=solo)
        except BadInputError as error:
            return self._instead(error, "roster_file", copy, load_roster, load_roster(None, solo=solo))
        if path is not None:
            self._good.note(copy, path)
        return listed

    def phrases(self, settings: Settings) -> tuple[Settings, Catalogue]:
        """The catalogue of the settings' language, and the settings with the language that it turned out to be."""
        try:
            return settings, load_catalogue(settings.voice.language)
        except BadInputError as error:
            if not self._forgiving:
                raise
            voice = msgspec.structs.replace(settings.voice, language=_LANGUAGE)
            self._tell(error, "phrases_file", "file_delivered", "English is spoken")
        try:
            catalogue = load_catalogue(_LANGUAGE)
        except BadInputError:
            catalogue = BareCatalogue()
        return msgspec.structs.replace(settings, voice=voice), catalogue

    def secure_plan(self, name: str) -> None:
        """See, before anybody presses, that the plan of a press can be read, or that another stands in for it.

        On a terminal the press itself tells.
        """
        copy = _copy_of_plan(name)
        try:
            load_plan(name)
            self._good.note(copy, plan_file(name))
        except BadInputError as error:
            if not self._forgiving:
                return
            spare = self._instead(error, "plan_file", copy, read_plan, _gentlest_plan(), delivered=True)
            if spare is not None:
                self._spare_plans[name] = spare

    def first_plan(self, name: str, settings: Settings) -> Plan | None:
        """The plan to begin with by itself: only its own last good copy stands in for it, else there is none."""
        copy = _copy_of_plan(name)
        try:
            plan = self.plan(name, settings)
            self._good.note(copy, plan_file(name))
        except BadInputError as error:
            return self._instead(error, "plan_file", copy, lambda path: _fitting(read_plan(path), settings, name), None)
        return plan

    def plan(self, name: str, settings: Settings) -> Plan:
        """A plan that can be started now. Raises BadInputError, also under the service, where none stands in for it."""
        try:
            plan = load_plan(name)
        except BadInputError:
            if name not in self._spare_plans:
                raise
            plan = self._spare_plans[name]
        return _fitting(plan, settings, name)

    def keep(self) -> str:
        """The start has succeeded: what it was made with is the last good from now on. Why not, or an empty string."""
        try:
            self._good.keep()
        except RetroTimerError as error:
            return str(error)
        return ""

    def _refuse_lost(self, source: Path) -> None:
        """Raise BadInputError where the box had settings of its own and they are gone, or their end is."""
        copy, delivered = self._good.copy(CONFIG), paths.packaged() / CONFIG
        with contextlib.suppress(OSError):
            if source == delivered and copy.read_bytes() != delivered.read_bytes():
                raise BadInputError(str(paths.config_dir() / CONFIG), "missing", "the box's settings")
        self._good.refuse_cut_short(CONFIG, source)

    def _other_settings(self, source: Path, error: BadInputError) -> Settings:
        copy = self._good.copy(CONFIG)
        try:
            settings = read_settings(copy)
            pin_plan(settings)
        except BadInputError:
            readable = readable_settings(source)
            self.wiring_known = readable is not None
            self._tell(error, "settings_file", "file_delivered", "what can be read of it and the defaults are used")
            if readable is None:
                text = (
                    "which pin is whose is not known: buzzer, lamp and button stay off until the settings can be read"
                )
                self.troubles.append(Trouble(text, "wiring_unknown"))
            return readable or Settings()
        self._tell(error, "settings_file", "file_kept", f"the last good copy is used, {copy}")
        return settings

    def _instead(
        self,
        error: BadInputError,
        what: str,
        name: str,
        read: Callable[[Path], T],
        default: D,
        *,
        delivered: bool = False,
    ) -> T | D:
        """The last good copy of a file, else a default: what comes with the program, or nothing."""
        if not self._forgiving:
            raise error
        copy = self._good.copy(name)
        try:
            found = read(copy)
        except BadInputError:
            left_out = not delivered or default is None
            instead = "it goes on without" if left_out else "what comes with the program is used"
            self._tell(error, what, "file_left_out" if left_out else "file_delivered", instead)
            return default
        self._tell(error, what, "file_kept", f"the last good copy is used, {copy}")
        return found

    def _tell(self, error: BadInputError, what: str, phrase: str, instead: str) -> None:
        self.troubles.append(Trouble(f"{error}; {instead}", phrase, {"what": what, "detail": _spoken(error)}))


def _copy_of_plan(name: str) -> str:
    return f"plans/{Path(name).stem}.toml"


def _copy_of_roster(name: str) -> str:
    """Each has its own: the results of one group are not to go to another."""
    return f"rosters/{Path(name).name}.csv"


def _gentlest_plan() -> Plan | None:
    """The delivered file, which a coach's own plan of that name hides."""
    try:
        return read_plan(paths.packaged() / "plans" / _GENTLEST)
    except BadInputError:
        return None


def _fitting(plan: Plan, settings: Settings, name: str) -> Plan:
    check_fit(plan, settings, f"plan '{name}'")
    return plan


def _spoken(error: BadInputError) -> str:
    """Where and what in a few words, for the ear: the file without its folders, the problem without its quotes."""
    path, _, place = error.where.partition(": ")
    problem = re.split(r"[:(]", error.problem)[0].strip()
    return ", ".join(part for part in (path.rpartition("/")[2], place, problem) if part)
