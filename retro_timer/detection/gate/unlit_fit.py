"""The middle and the speed of a passage whose light is not recorded: how wide the beam is must be told from ranges.

Ranges do not tell how much of its cone a sensor looks at: all of it, or, where whatever is nearest wins or a narrow
beam was called a wide one, hardly more than a line, which a torso alone breaks.
"""

from __future__ import annotations

import math

import msgspec

from retro_timer.detection.gate.occlusion_fit import Cover, Fit, Outline, fit_cover

_THIN_ODDS = 0.3
"""Of a beam as thin as a line against one as wide as was told, before its readings are looked at: the told one is the
likelier. More costs wide beams certainty, less costs thin ones their times; from a tenth to a third neither shows in
the accuracy benchmark's ranges."""
_MOST_LOG_ODDS = 50.0
"""Beyond any doubt, and no overflow."""


def fit_unlit(cover: Cover, outline: Outline, most_mps: float) -> Fit:
    """Each width is believed as far as the readings agree with it; one in which nobody is so fast, not at all."""
    wide = fit_cover(cover, outline)
    thin = fit_cover(cover, msgspec.structs.replace(outline, half_cover_m=outline.half_torso_m, thin=True))
    if wide.speed_mps > most_mps:
        return thin
    odds = _THIN_ODDS * math.exp(min(_MOST_LOG_ODDS, thin.log_evidence - wide.log_evidence))
    return _mixed(wide, thin, odds / (1.0 + odds), outline.half_torso_m)


def _mixed(wide: Fit, thin: Fit, share: float, half_torso_m: float) -> Fit:
    """Either of two fits, the second with a chance of `share`; what they differ by on the back's moment is doubt."""

    def mean(of_wide: float, of_thin: float) -> float:
        return (1.0 - share) * of_wide + share * of_thin

    backs_s = [fit.middle_s - half_torso_m / fit.speed_mps for fit in (wide, thin)]
    apart_s2 = share * (1.0 - share) * (backs_s[1] - backs_s[0]) ** 2
    speed_mps = math.exp(mean(math.log(wide.speed_mps), math.log(thin.speed_mps)))
    return msgspec.structs.replace(
        thin if share > 0.5 else wide,
        middle_s=mean(*backs_s) + half_torso_m / speed_mps,
        middle_sd_s=math.sqrt(mean(wide.middle_sd_s**2, thin.middle_sd_s**2) + apart_s2),
        speed_mps=speed_mps,
        log_speed_sd=mean(wide.log_speed_sd, thin.log_speed_sd),
        moved_s=mean(wide.moved_s, thin.moved_s),
    )
