"""The coach's page beside the box, with phones that follow it and one that downloads all there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.latency.load import Readers
from benchmarks.page.crowd import Crowd
from benchmarks.page.measure import host_in
from benchmarks.page.phones import Line
from benchmarks.processes import PROGRAM, running
from retro_timer.coach.access import Access, Role
from retro_timer.coach.guard import COOKIE

PHONES = 50
_BEHIND = ["nice", "-n", "5"]
"""As the page's unit has it."""


class PhonesAtWork:
    """What they have got so far."""

    def __init__(self, followers: Readers, crowd: Crowd) -> None:
        self._followers = followers
        self._crowd = crowd

    @property
    def done(self) -> dict[str, int]:
        """By what it is called in the report."""
        return {
            "lines to phones": self._followers.lines,
            "pages to phones": len(self._crowd.taken_ms),
            "downloads": self._crowd.downloaded,
        }


@contextmanager
def phones(folder: Path, environment: Mapping[str, str], count: int) -> Iterator[PhonesAtWork]:
    """Each follows the events and asks for a page every 2 s, until the block ends."""
    cookie = f"{COOKIE}={Access(Path(environment['RETRO_TIMER_STATE'])).let_in(Role.COACH, 'benchmark')}"
    command = [*_BEHIND, PROGRAM, "coach", "--listen", "127.0.0.1:0", "--url-file", str(folder / "url")]
    with running(command, environment, folder / "page.txt"):
        host = host_in(folder)
        lines = [Line(host, number, cookie) for number in range(count)]
        for line in lines:
            line.follow()
        with (
            closing(Readers([line.socket for line in lines])) as followers,
            closing(Crowd(host, cookie, count, count, downloads=True)) as crowd,
        ):
            yield PhonesAtWork(followers, crowd)
