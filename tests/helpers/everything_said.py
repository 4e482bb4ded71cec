"""Sessions in which nearly everything is said that a session can say."""

from __future__ import annotations

import functools
import itertools

from retro_timer.detection.events import Beam, Level, SensorState, Stand, StandEnd
from retro_timer.ports import Placement
from retro_timer.training.detail import Detail
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Order, StartMethod
from retro_timer.training.record import StartKind
from retro_timer.training.remembered import Best, Remembered, Week
from retro_timer.training.safe_speed import Coverage, DarkClothing
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import LINE_ONLY, Drive, no_disk, silent_disk


def said_in(drive: Drive) -> list[effects.Say]:
    """What a session said."""
    return drive.of(effects.Say)


def late_results() -> list[effects.Say]:
    """A disk that answers for a rep when the next one is under way already."""
    said: list[effects.Say] = []
    for names in (("Ann",), ("Ann", "Bea")):
        drive = Drive(plan(block(reps=2)), names, disk=silent_disk).begin().to_go().put(inputs.Durable(1, 1))
        said += said_in(drive.finish(8.0).to_go().put(inputs.Durable(1, 2)))
    return said


def told_of_progress() -> list[effects.Say]:
    """Sessions at whose end somebody was better than ever before, alone and in a group."""
    said: list[effects.Say] = []
    for names, done in itertools.product((("Ann",), ("Ann", "Bea")), (0, 2)):
        best = Best(20.0, Gait.JOG, StartKind.GO, 9_000_000_000)
        known = inputs.LedgerSeen((Remembered("Ann", bests=(best,), week=Week(done, 2)),))
        told = Drive(plan(block(reps=1)), names, Rules(say_progress=True)).begin().put(known)
        for _ in names:
            told.to_go().finish(8.0)
        said += said_in(told)
    return said


def said_of_crossings(names: tuple[str, ...]) -> list[effects.Say]:
    """Once, and on and on until the stop."""
    once, on = (plan(block(distance_m=20.0, duration_s=60.0, crossings=True, until=until)) for until in (None, "stop"))
    said = said_in(Drive(once, names).begin().to_go().finish(9.0).wait(80.0))
    return said + said_in(Drive(on, names).begin().to_go().finish(9.0).put(inputs.Stop()))


def said_of_moved_finishes() -> list[effects.Say]:
    of = plan(block(reps=2), order=Order.ROLLING, every_s=9.0, lanes_apart=True, rest_s=30.0)
    left = Drive(of, ("Ann", "Bea")).begin().until(Phase.RUNNING).put(inputs.Out("Ann")).put(inputs.Nobody(9))
    blind = Drive(of, ("Ann", "Bea")).begin().until(Phase.RUNNING).wait(9.5).watch(SensorState.LOST, "silent", None)
    alone = Drive(plan(block(reps=2))).begin().to_go().finish(8.0).put(inputs.Nobody(1))
    pair = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().to_go().finish(8.0).put(inputs.Nobody(1))
    return [said for session in (left, blind, alone, pair) for said in said_in(session)]


def said_of_waves() -> list[effects.Say]:
    plans = [plan(of, order=Order.WAVES, wave_size=2) for of in (block(), block(until="stop"))]
    begun = [Drive(of, ("Ann", "Bea"), Rules(lanes=2)).begin().until(Phase.COUNTDOWN) for of in plans]
    placed = Drive(plans[0], ("Ann", "Bea")).begin()
    while placed.state.running is None:
        placed.until(Phase.COUNTDOWN).wait(3.0)
    placed.wait(8.0).put(inputs.ManualFinish()).wait(60.0)
    return [said for session in (*begun, placed) for said in said_in(session)]


def said_alone() -> list[effects.Say]:
    """One runner, whose session everything happens to."""
    said: list[effects.Say] = []
    solo = Drive(plan(block(sets=2, reps=2), cues=("Up.",), rest_s=60.0)).begin()
    solo.watch(SensorState.LOST, "silent", None).until(Phase.LANE_CHECK).wait(1.0).put(inputs.Spotter())
    solo.put(inputs.Resume()).put(inputs.Void()).put(inputs.Undo()).put(inputs.Give("X")).put(inputs.Repeat())
    solo.to_go().put(inputs.ManualFinish()).put(inputs.Pause()).watch(SensorState.OK)
    solo.watch(SensorState.DEGRADED, "sunlight").watch(SensorState.LOST, "frozen").finish(8.0)
    solo.put(inputs.Resume()).watch(SensorState.OK).put(inputs.Spotter())
    solo.until(Phase.COUNTDOWN).wait(0.2).obstacle().wait(30.0).obstacle(Level.CLEAR).to_go().finish(9.0)
    solo.put(inputs.Pause()).put(inputs.Resume())
    solo.watch(SensorState.DEGRADED, "sunlight").to_go().until(Phase.REST).to_go().finish(8.0).put(inputs.Repeat())
    said += said_in(solo)

    moved = Drive(plan(block(reps=2))).begin().until(Phase.LANE_CHECK).obstacle().wait(45.0)
    said += said_in(moved.put(inputs.Start()))
    return said


