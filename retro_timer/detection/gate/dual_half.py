"""One half of a dual gate and the passages through it that wait for the other half."""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, PassageOver, SensorState, Shade
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.torso import Torso, is_brief
from retro_timer.detection.passages import Break
from retro_timer.detection.solution import Solution

_GOES_OVER_NS = 400_000_000
"""From a shade's end to a crossing of the same body, which six readings at 24 ms may have to confirm: less makes two
bodies of one, more one of a shadow and who follows it."""

_OWN_TROUBLES = frozenset(("covered", "hardware"))
"""What makes one half degraded and says nothing of the light in which the other one sees."""


class Seen(msgspec.Struct, eq=False):
    """One passage through one half."""

    rep: int
    first_ns: int
    over: PassageOver | None = None
    last_ns: int | None = None
    """Last hit; None as long as somebody is in the beam."""
    beeped: bool = False
    by_light: bool = False
    """A shade: seen by its light, without a range."""
    shaded: bool = False
    """A shade went over into it: the body was longer in the beam than its ranges say."""
    alone: bool = False
    """The other half was blind when it began."""
    doubted: bool = False
    """The other half was degraded then, by what may trouble this one as well."""
    light_ns: tuple[int, int] | None = None
    """First and last reading of the shades that are this body's."""
    waited: bool = False
    """It has waited long enough, and is decided with the other half's passage that still goes on."""
    overdue: bool = False
    """It has waited for that one to end as well."""
    spent: bool = False
    """It still goes on, and was decided with the other half's."""

    brief: bool = True
    """No longer than an arm or a few phantoms, for the speed on the way: as long as no torso was found in it."""
    torso: Torso | None = None
    """What a body can have made of it, once it is over."""
    solved: Solution | None = None
    """Its own moment, once it was asked for."""

    @property
    def middle_s(self) -> float:
        """Between its first and its last reading: its light as well, of which its hits may be a part."""
        first_ns, last_ns = self.first_ns, self.last_ns or self.first_ns
        lit_ns = self.light_ns or (first_ns, last_ns)
        return (min(first_ns, lit_ns[0]) + max(last_ns, lit_ns[1])) / 2e9

    @property
    def lit_until_ns(self) -> int:
        """Its last reading, its light among them."""
        return max(self.last_ns or self.first_ns, self.light_ns[1] if self.light_ns else 0)

    def overlaps(self, shade: Shade) -> bool:
        """Whether a shade of the same beam is this body's."""
        return self.first_ns <= shade.last_ns and (self.last_ns is None or shade.first_ns <= self.last_ns)

    def weigh(self, config: WatchConfig) -> None:
        """Whether it is brief, by its torso and by the shades beside that."""
        torso = self.torso
        self.brief = not self.shaded and (torso is None or torso.brief)
        if self.brief and torso is not None and torso.broken.dawdled:
            # Brief for the way's mean speed is everybody who stood still on it.
            self.brief = is_brief(torso, config, (torso.hits[-1].t_ns - torso.hits[0].t_ns) / 1e9)
        if self.brief and torso is not None and self.light_ns is not None:
            first_ns, last_ns = self.light_ns
            self.shaded = not is_brief(torso, config, (last_ns - first_ns) / 1e9 + 2.0 * torso.broken.period_s)
            self.brief = not self.shaded

    def due_ns(self, wait_ns: int, more_ns: int) -> int | None:
        """When it has waited long enough, and when for a passage that still goes on; None when neither is to come."""
        if self.last_ns is None or self.overdue:
            return None
        return self.lit_until_ns + wait_ns + (more_ns if self.waited else 0)

    @property
    def hits(self) -> int:
        """Hits of its torso."""
        return 0 if self.torso is None else len(self.torso.hits)

    @property
    def broken(self) -> Break | None:
        passage = None if self.over is None else self.over.passage
        return passage if isinstance(passage, Break) else None


class Half:
    """One of the two sensors, with what it saw."""

    def __init__(self, config: WatchConfig) -> None:
        self.config = config
        self.state = SensorState.OK
        self.reason = ""
        """Why it does not see well."""
        self.held = False
        """Something stands in its beam and hides who passes."""
        self.seen: list[Seen] = []

    @property
    def badness(self) -> int:
        """How badly it sees who passes: 0 for well, and behind a thing in the beam no better than lost."""
        return SensorState.LOST.badness if self.held else self.state.badness

    @property
    def doubts_both(self) -> bool:
        """Whether what troubles it may trouble the other half as well: the sun, not what lies on its own lens."""
        return self.state is SensorState.DEGRADED and self.reason not in _OWN_TROUBLES

    def begin(self, crossing: Crossing) -> None:
        """A crossing; a shade that has just ended is the same body's, of which now a range is named."""
        shades = [seen for seen in self.seen if seen.by_light and crossing.t_ns - (seen.last_ns or 0) <= _GOES_OVER_NS]
        self.seen = [seen for seen in self.seen if seen not in shades]
        first_ns = min((seen.first_ns for seen in shades), default=crossing.t_ns)
        light_ns = (first_ns, crossing.t_ns) if shades else None
        self.seen.append(Seen(crossing.rep, crossing.t_ns, shaded=bool(shades), light_ns=light_ns))

    def lengthen(self, seen: Seen, shade: Shade) -> None:
        """A shade of the same body: its light may have been there for longer than its ranges."""
        first_ns, last_ns = seen.light_ns or (shade.first_ns, shade.last_ns)
        seen.light_ns = min(first_ns, shade.first_ns), max(last_ns, shade.last_ns)
        if seen.over is not None:
            seen.weigh(self.config)

    def solve(self, seen: Seen) -> Solution:
        if seen.solved is None:
            broken = seen.broken
            seen.solved = Solution(refusal="no break") if broken is None else solve(broken, self.config)
        return seen.solved
