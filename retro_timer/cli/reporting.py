"""`retro-timer results report`: a session, an athlete or a season as one file to print or pass on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
import msgspec

from retro_timer.cli import pictured
from retro_timer.cli.dates import wall_ns
from retro_timer.cli.output.files import writing
from retro_timer.cli.output.printing import page_as_pdf
from retro_timer.cli.output.progress_shown import (
    average_text,
    best_text,
    day_text,
    form_lines,
    ratio_text,
    trend_text,
)
from retro_timer.cli.output.report import Picture, Report, Section, html_of, words_of
from retro_timer.cli.output.results_shown import when
from retro_timer.cli.progressing import Runner, everybody, progress_today, runner_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.pictures import chosen
from retro_timer.pictures.svg import draw_along, draw_histogram, draw_rows
from retro_timer.settings import paths
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.queries import SessionRow, sessions
from retro_timer.training.corrections import MOST_NUMBER
from retro_timer.training.progress.attended import Ran, is_sure
from retro_timer.training.progress.progress import Progress, season_of
from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus

_SUFFIXES = (".html", ".pdf")
_REP_HEAD = ("set", "no", "athlete", "what", "time", "", "status", "flags", "splits", "note")
_MOST_SESSIONS = 500
_MOST_TRENDS = 4


@click.command("report")
@click.option("--session", "number", type=click.IntRange(1, MOST_NUMBER), help="One session; the newest without any.")
@click.option("--athlete", metavar="NAME", help="All that one athlete did.")
@click.option("--since", metavar="DATE", help="A season: everybody's sessions from that day on, such as 2026-09-01.")
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), required=True, help="An .html; a .pdf needs Chromium."
)
def report(number: int | None, athlete: str | None, since: str | None, path: Path) -> None:
    """Write a report of a session, an athlete or a season: pictures, tables, and what their words mean, in one file
    that needs no network and no other file.
    """
    if sum(given is not None for given in (number, athlete, since)) > 1:
        raise BadInputError("results report", "more than one of --session, --athlete, --since", "one of them")
    if path.suffix.lower() not in _SUFFIXES:
        raise BadInputError(f"-o {path}", "no kind of report", "a name that ends in .html or .pdf")
    with opened_results(paths.state_dir()) as connection:
        if athlete is not None:
            made = _of_athlete(connection, runner_of(connection, athlete))
        elif since is not None:
            made = _of_season(connection, since)
        else:
            made = _of_session(connection, pictured.wanted_session(connection, number))
    page = html_of(made)
    data = page.encode() if path.suffix.lower() == ".html" else page_as_pdf(page)
    with writing(path) as file:
        file.write(data)
    print(path)


def _of_session(connection: sqlite3.Connection, row: SessionRow) -> Report:
    reps = pictured.reps_of(connection, row.id)
    records = [ran.record for ran in reps]
    drawn = pictured.set_pictures(records)
    sets = [Picture(f"Set {number}: times with their intervals", svg) for number, svg in drawn.items()]
    parts = [Section("Reps", (), sets, *_rep_table(records))]
    timed = {record.athlete for record in records if is_sure(record) and record.distance_m is not None}
    if len(timed - {""}) > 1:
        chart = chosen.group_of(reps, None)
        parts.insert(0, Section("The group", (), [Picture(chart.title, draw_rows(chart))]))
    lines = [f"{when(row.started_at)}, {row.outcome}; reps: {row.reps}, of them finished: {row.finished}"]
    lines += [row.note] if row.note else []
    return Report(f"Session {row.id}: {row.title}", lines, parts, words_of(records))


def _rep_table(records: Sequence[RepRecord]) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Its head and its rows; without the column of splits where there are none."""
    rows = [_rep_row(record) for record in records]
    if any(record.splits for record in records):
        return _REP_HEAD, rows
    place = _REP_HEAD.index("splits")
    return [*_REP_HEAD[:place], *_REP_HEAD[place + 1 :]], [[*row[:place], *row[place + 1 :]] for row in rows]


def _rep_row(record: RepRecord) -> tuple[object, ...]:
    status = f"{record.status}: {record.why}" if record.status is RepStatus.DNF else str(record.status)
    what = f"{record.amount} {record.gait}"
    flags = ", ".join(record.flags)
    cells = (record.set_no, record.rep_no, record.who, what, record.official(), record.spread)
    return (*cells, status, flags, record.official_splits, record.note)


