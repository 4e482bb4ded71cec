"""The installer on a new box: a new user's path, repeated, refused, taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.rig.host import PROJECT
from tests.service.box import TWIN, announced, install, ready, refusal, unpack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LISTED = "/etc /opt /usr/local /var/lib /boot"
NOT_LISTED = (
    # What belongs to apt, dpkg and the dynamic linker: the packages themselves are compared.
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/etc/ld.so.cache",
    # What the running system notes for its next start.
    "/var/lib/systemd",
    "/etc/fake-hwclock.data",
    # The tools that change users keep a copy of the file before.
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
)
COMPLETE = (
    "source /usr/local/share/bash-completion/completions/retro-timer;"
    " COMP_WORDS=(retro-timer results exp); COMP_CWORD=2; _retro_timer_completion retro-timer; echo ${COMPREPLY[@]}"
)
SUDO_WITHOUT_PASSWORD = "pi ALL=(ALL) NOPASSWD: ALL\n"
"""As Raspberry Pi OS has it for its first user."""


@pytest.fixture
def new_box() -> Iterator[Container]:
    """A new box, switched on."""
    with Container() as container:
        yield container


def machine_state(box: Container) -> set[str]:
    """Files with owner, rights and content; users, groups, packages, and units that start."""
    skip = " -o ".join(f"-path {path}" for path in NOT_LISTED)
    commands = (
        rf"find {LISTED} \( {skip} \) -prune -o -printf '%y %m %u:%g %p %l\n'",
        rf"find {LISTED} \( {skip} \) -prune -o -type f -exec sha256sum {{}} +",
        "getent passwd",
        "getent group",
        "dpkg-query --show --showformat '${Package} ${Version} ${db:Status-Status}\\n'",
        "systemctl list-unit-files --no-legend",
    )
    return {line for command in commands for line in box.check(command).splitlines()}


def readme_command() -> str:
    """The one command of the README's chapter about the box."""
    chapter = (PROJECT / "README.md").read_text().split("## On the Pi")[1].split("\n## ")[0]
    return re.search(r"```(?:sh)?\n(.*install\.sh)\n```", chapter).group(1)  # type: ignore[union-attr]


def test_a_new_user_follows_the_readme_and_has_a_timer_that_starts_with_the_box(
    new_box: Container, archive: Path
) -> None:
    box = new_box
    box.write("/etc/sudoers.d/010_pi-nopasswd", SUDO_WITHOUT_PASSWORD)
    box.write("/etc/default/retro-timer", TWIN)
    folder = unpack(box, archive, "/home/pi")
    said = box.check(["su", "-", "pi", "-c", f"cd {folder} && {readme_command()}"], 240)
    assert "reboot now" in said
    box.reboot()
    assert ready(box)["StatusText"] == "idle; watch ok"
    assert any("Ready" in message for message in box.messages("retro-timer.service"))
    # A new login: the installer has put whoever called it into the timer's group.
    assert "watch    ok" in box.check(["su", "-", "pi", "-c", "retro-timer status"])
    doctor = box.run(["su", "-", "pi", "-c", "retro-timer doctor"]).output
    assert "sensor" in doctor
    box.check(["su", "-", "pi", "-c", "retro-timer ctl start demo && retro-timer ctl skip"])
    box.wait_for(lambda: announced(box), 60, "the first time")
    assert "Runner" in box.check(["su", "-", "pi", "-c", "retro-timer results show"])
    assert "retro\\-timer" in box.read("/usr/local/share/man/man1/retro-timer.1")
    box.check("test -f /opt/retro-timer/share/docs/handbook/coaches.md")
    assert box.check(["su", "-", "pi", "-c", f"bash -c '{COMPLETE}'"]).split() == ["export"]


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(new_box: Container, archive: Path) -> None:
    box = new_box
    folder = unpack(box, archive)
    before = machine_state(box)
    said = install(box, folder, "--dry-run")
    assert "make the user retro-timer" in said
    assert "include it at the end of /boot/firmware/config.txt" in said
    assert machine_state(box) == before


