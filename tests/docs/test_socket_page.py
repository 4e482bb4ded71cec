"""The socket's page and schema are what the program's messages make of them, and every line on it is one."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from docs.socket_page.examples import Examples, examples
from docs.socket_page.page import PAGE, SCHEMA, page, schema, shape
from retro_timer.beacon.control.protocol import requests, wire
from retro_timer.beacon.events import EVENTS


@pytest.fixture(scope="module")
def lines() -> Examples:
    return examples()


def test_the_page_is_what_the_program_makes_of_its_messages(lines: Examples) -> None:
    assert shape(PAGE.read_text()) == shape(page(lines)), "make socket"


def test_the_schema_is_that_of_the_messages() -> None:
    assert SCHEMA.read_text() == schema(), "make socket"


def test_every_message_has_a_line_that_passes_the_socket_and_comes_back(lines: Examples) -> None:
    for line in lines.requests.values():
        assert wire.line_of(wire.request_of(line.encode())) == line.encode() + b"\n"
    for line in lines.answers.values():
        assert wire.line_of(wire.answer_of(line.encode())) == line.encode() + b"\n"
    for line in lines.events.values():
        event = wire.event_of(line.encode())
        assert event is not None
        assert wire.line_of(event) == line.encode() + b"\n"
    assert set(lines.requests) == set(requests.REQUESTS)
    assert set(lines.events) == set(EVENTS)


def test_the_schema_names_each_field_of_each_line(lines: Examples) -> None:
    defs = json.loads(schema())["$defs"]
    known = {
        (key, part["properties"][key]["enum"][0]): part["properties"]
        for part in defs.values()
        for key in ("request", "answer", "event")
        if "enum" in part.get("properties", {}).get(key, {})
    }
    told = [*lines.requests.values(), *lines.answers.values(), *(v for k, v in lines.events.items() if k != "tone")]
    for line in told:
        fields = msgspec.json.decode(line, type=dict[str, object])
        key = next(key for key in ("request", "answer", "event") if key in fields)
        assert set(fields) <= set(known[key, str(fields[key])])


def test_the_page_says_no_path_of_the_machine_that_made_it() -> None:
    assert re.findall(r"/(?:tmp|home|root)[^\"]*", PAGE.read_text()) == []
