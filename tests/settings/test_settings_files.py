"""Settings and plans as coaches write them: what ships is sound, and every mistake is one line with its place."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, Role
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings import paths
from retro_timer.settings.calibration import (
    Calibration,
    SensorCalibration,
    format_calibration,
    load_calibration,
)
from retro_timer.settings.loading import (
    check_settings,
    load_plan,
    load_roster,
    load_settings,
    plan_names,
    read_plan,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.settings.schemas import schema_texts, write_schemas
from retro_timer.settings.tables import convert, parse_toml
from retro_timer.sim.scenario import Fault, Intruder, Light, Scenario
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, steps
from retro_timer.training.plan_check import check_plan
from tests.helpers.complaints import value_or_complaint
from tests.helpers.plans_made import plan_text

CONFIG = paths.packaged() / "config.toml"
PLANS = sorted((paths.packaged() / "plans").glob("*.toml"))
BUILT_IN = {
    "athletic-agility", "conditioning", "demo", "first-steps", "jog-progression", "rehab-walk", "senior-mobility",
    "treadmill",
}  # fmt: skip


# What ships.


def test_the_packaged_settings_are_sound_and_show_the_defaults() -> None:
    assert load_settings(CONFIG) == Settings()


def test_every_plan_that_is_promised_ships() -> None:
    assert {path.stem for path in PLANS} >= BUILT_IN
    assert set(plan_names()) >= BUILT_IN


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_packaged_plan_checks_and_goes_with_the_packaged_settings(path: Path) -> None:
    plan = read_plan(path)
    check_fit(plan, load_settings(CONFIG), str(path))
    assert steps(plan)
    assert plan.source.strip()
    assert plan.safety.strip()


@pytest.mark.parametrize("path", [p for p in PLANS if p.stem != "demo"], ids=lambda path: path.stem)
def test_every_plan_for_people_has_cues_and_one_of_them_is_to_stop(path: Path) -> None:
    cues = read_plan(path).cues
    assert len(cues) >= 3
    assert any("stop" in cue.lower() for cue in cues)


@pytest.mark.parametrize(
    ("name", "gait", "distances_m", "minutes", "per_week"),
    [
        ("first-steps", Gait.WALK, (20, 30), None, None),
        ("jog-progression", Gait.JOG, (20, 40), None, None),
        ("rehab-walk", Gait.WALK, None, (10, 15), (2, 3)),
        ("conditioning", Gait.JOG, (50, 50), None, (2, 2)),
        ("senior-mobility", Gait.WALK, None, (5, 5), None),
    ],
)
def test_a_packaged_plan_prescribes_what_its_source_says(
    name: str, gait: Gait, distances_m: Any, minutes: Any, per_week: Any
) -> None:
    plan = load_plan(name)
    laid = steps(plan)
    assert plan.gait is gait
    if distances_m:
        assert all(distances_m[0] <= (step.distance_m or 0) <= distances_m[1] for step in laid)
    if minutes:
        total = sum(step.duration_s or 0.0 for step in laid) / 60
        assert minutes[0] <= total <= minutes[1]
    if per_week:
        assert plan.sessions_per_week == per_week


def test_the_treadmill_keeps_to_its_inclines_and_speeds() -> None:
    for step in steps(load_plan("treadmill")):
        assert 5 <= (step.incline_percent or 0) <= 10
        assert (step.speed_kmh or 0) + 0.01 >= 1.5 * 1.609
        assert (step.speed_kmh or 0) <= 2.0 * 1.6094


def test_four_to_six_sets_of_fifty_metres_condition() -> None:
    laid = steps(load_plan("conditioning"))
    assert 4 <= laid[-1].set_no <= 6


def test_an_active_buzzer_has_no_volume(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[buzzer]\nkind = 'active'\nvolume = 60\n")
    with pytest.raises(BadInputError, match=r"buzzer\.volume: 60 for an active buzzer, which knows on and off"):
        load_settings(path)


# Schemas.


@pytest.mark.parametrize("name", ["settings.schema.json", "plan.schema.json"])
def test_the_committed_schemas_are_current(name: str) -> None:
    committed = (paths.packaged() / "schemas" / name).read_text(encoding="utf-8")
    assert committed == schema_texts()[name], "run: python -m retro_timer.settings.schemas"


def test_the_schemas_are_written_as_they_are_compared(tmp_path: Path) -> None:
    write_schemas(tmp_path / "new")
    assert {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "new").iterdir()} == schema_texts()


@pytest.mark.parametrize("path", [CONFIG, *PLANS], ids=lambda path: path.stem)
def test_an_editor_that_uses_the_schema_finds_no_fault_in_what_ships(path: Path) -> None:
    schema = json.loads(schema_texts()["settings.schema.json" if path is CONFIG else "plan.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), schema)


def test_an_editor_that_uses_the_schema_finds_a_misspelt_key_and_a_wrong_gait() -> None:
    schema = json.loads(schema_texts()["plan.schema.json"])
    good = tomllib.loads(PLANS[0].read_text(encoding="utf-8"))
    for wrong in ({**good, "gate": "walk"}, {**good, "gait": "sprint"}, {**good, "blocks": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_every_setting_and_every_key_of_a_plan_is_described_for_the_editor() -> None:
    for text in schema_texts().values():
        for kind, definition in json.loads(text)["$defs"].items():
            for key, field in definition.get("properties", {}).items():
                described = "description" in field or "$ref" in field or key == "sensors"
                described = described or any("description" in one or "$ref" in one for one in field.get("anyOf", ()))
                assert described or key == "name", f"{kind}.{key}"


# Mistakes.


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[sensors]]\nmode = 'shrt'\n", "c.toml: sensors[0].mode: 'shrt' is not a choice (did you mean 'short'?)"),
        ("[cource]\n", "c.toml: cource: unknown key (did you mean 'course'?); expected one of sensors, course"),
        ("[course]\nfinish_range = 2\n", "unknown key (did you mean 'finish_range_m'?)"),
        ("[course]\nfinish_range_m = 'far'\n", "c.toml: course.finish_range_m: 'far' is text; expected a number"),
        ("[course]\nfinish_range_m = 99\n", "c.toml: course.finish_range_m: 99 is out of range; expected"),
        ("[course]\nallow_short_runout = 1\n", "allow_short_runout: 1 is a whole number; expected true or false"),
        ("[session]\ncountdown_s = 2.5\n", "session.countdown_s: 2.5 is a number; expected a whole number"),
        ("[lamp]\npins = []\n", "lamp.pins: wrong length"),
        ("[lamp]\npins = [22, 99, 24]\n", "lamp.pins[1]: 99 is out of range"),
        ("sensors = []\n", "sensors: wrong length"),
        ("sensors = 3\n", "sensors: 3 is a whole number; expected a list"),
        ("[course\n", "c.toml: line 1: not TOML"),
        ("a = 1\na = 2\n", "line 2: not TOML"),
        ("x = \n", "line 1: not TOML"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_toml(text, Settings, "c.toml", "settings in TOML")
    assert line in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (plan_text(more="satfey = 'x'"), "p.toml: satfey: unknown key (did you mean 'safety'?)"),
        (plan_text(gait="wlak"), "p.toml: gait: 'wlak' is not a choice (did you mean 'walk'?); expected one of walk"),
        (plan_text("distance_m = 3"), "blocks[0].distance_m: 3 is out of range"),
        (plan_text("distance_m = 10", "repetitions = 3"), "blocks[1].repetitions: unknown key"),
        (plan_text("distance_m = 10\nreps = 0"), "blocks[0].reps: 0 is out of range"),
        (plan_text("distance_m = 10\nreps = 100"), "blocks[0].reps: 100 is out of range"),
        (plan_text("distance_m = 10\nreps = 2.5"), "blocks[0].reps: 2.5 is a number; expected a whole number"),
        (plan_text("distance_m = nan"), "blocks[0].distance_m: nan"),
        (plan_text("distance_m = inf"), "blocks[0].distance_m: inf"),
        (plan_text().replace("title", "# title"), "p.toml: title: missing"),
        (plan_text().replace('"Test plan"', '""'), "p.toml: title: '' is out of range"),
        (plan_text(more="sessions_per_week = [1, 2, 3]"), "expected a list of length 2"),
        (plan_text(more="sessions_per_week = [3, 2]"), "sessions_per_week: 3 is more than 2"),
        (plan_text(more="cues = 'Up.'"), "cues: 'Up.' is text; expected a list"),
        ("", "p.toml: title: missing"),
        ('[[blocks]]\ntitle = "x"\n', "title: "),
    ],
)
def test_a_mistake_in_a_plan_is_told_with_its_place(text: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(BadInputError) as caught:
        read_plan(path)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"title = \xff\n", "line 1: not UTF-8 text"),
        (b"# ok\n# ok\ntitle = '\xe4'\n", "line 3: not UTF-8 text"),
        (b"x" * 1_000_001, "1000000 bytes"),
        (b"a" + b".a" * 3000 + b" = 1\n", "title"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "not TOML"),
        (b"a = 99999999999999999999999999999\n", "unknown key"),
    ],
)
def test_a_file_that_no_coach_wrote_is_one_line_of_complaint(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(data)
    _, complaint = value_or_complaint(lambda: read_plan(path))
    assert complaint.startswith(str(path))
    assert words in complaint or "unknown key" in complaint


def test_a_byte_order_mark_from_an_editor_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xef\xbb\xbf" + plan_text().replace("\n", "\r\n").encode())
    assert read_plan(path).title == "Test plan"


def _pair(
    xshut: tuple[int | None, int | None] = (None, None),
    addresses: tuple[int, int] = (0x29, 0x29),
    buses: tuple[int, int] = (1, 1),
) -> tuple[SensorSettings, ...]:
    parts = zip(("a", "b"), xshut, addresses, buses, strict=True)
    return tuple(SensorSettings(name=n, xshut_pin=pin, address=address, bus=bus) for n, pin, address, bus in parts)


def test_several_vl53l1x_with_shutdown_lines_and_addresses_of_their_own_are_taken() -> None:
    check_settings(Settings(sensors=_pair(xshut=(5, 6), addresses=(0x30, 0x31))), "c.toml")


@pytest.mark.parametrize(
    ("sensors", "words"),
    [
        ((SensorSettings(name="a"), SensorSettings(name="a", address=0x30)), "'a' stands twice"),
        ((SensorSettings(role=Role.WATCH),), "no sensor at the finish has the role timing or both"),
        ((SensorSettings(budget_ms=33.0, period_ms=36.0),), "period_ms: 36 with budget_ms 33; expected at least"),
        ((SensorSettings(mode=DistanceMode.LONG),), "budget_ms: 20 in mode long"),
        (_pair(), "sensors[0].xshut_pin: missing for 'a', one of several VL53L1X; expected the pin wired to its XSHUT"),
        (_pair(xshut=(5, None), addresses=(0x30, 0x31)), "sensors[1].xshut_pin: missing for 'b'"),
        (_pair(xshut=(5, 6)), "sensors[0].address: 0x29 for 'a'"),
        (_pair(xshut=(5, 6), addresses=(0x30, 0x29)), "sensors[1].address: 0x29 for 'b'"),
        (_pair(xshut=(5, 6), addresses=(0x30, 0x30)), "sensors[1].address: 0x30 for 'b' belongs to 'a'"),
        (_pair(buses=(1, 3), addresses=(0x29, 0x30)), "sensors[1].bus: 3 for 'b': VL53L1X on two buses"),
        ((SensorSettings(model="hc-sr04"),), "outlives its echo"),
        ((SensorSettings(model="hc-sr04", role=Role.TIMING),), "without its pins"),
    ],
)
def test_settings_that_contradict_each_other_are_told(sensors: tuple[SensorSettings, ...], words: str) -> None:
    chosen = Settings(sensors=tuple(_by_types(sensor) for sensor in sensors))
    with pytest.raises(BadInputError) as caught:
        check_settings(chosen, "c.toml")
    assert words in str(caught.value)
    assert "c.toml: sensors" in str(caught.value)
    assert "expected" in str(caught.value)


def _by_types(sensor: SensorSettings) -> SensorSettings:
    return msgspec.convert(msgspec.to_builtins(sensor), SensorSettings)


def test_the_recommended_build_is_sound() -> None:
    rear = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
    check_settings(Settings(sensors=(SensorSettings(), rear)), "c.toml")


# Garbage.


def _keys_of(kind: Any) -> set[str]:
    found: set[str] = set()
    for definition in msgspec.json.schema(kind)["$defs"].values():
        found |= set(definition.get("properties", {}))
    return found


ALL_KEYS = sorted(_keys_of(Settings) | _keys_of(Plan) | _keys_of(Scenario))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["walk", "gate", "short", "countdown", "vl53l1x", "sim"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ALL_KEYS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def check_laid_out(value: Plan) -> None:
    check_plan(value, "file")
    steps(value)


KINDS: dict[str, tuple[type, Callable[[Any], None]]] = {
    "settings": (Settings, lambda value: check_settings(value, "file")),
    "plan": (Plan, check_laid_out),
    "scenario": (Scenario, lambda _value: None),
}


@pytest.mark.parametrize("name", list(KINDS))
@given(table=st.dictionaries(st.sampled_from(ALL_KEYS) | st.text(max_size=8), VALUES, max_size=6))
def test_any_table_is_a_value_or_one_line_of_complaint(name: str, table: dict[str, Any]) -> None:
    kind, check = KINDS[name]
    value, complaint = value_or_complaint(lambda: convert(table, kind, "file"))
    if value is None:
        assert complaint.startswith("file")
    else:
        value_or_complaint(lambda: check(value))


SOUND: dict[str, Any] = {
    "settings": msgspec.to_builtins(Settings(), builtin_types=(), str_keys=True),
    "plan": tomllib.loads((paths.packaged() / "plans" / "treadmill.toml").read_text(encoding="utf-8")),
    "scenario": msgspec.to_builtins(Scenario(light=(Light(),), intruders=(Intruder(),), faults=(Fault(),))),
}


def without_nothing(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: without_nothing(inner) for key, inner in value.items() if inner is not None}
    return [without_nothing(inner) for inner in value] if isinstance(value, list | tuple) else value


Place = tuple[Any, ...]


def paths_in(value: Any, path: Place = ()) -> list[Place]:
    """Every place in a table."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in paths_in(one, (*path, key)))]


