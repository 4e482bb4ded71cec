"""How hard to try: costly examples are fewer, in proportion to the profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings


def few(of_sixty: int) -> Callable[[Any], Any]:
    """So many examples for each sixty that the profile has."""
    most = max(1, settings().max_examples * of_sixty // 60)
    allowed = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=most, suppress_health_check=allowed)
