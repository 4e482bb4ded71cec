"""From the call of an athlete to the go: brief, get ready, lane check, countdown."""

from __future__ import annotations

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training import orders
from retro_timer.training.gaits import default_walk_out_s
from retro_timer.training.plan import Course, StartMethod
from retro_timer.training.session import calls, countdown, events, inputs, standing, turns
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import About, Signal
from retro_timer.training.session.state import STARTING, Phase, SessionState
from retro_timer.training.session.transition import Transition, ns, start_method

LOOK_S = 2.0
"""How long before the countdown the lane is looked at."""
_REMIND_S = 20.0


def brief(transition: Transition) -> None:
    """Say what comes, what the watch covers, and the plan's safety note."""
    state = transition.state
    transition.set(turn=turns.next_turn(state, transition.now_ns), random=countdown.first_random(state.rules.seed))
    end_ns = transition.now_ns + ns(state.rules.brief_s)
    transition.enter(Phase.BRIEF, end_ns, [Appointment(end_ns, Item.NEXT_PHASE)])
    athletes = tuple(athlete.name for athlete in state.athletes)
    transition.look_up(*athletes)
    plan = state.plan
    transition.publish(events.Session(transition.now_ns, plan.title, athletes, len(state.steps), str(plan.order)))
    if state.steps[-1].open:
        transition.say("brief_open", {"title": state.plan.title}, 30.0, about=[About.PLAN])
    else:
        told = {"title": state.plan.title, "sets": state.steps[-1].set_no, "reps": len(state.steps)}
        transition.say("brief", told, 30.0, about=[About.PLAN])
    say_coverage(transition)
    if state.staggered:
        transition.say("rolling_unwatched", within_s=40.0, about=[About.WATCH])
    dark = state.rules.dark_clothing
    if dark is not None:
        transition.say(dark.phrase, dark.spoken, 40.0, about=[About.WATCH])
    transition.say("safety", {"note": state.plan.safety}, 40.0, about=[About.PLAN])
    _say_paths(transition)


def _say_paths(transition: Transition) -> None:
    """To a group whose start is elsewhere than the box: where everybody walks and waits, and whether they will hear."""
    state = transition.state
    apart = state.plan.course is Course.STRAIGHT and any(step.distance_m is not None for step in state.steps)
    if state.solo or not apart:
        return
    if state.rules.timing is Placement.GATE:
        transition.say("group_paths", within_s=60.0, about=[About.PLAN])
    if not state.rules.start_hears:
        transition.say("start_unheard", within_s=60.0, about=[About.PLAN])


def brief_is_over(transition: Transition) -> None:
    """On to the first turn once the brief has been heard."""
    wait_ns = calls.until_heard_ns(transition)
    if wait_ns is None:
        get_ready(transition)
    else:
        transition.appoint(wait_ns, Item.NEXT_PHASE)


def heard(transition: Transition, event: inputs.Speech) -> None:
    """The voice is further on: whatever waited to be heard may have been."""
    if not calls.speech(transition, event):
        return
    state = transition.state
    if state.phase is Phase.LANE_CHECK:
        try_start(transition)
    elif state.phase is Phase.BRIEF and transition.now_ns >= state.until_ns and not state.speech_until_ns:
        get_ready(transition)


def say_coverage(transition: Transition) -> None:
    """Say what the watch covers now; a brief that cannot say it says that there is no watch."""
    coverage = transition.state.coverage
    if transition.state.rules.watching is None or coverage is None:
        transition.say("covers_nothing", within_s=40.0, about=[About.WATCH])
        return
    transition.say(coverage.phrase, coverage.spoken, 40.0, about=[About.WATCH])


