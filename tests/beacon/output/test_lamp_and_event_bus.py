"""The lamp shows the most urgent thing; the event_bus tells everybody in order."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.output.lamp import LampKeeper
from retro_timer.beacon.troubles import Troubles
from retro_timer.detection.events import Level
from retro_timer.ports import LampState
from retro_timer.training.session.events import Crossing, Recall, SavedAfterAll
from tests.helpers.beacon_made import KeptLamp


@pytest.fixture
def lamp() -> KeptLamp:
    return KeptLamp()


def test_a_new_lamp_is_dark(lamp: KeptLamp) -> None:
    LampKeeper(lamp)
    assert lamp.shown == [LampState.OFF]


@pytest.mark.parametrize(
    ("base", "level", "blind", "shown"),
    [
        (LampState.CLEAR, Level.CLEAR, False, LampState.CLEAR),
        (LampState.RUNNING, Level.CLEAR, False, LampState.RUNNING),
        (LampState.RUNNING, Level.CAUTION, False, LampState.CAUTION),
        (LampState.RUNNING, Level.WARNING, False, LampState.DANGER),
        (LampState.RUNNING, Level.DANGER, False, LampState.DANGER),
        (LampState.RUNNING, Level.CLEAR, True, LampState.BLIND),
        (LampState.RUNNING, Level.CAUTION, True, LampState.BLIND),
        (LampState.RUNNING, Level.DANGER, True, LampState.DANGER),
        (LampState.OFF, Level.CLEAR, True, LampState.BLIND),
    ],
)
def test_the_most_urgent_thing_is_shown(
    lamp: KeptLamp, base: LampState, level: Level, blind: bool, shown: LampState
) -> None:
    keeper = LampKeeper(lamp)
    keeper.base(base)
    keeper.alarm(level)
    keeper.blind(blind)
    assert lamp.shown[-1] is shown


def test_what_is_over_is_no_longer_shown(lamp: KeptLamp) -> None:
    keeper = LampKeeper(lamp)
    keeper.base(LampState.RUNNING)
    keeper.alarm(Level.DANGER)
    keeper.alarm(Level.CLEAR)
    assert lamp.shown == [LampState.OFF, LampState.RUNNING, LampState.DANGER, LampState.RUNNING]


def test_a_lamp_is_written_to_on_change_only(lamp: KeptLamp) -> None:
    keeper = LampKeeper(lamp)
    for _ in range(5):
        keeper.base(LampState.CLEAR)
    assert lamp.shown == [LampState.OFF, LampState.CLEAR]


def test_every_listener_hears_every_event_in_order() -> None:
    event_bus = EventBus()
    one: list[BeaconEvent] = []
    other: list[BeaconEvent] = []
    event_bus.subscribe(one.append)
    stop = event_bus.subscribe(other.append)
    event_bus.publish(Crossing(5, 1, "Ann"))
    stop()
    event_bus.publish(Crossing(6, 2, "Ann"))
    stop()
    assert one == [Crossing(5, 1, "Ann"), Crossing(6, 2, "Ann")]
    assert other == one[:1]


def test_a_listener_may_leave_while_it_is_being_told() -> None:
    event_bus = EventBus()
    told: list[str] = []
    stops: list[Any] = []

    def once(event: BeaconEvent) -> None:
        told.append(event.tag)
        stops[0]()

    stops.append(event_bus.subscribe(once))
    event_bus.subscribe(lambda event: told.append("other " + event.tag))
    event_bus.publish(Recall(0))
    event_bus.publish(SavedAfterAll(0))
    assert told == ["recall", "other recall", "other saved_after_all"]


def test_a_listener_that_fails_takes_nobody_else_along() -> None:
    """One terminal that cannot show an event must not end the session's loop, whatever it raised."""
    event_bus = EventBus()
    told: list[str] = []

    def broken(_event: BeaconEvent) -> None:
        raise KeyError("samples")

    event_bus.subscribe(broken)
    event_bus.subscribe(lambda event: told.append(event.tag))
    event_bus.publish(Recall(0))
    assert told == ["recall"]


def test_threads_may_tell_and_come_and_go_at_the_same_time() -> None:
    event_bus = EventBus()
    counted: list[int] = []
    event_bus.subscribe(lambda event: counted.append(event.t_ns))

    def tell(first: int) -> None:
        for n in range(first, first + 500):
            stop = event_bus.subscribe(lambda _event: None)
            event_bus.publish(Recall(n))
            stop()

    threads = [threading.Thread(target=tell, args=(k * 500,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(2000))


def test_what_is_to_be_mended_shows_while_nothing_else_does(lamp: KeptLamp) -> None:
    keeper = LampKeeper(lamp)
    troubles = Troubles(keeper)
    assert troubles.note("file 0", "config.toml: not TOML")
    assert not troubles.note("file 0", "config.toml: not TOML"), "it is no news a second time"
    keeper.base(LampState.RUNNING)
    keeper.base(LampState.OFF)
    assert troubles.note("speech", "No speech.")
    assert troubles.texts == ("config.toml: not TOML", "No speech.")
    assert troubles.of("file") == ("config.toml: not TOML",)
    assert not troubles.note("speech", "")
    assert not troubles.note("file 0", "")
    assert lamp.shown == [LampState.OFF, LampState.TROUBLE, LampState.RUNNING, LampState.TROUBLE, LampState.OFF]
