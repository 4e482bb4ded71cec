"""A whole session as it is heard: the real session, queue and catalogue on a clock that only the test moves.

Each phrase goes into a transcript with its beginning and end; whenever something happens, what is being said is held
against the session as it is then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.session_runner import SessionRunner
from retro_timer.detection.events import Level
from retro_timer.phrases import load_catalogue
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import announce, effects, events, inputs, turns
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import ENDED, RESTING, STARTING, Phase
from tests.helpers.session_drive import LINE_ONLY, S, Watched

BEGIN_NS = 5_000 * S
CATALOGUE = load_catalogue("en")
CALLS = ("turn", "turn_solo", "turn_timed", "turn_treadmill")
DECKS = ("next", "next_and_deck")
RESULTS = ("result", "result_of", "dnf", "timed_over")
BEFORE_A_GO = frozenset((*RESTING, Phase.GET_READY, Phase.LANE_CHECK, Phase.AWAIT_PRESS))


class Heard(msgspec.Struct):
    """One phrase of the transcript."""

    say: effects.Say
    text: str
    began_ns: int
    length_ns: int
    ended_ns: int | None = None
    """None while it is being said."""

    @property
    def whole(self) -> bool:
        """Whether it was heard to its end."""
        return self.ended_ns is not None and self.ended_ns - self.began_ns >= self.length_ns


class _Ear(TextVoice):
    """The printing voice, with somebody who notes when each phrase began and ended."""

    def __init__(self, clock: VirtualClock, rate_wpm: int, began: Callable[[str, int], Heard]) -> None:
        super().__init__(clock, rate_wpm, lambda _text: None)
        self._ear_clock = clock
        self._began = began
        self.current: Heard | None = None

    def say(self, text: str) -> None:
        super().say(text)
        self.current = self._began(text, round(self.seconds(text) * S))

    def cut(self) -> None:
        super().cut()
        self.end()

    def end(self) -> None:
        """Note the end of what was being said, if it is over."""
        now_ns = self._ear_clock.monotonic_ns()
        if self.current is not None and not self.speaking:
            self.current.ended_ns = min(now_ns, self.current.began_ns + self.current.length_ns)
            self.current = None


class HeardSession(Watched):
    """Drives a session with a voice; `delay_s` gives how long the disk takes for a record, None: it never answers."""

    def __init__(
        self,
        plan: Plan,
        names: Sequence[str],
        *,
        rate_wpm: int = 160,
        rules: Rules | None = None,
        delay_s: Callable[[RepRecord], float | None] = lambda _record: 0.0,
    ) -> None:
        self.clock = VirtualClock(BEGIN_NS)
        self.voice = _Ear(self.clock, rate_wpm, self._begin)
        self.transcript: list[Heard] = []
        self.goes: list[tuple[int, events.Go]] = []
        self.counts_ns: list[int] = []
        self.ended_ns: int | None = None
        """When the session ended."""
        self.speaker = Speaker(self.voice, self.clock, CATALOGUE, None, self._progress)
        fresh = new_session(plan, names, rules or Rules())
        fresh = msgspec.structs.replace(fresh, coverage=LINE_ONLY, clear_since_ns=BEGIN_NS)
        self.runner = SessionRunner(self, fresh)
        self._delay_s = delay_s
        self._answers: list[tuple[int, inputs.Input]] = []
        self._says: dict[str, effects.Say] = {}
        self._reports: list[inputs.Speech] = []

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return (self.clock.monotonic_ns() - BEGIN_NS) / S

    # The outlet of the runner.

    def carry_out(self, effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        """As the beacon does."""
        if isinstance(effect, effects.Say):
            self._says[CATALOGUE.render(effect.key, effect.values)] = effect
            return self.speaker.say(effect)
        if isinstance(effect, effects.Unsay):
            return self.speaker.unsay(effect.about)
        if isinstance(effect, effects.Measure):
            return inputs.Measured(self.speaker.seconds(effect.key, effect.values))
        if isinstance(effect, effects.GoTone):
            return inputs.WentOff(now_ns)
        if isinstance(effect, effects.Beep) and effect.signal is effects.Signal.COUNT:
            self.counts_ns.append(now_ns)
        if isinstance(effect, effects.Publish):
            if isinstance(effect.event, events.Go):
                self.goes.append((now_ns, effect.event))
            elif isinstance(effect.event, events.Phase) and effect.event.phase in ENDED:
                self.ended_ns = now_ns
        if isinstance(effect, effects.Save):
            self._save(effect.record, now_ns)
        return None

    def _save(self, record: RepRecord, now_ns: int) -> None:
        delay_s = self._delay_s(record)
        if delay_s is None:
            return
        # A journal writes one after the other.
        due_ns = max(now_ns + round(delay_s * S), *(due_ns for due_ns, _ in self._answers), 0)
        self._answers.append((due_ns, inputs.Durable(record.rep, record.revision)))

    def _begin(self, text: str, length_ns: int) -> Heard:
        heard = Heard(self._says[text], text, self.clock.monotonic_ns(), length_ns)
        self.transcript.append(heard)
        return heard

    def _progress(self, report: inputs.Speech) -> None:
        self._reports.append(report)

    # Time.

    def wait(self, seconds: float) -> HeardSession:
        """Let time pass: appointments, the disk's answers and the voice, each at its own instant."""
        end_ns = self.clock.monotonic_ns() + round(seconds * S)
        self._work()
        while (due_ns := self._next_ns()) is not None and due_ns <= end_ns:
            self.clock.advance_to(max(due_ns, self.clock.monotonic_ns()))
            self._work()
        self.clock.advance_to(max(end_ns, self.clock.monotonic_ns()))
        self._work()
        return self

    def until(self, phase: Phase, within_s: float = 300.0) -> HeardSession:
        """Let time pass until the session enters a phase."""
        began_s = self.now_s
        while self.phase is not phase:
            assert self.now_s - began_s < within_s, f"still {self.phase} after {within_s} s; {phase} was waited for"
            self.wait(0.1)
        return self

    def _next_ns(self) -> int | None:
        answer_ns = self._answers[0][0] if self._answers else None
        coming = (self.state.deadline_ns, self.speaker.next_ns, answer_ns)
        return min((t_ns for t_ns in coming if t_ns is not None), default=None)

    def _work(self) -> None:
        now_ns = self.clock.monotonic_ns()
        self.voice.end()
        self.runner.tick(now_ns)
        while self._answers and self._answers[0][0] <= now_ns:
            self.runner.put(self._answers.pop(0)[1], now_ns)
        self.speaker.update()
        while self._reports:
            self.runner.put(self._reports.pop(0), now_ns)
        self.voice.end()
        self._listen()

    def put(self, event: inputs.Input) -> HeardSession:
        """Any input, now."""
        self.runner.put(event, self.clock.monotonic_ns())
        self._work()
        return self

    def begin(self) -> HeardSession:
        """Start the session."""
        return self.put(inputs.Start())

    def finish(self, time_s: float = 8.0) -> HeardSession:
        """The rep under way ends `time_s` after its go, or now if that was before; decided half a second later."""
        active = self.state.running
        assert active is not None
        left_s = (active.record.go_ns - self.clock.monotonic_ns()) / S + time_s
        self.wait(max(0.0, left_s))
        back_ns = self.clock.monotonic_ns()
        self.put(inputs.CrossingSeen(active.record.rep, back_ns)).wait(0.5)
        return self.put(inputs.FinishSeen(active.record.rep, back_ns, 20_000_000, "gate", self.clock.monotonic_ns()))

    def alarm(self, seconds: float) -> HeardSession:
        """Something stands behind the runner for so long."""
        self.speaker.mute(True)
        self.put(inputs.ObstacleSeen(Level.DANGER, 600, False, self.clock.monotonic_ns())).wait(seconds)
        self.speaker.mute(False)
        return self.put(inputs.ObstacleSeen(Level.CLEAR, None, False, self.clock.monotonic_ns()))

    # Listening.

    def _listen(self) -> None:
        """What is being said now is true now, and no countdown talks into it."""
        heard = self.voice.current
        if heard is None:
            return
        untrue = self._untrue(heard.say)
        assert not untrue, f"'{heard.text}' is said at {self.now_s:.2f} s although {untrue}"
        if self.phase in STARTING:
            assert heard.say.urgent, f"'{heard.text}' is said into a start"

    def _untrue(self, say: effects.Say) -> str:
        """Why a phrase is not true now; an empty string when it is."""
        state, values = self.state, say.values
        if say.key in (*CALLS, *DECKS):
            return self._untrue_of_turn(say)
        if say.key in (*RESULTS, "result_rep", "result_rep_of", "voided", "voided_of", "given", "set_average"):
            return self._untrue_of_rep(say)
        if say.key == "absent" and any(a.name == values["name"] and a.present for a in state.athletes):
            return "they are here"
        paused = say.key == "paused" and state.phase is not Phase.PAUSED
        if paused or (effects.About.REST in say.about and state.phase not in BEFORE_A_GO):
            return f"it is {state.phase}"
        return ""

    def _untrue_of_turn(self, say: effects.Say) -> str:
        state, values = self.state, say.values
        if state.phase not in BEFORE_A_GO or state.turn is None:
            return f"nobody is called in {state.phase}"
        names = turns.deck(state, state.turn)
        if values["name"] != names["name"] or (say.key in DECKS and values != names):
            return f"it is {names}"
        return ""

    def _untrue_of_rep(self, say: effects.Say) -> str:
        results = {effects.about_rep(r.rep): r for r in self.state.results}
        running = self.state.running
        if running is not None:
            results.setdefault(effects.about_rep(running.record.rep), running.record)
        about = [results[topic] for topic in say.about if topic in results]
        if say.key == "set_average":
            averages = [announce.set_average(self.state, record) for record in about]
            return "" if say.values["time"] in averages else f"it is {averages}"
        record = about[0]
        if say.key.startswith("voided"):
            return "" if record.status is RepStatus.VOID else f"it is {record.status}"
        if "name" in say.values and say.values["name"] != record.athlete:
            return f"it was {record.athlete}"
        if say.key == "given":
            return ""
        if record.status is not (RepStatus.DNF if say.key == "dnf" else RepStatus.FINISHED):
            return f"it is {record.status}"
        return "" if say.values.get("time", record.official()) == record.official() else f"it is {record.official()}"

    def said(self, *keys: str) -> list[Heard]:
        """What was heard of these, in order."""
        return [heard for heard in self.transcript if heard.say.key in keys]

    def check_calls(self) -> None:
        """No go without its call, heard whole since the last go; no countdown talks into a call."""
        before_ns = 0
        for go_ns, go in self.goes:
            wanted = (go.athlete, go.rep)
            calls_heard = [h for h in self.said(*CALLS) if before_ns <= h.began_ns < go_ns]
            assert calls_heard, f"nobody was called before go {wanted}"
            last = calls_heard[-1]
            assert last.say.values["name"] == go.athlete, f"{last.text} was called before go {wanted}"
            # One that was asked for once more may have been cut off by an alarm.
            assert any(h.whole for h in calls_heard if h.text == last.text), f"'{last.text}' was cut off"
            before_ns = go_ns
        for count_ns in self.counts_ns:
            into = [h for h in self.transcript if h.began_ns < count_ns < h.began_ns + h.length_ns and not h.say.urgent]
            cut = [h for h in into if h.ended_ns is None or h.ended_ns >= count_ns]
            assert not cut, f"counted into '{cut[0].text}'"

    def check_order(self) -> None:
        """A time that was told in its turn came before every call and deck that followed its rep."""
        for result in self.said("result", "result_of"):
            record = next(r for r in self.state.results if effects.about_rep(r.rep) in result.say.about)
            ended_ns = record.go_ns + (record.time_ns or 0)
            between = [h for h in self.said(*CALLS, *DECKS) if ended_ns <= h.began_ns < result.began_ns]
            if record.revision == 2 and (self.ended_ns is None or result.began_ns < self.ended_ns):
                assert not between, f"'{between[0].text}' was said before '{result.text}'"

    def lines(self) -> list[str]:
        """The transcript, to read when something is wrong."""
        return [f"{(h.began_ns - BEGIN_NS) / S:8.2f} {'' if h.whole else 'CUT '}{h.text}" for h in self.transcript]