def get_ready(transition: Transition, ready_ns: int | None = None) -> None:
    """Call the athlete; `ready_ns` is when the go may come at the earliest."""
    state = transition.state
    step = state.step
    if step is None:
        return
    first = state.reps == 0
    lead_s = state.rules.get_ready_s + state.rules.countdown_s
    away = state.rules.timing is not Placement.BELT and state.plan.course is not Course.OUT_AND_BACK and not step.relay
    walks_out = first and state.solo and step.distance_m is not None and away
    if walks_out and step.distance_m is not None:
        chosen = state.plan.walk_out_s
        lead_s = max(lead_s, default_walk_out_s(step.distance_m) if chosen is None else chosen)
    until_ns = max(transition.now_ns + ns(lead_s), ready_ns or 0)
    agenda = [Appointment(until_ns - ns(state.rules.countdown_s + LOOK_S), Item.NEXT_PHASE)]
    left_s = (until_ns - transition.now_ns) / 1e9
    if left_s >= 25.0:
        agenda.append(Appointment(until_ns - ns(10.0), Item.SAY, "ten_seconds"))
    transition.set(planned_ns=until_ns)
    if state.on_course:
        # Called now, they would stand in the way of who runs.
        agenda.append(Appointment(max(transition.now_ns, until_ns - ns(orders.CALL_LEAD_S)), Item.SAY, "turn"))
    transition.enter(Phase.GET_READY, until_ns, agenda)
    transition.light(LampState.CLEAR)
    if walks_out:
        transition.say("walk_out", {"seconds": round(left_s)}, about=[About.TURN])
    if not state.on_course:
        calls.ensure_called(transition)


def look_at_lane(transition: Transition) -> None:
    """Arm the watch before a start and start when lane and watch allow it, and when the call has been heard."""
    until_ns = max(transition.state.until_ns, transition.now_ns + ns(_lead_s(transition.state)))
    transition.enter(Phase.LANE_CHECK, until_ns)
    transition.set(clear_since_ns=max(transition.state.clear_since_ns, transition.now_ns))
    if _watch_matters(transition):
        transition.watch(standing.watch_before_start(transition.state))
    calls.ensure_called(transition)
    try_start(transition)


def _watch_matters(transition: Transition) -> bool:
    """A timed step has no lane to be clear: only a watch that the runner wears goes with it."""
    step, watching = transition.state.step, transition.state.rules.watching
    if watching is None or step is None:
        return False
    return step.distance_m is not None or watching is Placement.BELT


def try_start(transition: Transition) -> None:
    """Start if nothing forbids it; otherwise say once what does and look again."""
    state = transition.state
    if state.phase is not Phase.LANE_CHECK:
        return
    wait_ns = _hindrance(transition)
    if wait_ns is None:
        _start(transition)
        return
    kept = [a for a in transition.state.agenda if a.item is not Item.LANE_AGAIN]
    transition.set(agenda=tuple(kept))
    transition.appoint(max(wait_ns, transition.now_ns + ns(0.1)), Item.LANE_AGAIN)


def _hindrance(transition: Transition) -> int | None:
    """When to look again; None when the start may go ahead."""
    state, now_ns, rules = transition.state, transition.now_ns, transition.state.rules
    if _watch_matters(transition):
        if state.watch_state is SensorState.LOST and not state.spotter:
            if _reminds(transition):
                transition.beep(Signal.REFUSAL)
                transition.say("lost_needs_spotter", {"reason": state.watch_reason}, about=[About.WATCH])
            return now_ns + ns(_REMIND_S)
        if state.watch_state is SensorState.DEGRADED and not state.limit_told:
            transition.set(
                limit_told=True, until_ns=max(state.until_ns, now_ns + ns(rules.limit_s + rules.countdown_s))
            )
            transition.acknowledge(True)
            transition.say("degraded", {"reason": state.watch_reason}, about=[About.WATCH])
            say_coverage(transition)
            return now_ns + ns(rules.limit_s)
        if state.level is not Level.CLEAR:
            again = state.told_ns is not None
            if _reminds(transition):
                # The alarm that says so silences it: once the lane is clear again it would be wrong.
                transition.say("lane_blocked_still" if again else "lane_blocked", within_s=1.0, about=[About.START])
            return now_ns + ns(_REMIND_S)
        clear_ns = state.clear_since_ns + ns(rules.lane_clear_s)
        if now_ns < clear_ns:
            return clear_ns
    start_ns = _due_ns(state) - ns(_lead_s(state))
    return start_ns if now_ns < start_ns else calls.until_heard_ns(transition)


def _due_ns(state: SessionState) -> int:
    """The go comes no sooner, whatever was skipped: by the plan, and with nobody to meet in the lane."""
    return state.until_ns if state.turn is None else max(state.until_ns, turns.lane_free_ns(state, state.turn))


