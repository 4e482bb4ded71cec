"""How many readings must agree before they are believed: two in a clean field, more the more phantoms there are."""

from __future__ import annotations

import math

FALSE_ALARM_HORIZON_S = 600.0
"""At most one false alarm in ten minutes of an empty field is allowed; the count aims at 0.3."""
_FALSE_ALARMS = 0.3
"""Expected in that time: three stretches in four are quiet then. More costs trust, less asks one reading more."""
PHANTOM_AGREEMENT = 0.45
"""Share of consecutive sunlight phantoms within 150 mm of each other (43-46 % in the recorded traces)."""
_MEMORY_SAMPLES = 400.0
"""Enough to tell 1 % of phantoms from 3 %; at 25 Hz a cloud's shadow is noticed after a quarter of a minute."""
_FINISH_SHARE = 0.1
"""A finish is waited for a minute at a time and must look like a torso besides."""
_AGREEMENT_PRIOR = 8.0
"""Readings' worth of the recorded agreement: a place's own phantoms outweigh it once eight were seen."""
_UNCAUGHT = 0.02
"""Share of phantoms that the status does not catch, until counting tells better."""
# A recording without status tells nothing of its phantoms until some of it has been seen.
_PRIOR_WITH_STATUS = (0.02, 20.0)
"""Phantoms among so many readings: 0.1 %, of what a driver's status lets pass (the benchmark's strays are 0.2 %)."""
_PRIOR_WITHOUT_STATUS = (0.6, 20.0)
"""3 %: of a sensor that tells no status three or four readings must agree at first, not two."""
_CLEAN = 3.0
"""Among so many readings divided by their number there is a phantom in 95 of 100 stretches that have shown none."""
_LATEST_NS = 300_000_000
"""A person reacts in about as long; the alarm's delay stays within the 0.6 s that stopping allows for."""
_LATEST_PERIODS = 4
"""A slow sensor's three readings that agree, and the one that was just missed."""


def readings_in_time(period_ns: int) -> int:
    """Readings that fit between the first sight of a body and the moment when its alarm must be told."""
    return max(_LATEST_NS, _LATEST_PERIODS * period_ns) // max(1, period_ns)


class PersistenceThreshold:
    """Counts targets that nothing agrees with among the readings, with a memory of some 400 readings."""

    def __init__(self, briefest_ns: int = 0) -> None:
        self._briefest_ns = briefest_ns
        """No body is in view for less: a shorter run was a burst of phantoms."""
        self._rare = 2
        """Readings that phantoms alone will hardly make agree by chance."""
        self._burst = 0
        """Readings in the bursts of late."""
        self.needed_for_finish = 2
        """Readings that must agree before a runner who is expected is seen to cross."""
        self._phantoms = 0.0
        self._readings = 0.0
        self._agreeing = PHANTOM_AGREEMENT * _AGREEMENT_PRIOR
        self._pairs = _AGREEMENT_PRIOR
        self._pending = 0
        self._interrupted = False
        """Whether the reading after those that agree shows nothing: the next one may go on with them."""
        self._clean = 0
        """Readings since the last phantom."""
        self._in_time = 2
        self._started = False

    @property
    def needed(self) -> int:
        """Readings that must agree before an alarm is raised."""
        return max(self._rare, min(self._burst + 1, self._in_time))

    @property
    def in_time(self) -> int:
        """Readings that may be asked for while the watch is said to be well."""
        return self._in_time

    @property
    def overwhelmed(self) -> bool:
        """Whether so many readings must agree that an alarm would come too late."""
        return self.needed > self._in_time

    def begin(self, status_known: bool, period_ns: int) -> None:
        """Before each reading: what the sensor says of itself, and how fast its readings come."""
        self._in_time = readings_in_time(period_ns)
        if not self._started:
            self._started = True
            self._phantoms, self._readings = _PRIOR_WITH_STATUS if status_known else _PRIOR_WITHOUT_STATUS
            self._update(period_ns)

    def feed(self, target: bool, agrees: bool, period_ns: int) -> None:
        """One reading: whether it is a target in the lane, and whether it agrees with the one before."""
        self._readings += 1.0
        self._clean += 1
        if target and agrees:
            self._pending += 1
            self._interrupted = False
            if self.overwhelmed:
                # What stays in view shows no phantoms, however long: the run need not end to tell.
                self._update(period_ns)
            return
        if self._pending and not target and not self._interrupted:
            # A body whose second reading fails is as likely as any; taken for a phantom it would cost the state.
            self._interrupted = True
        elif self._pending:
            self._close_run(period_ns)
        if target:
            self._pending = 1
        else:
            # Each empty reading says that phantoms are rarer: a count from the last one's time keeps brief bodies out.
            self._update(period_ns)

    def outlast(self, burst: int) -> None:
        """Phantoms come in bursts of so many readings: what outlasts them is believed, or fills an alarm's time."""
        self._burst = burst

    def suspect(self) -> None:
        """A near range with a bad status: where there are such, some come with a good one."""
        self._phantoms += _UNCAUGHT

    def forget_run(self) -> None:
        """The readings that agree at present are the background's."""
        self._pending, self._interrupted = 0, False

    def forgive(self, count: int) -> None:
        """So many readings taken for phantoms have turned out to be a body's."""
        self._phantoms = max(0.0, self._phantoms - count)

    def _close_run(self, period_ns: int) -> None:
        # A run long enough to be believed was a body; what fell short of it was none.
        if self._pending < max(3, self.needed, self._briefest_ns // max(1, period_ns)):
            self._phantoms += self._pending
            self._clean = 0
            self._pairs += self._pending
            self._agreeing += self._pending - 1
        self._pending, self._interrupted = 0, False
        self._update(period_ns)

    def _update(self, period_ns: int) -> None:
        if self._readings >= _MEMORY_SAMPLES:
            self._phantoms *= 0.5
            self._readings *= 0.5
            self._agreeing *= 0.5
            self._pairs *= 0.5
        # What has shown no phantom for long is not to be judged by what it was before.
        self._phantoms = min(self._phantoms, self._readings, _CLEAN / max(1, self._clean) * self._readings)
        share = self._phantoms / max(1.0, self._readings)
        agreement = min(0.9, max(PHANTOM_AGREEMENT, self._agreeing / max(1.0, self._pairs)))
        readings = FALSE_ALARM_HORIZON_S * 1e9 / max(period_ns, 1_000_000)
        # A run may lack a reading: a phantom has two chances to continue it.
        chance = min(0.95, 2.0 * share * agreement)
        self._rare = _count(readings * share, chance)
        self.needed_for_finish = _count(readings * _FINISH_SHARE * share, chance)


def _count(alone: float, chance: float) -> int:
    """Readings that must agree when `alone` phantoms are expected and each is followed by another with a chance."""
    if alone <= _FALSE_ALARMS:
        return 2
    return max(2, 1 + math.ceil(math.log(_FALSE_ALARMS / alone) / math.log(chance)))
