"""The rules of the track, over traces that are made up to the millisecond."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import Look, Scene, field, of, rep, replayed, sampled, wall, with_body

GATE = WatchConfig(placement=Placement.GATE, background_mm=2000)
OPEN_GATE = WatchConfig(placement=Placement.GATE)
SECONDS_IN_BEAM = 0.17


def passing(at_s: float, lasts_s: float = SECONDS_IN_BEAM) -> Scene:
    return with_body(wall(), at_s, at_s + lasts_s)


def test_a_runner_who_passes_in_the_gaits_window_is_a_finish() -> None:
    events = replayed(sampled(passing(9.0), 12.0), GATE, rep(1.0, 20, "jog"))
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(8.0, abs=0.15)
    assert finish["flags"] == []
    assert of(events, "obstacle", "sensor", "dnf") == []


def test_the_time_is_unrounded_and_counts_from_the_go() -> None:
    early, late = (
        of(replayed(sampled(passing(9.0), 12.0), GATE, rep(go_s, 20, "jog")), "finish")[0] for go_s in (1.0, 1.25)
    )
    assert early["time_s"] - late["time_s"] == pytest.approx(0.25, abs=0.02)
    assert round(early["time_s"], 2) != early["time_s"]


def test_a_dog_on_the_line_before_any_human_can_arrive_is_an_obstacle_and_no_finish() -> None:
    scene = with_body(passing(9.0), 3.0, 3.8, 700)
    events = replayed(sampled(scene, 12.0), GATE, rep(1.0, 20, "jog"))
    levels = [(event["level"], event["range_m"]) for event in of(events, "obstacle")]
    assert levels[0] == ("danger", pytest.approx(0.7, abs=0.01))
    assert levels[1] == ("clear", None)
    assert of(events, "obstacle")[0]["t_s"] == pytest.approx(3.0, abs=0.1)
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(8.0, abs=0.15)
    assert events[-1]["obstacles"] == 1


@pytest.mark.parametrize(("distance_m", "limit_s"), [(10, 2.0), (20, 3.3), (50, 7.0)])
def test_who_crosses_quicker_than_any_human_is_an_intruder(distance_m: float, limit_s: float) -> None:
    events = replayed(sampled(passing(limit_s - 0.4), 12.0), GATE, rep(0.0, distance_m, "run"))
    assert of(events, "finish") == []
    assert of(events, "obstacle")[0]["level"] == "danger"


def test_who_crosses_quicker_than_the_gait_and_not_than_a_human_is_flagged_fast() -> None:
    events = replayed(sampled(passing(5.0), 12.0), GATE, rep(0.0, 20, "walk"))
    assert [finish["flags"] for finish in of(events, "finish")] == [["fast"]]


def test_after_twice_the_gaits_time_the_rep_is_a_dnf_and_a_crossing_after_it_revives_it_as_late() -> None:
    events = replayed(sampled(passing(20.0), 25.0), GATE, rep(0.0, 10, "jog"))
    (dnf,) = of(events, "dnf")
    assert dnf["t_s"] == pytest.approx(13.33, abs=0.05)
    assert dnf["reason"] == "timeout"
    assert [finish["flags"] for finish in of(events, "finish")] == [["late"]]
    assert events[-1]["finished"] == 1


def test_who_is_on_the_line_when_the_time_is_up_came_in_time() -> None:
    events = replayed(sampled(passing(13.2), 16.0), GATE, rep(0.0, 10, "jog"))
    assert [event["event"] for event in events] == ["go", "crossing", "finish", "summary"]
    assert of(events, "finish")[0]["flags"] == []


def test_after_the_next_go_nothing_revives_the_rep_before() -> None:
    events = replayed(sampled(passing(20.0), 25.0), GATE, rep(0.0, 10, "jog"), rep(18.0, 10, "jog"))
    assert [event["rep"] for event in of(events, "dnf")] == [1]
    assert [event["rep"] for event in of(events, "finish")] == [2]


def test_a_new_go_ends_the_rep_that_is_still_open() -> None:
    events = replayed(sampled(passing(14.0), 25.0), GATE, rep(0.0, 20, "jog"), rep(5.0, 20, "jog"))
    assert [(e["event"], e.get("rep"), e.get("reason")) for e in of(events, "go", "dnf", "finish")] == [
        ("go", 1, None),
        ("dnf", 1, "stopped"),
        ("go", 2, None),
        ("finish", 2, None),
    ]


def test_a_rep_that_is_open_at_the_traces_end_did_not_finish() -> None:
    events = replayed(sampled(wall(), 5.0), GATE, rep(1.0, 20, "jog"))
    assert [(e["event"], e.get("reason")) for e in events] == [
        ("go", None),
        ("dnf", "trace-end"),
        ("summary", None),
    ]


def test_at_the_traces_end_an_open_break_is_decided_before_the_rep() -> None:
    events = replayed(sampled(passing(8.0, 5.0), 8.0 + SECONDS_IN_BEAM), GATE, rep(0.0, 20, "jog"))
    assert [event["event"] for event in events] == ["go", "crossing", "finish", "summary"]


def test_a_go_is_a_fact_even_with_somebody_in_the_beam() -> None:
    scene = with_body(passing(9.0), 0.0, 3.0, 700)
    events = replayed(sampled(scene, 12.0), GATE, rep(2.0, 20, "jog"))
    assert [go["t_s"] for go in of(events, "go")] == [2.0]
    assert len(of(events, "finish")) == 1
    assert of(events, "obstacle")[-1]["level"] == "clear"


def test_a_go_after_the_last_reading_is_honoured_as_well() -> None:
    events = replayed(sampled(wall(), 2.0), GATE, rep(99.0, 20, "jog"))
    assert [(e["event"], e.get("rep")) for e in events] == [("go", 1), ("dnf", 1), ("summary", None)]


def test_reps_count_from_one_in_the_files_order() -> None:
    events = replayed(sampled(wall(), 40.0), GATE, rep(20.0, 5, "run"), rep(0.0, 5, "run"))
    assert [(go["t_s"], go["rep"]) for go in of(events, "go")] == [(0.0, 2), (20.0, 1)]


@pytest.mark.parametrize("origin_s", [0.0, -50.0, 1.7e9])
def test_who_stands_in_the_beam_at_the_first_reading_did_not_come_in(origin_s: float) -> None:
    samples = sampled(with_body(wall(), origin_s, origin_s + 0.2), 3.0, from_s=origin_s)
    events = replayed(samples, GATE, rep(origin_s - 10.0, 20, "jog"))
    assert [event["event"] for event in events] == ["go", "obstacle", "obstacle", "dnf", "summary"]


def test_two_people_in_a_row_are_one_finish() -> None:
    scene = with_body(passing(9.0), 10.5, 10.7)
    events = replayed(sampled(scene, 14.0), GATE, rep(0.0, 20, "jog"))
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(9.0, abs=0.15)


def test_without_a_rep_whoever_comes_is_an_obstacle_and_goes_again() -> None:
    events = replayed(sampled(passing(3.0, 1.0), 6.0), GATE)
    assert [event["level"] for event in of(events, "obstacle")] == ["danger", "clear"]


def test_the_first_readings_being_bad_or_few_is_no_finish_and_no_alarm() -> None:
    for count in (0, 1, 2, 3):
        events = replayed(sampled(wall(), count / 41.0), GATE, rep(0.0, 20, "jog"))
        assert [event["event"] for event in events] == ["go", "dnf", "summary"]
        assert events[-1]["samples"] == count


def test_an_open_field_behind_the_gate_is_learnt() -> None:
    events = replayed(sampled(with_body(field(), 9.0, 9.17), 12.0), OPEN_GATE, rep(1.0, 20, "jog"))
    assert len(of(events, "finish")) == 1
    assert of(events, "obstacle", "sensor") == []


@pytest.mark.parametrize("behind", [field(), wall(2600)])
def test_a_background_that_was_told_of_and_is_gone_costs_no_finish(behind: Scene) -> None:
    events = replayed(sampled(with_body(behind, 9.0, 9.1), 12.0), GATE, rep(1.0, 20, "jog"))
    assert [event["reason"] for event in of(events, "sensor")] == ["background-gone"]
    assert of(events, "obstacle") == []
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(8.0, abs=0.1)
    assert finish["flags"] == ["blind"]


def test_a_wall_that_nobody_told_of_is_learnt() -> None:
    events = replayed(sampled(passing(9.0), 12.0), OPEN_GATE, rep(1.0, 20, "jog"))
    assert len(of(events, "finish")) == 1
    assert of(events, "obstacle", "sensor") == []


def test_a_sensor_that_stops_giving_readings_is_lost_for_the_gap_and_back_after_it() -> None:
    samples = [s for s in sampled(wall(), 10.0) if not 4e9 <= s.t_ns <= 5e9]
    changes = of(replayed(samples, GATE), "sensor")
    assert [(change["state"], change["reason"]) for change in changes] == [("lost", "gap"), ("ok", "")]
    assert changes[1]["t_s"] < 6.5


@pytest.mark.parametrize("behind", [wall(), field()])
def test_phantoms_after_the_runner_neither_take_the_finish_away_nor_put_it_off(behind: Scene) -> None:
    phantoms = {9.4: 154, 9.6: 283, 9.72: 690, 9.9: 282, 10.05: 362}

    def scene(t_s: float) -> Look:
        shown = [mm for at_s, mm in phantoms.items() if at_s <= t_s < at_s + 1.0 / 41.0]
        return (shown[0], None, None) if shown else (with_body(behind, 9.0, 9.2)(t_s)[0], None, None)

    (finish,) = of(replayed(sampled(scene, 12.0), OPEN_GATE, rep(1.0, 20, "jog")), "finish")
    assert finish["time_s"] == pytest.approx(8.05, abs=0.05)
    assert finish["t_s"] < 9.2 + 1.0


def test_a_gap_just_before_the_runner_does_not_cost_the_finish() -> None:
    samples = [s for s in sampled(passing(9.0, 0.25), 12.0, rate_hz=10.0) if not 8.65e9 <= s.t_ns <= 8.95e9]
    events = replayed(samples, GATE, rep(0.0, 20, "jog"))
    assert [event["state"] for event in of(events, "sensor")] == ["lost", "ok"]
    assert len(of(events, "finish")) == 1


def test_a_sensor_that_repeats_one_reading_for_ever_is_lost() -> None:
    frozen = RangeSample(0, 2001, 0, 601.5, 499.0)
    samples = sampled(wall(), 5.0)
    samples += [RangeSample(s.t_ns, *_rest(frozen)) for s in sampled(wall(), 5.0, from_s=5.0)]
    (lost,) = of(replayed(samples, GATE), "sensor")
    assert (lost["state"], lost["reason"]) == ("lost", "frozen")
    assert lost["t_s"] < 7.0


def _rest(sample: RangeSample) -> tuple[int | None, int | None, float | None, float | None]:
    return (sample.range_mm, sample.status, sample.signal_kcps, sample.ambient_kcps)


def test_a_lens_that_is_covered_is_doubted() -> None:
    scene = with_body(wall(), 4.0, 60.0, 50, 9000.0)
    changes = of(replayed(sampled(scene, 10.0), GATE), "sensor")
    assert changes
    assert changes[0]["state"] != "ok"
    assert changes[0]["t_s"] < 7.5


def test_a_sensor_that_answers_with_hardware_faults_is_doubted() -> None:
    changes = of(replayed(sampled(lambda t: (None, 5, None) if t > 3 else (2000, 0, 600.0), 8.0), GATE), "sensor")
    assert changes
    assert changes[0]["reason"] == "hardware"


@given(
    st.lists(
        st.tuples(
            st.integers(1, 300_000_000),
            st.none() | st.integers(-1185, 9000),
            st.none() | st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 14, 255]),
            st.none() | st.floats(0.0, 20_000.0),
            st.none() | st.floats(0.0, 200_000.0),
        ),
        max_size=250,
    ),
    st.sampled_from(Placement),
    st.lists(
        st.tuples(st.floats(-5.0, 60.0), st.floats(1.0, 100.0), st.sampled_from(["walk", "jog", "run"])), max_size=4
    ),
)
def test_whatever_a_sensor_reads_every_go_ends_once_and_changes_are_told_once(
    rows: list[tuple[int, int | None, int | None, float | None, float | None]],
    placement: Placement,
    goes: list[tuple[float, float, str]],
) -> None:
    samples, t_ns = [], 0
    for gap_ns, range_mm, status, signal, ambient in rows:
        t_ns += gap_ns
        samples.append(RangeSample(t_ns, range_mm, status, signal, ambient))
    events = replayed(samples, WatchConfig(placement=placement), *(rep(*go) for go in goes))
    ends = [event["rep"] for event in of(events, "finish") if "late" not in event["flags"]]
    ends += [event["rep"] for event in of(events, "dnf")]
    assert sorted(ends) == list(range(1, len(goes) + 1))
    assert events[-1]["samples"] == len(samples)
    for name, key, first in (("obstacle", "level", "clear"), ("sensor", "state", "ok")):
        told = [first, *(event[key] for event in of(events, name))]
        assert all(a != b for a, b in itertools.pairwise(told))
    for finish in of(events, "finish"):
        assert finish["time_s"] > 0.0
        assert finish["uncertainty_s"] >= 0.0