def replaced(value: Any, path: Place, new: Any) -> Any:
    """The table with another value at a place."""
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize("name", list(KINDS))
@given(data=st.data())
def test_a_sound_table_with_anything_in_one_place_is_a_value_or_one_line_of_complaint(
    name: str, data: st.DataObject
) -> None:
    kind, check = KINDS[name]
    sound = without_nothing(SOUND[name])
    value_or_complaint(lambda: check(convert(sound, kind, "file")))
    path = data.draw(st.sampled_from(paths_in(sound)[1:]))
    table = replaced(sound, path, data.draw(VALUES))
    value, complaint = value_or_complaint(lambda: convert(table, kind, "file"))
    if value is not None:
        value_or_complaint(lambda: check(value))
    else:
        assert str(next(part for part in path if isinstance(part, str))) in complaint


@pytest.mark.parametrize("name", list(KINDS))
@given(text=st.text(max_size=200))
def test_any_text_is_a_value_or_one_line_of_complaint(name: str, text: str) -> None:
    kind, _ = KINDS[name]
    value, complaint = value_or_complaint(lambda: parse_toml(text, kind, "file", "TOML"))
    assert value is not None or complaint.startswith("file")


@pytest.mark.parametrize("path", [CONFIG, PLANS[0], PLANS[-1]], ids=lambda path: path.stem)
@given(place=st.floats(0.0, 1.0), gone=st.integers(0, 30), put=st.text(max_size=6) | st.sampled_from('[]="\n.{}#,-'))
def test_a_file_with_a_slip_of_the_pen_is_a_value_or_one_line_of_complaint(
    path: Path, place: float, gone: int, put: str
) -> None:
    text = path.read_text(encoding="utf-8")
    at = round(place * len(text))
    slipped = text[:at] + put + text[at + gone :]
    kind = Settings if path is CONFIG else Plan
    value, complaint = value_or_complaint(lambda: parse_toml(slipped, kind, str(path), "TOML"))
    if value is None:
        assert complaint.startswith(str(path))


