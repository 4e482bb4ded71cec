"""What may happen to a file of the results: it is gone, cut, or filled with something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.helpers.results_made import foreign_database


def gone(path: Path) -> None:
    path.unlink(missing_ok=True)


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def filled_with(data: bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(data)


LOSSES = st.sampled_from([gone, half, filled_with(b""), filled_with(b"\0"), filled_with(b"none" * 3000)])
DATABASE_LOSSES = LOSSES | st.just(foreign_database)
