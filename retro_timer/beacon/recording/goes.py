"""The goes of a session as a trace's head has them, so that its replay knows who was on the course."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.beacon.events import BeaconEvent
from retro_timer.store.traces import format_rep
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order
from retro_timer.training.record import StartKind
from retro_timer.training.roster import SOLO
from retro_timer.training.session.events import Go, Session


class Goes:
    """Hears what the session tells; `lines` may be called from any thread on a `copy`."""

    def __init__(self, goes: tuple[Go, ...] = (), order: str = Order.ROTATION) -> None:
        self._goes = goes
        self._order = order

    def __bool__(self) -> bool:
        return bool(self._goes)

    def hear(self, event: BeaconEvent, most: int | None = None) -> None:
        """Keep a go over a length, or of crossings; of them the newest `most`."""
        if isinstance(event, Session):
            self._order = event.order
        elif isinstance(event, Go) and (event.distance_m or event.crossings_m):
            kept = self._goes if most is None else self._goes[1 - most :]
            self._goes = (*kept, event)

    def copy(self) -> Goes:
        """As they are now."""
        return Goes(self._goes, self._order)

    def lines(self, origin_ns: int, *, named: bool) -> Iterator[str]:
        """The head's lines of what went at `origin_ns` or later. `named`: with names, where it matters who ran."""
        if self._order != Order.ROTATION:
            yield f"# order: {self._order}\n"
        leg = None
        for go in self._goes:
            if go.t_ns >= origin_ns:
                leg = _leg_of(go, leg)
                yield f"# rep: {self._rep(go, leg, origin_ns, named=named)}\n"

    def _rep(self, go: Go, leg: int | None, origin_ns: int, *, named: bool) -> str:
        several = self._order != Order.ROTATION
        return format_rep(
            (go.t_ns - origin_ns) / 1e9 if leg in (None, 1) else None,
            go.distance_m or go.crossings_m or 0.0,
            Gait(go.gait),
            crossings_s=go.duration_s if go.crossings_m else None,
            leg=leg,
            lane=go.lane if go.wave is not None else None,
            athlete=go.athlete if named and (several or leg is not None) and go.athlete not in SOLO else "",
        )


def _leg_of(go: Go, before: int | None) -> int | None:
    """Which leg of its relay a go is: one that is known to be a moment only, and no edge, follows the one before."""
    if go.start != StartKind.RELAY:
        return None
    return before + 1 if before is not None and go.uncertainty_s else 1
