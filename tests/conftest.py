"""What every test shares: directories of its own, and how hard hypothesis tries."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
TRACES = ROOT.parent / "shared" / "traces"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A script that runs the tests in the background ignores Ctrl-C, and every program they start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run of `make test`, so that what fails is the change; new ones belong to `make fuzz`.
settings.register_profile(
    "default",
    deadline=None,
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_OWN_PLACES = (
    "STATE_DIRECTORY",
    "RUNTIME_DIRECTORY",
    "CACHE_DIRECTORY",
    "XDG_RUNTIME_DIR",
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
)


_HOMES = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever listens to speech takes minutes: these begin first, so that no worker is left alone with them."""
    items.sort(key=lambda item: item.path.parent.name != "speech")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything that a test needs is installed: whatever skips there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("CI skips nothing: install what the skipped tests name", red=True)


@pytest.fixture(autouse=True)
def _places_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own settings and results."""
    # Numbered here: pytest would look through the homes of all tests before for the next number.
    home = tmp_path_factory.mktemp(f"home-{next(_HOMES)}", numbered=False)
    for name in _OWN_PLACES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("RETRO_TIMER_STATE", str(home / "state"))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))


@pytest.fixture(autouse=True)
def _priority_as_before() -> Iterator[None]:
    """A timer within a test lifts pytest's own threads above every other program. That may last as long as the test:
    for longer, and whatever runs beside this worker would starve.
    """
    yield
    for thread in threading.enumerate():
        if thread.native_id is not None:
            with contextlib.suppress(OSError):
                # The flag stays: only root may take it away.
                os.sched_setscheduler(thread.native_id, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """Commands that run in this process catch signals; the next test finds them as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def state_dir() -> Path:
    """The state directory that this test's commands use; it need not exist yet."""
    return Path(os.environ["RETRO_TIMER_STATE"])


@pytest.fixture
def config_dir() -> Path:
    """The config directory that this test's commands use; it need not exist yet."""
    return Path(os.environ["RETRO_TIMER_CONFIG"])


@pytest.fixture(scope="session")
def traces() -> Path:
    """The recorded traces beside the repository; they may not be copied into it."""
    if not TRACES.is_dir():
        pytest.skip(f"no recorded traces at {TRACES}")
    return TRACES
