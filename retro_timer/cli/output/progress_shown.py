"""Progress as text: each figure with what is sure of it, and no more said of it than that."""

from __future__ import annotations

from datetime import date

from retro_timer.cli.output.results_shown import print_table
from retro_timer.training.progress.attended import PersonalBest, Timing
from retro_timer.training.progress.figures import Estimate, Verdict
from retro_timer.training.progress.progress import USUAL_RATIO, Form, Progress, Ratio
from retro_timer.training.record import NS_PER_S, shown_ns

_CHANGES = {
    Verdict.FASTER: "faster",
    Verdict.SLOWER: "slower",
    Verdict.SAME: "the same",
    Verdict.UNCLEAR: "within the noise",
}
_DROPS = {
    Verdict.FASTER: "quickens",
    Verdict.SLOWER: "drops off",
    Verdict.SAME: "steady",
    Verdict.UNCLEAR: "within the noise",
}
LIMITS = (
    "It counts reps and compares times. It knows nothing of anybody's health: with pain or a balance disorder ask a"
    " physiotherapist first."
)


def day_text(day: int | None) -> str:
    """A day for people; None where the box did not know the date."""
    return "date unknown" if day is None else date.fromordinal(day).isoformat()


def best_text(best: PersonalBest) -> str:
    """Its time as it is shown everywhere: rounded up."""
    by_hand = best.kind.timing is Timing.HAND
    return f"{shown_ns(best.time_ns, by_hand=by_hand) / NS_PER_S:.{1 if by_hand else 2}f}"


def signed(change: Estimate | None, verdict: Verdict | None, words: dict[Verdict, str]) -> str:
    """A change with its interval, and what that says."""
    if change is None or verdict is None:
        return "–"
    return f"{change.value_s:+.2f} ± {_up(change.half_s)} s, {words[verdict]}"


def change_text(form: Form) -> str:
    """Of the average since the session before."""
    return signed(form.change, form.change_verdict, _CHANGES)


def drop_off_text(form: Form) -> str:
    """From the first to the last rep of the newest session."""
    return signed(form.drop_off, form.drop_off_verdict, _DROPS)


def trend_text(form: Form) -> str:
    """Over all sessions with a date."""
    text = signed(form.trend, form.trend_verdict, _CHANGES)
    return text if form.trend_days is None else f"{text}, in {form.trend_days} days"


def average_text(form: Form) -> str:
    """Of the newest session."""
    return f"{_up(form.average.value_s)} ± {_up(form.average.half_s)}"


def _up(seconds: float) -> str:
    """Rounded up, as every time that is shown; an interval is never shown narrower than it is."""
    return f"{shown_ns(round(seconds * NS_PER_S), by_hand=False) / NS_PER_S:.2f}"


def print_progress(name: str, found: Progress) -> None:
    """All of it, part by part; what there is nothing of is left out."""
    undated = f", {found.undated} of the newest without a date" if found.undated else ""
    print(f"{name}: sessions: {found.sessions}{undated}\n")
    head = ("best times", "time", "session", "date")
    if print_table(head, lambda: [_best_cells(best) for best in found.bests]):
        print()
    for week in found.weeks:
        print(week)
    for form in found.forms:
        _print_form(form)
    for ratio in found.ratios:
        print(f"\nbackward to forward over {ratio.distance_m:g} m: {ratio_text(ratio)}")
    print(f"\nnext: {found.next.step} (plan {found.next.plan})\nbecause {found.next.rule}\n{LIMITS}")


def ratio_text(ratio: Ratio) -> str:
    """Speeds held against each other, and what from."""
    times = f"{best_text(ratio.backward)} against {ratio.forward_ns / NS_PER_S:.2f} s"
    return f"{ratio.ratio:.2f} of the speed, by {times} ({USUAL_RATIO:g} is usual)"


def _best_cells(best: PersonalBest) -> tuple[str, ...]:
    return (str(best.kind), best_text(best), str(best.session), day_text(best.day))


def form_lines(form: Form) -> dict[str, str]:
    """What is told of one kind, by what it is about."""
    lines = {"average": f"{average_text(form)} s in session {form.session}"}
    if form.change is not None:
        lines["since the session before"] = change_text(form)
    if form.drop_off is not None:
        lines["first to last rep"] = drop_off_text(form)
    if form.trend is not None:
        lines["trend"] = trend_text(form)
    return lines


def _print_form(form: Form) -> None:
    print(f"\n{form.kind} (a change of {form.worthwhile_s:.3f} s is the smallest that is worthwhile)")
    for about, text in form_lines(form).items():
        print(f"  {about}: {text}")
