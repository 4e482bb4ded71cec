"""Five presses let a phone be paired with the coach's page, and only where nobody is about to run."""

from __future__ import annotations

import pytest

from retro_timer.training.session.state import Phase
from tests.helpers.button_rig import Make


def test_five_presses_let_a_phone_in_by_a_pin_said_digit_by_digit(make: Make) -> None:
    rig = make().presses(5)
    assert rig.said == ["To pair a phone: 4 7 1 1 0 8."]
    assert rig.heard == ["answer"]
    assert rig.phase is None


def test_without_a_page_that_runs_five_presses_say_so(make: Make) -> None:
    rig = make()
    rig.pin = ""
    assert rig.presses(5).said == ["The page for phones does not run."]
    assert rig.heard[-1] == "refusal"


def test_five_presses_in_a_session_let_nobody_in(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY).fresh().presses(5)
    assert not any("phone" in text for text in rig.said)
    assert rig.phase is Phase.PAUSED, "two double presses, and a press"


def test_a_session_that_begins_between_two_of_the_presses_is_left_alone(make: Make) -> None:
    rig = make().press(after=0.1)
    rig.core.opener.put(rig.make_start("first-steps"), rig.clock.monotonic_ns())
    rig.presses(4)
    assert not any("phone" in text for text in rig.said)
    assert rig.heard[-1] == "refusal"
    assert rig.phase is not Phase.PAUSED


@pytest.mark.parametrize("count", [3, 4, 6])
def test_who_miscounts_hears_what_the_button_does_and_starts_nothing(make: Make, count: int) -> None:
    rig = make().presses(count)
    assert rig.phase is None
    assert rig.heard == ["refusal"]
    assert rig.said[0].startswith("Press: start the plan.")
    assert rig.said[1] == "Five times: pair a phone."
