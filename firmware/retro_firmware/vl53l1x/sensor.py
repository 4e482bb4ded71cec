"""The VL53L1X as the program's RangeSensor: waits for frames, refuses what is none, and comes back from any fault."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import msgspec

from retro_firmware.backoff import Backoff
from retro_firmware.calibrated import Calibrated
from retro_firmware.vl53l1x import diagnosis, frames
from retro_firmware.vl53l1x.device import Device, Frame
from retro_firmware.vl53l1x.light import ModeChooser
from retro_firmware.vl53l1x.pace import Pace
from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.sensors.vl53l1x import GUARD_MS, VL53L1X

NOTICE_NS = 200_000_000
_STRIKES = 3
"""Looks that may fail in a row, a period apart: a single disturbed transfer costs one reading, not the watch."""
_ATTEMPT_NS = 400_000_000
"""For one attempt to start or to recover."""
_UNCALLED = 3
"""Frames that were there though GPIO1 had not called: its wire is off then, and looking goes on without it."""
_LEAST_BUDGET_MS = {"short": 20.0, "medium": 33.0, "long": 33.0}
_MARGIN_NS = 60_000_000
"""Of the time to notice, kept for a last transfer that hangs and for the diagnosis; two periods are always left."""
_STALL_NS = 20_000_000
"""A sleep that lasts this much too long tells of the host and not of the sensor: that time is not held against it."""
_MAY_PASS = frozenset(("no-answer", "garbage", "frozen"))
"""Failed looks that are worth another; any other fault is one at once."""


class Vl53l1xSensor(Calibrated):
    """One sensor. Only its bus's thread calls it.

    `wait_for_interrupt(timeout_s)`, where GPIO1 is wired, waits until that line is active and says whether it is.
    `offset_mm` and `late_ns` are calibration's. `clock` gives nanoseconds and `sleep` waits seconds on it.
    """

    def __init__(
        self,
        settings: SensorSettings,
        device: Device,
        *,
        wait_for_interrupt: Callable[[float], bool] | None = None,
        offset_mm: int = 0,
        late_ns: int = 0,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(offset_mm, late_ns)
        self.settings = settings
        self._device = device
        self._wait_for_interrupt = wait_for_interrupt
        self._clock = clock
        self._sleep = sleep
        self._chooser = ModeChooser(settings.mode)
        self._mode = self._chooser.mode
        least_ms = _LEAST_BUDGET_MS["long" if settings.mode is DistanceMode.AUTO else self._mode]
        self._budget_us = round(1000.0 * max(settings.budget_ms, least_ms))
        self._period_ms = math.ceil(max(settings.period_ms, self._budget_us / 1000.0 + GUARD_MS))
        self._pace = Pace(self._period_ms * 1_000_000)
        self._backoff = Backoff()
        self._stream: int | None = None
        self._uncalled = 0
        self._stalled_ns = 0
        self._running = False
        self._began = False

    @property
    def mode(self) -> str:
        """The ranging mode in force: short, medium or long. With `auto` it changes with the light."""
        return self._mode

    @property
    def spec(self) -> SensorSpec:
        """Figures for the mode in force: with `auto`, model and range change with `mode`."""
        return msgspec.structs.replace(
            VL53L1X.spec_in(self.settings, self._mode),
            period_ns=self._period_ms * 1_000_000,
            budget_ns=self._budget_us * 1000,
        )

    @property
    def notice_ns(self) -> int:
        """A fault is raised at the latest this long after `read` was called: three periods, at least 200 ms."""
        return max(NOTICE_NS, 3 * self._period_ms * 1_000_000)

    @property
    def identity(self) -> str:
        """What answers; an empty string until the chip has been found. May be read from any thread."""
        return self._device.identity if self._began else ""

    # RangeSensor

    def start(self) -> None:
        """Find the chip and let it range. Raises SensorFaultError with the likely cause and the command that mends it;
        `read` goes on trying then.
        """
        self._running = True
        try:
            self._open()
        except SensorFaultError as fault:
            self._lose(fault)
            settings, wire = self.settings, self._device.wire
            raise diagnosis.explain(fault, settings.name, settings.address, settings.bus, wire, self._clock) from None

    def read(self) -> RangeSample | None:
        """The next frame, in its own time: `t_ns` is the middle of its integration. None after `stop`.

        Raises SensorFaultError within `notice_ns`. The next calls raise it anew, a period apart, until an attempt to
        reset and start the sensor is due (after 0.1 s, then twice as long up to 2 s); each attempt ends within 0.4 s.
        """
        if not self._running:
            return None
        if self._backoff.fault is not None:
            self._recover()
        try:
            return self._next()
        except SensorFaultError as fault:
            self._lose(fault)
            raise

    def stop(self) -> None:
        """Stop ranging and switch the chip off where XSHUT is wired; safe to call twice."""
        if self._running:
            self._running = False
            self._device.close()

    # Losing and finding it

    def _lose(self, fault: SensorFaultError) -> None:
        self._backoff.lost(fault, self._clock())
        self._device.abandon()

    def _recover(self) -> None:
        """Start anew when that is due; raises what the sensor is lost with until it works."""
        now_ns = self._clock()
        fault, retry_at_ns = self._backoff.fault, self._backoff.retry_at_ns
        if fault is not None and now_ns < retry_at_ns:
            self._sleep(min(self._period_ms / 1000.0, (retry_at_ns - now_ns) / 1e9))
            raise SensorFaultError(fault.reason, fault.detail)
        try:
            self._open()
        except SensorFaultError as failed:
            # The chip was the right one when it was started.
            reason = "garbage" if failed.reason == "wrong-chip" and self._began else failed.reason
            failed = SensorFaultError(reason, failed.detail)
            self._lose(failed)
            raise failed from None

    def _open(self) -> None:
        deadline_ns = self._clock() + _ATTEMPT_NS
        self._device.open(deadline_ns)
        self._begin(deadline_ns)
        self._backoff.found()

    def _begin(self, deadline_ns: int) -> None:
        self._device.begin(self._mode, self._budget_us, self._period_ms, deadline_ns)
        self._began = True
        self._stream = None
        self._uncalled = 0
        self._pace.restart(self._clock(), self._budget_us * 1000)

    def _follow_light(self) -> None:
        if self._chooser.mode != self._mode:
            deadline_ns = self._clock() + _ATTEMPT_NS
            self._mode = self._chooser.mode
            self._device.end(deadline_ns)
            self._begin(deadline_ns)

    # Frames

    def _next(self) -> RangeSample:
        self._follow_light()
        limit_ns = self._clock() + self.notice_ns
        deadline_ns = limit_ns - _MARGIN_NS
        failed: SensorFaultError | None = None
        strikes = 0
        self._stalled_ns = 0
        while self._clock() < deadline_ns + self._stalled_ns:
            prompt = self._wait(deadline_ns + self._stalled_ns)
            try:
                sample = self._look(limit_ns + self._stalled_ns, prompt)
            except SensorFaultError as fault:
                failed = fault
                strikes += 1
                if strikes >= _STRIKES or fault.reason not in _MAY_PASS:
                    break
                self._pace.skip(self._clock())
                continue
            failed = None
            if sample is not None:
                self._backoff.well(sample.t_ns)
                return sample
        stuck = SensorFaultError("stuck", f"no frame for {(self.notice_ns - _MARGIN_NS) // 1_000_000} ms")
        raise self._diagnosed(failed or stuck, limit_ns + self._stalled_ns)

    def _wait(self, deadline_ns: int) -> bool:
        """Sleep until the next look is due, or until GPIO1 calls; whether it did."""
        now_ns, pace = self._clock(), self._pace
        called = self._wait_for_interrupt if self._uncalled < _UNCALLED else None
        until_ns = max(now_ns, min(pace.due_ns if called is None else pace.overdue_ns, deadline_ns))
        prompt = False
        if called is not None:
            prompt = called((until_ns - now_ns) / 1e9)
        elif until_ns > now_ns:
            self._sleep((until_ns - now_ns) / 1e9)
        over_ns = self._clock() - until_ns
        if over_ns > _STALL_NS:
            self._stalled_ns += over_ns
        return prompt

    def _look(self, deadline_ns: int, prompt: bool) -> RangeSample | None:
        """One look at the chip: a reading, or None when there is no new one yet. Raises SensorFaultError."""
        device, pace = self._device, self._pace
        looked_ns = self._clock()
        if not device.ready(deadline_ns):
            pace.nothing_yet(looked_ns)
            return None
        seen_ns = self._clock()
        self._uncalled = 0 if prompt else self._uncalled + 1
        frame = device.fetch(self._stream, deadline_ns)
        if frame.refused != "garbage":
            # Counted as seen before the handshake: if that fails, the same frame must not pass for a new one.
            self._stream = frame.stream
        device.acknowledge(deadline_ns)
        ready_ns = None if frame.refused else pace.found(seen_ns, prompt)
        pace.acknowledged(self._clock())
        if frame.refused:
            raise SensorFaultError(frame.refused, _REFUSALS[frame.refused])
        return None if ready_ns is None else self._sample(frame, ready_ns)

    def _sample(self, frame: Frame, ready_ns: int) -> RangeSample:
        t_ns = ready_ns - self._budget_us * 500 - self.late_ns
        self._chooser.feed(frame.ambient_kcps, t_ns)
        range_mm = frames.range_of(frame.status, frame.range_mm, self.offset_mm)
        return RangeSample(t_ns, range_mm, frame.status, frame.signal_kcps, frame.ambient_kcps, frame.sigma_mm)

    def _diagnosed(self, fault: SensorFaultError, deadline_ns: int) -> SensorFaultError:
        """A chip that says nothing, or no longer answers at its address, may have been reset by its supply."""
        found = self._device.ails(deadline_ns) if fault.reason in ("stuck", "no-answer") else ""
        return SensorFaultError(found, _REFUSALS[found]) if found else fault


_REFUSALS = {
    "garbage": "what it sends is no measurement",
    "frozen": "it sends the same frame again",
    "reset": "it has started anew by itself: its supply dips",
}
