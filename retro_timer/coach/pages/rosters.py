"""Rosters: looked at and edited as text, with the checks of the command line."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.coach.pages.kept import Draft, Kept, Kind, Outcome, draft_of
from retro_timer.coach.site import Site, form_of
from retro_timer.errors import BadInputError
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.loading import roster_names
from retro_timer.settings.made import WriteRoster
from retro_timer.training.roster import parse_roster


def _check(text: str) -> list[str]:
    remarks: list[str] = []
    parse_roster(text, "roster", remarks.append)
    return remarks


ROSTERS = Kind(
    "rosters",
    roster_names,
    lambda path: read_spreadsheet_text(path, "a list of names in CSV")[0],
    _check,
    lambda name, text: WriteRoster(name, text, True),
)


class RosterPages:
    """Every look at the disk is another thread's."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = Kept(site.link, ROSTERS)

    async def all_rosters(self, request: Request) -> Response:
        """Their names."""
        return self._site.page(request, "rosters.html", names=await self._kept.names())

    async def edit(self, request: Request) -> Response:
        """Its text, in a form; a new one's is empty."""
        return self._edited(request, await self._kept.opened(request.query_params.get("name", "")))

    async def write(self, request: Request) -> Response:
        """Keep it; with a mistake in it the form comes back with what is wrong."""
        try:
            draft = draft_of(await form_of(request))
        except BadInputError as error:
            return self._edited(request, Outcome(Draft(), 422, error))
        outcome = await self._kept.keep(draft)
        if outcome.kept and not outcome.remarks:
            return RedirectResponse("/rosters", 303)
        return self._edited(request, outcome)

    def _edited(self, request: Request, outcome: Outcome) -> Response:
        return self._site.page(
            request,
            "roster_edit.html",
            outcome.status,
            draft=outcome.draft,
            wrong=str(outcome.wrong or ""),
            in_the_way=outcome.in_the_way,
            notes=outcome.remarks,
        )
