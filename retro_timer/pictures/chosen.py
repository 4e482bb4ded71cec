"""What a picture is drawn of: the reps of one kind, the most frequent where none is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.pictures.charts import ENGLISH, Words, distribution, drop_off_chart, group_chart, trend_chart
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.training.progress.attended import Attended, Kind, Ran, is_sure
from retro_timer.training.progress.figures import TimeSums
from retro_timer.training.progress.progress import by_kind
from retro_timer.training.record import NS_PER_S, RepRecord


class NoTimesError(RetroTimerError):
    """There is nothing to be drawn."""


def one_kind(kinds: Sequence[Kind], what: str | None = None) -> Kind:
    """The one that `what` names, or the most frequent. Raises BadInputError for one that is not there."""
    counts = dict.fromkeys(sorted(set(kinds)), 0)
    for kind in kinds:
        counts[kind] += 1
    if not counts:
        raise NoTimesError("no times to be drawn: none over a length that nothing is in doubt about")
    if what is None:
        return max(counts, key=lambda kind: counts[kind])
    named = [kind for kind in counts if str(kind) == " ".join(what.split())]
    if not named:
        raise BadInputError(f"--what '{what}'", "no such times", " or ".join(f"'{kind}'" for kind in counts))
    return named[0]


def trend_of(
    name: str,
    attended: Sequence[Attended],
    day_text: Callable[[int], str],
    what: str | None = None,
    words: Words = ENGLISH,
) -> Chart | None:
    """Averages over the days; None where no date is known. Raises NoTimesError."""
    kinds = by_kind(attended)
    kind = one_kind([kind for kind, efforts in kinds.items() for _ in efforts], what)
    return trend_chart(name, kind, kinds[kind], day_text, words)


def drop_off_of(name: str, reps: Sequence[Ran], what: str | None = None, words: Words = ENGLISH) -> Chart:
    """One person's reps of one kind in a session, in their order. Raises NoTimesError."""
    kind = one_kind(kinds_of(reps), what)
    shown = _sure_of(reps, kind)
    return drop_off_chart(name, kind, shown, _sums(shown), words)


def group_of(reps: Sequence[Ran], what: str | None = None, words: Words = ENGLISH) -> Chart:
    """Everybody's averages of one kind in a session. Raises NoTimesError."""
    kind = one_kind(kinds_of(reps), what)
    of_kind = [record for record in _sure_of(reps, kind) if record.athlete]
    names = sorted({record.athlete for record in of_kind})
    times = [(name, _sums([r for r in of_kind if r.athlete == name])) for name in names]
    return group_chart(kind, times, words)


def distribution_of(name: str, reps: Sequence[Ran], what: str | None = None, words: Words = ENGLISH) -> Histogram:
    """How one person's times of a kind are spread. Raises NoTimesError."""
    kind = one_kind(kinds_of(reps), what)
    times_s = [(record.corrected_ns or 0) / NS_PER_S for record in _sure_of(reps, kind)]
    return distribution(name, kind, times_s, words)


def kinds_of(reps: Sequence[Ran]) -> list[Kind]:
    """The kind of each rep that nothing is in doubt about."""
    return [kind for ran in reps if is_sure(ran.record) and (kind := ran.kind) is not None]


def _sure_of(reps: Sequence[Ran], kind: Kind) -> list[RepRecord]:
    return [ran.record for ran in reps if ran.kind == kind and is_sure(ran.record)]


def _sums(records: Sequence[RepRecord]) -> TimeSums:
    times_s = [(record.corrected_ns or 0) / NS_PER_S for record in records]
    return TimeSums.of(times_s, [(record.uncertainty_ns or 0) / NS_PER_S for record in records])