def said_of_starts() -> list[effects.Say]:
    """Groups, timed steps, and each kind of start."""
    said: list[effects.Say] = []
    group = Drive(plan(block(reps=2), start=StartMethod.MARKS_SET_GO), ("Ann", "Bea", "Cid"), disk=no_disk).begin()
    group.to_go().finish(8.0).put(inputs.Give("Bea")).put(inputs.Undo()).put(inputs.Void())
    group.put(inputs.Absent("Cid")).to_go().finish(8.0).put(inputs.Absent("Ann"))
    group.to_go().finish(8.0).put(inputs.Stop())
    said += said_in(group)

    timed = plan(
        block(duration_s=300.0), block(duration_s=60.0, speed_kmh=3.0), gait=Gait.WALK, start=StartMethod.BUTTON
    )
    button = Drive(timed).begin().until(Phase.AWAIT_PRESS).put(inputs.Start()).to_go().until(Phase.AWAIT_PRESS)
    said += said_in(button.put(inputs.Start()).until(Phase.DONE))

    for reason in (StandEnd.EARLY, StandEnd.MOVED, StandEnd.SOMEBODY_ELSE, StandEnd.SENSOR):
        waits = Drive(plan(start=StartMethod.RELEASE)).begin().until(Phase.AWAIT_RELEASE)
        said += said_in(waits.stand().stand(Stand.EMPTY, reason))
    flying = Drive(plan(start=StartMethod.FLYING, say_splits=True), rules=Rules(lines=(Line("ten", 10.0),))).begin()
    said += said_in(flying.until(Phase.AWAIT_RELEASE).leave().pass_line("ten", 4.0).finish(8.0))
    return said


def said_of_what_goes_wrong() -> list[effects.Say]:
    """Power cuts, disks that fail, names that are alike, and the watch's limits."""
    said: list[effects.Say] = []
    of = plan(block(reps=2))
    said += said_in(Drive(of, state=recovered_session(of, ("Ann",), Rules(), ())).put(inputs.Recover()))
    said += said_in(Drive(of, state=recovered_session(of, ("Ann",), Rules(), ())).put(inputs.Stop()))
    said += said_in(Drive(of, rules=Rules(countdown_s=5.0)).begin().to_go().put(inputs.Void()))
    said += said_in(Drive(of, disk=no_disk).begin().to_go().finish(8.0).put(inputs.Durable(1, 2)))
    said += late_results()
    said += said_in(Drive(of, coverage=None).begin().put(inputs.ManualFinish()).put(inputs.Stop()))
    for gait in (None, *Gait):
        covers = Coverage(Placement.LANE_END, 2.0, 1.4, gait)
        said += said_in(Drive(of, coverage=covers).begin())
    said += said_in(Drive(of, rules=Rules(given_goes=True), coverage=LINE_ONLY).begin().put(inputs.Repeat()))
    alike = Drive(plan(block()), ("Ann Lee", "Bea Lee")).begin()
    said += said_in(alike.put(inputs.Absent("lee")).put(inputs.Absent("Beea")))
    pair = Drive(plan(block(reps=1)), ("Ann", "Bea")).begin().to_go().finish(8.0).put(inputs.Give("Ann")).to_go()
    said += said_in(pair)
    resting = Drive(plan(block(reps=2), rest_s=120.0), ("Ann", "Bea")).begin().to_go().finish(8.0).to_go().finish(8.0)
    said += said_in(resting)
    said += said_in(Drive(plan(block(duration_s=60.0)), ("Ann", "Bea")).begin().until(Phase.DONE))
    return said


