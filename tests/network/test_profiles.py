"""Names and passwords of networks, whatever is in them: in NetworkManager's files, on labels and in codes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.network.manager import fields
from retro_timer.network.profiles import (
    CLUB,
    HOTSPOT,
    Kind,
    Profile,
    checked_name,
    checked_password,
    keyfile,
    made_name,
    made_password,
    read_keyfile,
    wifi_code,
    with_by_itself,
)

printable = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1)
names = printable.filter(lambda text: len(text.encode()) <= 32)
any_letters = printable.filter(lambda text: 8 <= len(text.encode()) <= 63)
passwords = any_letters | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63)
profiles = st.builds(Profile, names, st.just("") | passwords, st.booleans())
ODD = Profile(' a;b\\s:"c",[d]=#ü ', "  p\\s;ss:\"w,o'rd=#  ")


@given(profiles, st.sampled_from([HOTSPOT, CLUB]), st.booleans())
def test_a_profile_is_read_as_it_was_written(profile: Profile, kind: Kind, by_itself: bool) -> None:
    text = keyfile(kind, profile, by_itself=by_itself)
    assert read_keyfile(text) == profile
    assert f"\nautoconnect={str(by_itself).lower()}\n" in text
    assert with_by_itself(text, by_itself=not by_itself) == keyfile(kind, profile, by_itself=not by_itself)


WRITTEN_ANEW = """[connection]
id=retro-timer-club
uuid=6f4ad6f0-9d4e-5f0c-8a53-0f3a1d5c7b02
type=wifi
autoconnect-priority=100
autoconnect-retries=0

[wifi]
hidden=true
mode=infrastructure
powersave=2
ssid=1\\\\;2\\\\;3\\\\;

[wifi-security]
key-mgmt=wpa-psk
psk=\\s\\sp\\\\s;ss:"w,o'rd=#\x20\x20

[ipv4]
method=auto

[proxy]
"""
"""As NetworkManager 1.42.4 writes it."""


def test_what_networkmanager_wrote_anew_is_read_and_changed_too() -> None:
    assert read_keyfile(WRITTEN_ANEW) == Profile("1;2;3;", ODD.password, hidden=True)
    never = with_by_itself(WRITTEN_ANEW, by_itself=False)
    assert "[connection]\nautoconnect=false\nid=" in never
    assert read_keyfile(never) == read_keyfile(WRITTEN_ANEW)
    with pytest.raises(ValueError, match="no network's name"):
        read_keyfile("[wifi]\nmode=ap\n")


def test_a_hotspot_keeps_its_clients_apart_sends_without_pauses_and_comes_back_by_itself() -> None:
    lines = keyfile(HOTSPOT, ODD, by_itself=True).splitlines()
    assert {"mode=ap", "ap-isolation=1", "powersave=2", "autoconnect=true", "autoconnect-retries=0"} <= set(lines)
    assert {"method=shared", "address1=10.42.0.1/24", "proto=rsn;", "pmf=1"} <= set(lines)
    assert "psk=\\s\\sp\\\\s;ss:\"w,o'rd=#\\s\\s" in lines


def test_a_network_without_a_password_has_none_in_its_file_or_code() -> None:
    assert "security" not in keyfile(CLUB, Profile("Club", ""), by_itself=True)
    assert wifi_code(Profile("Club", "")) == "WIFI:T:nopass;S:Club;;"


def test_a_code_escapes_what_would_end_a_field() -> None:
    assert wifi_code(Profile('a;b:c,d\\e"f', 'p;w:,\\"xyz', hidden=True)) == (
        'WIFI:T:WPA;S:a\\;b\\:c\\,d\\\\e\\"f;P:p\\;w\\:\\,\\\\\\"xyz;H:true;;'
    )


@given(profiles)
def test_a_code_is_read_as_it_was_written(profile: Profile) -> None:
    parts = re.findall(r"([A-Z]):((?:[^;\\]|\\.)*);", wifi_code(profile).removeprefix("WIFI:"), re.DOTALL)
    found = {key: re.sub(r"\\(.)", r"\1", value) for key, value in parts}
    assert (found["S"], found.get("P", ""), "H" in found) == (profile.name, profile.password, profile.hidden)


@given(names)
def test_a_name_of_1_to_32_bytes_is_one(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "x" * 33, "ü" * 17, "a\nb", "a\x00", "\x9f", "\udc80"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(BadInputError, match="1 to 32 bytes"):
        checked_name(name)


@given(passwords | st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_a_password_of_8_to_63_characters_or_a_key_is_one(password: str) -> None:
    assert checked_password(password) == password


@pytest.mark.parametrize("password", ["", "geheim7", "geheim-geheim\n", "x" * 64, "ä" * 32, "\udc80abcdefgh"])
def test_any_other_password_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(BadInputError, match="8 to 63 characters") as refused:
        checked_password(password)
    assert "geheim" not in str(refused.value)


def test_what_is_made_up_is_a_name_and_a_password_that_can_be_read_aloud() -> None:
    made = made_password(lambda letters: letters[-1]), made_name(lambda letters: letters[0])
    assert (checked_password(made[0]), checked_name(made[1])) == ("9" * 12, "retro-timer-aaaa")
    offered: list[str] = []

    def choice(letters: str) -> str:
        offered.append(letters)
        return "x"

    made_password(choice)
    assert not set("".join(offered)) & set("il1o0O")


@pytest.mark.parametrize(
    ("row", "parts"),
    [("a:b", ["a", "b"]), (r"a\:b:c", ["a:b", "c"]), (r"a\\:b", ["a\\", "b"]), ("", [""]), ("a:", ["a", ""])],
)
def test_a_row_of_nmcli_is_taken_apart(row: str, parts: list[str]) -> None:
    assert fields(row) == parts
