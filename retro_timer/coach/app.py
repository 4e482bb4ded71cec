"""The one place where the page is put together: every route with who may use it, and what stands before them all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware

from retro_timer.coach.access import Access, Role
from retro_timer.coach.addresses import HEALTH
from retro_timer.coach.guard import Guard
from retro_timer.coach.limits import STREAM_PATH
from retro_timer.coach.link import Link
from retro_timer.coach.live import Live
from retro_timer.coach.pages.athletes import AthletePages
from retro_timer.coach.pages.box import BoxPages
from retro_timer.coach.pages.corrections import CorrectionPages
from retro_timer.coach.pages.downloads import DownloadPages
from retro_timer.coach.pages.entry import EntryPages
from retro_timer.coach.pages.live import LivePages
from retro_timer.coach.pages.pictures import PicturePages
from retro_timer.coach.pages.plans import PlanPages
from retro_timer.coach.pages.portal import PortalPages
from retro_timer.coach.pages.power import PowerPages
from retro_timer.coach.pages.results import ResultPages
from retro_timer.coach.pages.rosters import RosterPages
from retro_timer.coach.portal import PORTAL, Portal
from retro_timer.coach.reading import Kept
from retro_timer.coach.recent import Recent
from retro_timer.coach.routes import Page, RouteTable
from retro_timer.coach.site import Site
from retro_timer.coach.stream import Streams
from retro_timer.errors import RetroTimerError

_MOST_THREADS = 40
"""For looks at the disk and what is worked out, made as they are wanted: a few that take long hold up nobody else."""


class Coach(msgspec.Struct, frozen=True):
    """The page, and what it knows of the box."""

    app: Starlette
    table: RouteTable
    live: Live
    access: Access


def make_coach(
    *,
    state_dir: Path,
    page_dir: Path,
    socket: Path,
    language: str,
    names: Collection[str],
    hotspot: tuple[str, int] | None = None,
) -> Coach:
    """`state_dir`: the results', to be read; `page_dir`: the page's own. `socket`: the beacon's for the page.

    `names`: host names of this machine. `hotspot`: address and port of the listener to which all names lead. Raises
    RetroTimerError.
    """
    access, live = Access(page_dir), Live()
    link = Link(socket, live)
    site = Site(access=access, live=live, link=link, language=language)
    portal = Portal(hotspot)
    name = next((each for each in names if each.endswith(".local")), "")
    table = route_table(site, state_dir, page_dir, PortalPages(site, portal, name))

    @contextlib.asynccontextmanager
    async def linked(_app: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_MOST_THREADS, "looks"))
        following = asyncio.create_task(link.run())
        try:
            yield
        finally:
            following.cancel()

    guard = Middleware(Guard, access=access, table=table, names=names, refuse=site.refuse, portal=portal)
    app = Starlette(
        routes=table.routes, middleware=[guard], lifespan=linked, exception_handlers={RetroTimerError: site.failed}
    )
    return Coach(app, table, live, access)


def route_table(site: Site, state_dir: Path, page_dir: Path, portal: PortalPages) -> RouteTable:
    """All pages. What names no role is a coach's."""
    kept = Kept(state_dir, Recent(state_dir, site.link, site.live))
    results, athletes, pictures = ResultPages(site, kept), AthletePages(site, kept), PicturePages(site, kept)
    corrections, downloads = CorrectionPages(site), DownloadPages(site, kept, page_dir)
    streams = Streams(site.live)
    live, entry, box = LivePages(site, streams), EntryPages(site), BoxPages(site, page_dir, streams)
    power = PowerPages(site)
    plans, rosters = PlanPages(site), RosterPages(site)
    return RouteTable(
        [
            Page("GET", HEALTH, entry.healthz, Role.NOBODY),
            Page("GET", "/static/{name}", site.assets.answer, Role.NOBODY),
            Page("GET", "/pair", entry.ask_pin, Role.NOBODY),
            Page("POST", "/pair", entry.try_pin, Role.NOBODY),
            Page("GET", PORTAL, portal.show, Role.NOBODY),
            Page("POST", PORTAL, portal.go_on, Role.NOBODY),
            Page("GET", "/watch/{token}", entry.open_link, Role.NOBODY),
            Page("GET", "/", live.show, Role.VIEWER),
            Page("GET", STREAM_PATH, live.events, Role.VIEWER),
            Page("GET", "/clock", live.clock, Role.VIEWER),
            Page("POST", "/look", live.look, Role.VIEWER),
            Page("GET", "/leave", entry.ask_leave, Role.VIEWER),
            Page("POST", "/leave", entry.leave, Role.VIEWER),
            Page("GET", "/results", results.all_sessions, Role.VIEWER),
            Page("GET", "/results/{number}", results.one_session, Role.VIEWER),
            Page("GET", "/results/{number}/chart", pictures.of_session, Role.VIEWER),
            Page("GET", "/results/{number}/{rep}", results.one_rep, Role.VIEWER),
            Page("GET", "/results/{number}/set/{set}", pictures.one_set, Role.VIEWER),
            Page("GET", "/results/{number}/{rep}/finish", pictures.one_finish, Role.VIEWER),
            Page("GET", "/athletes", athletes.everybody, Role.VIEWER),
            Page("GET", "/athletes/{number}", athletes.one, Role.VIEWER),
            Page("GET", "/athletes/{number}/{name}", pictures.of_athlete, Role.VIEWER),
            Page("GET", "/board", live.board, Role.VIEWER),
            Page("POST", "/results/{number}", corrections.of_session),
            Page("POST", "/results/{number}/{rep}", corrections.of_rep),
            Page("GET", "/download/{kind}", downloads.one),
            Page("POST", "/do/{command}", live.do),
            Page("GET", "/plans", plans.all_plans),
            Page("GET", "/plans/show", plans.one_plan),
            Page("GET", "/plans/edit", plans.edit),
            Page("POST", "/plans/edit", plans.write),
            Page("GET", "/plans/new", plans.new),
            Page("POST", "/plans/new", plans.make),
            Page("GET", "/rosters", rosters.all_rosters),
            Page("GET", "/rosters/edit", rosters.edit),
            Page("POST", "/rosters/edit", rosters.write),
            Page("POST", "/rosters/upload", rosters.upload),
            Page("POST", "/rosters/say", rosters.say),
            Page("GET", "/box", box.show),
            Page("GET", "/box/now", box.now),
            Page("POST", "/box/sound", box.sound),
            Page("POST", "/box/language", box.language),
            Page("POST", "/box/support", box.support),
            Page("GET", "/box/power", power.show),
            Page("POST", "/box/clock", power.set_clock),
            Page("GET", "/box/off", power.ask_off),
            Page("POST", "/box/off", power.off),
            Page("GET", "/phones", entry.phones),
            Page("POST", "/phones/pair", entry.pair_another),
            Page("POST", "/phones/share", entry.share),
            Page("POST", "/phones/revoke", entry.revoke),
        ]
    )
