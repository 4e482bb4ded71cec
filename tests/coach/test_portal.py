"""What phones get at the hotspot: the way to the page first, and after "continue" what the internet would answer."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.coach.access import Role
from retro_timer.coach.portal import HOSTS, LASTS_S, PATHS, PORTAL, Continued, reply
from retro_timer.coach.serving import handed_over
from tests.helpers.browser_made import Browser, Field, Got

BOX = ("10.42.0.1", 80)
HERE = f"http://{BOX[0]}{PORTAL}"
APPLE = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
PROBES = {
    ("connectivitycheck.gstatic.com", "/generate_204"): (204, ""),
    ("www.google.com", "/gen_204"): (204, ""),
    ("clients3.google.com", "/generate_204"): (204, ""),
    ("connect.rom.miui.com", "/generate_204"): (204, ""),
    ("captive.apple.com", "/hotspot-detect.html"): (200, APPLE),
    ("captive.apple.com", "/"): (200, APPLE),
    ("www.apple.com", "/library/test/success.html"): (200, APPLE),
    ("www.msftconnecttest.com", "/connecttest.txt"): (200, "Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt"): (200, "Microsoft NCSI"),
    ("detectportal.firefox.com", "/success.txt?ipv4"): (200, "success\n"),
    ("detectportal.firefox.com", "/canonical.html"): (
        200,
        '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
    ),
    ("nmcheck.gnome.org", "/check_network_status.txt"): (200, "NetworkManager is online\n"),
    ("network-test.debian.org", "/nm"): (200, "NetworkManager is online\n"),
    ("connectivity-check.ubuntu.com.", "/"): (204, ""),
    ("networkcheck.kde.org", "/"): (200, "OK\n"),
    ("fedoraproject.org", "/static/hotspot.txt"): (200, "OK\n"),
    ("spectrum.s3.amazonaws.com", "/kindle-wifi/wifistub.html"): (
        200,
        "<html><body>81ce4465-7167-4dcb-835b-dcc9e44c112a</body></html>\n",
    ),
}
"""Host and address to what the internet answers."""
hosts = st.sampled_from(sorted({host.rstrip(".") for host, _ in PROBES} | {"example.org", ""})) | st.text()
paths = st.sampled_from(sorted(PATHS)) | st.text().map(lambda text: f"/{text}")


@pytest.fixture
def field(state_dir: Path) -> Field:
    return Field(state_dir, hotspot=BOX)


def phone(field: Field, *, address: str = "10.42.0.17", role: Role = Role.NOBODY) -> Browser:
    """One that has joined the hotspot: whatever it asks comes to the hotspot's own listener."""
    browser = field.phone(role)
    browser.server, browser.client = BOX, (address, 50_000)
    return browser


def ask(browser: Browser, host: str, path: str) -> Got:
    return browser.get(path, host=host)


def go_on(browser: Browser) -> Got:
    return browser.post(PORTAL, headers={"host": BOX[0], "origin": f"http://{BOX[0]}"})


def no_cookie(got: Got) -> bool:
    return not got.header("set-cookie")


@pytest.mark.parametrize(("host", "path"), PROBES)
def test_a_probe_leads_to_the_portal_first_and_is_answered_after_continue(field: Field, host: str, path: str) -> None:
    browser = phone(field)
    before = ask(browser, host, path)
    assert (before.status, before.header("location"), before.header("cache-control")) == (302, HERE, "no-store")
    assert go_on(browser).header("location") == PORTAL
    after = ask(browser, host, path)
    assert (after.status, after.body) == PROBES[host, path]
    assert not after.header("location")
    assert no_cookie(before)
    assert no_cookie(after)


