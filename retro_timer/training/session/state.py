"""The session as a frozen value."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from retro_timer.detection.events import Level, SensorState, Stand
from retro_timer.detection.expectation import NOBODY, Expectation
from retro_timer.training.plan import Order, Plan, Step
from retro_timer.training.record import RepRecord
from retro_timer.training.safe_speed import Coverage
from retro_timer.training.session.agenda import Appointment
from retro_timer.training.session.effects import Say
from retro_timer.training.session.inputs import ReleaseGiven
from retro_timer.training.session.on_course import ActiveRep, Arrival, Ghost, by_go
from retro_timer.training.session.pending import Pending
from retro_timer.training.session.rules import Rules


class Phase(StrEnum):
    """Where the session stands."""

    IDLE = "idle"
    """Made, and not yet begun."""
    RECOVERABLE = "recoverable"
    """Found cut off at power-on; waits for recover or close."""
    BRIEF = "brief"
    GET_READY = "get-ready"
    """Walk-out to the start, or the moment before a start."""
    LANE_CHECK = "lane-check"
    AWAIT_PRESS = "await-press"
    AWAIT_RELEASE = "await-release"
    """The athlete stands in the beam, or is about to, and leaves it when ready; flying: is on the way to the line."""
    COUNTDOWN = "countdown"
    SET = "set"
    """On your marks, set: the hold of random length."""
    GO = "go"
    """The go tone was asked for and its edge is awaited."""
    RUNNING = "running"
    REST = "rest"
    RECOVERY = "recovery"
    PAUSED = "paused"
    AWAIT_GO = "await-go"
    """A replay: goes come from the record."""
    DONE = "done"
    STOPPED = "stopped"


ENDED = frozenset((Phase.DONE, Phase.STOPPED))
STARTING = frozenset((Phase.COUNTDOWN, Phase.SET, Phase.GO))
"""An obstacle recalls the start in these."""
RESTING = frozenset((Phase.REST, Phase.RECOVERY))


class Athlete(msgspec.Struct, frozen=True):
    """One athlete's place in the session."""

    name: str
    present: bool = True
    next_step: int = 0
    """Index into the plan's steps."""
    rested_ns: int = 0
    """Not started before this: the end of their rest."""
    rest_from_ns: int = 0
    active: ActiveRep | None = None
    order: int = 0
    """Of those who have done as much the lowest goes first; of equals the one who is named first."""
    skipped: tuple[int, ...] = ()
    """Steps that were left out, as `Presence.skipped` has them."""

    @property
    def running(self) -> ActiveRep | None:
        """Their rep that is under way, and not given up."""
        return None if self.active is None or self.active.given_up else self.active


class Ahead(msgspec.Struct, frozen=True):
    """What lies ahead at the beginning of a step, in seconds."""

    own_s: float
    """Of one athlete, with the rests between."""
    course_s: float
    """Of one athlete on the course, with the time between one's finish and the next one's start."""
    common_s: float
    """Of all at once, with the same."""


class Turn(msgspec.Struct, frozen=True):
    """Whose go it is, and at what."""

    athlete: int
    step: int
    others: tuple[int, ...] = ()
    """Of a wave: who goes with them."""
    lanes: tuple[int, ...] = ()
    """Of a wave: where each of them runs, in the order of `whose`."""

    @property
    def whose(self) -> tuple[int, ...]:
        """All of a wave, or the one."""
        return self.athlete, *self.others


class Skip(msgspec.Struct, frozen=True):
    """An athlete's step that somebody skipped."""

    athlete: int
    step: int
    owed: bool
    """It was one that they were to make up."""


class UndoPoint(msgspec.Struct, frozen=True):
    """What the last correction changed."""

    what: str
    athletes: tuple[Athlete, ...]
    results: tuple[RepRecord, ...]
    whose: int | None = None
    """Whether this athlete is here may have changed with it; nobody else's presence is taken back."""
    skips: tuple[Skip, ...] = ()
    """What was skipped after it, and is taken back along with it."""
    former: tuple[RepRecord, ...] = ()
    """Where it moved finishes: the reps that it changed, as they were, those under way among them."""
    moved: tuple[RepRecord, ...] = ()
    """The same as it left them."""
    revision: str = ""
    """Its id, once it is on disk."""


