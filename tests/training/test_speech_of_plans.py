"""What a group hears of a warm-up for all, a ladder and a target: every call whole, in order and true."""

from __future__ import annotations

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Part
from retro_timer.training.session.state import Phase
from tests.helpers.heard_session import HeardSession
from tests.helpers.plans_made import block, plan

PLAN = plan(
    block(duration_s=120.0, kind=Part.WARM_UP, gait=Gait.WALK, recovery_s=20.0),
    block(distances_m=(20.0, 30.0, 20.0), target_s="best"),
)


def heard() -> HeardSession:
    session = HeardSession(PLAN, ("Ann", "Bea")).begin().until(Phase.RUNNING).wait(121.0)
    for time_s in (8.0, 9.0, 12.0, 13.0, 7.7, 9.4):
        session.until(Phase.RUNNING).finish(time_s)
    return session.wait(30.0)


def test_a_groups_plan_is_heard_from_the_warm_up_to_the_summary() -> None:
    texts = [heard.text for heard in heard().transcript if heard.whole]
    wanted = [
        "Everybody. Step 1 of 1. 2 minutes, walk.",
        "Halfway.",
        "Time. Well done.",
        "Next: Ann. On deck: Bea.",
        "Ann. Set 2 of 2. Rep 1 of 3. 20 metres, jog.",
        "Ann, 7.95 seconds.",
        "Next: Bea. On deck: Ann.",
        "Bea. Set 2 of 2. Rep 1 of 3. 20 metres, jog.",
        "Bea, 8.95 seconds.",
        "Ann. Set 2 of 2. Rep 2 of 3. 30 metres, jog.",
        "Bea. Set 2 of 2. Rep 2 of 3. 30 metres, jog.",
        "Ann. Set 2 of 2. Rep 3 of 3. 20 metres, jog.",
        "Ann, 7.65 seconds.",
        "3 tenths under.",
        "Bea. Set 2 of 2. Rep 3 of 3. 20 metres, jog.",
        "Bea, 9.35 seconds.",
        "4 tenths over.",
        "Session over. Finished 8 of 8.",
    ]
    found = iter(texts)
    missing = [text for text in wanted if text not in found]
    assert missing == [], texts


def test_no_countdown_talks_into_a_call_and_no_call_comes_before_its_result() -> None:
    session = heard()
    session.check_order()
    for count_ns in session.counts_ns:
        into = [h for h in session.transcript if h.began_ns < count_ns < h.began_ns + h.length_ns and not h.say.urgent]
        assert [h.text for h in into if h.ended_ns is None or h.ended_ns >= count_ns] == []
