"""Fixtures of the service's tests: the archive, and boxes that it was installed on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.rig.host import need_rig
from tests.rig.release import release_archive
from tests.service.box import QUICK, SPRINTS, TWIN, install, ready, unpack


@pytest.fixture(scope="session")
def archive() -> Path:
    """The release archive of this tree."""
    need_rig()
    return release_archive()


@pytest.fixture(scope="session")
def installed_root(archive: Path) -> Iterator[Path]:
    """The root of a box on which the archive was installed, switched off; tests work on layers above it."""
    with Container() as box:
        box.write("/etc/default/retro-timer", TWIN)
        box.write("/etc/retro-timer/config.toml", QUICK)
        box.write("/etc/retro-timer/plans/sprints.toml", SPRINTS)
        install(box, unpack(box, archive))
        box.shutdown()
        yield box.root


@pytest.fixture
def box(installed_root: Path) -> Iterator[Container]:
    """An installed box, switched on and ready."""
    with Container(installed_root) as container:
        ready(container)
        yield container
