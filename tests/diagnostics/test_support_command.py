"""`retro-timer support`: one file for a bug report, with all that can be had and nobody's name in it."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.schema import VERSION
from tests.helpers.command import Outcome, process, quietly
from tests.helpers.timer_process import timer, until

pytestmark = pytest.mark.slow

SAID = "Zo-ee Kwick"
NAMES = ("Zoë Quick", "Zoë", "O'Neil-7", "Status")


def packed(path: Path) -> dict[str, str]:
    """The pack's files by name; all lie in one folder named like the pack."""
    files = {}
    with tarfile.open(path) as pack:
        for member in pack.getmembers():
            folder, _, name = member.name.partition("/")
            assert path.name.startswith(folder) or path.name == "pack.tar.gz"
            file = pack.extractfile(member)
            assert file is not None
            files[name] = io.TextIOWrapper(file, encoding="utf-8").read()
    return files


def pack_of(outcome: Outcome) -> Path:
    """The pack that a command says it has written."""
    assert outcome.code == 0, outcome.err
    return Path(outcome.lines[0].rpartition(" (")[0])


def missing(outcome: Outcome) -> dict[str, str]:
    """Parts that the command says are not there, with the reason."""
    lines = outcome.lines
    if "not in it:" not in lines:
        return {}
    told = [line.split(maxsplit=1) for line in lines[lines.index("not in it:") + 1 :] if line.startswith("  ")]
    return dict(told)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(("name,say", f"{NAMES[0]},{SAID}", *(f"{name}," for name in NAMES[1:]))))
    return path


def test_on_a_fresh_machine_the_pack_has_what_can_be_had_and_the_rest_is_named_with_its_reason(tmp_path: Path) -> None:
    outcome = quietly("support", cwd=tmp_path)
    path = pack_of(outcome)
    assert path.parent == tmp_path
    files = packed(path)
    assert set(files) == {"contents.txt", "versions.json", "settings.toml", "plans.json", *_machine(outcome)}
    absent = missing(outcome)
    assert "no results yet" in absent["database.json"]
    assert "no timer runs here" in absent["status.json"]
    assert "retro-timer calibrate" in absent["calibration.toml"]
    assert "retro-timer keep" in absent["trace.csv"]
    assert files["contents.txt"] == "\n".join(outcome.lines[1:]) + "\n"


def _machine(outcome: Outcome) -> set[str]:
    """What depends on the machine that the tests run on: its journal, and a table that needs no timer."""
    return {line.split()[0] for line in outcome.lines if line.startswith(("  log.json", "  doctor.json"))} - set(
        missing(outcome)
    )


def test_versions_of_program_kernel_and_libraries_are_in_it(tmp_path: Path) -> None:
    versions = json.loads(packed(pack_of(quietly("support", cwd=tmp_path)))["versions.json"])
    assert os.uname().release in versions["kernel"]
    assert os.uname().nodename not in json.dumps(versions).split()
    assert {"retro-timer", "python", "msgspec", "click"} <= set(versions)


def test_settings_and_calibration_are_in_it_as_they_stand_even_with_a_mistake_in_them(
    tmp_path: Path, config_dir: Path, state_dir: Path
) -> None:
    config_dir.mkdir(parents=True)
    state_dir.mkdir(parents=True)
    (config_dir / "config.toml").write_text("sensors = 'oops'\n# mine\n")
    (state_dir / "calibration.toml").write_text("[sensors.gate]\nplacement = 'gate'\n")
    files = packed(pack_of(quietly("support", cwd=tmp_path)))
    assert files["settings.toml"] == "sensors = 'oops'\n# mine\n"
    assert "placement = 'gate'" in files["calibration.toml"]


def test_who_runs_alone_by_the_settings_is_not_named_and_keys_stay(tmp_path: Path, config_dir: Path) -> None:
    config_dir.mkdir(parents=True)
    settings = "[session]\nathlete = 'Volume'  # {0}'s box\ncoach = [\n[voice]\nvolume = 3 # for {0}\n"
    (config_dir / "config.toml").write_text(settings.format("Volume"))
    files = packed(pack_of(quietly("support", cwd=tmp_path)))
    assert files["settings.toml"] == settings.format("Athlete 1").replace("'Volume'", "'Athlete 1'")


def test_a_name_on_a_later_line_of_a_value_is_none_either(tmp_path: Path, config_dir: Path) -> None:
    config_dir.mkdir(parents=True)
    settings = '[session]\nathlete = "Zita"\nnote = """\n{0} runs\n{0} = fast"""\nwith = [\n  "{0}",\n]\n[lines.ten]\n'
    (config_dir / "config.toml").write_text(settings.format("Zita"))
    files = packed(pack_of(quietly("support", cwd=tmp_path)))
    assert files["settings.toml"] == settings.format("Athlete 1").replace('"Zita"', '"Athlete 1"')


def test_plans_are_named_and_one_with_a_mistake_says_which(tmp_path: Path, config_dir: Path) -> None:
    (config_dir / "plans").mkdir(parents=True)
    (config_dir / "plans" / "mine.toml").write_text("titel = 'x'")
    plans = {p["name"]: p for p in json.loads(packed(pack_of(quietly("support", cwd=tmp_path)))["plans.json"])}
    assert plans["first-steps"] == {"name": "first-steps", "from": "packaged", "state": "ok"}
    assert plans["mine"]["from"] == "own"
    assert "titel: unknown key (did you mean 'title'?)" in plans["mine"]["state"]


