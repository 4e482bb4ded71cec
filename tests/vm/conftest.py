"""One virtual machine for each file of tests, one at a time: a boot takes a quarter of a minute or more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.host import need_rig
from tests.rig.vm import VirtualMachine
from tests.vm.box import GUEST, TOOLS, Box
from tests.vm.installed import installed_disk


@pytest.fixture(scope="module")
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    """The box as it is after its installation, switched on; OWN_TIME of the file says by which clock it runs."""
    need_rig()
    own_time = request.module.OWN_TIME
    with VirtualMachine(installed_disk(), boot=False, own_time=own_time, watchdog=own_time) as vm:
        vm.put(GUEST, TOOLS)
        vm.boot()
        yield Box(vm)