def _lead_s(state: SessionState) -> float:
    """How long before its go a start begins; with others on the course no longer than it takes at the least."""
    rules, method = state.rules, start_method(state)
    if state.rolling and method in (StartMethod.BUTTON, StartMethod.RELEASE):
        # The athlete goes when they like: the box lets them when the go may come, and no sooner.
        return 0.0
    if state.rolling and method is StartMethod.MARKS_SET_GO:
        return min(rules.countdown_s, rules.marks_s + rules.hold_least_s)
    return rules.countdown_s


def _reminds(transition: Transition) -> bool:
    """Whether it is time to say why nothing starts: at once, and then every now and again."""
    told_ns = transition.state.told_ns
    if told_ns is not None and transition.now_ns - told_ns < ns(_REMIND_S):
        return False
    transition.set(told_ns=transition.now_ns)
    return True


def _start(transition: Transition) -> None:
    state, now_ns, rules = transition.state, transition.now_ns, transition.state.rules
    if state.speech_until_ns:
        # The voice hangs: what it has not said by now must not come between the numbers.
        transition.unsay(About.TURN, About.REST, About.START)
    if standing.starts_by_itself(transition):
        standing.await_start(transition)
        return
    if _watch_matters(transition):
        transition.watch(WatchMode.START)
    method = start_method(state)
    if method is StartMethod.BUTTON:
        transition.enter(Phase.AWAIT_PRESS, 0, calls.when_missed(state, now_ns))
        transition.say("press_for_go", about=[About.START])
        return
    if method is StartMethod.MARKS_SET_GO:
        transition.enter(Phase.COUNTDOWN, 0, [Appointment(now_ns + ns(rules.marks_s), Item.NEXT_PHASE)])
        transition.say("on_your_marks", within_s=1.0, urgent=True)
        return
    count = max(1, round(rules.countdown_s))
    go_ns = now_ns + ns(rules.countdown_s)
    key = "silent" if method is StartMethod.AUTO else ""
    agenda = [Appointment(go_ns - ns(number), Item.COUNT, key, {"number": number}) for number in range(count, 0, -1)]
    agenda.append(Appointment(go_ns, Item.GO))
    transition.enter(Phase.COUNTDOWN, go_ns, agenda)


def give_go(transition: Transition) -> None:
    """Ask for the go tone, unless something came into the lane since the last look."""
    state = transition.state
    if _watch_matters(transition) and (state.level is not Level.CLEAR or _unwatched(transition)):
        recall(transition)
        return
    transition.enter(Phase.GO)
    transition.go_tone()


def _unwatched(transition: Transition) -> bool:
    return transition.state.watch_state is SensorState.LOST and not transition.state.spotter


def recall(transition: Transition) -> None:
    """Take a start back, or refuse one: the runner must not go."""
    _tell_recall(transition)
    if transition.state.pause_after:
        transition.set(pause_after=False)
        hold_session(transition)
    else:
        look_at_lane(transition)


def call_off(transition: Transition, *, told: bool = False) -> None:
    """Tell a runner who waits for the go that it does not come; nothing where no start is under way.

    `told`: everybody has been told to stop, which says more.
    """
    if transition.state.phase in STARTING and told:
        transition.publish(events.Recall(transition.now_ns))
    elif transition.state.phase in STARTING:
        _tell_recall(transition)


def _tell_recall(transition: Transition) -> None:
    transition.publish(events.Recall(transition.now_ns))
    if transition.state.on_course:
        # Whoever runs must not take it for theirs.
        transition.beep(Signal.WAIT)
        transition.say("recall_one", {"name": transition.athlete().name}, 3.0, urgent=True)
        return
    transition.beep(Signal.RECALL)
    transition.say("recall", within_s=3.0, urgent=True)


def hold_session(transition: Transition) -> None:
    """Pause: nothing is started until somebody says so."""
    transition.unsay(About.TURN, About.REST, About.START)
    transition.enter(Phase.PAUSED)
    transition.watch(WatchMode.OFF)
    transition.say("paused", within_s=5.0, about=[About.HOLD])
