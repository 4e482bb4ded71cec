"""The box: its sensors and light as they are now, sound, volume, language, disk, heat, who is connected, support."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from retro_timer import __version__
from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.answers import Edited, TimerStatus
from retro_timer.coach.access import FOLDER
from retro_timer.coach.pages.kept import ON_DISK_S
from retro_timer.coach.site import Site, form_of
from retro_timer.coach.stream import Streams
from retro_timer.coach.support import NAME, support_pack
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.phrases import SOUND_CHECK, catalogue_file, kin_of, languages
from retro_timer.settings.made import ChangeSetting
from retro_timer.store.space import free_bytes

SOUNDS = ("ready", "go", "voice")
_LANGUAGE = "voice.language"


class Machine(msgspec.Struct, frozen=True):
    """What this process knows by itself."""

    version: str
    free_gb: float | None
    """Of the disk with the page's files, on a box that of the results too; None where that cannot be told."""


class BoxPages:
    """Every look at the disk is another thread's."""

    def __init__(self, site: Site, page_dir: Path, streams: Streams) -> None:
        self._site = site
        self._page_dir = page_dir
        self._streams = streams
        self._packing = asyncio.Lock()

    async def show(self, request: Request) -> Response:
        """Everything."""
        machine, named = await asyncio.to_thread(lambda: (self._machine(), _named()))
        settings = await self._site.settings()
        return self._site.page(
            request,
            "box.html",
            now=self._now(self._site.language(request), machine),
            loud=None if self._site.live.status is None else self._site.live.status.volume.buzzer,
            languages=named,
            speaks=kin_of(settings.voice.language) or "",
            connected=self._connected(),
            mine=request.state.phone,
        )

    async def now(self, request: Request) -> Response:
        """What changes by itself, for the page's script."""
        machine = await asyncio.to_thread(self._machine)
        return HTMLResponse(self._now(self._site.language(request), machine))

    async def sound(self, request: Request) -> Response:
        """One of the sounds that a runner must know, or a sentence of the voice; refused in a session."""
        try:
            which = (await form_of(request)).get("which", "")
            if which not in SOUNDS:
                raise BadInputError("which", "no such sound", f"one of {', '.join(SOUNDS)}")
            await self._site.link.ask(_sounding(which))
        except RetroTimerError as error:
            return self._site.told(request, str(error), failed=True)
        return self._site.told(request, "")

    async def language(self, request: Request) -> Response:
        """What the box speaks from its next start on."""
        try:
            language = (await form_of(request)).get("language", "")
            if language not in languages():
                raise BadInputError("language", "not one of the box's", f"one of {', '.join(languages())}")
            edit = requests.Edit(ChangeSetting(_LANGUAGE, language), "page")
            answer = await self._site.link.ask(edit, ON_DISK_S)
        except RetroTimerError as error:
            return self._site.told(request, str(error), failed=True)
        return self._site.told(request, answer.done.words if isinstance(answer, Edited) else "")

    async def support(self, request: Request) -> Response:
        """The support pack as a file; one is made at a time."""
        if self._packing.locked():
            return self._site.told(request, "a support pack is being made: wait for it", failed=True)
        try:
            async with self._packing:
                pack = await support_pack(self._page_dir / FOLDER)
        except RetroTimerError as error:
            return self._site.told(request, str(error), failed=True)
        headers = {"content-disposition": f'attachment; filename="{NAME}"'}
        return Response(pack, media_type="application/gzip", headers=headers)

    def _machine(self) -> Machine:
        try:
            free_gb = free_bytes(self._page_dir) / 1e9
        except OSError:
            free_gb = None
        return Machine(__version__, free_gb)

    def _now(self, language: str, machine: Machine) -> str:
        live = self._site.live
        status: TimerStatus | None = live.status if live.answers else None
        return self._site.render("part_box.html", language, status=status, machine=machine)

    def _connected(self) -> list[tuple[str, str, str, int]]:
        """Who has a live page open: id, role, what it is called, and how many of its pages."""
        following = self._streams.following
        return [
            (each.id, each.role, each.called, following[each.id])
            for each in self._site.access.phones
            if following[each.id]
        ]


@cache
def _named() -> list[tuple[str, str]]:
    """The box's languages and what each calls itself, read once: their files are long."""
    return [(name, catalogue_file(name).language.name) for name in languages()]


def _sounding(which: str) -> requests.Beep | requests.Say:
    if which == "voice":
        return requests.Say(SOUND_CHECK)
    return requests.Beep("go" if which == "go" else "ready")
