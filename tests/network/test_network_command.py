"""`retro-timer network` as somebody types it, with a NetworkManager that does, fails and dies as the tests say."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from retro_timer.network.profiles import CLUB, DNS_NAME, HOTSPOT, Profile, read_keyfile
from tests.helpers.command import Outcome, here
from tests.helpers.network_manager import FakeNetworkManager

SECRET = "geheim; \\:geheim"


@pytest.fixture
def nm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeNetworkManager:
    return FakeNetworkManager(tmp_path, monkeypatch)


@pytest.fixture
def field(nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]) -> FakeNetworkManager:
    """With a hotspot that is up, and the club's Wi-Fi in reach."""
    assert here(capsys, "network", "hotspot", "--name", "Box").code == 0
    nm.seen = ["Elsewhere", "Club: 1"]
    return nm


def join(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: str, password: str = SECRET
) -> Outcome:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return here(capsys, "network", "join", *args)


def at_power_on(nm: FakeNetworkManager) -> list[str]:
    return [kind.does for kind in (HOTSPOT, CLUB) if "\nautoconnect=true\n" in nm.profile(kind)]


def test_a_hotspot_is_made_and_told(nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = here(capsys, "network", "hotspot")
    made = read_keyfile(nm.profile(HOTSPOT))
    assert outcome.code == 0
    assert {f"network   {made.name}", f"password  {made.password}", "page      http://10.42.0.1"} <= set(outcome.lines)
    assert nm.up == [HOTSPOT.uuid]
    assert f"address=/#/{'10.42.0.1'}\n" in (nm.folder / DNS_NAME).read_text()
    assert stat.S_IMODE((nm.folder / HOTSPOT.file).stat().st_mode) == 0o600
    assert "\nautoconnect=true\n" in nm.profile(HOTSPOT)
    assert "option" not in (nm.folder / DNS_NAME).read_text()


def test_a_hotspot_made_again_keeps_its_name_and_password_unless_told(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str]
) -> None:
    first = read_keyfile(field.profile(HOTSPOT))
    here(capsys, "network", "hotspot")
    assert read_keyfile(field.profile(HOTSPOT)) == first
    here(capsys, "network", "hotspot", "--new-password", "--name", "Other")
    other = read_keyfile(field.profile(HOTSPOT))
    assert other.name == "Other"
    assert other.password != first.password


