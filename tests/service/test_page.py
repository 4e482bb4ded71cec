"""The coach's page as systemd starts it: beside the timer, as somebody else, with the network and with little more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.service.box import PAGE, SERVICE, announced, ready

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PHONE = "/root/page_phone.py"
ANSWERS_S = 30.0


@pytest.fixture
def page(box: Container) -> dict[str, str]:
    """The unit's properties, when the page answers."""
    box.put(Path(__file__).with_name("page_phone.py"), PHONE)
    box.wait_for(lambda: asked(box, "/healthz") == "ok\n", ANSWERS_S, "the page's answer")
    return box.unit(PAGE)


def asked(box: Container, *words: str) -> str:
    """What the page answers; empty where it does not."""
    status, output = box.run(["/opt/retro-timer/venv/bin/python", PHONE, *words])
    return output if status == 0 else ""


def seen(box: Container, *words: str) -> str:
    """A page, on a phone that has just been paired by a PIN."""
    return asked(box, "pair", box.check("retro-timer pin")[:6], *words)


def test_it_runs_as_its_own_user_without_rights_and_listens_to_this_box_alone(
    box: Container, page: dict[str, str]
) -> None:
    pid = page["MainPID"]
    state = box.check(f"cat /proc/{pid}/status")
    assert "CapEff:\t0000000000000000" in state
    assert "NoNewPrivs:\t1" in state
    assert "Seccomp:\t2" in state
    assert box.check(f"ps -o user:32= -p {pid}").strip() == "retro-timer-page"
    # 127.0.0.1, and the hotspot's address for when there is one, as the kernel writes them.
    listening = [line.split()[1] for line in box.check("cat /proc/net/tcp").splitlines() if line.split()[3] == "0A"]
    assert sorted(listening) == [f"0100007F:{8765:04X}", f"01002A0A:{80:04X}"]
    assert box.run("cat /proc/net/tcp6 | awk '$4 == \"0A\"'").output == ""


def test_at_the_hotspots_address_and_no_other_it_has_port_80_and_the_portal(
    box: Container, page: dict[str, str]
) -> None:
    probe = "curl -sS -m 20 -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: captive.apple.com' http://"
    assert box.run(f"{probe}127.0.0.1/").status == 7, "refused"
    box.check("ip link add hot type veth peer name phone && ip address add 10.42.0.1/24 dev hot && ip link set hot up")
    assert box.check(f"{probe}10.42.0.1/hotspot-detect.html") == "302 http://10.42.0.1/portal"
    assert box.check("curl -sS -m 20 http://10.42.0.1/healthz") == "ok\n"
    assert box.check("retro-timer qr 2>&1").splitlines()[-1] == "http://10.42.0.1"


def test_it_sees_of_the_timer_what_it_shows_and_nothing_else(box: Container, page: dict[str, str]) -> None:
    root = f"/proc/{page['MainPID']}/root"
    assert box.check(f"ls {root}/var/lib/retro-timer").split() == ["finishes", "plans", "rosters", "snapshot"]
    # The other one is a mount point of systemd's own.
    assert set(box.check(f"ls {root}/run").split()) - {"systemd"} == {"retro-timer-page"}
    assert box.check("stat -c '%A %U %G' /run/retro-timer-page/page.sock").split() == [
        "srw-rw----", "retro-timer", "retro-timer-page",
    ]  # fmt: skip
    for path in ("/var/lib/retro-timer/results.db", "/var/lib/retro-timer/reps.jsonl", "/run/retro-timer/beacon.sock"):
        assert box.run(["su", "-s", "/bin/sh", "retro-timer-page", "-c", f"test -e {path}"]).status != 0
    assert box.run(["su", "-s", "/bin/sh", "pi", "-c", "ls /var/lib/retro-timer-page/coach"]).status != 0


def test_a_phone_is_paired_and_sees_the_timer_and_what_it_has_kept(box: Container, page: dict[str, str]) -> None:
    assert "sprints" in seen(box, "/plans")
    box.check("retro-timer ctl start sprints && retro-timer ctl skip")
    box.wait_for(lambda: announced(box), 60, "the first time")
    box.check("retro-timer ctl stop")
    box.wait_for(lambda: "<table>" in seen(box, "/results/1"), 60, "the rep on the page")
    box.wait_for(lambda: "<svg" in seen(box, "/results/1/1/finish"), 60, "what the sensors saw of it")
    assert "/healthz" not in asked(box, "/results/1"), "nobody who is not paired"
    assert "127.0.0.1:8765" in box.check("retro-timer qr 2>&1")


def test_what_is_set_on_the_box_reaches_it_and_the_support_pack_has_what_the_timer_tells_a_page(
    box: Container, page: dict[str, str]
) -> None:
    box.check("retro-timer settings set coach.listen 127.0.0.1:8765")
    box.wait_for(lambda: box.unit(PAGE)["MainPID"] not in ("0", page["MainPID"]), ANSWERS_S, "the page's new start")
    box.wait_for(lambda: asked(box, "/healthz") == "ok\n", ANSWERS_S, "the page's answer")
    pid = box.unit(PAGE)["MainPID"]
    box.check("retro-timer settings set voice.language de")
    box.wait_for(lambda: 'lang="de" selected' in seen(box, "/box"), ANSWERS_S, "the language on the page")
    box.check("retro-timer settings set voice.language fr")
    box.wait_for(lambda: 'lang="fr" selected' in seen(box, "/box"), ANSWERS_S, "the other language on the page")
    assert box.unit(PAGE)["MainPID"] == pid, "nothing but where it listens has it start anew"
    pin = box.check("retro-timer pin")[:6]
    listed = box.check(f"/opt/retro-timer/venv/bin/python {PHONE} pair {pin} post /box/support | tar -tz")
    packed = {Path(name).name for name in listed.split()}
    assert packed >= {"contents.txt", "log.json", "status.json", "settings.toml", "settings-box.toml", "versions.json"}


def test_either_starts_anew_without_the_other(box: Container, page: dict[str, str]) -> None:
    timer = ready(box)["MainPID"]
    box.check(f"systemctl restart {PAGE}", timeout_s=60)
    box.wait_for(lambda: asked(box, "/healthz") == "ok\n", ANSWERS_S, "the page's answer")
    assert ready(box)["MainPID"] == timer
    page_pid = box.unit(PAGE)["MainPID"]
    box.check(f"systemctl restart {SERVICE}", timeout_s=60)
    ready(box)
    assert box.unit(PAGE)["MainPID"] == page_pid
    box.wait_for(lambda: "No session" in seen(box, "/"), ANSWERS_S, "the timer on the page")
    box.check(f"kill -9 {page_pid}")
    box.wait_for(lambda: asked(box, "/healthz") == "ok\n", ANSWERS_S, "the page's return")


def test_it_starts_without_a_timer_and_finds_it_later(box: Container, page: dict[str, str]) -> None:
    box.check(f"systemctl disable {SERVICE}")
    box.reboot()
    box.wait_for(lambda: asked(box, "/healthz") == "ok\n", ANSWERS_S, "the page's answer")
    assert box.unit(SERVICE)["ActiveState"] == "inactive"
    box.check(f"systemctl start {SERVICE}", timeout_s=60)
    ready(box)
    box.wait_for(lambda: "No session" in seen(box, "/"), ANSWERS_S, "the timer on the page")
