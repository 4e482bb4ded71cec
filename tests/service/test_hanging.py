"""The watchdog starts a timer that hangs again, and its session waits; one that recovers a sensor is left alone."""

from __future__ import annotations

import time

import pytest

from tests.rig.container import Container
from tests.service.box import SERVICE, ctl, hurry, phase, ready, restarted, status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WITHIN_S = 15.0
"""A loop may hang for 5 s, the unit's watchdog waits 8 s more; how long a start takes then is this machine's."""
STOP_ONE_THREAD = """
import ctypes, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, INTERRUPT = 0x4206, 0x4207
for request in (SEIZE, INTERRUPT):
    if ptrace(request, int(sys.argv[1]), None, None) != 0:
        sys.exit(f"ptrace: errno {ctypes.get_errno()}")
ALL_THREADS = 0x40000000
while True:
    pid, state = os.waitpid(-1, ALL_THREADS)
    if not os.WIFSTOPPED(state):
        break
"""
"""A signal stops all threads of a process; a debugger stops one. It takes note of its end, as the kernel wants."""


def running_session(box: Container) -> dict[str, str]:
    """A session on its way to the next rep; the service's properties."""
    ctl(box, "start", "sprints")
    hurry(box)
    phase(box, "get-ready", "lane-check", "countdown", "running")
    return box.unit(SERVICE)


def threads(box: Container, pid: str) -> dict[str, int]:
    """How often each thread of a process has given up the processor by itself, by thread number."""
    lines = box.check(f"cd /proc/{pid}/task && grep -H '^voluntary' */status").splitlines()
    return {line.split("/")[0]: int(line.split()[-1]) for line in lines}


def sensor_thread(box: Container, pid: str) -> str:
    """The thread that reads the sensor, 41 times a second: no other wakes as often."""
    before = threads(box, pid)
    time.sleep(1.0)
    after = threads(box, pid)
    return max(after, key=lambda thread: after[thread] - before.get(thread, 0))


def stop_thread(box: Container, thread: str) -> None:
    box.write("/root/stop_one_thread.py", STOP_ONE_THREAD)
    box.start("debugger", ["/usr/bin/python3", "/root/stop_one_thread.py", thread])
    box.wait_for(lambda: "State:\tt" in box.read(f"/proc/{thread}/status"), 10, "the thread's stop")


def goes_on_after_the_restart(box: Container, before: dict[str, str], stopped_s: float) -> None:
    after = restarted(box, before, 90)
    assert after["NRestarts"] == "1"
    barked_s = [
        int(str(entry["__REALTIME_TIMESTAMP"])) / 1e6
        for entry in box.journal(SERVICE)
        if "watchdog timeout" in str(entry.get("MESSAGE")).lower()
    ]
    assert len(barked_s) == 1
    assert barked_s[0] - stopped_s <= WITHIN_S
    phase(box, "recoverable")
    ctl(box, "recover")
    hurry(box)
    phase(box, "running")


def test_a_stopped_process_is_replaced_and_its_session_goes_on(box: Container) -> None:
    before = running_session(box)
    stopped_s = time.time()
    box.check(["kill", "-STOP", before["MainPID"]])
    goes_on_after_the_restart(box, before, stopped_s)


def test_a_session_loop_that_hangs_alone_is_replaced(box: Container) -> None:
    before = running_session(box)
    stopped_s = time.time()
    stop_thread(box, before["MainPID"])
    goes_on_after_the_restart(box, before, stopped_s)


def test_a_sensor_loop_that_hangs_alone_is_replaced_while_the_others_still_answer(box: Container) -> None:
    before = running_session(box)
    thread = sensor_thread(box, before["MainPID"])
    assert thread != before["MainPID"]
    stopped_s = time.time()
    stop_thread(box, thread)
    samples = status(box)["samples"]
    assert status(box)["samples"] == samples
    goes_on_after_the_restart(box, before, stopped_s)


def test_a_sensor_that_stays_dead_is_told_and_is_no_reason_to_restart(box: Container) -> None:
    dead = "[[faults]]\\nkind = 'dead'\\nsensor = 'gate'\\nat_s = 15.0\\nlasts_s = 600.0\\n"
    box.check(f'printf "{dead}" >/etc/retro-timer/dead.toml')
    box.check("sed -i 's,^RETRO_TIMER_OPTIONS=.*,& --scenario /etc/retro-timer/dead.toml,' /etc/default/retro-timer")
    box.check(["systemctl", "restart", SERVICE])
    before = ready(box)
    assert "watch ok" in before["StatusText"]
    box.wait_for(lambda: "watch lost" in box.unit(SERVICE)["StatusText"], 60, "the loss in the unit's status")
    # Longer than a loop may hang and the watchdog waits.
    time.sleep(14.0)
    after = box.unit(SERVICE)
    assert (after["MainPID"], after["NRestarts"]) == (before["MainPID"], "0")
    assert any("no-answer" in line or "Not ready" in line for line in box.messages(SERVICE))