# Places.


def test_the_directories_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "s"))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(tmp_path / "c"))
    assert paths.state_dir() == tmp_path / "s"
    assert paths.config_dir() == tmp_path / "c"
    assert paths.socket_path() == tmp_path / "s" / "run" / "beacon.sock"
    assert paths.lock_path() == tmp_path / "s" / "run" / "board.lock"


def test_off_the_box_the_xdg_directories_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RETRO_TIMER_STATE")
    monkeypatch.delenv("RETRO_TIMER_CONFIG")
    monkeypatch.setattr(paths, "BOX_CONFIG", tmp_path / "no-box")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "st"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "co"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "ru"))
    assert paths.state_dir() == tmp_path / "st" / "retro-timer"
    assert paths.config_dir() == tmp_path / "co" / "retro-timer"
    assert paths.run_dir() == tmp_path / "ru" / "retro-timer"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert paths.state_dir() == tmp_path / "home" / ".local" / "state" / "retro-timer"


def test_on_the_box_the_system_directories_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    monkeypatch.setattr(paths, "BOX_CONFIG", tmp_path)
    monkeypatch.delenv("RETRO_TIMER_STATE")
    monkeypatch.delenv("RETRO_TIMER_CONFIG")
    assert paths.config_dir() == tmp_path
    assert paths.state_dir() == Path("/var/lib/retro-timer")
    assert paths.socket_path() == Path("/run/retro-timer/beacon.sock")
    monkeypatch.setenv("STATE_DIRECTORY", "/srv/a:/srv/b")
    assert paths.state_dir() == Path("/srv/a")


