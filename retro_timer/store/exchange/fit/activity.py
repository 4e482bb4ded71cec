"""What an athlete did in a session, on one time line: reps and the rests between them, without a gap."""

from __future__ import annotations

import itertools
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from retro_timer.store.exchange.selecting import Results
from retro_timer.store.results.queries import KeptRep, Wanted, reps
from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus

_NS_PER_MS = 1_000_000
_LONGEST_NAME = 40
"""Signs of a name in a file's: with four bytes each it is still short of the 255 that file systems allow."""


class Lap(msgspec.Struct, frozen=True):
    """A rep, or the rest between two. Times are from the first go."""

    start_ms: int
    end_ms: int
    rep: RepRecord | None
    """None for a rest."""

    @property
    def distance_m(self) -> float:
        """How far it went; nowhere known for a rest or a timed step; of crossings to the last one."""
        if self.rep is None:
            return 0.0
        return self.rep.splits[-1].distance_m if self.rep.crossings else self.rep.distance_m or 0.0

    def distance_at(self, t_s: float) -> float:
        """How far they had come after so long, at an even pace from line to line."""
        rep = self.rep
        if rep is None or not self.distance_m:
            return 0.0
        length_s = (self.end_ms - self.start_ms) / 1000.0
        inside = [(split.time_ns / 1e9, split.distance_m) for split in rep.splits]
        points = [(0.0, 0.0), *(point for point in inside if 0.0 < point[0] < length_s), (length_s, self.distance_m)]
        for (before_s, before_m), (after_s, after_m) in itertools.pairwise(sorted(points)):
            if t_s < after_s:
                return before_m + (after_m - before_m) * max(0.0, t_s - before_s) / (after_s - before_s)
        return self.distance_m


class Activity(msgspec.Struct, frozen=True):
    """Of one athlete."""

    session: int
    uid: str
    """The session's id."""
    title: str
    athlete: str
    start_s: int
    """Whole seconds since 1970 of the first go, from which laps count."""
    laps: tuple[Lap, ...]
    file_name: str
    """Date and time of day of the first go, session and athlete: nobody else's."""

    @property
    def distance_m(self) -> float:
        """Of all laps."""
        return sum(lap.distance_m for lap in self.laps)


class LeftOut(msgspec.Struct):
    """What is in no file."""

    unfinished: int = 0
    """Reps that are void, or have no time."""
    unclaimed: int = 0
    """Places of a wave that nobody has claimed."""
    undated: list[int] = []
    """Sessions of which the box did not know the date."""


def activities(connection: sqlite3.Connection, results: Results, number: int, left: LeftOut) -> Iterator[Activity]:
    """One for each athlete of a session who finished a rep; what is left out is put into `left`."""
    ran = dict[str, list[KeptRep]]()
    for kept in reps(connection, Wanted(session=number)):
        if not results.wants(kept.athlete_id):
            continue
        if not kept.record.athlete:
            left.unclaimed += 1
        elif kept.record.status is not RepStatus.FINISHED or kept.record.time_ns is None:
            left.unfinished += 1
        elif kept.go_at is None:
            left.undated += [] if number in left.undated else [number]
        else:
            person = results.people.persons_by_uid.get(kept.athlete_id)
            ran.setdefault(kept.record.athlete if person is None else person.uid, []).append(kept)
    head = results.head(number)
    namesakes = Counter(plain_name(person.name) for person in results.people.persons)
    taken = set[str]()
    for found in ran.values():
        found.sort(key=lambda kept: kept.go_wall_ns)
        first = found[0]
        name = plain_name(first.record.athlete)
        person = results.people.persons_by_uid.get(first.athlete_id)
        if person is not None and namesakes[name] > 1:
            # The same whoever else is exported, so that one's file never takes another's place in a folder.
            name = f"{name}-{person.number}"
        name = next(one for one in _numbered(name) if one not in taken)
        taken.add(name)
        yield Activity(
            session=number,
            uid=head.uid,
            title=head.title,
            athlete=first.record.athlete,
            start_s=first.go_wall_ns // NS_PER_S,
            laps=tuple(_laps(found)),
            file_name=f"{first.go_at:%Y-%m-%d-%H%M%S}-session-{number}-{name}.fit",
        )


def plain_name(athlete: str) -> str:
    """A name as a file may have it: letters and figures of any script in small, and what belongs to a letter."""
    signs = unicodedata.normalize("NFC", athlete.lower())
    kept = "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else "-" for sign in signs)
    return re.sub("-+", "-", kept)[:_LONGEST_NAME].strip("-") or "athlete"


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{count}" for count in itertools.count(2))


def _laps(found: Sequence[KeptRep]) -> Iterator[Lap]:
    """Each begins where the one before ended: platforms refuse laps that overlap, and a clock may have been set."""
    end_ms = 0
    for kept in found:
        go_ms = (kept.go_wall_ns - found[0].go_wall_ns) // _NS_PER_MS
        if go_ms > end_ms:
            yield Lap(end_ms, go_ms, None)
        begin_ms = max(go_ms, end_ms)
        end_ms = begin_ms + max(1, round((kept.record.time_ns or 0) / _NS_PER_MS))
        yield Lap(begin_ms, end_ms, kept.record)
