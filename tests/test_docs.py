"""What README and docs tell people exists: commands with their options, make targets, settings, plans, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from benchmarks.publish import RESULTS, published
from docs.pictures import group_places
from retro_timer.cli.main import cli
from retro_timer.detection.people import Braking
from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sensors.vl53l1x import RANGE_M
from retro_timer.settings.loading import plan_names
from retro_timer.settings.model import CourseSettings, Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.gaits import Gait
from retro_timer.training.orders import least_every_s
from retro_timer.training.plan import SELF_STARTED, Course, Order, Part, PlanSet, StartMethod
from retro_timer.training.plan_check import check_plan
from tests.helpers.plans_made import block, plan
from tests.helpers.shown_commands import PAGES, ROOT, commands, shown

README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
PLANS = (ROOT / "docs" / "plans.md").read_text()
GROUPS = (ROOT / "docs" / "groups.md").read_text()
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)(?:#[\w-]*)?\)")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def parse(words: list[str]) -> None:
    """Parse a command line as the program would, without running it. Raises click.ClickException."""
    # A command keeps the names of its help from the first context that it meets: the program's own.
    context = click.Context(cli, info_name="retro-timer", **cli.context_settings)
    command: click.Command = cli
    while isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
        context = click.Context(command, parent=context, info_name=command.name)
    with context.scope(cleanup=False):
        command.make_parser(context).parse_args(list(words))
        known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("line", commands())
def test_a_command_that_is_shown_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)[1:]
    if words == ["--help"]:
        return
    try:
        parse(words)
    except click.ClickException as error:
        pytest.fail(f"'{line}': {error.format_message()}")


def test_a_command_that_does_not_exist_would_be_found() -> None:
    for words in (["reslts"], ["results", "repps"], ["simulate", "--wave", "x.wav"]):
        with pytest.raises(click.ClickException):
            parse(words)


def test_the_pages_show_commands_at_all() -> None:
    assert len(commands()) > 20


def test_every_command_of_the_program_is_told_of() -> None:
    told = {line.split()[1] for line in commands()}
    assert set(cli.list_commands(click.Context(cli))) - told == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_that_are_shown_exist(page: Path) -> None:
    asked = {line.split()[1] for line in shown(page) if re.match(r"make [a-z]", line)}
    assert asked - make_targets() == set()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text()) if not link.startswith("http")]
    assert [link for link in links if not (page.parent / link).exists()] == []


def every_setting() -> dict[str, Any]:
    """Key to default, of every table whose name is given: of a line on the way the name is the coach's."""
    found = {}
    for table in msgspec.structs.fields(Settings):
        defaults = SensorSettings() if table.name == "sensors" else getattr(Settings(), table.name)
        if isinstance(defaults, dict):
            continue
        for key in msgspec.structs.fields(type(defaults)):
            found[f"{table.name}.{key.name}"] = getattr(defaults, key.name)
    return found


def test_the_page_tells_of_every_setting_and_of_none_that_is_not() -> None:
    told = set(re.findall(r"^\| `([a-z]+\.[a-z0-9_]+)` \|", SETTINGS, re.MULTILINE))
    assert told == set(every_setting())


def test_the_page_tells_the_defaults_that_the_program_has() -> None:
    told = dict(re.findall(r"^\| `([a-z]+\.[a-z0-9_]+)` \| ([^|]*) \|", SETTINGS, re.MULTILINE))
    wrong = {}
    for key, default in every_setting().items():
        text = told[key].strip().strip("`")
        if default is None:
            same = text == "–"
        elif isinstance(default, bool):
            same = text == str(default).lower()
        elif isinstance(default, int | float):
            same = float(int(text, 0) if text.startswith("0x") else text) == default
        elif isinstance(default, tuple):
            same = tuple(int(part) for part in text.split(",")) == default
        else:
            same = text == str(default)
        if not same:
            wrong[key] = (text, default)
    assert wrong == {}


def test_the_page_lists_the_plans_that_ship() -> None:
    told = set(re.findall(r"^\| `([a-z-]+)` \|", PLANS, re.MULTILINE))
    assert told == set(plan_names()) - {"demo"}


def test_the_safe_speeds_of_the_readme_are_those_that_the_program_reckons_with() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) m[^|]* \| ([\d.]+) m/s \|", README, re.MULTILINE)
    assert len(rows) >= 5
    for range_m, speed in rows:
        assert round(Braking().safe_speed_mps(float(range_m)), 1) == float(speed)
    ranges = {float(range_m) for range_m, _ in rows}
    assert {RANGE_M["short"][1], *RANGE_M["long"]} <= ranges


def test_the_pages_show_the_benchmark_that_is_kept() -> None:
    for path, text in published(RESULTS.read_text()).items():
        assert path.read_text() == text, "python -m benchmarks.publish"


def test_the_readme_is_two_screens() -> None:
    assert len(README.splitlines()) <= 130


def test_the_two_commands_of_the_readme_come_first() -> None:
    first = _FENCE.search(README)
    assert first is not None
    assert first.group(2).split("\n")[:2] == ["make demo", "make test"]


