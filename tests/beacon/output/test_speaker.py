"""What is said: in turn, urgent first, never late, and never into an alarm."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.clock import RealClock, VirtualClock
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.phrases import load_catalogue
from retro_timer.training.session.effects import Say
from retro_timer.training.session.inputs import Speech
from tests.helpers.beacon_made import MouthPiece, S

CATALOGUE = load_catalogue("en")


class Bench:
    def __init__(self, seconds: float = 2.0) -> None:
        self.clock = VirtualClock(10 * S)
        self.voice = MouthPiece(self.clock, seconds)
        self.spoken: list[str] = []
        self.told: list[Speech] = []
        self.speaker = Speaker(
            self.voice, self.clock, CATALOGUE, lambda key, _text: self.spoken.append(key), self.told.append
        )

    def say(
        self,
        key: str,
        *,
        within_s: float | None = None,
        urgent: bool = False,
        about: tuple[str, ...] = (),
        **values: object,
    ) -> None:
        expires_ns = None if within_s is None else self.clock.monotonic_ns() + round(within_s * S)
        self.speaker.say(Say(key, values, expires_ns, urgent, about))

    def after(self, seconds: float) -> None:
        end_ns = self.clock.monotonic_ns() + round(seconds * S)
        self.speaker.update()
        while (due := self.speaker.next_ns) is not None and due <= end_ns:
            self.clock.advance_to(due)
            self.speaker.update()
        self.clock.advance_to(end_ns)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_phrases_are_said_one_after_the_other(bench: Bench) -> None:
    for number in (3, 2, 1):
        bench.say("count", number=number)
    bench.after(1.0)
    assert bench.voice.said == ["3."]
    bench.after(5.0)
    assert bench.voice.said == ["3.", "2.", "1."]


def test_ten_seconds_is_never_said_at_seven(bench: Bench) -> None:
    bench.say("result", time="8.05")
    bench.after(0.1)
    bench.say("ten_seconds", within_s=1.5)
    bench.say("halfway", within_s=60.0)
    bench.after(10.0)
    assert bench.spoken == ["result", "halfway"]
    assert bench.speaker.dropped == 1


def test_a_phrase_may_still_begin_at_its_very_last_moment() -> None:
    bench = Bench(seconds=1.5)
    bench.say("result", time="8.05")
    bench.after(0.0)
    bench.say("ten_seconds", within_s=1.52)
    bench.after(5.0)
    assert bench.spoken == ["result", "ten_seconds"]


def test_an_urgent_phrase_cuts_off_what_is_said_and_goes_before_what_waits(bench: Bench) -> None:
    bench.say("cue", cue="Up.", within_s=60.0)
    bench.say("halfway", within_s=60.0)
    bench.after(0.5)
    bench.say("recall", urgent=True)
    bench.after(10.0)
    assert bench.spoken == ["cue", "recall", "halfway"]
    assert bench.voice.cuts == 1


def test_what_matters_until_it_is_taken_back_is_said_again_after_something_urgent_has_cut_it_off(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.say("halfway", within_s=60.0)
    bench.after(0.5)
    bench.say("watch_lost", urgent=True, reason="silent")
    bench.after(10.0)
    assert bench.spoken == ["next", "watch_lost", "next", "halfway"]


def test_an_alarm_silences_speech_at_once_and_until_it_ends(bench: Bench) -> None:
    bench.say("cue", cue="Up.", within_s=60.0)
    bench.say("halfway", within_s=60.0)
    bench.after(0.5)
    bench.speaker.mute(True)
    assert not bench.voice.speaking
    bench.after(30.0)
    assert bench.spoken == ["cue"]
    bench.speaker.mute(False)
    bench.after(5.0)
    assert bench.spoken == ["cue", "halfway"]


def test_a_call_that_an_alarm_has_cut_off_is_said_again_after_it_however_long_it_lasts(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.after(1.9)
    bench.speaker.mute(True)
    bench.after(300.0)
    bench.speaker.mute(False)
    bench.after(5.0)
    assert bench.voice.said == ["Next: Ann.", "Next: Ann."]


def test_a_call_that_was_over_when_the_alarm_came_is_not_said_again(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.after(2.0)
    bench.speaker.mute(True)
    bench.after(1.0)
    bench.speaker.mute(False)
    bench.after(5.0)
    assert bench.spoken == ["next"]


def test_what_has_become_untrue_is_cut_off_and_what_waits_of_it_is_dropped(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.say("turn_solo", about=("turn",), set=1, sets=1, rep=1, reps=1, distance="20", gait="jog")
    bench.say("halfway", about=("rest",))
    bench.after(0.5)
    bench.speaker.unsay(["turn"])
    assert not bench.voice.speaking
    bench.after(10.0)
    assert bench.spoken == ["next", "halfway"]


def test_what_has_become_untrue_during_an_alarm_is_not_said_after_it(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.after(0.5)
    bench.speaker.mute(True)
    bench.after(1.0)
    bench.speaker.unsay(["turn"])
    bench.speaker.mute(False)
    bench.after(5.0)
    assert bench.spoken == ["next"]


def test_it_tells_when_everything_will_have_been_said(bench: Bench) -> None:
    began_ns = bench.clock.monotonic_ns()
    reports = [bench.speaker.say(Say("halfway")), bench.speaker.say(Say("halfway"))]
    assert [(report.until_ns - began_ns) / S for report in reports] == [2.0, 4.0]
    bench.after(1.0)
    late = bench.speaker.say(Say("halfway", expires_ns=began_ns + S))
    assert (late.until_ns - began_ns) / S == 4.0, "what will be too late takes no time"
    bench.after(10.0)
    assert [report.number for report in bench.told] == sorted(report.number for report in bench.told)
    assert bench.told[-1].until_ns == 0
    assert bench.spoken == ["halfway", "halfway"]


def test_it_tells_as_well_that_nothing_is_left_to_say_when_that_was_dropped(bench: Bench) -> None:
    bench.say("next", about=("turn",), name="Ann")
    bench.after(0.5)
    assert bench.speaker.unsay(["turn"]).until_ns == 0


def test_what_became_stale_during_an_alarm_is_dropped_after_it(bench: Bench) -> None:
    bench.speaker.mute(True)
    bench.say("ten_seconds", within_s=2.0)
    bench.after(3.0)
    bench.speaker.mute(False)
    bench.after(3.0)
    assert bench.spoken == []


def test_even_an_urgent_phrase_waits_for_the_end_of_an_alarm(bench: Bench) -> None:
    bench.speaker.mute(True)
    bench.say("recall", urgent=True)
    bench.after(1.0)
    assert bench.voice.said == []
    bench.speaker.mute(False)
    bench.after(1.0)
    assert bench.spoken == ["recall"]


def test_an_alarm_that_comes_just_as_a_phrase_begins_cuts_it_off(bench: Bench) -> None:
    bench.voice.on_say = lambda: bench.speaker.mute(True)
    bench.say("halfway")
    bench.after(0.0)
    assert not bench.voice.speaking


def test_what_piles_up_is_dropped_from_the_old_end(bench: Bench) -> None:
    for number in range(200):
        bench.say("count", number=number)
    assert bench.speaker.dropped > 0
    bench.after(300.0)
    assert bench.voice.said[-1] == "199."
    assert len(bench.voice.said) < 100


def test_an_urgent_phrase_is_not_what_is_dropped_from_a_full_queue(bench: Bench) -> None:
    bench.speaker.mute(True)
    for number in range(30):
        bench.say("count", number=number)
    bench.say("watch_lost", urgent=True, reason="silent")
    bench.speaker.mute(False)
    bench.after(100.0)
    assert bench.spoken[0] == "watch_lost"


def test_of_two_urgent_phrases_the_newer_one_goes_first(bench: Bench) -> None:
    bench.speaker.mute(True)
    bench.say("on_your_marks", urgent=True)
    bench.say("recall", urgent=True)
    bench.speaker.mute(False)
    bench.after(10.0)
    assert bench.spoken[0] == "recall"


@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 3.0), st.booleans()), max_size=25))
def test_no_phrase_ever_begins_after_it_is_worthless(wishes: list[tuple[float, float, bool]]) -> None:
    bench = Bench(seconds=1.0)
    limits: dict[str, int] = {}
    began: dict[str, int] = {}

    def note(_key: str, text: str) -> None:
        began.setdefault(text, bench.clock.monotonic_ns())

    bench.speaker = Speaker(bench.voice, bench.clock, CATALOGUE, note)
    for number, (pause_s, within_s, urgent) in enumerate(wishes):
        bench.after(pause_s)
        limits[f"{number}."] = bench.clock.monotonic_ns() + round(within_s * S)
        bench.say("count", within_s=within_s, urgent=urgent, number=number)
    bench.after(60.0)
    assert all(t_ns <= limits[text] for text, t_ns in began.items())
    assert bench.speaker.next_ns is None


def test_the_thread_says_what_it_is_given_and_ends_when_closed() -> None:
    clock = RealClock()
    voice = MouthPiece(clock, 0.0)
    said = threading.Event()
    voice.on_say = said.set
    speaker = Speaker(voice, clock, CATALOGUE)
    speaker.start()
    speaker.say(Say("halfway"))
    assert said.wait(60.0)
    speaker.close()
    assert voice.closed
    assert "speaker" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]


def test_last_words_are_said_before_the_voice_is_closed() -> None:
    clock = RealClock()
    voice = MouthPiece(clock, 0.01)
    speaker = Speaker(voice, clock, CATALOGUE)
    speaker.start()
    for number in range(5):
        speaker.say(Say("count", {"number": number}))
    speaker.close(finish_s=60.0)
    assert voice.said == ["0.", "1.", "2.", "3.", "4."]


def test_muting_never_waits_for_a_voice_that_hangs() -> None:
    clock = RealClock()
    voice = MouthPiece(clock, 0.0)
    hanging, release = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        release.wait(60.0)

    voice.on_say = hang
    speaker = Speaker(voice, clock, CATALOGUE)
    speaker.start()
    speaker.say(Say("halfway"))
    assert hanging.wait(60.0)
    muting = threading.Thread(target=speaker.mute, args=(True,))
    muting.start()
    muting.join(30.0)
    muted = not muting.is_alive()
    release.set()
    muting.join(60.0)
    speaker.close()
    assert muted
