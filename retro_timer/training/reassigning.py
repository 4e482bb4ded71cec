"""Whose the finishes were, decided anew in the light of what a person has said: who left, whose one was, whose not."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import msgspec

from retro_timer.training.arrival_odds import Candidate, likeliest
from retro_timer.training.candidates import OwnTimes, are_exchangeable, candidate, own_times_s, window_of
from retro_timer.training.record import BY_HAND, NS_PER_S, Flag, RepRecord, RepStatus, StartKind, changed

_OF_LINE = frozenset((Flag.CROWDED, Flag.SINGLE, Flag.HIDDEN, Flag.MANUAL))
"""What is particular about the crossing, whosever it is."""
_OF_START = frozenset((Flag.BLIND,))
"""What is particular about the rep, whatever ends it."""

_ALONE = frozenset((StartKind.FLYING, StartKind.RELAY))
"""Of these starts one is on the course at a time, and a crossing can be nobody else's."""


class Crossing(msgspec.Struct, frozen=True):
    """A back at the line, taken from the rep that it has been given to."""

    back_ns: int
    uncertainty_ns: int
    method: str
    flags: frozenset[Flag]
    lane: int | None
    rep: int
    """Whose it has been so far."""


class Said(msgspec.Struct, frozen=True):
    """What is known now and was not at the line."""

    given: Mapping[int, int | None] = {}
    """By the rep that has a crossing so far, whose it was; None for nobody's."""
    left: frozenset[int] = frozenset()
    """Reps whose athlete left the course."""
    kept: frozenset[int] = frozenset()
    """Reps whose finish a person has given to them before."""


def crossing_of(record: RepRecord) -> Crossing | None:
    """The crossing that ended a rep; None where none did."""
    if record.status is not RepStatus.FINISHED or record.distance_m is None or record.time_ns is None:
        return None
    return Crossing(
        record.go_ns + record.time_ns,
        _without_start(record),
        record.method,
        _OF_LINE.intersection(record.flags),
        record.lane,
        record.rep,
    )


def _without_start(record: RepRecord) -> int:
    """How well the moment at the line is known: whoever else has it, has a start of their own."""
    return round(math.sqrt(max(0, (record.uncertainty_ns or 0) ** 2 - record.start_uncertainty_ns**2)))


def may_be(record: RepRecord, back_ns: int) -> bool:
    """Whether a rep's athlete can have been at the line then, as quick as any human and before they were given up."""
    if record.distance_m is None or record.start in _ALONE:
        return False
    window = window_of(record)
    return window.human_limit_s <= (back_ns - record.go_ns) / NS_PER_S < window.timeout_s


def decided_anew(records: Sequence[RepRecord], said: Said, now_ns: int | None = None) -> tuple[RepRecord, ...]:
    """The new words on the reps whose finish becomes another one, or none; nobody runs one of them again.

    `records`: of one session on one clock, those under way among them. From the first crossing that is concerned on
    each is given to the likeliest one anew, until all is as it was. `now_ns`: who has none is on the course again as
    long as they may come; without it, and later, they did not finish.
    """
    decided = _Decision(records, said)
    if said.left and decided.loses_one:
        # All those behind have come as themselves: what was taken by who left was a stranger's.
        decided = _Decision(records, msgspec.structs.replace(said, given={**said.given, **dict.fromkeys(said.left)}))
    return tuple(
        _word(record, decided.whose[record.rep], record.rep in decided.doubted, said, now_ns)
        for record in records
        if record.rep in decided.whose and _is_other(record, decided.whose[record.rep], said)
    )


def _is_other(record: RepRecord, crossing: Crossing | None, said: Said) -> bool:
    leaves = record.rep in said.left and record.status is RepStatus.OPEN
    return leaves or crossing != crossing_of(record)


def exchanged(one: RepRecord, two: RepRecord) -> tuple[RepRecord, ...]:
    """Two finishes that were each other's, of reps on one clock: each keeps its go, and gets the other's crossing.

    Empty where not both were on the course at both, and where they went at once: there the names alone were mixed up.
    """
    first, second = crossing_of(one), crossing_of(two)
    if first is None or second is None or one.go_ns == two.go_ns or not (one.place is two.place is None):
        return ()
    if not (may_be(one, second.back_ns) and may_be(two, first.back_ns)):
        return ()
    return decided_anew([one, two], Said({one.rep: two.rep, two.rep: one.rep}))


