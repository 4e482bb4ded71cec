"""Whether the box may say that it is ready, to people by sound and voice and to systemd, whose watchdog it feeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import JournalLooked
from retro_timer.beacon.sensing.coverage import dark_clothing
from retro_timer.beacon.sensing.settling import LONGEST_NS
from retro_timer.beacon.service import Service
from retro_timer.beacon.system.notify import Notifier
from retro_timer.detection.events import SensorState
from retro_timer.settings.starting import Trouble
from retro_timer.training.session.effects import About, Say, Signal

_FIRST_LOOK_NS = 2_000_000_000
"""How long the sensors may take to their first report."""
_JOURNAL_NS = 5_000_000_000
"""How long the disk may take to say what was cut off; timing goes on without a disk."""
_BEAT_NS = 4_000_000_000
"""A loop that has not come round for this long hangs; a bus that recovers beats all the while."""


class Readiness:
    """Called on the session's thread after each turn of its loop."""

    def __init__(
        self,
        service: Service,
        notifier: Notifier,
        *,
        spoken: bool,
        troubles: Sequence[Trouble] = (),
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """`spoken`: whether readiness is told in words. `troubles` always are. `on_ready` is called once."""
        self._service = service
        self._core: Core = service.core
        self._notifier = notifier
        self._spoken = spoken
        self._troubles = troubles
        self._on_ready = on_ready
        self._began_ns = self._core.clock.monotonic_ns()
        self._told: SensorState | None = None
        self._fed_ns = 0
        self._status = ""

    def sees(self) -> bool:
        """Whether every sensor has reported, or has had the time to."""
        busy = any(sensing.held_up for sensing in self._core.sensing.values())
        limit_ns = LONGEST_NS if busy else _FIRST_LOOK_NS
        waited = self._core.clock.monotonic_ns() - self._began_ns >= limit_ns
        return waited or all(report.reason != "starting" for report in self._core.overview.reports)

    def look(self) -> None:
        """Feed the watchdog if every loop lives; tell when the box has become ready, or has become unready."""
        self._feed()
        if not self.sees() or self._awaits_journal():
            return
        watch = self._core.overview.latest
        if self._told is None:
            self._notifier.send("READY=1")
            self._on_ready()
            self._service.prepare_phrases()
            self._tell_troubles()
        self._tell_status()
        if self._core.session.busy:
            # The session speaks for the watch now.
            if self._told is SensorState.LOST:
                self._core.buzzer.alert(False)
            self._told = watch.state
            return
        if watch.state is self._told:
            return
        was, self._told = self._told, watch.state
        self._core.speaker.unsay([About.WATCH])
        if watch.state is SensorState.LOST:
            self._core.buzzer.alert(True)
            self._core.speaker.say(Say("not_ready", {"reason": watch.reason}, about=(About.WATCH,)))
        elif was in (None, SensorState.LOST):
            self._core.buzzer.alert(False)
            self._say_ready()

    def _awaits_journal(self) -> bool:
        """Whether a session that was cut off may still turn up: "Ready" invites a press, which would be for it."""
        opener, now_ns = self._core.opener, self._core.clock.monotonic_ns()
        if opener.awaits_journal and now_ns - self._began_ns >= _JOURNAL_NS:
            opener.put(JournalLooked(), now_ns)
        return opener.awaits_journal

    def _tell_troubles(self) -> None:
        """Before anything else: who hears "Ready" first may have gone to the start already."""
        for trouble in self._troubles:
            self._core.speaker.say(Say(trouble.phrase, dict(trouble.values)))

    def _say_ready(self) -> None:
        self._core.buzzer.signal(Signal.TROUBLE if self._core.troubles.texts else Signal.READY)
        covers = self._core.overview.latest.coverage
        if not self._spoken:
            return
        self._core.speaker.say(Say("ready", about=(About.WATCH,)))
        if covers is None:
            self._core.speaker.say(Say("covers_nothing", about=(About.WATCH,)))
        else:
            self._core.speaker.say(Say(covers.phrase, covers.spoken, about=(About.WATCH,)))
        dark = dark_clothing((sensing.spec, sensing.config.lanes) for sensing in self._core.sensing.values())
        if dark is not None:
            self._core.speaker.say(Say(dark.phrase, dark.spoken, about=(About.WATCH,)))

    def _feed(self) -> None:
        limit_ns = self._notifier.watchdog_ns
        now_ns = self._core.clock.monotonic_ns()
        if not limit_ns or now_ns - self._fed_ns < limit_ns // 4:
            return
        if all(now_ns - beat <= _BEAT_NS for beat in self._service.bus_beats_ns.values()):
            self._fed_ns = now_ns
            self._notifier.send("WATCHDOG=1")

    def _tell_status(self) -> None:
        watch = self._core.overview.latest
        why = f" ({watch.reason})" if watch.reason else ""
        state = self._core.session.state
        phase = "idle" if state is None or not self._core.session.busy else str(state.phase)
        status = "; ".join([f"STATUS={phase}", f"watch {watch.state}{why}", *self._core.troubles.texts])
        if status != self._status:
            self._status = status
            self._notifier.send(status)
