"""The readings around a finish as a file: small, whole, a trace, and never in the way of results."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.errors import BadInputError
from retro_timer.store import finishes, space
from retro_timer.store.finishes import (
    MOST_BYTES,
    KeptSensor,
    decode_finish,
    encode_finish,
    find_finish,
    keep_finish,
    kept_places,
    read_finish,
)
from retro_timer.store.space import make_room_for_results
from retro_timer.store.traces import TraceReader
from tests.helpers.finishes_made import BACK_NS, CONFIG, S, kept, readings


def found(state: Path, rep: int, back_ns: int) -> Path | None:
    """The file of a rep's finish."""
    place = find_finish(state, "abc", rep, back_ns)
    return None if place is None else place.path


GATE = KeptSensor("gate", "VL53L1X short", CONFIG, readings(41.0))


def test_what_is_read_back_is_what_was_kept_and_fits_the_same() -> None:
    before = kept(GATE)
    after = decode_finish(encode_finish(before))
    assert list(after.sensors[0].samples) == list(GATE.samples)
    assert list(after.passages[0].broken.entries) == list(before.passages[0].broken.entries)
    assert solve(after.passages[0].broken, CONFIG) == solve(before.passages[0].broken, CONFIG)
    assert (after.go_ns, after.back_ns, list(after.bodies)) == (before.go_ns, before.back_ns, [(1, 2)])


def test_each_half_of_a_dual_gate_keeps_its_own_readings() -> None:
    upper, lower = (
        KeptSensor("upper", "a", CONFIG, readings(41.0, 1)),
        KeptSensor("lower", "b", CONFIG, readings(33.0, 2)),
    )
    after = decode_finish(encode_finish(kept(upper, lower)))
    assert [(s.name, s.model, list(s.samples)) for s in after.sensors] == [
        (s.name, s.model, list(s.samples)) for s in (upper, lower)
    ]
    assert [p.sensor for p in after.passages] == ["upper", "lower"]


@pytest.mark.parametrize("rates_hz", [(41.0,), (41.0, 41.0), (250.0,), (250.0, 250.0, 250.0)])
def test_no_file_is_larger_than_ten_kilobytes(rates_hz: tuple[float, ...]) -> None:
    """Where fast sensors have more to tell than that, the ends of the three seconds go, not the crossing."""
    sensors = [KeptSensor(f"s{n}", "m", CONFIG, readings(rate, n)) for n, rate in enumerate(rates_hz)]
    data = encode_finish(kept(*sensors))
    assert len(data) <= MOST_BYTES
    after = decode_finish(data)
    assert all(
        abs(s.samples[0].t_ns - BACK_NS) > 0.3 * S and s.samples[-1].t_ns > BACK_NS + 0.3 * S for s in after.sensors
    )


def test_a_file_is_a_trace_for_whoever_unpacks_it(tmp_path: Path) -> None:
    path = keep_finish(tmp_path, kept(GATE))
    (tmp_path / "trace.csv").write_bytes(gzip.decompress(path.read_bytes()))
    reader = TraceReader(tmp_path / "trace.csv")
    assert sum(1 for _ in reader) == len(GATE.samples)
    assert (reader.report(), reader.head.warnings) == ([], [])
    (rep,) = reader.head.reps
    assert rep.go_s == pytest.approx(-18.5, abs=0.01)


def test_a_finish_is_found_by_its_moment_also_when_a_correction_gave_it_to_another_rep(tmp_path: Path) -> None:
    second = keep_finish(tmp_path, kept(GATE, rep=2, back_ns=BACK_NS + 1))
    third = keep_finish(tmp_path, kept(GATE, rep=3))
    assert [found(tmp_path, 3, BACK_NS + 1), found(tmp_path, 3, 17)] == [second, third]
    assert find_finish(tmp_path, "other", 3, BACK_NS) is None


def test_the_oldest_finishes_make_room_whatever_the_clock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishes, "make_room_for_finish", lambda folder: space.make_room_for_finish(folder, most=3))
    for rep in range(1, 6):
        keep_finish(tmp_path, kept(GATE, rep=rep))
    assert [(place.number, place.rep) for place in kept_places(tmp_path)] == [(3, 3), (4, 4), (5, 5)]


def test_a_finish_that_a_power_cut_left_half_written_goes_when_it_is_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishes, "make_room_for_finish", lambda folder: space.make_room_for_finish(folder, most=3))
    half = keep_finish(tmp_path, kept(GATE, rep=1)).with_suffix(".new")
    half.write_bytes(b"half")
    keep_finish(tmp_path, kept(GATE, rep=2))
    assert half.exists()
    keep_finish(tmp_path, kept(GATE, rep=3))
    keep_finish(tmp_path, kept(GATE, rep=4))
    assert not half.exists()
    assert [place.rep for place in kept_places(tmp_path)] == [2, 3, 4]


def test_finishes_make_room_for_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rep in (1, 2):
        keep_finish(tmp_path, kept(GATE, rep=rep))
    free = iter([0, space.ENOUGH_FOR_RESULTS_BYTES])
    monkeypatch.setattr(space, "free_bytes", lambda _folder: next(free))
    assert make_room_for_results(tmp_path)
    assert [place.rep for place in kept_places(tmp_path)] == [2]


@pytest.mark.parametrize(
    "damage", [b"", b"no gzip", gzip.compress(b"", mtime=0), gzip.compress(b"# kept: {}\n", mtime=0)]
)
def test_a_damaged_file_is_named_and_said_to_be_deleted(tmp_path: Path, damage: bytes) -> None:
    path = keep_finish(tmp_path, kept(GATE))
    path.write_bytes(damage)
    with pytest.raises(BadInputError, match=r"damaged.*delete the file"):
        read_finish(path)


def test_a_file_cut_in_the_middle_is_damaged(tmp_path: Path) -> None:
    path = keep_finish(tmp_path, kept(GATE))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(BadInputError, match="damaged"):
        read_finish(path)
