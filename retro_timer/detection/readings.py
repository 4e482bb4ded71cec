"""What one reading is worth by itself: a target, nothing, or not to be believed."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from retro_timer.ports import RangeSample, RangeStatus

MINIMUM_RANGE_MM = 40
"""Shorter ranges than the sensor can measure are false (ST manuals; 22-27 mm with status 0 were seen)."""
POINT_BLANK_MM = 400
"""So near that one reading is enough, when its signal fits."""
POINT_BLANK_SIGNAL_KCPS_M2 = 600.0
"""Signal times squared range in metres of a body that fills the cone, clothes of 10 % reflectance and more: a phantom
has less, whatever it says of its range. A darker target needs a second reading like any other."""


_SATURATED_MM = 150
"""Nearer than this even a body's signal is at the sensor's limit and tells nothing."""
_DIM_MM = 500
"""Up to here even a thin body, an arm or a pole, fills enough of 27 degrees; farther, dim light may be a thin thing."""
_DIM_SIGNAL_KCPS_M2 = 300.0
"""Cloth of 5 % reflectance that fills the cone returns about 400."""
_STRAY_MM = 1000
"""Recorded phantoms of sunlight lie under 1 m; a range beyond with a bad status is often the field's own."""
_DOUBTFUL_SIGNAL_KCPS = 200.0
"""Of a far body too: the sensor's own limit for a valid reading is higher (1,500 in ST's driver)."""
_DOUBTFUL_SIGNAL_KCPS_M2 = 1500.0
"""Phantoms with a bad status reach about 500, and 1,300 at the far end of where they come."""


class Kind(IntEnum):
    """What a reading says."""

    TARGET = 0
    """Something stands at this range."""
    NOTHING = 1
    """No target within the sensor's range."""
    REJECTED = 2
    """The sensor itself doubts it."""
    ABSURD = 3
    """Given as valid, yet impossible."""


_NOTHING = frozenset((RangeStatus.SIGNAL_FAIL, RangeStatus.OUT_OF_BOUNDS, RangeStatus.NEGATIVE, RangeStatus.NONE))


def kind_of(sample: RangeSample) -> Kind:
    """Judge one reading by its status and range; a status that was not recorded is taken as valid."""
    status = sample.status
    range_mm = sample.range_mm
    if status is None or status == RangeStatus.VALID:
        if range_mm is None:
            return Kind.NOTHING
        if range_mm < MINIMUM_RANGE_MM:
            return Kind.ABSURD
        return Kind.TARGET
    if status in _NOTHING:
        return Kind.NOTHING
    return Kind.REJECTED


def is_doubtful_body(sample: RangeSample) -> bool:
    """Whether a reading that the sensor doubts still looks like a body: motion spoils the status, not the signal."""
    range_mm, signal = sample.range_mm, sample.signal_kcps
    if range_mm is None or signal is None or range_mm < MINIMUM_RANGE_MM or sample.status == RangeStatus.VALID:
        return False
    return has_body_signal(range_mm, signal)


def has_body_signal(range_mm: int, signal_kcps: float) -> bool:
    """Whether so much light comes back from that range as a body returns, and no phantom."""
    return signal_kcps >= _DOUBTFUL_SIGNAL_KCPS and signal_kcps * (range_mm / 1000.0) ** 2 >= _DOUBTFUL_SIGNAL_KCPS_M2


def is_stray(sample: RangeSample) -> bool:
    """Whether a reading with a bad status names a near range where nothing is: a phantom that the sensor caught."""
    return sample.status not in (None, RangeStatus.VALID) and is_stray_range(sample.range_mm, sample.signal_kcps)


def is_stray_range(range_mm: int | None, signal_kcps: float | None) -> bool:
    """Whether a reading that is no target names a near range, without a body's light."""
    if range_mm is None or not MINIMUM_RANGE_MM <= range_mm <= _STRAY_MM:
        return False
    return not has_body_signal(range_mm, signal_kcps or 0.0)


def too_dim(range_mm: int, signal_kcps: float | None) -> bool:
    """Whether a near reading returns less light than the darkest cloth would: a phantom, whatever its status."""
    if signal_kcps is None or not _SATURATED_MM <= range_mm <= _DIM_MM:
        return False
    return signal_kcps * (range_mm / 1000.0) ** 2 < _DIM_SIGNAL_KCPS_M2


def is_point_blank(sample: RangeSample) -> bool:
    """Whether a valid reading is so near, and its signal so strong, that it needs no second one."""
    range_mm, signal = sample.range_mm, sample.signal_kcps
    if range_mm is None or signal is None or sample.status != RangeStatus.VALID:
        return False
    if not MINIMUM_RANGE_MM <= range_mm <= POINT_BLANK_MM:
        return False
    return signal * (range_mm / 1000.0) ** 2 >= POINT_BLANK_SIGNAL_KCPS_M2


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One sample judged: all that alarms and timing know of it."""

    t_ns: int
    kind: Kind
    range_mm: int | None
    signal_kcps: float | None
    in_lane: bool
    """A target in front of what stands behind the lane."""
    doubtful_body: bool
    """In the lane too, with a body's signal, yet the sensor doubts it: motion spoils the status, not the signal."""
    point_blank: bool
    """In the lane, so near and so bright that it needs no second reading."""
    stray: bool
    """A bad status and a near range where nothing is: a phantom that the sensor caught."""
    dim: bool
    """With less light than a body returns as a rule: phantoms have that, and some bodies."""
    too_dim: bool
    """With less light than the darkest cloth returns from so near."""


def judge(sample: RangeSample, kind: Kind, in_front: bool) -> Reading:
    """Judge one sample. `in_front`: its range is nearer than what stands behind the lane."""
    target = kind is Kind.TARGET
    lit = target and sample.range_mm is not None and sample.signal_kcps is not None
    return Reading(
        sample.t_ns,
        kind,
        sample.range_mm,
        sample.signal_kcps,
        in_lane=target and in_front,
        doubtful_body=not target and in_front and is_doubtful_body(sample),
        point_blank=target and in_front and is_point_blank(sample),
        stray=not target and is_stray(sample),
        dim=lit and not has_body_signal(sample.range_mm or 0, sample.signal_kcps or 0.0),
        too_dim=lit and too_dim(sample.range_mm or 0, sample.signal_kcps),
    )
