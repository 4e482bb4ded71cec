"""What a group hears, phrase by phrase: times first, calls whole and before their countdown, and nothing untrue."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from retro_timer.training.plan import StartMethod
from retro_timer.training.record import RepRecord
from retro_timer.training.session import calls, inputs
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import ENDED, Phase
from tests.helpers.heard_session import CALLS, DECKS, HeardSession
from tests.helpers.plans_made import block, plan

NAMES = ("Anna Schmidt", "Jonas Becker", "Lea Hoffmann", "Paul Wagner")
LONG = ("Anna-Maria Schmidt-Hohenberg", "Maximilian Alexander von Thurn", "Ana", "Wolfeschlegelsteinhausenbergerdorff")
SLOWEST_WPM = 80
THOROUGH = 1000
EXAMPLES = settings().max_examples


def to_the_end(session: HeardSession, most_s: float = 3600.0) -> HeardSession:
    """Let everybody run until nobody is left, and until the last word."""
    began_s = session.now_s
    while session.phase not in ENDED:
        assert session.now_s - began_s < most_s, "the session does not end"
        if session.state.running is not None:
            session.finish(8.0)
        elif session.phase is Phase.PAUSED:
            session.put(inputs.Resume())
        else:
            session.wait(0.5)
    return session.wait(120.0)


@pytest.mark.parametrize("names", [NAMES, LONG])
@pytest.mark.parametrize("rate_wpm", [SLOWEST_WPM, 160])
@pytest.mark.parametrize("rest_s", [0.0, 60.0])
@pytest.mark.parametrize("start", [StartMethod.COUNTDOWN, StartMethod.MARKS_SET_GO])
def test_each_call_is_heard_whole_and_in_order(
    names: tuple[str, ...], rate_wpm: int, rest_s: float, start: StartMethod
) -> None:
    session = HeardSession(plan(block(reps=2), rest_s=rest_s, start=start), names, rate_wpm=rate_wpm)
    to_the_end(session.begin())
    session.check_calls()
    session.check_order()
    heard = [h.say.values["name"] for h in session.said(*CALLS)]
    assert heard == [*names, *names]
    assert len(session.said("result_of")) == len(session.goes) == 2 * len(names)
    assert all(h.whole for h in session.transcript if not h.say.urgent), session.lines()


def test_a_call_that_takes_long_begins_earlier_so_that_a_long_rest_is_no_longer_than_planned() -> None:
    session = to_the_end(HeardSession(plan(block(reps=2), rest_s=150.0), LONG[:2], rate_wpm=SLOWEST_WPM).begin())
    finished_ns = session.state.results[1].go_ns + (session.state.results[1].time_ns or 0)
    first = session.state.results[0]
    rested_s = (session.goes[2][0] - first.go_ns - (first.time_ns or 0)) / 1e9
    assert 150.0 <= rested_s <= 151.0
    call = session.said(*CALLS)[2]
    assert finished_ns < call.began_ns
    assert (session.goes[2][0] - call.began_ns - call.length_ns) / 1e9 >= 10.0, "it is over before the last ten seconds"


@pytest.mark.parametrize("delay_s", [0.0, 0.4, 2.0, 7.9])
@pytest.mark.parametrize("rest_s", [0.0, 30.0])
def test_the_time_comes_before_whatever_follows_it_also_when_the_journal_takes_its_time(
    delay_s: float, rest_s: float
) -> None:
    session = HeardSession(plan(block(reps=2), rest_s=rest_s), NAMES[:3], delay_s=lambda _record: delay_s)
    to_the_end(session.begin())
    session.check_calls()
    session.check_order()
    assert len(session.said("result_of")) == 6
    assert session.said("result_rep_of") == []


def test_a_call_does_not_wait_for_a_disk_for_ever_and_the_time_is_told_later_with_its_rep() -> None:
    def delay_s(record: RepRecord) -> float:
        return 25.0 if (record.rep, record.revision) == (1, 2) else 0.0

    session = HeardSession(plan(block(reps=2), rest_s=0.0), NAMES[:2], delay_s=delay_s).begin()
    session.until(Phase.RUNNING).finish()
    ended_s = session.now_s
    session.until(Phase.COUNTDOWN)
    assert session.now_s - ended_s < 25.0 + calls.RESULT_WAIT_S
    to_the_end(session)
    session.check_calls()
    assert [h.text for h in session.said("result_rep_of")] == ["Anna Schmidt, rep 1: 7.95 seconds."]


def test_a_disk_that_never_answers_delays_one_call_and_no_other() -> None:
    session = HeardSession(plan(block(reps=3), rest_s=0.0), NAMES[:2], delay_s=lambda _record: None).begin()
    ends_s = []
    for _ in range(5):
        session.until(Phase.RUNNING).finish()
        ends_s.append(session.now_s)
    session.check_calls()
    decks = [(h.began_ns - 5_000 * 10**9) / 1e9 for h in session.said(*DECKS)]
    waited_s = [deck - end for deck, end in zip(decks, ends_s, strict=False)]
    assert waited_s[0] >= calls.RESULT_WAIT_S
    assert all(wait < 3.0 for wait in waited_s[1:])


def test_no_result_is_spoken_into_a_countdown() -> None:
    session = HeardSession(
        plan(block(reps=2), rest_s=0.0), NAMES[:2], delay_s=lambda r: 200.0 if (r.rep, r.revision) == (1, 2) else 0.0
    ).begin()
    session.until(Phase.RUNNING).finish().until(Phase.COUNTDOWN).put(inputs.Durable(1, 2))
    assert session.said("result_rep_of") == []
    session.until(Phase.RUNNING).wait(5.0)
    assert [h.whole for h in session.said("result_rep_of")] == [True]


def test_a_call_that_an_alarm_has_cut_off_is_heard_whole_before_the_start() -> None:
    session = HeardSession(plan(block(reps=1), rest_s=0.0), NAMES[:2]).begin()
    session.until(Phase.RUNNING).finish()
    while not (session.voice.current and session.voice.current.say.key in CALLS):
        session.wait(0.1)
    session.wait(1.0).alarm(40.0)
    to_the_end(session)
    session.check_calls()
    assert [h.whole for h in session.said(*CALLS)][1:] == [False, True]


def test_whoever_is_called_and_then_absent_is_not_called_any_further() -> None:
    session = HeardSession(plan(block(reps=2), rest_s=0.0), NAMES).begin()
    session.until(Phase.RUNNING).finish()
    while not session.said("next_and_deck"):
        session.wait(0.1)
    session.put(inputs.Absent("Jonas Becker"))
    heard = session.said("next_and_deck")[-1]
    assert not heard.whole
    to_the_end(session)
    session.check_calls()
    assert [go.athlete for _, go in session.goes][1] == "Lea Hoffmann"


def test_when_whoever_is_on_deck_drops_out_somebody_else_is_called_on_deck() -> None:
    session = HeardSession(plan(block(reps=1), rest_s=60.0), NAMES).begin()
    session.until(Phase.RUNNING).finish()
    while not (session.said("next_and_deck") and session.said("next_and_deck")[-1].whole):
        session.wait(0.1)
    session.put(inputs.Absent("Lea Hoffmann")).wait(10.0)
    assert session.said("next_and_deck")[-1].say.values == {"name": "Jonas Becker", "then": "Paul Wagner"}


def test_a_result_that_was_given_away_before_it_was_heard_is_heard_with_its_new_owner() -> None:
    session = HeardSession(plan(block(reps=1), rest_s=0.0), NAMES, delay_s=lambda _record: 2.0).begin()
    session.until(Phase.RUNNING).finish().wait(1.0).put(inputs.Give("Paul Wagner"))
    to_the_end(session)
    session.check_calls()
    assert next(h.text for h in session.said("result_of")) == "Paul Wagner, 7.95 seconds."


@pytest.mark.parametrize(
    "then", [inputs.Undo(), inputs.Give("Lea Hoffmann"), inputs.Void(), inputs.Absent("Jonas Becker")]
)
def test_what_is_no_longer_true_of_the_rep_under_way_is_cut_off(then: inputs.Input) -> None:
    session = HeardSession(plan(block(reps=1), rest_s=0.0), NAMES[:3]).begin()
    session.until(Phase.RUNNING).put(inputs.Give("Jonas Becker"))
    while not session.said("given"):
        session.wait(0.1)
    session.put(then)
    assert not session.said("given")[0].whole
    to_the_end(session)
    session.check_calls()
    assert [h.text for h in session.said("given") if "Jonas" in h.text] == ["Rep 1 goes to Jonas Becker."]


def test_whoever_is_out_and_is_given_the_rep_under_way_is_not_called_out_any_further() -> None:
    session = HeardSession(plan(block(reps=1), rest_s=0.0), NAMES[:3]).begin()
    session.until(Phase.RUNNING).put(inputs.Absent("Lea Hoffmann")).wait(0.5).put(inputs.Give("Lea Hoffmann"))
    assert [h.whole for h in session.said("absent")] == [False]
    to_the_end(session)
    session.check_calls()


def test_after_a_stop_nobody_is_called_and_results_are_still_told() -> None:
    session = HeardSession(plan(block(reps=2), rest_s=30.0), NAMES, delay_s=lambda _record: 1.0).begin()
    session.until(Phase.RUNNING).finish().put(inputs.Stop()).wait(60.0)
    assert [h.say.key for h in session.transcript][-3:] == ["result_of", "summary_best_of", "summary_of"]


def test_a_start_does_not_wait_for_ever_for_a_voice_that_hangs() -> None:
    session = HeardSession(plan(block(reps=1), rest_s=0.0), NAMES[:2]).begin()
    session.until(Phase.LANE_CHECK)
    number = session.state.speech_number
    session.put(inputs.Speech(session.clock.monotonic_ns() + 2 * 10**9, number + 1_000_000))
    session.until(Phase.COUNTDOWN, 4.0 + 2.0 + calls.VOICE_GRACE_S)


def test_a_skipped_rest_still_has_its_call() -> None:
    session = HeardSession(plan(block(reps=2), rest_s=120.0), NAMES[:2]).begin()
    session.until(Phase.RUNNING).finish().put(inputs.Skip())
    to_the_end(session)
    session.check_calls()


ACTIONS = st.one_of(
    st.tuples(st.just("finish"), st.sampled_from([6.5, 8.0, 12.0])),
    st.tuples(st.sampled_from(["void", "undo", "pause", "resume", "skip", "stop", "repeat"]), st.none()),
    st.tuples(st.sampled_from(["give", "absent"]), st.sampled_from(NAMES[:3])),
    st.tuples(st.just("alarm"), st.sampled_from([0.3, 3.0, 30.0])),
)
RUNS = settings(
    # By default the same ones each time: new ones are looked for by `make fuzz`.
    max_examples=EXAMPLES if EXAMPLES >= THOROUGH else EXAMPLES // 2,
    derandomize=EXAMPLES < THOROUGH,
)
COMMANDS: dict[str, Any] = {
    "void": inputs.Void(), "undo": inputs.Undo(), "pause": inputs.Pause(), "resume": inputs.Resume(),
    "skip": inputs.Skip(), "stop": inputs.Stop(), "repeat": inputs.Repeat(),
}  # fmt: skip


def act(session: HeardSession, action: str, value: Any) -> None:
    """Something happens."""
    if action == "finish":
        if session.state.running is not None:
            session.finish(value)
    elif action == "alarm":
        session.alarm(value)
    elif action in ("give", "absent"):
        session.put(inputs.Give(value) if action == "give" else inputs.Absent(value))
    else:
        session.put(COMMANDS[action])


# Found by chance: what is taken back while it is being said.
@example([(0.0, ("alarm", 3.0)), (15.0, ("give", NAMES[1])), (0.0, ("undo", None))], [0.0], 250, 0.0, Rules())
@example(
    [(15.0, ("give", NAMES[2])), (15.0, ("absent", NAMES[2])), (0.0, ("give", NAMES[2]))],
    [60.0],
    SLOWEST_WPM,
    15.0,
    Rules(changeover_s=5.0, get_ready_s=2.0),
)
@RUNS
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.3, 1.0, 3.0, 7.0, 15.0]), ACTIONS), max_size=12),
    st.lists(st.sampled_from([0.0, 0.0, 0.5, 3.0, 7.0, 12.0, 60.0, None]), min_size=1, max_size=6),
    st.sampled_from([SLOWEST_WPM, 100, 160, 250]),
    st.sampled_from([0.0, 15.0, 45.0]),
    st.sampled_from([Rules(), Rules(changeover_s=5.0, get_ready_s=2.0)]),
)
def test_whatever_happens_calls_are_whole_times_come_first_and_nothing_untrue_is_said(
    happens: list[tuple[float, tuple[str, Any]]],
    delays_s: list[float | None],
    rate_wpm: int,
    rest_s: float,
    rules: Rules,
) -> None:
    def delay_s(record: RepRecord) -> float | None:
        return delays_s[(record.rep + record.revision) % len(delays_s)]

    session = HeardSession(
        plan(block(reps=2), rest_s=rest_s), NAMES[:3], rate_wpm=rate_wpm, rules=rules, delay_s=delay_s
    ).begin()
    for pause_s, (action, value) in happens:
        session.wait(pause_s)
        act(session, action, value)
    to_the_end(session)
    note("\n".join(session.lines()))
    session.check_calls()
    session.check_order()
