"""When a share is enough: binomial intervals, rare events, coverage over two laws."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.accuracy import bars
from benchmarks.accuracy.measure import FULL, kinds
from benchmarks.accuracy.passages import Timed, gate_case
from benchmarks.accuracy.shares import Share, one_in
from benchmarks.accuracy.targets import rare
from benchmarks.pool import pieces
from benchmarks.simulated import held_out, part_of
from retro_timer.training.gaits import Gait


def test_an_interval_is_wilsons() -> None:
    low, high = Share(93, 100).interval
    assert low == pytest.approx(0.8625, abs=1e-3)
    assert high == pytest.approx(0.9657, abs=1e-3)
    assert Share(0, 30_000).interval[1] == pytest.approx(3.84 / 30_004, rel=0.01)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_a_share_is_near_enough_to_a_band_that_its_interval_touches() -> None:
    assert Share(91, 100).touches(*bars.COVERED)
    assert not Share(910, 1000).touches(*bars.COVERED)
    assert not Share(1000, 1000).touches(*bars.COVERED)


def test_a_rare_event_is_judged_on_enough_reps_only_unless_it_is_frequent() -> None:
    assert rare("", 1 / 10_000, Share(3, 30_000), 30_000).met is True
    assert rare("", 1 / 10_000, Share(4, 30_000), 30_000).met is False
    assert rare("", 1 / 10_000, Share(0, 29_999), 30_000).met is None
    assert rare("", 1 / 10_000, Share(1, 5_000), 30_000).met is None
    assert rare("", 1 / 10_000, Share(20, 5_000), 30_000).met is False


def test_too_few_reps_say_so_instead_of_met() -> None:
    assert rare("", 1 / 10_000, Share(0, 900), 30_000).found.endswith("too few reps to judge")
    assert rare("", 1 / 10_000, Share(0, 30_000), 30_000).found == "0 of 30,000 (at most 1 in 7,811)"


def test_the_full_run_has_the_reps_that_rare_events_take() -> None:
    cells = kinds(bars.ASKED_HZ, "full")
    assert len(cells) * FULL.asked >= bars.JUDGED_REPS["full"]
    assert len(cells) * FULL.asked_range >= bars.JUDGED_REPS["range"]
    assert len(cells) * FULL.phantom >= 1.0 / bars.MOST_OVER_PHANTOM


def test_a_share_of_a_run_is_a_run_of_everything() -> None:
    assert part_of(FULL, 0.5).asked == FULL.asked // 2
    assert min(msgspec.structs.astuple(part_of(FULL, 0.0001))) == 1


def test_both_laws_are_asked_before_a_wall_and_one_in_the_open_field() -> None:
    names = [kind.cell for kind in kinds((25.0,), "full")]
    assert "run 25 Hz wall, average" in names
    assert "run 25 Hz wall, nearest" in names
    assert "run 25 Hz open" in names
    assert len(names) == len(set(names)) == 9


def test_a_date_draws_passages_that_no_other_date_and_no_other_run_has() -> None:
    (kind, *_) = kinds((25.0,), "full")
    seeds = [[job.first_seed for job in pieces([kind], 120, held_out(date))] for date in (20261125, 20261126)]
    assert not set(seeds[0]) & set(seeds[1])
    assert min(seeds[0]) > FULL.asked
    one, again, other = (
        gate_case(job, job.first_seed).samples
        for job in (
            *pieces([kind], 1, held_out(20261125)),
            *pieces([kind], 1, held_out(20261125)),
            *pieces([kind], 1, 0),
        )
    )
    assert one == again != other


def test_a_rare_count_says_what_it_may_be_at_most() -> None:
    assert one_in(Share(3, 30_000)) == "3 of 30,000 (at most 1 in 3,401)"
    assert one_in(Share(0, 0)) == "none"


def test_an_error_may_be_half_a_period_or_the_way_of_three_to_three_and_a_half_centimetres() -> None:
    assert bars.error_limit_s(Gait.RUN, 25.0, "average", 4.0) == pytest.approx(0.020)
    assert bars.error_limit_s(Gait.RUN, 41.0, "average", 1.0) == pytest.approx(0.030)
    assert bars.error_limit_s(Gait.WALK, 41.0, "average", 1.0) == pytest.approx(0.035)
    assert bars.error_limit_s(Gait.JOG, 41.0, "nearest", 1.0) == pytest.approx(0.0525)


@pytest.mark.parametrize(
    ("periods", "peak_kcps", "full", "brief"),
    [(4.0, 3000.0, True, False), (4.0, 2900.0, False, False), (3.9, 9000.0, False, True), (2.4, 9000.0, False, False)],
)
def test_a_miss_counts_by_how_long_and_how_well_the_body_was_seen(
    periods: float, peak_kcps: float, full: bool, brief: bool
) -> None:
    timed = Timed(0, 4.0, periods, peak_kcps, 0, 0, None, 0.0, None, None)
    assert bars.fully_seen(timed) is full
    assert bars.briefly_seen(timed) is brief