class _Decision:
    """Lives for one call; `whose` has the crossing of each rep that was looked at, None where it has none any more."""

    def __init__(self, records: Sequence[RepRecord], said: Said) -> None:
        self._runs = sorted((one for one in records if _counts(one)), key=lambda one: (one.go_ns, one.rep))
        self._said = said
        self.whose: dict[int, Crossing | None] = dict.fromkeys(said.left)
        self.doubted: set[int] = set()
        self.loses_one = False
        """Whether a crossing that nobody has spoken of is nobody's any more."""
        crossings = sorted(
            (one for run in self._runs if (one := crossing_of(run)) is not None), key=lambda one: (one.back_ns, one.rep)
        )
        first_ns = self._first_ns(crossings)
        # What a person stopped, or gave, is not of anybody else by likelihood.
        self._settled = {one.rep for one in crossings if one.method == BY_HAND or one.rep in said.kept}
        self._taken = {one.rep for one in crossings if one.back_ns < first_ns}
        self._times_s = self._own_times_s(first_ns)
        self._decide([one for one in crossings if one.back_ns >= first_ns])
        self._doubt_exchangeable()

    def _first_ns(self, crossings: Sequence[Crossing]) -> float:
        """When the first crossing was that somebody has spoken of, or that is of a rep that gets another one."""
        spoken_of = {*self._said.given, *self._said.given.values(), *self._said.left}
        return min((one.back_ns for one in crossings if one.rep in spoken_of), default=float("inf"))

    def _own_times_s(self, before_ns: float) -> OwnTimes:
        return own_times_s(run for run in self._runs if run.go_ns + (run.time_ns or 0) < before_ns)

    def _decide(self, crossings: Sequence[Crossing]) -> None:
        spoken_of = {one.rep for one in crossings}.intersection((*self._said.given, *self._said.left))
        had = set(self._taken)
        for crossing in crossings:
            if not spoken_of and self._taken | self._said.left == had | self._said.left:
                # From here on all is as it was.
                return
            spoken_of.discard(crossing.rep)
            had.add(crossing.rep)
            self.whose.setdefault(crossing.rep, None)
            rep = self._whose(crossing)
            if rep is None:
                self.loses_one |= crossing.rep not in self._said.left and crossing.rep not in self._said.given
            else:
                self.whose[rep] = crossing
                self._taken.add(rep)

    def _doubt_exchangeable(self) -> None:
        """Of two that may well be each other's neither is certain, unless a person has said so."""
        certain = {*self._settled, *self._said.given.values()}
        decided = [
            (run, crossing)
            for run in self._runs
            if run.place is None and run.rep not in certain and (crossing := self.whose.get(run.rep)) is not None
        ]
        for (one, mine), (other, theirs) in combinations(decided, 2):
            both = self._may_be(one, theirs.back_ns) and self._may_be(other, mine.back_ns)
            if one.athlete == other.athlete or not both:
                continue
            if are_exchangeable(one, mine.back_ns, other, theirs.back_ns, self._times_s):
                self.doubted.update((one.rep, other.rep))

    def _whose(self, crossing: Crossing) -> int | None:
        said = self._said
        if crossing.rep in said.given:
            return said.given[crossing.rep]
        gone = self._taken | said.left | {rep for rep in said.given.values() if rep is not None}
        if crossing.rep in self._settled:
            return None if crossing.rep in gone else crossing.rep
        free = [run for run in self._runs if run.rep not in gone and run.rep not in self._settled]
        own = next((run for run in free if run.rep == crossing.rep), None)
        holder = next(run for run in self._runs if run.rep == crossing.rep)
        if holder.place is not None:
            return self._next_place(free, holder)
        there = [run for run in free if run.place is None and (run is own or self._may_be(run, crossing.back_ns))]
        choice = likeliest([self._candidate(run, crossing) for run in there])
        if choice is None:
            return None if own is None else own.rep
        self.doubted.update(there[index].rep for index in choice.rivals)
        taken = there[choice.index].rep
        if choice.rivals:
            self.doubted.add(taken)
        return taken

    def _may_be(self, run: RepRecord, back_ns: int) -> bool:
        """Not once its athlete has gone anew, or the next wave has, before which all are off the course."""
        gone_since = (one for one in self._runs if run.go_ns < one.go_ns <= back_ns)
        return may_be(run, back_ns) and not any(
            one.athlete == run.athlete if run.wave is None else one.wave != run.wave for one in gone_since
        )

    def _next_place(self, free: Sequence[RepRecord], holder: RepRecord) -> int | None:
        """Places of a wave are told apart by their order alone: once a later one is claimed none moves."""
        wave = [run for run in self._runs if run.wave == holder.wave]
        if any(run.athlete for run in wave):
            return holder.rep if holder in free else None
        return next((run.rep for run in sorted(free, key=lambda one: one.rep) if run.wave == holder.wave), None)

    def _candidate(self, run: RepRecord, crossing: Crossing) -> Candidate:
        late = (crossing.back_ns - run.go_ns) / NS_PER_S >= window_of(run).timeout_s
        other_lane = crossing.lane is not None and self._usual_lane(run) not in (None, crossing.lane)
        return candidate(run, crossing.back_ns, self._times_s, given_up=late, other_lane=other_lane)

    def _usual_lane(self, run: RepRecord) -> int | None:
        """Of a wave the one that was called, else the one in which its athlete was seen before."""
        if run.wave is not None:
            return run.lane
        before = [
            (one.rep, one.lane)
            for one in self._runs
            if one.athlete == run.athlete and one.rep < run.rep and one.lane is not None
        ]
        return max(before)[1] if before else None


