"""Scenario files: what ships is sound and described, and every mistake is one line with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import commands
from retro_timer.errors import BadInputError
from retro_timer.sim.coach import Said, SimCoach
from retro_timer.sim.scenario import CoachWord, Scenario, load_scenario, scenario_names
from retro_timer.training.session import events, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.results_made import rep as rep_record
from tests.helpers.session_drive import S


def test_a_dozen_scenarios_ship() -> None:
    assert len(scenario_names()) >= 12


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_that_ships_is_sound_and_says_what_happens(name: str) -> None:
    assert load_scenario(name).title != Scenario().title


def test_without_a_scenario_it_is_a_quiet_day() -> None:
    assert load_scenario(None) == Scenario()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[intruder]]\n", "intruder: unknown key (did you mean 'intruders'?)"),
        ("[[intruders]]\nkind = 'cat'\n", "intruders[0].kind: 'cat' is not a choice"),
        ("[[intruders]]\nkind = 'dogg'\n", "(did you mean 'dog'?); expected one of dog, ball, person, child"),
        ("[[intruders]]\nat_s = -1\n", "intruders[0].at_s: -1 is out of range"),
        ("[[faults]]\nkind = 'broken'\n", "faults[0].kind: 'broken' is not a choice"),
        ("[[faults]]\nlasts = 2\n", "faults[0].lasts: unknown key (did you mean 'lasts_s'?)"),
        ("[[runners]]\nspeed_mps = 20\n", "runners[0].speed_mps: 20 is out of range"),
        ("[[runners]]\nrep = 0\n", "runners[0].rep: 0 is out of range"),
        ("[[light]]\nambient_kcps = 'bright'\n", "light[0].ambient_kcps: 'bright' is text; expected a number"),
        ("open = 'yes'\n", "open: 'yes' is text; expected true or false"),
        ("background_m = nan\n", "background_m"),
        ("lane_range_m = 9\n", "lane_range_m: 9 is out of range"),
        ("title = 1\n", "title: 1 is a whole number; expected text"),
        ("[[faults]\n", "line 1: not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "day.toml"
    path.write_text(text)
    with pytest.raises(BadInputError) as caught:
        load_scenario(str(path))
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_misspelt_scenario_is_told_with_the_nearest_one() -> None:
    with pytest.raises(BadInputError, match=r"scenario 'quite-day': not found \(did you mean 'quiet-day'\?\)"):
        load_scenario("quite-day")


def test_a_fault_of_a_sensor_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A scenario that names a sensor which the settings do not have would silently do nothing."""
    from retro_timer.beacon.boards import BoardRequest, open_board
    from retro_timer.settings.model import Settings

    path = tmp_path / "day.toml"
    path.write_text('[[faults]]\nkind = "dead"\nsensor = "gaet"\n')
    with pytest.raises(BadInputError, match=r"gaet.*did you mean 'gate'"):
        open_board("sim", BoardRequest(Settings(), scenario=str(path)))


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("ad Tina", "coach[0].says: 'ad' is nothing that a session is asked (did you mean 'add'?)"),
        ("add", "day.toml: coach[0].says: 'add': no athlete named; expected ctl add NAME"),
        ("start", "'start' is nothing that a session is asked"),
        ("swap 1", "day.toml: coach[0].says: 'swap 1': not two reps named; expected ctl swap REP OTHER"),
        ("nobody newest", "day.toml: coach[0].says: 'nobody newest': 'newest' is no rep"),
        ("add 'Tina", "No closing quotation"),
    ],
)
def test_a_coach_s_word_that_means_nothing_is_told(tmp_path: Path, says: str, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        SimCoach((CoachWord(says=says),), "day.toml", 0)
    assert words in str(caught.value)


def said(coach: SimCoach, now_ns: int) -> list[object]:
    """What they ask for at that moment."""
    return [one.command(coach.newest) if isinstance(one, Said) else one for one in coach.says(now_ns)]


def test_a_coach_s_last_rep_is_the_newest_finish_and_a_number_is_that_rep() -> None:
    words = ("nobody last", "give last last", "swap 1 last", "void 3")
    coach = SimCoach([CoachWord(says=says, rep=5) for says in words], "", 0)
    for rep in (2, 4):
        coach.hear(events.Finish(S, rep, 9.0, 0.01, "gate", (), rep_record(rep)))
    coach.hear(events.Go(5 * S, 5, "Ann", 20.0, None, "jog"))
    asked = [commands.Nobody(4), commands.Give("last", 4), commands.Swap(1, 4), commands.Void(3)]
    assert said(coach, 5 * S) == asked, "an athlete may be called Last"


def test_a_coach_s_last_rep_before_any_finish_is_no_rep() -> None:
    coach = SimCoach([CoachWord(says="nobody last")], "day.toml", 0)
    with pytest.raises(BadInputError, match=r"coach.0..says: 'nobody last': no finish has been told yet"):
        said(coach, S)


def test_a_coach_says_a_thing_when_it_is_time_and_presses_where_the_session_waits() -> None:
    coach = SimCoach((CoachWord(says="add 'Tina Moe'", rep=2, at_s=3.0), CoachWord(says="pause", at_s=1.0)), "", 0)
    assert coach.next_ns == S
    assert said(coach, S - 1) == []
    assert said(coach, S) == [commands.Pause()]
    coach.hear(events.Go(5 * S, 2, "Ann", 20.0, None, "jog"))
    coach.hear(events.Phase(6 * S, Phase.AWAIT_PRESS, None))
    assert said(coach, 8 * S) == [commands.Add("Tina Moe")]
    assert said(coach, 14 * S) == [inputs.Start()]
    coach.hear(events.Phase(20 * S, Phase.AWAIT_PRESS, None))
    coach.hear(events.Phase(21 * S, Phase.PAUSED, None))
    assert coach.next_ns is None
