"""Every recorded trace gives what its header says, read where it lies beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from tests.helpers.replaying import Event, of, rep, replayed_file

pytestmark = pytest.mark.slow

SUN = ("sun-8900lux-empty.csv", "sun-12200lux-wall-2000mm.csv")
ALL = (
    "doorway-empty.csv", "doorway-slow-walk.csv", "doorway-walk.csv", "hand-200mm.csv",
    "shade-1331lux-wall-1500mm.csv", *SUN,
)  # fmt: skip
PLACEMENTS = list(Placement)
# Goes all over the recording, so that the phantoms of each second are once in the runner's window.
MANY_GOES_S = range(0, 150, 6)


def test_all_the_recordings_are_there(traces: Path) -> None:
    assert {path.name for path in traces.glob("*.csv")} >= set(ALL)


def test_the_doorway_walk_is_one_finish_where_the_back_reached_the_axis(traces: Path) -> None:
    events = replayed_file(traces / "doorway-walk.csv", Placement.GATE, rep(0, 5, "walk"))
    (finish,) = of(events, "finish")
    assert 4.85 <= finish["time_s"] <= 5.15
    assert finish["method"] == "gate"
    assert finish["flags"] == []
    assert 0.0 < finish["uncertainty_s"] < 0.5
    assert [event["event"] for event in events] == ["go", "crossing", "finish", "summary"]


def test_the_slow_walk_is_one_finish_at_its_beginning(traces: Path) -> None:
    """The header: through the beam at about 5.1 to 8.6 s. The back comes first."""
    events = replayed_file(traces / "doorway-slow-walk.csv", Placement.GATE, rep(0, 5, "walk"))
    (finish,) = of(events, "finish")
    assert 5.0 <= finish["time_s"] <= 6.85
    assert len(of(events, "crossing")) == 1
    assert of(events, "obstacle", "sensor", "crossing_withdrawn") == []


@pytest.mark.parametrize("name", ["doorway-walk.csv", "doorway-slow-walk.csv"])
def test_a_finish_follows_within_a_second_of_the_breaks_end(traces: Path, name: str) -> None:
    events = replayed_file(traces / name, Placement.GATE, rep(0, 5, "walk"))
    (finish,) = of(events, "finish")
    end_s = {"doorway-walk.csv": 5.5, "doorway-slow-walk.csv": 8.6}[name]
    assert finish["t_s"] <= end_s + 1.0 + 0.1


@pytest.mark.parametrize("gait", list(Gait))
@pytest.mark.parametrize("go_s", [0, 13, 40, 77.7])
def test_the_empty_doorway_finishes_nobody(traces: Path, gait: Gait, go_s: float) -> None:
    events = replayed_file(traces / "doorway-empty.csv", Placement.GATE, rep(go_s, 5, gait))
    assert [event["event"] for event in events] == ["go", "dnf", "summary"]
    assert events[1]["reason"] == "timeout"


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_empty_doorway_holds_no_obstacle_and_a_sensor_that_is_well(traces: Path, placement: Placement) -> None:
    assert [event["event"] for event in replayed_file(traces / "doorway-empty.csv", placement)] == ["summary"]


@pytest.mark.parametrize("distance_m", [5, 10, 20, 30])
@pytest.mark.parametrize("gait", list(Gait))
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("name", SUN)
def test_no_phantom_in_the_sun_finishes_anybody(
    traces: Path, name: str, placement: Placement, gait: Gait, distance_m: float
) -> None:
    reps = [rep(go_s, distance_m, gait) for go_s in MANY_GOES_S]
    events = replayed_file(traces / name, placement, *reps)
    assert of(events, "finish") == []
    assert len(of(events, "dnf")) == len(of(events, "go")) == len(reps)


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("name", SUN)
def test_in_the_sun_the_sensor_is_doubted_within_three_seconds_and_for_good(
    traces: Path, name: str, placement: Placement
) -> None:
    changes = of(replayed_file(traces / name, placement), "sensor")
    assert changes
    assert changes[0]["t_s"] <= 3.0
    assert all(change["state"] != "ok" for change in changes)
    assert all(change["reason"] for change in changes)


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("goes", [(), (1.0, 60.0)])
def test_in_the_shade_the_sensor_stays_well_and_the_wall_finishes_nobody(
    traces: Path, placement: Placement, goes: tuple[float, ...]
) -> None:
    reps = [rep(go_s, 10, "jog") for go_s in goes]
    events = replayed_file(traces / "shade-1331lux-wall-1500mm.csv", placement, *reps)
    assert of(events, "sensor", "finish", "crossing", "obstacle") == []


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_hand_held_before_the_sensor_is_a_danger_that_stays(traces: Path, placement: Placement) -> None:
    events = replayed_file(traces / "hand-200mm.csv", placement)
    (danger,) = of(events, "obstacle")
    assert danger["level"] == "danger"
    assert danger["t_s"] <= 1.5
    assert danger["range_m"] == pytest.approx(0.183, abs=0.03)
    assert of(events, "sensor") == []


@pytest.mark.parametrize("gait", list(Gait))
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_hand_held_before_the_sensor_finishes_nobody(traces: Path, placement: Placement, gait: Gait) -> None:
    assert of(replayed_file(traces / "hand-200mm.csv", placement, rep(0, 5, gait)), "finish", "crossing") == []


def test_somebody_who_walks_through_before_the_go_is_no_finish_and_holds_nothing_up(traces: Path) -> None:
    events = replayed_file(traces / "doorway-walk.csv", Placement.GATE, rep(7, 5, "walk"))
    assert of(events, "finish", "crossing", "obstacle") == []


def test_somebody_who_walks_through_before_any_human_can_arrive_is_an_obstacle(traces: Path) -> None:
    events = replayed_file(traces / "doorway-walk.csv", Placement.GATE, rep(3, 30, "run"))
    assert of(events, "finish", "crossing") == []
    assert [event["level"] for event in of(events, "obstacle")] == ["danger", "clear"]


def contract_keys(event: Event) -> list[str]:
    return list(event)


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("name", ALL)
def test_every_event_of_every_recording_has_exactly_the_contracts_fields(
    traces: Path, name: str, placement: Placement
) -> None:
    fields = {
        "go": ["t_s", "event", "rep"],
        "obstacle": ["t_s", "event", "level", "range_m"],
        "sensor": ["t_s", "event", "state", "reason"],
        "crossing": ["t_s", "event", "rep"],
        "crossing_withdrawn": ["t_s", "event", "rep"],
        "finish": ["t_s", "event", "rep", "time_s", "uncertainty_s", "method", "flags"],
        "dnf": ["t_s", "event", "rep", "reason"],
        "summary": ["t_s", "event", "samples", "reps", "finished", "obstacles"],
    }
    events = replayed_file(traces / name, placement, rep(0, 5, "walk"), rep(60, 10, "run"))
    for event in events:
        assert contract_keys(event) == fields[event["event"]]
    assert events[-1]["event"] == "summary"
    assert [event["rep"] for event in of(events, "go")] == [1, 2]
    assert events[-1]["finished"] == len(of(events, "finish"))
    assert len(of(events, "finish")) + len(of(events, "dnf")) == 2
