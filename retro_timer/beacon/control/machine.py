"""What is asked of the machine itself: its clock, and its end. Only while no session is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from retro_timer.beacon.control.protocol import answers, requests, wire
from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import Between, Post, StopLoop
from retro_timer.errors import RetroTimerError
from retro_timer.ports import ClockSource
from retro_timer.training.session.effects import Say

IN_SESSION = "a session is under way, or was cut off: stop or close it first"
STILL_LOOKING = "the timer still looks whether a session was cut off: again in a moment"
Send = Callable[[answers.AnyAnswer], None]


@runtime_checkable
class PowerSwitch(Protocol):
    """A board that can switch itself off."""

    def power_off(self) -> None:
        """Ask the system to shut down. Raises RetroTimerError with the command that allows it."""


@runtime_checkable
class SettableClock(Protocol):
    """A board whose machine's clock can be set."""

    def set_clock(self, unix_s: int) -> None:
        """Have it set, and wait until that is done. Raises RetroTimerError with the command that does it by hand."""


class MachineRequests:
    """Whether there is a session is judged by the session's loop, at the moment of the request."""

    def __init__(self, core: Core, post: Post) -> None:
        self._core = core
        self._post = post
        self._setting = threading.Lock()

    def take(self, request: requests.ToMachine, send: Send) -> None:
        """Answer one, sooner or later."""

        def do() -> None:
            if self._core.session.busy:
                send(_refused(IN_SESSION))
            elif isinstance(request, requests.ShutDown):
                self._shut_down(send)
            else:
                self._set_clock(request.unix_s, send)

        self._post(Between(do))

    def _shut_down(self, send: Send) -> None:
        if not isinstance(self._core.board, PowerSwitch):
            send(_refused("this board has no switch"))
            return
        self._core.speaker.say(Say("shutting_down", {}, urgent=True))
        send(answers.Done())
        self._post(StopLoop(switches_off=True))

    def _set_clock(self, unix_s: int, send: Send) -> None:
        board = self._core.board
        if self._core.clock.set_by() is ClockSource.NTP:
            send(_refused("the network has set the clock: it knows better"))
        elif not isinstance(board, SettableClock):
            send(_refused("the clock of this board cannot be set"))
        elif self._core.opener.awaits_journal:
            # A session that is found meanwhile would go on by a clock that is being set.
            send(_refused(STILL_LOOKING))
        elif not self._setting.acquire(blocking=False):
            send(_refused("another phone has the clock set right now"))
        else:
            self._core.opener.clock_is_being_set(True)
            # It waits for another process: neither the session nor the socket does.
            threading.Thread(target=self._set, args=(board, unix_s, send), name="clock", daemon=True).start()

    def _set(self, board: SettableClock, unix_s: int, send: Send) -> None:
        try:
            board.set_clock(unix_s)
        except RetroTimerError as error:
            answer: answers.AnyAnswer = wire.error_of(error)
        else:
            self._note_set()
            answer = answers.Done()
        finally:
            self._setting.release()
            self._post(Between(self._may_start))
        send(answer)

    def _note_set(self) -> None:
        """Also a clock that was right before has been set by somebody now: its labels are dates."""
        clock = self._core.clock
        if since_boot_ns := clock.since_boot_ns():
            self._core.journal.follow_clock(clock.wall_ns() - since_boot_ns, ClockSource.SET)

    def _may_start(self) -> None:
        self._core.opener.clock_is_being_set(False)


def _refused(why: str) -> answers.Error:
    return answers.Error(error=why, why="refused")
