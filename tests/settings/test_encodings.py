"""A roster in the encodings that spreadsheets write: the names are right, and another encoding than UTF-8 is told."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.settings.encodings import decoded
from retro_timer.settings.loading import load_roster
from retro_timer.training.listed import names_of
from tests.helpers.complaints import value_or_complaint

TEXT = "Name;Gruppe\r\nJörg Groß;U14\r\nZoë;U14\r\n"
NAMES = ("Jörg Groß", "Zoë")


def loaded(path: Path, data: bytes) -> tuple[tuple[str, ...], str]:
    path.write_bytes(data)
    remarks: list[str] = []
    return names_of(load_roster(path, remarks.append)), "\n".join(remarks)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "UTF-32"),
    ],
)
def test_the_names_are_right_and_the_encoding_that_was_taken_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    names, remarks = loaded(tmp_path / "r.csv", data)
    assert names == NAMES
    assert (f"not UTF-8, read as {told}: is 'Jörg Groß' right?" in remarks) is bool(told)
    assert remarks.count("read as") == bool(told)


def test_what_is_in_no_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"line 2: neither UTF-8, UTF-16 nor Windows-1252"):
        loaded(tmp_path / "r.csv", b"name\nA\x81\x8d\n")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.sampled_from(("le", "be")))
def test_utf_16_without_a_mark_is_known_by_a_tables_own_signs(text: str, order: str) -> None:
    text = f"name\r\n{text}\r\nAnna\r\n"
    assert decoded(text.encode(f"utf-16-{order}"), "r.csv", "a list") == (text, "UTF-16")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_one_line_of_complaint(data: bytes) -> None:
    text, complaint = value_or_complaint(lambda: decoded(data, "r.csv", "a list"))
    assert text is not None or complaint.startswith("r.csv: line ")
