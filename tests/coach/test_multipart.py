"""A form with a file in it, as browsers and others send it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retro_timer.coach.multipart import Part, parts_of
from retro_timer.errors import BadInputError

KIND = "multipart/form-data; boundary=----WebKitFormBoundary7"
MARK = b"------WebKitFormBoundary7"


def body(*parts: tuple[str, bytes]) -> bytes:
    made = b""
    for head, data in parts:
        made += MARK + b"\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return made + MARK + b"--\r\n"


def test_fields_and_a_file_come_as_they_were_sent() -> None:
    head = 'name="file"; filename="bü.csv"\r\nContent-Type: text/csv'
    assert parts_of(KIND, body(('name="name"', b"u17"), (head, b"Ann\r\nBea\r\n"))) == {
        "name": Part(b"u17"),
        "file": Part(b"Ann\r\nBea\r\n", "bü.csv"),
    }


@given(data=st.binary(max_size=300))
@example(data="Ann;ß\r\n".encode("utf-16"))
@example(data=b"\r\n--")
@example(data=b"\r\n\r\n")
def test_a_files_bytes_are_untouched(data: bytes) -> None:
    if b"\r\n" + MARK not in b"\r\n" + data:
        assert parts_of(KIND, body(('name="file"; filename="x"', data)))["file"].data == data


def test_a_boundary_may_stand_in_quotes() -> None:
    assert (
        parts_of('Multipart/Form-Data; boundary="----WebKitFormBoundary7"', body(('name="a"', b"1")))["a"].data == b"1"
    )


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("", b""),
        ("text/plain", body(('name="a"', b"1"))),
        ("multipart/form-data", body(('name="a"', b"1"))),
        (KIND, b""),
        (KIND, b"x" + body(('name="a"', b"1"))),
        (KIND, body(('name="a"', b"1"))[:-6]),
        (KIND, body(("", b"1"))),
        (KIND, MARK + b"\r\nno head\r\n" + MARK + b"--"),
        (KIND, body(*[(f'name="a{n}"', b"1") for n in range(11)])),
    ],
)
def test_what_is_no_such_form_is_refused_in_a_line(kind: str, sent: bytes) -> None:
    with pytest.raises(BadInputError):
        parts_of(kind, sent)


@given(kind=st.text(max_size=80), sent=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(kind: str, sent: bytes) -> None:
    for said in (kind, KIND):
        try:
            parts_of(said, sent)
        except BadInputError:
            continue
