"""TF-Luna's frames are found in whatever comes over the wire, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retro_timer.ports import RangeStatus

pytest.importorskip("serial", reason="the port's library is missing: pip install 'retro-timer[twin]'")

from retro_firmware.tf_luna.arrival import Arrival
from retro_firmware.tf_luna.frames import SIZE, FrameParser, LunaFrame, judge
from retro_firmware.tf_luna.twin import encode

FRAMES = st.builds(LunaFrame, st.integers(0, 1200), st.integers(0, 0xFFFF))
STREAMS = st.lists(FRAMES, min_size=2, max_size=12)


def wire(frames: list[LunaFrame]) -> bytes:
    return b"".join(encode(f.distance, f.amplitude) for f in frames)


@given(STREAMS, st.lists(st.integers(1, 25), min_size=1, max_size=40))
def test_a_clean_stream_comes_out_whole_however_it_is_cut(frames: list[LunaFrame], cuts: list[int]) -> None:
    parser, data, found = FrameParser(), wire(frames), []
    for cut in cuts:
        found += parser.feed(data[:cut])
        data = data[cut:]
    found += parser.feed(data)
    # The first frame only says where frames begin.
    assert found == frames[1:]
    assert parser.discarded == 0


@given(STREAMS, st.data())
def test_a_frame_with_a_wrong_byte_is_never_given_out(frames: list[LunaFrame], data: st.DataObject) -> None:
    hit = data.draw(st.integers(0, len(frames) - 1))
    at = hit * SIZE + data.draw(st.integers(0, SIZE - 1))
    sent = bytearray(wire(frames))
    sent[at] ^= data.draw(st.integers(1, 255))
    found = FrameParser().feed(bytes(sent))
    # The one behind it is lost as well: it says where frames begin again.
    assert found == [f for n, f in enumerate(frames) if n > 0 and n not in (hit, hit + 1)]


@given(st.binary(max_size=60), st.lists(FRAMES, min_size=5, max_size=5))
def test_after_any_nonsense_the_place_is_found_again(nonsense: bytes, frames: list[LunaFrame]) -> None:
    parser = FrameParser()
    parser.feed(nonsense)
    assert parser.feed(wire(frames))[-1:] == frames[-1:]


@given(st.binary(max_size=400))
def test_what_comes_out_stood_on_the_wire_behind_another_frame(noise: bytes) -> None:
    for frame in FrameParser().feed(noise):
        body = b"\x59\x59" + frame.distance.to_bytes(2, "little") + frame.amplitude.to_bytes(2, "little")
        at = noise.find(body)
        assert at >= SIZE


@given(STREAMS, st.data())
def test_a_torn_frame_does_not_mix_with_the_next(frames: list[LunaFrame], data: st.DataObject) -> None:
    hit = data.draw(st.integers(0, len(frames) - 1))
    cut = data.draw(st.integers(1, SIZE - 1))
    whole = wire(frames)
    start = hit * SIZE
    torn = whole[: start + cut] + whole[start + SIZE :]
    found = FrameParser().feed(torn)
    # Torn after five bytes, its own distance can pass with a foreign checksum, once in many thousands: not a range
    # that was not measured.
    assume(cut != 5)
    assert all(frame in frames for frame in found)
    assert found[: max(0, hit - 1)] == frames[1 : max(1, hit)]


@given(STREAMS, st.binary(min_size=1, max_size=20))
def test_bytes_between_frames_cost_frames_and_invent_none(frames: list[LunaFrame], noise: bytes) -> None:
    assume(b"\x59" not in noise)
    mixed = b"".join(noise + encode(f.distance, f.amplitude) for f in frames)
    assert FrameParser().feed(mixed) == []


@pytest.mark.parametrize(
    ("distance_cm", "amplitude", "status", "range_mm"),
    [
        (300, 2000, RangeStatus.VALID, 3000),
        (300, 99, RangeStatus.SIGNAL_FAIL, None),
        (300, 100, RangeStatus.VALID, 3000),
        (300, 65535, RangeStatus.SIGMA_FAIL, None),
        (0xFFFF, 50, RangeStatus.SIGNAL_FAIL, None),
        (0xFFFE, 20000, RangeStatus.SIGMA_FAIL, None),
        (0xFFFC, 20000, RangeStatus.SIGMA_FAIL, None),
        (12, 9000, RangeStatus.BELOW_MINIMUM, 120),
        (0, 9000, RangeStatus.BELOW_MINIMUM, None),
        (900, 400, RangeStatus.OUT_OF_BOUNDS, None),
    ],
)
def test_amplitude_and_distance_decide_what_a_frame_says(
    distance_cm: int, amplitude: int, status: int, range_mm: int | None
) -> None:
    assert judge(LunaFrame(distance_cm, amplitude), 10, 200, 8000) == (status, range_mm)


def test_in_the_format_of_millimetres_a_distance_is_one() -> None:
    assert judge(LunaFrame(2437, 2000), 1, 200, 8000) == (RangeStatus.VALID, 2437)
    parser = FrameParser(unit_mm=1)
    assert parser.feed(encode(2437, 500) * 2) == [LunaFrame(2437, 500)]


def test_each_place_where_the_stream_is_torn_counts_once() -> None:
    parser = FrameParser()
    parser.feed(encode(300, 500) * 5 + encode(300, 500)[:4] + encode(300, 500) * 5)
    assert (parser.found, parser.torn) == (10, 1)


def test_a_late_thread_hardly_moves_the_time_of_a_frame() -> None:
    arrival = Arrival(10_000_000)
    error_ns = []
    sent_ns = 0
    for late_ms in [0] * 20 + [0, 9, 0, 13, 2, 0, 6] * 5:
        sent_ns += 10_000_000
        error_ns.append(arrival.newest(sent_ns + late_ms * 1_000_000, 1) - sent_ns)
    assert max(abs(e) for e in error_ns) < 3_000_000


def test_a_pause_starts_the_grid_anew() -> None:
    arrival = Arrival(10_000_000)
    arrival.newest(0, 1)
    assert arrival.newest(500_000_000, 1) == 500_000_000
    arrival.forget()
    assert arrival.newest(503_000_000, 1) == 503_000_000