def test_a_continue_is_its_own_phones_alone(field: Field) -> None:
    go_on(phone(field))
    assert ask(phone(field), "captive.apple.com", "/").body == APPLE
    assert ask(phone(field, address="10.42.0.18"), "captive.apple.com", "/").header("location") == HERE


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "",
        "10.42.0.2",
        "[::1]",
        "1.1.1.1",
        "10.42.0.1.example.org",
        "box.local.example.org",
        "localhost.x",
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/results", "/pair", PORTAL, "/do/stop", "/static/page.js"])
def test_a_foreign_host_gets_no_page_and_no_cookie_even_of_who_is_paired(
    field: Field, host: str, path: str, role: Role
) -> None:
    browser = phone(field, role=role)
    for got in (ask(browser, host, path), browser.post(path, headers={"host": host})):
        assert (got.status, got.body, got.header("location")) == (302, "", HERE)
        assert no_cookie(got)


@pytest.mark.parametrize("host", ["10.42.0.1", "10.42.0.1:80", "box.local", "BOX.local."])
def test_by_its_own_address_and_name_the_hotspot_has_the_page(field: Field, host: str) -> None:
    assert ask(phone(field, role=Role.VIEWER), host, "/results").status == 200
    assert ask(phone(field), host, "/results").status == 401
    assert ask(phone(field), host, "/healthz").body == "ok\n"


def test_elsewhere_than_at_the_hotspot_a_foreign_name_gets_nothing_as_ever(field: Field) -> None:
    go_on(phone(field))
    assert field.stranger().get("/generate_204", host="www.google.com").status == 421


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pt-BR"])
@pytest.mark.parametrize("continued", [False, True])
def test_the_portal_shows_the_address_and_leads_into_no_page(field: Field, language: str, *, continued: bool) -> None:
    browser = phone(field)
    if continued:
        go_on(browser)
    got = browser.get(PORTAL, host=BOX[0], **{"accept-language": language})
    assert got.status == 200
    assert f'<html lang="{language}"' in got.body
    assert f"<code>http://{BOX[0]}</code>" in got.body
    assert "<code>http://box.local</code>" in got.body
    assert "<a " not in got.body
    assert "/pair" not in got.body
    assert ('method="post" action="/portal"' in got.body) is not continued
    assert no_cookie(got)


@given(host=hosts, path=paths)
def test_before_continue_everything_leads_to_the_portal(host: str, path: str) -> None:
    got = reply(host, path, continued=False, portal=HERE)
    assert (got.status, got.location, got.text) == (302, HERE, "")


@given(host=hosts, path=paths)
def test_after_continue_what_is_no_probe_still_leads_to_the_portal(host: str, path: str) -> None:
    got = reply(host, path, continued=True, portal=HERE)
    assert (got.location == HERE) is (path not in PATHS and host not in HOSTS)
    assert (got.status == 204) is (not got.text and not got.location)


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0.0, LASTS_S)), max_size=40))
def test_a_continue_holds_for_twelve_hours_from_the_last_one(presses: list[tuple[int, float]]) -> None:
    now_s = 0.0
    last: dict[int, float] = {}
    continued = Continued(lambda: now_s)
    for number, later_s in presses:
        now_s += later_s
        continued.add(f"10.42.0.{number}")
        last[number] = now_s
        assert {each for each in last if f"10.42.0.{each}" in continued} == {
            each for each, pressed_s in last.items() if now_s < pressed_s + LASTS_S
        }


def test_of_more_addresses_than_a_hotspot_has_the_oldest_is_forgotten() -> None:
    continued = Continued(lambda: 0.0)
    for number in range(513):
        continued.add(str(number))
    assert ("0" in continued, "1" in continued, "512" in continued) == (False, True, True)


def test_a_socket_of_systemd_is_taken_over_only_by_whom_it_was_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", "1")
    assert handed_over() == []
    monkeypatch.delenv("LISTEN_PID")
    assert handed_over() == []
    with socket.create_server(("127.0.0.1", 0)) as given_one:
        monkeypatch.setattr("retro_timer.coach.serving._FIRST_HANDED_OVER", os.dup(given_one.fileno()))
        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
        (taken,) = handed_over()
        with taken:
            assert taken.getsockname() == given_one.getsockname()
