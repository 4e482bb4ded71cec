"""The beacon's threads: what a sensor's thread does when driver, judge or recording fail it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.service import Service
from retro_timer.errors import BadInputError, SensorFaultError
from retro_timer.ports import Button, RangeSample
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from tests.helpers.beacon_made import KeptLamp, MouthPiece, PinSounder, made_beacon, steady
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan


class ScriptedSensor:
    """Gives one scripted reading after the other, or raises it; then the board has ended."""

    def __init__(self, clock: RealClock, script: list[Callable[[int], RangeSample | None]]) -> None:
        self.spec = spec_of(SensorSettings())
        self._clock = clock
        self._script = iter(script)

    def start(self) -> None:
        """Nothing to switch on."""

    def read(self) -> RangeSample | None:
        """The next one."""
        made = next(self._script, None)
        return None if made is None else made(self._clock.monotonic_ns())

    def stop(self) -> None:
        """Nothing to switch off."""


class ScriptedBoard:
    """One sensor on one bus; it is its own bus."""

    name = "scripted"

    def __init__(self, *script: Callable[[int], RangeSample | None]) -> None:
        self.clock = RealClock()
        self.sensors = (ScriptedSensor(self.clock, list(script)),)
        self.buses = (self,)
        self.sounder = PinSounder(self.clock)
        self.lamp = KeptLamp()
        self.button: Button | None = None

    def notice(self, event: Any) -> None:
        """Nobody hears."""

    def close(self) -> None:
        """Nothing to give back."""


class Run:
    """A service on a scripted board, run to the board's end."""

    def __init__(self, directory: Path, *script: Callable[[int], RangeSample | None]) -> None:
        board = ScriptedBoard(*script)
        made = made_beacon(board, MouthPiece(board.clock, 0.0), directory)
        self.core, self.inbox = made.core, made.inbox
        self.events: list[dict[str, Any]] = []
        self.core.event_bus.subscribe(into(self.events))
        self.troubles: list[str] = []
        self.service = Service(self.core, made.inbox, self.troubles.append)

    def to_its_end(self) -> Run:
        """Raises what `run` raises."""
        self.service.start()
        try:
            self.service.run()
        finally:
            self.service.close()
        return self


def raising(error: Exception) -> Callable[[int], RangeSample | None]:
    def read(_t_ns: int) -> RangeSample | None:
        raise error

    return read


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Run]:
    return lambda *script: Run(tmp_path, *script)


def test_a_defect_in_the_driver_is_told_in_a_line_and_the_sensor_is_read_on(made: Callable[..., Run]) -> None:
    lost = made(steady(1300), raising(KeyError("short, recorded")), steady(1300), steady(1300)).to_its_end()
    (told,) = lost.troubles
    assert told.startswith("sensor gate: a defect of the program (KeyError: 'short, recorded', test_service.py:")
    assert told.endswith("report it with: retro-timer support")
    assert lost.core.samples == 3


def test_a_defect_in_the_judge_loses_the_watch_for_a_moment_and_not_for_good(made: Callable[..., Run]) -> None:
    run = made(steady(1300), *[steady(1300)] * 3)
    sensing = run.core.sensing["gate"]
    broken = sensing.watch

    def feed(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    broken.feed = feed  # type: ignore[method-assign,assignment]
    run.to_its_end()
    assert "ZeroDivisionError" in run.troubles[0]
    assert sensing.watch is not broken
    assert sensing.samples == 3


def test_a_recording_that_cannot_be_read_on_ends_the_run_with_its_error(made: Callable[..., Run]) -> None:
    error = BadInputError("day.csv: line 7", "cannot be read (Input/output error)", "a trace file")
    with pytest.raises(BadInputError, match=r"day\.csv: line 7"):
        made(steady(1300), raising(error)).to_its_end()


def lost(run: Run) -> list[str]:
    """Why the watch was told to be lost."""
    return [event["reason"] for event in run.events if event["event"] == "sensor" and event["state"] == "lost"]


def test_a_sensor_that_is_stuck_at_power_on_is_told_before_the_box_could_say_ready(made: Callable[..., Run]) -> None:
    run = made(raising(SensorFaultError("stuck", "no frame for 140 ms")), steady(1300)).to_its_end()
    assert [report.reason for report in run.core.overview.reports] == ["stuck"]


def test_readings_that_fail_to_come_once_the_box_is_asked_to_stop_are_no_news(made: Callable[..., Run]) -> None:
    def stopped(_t_ns: int) -> RangeSample | None:
        run.service.stop()
        raise SensorFaultError("stuck", "no frame for 140 ms")

    run: Run = made(*[steady(1300)] * 14, stopped)
    run.to_its_end()
    assert "stuck" not in lost(run)
    assert run.troubles == []


def test_a_sensor_that_is_stuck_while_the_box_runs_is_told(made: Callable[..., Run]) -> None:
    run = made(*[steady(1300)] * 14, raising(SensorFaultError("stuck", "no frame for 140 ms"))).to_its_end()
    assert run.core.overview.latest.reason == "stuck"


def test_a_sensor_that_rests_is_read_again_as_soon_as_a_session_begins(made: Callable[..., Run]) -> None:
    rested: list[bool] = []

    def rest(t_ns: int) -> RangeSample:
        run.core.sensing["gate"].rest_until(t_ns + 60_000_000_000)
        run.inbox.put(StartPlan(plan(block()), ("Ann",)))
        return steady(1300)(t_ns)

    def read(t_ns: int) -> RangeSample:
        rested.append(t_ns < run.core.sensing["gate"].rests_until_ns)
        return steady(1300)(t_ns)

    run = made(rest, read)
    run.to_its_end()
    assert rested == [True], "the rest would have lasted longer"
