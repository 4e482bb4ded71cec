"""A file that the service cannot read: systemd sees a timer that runs and tells what is wrong, and no restarts."""

from __future__ import annotations

import pytest

from tests.rig.container import Container
from tests.service.box import SERVICE, ready, status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG = "/etc/retro-timer/config.toml"
COPIES = "/var/lib/retro-timer/last-good"
BREAK = {
    "may not be read": f"chmod 000 {CONFIG}",
    "is no TOML": f"echo '[buzzer' >>{CONFIG}",
    "is empty": f": >{CONFIG}",
    "is a folder": f"rm {CONFIG} && mkdir {CONFIG}",
    "is gone": f"rm {CONFIG}",
}


def restarted_box(box: Container) -> dict[str, str]:
    box.check(f"systemctl restart {SERVICE}", timeout_s=60)
    return ready(box)


@pytest.mark.parametrize("how", BREAK)
def test_a_box_whose_settings_cannot_be_used_runs_with_the_last_good_ones_and_says_so(box: Container, how: str) -> None:
    box.wait_for(lambda: box.run(f"cmp {CONFIG} {COPIES}/config.toml").status == 0, 20, "the copy of what worked")
    box.check(BREAK[how])
    unit = restarted_box(box)
    assert unit["NRestarts"] == "0"
    assert f"{CONFIG}" in unit["StatusText"]
    (trouble,) = status(box)["troubles"]
    assert f"the last good copy is used, {COPIES}/config.toml" in trouble
    said = '"The settings cannot be used: config.toml'
    box.wait_for(lambda: any(said in line for line in box.messages(SERVICE)), 20, "the words")
    assert any(
        entry.get("RETRO_TIMER_EVENT") == "trouble" and entry["PRIORITY"] == "4" for entry in box.journal(SERVICE)
    )
    assert "files" in box.run("retro-timer doctor --for 0.5").output
    # As `ctl` and `status` do, `results` finds its places on a box whose settings are gone.
    box.check("retro-timer results list")


def test_a_box_that_cannot_start_at_all_tells_systemd_why(box: Container) -> None:
    box.check("sed -i 's,^RETRO_TIMER_BOARD=.*,RETRO_TIMER_BOARD=pj,' /etc/default/retro-timer")
    box.run(f"systemctl restart --no-block {SERVICE}")
    box.wait_for(lambda: "does not start: board 'pj'" in box.unit(SERVICE).get("StatusText", ""), 30, "the reason")
    assert any("board 'pj': not known" in line for line in box.messages(SERVICE))
