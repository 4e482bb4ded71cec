"""The rosters' pages: pasted and uploaded in any dialect, changed row by row, spoken, and kept."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from retro_timer.beacon.control.protocol import commands, requests
from retro_timer.beacon.control.protocol.answers import Done, RequestRefusedError
from retro_timer.coach.link import Link
from retro_timer.training.roster import MOST_ATHLETES
from tests.coach.test_files import browser
from tests.helpers.browser_made import HOST, Browser, Got

__all__ = ["browser"]

Row = tuple[str, str, str, str, str]
ANN, BEA, CID = ("Ann", "", "", "", ""), ("Bea", "Bay-a", "2", "8.5", "U17"), ("Cid", "", "", "", "")
FORMULA = "=HYPERLINK(1)"


def press(browser: Browser, do: str, *rows: Row, name: str = "u17", was: str = "") -> Got:
    """A button of the form with these rows in it."""
    fields = [("name", name), ("was", was), ("do", do)]
    for row in rows:
        fields += zip(("athlete", "say", "lane", "target", "group"), row, strict=True)
    return browser.ask("POST", "/rosters/edit", urlencode(fields).encode(), {"origin": f"http://{HOST}"})


def upload(browser: Browser, data: bytes, called: str = "u17.csv", name: str = "u17") -> Got:
    mark = "--x7"
    head = f'{mark}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n{mark}\r\n'
    head += f'Content-Disposition: form-data; name="file"; filename="{called}"\r\n\r\n'
    sent = head.encode() + data + f"\r\n{mark}--\r\n".encode()
    kind = {"origin": f"http://{HOST}", "content-type": "multipart/form-data; boundary=x7"}
    return browser.ask("POST", "/rosters/upload", sent, kind)


def rows_in(got: Got) -> list[Row]:
    columns = [
        [html.unescape(value) for value in re.findall(rf'name="{field}" value="([^"]*)"', got.body)]
        for field in ("athlete", "say", "lane", "target", "group")
    ]
    a, b, c, d, e = columns
    return list(zip(a, b, c, d, e, strict=True))


@pytest.mark.parametrize(
    ("do", "names"),
    [
        ("add", ["Ann", "Bea", "Cid", ""]),
        ("up:1", ["Bea", "Ann", "Cid"]),
        ("up:0", ["Ann", "Bea", "Cid"]),
        ("down:1", ["Ann", "Cid", "Bea"]),
        ("down:2", ["Ann", "Bea", "Cid"]),
        ("remove:0", ["Bea", "Cid"]),
        ("remove:99", ["Ann", "Bea", "Cid"]),
        ("remove:-1", ["Ann", "Bea", "Cid"]),
        (f"up:{'9' * 5_000}", ["Ann", "Bea", "Cid"]),
    ],
)
def test_rows_are_changed_by_buttons_and_nothing_is_kept_yet(
    browser: Browser, tmp_path: Path, do: str, names: list[str]
) -> None:
    got = press(browser, do, ANN, BEA, CID)
    assert got.status == 200
    assert [row[0] for row in rows_in(got)] == names
    assert BEA in rows_in(got)
    assert "Not kept yet." in got.body
    assert not (tmp_path / "rosters").exists()


def test_rows_are_kept_as_a_roster_and_come_again(browser: Browser, tmp_path: Path) -> None:
    assert press(browser, "keep", ANN, BEA, ("", "", "", "", "")).status == 200
    assert (tmp_path / "rosters" / "u17.csv").read_text() == (
        "name,say,lane,target_s,group\nAnn,,,,\nBea,Bay-a,2,8.5,U17\n"
    )
    assert rows_in(browser.get("/rosters/edit?name=u17")) == [ANN, BEA]
    body = browser.get("/rosters").body
    assert "2 athletes" in body
    assert '<form method="post" action="/do/roster"><input type="hidden" name="name" value="u17">' in body


def test_a_row_with_a_mistake_comes_back_with_all_others(browser: Browser, tmp_path: Path) -> None:
    got = press(browser, "keep", ANN, ("", "", "3", "", ""))
    assert got.status == 422
    assert "line 3: no name" in got.body
    assert rows_in(got) == [ANN, ("", "", "3", "", "")]
    assert not (tmp_path / "rosters").exists()


def test_there_are_no_more_rows_than_a_roster_may_have(browser: Browser) -> None:
    full = [(f"A{number}", "", "", "", "") for number in range(MOST_ATHLETES)]
    got = press(browser, "add", *full)
    assert len(rows_in(got)) == MOST_ATHLETES
    assert 'value="add"' not in got.body
    assert press(browser, "keep", *full).status == 303


def test_fields_that_make_no_rows_are_refused(browser: Browser) -> None:
    body = urlencode([("name", "u17"), ("athlete", "Ann"), ("athlete", "Bea"), ("say", "")]).encode()
    assert browser.ask("POST", "/rosters/edit", body, {"origin": f"http://{HOST}"}).status == 422
    many = urlencode([("athlete", "x")] * 2_000).encode()
    assert browser.ask("POST", "/rosters/edit", many, {"origin": f"http://{HOST}"}).status == 422


@pytest.mark.parametrize(
    "pasted", ["Ann\nBea\n", "Vorname;Name\nAnn;\nBea;\n", '"Ann",1999\n"Bea",2001\n', "sep=|\nname|x\nAnn|\nBea|\n"]
)
def test_what_is_pasted_becomes_rows(browser: Browser, pasted: str) -> None:
    got = browser.post("/rosters/edit", name="u17", text=pasted, do="read")
    assert [row[0] for row in rows_in(got)] == ["Ann", "Bea"]
    assert "Not kept yet." in got.body


def test_what_cannot_be_read_comes_back_as_it_was_pasted(browser: Browser) -> None:
    got = browser.post("/rosters/edit", name="u17", text="Ann;Bea\nCid;Dee\n", do="read")
    assert got.status == 422
    assert "no heading" in got.body
    assert "Ann;Bea" in got.body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_any_spreadsheet_becomes_rows(browser: Browser, encoding: str) -> None:
    got = upload(browser, "Name;Bahn\r\nÄnne;2\r\nBülent;3\r\n".encode(encoding))
    assert got.status == 200
    assert [(name, lane) for name, _, lane, *_ in rows_in(got)] == [("Änne", "2"), ("Bülent", "3")]
    assert ("not UTF-8" in got.body) is (encoding in ("cp1252",) or encoding == "utf-16")
    assert 'name="name" value="u17"' in got.body


def test_a_list_of_meet_software_becomes_rows(browser: Browser) -> None:
    assert [row[0] for row in rows_in(upload(browser, b"1,Roe,Ann,TSV\r\n2,Poe,Bea,TSV\r\n", "meet.ppl"))] == [
        "Ann Roe",
        "Bea Poe",
    ]
    got = upload(browser, b"1,1,1,100 m\r\n,1,4,Roe,Ann,TSV\r\n,2,2,Poe,Bea,TSV\r\n", "meet.EVT")
    assert [row[0] for row in rows_in(got)] == ["Ann Roe", "Bea Poe"]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\x81\x8d", b"Ann;Bea\nCid;Dee\n"])
def test_a_file_that_is_no_roster_is_told_in_a_line(browser: Browser, data: bytes) -> None:
    got = upload(browser, data, "<b>.csv")
    assert got.status == 422
    assert 'role="alert"' in got.body
    assert "<b>" not in got.body


def test_a_file_without_a_file_or_of_another_kind_is_refused(browser: Browser) -> None:
    assert browser.post("/rosters/upload", name="u17").status == 422


def test_names_are_data(browser: Browser) -> None:
    strange = ('<script>"&', "‮txet", "", "", FORMULA)
    got = press(browser, "add", strange)
    assert "<script>&" not in got.body
    assert '<script>"' not in got.body
    assert rows_in(got)[0] == strange


def test_a_name_is_spoken_as_the_roster_says_it_and_the_rows_stay(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    async def ask(_link: Link, request: requests.Say) -> Done:
        said.append(request.text)
        if len(said) > 3:
            raise RequestRefusedError("refused", "a session is under way")
        return Done()

    monkeypatch.setattr(Link, "ask", ask)
    assert rows_in(press(browser, "say:0", ANN, BEA)) == [ANN, BEA]
    press(browser, "say:1", ANN, BEA)
    asked = {"accept": "application/json"}
    assert browser.post("/rosters/say", headers=asked, text=" Cid ").body == '{"ok":true,"text":""}'
    assert said == ["Ann", "Bay-a", "Cid"]
    refused = press(browser, "say:0", ANN, BEA)
    assert refused.status == 409
    assert "a session is under way" in refused.body
    assert browser.post("/rosters/say", headers=asked, text="x" * 61).status == 409
    assert browser.post("/rosters/say", headers=asked, text="").status == 409
    assert len(said) == 4


def test_a_form_leads_back_to_its_page_and_to_no_other_site(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(_link: Link, _request: commands.Roster) -> Done:
        return Done()

    monkeypatch.setattr(Link, "ask", ask)
    for referer, leads in (
        (f"http://{HOST}/rosters?x=1", "/rosters?x=1"),
        ("http://evil.example/rosters", "/"),
        (f"http://{HOST}//evil.example", "/"),
        (f"http://{HOST}.evil.example/", "/"),
    ):
        got = browser.post("/do/roster", headers={"referer": referer}, name="u17")
        assert (got.status, got.header("location")) == (303, leads)
