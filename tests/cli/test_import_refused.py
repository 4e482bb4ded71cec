"""`retro-timer results import`: what is no exported file is one line, and changes nothing."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from retro_timer.store.results.journal import Journal
from tests.helpers.boxes import Boxes
from tests.helpers.exchange_made import session_of


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


def _spoilt(file: Path) -> dict[str, tuple[bytes, str]]:
    whole = file.read_bytes()
    document = json.loads(whole)
    odd = json.loads(whole)
    odd["sessions"][0]["reps"][1]["gait"] = "sprint"
    control = json.loads(whole)
    control["athletes"][0]["name"] = "Ann\x1b[2J"
    return {
        "cut": (whole[: len(whole) // 2], "damaged"),
        "end": (whole[:-3], "its end where there should be"),
        "newer": (whole.replace(b'"version":1', b'"version":2', 1), "version 2 of the format"),
        "foreign": (b'{"activities": []}', "no exported results"),
        "nothing": (b"{ }\n", "no exported results"),
        "list": (b"[1, 2]", "no exported results"),
        "gait": (json.dumps(odd).encode(), "sprint"),
        "unknown": (json.dumps({**document, "more": 1}).encode(), "an unknown key 'more'"),
        "nan": (whole.replace(b'"time_s":11.432123456', b'"time_s":NaN', 1), "time_s"),
        "surrogate": (whole.replace(b'"board":"pi"', b'"board":"\\ud800"', 1), "no file can hold"),
        "control": (json.dumps(control).encode(), "control characters"),
        "id": (whole.replace(b'"athlete_id":"', b'"athlete_id":"x', 1), "$.roster[0].athlete_id"),
        "binary": (bytes(range(256)), ""),
        "empty": (b"", "no exported results"),
        "trailing": (whole + b"{}", "behind its end"),
        "digits": (whole.replace(b'"version":1', b'"version":' + b"1" * 5000, 1), "of 5,000 digits"),
        "wide": (whole.replace(b'"born":null', b'"born":' + b"9" * 19, 1), "of 19 digits"),
    }


@pytest.mark.parametrize("how", [
    "cut", "end", "newer", "foreign", "nothing", "list", "gait", "unknown", "nan", "surrogate", "control", "id",
    "binary", "empty", "trailing", "digits", "wide",
])  # fmt: skip
def test_a_file_that_is_not_right_is_one_line_and_changes_nothing(boxes: Boxes, how: str) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann", "Bea"))
    data, told = _spoilt(boxes.exported(boxes.a))[how]
    _refused(boxes, data, told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"\r\n1,", b"\r\n2,", "version 2 of the format"),
        (b"\r\n1,", b"\r\n" + b"1" * 5000 + b",", "no exported results"),
        (b",jog,", b",sprint,", "sprint"),
        (b"11.432123456", b"nan", "time_s"),
        (b"11.432123456", b"11,432", "cells"),
        (b"session_id", b"session_no", "no exported results"),
        (b",go_label_ns,", b",go_label,", "no column go_label_ns"),
        (b"Ann", b"An\0n", ""),
        (b"Ann", b'"Ann', ""),
        (b"Ann", b"\xffnn", "not UTF-8"),
    ],
)
def test_a_csv_file_that_is_not_right_is_one_line_and_changes_nothing(
    boxes: Boxes, old: bytes, new: bytes, told: str
) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann", "Bea"))
    data = boxes.exported(boxes.a, "csv").read_bytes()
    assert old in data
    _refused(boxes, data.replace(old, new, 1), told)
    _refused(boxes, data[:-4], "")


def _refused(boxes: Boxes, data: bytes, told: str) -> None:
    file = boxes.b.with_suffix(".spoilt")
    file.write_bytes(data)
    outcome = boxes.do(boxes.b, "import", file)
    assert outcome.code == 2, outcome
    assert str(file) in outcome.one_line()
    assert told in outcome.one_line()
    assert not boxes.b.exists()