def test_the_shape_of_the_results_is_in_it_and_no_result_and_no_name(tmp_path: Path, roster: Path) -> None:
    assert quietly("simulate", "demo", "--roster", roster).code == 0
    files = packed(pack_of(quietly("support", cwd=tmp_path)))
    shape = json.loads(files["database.json"])
    assert shape["schema"] == VERSION
    assert shape["sound"] == "ok"
    assert shape["sessions"] == {"sim, done": 1}
    assert sum(shape["reps"].values()) == 12
    assert shape["athletes"] == len(NAMES)
    assert shape["bytes"]["reps.jsonl"] > 0
    assert_anonymised(files)


def assert_anonymised(files: dict[str, str]) -> None:
    everything = "\n".join(files.values())
    for name in (*NAMES[:3], SAID):
        assert name not in everything


def events(files: dict[str, str], name: str) -> list[dict[str, Any]]:
    return [entry for entry in json.loads(files["log.json"]) if entry.get("event") == name]


def test_a_running_timer_gives_its_log_its_status_and_a_trace_without_anybodys_name(
    tmp_path: Path, roster: Path
) -> None:
    with timer("--plan", "one", "--roster", roster) as box:
        box.ready()
        until(lambda: box.status()["reps_done"] >= 1, "a rep is on disk")
        assert quietly("keep", env=box.env).code == 0
        until(lambda: list(box.state.glob("traces/*.csv")), "the trace is written")
        outcome = quietly("support", "--output", tmp_path / "pack.tar.gz", env=box.env)
        files = packed(pack_of(outcome))
    assert not {"log.json", "status.json", "trace.csv", "database.json"} & set(missing(outcome))
    assert events(files, "go")[0]["athlete"] == "Athlete 1"
    assert len(events(files, "finish")) == 1
    assert any("Athlete 1, " in said["text"] for said in events(files, "said"))
    status = json.loads(files["status.json"])
    assert [athlete["name"] for athlete in status["status"]["athletes"]] == [f"Athlete {n}" for n in (1, 2, 3, 4)]
    assert status["facts"]["board"] == "sim"
    assert {"name", "verdict", "found", "mend"} <= set(json.loads(files["doctor.json"])[0])
    assert "# rep: go_s=" in files["trace.csv"]
    assert_anonymised(files)


def test_what_was_set_on_the_box_is_as_the_timer_has_it_also_where_only_an_older_file_is_seen(tmp_path: Path) -> None:
    """As the coach's page sees it on a box, whose files are those of its own start."""
    seen = tmp_path / "seen"
    seen.mkdir()
    with timer("--plan", "one") as box:
        box.ready()
        for key, value in (("session.default_plan", "short"), ("session.athlete", NAMES[0])):
            set_ = quietly("settings", "set", key, value, env=box.env)
            assert set_.code == 0, set_.err
        env = {**box.env, "RETRO_TIMER_STATE": str(seen), "RUNTIME_DIRECTORY": str(box.state / "run")}
        files = packed(pack_of(quietly("support", "--output", tmp_path / "pack.tar.gz", env=env)))
    kept = tomllib.loads(files["settings-box.toml"])
    assert kept == {"session": {"default_plan": "short", "athlete": "Athlete 1"}}


def test_an_athlete_who_is_called_like_a_word_of_the_program_leaves_the_pack_readable(
    tmp_path: Path, roster: Path
) -> None:
    """Names are replaced in values and never in keys: "Status" is one of the athletes."""
    assert quietly("simulate", "demo", "--roster", roster).code == 0
    for name, text in packed(pack_of(quietly("support", cwd=tmp_path))).items():
        if name.endswith(".json"):
            json.loads(text)


def test_a_directory_gets_a_pack_with_a_name_of_its_own(tmp_path: Path) -> None:
    path = pack_of(quietly("support", "--output", tmp_path))
    assert path.parent == tmp_path
    assert path.name.startswith("retro-timer-support-")


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("mine")
    outcome = quietly("support", "--output", path)
    assert outcome.code == 2
    assert outcome.one_line().endswith("precious: there already; expected a new file, or a directory to put it in")
    assert path.read_text() == "mine"


def test_a_pack_that_cannot_be_written_is_one_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = quietly("support", "--output", tmp_path / "file" / "pack.tar.gz")
    assert outcome.code == 1
    assert "pack.tar.gz: not written" in outcome.one_line()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fills_up_leaves_no_half_pack(tmp_path: Path) -> None:
    limited = ("sh", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "sh")
    outcome = process("support", "--output", tmp_path / "pack.tar.gz", wrap=limited)
    assert outcome.code == 1
    assert "not written" in outcome.one_line()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_is_a_part_that_cannot_be_had(tmp_path: Path, state_dir: Path) -> None:
    state_dir.mkdir(parents=True)
    (state_dir / "results.db").write_bytes(b"no database at all" * 500)
    outcome = quietly("support", cwd=tmp_path)
    assert "damaged" in missing(outcome)["database.json"]
    assert "versions.json" in packed(pack_of(outcome))
