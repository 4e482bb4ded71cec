"""Numbers as strangers send them: figures alone, and not too many of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.coach.figures import whole


@given(st.integers(0, 10**9 - 1))
def test_a_number_in_figures_is_read_as_it_is(number: int) -> None:
    assert whole(str(number), 9) == number
    assert whole(f"{number:09}", 9) == number


@pytest.mark.parametrize("text", ["", " 1", "+1", "-1", "1.0", "1_0", "0x1", "²", "١٢", "1" * 10, "9" * 10_000])
def test_what_is_no_such_number_is_none(text: str) -> None:
    assert whole(text, 9) is None