def test_a_coachs_own_plan_hides_a_packaged_one_of_the_same_name(config_dir: Path) -> None:
    (config_dir / "plans").mkdir(parents=True)
    (config_dir / "plans" / "first-steps.toml").write_text(plan_text())
    (config_dir / "plans" / "mine.toml").write_text(plan_text())
    assert load_plan("first-steps").title == "Test plan"
    assert load_plan("mine").title == "Test plan"
    assert load_plan("conditioning").title == "Conditioning"


def test_a_coachs_own_settings_hide_the_packaged_ones(config_dir: Path) -> None:
    config_dir.mkdir()
    (config_dir / "config.toml").write_text("[session]\ncountdown_s = 5\n")
    assert load_settings().session.countdown_s == 5


def test_a_roster_is_read_from_its_file_and_without_one_there_is_a_solo_runner(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name\nAnn\nBea\n")
    assert load_roster(tmp_path / "r.csv") == ("Ann", "Bea")
    assert load_roster(None) == ("Runner",)


# Calibration and sensors.


def test_a_calibration_reads_back_as_it_was_written(tmp_path: Path) -> None:
    learnt = Calibration(
        sensors={
            "gate": SensorCalibration(placement="gate", background_mm=2050, noise_mm=3.5, offset_mm=-4, range_m=1.3),
            "rear": SensorCalibration(placement="lane-end", ambient_kcps=1500.0),
        }
    )
    (tmp_path / "calibration.toml").write_text(format_calibration(learnt))
    assert load_calibration(tmp_path) == learnt
    assert load_calibration(tmp_path / "none") == Calibration()


def test_a_calibration_made_elsewhere_does_not_hold() -> None:
    learnt = Calibration(sensors={"gate": SensorCalibration(placement="gate", background_mm=2050)})
    assert learnt.of("gate", "gate").background_mm == 2050
    assert learnt.of("gate", "belt").background_mm is None
    assert learnt.of("rear", "gate").background_mm is None


def test_a_damaged_calibration_is_one_line_of_complaint(tmp_path: Path) -> None:
    (tmp_path / "calibration.toml").write_text("[sensors.gate]\nbackground = 2\n")
    with pytest.raises(BadInputError, match=r"sensors\.gate\.background: unknown key|sensors.*background: unknown key"):
        load_calibration(tmp_path)


@pytest.mark.parametrize(
    ("mode", "range_mm"),
    [(DistanceMode.SHORT, 1360), (DistanceMode.MEDIUM, 2900), (DistanceMode.LONG, 3600), (DistanceMode.AUTO, 3600)],
)
def test_a_vl53l1x_sees_as_far_as_its_data_sheet_says(mode: DistanceMode, range_mm: int) -> None:
    spec = spec_of(_by_types(SensorSettings(mode=mode, budget_ms=33.0, period_ms=37.0)))
    assert spec.max_range_mm == range_mm
    assert (spec.period_ns, spec.budget_ns, spec.fov_deg) == (37_000_000, 33_000_000, 27.0)
    assert spec.may_watch


def test_an_ultrasonic_sensor_may_not_keep_watch() -> None:
    assert not spec_of(SensorSettings(model="hc-sr04")).may_watch


def test_who_runs_alone_may_have_a_name(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[session]\nathlete = " Kim "\n')
    assert load_roster(None, solo=load_settings(config).session.athlete) == ("Kim",)
    config.write_text('[session]\nathlete = "a\\u0007b"\n')
    with pytest.raises(BadInputError, match=r"session\.athlete: a name with control characters"):
        load_settings(config)