class SessionState(msgspec.Struct, frozen=True):
    """Everything the session knows."""

    plan: Plan
    steps: tuple[Step, ...]
    rules: Rules
    athletes: tuple[Athlete, ...]
    phase: Phase = Phase.IDLE
    since_ns: int = 0
    """When the present phase began."""
    until_ns: int = 0
    """When the rest or walk-out ends; 0 where nothing is counted down."""
    ahead: tuple[Ahead, ...] = ()
    """Of each step, and after the last."""
    half_told: bool = False
    """It has been said that half of the session is done."""
    turn: Turn | None = None
    """Whose start is next; in rotation also whose rep is under way."""
    last_go_ns: int = 0
    """The newest go; 0 before the first."""
    wave: int = 0
    """Number of the newest wave; 0 before the first."""
    wave_of: tuple[int, ...] = ()
    """Who went in the newest one, where nobody can tell whose its places are; empty where that is known."""
    waves_of: dict[int, tuple[str, ...]] = {}
    """Who went in each such wave since the session was begun or recovered, by its number."""
    lane_goes_ns: dict[int | None, int] = {}
    """Rolling: the newest go over a length in each lane; None for who may be in any."""
    arrivals: tuple[Arrival, ...] = ()
    """Rolling: bodies at the line that are not timed yet, oldest first."""
    ghosts: tuple[Ghost, ...] = ()
    """Rolling: whose rep has ended and who may still come to the line, oldest first."""
    timed_ns: int = 0
    """When a sensor's finish was taken last."""
    planned_ns: int = 0
    """When the present turn starts by the plan, whatever has delayed it since."""
    agenda: tuple[Appointment, ...] = ()
    """Sorted by time."""
    reps: int = 0
    """Running number of the last go."""
    results: tuple[RepRecord, ...] = ()
    """The newest revision of each rep that has ended."""
    companions: tuple[RepRecord, ...] = ()
    """The reps of those who do the present timed step along with whose turn it is; they end with that one's."""
    pending: tuple[Pending, ...] = ()
    undo: tuple[UndoPoint, ...] = ()
    settled: frozenset[int] = frozenset()
    """Reps whose finish a person has said to be theirs."""
    kept_correction: str = ""
    """The id of the newest correction, where what is kept knows how it was made and the session does not: one by a
    rep's number, or before a power cut. Empty once the session has corrected something, or somebody has gone."""
    before_cut: int = 0
    """The last rep before a power cut: it, and those before it, are on another clock."""
    other_body_ns: tuple[int, int] | None = None
    """First and last reading of whoever passed the line last and was not timed."""
    given: ReleaseGiven | None = None
    """A replay: the recorded rep whose start is waited for."""
    stand: Stand = Stand.EMPTY
    """Who stands in the beam of the start, where that is waited for."""
    set_ns: int = 0
    """When the tone that lets somebody leave it sounded last."""
    level: Level = Level.CLEAR
    clear_since_ns: int = 0
    obstacles: int = 0
    watch_state: SensorState = SensorState.OK
    watch_reason: str = ""
    coverage: Coverage | None = None
    spotter: bool = False
    limit_told: bool = False
    told_ns: int | None = None
    """When it was last said why nothing starts."""
    pause_after: bool = False
    cue: int = 0
    random: int = 0
    expectation: Expectation = NOBODY
    background_ns: int = 0
    """When somebody last said that the box stands elsewhere than before."""
    last_said: Say | None = None
    """The newest phrase that is still true and would be so if it were said again."""
    called: Turn | None = None
    """The turn that has been called."""
    decked: dict[str, str] = {}
    """Who has been called next and on deck for the present turn; empty before that."""
    call_s: float = 0.0
    """How long the call of the present turn takes; 0 as long as nobody has told."""
    held: tuple[Say, ...] = ()
    """Said as soon as no start is under way."""
    delayed: tuple[Appointment, ...] = ()
    """What is due to be said, but not before a result that is not on disk yet."""
    speech_until_ns: int = 0
    """When the voice will have said what it was given; 0 when it is silent."""
    speech_number: int = 0
    """The report that this is known from."""
    unsaved: frozenset[tuple[int, int]] = frozenset()
    """Running number and revision of each word on a rep that could not be put on disk."""
    presence_unsaved: bool = False
    """Whether somebody takes part could not be put on disk, and that has been said."""
    concluded: bool = False
    """The summary has been told."""

    @property
    def deadline_ns(self) -> int | None:
        """When the next Tick is due; None when nothing is appointed."""
        return self.agenda[0].at_ns if self.agenda else None

    @property
    def unsaved_reps(self) -> int:
        """How many reps have a word that is not on disk."""
        return len({rep for rep, _ in self.unsaved})

    @property
    def step(self) -> Step | None:
        """The step of the present turn."""
        return self.steps[self.turn.step] if self.turn is not None else None

    @property
    def solo(self) -> bool:
        """Whether one runner trains alone."""
        return len(self.athletes) == 1

    @property
    def rolling(self) -> bool:
        """Whether several may be on the course."""
        return self.plan.order is not Order.ROTATION

    @property
    def staggered(self) -> bool:
        """Whether one may start while others are on the course."""
        return self.plan.order is Order.ROLLING

    @property
    def waves(self) -> bool:
        """Whether several start at once."""
        return self.plan.order is Order.WAVES

    @property
    def on_course(self) -> tuple[ActiveRep, ...]:
        """The reps that are under way, in order of their go."""
        return by_go(a.running for a in self.athletes)

    @property
    def coming(self) -> tuple[ActiveRep, ...]:
        """The reps that end at the line, those given up but not beyond revival among them, in order of their go."""
        return tuple(one for one in by_go(a.active for a in self.athletes) if one.arrives)

    @property
    def taken_off(self) -> tuple[Ghost, ...]:
        """Who was taken off the course, has not gone anew, and may come to the line all the same."""
        gone_anew = {athlete.name for athlete in self.athletes if athlete.running is not None}
        return tuple(
            one for one in self.ghosts if one.by_hand_ns is None and one.active.record.athlete not in gone_anew
        )

    @property
    def running(self) -> ActiveRep | None:
        """The rep that is under way; of several the one that went first."""
        return next(iter(self.on_course), None)

    @property
    def blind(self) -> bool:
        """Whether the watch does not see what it should."""
        return self.watch_state is not SensorState.OK