def test_what_the_architecture_names_is_there() -> None:
    rows = re.findall(
        r"^\| `([\w/]+\.py)` \| `([\w.]+)` \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 12
    for path, name in rows:
        text = (ROOT / path).read_text()
        missing = [part for part in name.split(".") if not re.search(rf"^\s*(def|class) {part}\b", text, re.MULTILINE)]
        assert missing == [], path


GATE, AT_START = SensorSettings(), SensorSettings(name="start", line="start")
UP_THE_LANE = SensorSettings(name="rear", placement=Placement.LANE_END, role=Role.WATCH)
LONG_RUNOUT = CourseSettings(finish_range_m=9.0)
STARTS = [{"start": start} for start in StartMethod if start not in SELF_STARTED]
SEEN_AT_START = Settings(sensors=(GATE, AT_START))
LANES = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=4))
TWO_BEAMS = (GATE, SensorSettings(name="far", offset_mm=100))
CELLS: dict[str, list[dict[str, Any]]] = {
    "a gate before one lane": [{"seen_by": Settings()}],
    "a gate before several lanes": [{"seen_by": LANES}],
    "a gate, and a sensor up the lane": [{"seen_by": Settings(sensors=(GATE, UP_THE_LANE))}],
    **{
        str(placement): [{"seen_by": Settings(sensors=(SensorSettings(placement=placement),), course=LONG_RUNOUT)}]
        for placement in (Placement.LANE_END, Placement.BELT)
    },
    "`start`: countdown, marks-set-go, button, auto": STARTS,
    "`start`: release, a gate at the start": [{"start": StartMethod.RELEASE, "seen_by": SEEN_AT_START}],
    "`start`: flying": [{"start": StartMethod.FLYING, "seen_by": SEEN_AT_START}],
    '`course = "out-and-back"`': [{"course": Course.OUT_AND_BACK, "start": StartMethod.RELEASE}],
    "a step by the clock": [{"of": block(duration_s=60.0)}],
    "a treadmill": [{"of": block(duration_s=60.0, speed_kmh=5.0)}],
    "a ladder, several gaits, warm-up, cool-down, targets, `until`": [
        {"of": block(distances_m=(20.0, 30.0), target_s=9.0)},
        {"of": block(gait=Gait.WALK, target_s="best")},
        *({"of": block(kind=kind)} for kind in Part),
        {"of": block(until="stop")},
    ],
    "two beams of one gate": [{"seen_by": Settings(sensors=TWO_BEAMS)}],
    "`every_s`": [{"every_s": 60.0}],
    "`wave_size`": [{"wave_size": 4}],
    "`crossings`": [{"of": block(distance_m=20.0, duration_s=60.0, crossings=True)}],
    "`relay`": [{"of": block(relay=True)}],
}
"""What each row of the table of groups is about, as plans and settings."""


def table_of_groups() -> Iterator[tuple[str, Order, bool]]:
    """Each cell: its row, its column, and whether they go together."""
    lines = GROUPS.partition("## What goes with what")[2].strip().splitlines()
    _, *orders = [cell.strip() for cell in lines[0].strip("|").split("|")]
    for line in lines[2:]:
        if not line.startswith("|"):
            return
        row, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        yield from ((row, Order(order), not cell.startswith("no")) for order, cell in zip(orders, cells, strict=True))


def runs(order: Order, of: PlanSet | None = None, seen_by: Settings | None = None, **fields: Any) -> bool:
    """Whether `plans check` takes it."""
    seen_by = seen_by or (LANES if order is Order.WAVES else Settings())
    if order is Order.WAVES and seen_by.course.lanes == 1:
        fields = {"wave_size": 3, **fields}
    made = plan(of or block(), order=order, **fields)
    try:
        check_plan(made, "plan")
        check_fit(made, seen_by, "plan")
    except BadInputError:
        return False
    return True


@pytest.mark.parametrize(("row", "order", "goes"), list(table_of_groups()))
def test_what_the_table_of_groups_says_of_an_order_is_what_plans_check_says(row: str, order: Order, goes: bool) -> None:
    assert [runs(order, **case) for case in CELLS[row]] == [goes] * len(CELLS[row])


def test_every_row_of_the_table_of_groups_and_every_order_is_held_against_plans_check() -> None:
    assert {row for row, _, _ in table_of_groups()} == set(CELLS)
    assert {order for _, order, _ in table_of_groups()} == set(Order)


def test_the_least_time_between_goes_that_the_page_of_groups_names_is_the_programs() -> None:
    (least,) = re.findall(r"\(([\d.]+) s for 20 m at a jog\)", GROUPS)
    assert runs(Order.ROLLING, every_s=float(least))
    assert not runs(Order.ROLLING, every_s=float(least) - 0.1)
    (ladder,) = re.findall(r"ladder of 50 and 20 m at a jog that is ([\d.]+) s", GROUPS)
    of = plan(block(distances_m=(50.0, 20.0)), gait=Gait.JOG, order=Order.ROLLING)
    assert float(ladder) == pytest.approx(least_every_s(of), abs=0.05)


def test_the_picture_of_a_groups_places_is_as_it_is_drawn() -> None:
    assert (ROOT / "docs" / "groups.svg").read_text(encoding="utf-8") == group_places.drawn()
