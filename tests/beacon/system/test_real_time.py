"""Which threads run before other programs; each test in a process of its own, whose threads it may lift."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_BEGIN = """
import os, resource, subprocess, sys, threading
from retro_timer.beacon.system.real_time import RealTimeScheduling

def policy(thread=0):
    return {os.SCHED_OTHER: "other", os.SCHED_FIFO: "fifo"}[os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK]

end = threading.Event()
def begin():
    thread = threading.Thread(target=end.wait, daemon=True)
    thread.start()
    return thread.native_id
"""


def told(script: str) -> list[str]:
    """What a script with these parts prints."""
    done = subprocess.run([sys.executable, "-c", _BEGIN + script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def may_be_lifted() -> bool:
    """Whether this user may have real-time priority."""
    script = "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"
    return hasattr(os, "SCHED_FIFO") and not subprocess.run([sys.executable, "-c", f"import os; {script}"]).returncode


needs_priority = pytest.mark.skipif(
    not may_be_lifted(), reason="no right to real-time priority: run as root, or with `ulimit -r 20`"
)


@needs_priority
def test_every_thread_runs_before_other_programs_and_the_sensors_before_all() -> None:
    script = """
scheduling = RealTimeScheduling()
other = begin()
sensor = threading.Thread(target=lambda: (scheduling.lift_sensor(), seen.set(), end.wait()), daemon=True)
seen = threading.Event()
sensor.start()
seen.wait()
scheduling.lift_others()
print(policy(), policy(other), policy(sensor.native_id), scheduling.realtime)
print(os.sched_getparam(other).sched_priority, os.sched_getparam(sensor.native_id).sched_priority)
"""
    assert told(script) == ["fifo", "fifo", "fifo", "True", "1", "20"]


@needs_priority
def test_a_thread_that_begins_later_is_lifted_at_the_next_look() -> None:
    script = """
scheduling = RealTimeScheduling()
scheduling.lift_others()
late = begin()
before = policy(late)
scheduling.lift_others()
print(before, policy(late))
"""
    assert told(script) == ["other", "fifo"]


@needs_priority
def test_programs_that_the_beacon_starts_are_ordinary() -> None:
    script = """
RealTimeScheduling().lift_others()
ask = "import os; print(os.sched_getscheduler(0) == os.SCHED_OTHER)"
print(policy(), subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout)
"""
    assert told(script) == ["fifo", "True"]


def test_where_the_system_refuses_the_threads_stay_as_they_are() -> None:
    script = """
def refuse(*_):
    raise PermissionError("no")
os.sched_setscheduler = refuse
scheduling = RealTimeScheduling()
scheduling.lift_sensor()
scheduling.lift_others()
print(policy(), scheduling.realtime)
"""
    assert told(script) == ["other", "False"]
