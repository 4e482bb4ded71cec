"""Whose finishes were, decided anew from the reps alone: nobody comes twice, nor at a line that they have left."""

from __future__ import annotations

from typing import Any

import pytest

from retro_timer.training.gaits import Gait
from retro_timer.training.reassigning import Said, decided_anew
from retro_timer.training.record import RepRecord, RepStatus

S = 1_000_000_000


def run(rep: int, name: str, go_s: float, time_s: float, **more: Any) -> RepRecord:
    times = (round(go_s * S), round(time_s * S), 20_000_000)
    return RepRecord(rep, 1, rep, name, 20.0, None, Gait.JOG, RepStatus.FINISHED, *times, method="gate", **more)


@pytest.mark.parametrize(
    ("later", "moved"),
    [
        pytest.param(run(2, "Bea", 8.0, 4.0), {1: 12.0, 2: None}, id="somebody behind"),
        pytest.param(run(2, "Ann", 8.0, 4.0), {1: None}, id="the same one anew"),
    ],
)
def test_a_quick_finish_is_the_slower_one_of_before_unless_they_have_gone_anew(
    later: RepRecord, moved: dict[int, float | None]
) -> None:
    words = decided_anew([run(1, "Ann", 0.0, 4.0), later], Said({1: None}))
    assert {word.rep: word.time_ns and word.time_ns / S for word in words} == moved


def test_a_finish_of_the_next_wave_is_of_nobody_in_the_wave_before() -> None:
    waves = [run(1, "Ann", 0.0, 4.0, wave=1, lane=1), run(2, "Bea", 8.0, 4.0, wave=2, lane=1)]
    (word,) = decided_anew(waves, Said({1: None}))
    assert (word.rep, word.status) == (1, RepStatus.DNF)