def _counts(record: RepRecord) -> bool:
    """Whether an arrival may be a rep's: not of one that somebody has ended, or that does not count."""
    if record.distance_m is None or record.status is RepStatus.VOID:
        return False
    return record.status is not RepStatus.DNF or record.reason == "timeout"


def _word(record: RepRecord, crossing: Crossing | None, doubted: bool, said: Said, now_ns: int | None) -> RepRecord:
    if crossing is not None:
        return _finished(record, crossing, doubted)
    flags = tuple(flag for flag in record.flags if flag in _OF_START)
    none = changed(record, time_ns=None, uncertainty_ns=None, method="", flags=flags, line="")
    if record.wave is None:
        none = msgspec.structs.replace(none, lane=None)
    if record.rep in said.left:
        return msgspec.structs.replace(none, status=RepStatus.DNF, reason="stopped")
    due_ns = record.go_ns + round(window_of(record).timeout_s * NS_PER_S)
    if now_ns is not None and now_ns < due_ns:
        return msgspec.structs.replace(none, status=RepStatus.OPEN, reason="")
    return msgspec.structs.replace(none, status=RepStatus.DNF, reason="timeout")


def _finished(record: RepRecord, crossing: Crossing, doubted: bool) -> RepRecord:
    elapsed_s = (crossing.back_ns - record.go_ns) / NS_PER_S
    window = window_of(record)
    more = {
        Flag.AMBIGUOUS: doubted,
        Flag.FAST: elapsed_s < window.earliest_s,
        Flag.LATE: elapsed_s >= window.timeout_s,
    }
    flags = {*_OF_START.intersection(record.flags), *crossing.flags, *(flag for flag, is_so in more.items() if is_so)}
    return changed(
        record,
        status=RepStatus.FINISHED,
        reason="",
        time_ns=crossing.back_ns - record.go_ns,
        uncertainty_ns=round(math.hypot(crossing.uncertainty_ns, record.start_uncertainty_ns)),
        method=crossing.method,
        flags=tuple(sorted(flags)),
        lane=record.lane if crossing.lane is None else crossing.lane,
    )


def newest_run(records: Collection[RepRecord], athlete: str) -> RepRecord | None:
    """What somebody ran last over a length, or runs."""
    own = (one for one in records if one.athlete == athlete and one.distance_m is not None)
    return max(own, key=lambda one: one.rep, default=None)
