"""How far an athlete has come in the plan: the same answer after a rep, a correction, an undo and a power cut."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.training.plan import Step
from retro_timer.training.record import RepRecord, RepStatus


def counts(record: RepRecord) -> bool:
    """Whether a rep has been run: ended, neither void nor cut off by the power."""
    return record.status in (RepStatus.FINISHED, RepStatus.DNF) and record.reason != "interrupted"


def next_step_of(steps: Sequence[Step], records: Sequence[RepRecord], name: str, skipped: Sequence[int]) -> int:
    """Index of an athlete's next step: after the last one that they have run, beyond what they leave out.

    A former step whose rep is void is not run again. `len(steps)` when they are through.
    """
    run = {(record.set_no, record.rep_no) for record in records if record.athlete == name and counts(record)}
    step = max((index + 1 for index, each in enumerate(steps) if (each.set_no, each.rep_no) in run), default=0)
    while step in skipped or ~step in skipped:
        step += 1
    return step


def missed(steps: Sequence[Step], records: Sequence[RepRecord], name: str, skipped: Sequence[int]) -> tuple[int, ...]:
    """Indices of the steps that an athlete left out, or ran in a wave and has claimed no place of."""
    run = {(record.set_no, record.rep_no) for record in records if record.athlete == name and counts(record)}
    return tuple(s for s in skipped if s >= 0 and (steps[s].set_no, steps[s].rep_no) not in run)


def owed(steps: Sequence[Step], records: Sequence[RepRecord], name: str, skipped: Sequence[int]) -> tuple[int, ...]:
    """Indices of the steps that an athlete missed, is to make up, and has not run."""
    wanted = [~step for step in skipped if step < 0]
    if not wanted:
        return ()
    run = {(record.set_no, record.rep_no) for record in records if record.athlete == name and counts(record)}
    return tuple(step for step in wanted if (steps[step].set_no, steps[step].rep_no) not in run)