def test_installing_again_changes_nothing_and_disturbs_no_session(box: Container, archive: Path) -> None:
    folder = unpack(box, archive)
    # The timer leaves its first one when it has a moment.
    box.wait_for(lambda: box.run("test -e /var/lib/retro-timer/snapshot/results.db").status == 0, 60, "the snapshot")
    before, started = machine_state(box), ready(box)["MainPID"]
    assert "is here already" in install(box, folder)
    assert machine_state(box) == before
    assert ready(box)["MainPID"] == started


def test_uninstalling_leaves_results_and_settings_and_purging_leaves_the_machine_as_it_was(
    new_box: Container, archive: Path
) -> None:
    box = new_box
    folder = unpack(box, archive)
    box.write("/etc/default/retro-timer", TWIN)
    box.write("/etc/modules-load.d/retro-timer.conf", "# somebody's own\n")
    box.write("/boot/firmware/config.txt", box.read("/boot/firmware/config.txt") + "# no end of line")
    before = machine_state(box)
    install(box, folder)
    box.reboot()
    ready(box)
    said = install(box, folder, "--uninstall")
    assert "kept: settings in /etc/retro-timer, results in /var/lib/retro-timer" in said
    gone, left = before - machine_state(box), machine_state(box) - before
    # The user who owns the results stands in the files of users and groups.
    accounts = r"(gpio|i2c|audio|dialout):|.* /etc/(passwd|group|shadow|gshadow)$"
    assert not [line for line in left if "retro-timer" not in line and not re.match(accounts, line)]
    assert not [line for line in gone if not re.match(accounts, line)]
    assert box.run("systemctl cat retro-timer.service").status != 0
    box.check("test -f /var/lib/retro-timer/results.db")
    install(box, folder, "--purge")
    assert machine_state(box) == before


def test_uninstalling_keeps_what_others_have_come_to_need(new_box: Container, archive: Path) -> None:
    box = new_box
    folder = unpack(box, archive)
    install(box, folder)
    box.write(
        "/tmp/talker/DEBIAN/control",
        (
            "Package: talker\nVersion: 1\nArchitecture: all\nMaintainer: A User <user@localhost>\n"
            "Depends: espeak-ng\nDescription: needs the voice\n"
        ),
    )
    box.check("dpkg-deb --build /tmp/talker /tmp/talker.deb && dpkg --install /tmp/talker.deb")
    box.check("echo 'dtparam=spi=on' >>/boot/firmware/config.txt")
    said = install(box, folder, "--purge")
    assert "needed by talker" in said
    box.check("espeak-ng --version")
    config = box.read("/boot/firmware/config.txt")
    assert "dtparam=spi=on" in config
    assert "retro-timer" not in config


def test_what_cannot_work_is_refused_in_one_line_before_anything_is_changed(new_box: Container, archive: Path) -> None:
    box = new_box
    folder = unpack(box, archive, "/home/pi")
    before = machine_state(box)
    box.write("/root/fake/dpkg", "#!/bin/sh\necho armhf\n")
    box.check("chmod +x /root/fake/dpkg")
    assert "64-bit" in refusal(box, folder, before="export PATH=/root/fake:$PATH;")
    assert "no option '--now'" in refusal(box, folder, "--now")
    assert "sudo" in box.run(["su", "-", "pi", "-c", f"{folder}/install.sh"]).output
    release = "mount --bind /root/os-release /etc/os-release"
    box.check(f"sed s/bookworm/bullseye/ /etc/os-release >/root/os-release && {release}")
    assert "'bullseye'" in refusal(box, folder)
    box.check("umount /etc/os-release")
    box.check(f"cd {folder} && sed -i s/suite=bookworm/suite=trixie/ RELEASE")
    assert "damaged" in refusal(box, folder)
    box.check(f"cd {folder} && find . -type f ! -name SHA256SUMS -exec sha256sum {{}} + >/root/sums")
    box.check(f"cp /root/sums {folder}/SHA256SUMS")
    assert "this archive is for trixie-amd64" in refusal(box, folder)
    assert machine_state(box) == before
