"""Plans: chosen, made, copied and edited, with the checks of the command line, and drawn as a time line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.coach.figures import whole
from retro_timer.coach.pages.kept import Draft, Kept, Kind, Outcome, draft_of, mistake_of
from retro_timer.coach.plan_form import AS_IT_BEGINS, CHOSEN, beside_field, given_in, in_words, plan_text
from retro_timer.coach.plan_view import PlanView, amount_of, view_of
from retro_timer.coach.site import Site, catalogue_of, form_of
from retro_timer.coach.view import athletes_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.loading import parse_plan, plan_names, read_plan
from retro_timer.settings.made import WritePlan, check_file_name
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_remarks import plan_remarks
from retro_timer.settings.tables import read_text
from retro_timer.training.plan import Plan
from retro_timer.training.roster import MOST_ATHLETES, SOLO

_WHERE = "plan"


def _check(text: str, settings: Settings) -> list[str]:
    remarks: list[str] = []
    said = plan_remarks(parse_plan(text, _WHERE), _WHERE, settings, remarks.append)
    return [*remarks, *said]


PLANS = Kind(
    "plans",
    plan_names,
    lambda path: read_text(path, "a plan in TOML"),
    _check,
    lambda name, text: WritePlan(name, text, True),
)


class PlanRow(msgspec.Struct, frozen=True):
    """A plan in the list."""

    name: str
    title: str
    amount: str
    wrong: str
    """Why it cannot be read, or nothing."""


class PlanPages:
    """Every look at the disk, and every plan that is gone through, is another thread's."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = Kept(site, PLANS)
        self._drawing = asyncio.Lock()
        """One at a time: phones that follow must not wait for drawings."""

    async def all_plans(self, request: Request) -> Response:
        """Each with what it is made of."""
        rows = await asyncio.to_thread(lambda: [_row(name, path) for name, path in plan_names().items()])
        return self._site.page(request, "plans.html", plans=rows)

    async def one_plan(self, request: Request) -> Response:
        """A plan in full, to be chosen; drawn for the present group, or for as many as are asked for."""
        name = request.query_params.get("name", "")
        opened = await self._kept.opened(name)
        if not opened.draft.was:
            return self._site.page(request, "message.html", 404, text="", back="/plans")
        who = self._who(request)
        view, wrong = await self._viewed(request, opened.draft.text, who)
        mistake = mistake_of(opened.wrong or wrong, opened.draft.text)
        return self._site.page(
            request, "plan.html", name=name, view=view, mistake=mistake, count=len(who), most=MOST_ATHLETES
        )

    async def edit(self, request: Request) -> Response:
        """Its text, in a form; a new one's is empty, and a copy has no name yet."""
        name = request.query_params.get("name", "")
        outcome = await self._kept.opened(name)
        if "copy" in request.query_params:
            outcome = msgspec.structs.replace(outcome, draft=Draft(text=outcome.draft.text))
        return await self._edited(request, outcome)

    async def write(self, request: Request) -> Response:
        """Check it, or keep it as well; with a mistake in it the form comes back with what is wrong."""
        try:
            form = await form_of(request)
        except BadInputError as error:
            return await self._edited(request, Outcome(Draft(), 422, error))
        draft = draft_of(form)
        if form.get("do") == "check":
            return await self._edited(request, await self._kept.checked(draft))
        outcome = await self._kept.keep(draft)
        if outcome.kept and not outcome.remarks:
            return RedirectResponse("/plans", 303)
        return await self._edited(request, outcome)

    async def new(self, request: Request) -> Response:
        """The form for its figures."""
        return self._form(request, AS_IT_BEGINS)

    async def make(self, request: Request) -> Response:
        """A text of the figures, to be looked at and kept."""
        given = AS_IT_BEGINS
        try:
            given = given_in(await form_of(request))
            check_file_name(given["name"], "name")
            text = plan_text(given)
        except BadInputError as error:
            return self._form(request, given, error)
        outcome = await self._kept.checked(Draft(given["name"], text))
        wrong = beside_field(outcome.wrong)
        return await self._edited(request, outcome) if wrong is None else self._form(request, given, wrong)

    def _form(self, request: Request, given: dict[str, str], wrong: BadInputError | None = None) -> Response:
        field = "" if wrong is None else wrong.where.partition(" ")[0]
        choices = {name: [str(each) for each in kind] for name, kind in CHOSEN.items()}
        status = 200 if wrong is None else 422
        shown = catalogue_of(self._site.language(request)).shown
        said = "" if wrong is None else in_words(wrong, shown)
        return self._site.page(request, "plan_new.html", status, given=given, choices=choices, field=field, wrong=said)

    async def _edited(self, request: Request, outcome: Outcome) -> Response:
        draft, wrong = outcome.draft, outcome.wrong
        view = None
        if draft.text and wrong is None:
            view, wrong = await self._viewed(request, draft.text, self._who(request))
        return self._site.page(
            request,
            "plan_edit.html",
            outcome.status,
            draft=draft,
            mistake=mistake_of(wrong, draft.text),
            in_the_way=outcome.in_the_way,
            notes=outcome.remarks,
            kept=outcome.kept,
            view=view,
        )

    async def _viewed(
        self, request: Request, text: str, who: Sequence[str]
    ) -> tuple[PlanView | None, RetroTimerError | None]:
        catalogue = catalogue_of(self._site.language(request))

        try:
            settings = await self._site.settings()

            def look() -> PlanView:
                return view_of(parse_plan(text, _WHERE), who, settings, catalogue)

            async with self._drawing:
                return await asyncio.to_thread(look), None
        except RetroTimerError as error:
            return None, error

    def _who(self, request: Request) -> Sequence[str]:
        """As many as are asked for; else the present group, or one without a name."""
        asked = whole(request.query_params.get("athletes", ""), 3)
        if asked is not None and 1 <= asked <= MOST_ATHLETES:
            return SOLO if asked == 1 else [str(number) for number in range(1, asked + 1)]
        status = self._site.live.status
        return [each.name for each in athletes_of(status) if each.present] or SOLO if status is not None else SOLO


def _row(name: str, path: Path) -> PlanRow:
    try:
        plan: Plan = read_plan(path)
    except BadInputError as error:
        return PlanRow(name, name, "", str(error))
    return PlanRow(name, plan.title, amount_of(plan), "")
