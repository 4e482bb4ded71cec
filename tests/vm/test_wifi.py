"""The box's own Wi-Fi as a phone finds it: two radios of the kernel's that hear each other, one the box's with
NetworkManager, the other in a network of its own with what joins networks and asks for an address on any Linux.

The machine counts its own time, so that nobody's patience ends while the host is busy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.coach.test_portal import PROBES
from tests.rig.host import need_rig
from tests.rig.vm import VirtualMachine
from tests.vm.box import GUEST, SERVICE, TOOLS, WAIT_S, Box
from tests.vm.installed import disk_with_radios

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

BOX = "10.42.0.1"
NAME = "raspberrypi.local"
PORTAL = f"http://{BOX}/portal"
HEALTH = {"host": BOX, "path": "/healthz"}
SETTINGS = '[voice]\nkind = "text"\n'
PLAN: dict[str, Any] = {"title": "Field", "gait": "walk", "reps": 9, "distance_m": 10, "rest_s": 10, "walk_out_s": 10}
LEASE = "/etc/netns/phone/resolv.conf"
JOIN = """\
network={{
    ssid="{name}"
    psk="{password}"
}}
"""


class Phone:
    """The second radio, in a network namespace."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.address = ""
        """What it was given, once it has joined."""

    def switch_on(self) -> None:
        """After each boot of the machine."""
        # Something must be there for the phone's own to be laid over.
        self._vm.check("touch /etc/resolv.conf && ip netns add phone && iw phy phy1 set netns name phone")
        self._vm.check("ip -n phone link set lo up")

    def join(self, name: str, password: str) -> None:
        """Find a network, join it, and ask for an address."""
        vm = self._vm
        vm.run(f"rm -f {LEASE}")
        vm.write("/run/phone/join.conf", JOIN.format(name=name, password=password))
        vm.start("phone-joins", self._in("wpa_supplicant -i wlan1 -c /run/phone/join.conf"))
        vm.start("phone-asks", self._in(f"dhclient -d -sf {TOOLS}/lease.sh wlan1"))
        vm.wait_for(lambda: vm.run(f"test -s {LEASE}").status == 0, WAIT_S, "an address")
        (radio,) = json.loads(vm.check("ip -n phone -4 -json address show wlan1"))
        self.address = radio["addr_info"][0]["local"]

    def ask(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Each over a connection of its own to what the host's name leads to, with the cookies so far."""
        self._vm.write("/run/phone/requests.json", json.dumps(requests))
        told = self._vm.check(self._in(f"python3 {TOOLS}/phone.py ask </run/phone/requests.json"), timeout_s=WAIT_S)
        answers: list[dict[str, Any]] = json.loads(told)
        return answers

    def look_up(self, name: str) -> str:
        """A name for which everybody near by is asked; the address that is answered."""
        asked = f"python3 {TOOLS}/phone.py lookup {name} {self.address}"
        return self._vm.check(self._in(asked), timeout_s=WAIT_S).strip()

    @staticmethod
    def _in(command: str) -> str:
        return f"ip netns exec phone {command}"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    need_rig()
    with VirtualMachine(disk_with_radios(), boot=False, own_time=True) as vm:
        vm.put(GUEST, TOOLS)
        vm.boot()
        made = Box(vm)
        made.set_up("sim", SETTINGS, **PLAN)
        yield made


@pytest.fixture(scope="module")
def hotspot(box: Box) -> dict[str, str]:
    """What making it tells: network, password, page."""
    told = box.command("network", "hotspot", "--country", "DE").splitlines()
    return dict(line.split(maxsplit=1) for line in told)


@pytest.fixture(scope="module")
def phone(box: Box, hotspot: dict[str, str]) -> Phone:
    """One that has joined."""
    joined = Phone(box.vm)
    joined.switch_on()
    joined.join(hotspot["network"], hotspot["password"])
    return joined


def test_a_phone_is_given_an_address_and_every_name_leads_to_the_box(box: Box, phone: Phone) -> None:
    assert phone.address.startswith("10.42.0.")
    assert phone.address != BOX
    assert box.vm.read(LEASE) == f"nameserver {BOX}\n"


def test_every_probe_leads_to_the_portal_and_after_continue_is_answered_as_the_internet_would(phone: Phone) -> None:
    probes = [{"host": host.rstrip("."), "path": path} for host, path in PROBES]
    portal, go_on = {"host": BOX, "path": "/portal"}, {"host": BOX, "path": "/portal", "form": {}}
    *before, shown, pressed = phone.ask(*probes, portal, go_on)
    assert {(got["status"], got["location"]) for got in before} == {(302, PORTAL)}
    assert (shown["status"], f"<code>http://{BOX}</code>" in shown["text"]) == (200, True)
    assert (pressed["status"], pressed["location"]) == (303, "/portal")
    *after, elsewhere = phone.ask(*probes, {"host": "example.org", "path": "/"})
    assert [(got["status"], got["text"]) for got in after] == list(PROBES.values())
    assert (elsewhere["status"], elsewhere["location"]) == (302, PORTAL)
    assert not any(got["cookies"] for got in (*before, shown, pressed, *after, elsewhere))


def test_by_address_and_by_name_a_phone_is_paired_and_sees_the_page(box: Box, phone: Phone) -> None:
    for host, at in ((BOX, BOX), (NAME, phone.look_up(NAME))):
        assert at == BOX
        stranger, paired, page = phone.ask(
            {"host": host, "at": at, "path": "/plans"},
            {"host": host, "at": at, "path": "/pair", "form": {"pin": box.command("pin").split()[0]}},
            {"host": host, "at": at, "path": "/plans"},
        )
        assert (stranger["status"], paired["status"], paired["cookies"], page["status"]) == (401, 303, 1, 200)
        assert ">field<" in page["text"]


def test_the_timer_has_no_network_meanwhile(box: Box, phone: Phone) -> None:
    inside = f"nsenter --target {box.vm.unit(SERVICE)['MainPID']} --net"
    assert {row["ifname"] for row in json.loads(box.vm.check(f"{inside} ip -json link"))} == {"lo"}
    assert not box.vm.check(f"{inside} ip route show table all type unicast").strip()
    assert {row["ifname"] for row in json.loads(box.vm.check("ip -json link"))} >= {"lo", "wlan0"}


def test_the_hotspot_comes_back_after_a_power_cut_and_the_phone_finds_it_again(
    box: Box, hotspot: dict[str, str], phone: Phone
) -> None:
    box.vm.power_cut()
    box.vm.boot()
    phone.switch_on()
    phone.join(hotspot["network"], hotspot["password"])
    box.vm.wait_for(lambda: phone.ask(HEALTH)[0]["text"] == "ok\n", WAIT_S, "the page")
    (probe,) = phone.ask({"host": "captive.apple.com", "path": "/hotspot-detect.html"})
    assert (probe["status"], probe["location"]) == (302, PORTAL), "asked anew: what was pressed is gone with the power"
    assert "country DE" in box.vm.check("iw reg get")