def said_of_kinds_of_step() -> list[effects.Say]:
    """Steps without an end, crossings, relays, targets, two beams, lanes, and how much is told."""
    said: list[effects.Say] = []
    for names in (("Ann",), ("Ann", "Bea")):
        said += said_in(Drive(plan(block(until="stop")), names).begin().to_go().finish(8.0).put(inputs.Stop()))
        said += said_in(Drive(plan(block(duration_s=60.0, until="stop")), names).begin().to_go().put(inputs.Stop()))
        said += said_of_crossings(names)
        relay = Drive(plan(block(relay=True)), names).begin()
        said += said_in(relay.to_go().finish(9.0).finish(9.0) if len(names) > 1 else relay)
    for target_s in (8.0, 7.9, 6.5, 8.2, 11.0, "best"):
        said += said_in(Drive(plan(block(target_s=target_s))).begin().to_go().finish(8.05))
    dual = Drive(plan(block(reps=1))).begin().put(inputs.GateAlone("finish", "lower", "sunlight", 0)).to_go()
    dual.put(inputs.HalfSeen(1, "lower", Beam.LOWER, 0)).put(inputs.GateAlone("finish", "", "", 0))
    dual.put(inputs.LineSees("ten", "lower", "sunlight", 0)).put(inputs.LineSees("ten", "lower", "", 0))
    said += said_in(dual)
    said += said_in(Drive(plan(block()), rules=Rules(dark_clothing=DarkClothing(2.5, 0, 4))).begin())
    lanes = Rules(dark_clothing=DarkClothing(2.5, 2, 4))
    laned = Drive(plan(block(reps=2)), rules=lanes).begin().to_go().finish(8.0, lane=3).to_go()
    laned.put(inputs.LanesUnseen(2, 2, 4, 0, 0, 0)).finish(8.0, lane=1)
    said += said_in(laned)
    for detail in Detail:
        for distances_m in ((20.0, 20.0), (20.0, 30.0)):
            told = Drive(plan(block(distances_m=distances_m)), ("Ann", "Bea"), Rules(detail=detail)).begin()
            for time_s in (8.0, 8.0, 7.9, 7.9):
                told.to_go().finish(time_s)
            said += said_in(told)
    said += told_of_progress()
    return said


def said_of_changes() -> list[effects.Say]:
    """Corrections from elsewhere, who comes late, who owes, and orders."""
    said: list[effects.Say] = []
    of = plan(block(reps=2))
    said += said_in(Drive(of).begin().put(inputs.Repeat(result=True)))
    said += said_in(Drive(of, ("Ann", "Bea"), Rules(start_hears=False)).begin())
    listed = Rules(lanes=4, listed=(Listed("Ann", lane=2),))
    said += said_in(Drive(plan(block(reps=1)), ("Ann",), listed).begin().to_go().finish(8.0, lane=3))
    edited = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().to_go().finish(8.0).to_go().finish(8.0)
    for kind in ("void", "restore", "give", "swap", "nobody", "set", "note", "undo"):
        edited.put(inputs.Amended(kind, "", edited.state.results[:1]))
    said += said_in(edited)
    owing = Drive(plan(block(reps=3)), ("Ann", "Bea")).begin()
    for _ in range(3):
        owing.to_go().finish(8.0)
    said += said_in(owing.put(inputs.Add("Cid")).put(inputs.Owe("Cid")).put(inputs.Owe("Cid")))
    long = Drive(plan(block(reps=6), rest_s=60.0)).begin()
    for _ in range(4):
        long.to_go().finish(8.0)
    said += said_in(long)
    late = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().put(inputs.Add("Cid")).put(inputs.Order("Cid", 1))
    late.put(inputs.Absent("Bea")).put(inputs.PresenceAnswered("Bea", "disk full")).put(inputs.Present("Bea")).put(
        inputs.Present("Bea")
    )
    late.put(inputs.Roster(("Bea", "Cid")))
    for number in range(60):
        late.put(inputs.Add(f"Athlete {number}"))
    said += said_in(late)
    rolling = Drive(plan(block(), order=Order.ROLLING, every_s=30.0), ("Ann", "Bea")).begin().until(Phase.REST)
    said += said_in(rolling.wait(8.0).put(inputs.ManualFinish("Bea")).finish(8.0).wait(5.0))
    behind = Drive(plan(block(), order=Order.ROLLING, every_s=9.0, lanes_apart=True), ("Ann", "Bea")).begin()
    behind.until(Phase.REST).until(Phase.COUNTDOWN).obstacle(Level.WARNING).put(inputs.Halt())
    said += said_in(behind)
    return said


@functools.cache
def everything_that_a_session_says() -> list[effects.Say]:
    """Phrases of sessions in which everything happens."""
    parts = (
        said_alone, said_of_starts, said_of_what_goes_wrong, said_of_kinds_of_step, said_of_changes, said_of_waves,
        said_of_moved_finishes,
    )  # fmt: skip
    return [said for part in parts for said in part()]
