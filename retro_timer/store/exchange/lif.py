"""Results as FinishLynx writes them (`.lif`), which meet software takes: a heat for each wave or rep of all.

A heat is a line on the event (event, round, heat, name, wind and its unit, template, two of the camera's, distance,
start time) and a line for each result (place, id, lane, last and first name, affiliation, time, licence, delta,
reaction time, splits, and four more of which the second tells how it was timed), as Lynx describes it.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from retro_timer.store.exchange.selecting import Results
from retro_timer.store.results.athletes import AthleteRow
from retro_timer.store.results.queries import KeptRep, Wanted, reps
from retro_timer.training.record import RepRecord, RepStatus, StartKind

_MARKS = {True: "by hand", False: "not fully automatic"}


class Heat(msgspec.Struct, frozen=True):
    """One of them."""

    event: int
    """The session's number."""
    round: int
    """The set's."""
    heat: int
    """Counts in the round."""
    text: str

    @property
    def file_name(self) -> str:
        """As FinishLynx calls it."""
        return f"{self.event:03d}-{self.round}-{self.heat:02d}.lif"


class LeftOut(msgspec.Struct):
    """What is no result of a race."""

    void: int = 0
    timed: int = 0
    """Steps that end by the clock."""
    splits: int = 0
    """Reps whose times on the way have no place in the file."""


def heats(connection: sqlite3.Connection, results: Results, number: int, left: LeftOut) -> Iterator[Heat]:
    """The heats of a session, in the order in which they were run; what is left out is counted in `left`."""
    found = dict[tuple[object, ...], list[KeptRep]]()
    title = results.head(number).title
    for kept in reps(connection, Wanted(session=number)):
        record, wanted = kept.record, results.wants(kept.athlete_id)
        if record.status is RepStatus.VOID or record.distance_m is None:
            left.void += wanted and record.status is RepStatus.VOID
            left.timed += wanted and record.status is not RepStatus.VOID
            continue
        left.splits += wanted and bool(record.splits)
        together = (record.set_no, record.rep_no) if record.wave is None else ("wave", record.wave)
        # Times of two lengths, or of two kinds of start, are no race.
        found.setdefault((*together, record.distance_m, record.start), []).append(kept)
    rounds = dict[int, int]()
    for ran in found.values():
        set_no = ran[0].record.set_no
        rounds[set_no] = rounds.get(set_no, 0) + 1
        # A heat is numbered and ranked as a whole, whoever of it is asked for: a place is one among all.
        if any(results.wants(kept.athlete_id) for kept in ran):
            yield Heat(number, set_no, rounds[set_no], _text(results, title, (number, set_no, rounds[set_no]), ran))


def _text(results: Results, title: str, place: tuple[int, int, int], ran: Sequence[KeptRep]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    first = ran[0].record
    marks = {mark for kept in ran if (mark := _mark(kept.record))}
    name = f"{title}, {first.distance_m:g} m {first.gait}" + (f" ({', '.join(sorted(marks))})" if marks else "")
    go_at = ran[0].go_at
    start = "" if go_at is None else f"{go_at:%H:%M:%S}.{go_at.microsecond // 1000:03d}"
    writer.writerow([*place, name, "", "", "", "", "", f"{first.distance_m:g}", start])
    lanes = {id(kept): kept.record.lane or order for order, kept in enumerate(ran, start=1)}
    placed = before = 0
    former: float | None = None
    for kept in sorted(ran, key=_rank):
        record, shown_s = kept.record, kept.record.official_s()
        athlete = results.people.persons_by_uid.get(kept.athlete_id)
        rank, delta = "DNF", ""
        if record.status is RepStatus.FINISHED and shown_s is not None:
            before += 1
            placed = placed if shown_s == former else before
            rank, delta = str(placed), _seconds(shown_s - (former or 0.0), by_hand=record.by_hand)
            former = shown_s
        if not results.wants(kept.athlete_id):
            continue
        time = "" if rank == "DNF" or shown_s is None else _seconds(shown_s, by_hand=record.by_hand)
        last, given = _names(record.athlete)
        who = ["" if athlete is None else athlete.number, lanes[id(kept)], last, given, _team(athlete)]
        writer.writerow([rank, *who, time, "", delta, "", "", "", _mark(record), "", ""])
    return out.getvalue()


def _rank(kept: KeptRep) -> tuple[bool, float]:
    shown_s = kept.record.official_s()
    ended = kept.record.status is RepStatus.FINISHED and shown_s is not None
    return not ended, shown_s if ended and shown_s is not None else 0.0


def _mark(record: RepRecord) -> str:
    """What makes a time no automatic one: a person stopped it, or the runner's reaction is in it (World Athletics)."""
    if record.by_hand or record.start is StartKind.GO:
        return _MARKS[record.by_hand]
    return ""


def _seconds(seconds: float, *, by_hand: bool) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    text = f"{rest / 100:.1f}" if by_hand else f"{rest / 100:.2f}"
    return text if not minutes else f"{minutes}:{text.zfill(4 if by_hand else 5)}"


def _names(name: str) -> tuple[str, str]:
    """Last name and first name."""
    if "," in name:
        last, _, given = name.partition(",")
    else:
        given, _, last = name.rpartition(" ")
    return last.strip(), given.strip()


def _team(athlete: AthleteRow | None) -> str:
    return "" if athlete is None else athlete.team