def test_the_clubs_network_is_joined_and_comes_back_instead_of_the_hotspot(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = join(capsys, monkeypatch, "Club: 1")
    assert (outcome.code, outcome.lines[0]) == (0, "joined 'Club: 1'")
    assert read_keyfile(field.profile(CLUB)) == Profile("Club: 1", SECRET)
    assert (field.up, at_power_on(field)) == ([CLUB.uuid], ["club"])
    assert not (field.folder / DNS_NAME).exists()
    # A power cut before it was up would have found the hotspot.
    assert "autoconnect=true" not in field.at_up
    here(capsys, "network", "hotspot")
    assert (field.up, at_power_on(field)) == ([HOTSPOT.uuid], ["hotspot"])


def test_no_secret_is_on_a_command_line_or_in_a_message(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field.refuses(CLUB)
    outcome = join(capsys, monkeypatch, "Club: 1")
    hotspot = read_keyfile(field.profile(HOTSPOT)).password
    for told in (*field.asked, outcome.out, outcome.err):
        assert "geheim" not in told
        assert hotspot not in told


def test_a_join_that_fails_brings_the_hotspot_back_as_it_was(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = field.files()
    field.refuses(CLUB)
    outcome = join(capsys, monkeypatch, "Club: 1")
    assert outcome.code == 1
    assert "Secrets were required, but not provided." in outcome.one_line()
    assert (field.files(), field.up) == (before, [HOTSPOT.uuid])


def test_a_join_that_fails_brings_any_other_network_back(
    nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nm.up, nm.seen = ["11-22"], ["Club"]
    nm.refuses(CLUB)
    assert join(capsys, monkeypatch, "Club").code == 1
    assert (nm.files(), nm.up) == ({}, ["11-22"])


def test_a_hotspot_that_does_not_come_up_leaves_nothing(
    nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]
) -> None:
    nm.refuses(HOTSPOT)
    assert here(capsys, "network", "hotspot").code == 1
    assert (nm.files(), nm.up) == ({}, [])


def test_a_network_out_of_reach_is_told_with_those_that_are_there(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = join(capsys, monkeypatch, "Clubhouse")
    assert "no network 'Clubhouse' in reach" in outcome.one_line()
    assert "seen: 'Club: 1', 'Elsewhere'" in outcome.err
    assert field.up == [HOTSPOT.uuid]
    assert join(capsys, monkeypatch, "Clubhouse", "--hidden").code == 0
    assert read_keyfile(field.profile(CLUB)).hidden


def test_whoever_ends_the_command_finds_the_box_as_it_was(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = field.files()
    field.signals("TERM")
    field.refuses(CLUB)
    assert join(capsys, monkeypatch, "Club: 1").code == 130
    assert field.files() == before


def test_who_is_hung_up_on_by_the_change_does_not_stop_it(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field.signals("HUP")
    assert join(capsys, monkeypatch, "Club: 1").code == 0
    assert field.up == [CLUB.uuid]


def test_what_cannot_be_brought_back_is_told(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field.refuses(CLUB)
    field.refuses(HOTSPOT)
    assert "and it is not as it was: Error: Connection" in join(capsys, monkeypatch, "Club: 1").one_line()


def test_off_is_neither_now_nor_at_power_on(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    join(capsys, monkeypatch, "Club: 1")
    assert here(capsys, "network", "off").out == "off\n"
    assert (field.up, at_power_on(field)) == ([], [])
    assert not (field.folder / DNS_NAME).exists()
    assert here(capsys, "network", "off", "--forget").code == 0
    assert field.files() == {}


def test_status_tells_what_is_up(field: FakeNetworkManager, capsys: pytest.CaptureFixture[str]) -> None:
    lines = here(capsys, "network", "status", "--password").lines
    assert lines[0] == "hotspot   Sports:hall  (wlan0)"
    assert lines[2].startswith("page      http://10.42.0.1 or http://")
    assert lines[3:] == ["country   DE", f"password  {read_keyfile(field.profile(HOTSPOT)).password}"]
    field.up = ["11-22"]
    assert here(capsys, "network", "status").lines[0] == "off: another network that this machine knows is up"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("NMCLI_VERSION", "1.14.6", "too old (nmcli tool, version 1.14.6): it needs 1.28 or newer"),
        ("NMCLI_VERSION", "", "too old"),
        ("NMCLI_RUNNING", "not running", "NetworkManager does not run"),
        ("NMCLI_DEVICES", "wlan0:wifi:unmanaged", "manages no Wi-Fi device here"),
        ("RETRO_TIMER_SYSTEM_ROOT", "/nowhere", "only root may change the box's network"),
        ("PATH", "/nowhere", "no NetworkManager here (nmcli)"),
    ],
)
@pytest.mark.parametrize("command", [("hotspot",), ("join", "Club"), ("off",)], ids=" ".join)
def test_what_is_missing_is_one_line(
    nm: FakeNetworkManager,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    told: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv(name, value)
    outcome = here(capsys, "network", *command)
    assert (outcome.code, told in outcome.one_line()) == (1, True)


def test_without_a_country_there_is_no_sending(nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]) -> None:
    nm.command("iw", "#!/bin/sh\necho 'country 00: DFS-UNSET'\n")
    outcome = here(capsys, "network", "hotspot")
    assert outcome.code == 2
    assert "--country DE" in outcome.one_line()
    assert here(capsys, "network", "hotspot", "--country", "germany").code == 2
    assert nm.files() == {}
    assert here(capsys, "network", "hotspot", "--country", "de").code == 0
    assert (nm.system / "etc/modprobe.d/retro-timer-wifi.conf").read_text().endswith("ieee80211_regdom=DE\n")


def test_a_pi_keeps_its_country_by_its_own_tool(nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]) -> None:
    nm.command("raspi-config", '#!/bin/sh\necho "raspi-config $*" >>"$NMCLI/asked"\n')
    assert here(capsys, "network", "hotspot", "--country", "gb").code == 0
    assert "raspi-config nonint do_wifi_country GB" in nm.asked
    nm.command("raspi-config", "#!/bin/sh\necho 'no such country' >&2\nexit 1\n")
    assert "no such country" in here(capsys, "network", "hotspot", "--country", "xx").one_line()


@pytest.mark.parametrize("password", ["short", ""])
def test_what_is_no_password_changes_nothing(
    field: FakeNetworkManager, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    before = field.files()
    outcome = join(capsys, monkeypatch, "Club: 1", password=password)
    assert (outcome.code, "8 to 63 characters" in outcome.one_line()) == (2, True)
    assert field.files() == before
    assert join(capsys, monkeypatch, "Club: 1", "--open").code == 0


def test_a_label_has_two_codes_and_the_password_only_when_asked(
    nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "has no network of its own" in here(capsys, "qr", "--label", tmp_path / "a.svg").one_line()
    here(capsys, "network", "hotspot", "--name", "<Box> & co")
    password = read_keyfile(nm.profile(HOTSPOT)).password
    texts: list[str] = []
    for options in ((), ("--password",)):
        assert here(capsys, "qr", "--label", tmp_path / "a.svg", *options).code == 0
        drawn = ElementTree.parse(tmp_path / "a.svg").getroot()
        assert (drawn.get("width"), drawn.get("height")) == ("105mm", "148mm")
        assert len(drawn.findall("{*}path")) == 2
        texts.append("\n".join(each.text or "" for each in drawn.findall("{*}text")))
        assert "<Box> & co\n" in texts[-1]
        assert texts[-1].endswith("\nhttp://10.42.0.1")
    assert (password in texts[0], password in texts[1]) == (False, True)
    assert stat.S_IMODE((tmp_path / "a.svg").stat().st_mode) == 0o600
    assert here(capsys, "qr", "--password").code == 2


def test_without_what_gives_phones_their_addresses_no_hotspot_is_made(
    nm: FakeNetworkManager, capsys: pytest.CaptureFixture[str]
) -> None:
    nm.dnsmasq.unlink()
    outcome = here(capsys, "network", "hotspot")
    assert outcome.code != 0
    assert "sudo apt install dnsmasq-base" in outcome.one_line()
    assert nm.up == []
    assert nm.files() == {}
