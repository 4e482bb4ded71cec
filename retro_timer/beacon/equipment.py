"""What a beacon is built from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.phrases import Catalogue
from retro_timer.ports import Board, Voice
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings
from retro_timer.training.listed import Listed


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """A board, and what its owner wants of it."""

    board: Board
    settings: Settings
    voice: Voice
    catalogue: Catalogue
    results_dir: Path
    """Where the journal writes."""
    calibration: Calibration = Calibration()
    seed: int | None = None
    """Decides what sessions leave to chance; without one nobody can guess it."""
    voice_missing: str = ""
    """Why the voice of the settings is not there and words are printed."""
    listed: Callable[[], tuple[Listed, ...]] = lambda: ()
    """What the roster says of those with whom a session begins."""
    record: Path | None = None
    """Gets every sensor's readings as a trace."""