def _of_athlete(connection: sqlite3.Connection, runner: Runner) -> Report:
    found = progress_today(runner)
    newest = runner.history.newest[-1].session
    reps = pictured.reps_of(connection, newest, runner.ids)
    records = [ran.record for ran in reps]
    pictures = [*_trends(runner, _MOST_TRENDS), *_spread(connection, runner)]
    parts = [_bests(found), Section("Progress", (), pictures), *_forms(found), _next(found)]
    parts.append(Section(f"The newest session: {newest}", (), _drop_off(runner, reps), *_rep_table(records)))
    lines = [f"Sessions: {found.sessions}", *map(str, found.weeks)]
    filled = [part for part in parts if part.lines or part.pictures or part.rows]
    return Report(runner.name, lines, filled, words_of(records))


def _bests(found: Progress) -> Section:
    rows = [(best.kind, best_text(best), best.session, day_text(best.day)) for best in found.bests]
    ratios = [f"Backward to forward over {each.distance_m:g} m: {ratio_text(each)}" for each in found.ratios]
    return Section("Best times", ratios, (), ("what", "time", "session", "date"), rows)


def _forms(found: Progress) -> list[Section]:
    return [
        Section(str(form.kind), [f"{about}: {text}" for about, text in form_lines(form).items()])
        for form in found.forms
    ]


def _spread(connection: sqlite3.Connection, runner: Runner) -> list[Picture]:
    try:
        histogram = pictured.distribution_of(connection, runner, None)
    except chosen.NoTimesError:
        return []
    return [Picture(f"{histogram.title}, {histogram.about}", draw_histogram(histogram))]


def _drop_off(runner: Runner, reps: Sequence[Ran]) -> list[Picture]:
    try:
        chart = chosen.drop_off_of(runner.name, reps, None)
    except chosen.NoTimesError:
        return []
    return [Picture(f"{chart.title}: {chart.about}", draw_along(chart))]


def _next(found: Progress) -> Section:
    return Section("Next", [f"{found.next.step} (plan {found.next.plan})", f"Because {found.next.rule}."])


def _of_season(connection: sqlite3.Connection, since: str) -> Report:
    since_ns = wall_ns("--since", since, "a date", "2026-09-01")
    dated = [row for row in sessions(connection, _MOST_SESSIONS) if row.started_is_date]
    rows = [row for row in dated if row.started_wall_ns >= since_ns]
    if not rows:
        raise RetroTimerError(f"no session since {since} whose date is known")
    first = datetime.fromtimestamp(since_ns / NS_PER_S).astimezone().toordinal()
    cells = [(r.id, when(r.started_at), r.title, len(r.roster), r.reps, r.finished) for r in rows]
    listed = Section("Sessions", (), (), ("session", "started", "plan", "athletes", "reps", "finished"), cells)
    found = list[tuple[object, ...]]()
    pictures = list[Picture]()
    for runner in everybody(connection):
        within = msgspec.structs.replace(runner, history=season_of(runner.history, first))
        found += _season_rows(within)
        pictures += _trends(within, 1)
    head = ("athlete", "sessions", "what", "best", "newest average", "trend")
    part = Section("Athletes", (), pictures, head, found)
    return Report(f"Since {day_text(first)}", [f"Sessions: {len(rows)}"], [part, listed])


def _season_rows(runner: Runner) -> list[tuple[object, ...]]:
    told = progress_today(runner)
    bests = {best.kind: best_text(best) for best in told.bests}
    return [
        (runner.name, told.sessions, form.kind, bests.get(form.kind, ""), average_text(form), trend_text(form))
        for form in told.forms
    ]


def _trends(runner: Runner, most: int) -> list[Picture]:
    """Of the kinds that were run in most sessions."""
    forms = sorted(progress_today(runner).forms, key=lambda form: -form.sessions)
    charts = [pictured.trend_of(runner, str(form.kind)) for form in forms[:most] if form.trend is not None]
    return [Picture(f"{chart.title}: {chart.about}", draw_along(chart)) for chart in charts]
