"""Every route without a cookie, with a viewer's and with a coach's; and what stands before them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.coach.access import Role
from retro_timer.coach.guard import HEADERS, LONGEST_BODY
from retro_timer.coach.limits import STREAM_PATH
from retro_timer.coach.pages import box
from retro_timer.errors import RetroTimerError
from tests.helpers.browser_made import HOST, Browser, Field, Got

OPEN = {
    "GET /healthz", "GET /static/{name}", "GET /pair", "POST /pair", "GET /portal", "POST /portal",
    "GET /watch/{token}",
}  # fmt: skip
FOR_VIEWERS = {
    "GET /",
    "GET /events",
    "GET /clock",
    "POST /look",
    "GET /leave",
    "POST /leave",
    "GET /results",
    "GET /results/{number}",
    "GET /results/{number}/chart",
    "GET /results/{number}/{rep}",
    "GET /results/{number}/set/{set}",
    "GET /results/{number}/{rep}/finish",
    "GET /athletes",
    "GET /athletes/{number}",
    "GET /athletes/{number}/{name}",
    "GET /board",
}
FOR_COACHES = {
    "POST /do/{command}", "GET /plans", "GET /plans/show", "GET /plans/edit", "POST /plans/edit", "GET /plans/new",
    "POST /plans/new", "GET /rosters", "GET /rosters/edit", "POST /rosters/edit", "POST /rosters/upload",
    "POST /rosters/say", "GET /box", "GET /box/now", "POST /box/sound", "POST /box/language", "POST /box/support",
    "GET /box/power", "POST /box/clock", "GET /box/off", "POST /box/off", "GET /phones", "POST /phones/pair",
    "POST /phones/share", "POST /phones/revoke",
    "POST /results/{number}", "POST /results/{number}/{rep}", "GET /download/{kind}",
}  # fmt: skip
PLAN = "/plans/show?name=first-steps"
STANDS_FOR = {"name": "page.js", "token": "x", "number": "1", "command": "stop", "rep": "1", "set": "1", "kind": "csv"}
ALL = sorted(OPEN | FOR_VIEWERS | FOR_COACHES)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("coach")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETRO_TIMER_STATE", str(folder))
        patch.setenv("RETRO_TIMER_CONFIG", str(folder / "etc"))
        patch.setattr(box, "support_pack", no_pack)
        yield Field(folder)


async def no_pack(_folder: Path) -> bytes:
    """Of a process of its own, which takes seconds."""
    raise RetroTimerError("no pack")


def needed(route: str) -> Role:
    return Role.NOBODY if route in OPEN else Role.VIEWER if route in FOR_VIEWERS else Role.COACH


def ask(browser: Browser, route: str) -> Got:
    method, _, path = route.partition(" ")
    for name, value in STANDS_FOR.items():
        path = path.replace(f"{{{name}}}", value)
    return browser.get(path) if method == "GET" else browser.post(path)


def test_the_table_holds_these_routes_and_no_other(field: Field) -> None:
    assert {f"{page.method} {page.path}": page.needs for page in field.coach.table.pages} == {
        route: needed(route) for route in ALL
    }


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", [route for route in ALL if not route.endswith(STREAM_PATH)])
def test_who_may_not_is_refused_and_who_may_is_not(field: Field, route: str, role: Role) -> None:
    # Who leaves is out.
    got = ask(field.phone(role) if route == "POST /leave" else field.usual(role), route)
    if role >= needed(route):
        # A link that nobody made lets nobody in.
        assert got.status not in (403, 405, 500)
        assert (got.status == 401) is (route == "GET /watch/{token}")
    else:
        assert got.status == (401 if role is Role.NOBODY else 403)


@pytest.mark.parametrize("path", ["/nope", "/static", "/results/x", "/do/", "/plans/edit/x", "//", "/healthz/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_without_a_cookie_nobody_learns_which_addresses_there_are(field: Field, method: str, path: str) -> None:
    assert field.stranger().ask(method, path, b"", {}).status == 401


LONG = [
    "/results/" + "9" * 5_000,
    "/results/1/" + "9" * 5_000,
    "/athletes/" + "9" * 5_000,
    "/results/" + "٣" * 20,
    "/results/-1",
    "/watch/" + "x" * 10_000,
    "/" * 10_000,
]


@pytest.mark.parametrize("path", LONG, ids=lambda path: path[:12])
def test_an_address_of_any_length_is_answered_by_who_asks(field: Field, path: str) -> None:
    assert field.stranger().get(path).status == 401
    assert field.usual(Role.COACH).get(path).status == (401 if path.startswith("/watch/") else 404)


def test_the_stream_wants_a_cookie(field: Field) -> None:
    assert field.stranger().get("/events").status == 401


def test_a_route_by_another_method_is_as_closed_as_by_its_own(field: Field) -> None:
    assert field.stranger().ask("DELETE", "/do/stop", b"", {}).status == 401
    assert field.usual(Role.VIEWER).ask("DELETE", "/do/stop", b"", {}).status == 403
    assert field.usual(Role.COACH).ask("DELETE", "/do/stop", b"", {}).status == 405


def test_health_is_told_to_anybody_by_any_name(field: Field) -> None:
    assert field.stranger().get("/healthz", host="elsewhere.example").body == "ok\n"


@pytest.mark.parametrize("host", [HOST, "localhost:8765", "box.local", "BOX.local:8765", "192.168.4.1", "[::1]:8765"])
def test_the_page_is_reached_by_its_address_and_by_its_names(field: Field, host: str) -> None:
    assert field.usual(Role.VIEWER).get("/results", host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1.evil.example", "box.local.evil.example:8765", "["])
def test_another_sites_name_that_leads_here_gets_nothing(field: Field, host: str) -> None:
    got = field.usual(Role.COACH).get("/results", host=host)
    assert got.status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8765"},
        {"origin": "http://127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/do/stop", "/pair", "/leave", "/phones/revoke"])
def test_a_form_of_another_page_changes_nothing(field: Field, path: str, headers: dict[str, str]) -> None:
    browser = field.usual(Role.COACH)
    assert browser.post(path, headers=headers).status == 403
    assert browser.get("/results").status == 200


def test_every_answer_says_what_a_browser_may_do_with_it(field: Field) -> None:
    for route in ALL:
        if not route.endswith(STREAM_PATH):
            got = ask(field.phone(Role.COACH), route)
            assert {name: got.header(name) for name in HEADERS} == HEADERS, route
            assert got.header("cache-control"), route


def test_no_page_has_a_script_or_a_style_of_its_own_in_it(field: Field) -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    paths = (
        "/",
        "/board",
        "/results",
        "/athletes",
        "/plans",
        PLAN,
        "/rosters",
        "/plans/edit",
        "/plans/new",
        "/box",
        "/phones",
        "/pair",
    )
    for path in paths:
        body = field.usual(Role.COACH).get(path).body
        assert "<script>" not in body
        assert " style=" not in body
        assert " onclick" not in body


def test_the_pages_keep_out_of_every_cache_and_assets_stay_for_a_year(field: Field) -> None:
    assert field.usual(Role.VIEWER).get("/results").header("cache-control") == "no-store"
    assert "immutable" in field.stranger().get("/static/page.js").header("cache-control")


@pytest.mark.parametrize("name", ["../app.py", "page.py", "..%2fapp.py", "", "base.html"])
def test_no_other_file_is_an_asset(field: Field, name: str) -> None:
    assert field.usual(Role.COACH).get(f"/static/{name}").status == 404


def test_a_body_that_is_too_long_is_refused_by_its_length_and_by_its_bytes(field: Field) -> None:
    browser = field.usual(Role.COACH)
    own = {"origin": f"http://{HOST}"}
    assert browser.ask("POST", "/do/add", b"", {**own, "content-length": str(LONGEST_BODY + 1)}).status == 413
    assert browser.ask("POST", "/do/add", b"name=" + b"x" * LONGEST_BODY, own).status == 413


def test_a_first_visit_is_small(field: Field) -> None:
    browser = field.usual(Role.COACH)
    seen = [browser.get(path).body for path in ("/", "/static/page.js", "/static/page.css", "/static/icon.svg")]
    assert sum(len(text.encode()) for text in seen) < 120_000


def test_nobody_leaves_by_one_tap(field: Field) -> None:
    browser = field.phone(Role.COACH)
    for path in ("/", "/results", "/plans", "/phones"):
        page = browser.get(path).body
        assert 'href="/leave"' in page
        assert 'action="/leave"' not in page
    assert 'action="/leave"' in browser.get("/leave").body
    assert browser.get("/").status == 200
    assert browser.post("/leave").status == 303
    assert browser.get("/").status == 401
