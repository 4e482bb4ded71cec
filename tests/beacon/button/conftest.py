"""What the tests of the button share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from retro_timer.settings.model import Settings
from retro_timer.training.plan import Plan
from tests.helpers.button_rig import DEFAULTS, PLANS, Make, Rig


@pytest.fixture
def make(state_dir: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def build(plans: Mapping[str, Plan] = PLANS, settings: Settings = DEFAULTS) -> Rig:
        rig = Rig(state_dir, plans, settings)
        made.append(rig)
        return rig

    yield build
    for rig in made:
        rig.made.close()
