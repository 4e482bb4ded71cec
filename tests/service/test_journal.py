"""The timer's lines in systemd's own journal, and a support pack made from them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.service.box import SERVICE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_session_is_in_the_journal_with_its_values_and_goes_into_the_support_pack(
    box: Container, tmp_path: Path
) -> None:
    box.check("retro-timer ctl start sprints")
    box.wait_for(lambda: any("rep 1: " in line for line in box.messages(SERVICE)), 120, "the first finish")
    entries = [entry for entry in box.journal(SERVICE) if "RETRO_TIMER_EVENT" in entry]
    finish = next(entry for entry in entries if entry["RETRO_TIMER_EVENT"] == "finish")
    assert finish["SYSLOG_IDENTIFIER"] == "retro-timer"
    assert finish["RETRO_TIMER_METHOD"] == "gate"
    assert f"{float(finish['RETRO_TIMER_TIME_S']):.3f} s" in finish["MESSAGE"]
    readings = json.loads(box.check("retro-timer status --json"))["samples"]
    assert len(entries) < 40 < 100 < readings
    told = box.check("retro-timer support --output /root/pack.tar.gz", timeout_s=120)
    held, _, missing = told.partition("not in it:")
    for part in ("log.json", "status.json", "doctor.json", "database.json", "versions.json", "settings.toml"):
        assert f"  {part}" in held, missing
    with tarfile.open(box.get("/root/pack.tar.gz", tmp_path / "pack.tar.gz")) as pack:
        files = {member.name.rpartition("/")[2]: pack.extractfile(member) for member in pack.getmembers()}
        log_file = files["log.json"]
        assert log_file is not None
        log = json.loads(log_file.read())
    assert [entry["rep"] for entry in log if entry.get("event") == "finish"][:1] == ["1"]
    assert all(entry["message"] and entry["wall_s"] > 0.0 for entry in log)
