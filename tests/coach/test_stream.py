"""What comes along a stream: state first for who is new here, what was missed for who comes back, and its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from starlette.requests import Request

from retro_timer.coach import stream
from retro_timer.coach.access import Role
from retro_timer.coach.live import Live
from retro_timer.coach.stream import Streams
from retro_timer.coach.streamed import Streamed
from retro_timer.training.session import events

Message = tuple[str, str, Any]
HALT = events.Spotter(1)


def happens(live: Live, *names: str) -> None:
    for name in names:
        live.hear_event(HALT, json.dumps({"event": name}).encode())


def asked(last_id: str = "", query: str = "") -> Request:
    headers = [(b"last-event-id", last_id.encode())] if last_id else []
    return Request(
        {"type": "http", "headers": headers, "query_string": query.encode(), "method": "GET", "state": {"phone": "ann"}}
    )


def opened(
    streams: Streams,
    request: Request,
    parts: Callable[[], dict[str, str]] = lambda: {"now": "a"},
    may_look: Callable[[], bool] = lambda: True,
    role: Role = Role.VIEWER,
) -> AsyncGenerator[list[Message], None]:
    """A stream's messages, by the piece as they are sent."""
    answer = streams.answer(request, role, parts, may_look)
    assert isinstance(answer, Streamed)

    async def pieces() -> AsyncGenerator[list[Message], None]:
        async for piece in answer.pieces:
            if not piece.startswith(b"retry"):
                yield [message_of(text) for text in piece.decode().split("\n\n") if text]

    return pieces()


def message_of(text: str) -> Message:
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    return fields.get("id", ""), fields["event"], json.loads(fields["data"])


def names_of(messages: list[Message]) -> list[str]:
    return [data["event"] if name == "happened" else name for _, name, data in messages]


def test_who_is_new_gets_the_state_and_nothing_of_before() -> None:
    async def run() -> None:
        live = Live()
        happens(live, "go")
        first = await anext(opened(Streams(live), asked()))
        assert [(id_, name) for id_, name, _ in first] == [(live.ring.name_of(1), "state"), ("", "beat")]
        assert first[0][2] == {"now": "a"}
        assert first[1][2]["answers"] is False

    asyncio.run(run())


def test_who_comes_back_gets_what_was_missed_and_then_the_state() -> None:
    async def run() -> None:
        live = Live()
        happens(live, "go", "crossing", "finish")
        for request in (asked(live.ring.name_of(1)), asked(query=f"since={live.ring.name_of(1)}")):
            first = await anext(opened(Streams(live), request))
            assert names_of(first) == ["crossing", "finish", "state", "beat"]
            assert first[1][0] == live.ring.name_of(3)

    asyncio.run(run())


def test_an_id_of_another_run_gets_full_state_first() -> None:
    async def run() -> None:
        live = Live()
        happens(live, "go")
        assert names_of(await anext(opened(Streams(live), asked("elsewhere:1")))) == ["state", "beat"]

    asyncio.run(run())


def test_what_happens_is_told_at_once_and_only_the_parts_that_changed() -> None:
    async def run() -> None:
        live, parts = Live(), {"now": "a", "last": "x"}
        messages = opened(Streams(live), asked(), lambda: dict(parts))
        await anext(messages)
        coming = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        parts["now"] = "b"
        happens(live, "go")
        second = await coming
        assert names_of(second) == ["go", "state", "beat"]
        assert second[1][2] == {"now": "b"}

    asyncio.run(run())


def test_no_event_is_lost_that_comes_while_a_piece_is_being_sent() -> None:
    async def run() -> None:
        live = Live()
        messages = opened(Streams(live), asked())
        await anext(messages)
        happens(live, "go")
        told = names_of(await anext(messages))
        happens(live, "crossing")
        told += names_of(await anext(messages))
        assert [name for name in told if name not in ("beat", "state")] == ["go", "crossing"]

    asyncio.run(run())


def test_who_may_not_look_any_more_is_told_nothing_more() -> None:
    async def run() -> None:
        live, may = Live(), [True, True, False]
        messages = opened(Streams(live), asked(), may_look=lambda: may.pop(0))
        assert names_of(await anext(messages)) == ["state", "beat"]
        happens(live, "go", "finish")
        assert [piece async for piece in messages] == []

    asyncio.run(run())


def test_there_are_only_so_many_and_one_that_ends_makes_room(monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "MOST_STREAMS", {Role.VIEWER: 2, Role.COACH: 3})

    def status(streams: Streams, role: Role) -> int:
        return streams.answer(asked(), role, dict, lambda: True).status_code

    async def run() -> None:
        live = Live()
        streams = Streams(live)
        lines = [opened(streams, asked()) for _ in range(2)]
        for line in lines:
            await anext(line)
        assert status(streams, Role.VIEWER) == 503
        assert status(streams, Role.COACH) == 200
        coach = opened(streams, asked(), role=Role.COACH)
        await anext(coach)
        assert status(streams, Role.COACH) == 503
        live.close()
        for line in (*lines, coach):
            assert [piece async for piece in line] == []
        assert status(streams, Role.VIEWER) == 200

    asyncio.run(run())


def test_sixty_four_may_follow_of_whom_sixteen_are_coaches_at_least() -> None:
    assert stream.MOST_STREAMS == {Role.VIEWER: 48, Role.COACH: 64}


def test_who_follows_is_known_until_they_go() -> None:
    async def evening() -> None:
        streams = Streams(Live())
        assert not +streams.following
        pieces = opened(streams, asked())
        await anext(pieces)
        assert +streams.following == {"ann": 1}
        await pieces.aclose()

    asyncio.run(evening())
