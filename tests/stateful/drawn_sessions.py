"""What a random session is drawn from: commands, plans, rules and names."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, StartMethod
from retro_timer.training.session import inputs
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan

NAMES = ("Ann", "Bea", "Cid")
PLAIN = st.sampled_from(
    [
        inputs.Start(), inputs.Pause(), inputs.Resume(), inputs.Skip(), inputs.Void(), inputs.ManualFinish(),
        inputs.Undo(), inputs.Spotter(), inputs.Repeat(), inputs.Recover(), inputs.Halt(),
    ]
)  # fmt: skip
NAMED = st.sampled_from(
    [
        inputs.Give, inputs.Absent, inputs.Out, inputs.Present, inputs.Add, inputs.Owe,
        lambda name: inputs.Order(name, 1), lambda name: inputs.Roster((name,)),
        lambda name: inputs.Roster((NAMES[2], name)),
    ]
)  # fmt: skip
SOMEBODY = st.sampled_from([*NAMES, "ann", "Nobody"])
PLANS = st.sampled_from(
    [
        plan(block(reps=3)),
        plan(block(sets=2, reps=2, distance_m=10.0), gait=Gait.RUN, start=StartMethod.MARKS_SET_GO, rest_s=5.0),
        plan(block(reps=2), block(duration_s=60.0), block(reps=2), start=StartMethod.BUTTON, rest_s=0.0),
        plan(block(reps=2, distance_m=30.0), gait=Gait.WALK, start=StartMethod.AUTO, walk_out_s=0.0),
        *(
            plan(
                block(reps=2),
                block(duration_s=60.0),
                block(reps=2),
                order=Order.ROLLING,
                every_s=every_s,
                lanes_apart=True,
                rest_s=rest_s,
            )
            for every_s, rest_s in ((5.0, 0.0), (9.0, 30.0))
        ),
        plan(
            block(reps=2),
            block(duration_s=60.0),
            block(reps=2),
            order=Order.ROLLING,
            every_s=6.0,
            lanes_apart=True,
            rest_s=5.0,
            start=StartMethod.RELEASE,
        ),
        *(
            plan(block(reps=2), block(duration_s=60.0), block(reps=2), order=Order.WAVES, wave_size=2, rest_s=rest_s)
            for rest_s in (0.0, 30.0)
        ),
        plan(block(reps=2), block(duration_s=60.0), block(reps=2), order=Order.WAVES, wave_size=3, rest_s=10.0),
        plan(block(sets=2, relay=True), rest_s=5.0),
        plan(block(reps=2), block(relay=True), block(distance_m=20.0, duration_s=60.0, crossings=True), rest_s=5.0),
    ]
)
RULES = st.sampled_from(
    [
        Rules(),
        Rules(timing=Placement.LANE_END, watching=Placement.LANE_END),
        Rules(timing=Placement.BELT, watching=Placement.BELT),
        Rules(watching=None),
        Rules(countdown_s=1.0, get_ready_s=2.0, changeover_s=5.0, seed=5),
    ]
)


def fitting(of: Any, rules: Rules) -> Rules:
    """Several on the course need a gate, and waves of two have lanes here; a plan for them is refused before anything
    else."""
    if of.order is Order.ROTATION:
        return rules
    watching = None if rules.watching is None else Placement.GATE
    lanes = 2 if of.order is Order.WAVES and of.wave_size == 2 else 1
    return msgspec.structs.replace(rules, timing=Placement.GATE, watching=watching, lanes=lanes)
