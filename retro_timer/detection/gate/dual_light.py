"""Two beams under one sun: whether what was seen is a body, by the light that came back and by where it stands.

Phantoms of both halves come at the same times, since the light that makes them is the same, and a few in a row look
like a runner. But a body's light falls with the square of its range, both halves see one trunk at one range, and where
phantoms are about the readings before and after tell of it: near ranges of a bad status, where nobody is.
"""

from __future__ import annotations

from statistics import median

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import THIN_DEG
from retro_timer.detection.gate.dual_fit import DIM_SDS, MAYBE_SDS, SURELY_SDS
from retro_timer.detection.gate.dual_half import Half, Seen
from retro_timer.detection.health.sensor_health import BRIGHT_KCPS
from retro_timer.detection.readings import Kind, is_stray_range

_GLARE_SHARE, _LEAST_STRAY = 0.05, 2
"""Of the readings beside a break: in the recorded sun a fifth to a half are phantoms, in a clean field hardly any names
a near range with more light than the field's. Less takes a stray for sun and asks more of everybody, more lets phantoms
of a broken sky through."""
_STRAY_KCPS = 150.0
"""An empty field returns less, and phantoms with a bad status as a rule more (benchmarks/physics/sensor.py)."""
_FLANK_PERIODS = 3.5
"""A body's own flanks spoil the status of so many readings."""
_DARKEST_KCPS_M2 = 600.0
"""Of a cone whose model nobody names: clothes of 10 % before a VL53L1X (sensors/vl53l1x.py). More would take dark cloth
for phantoms, less phantoms for cloth: in sun they return 1,500 to 3,000 kcps at any range below 0.9 m."""
_BRIGHT = 5.0
"""Times the darkest body's light: a phantom's 3,000 kcps are that at one metre, and phantoms come nearer. Less lets
bursts through, more loses runners in dark clothes whom one half alone saw."""
_BRIGHTER = 1.1
"""Times a phantom's 3,000 kcps: less lets the brightest of them through, more loses runners who are seen in few
readings."""
_ARM = 3.5
"""Times the darkest body's light: forearms returned up to 3.4 in the open field, trunks in cloth of 35 to 75 % from 2.9
on, 99 of 100 of them from 3.6. Less times arms, more asks of more runners that their speed agrees."""
_SWEPT_NS = 700_000_000
"""An arm that sweeps at 0.8 m/s is through a cone at 1.2 m in so long: less times slower arms, more asks of more slow
walkers that their speed agrees."""
_BURST = 4
"""Phantoms in a row that agree: the longest in the recorded sun (benchmarks/physics/sensor.py). Less takes them for a
runner, more asks a jogger for more readings than there are."""
_TWO_BURSTS = 2 * _BURST
_RAGGED = 0.15
"""The light of a body rises and falls with its cover of the cone: in dark cloth it was off that by 0.01 to 0.2, that of
two bursts in a row by 0.13 to 0.35. Less loses runners in dark clothes, more lets bursts through."""
_RAGGED_LONG = 0.25
"""The same of what is longer than two bursts: phantoms on a walker hide a part of their outline."""
_TRUNK_MM = {True: 250.0, False: 150.0}
"""Between the ranges of one athlete at both beams, above each other (hips against shoulders) or not (a trunk that sways
and turns within a step). Less loses athletes, more joins phantoms, whose ranges are half a metre wide."""


def phantoms(near: Seen, far: Seen, halves: tuple[Half, Half], *, stacked: bool) -> bool:
    """Whether two passages, in light that makes phantoms, cannot be one body's; one that still goes on may be."""
    seen = [(one, half.config) for one, half in zip((near, far), halves, strict=True) if one.torso is not None]
    if not any(_in_glare(one) for one, _ in seen):
        return False
    if any(max(_lights(one, config)) < 1.0 for one, config in seen):
        return True
    if not any(outlasts_bursts(one, half) for one, half in zip((near, far), halves, strict=True) if one.torso):
        return True
    ranges_mm = [one.torso.ranges.body_mm for one, _ in seen if one.torso is not None]
    return len(ranges_mm) == len(halves) and max(ranges_mm) - min(ranges_mm) > _TRUNK_MM[stacked]


def bounds_sds(near: Seen, far: Seen, halves: tuple[Half, Half]) -> tuple[float, float]:
    """How much sooner and later the far half may be than the speed lets expect, by whether it may be an arm."""
    seen = [(one, half.config) for one, half in zip((near, far), halves, strict=True) if one.torso is not None]
    slow = all((one.last_ns or one.first_ns) - one.first_ns > _SWEPT_NS for one in (near, far))
    if slow or not all(_is_known(one, config) for one, config in seen):
        return SURELY_SDS
    if any(one.broken is not None and one.broken.wall_mm is not None for one, _ in seen):
        # Who hid the wall for longer than their range was named is no arm, and slower than the range says.
        hidden = all(one.by_light or one.light_ns is not None for one in (near, far))
        return SURELY_SDS if hidden else MAYBE_SDS
    return SURELY_SDS if any(max(_lights(one, config)) >= _ARM for one, config in seen) else DIM_SDS


def outlasts_bursts(seen: Seen, half: Half, *, alone: bool = False) -> bool:
    """Whether one half's passage is brighter than bursts of phantoms, or longer: what is asked of it in sun.

    Two bursts in a row are as long as a jogger, without a body's rise and fall. `alone`: no other half has a say.
    """
    lights = _lights(seen, half.config)
    if max(lights) >= _BRIGHT or _outshines_phantoms(seen, half.config):
        return True
    if len(lights) <= _BURST or median(lights) < 1.0:
        return False
    if len(lights) <= _TWO_BURSTS:
        return not alone and half.solve(seen).ragged <= _RAGGED
    return half.solve(seen).ragged <= _RAGGED_LONG


def in_clear_light(seen: Seen) -> bool:
    """Whether one half's passage shows by itself that the light makes no phantoms: it is measured, dim, and none are
    beside the break."""
    known = seen.torso is not None and seen.broken is not None and seen.broken.ambient_kcps is not None
    return known and not _in_glare(seen)


def _outshines_phantoms(seen: Seen, config: WatchConfig) -> bool:
    """Whether a reading was brighter than phantoms are at any range."""
    hits = [] if seen.torso is None else seen.torso.hits
    brightest_kcps = max((hit.signal_kcps or 0.0 for hit in hits), default=0.0)
    return brightest_kcps > _BRIGHTER * _BRIGHT * (config.least_body_kcps_m2 or _DARKEST_KCPS_M2)


def _in_glare(seen: Seen) -> bool:
    """Whether phantoms may be about: in light as of the sun, or with near ranges of a bad status beside the break,
    clear of its flanks."""
    broken, torso = seen.broken, seen.torso
    if broken is None or torso is None or not torso.hits:
        return False
    if (broken.ambient_kcps or 0.0) >= BRIGHT_KCPS:
        return True
    clear_ns = round(_FLANK_PERIODS * broken.period_s * 1e9)
    first_ns, last_ns = torso.hits[0].t_ns - clear_ns, torso.hits[-1].t_ns + clear_ns
    beside = [entry for entry in broken.entries if not first_ns <= entry.t_ns <= last_ns]
    stray = sum(
        entry.kind is not Kind.TARGET
        and is_stray_range(entry.range_mm, entry.signal_kcps)
        and (entry.signal_kcps is None or entry.signal_kcps >= _STRAY_KCPS)
        for entry in beside
    )
    return stray >= max(_LEAST_STRAY, _GLARE_SHARE * len(beside))


def _is_known(seen: Seen, config: WatchConfig) -> bool:
    """Whether a passage's light is recorded, and known of a body before this sensor."""
    thin = config.fov_deg <= THIN_DEG and not config.least_body_kcps_m2
    return not thin and all(hit.signal_kcps is not None for hit in ([] if seen.torso is None else seen.torso.hits))


def _lights(seen: Seen, config: WatchConfig) -> list[float]:
    """Each hit's light, as if from one metre, against the darkest body's; `_BRIGHT` where none is recorded."""
    hits = [] if seen.torso is None else seen.torso.hits
    if not _is_known(seen, config):
        return [_BRIGHT] * max(1, len(hits))
    darkest = config.least_body_kcps_m2 or _DARKEST_KCPS_M2
    return [(hit.signal_kcps or 0.0) * ((hit.range_mm or 0) / 1000.0) ** 2 / darkest for hit in hits] or [0.0]
