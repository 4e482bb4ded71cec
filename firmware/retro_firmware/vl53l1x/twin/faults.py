"""What can go wrong on the wires and in the chip, and when: the twin asks here before it does anything right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How the bus or the chip fails."""

    NACK = "nack"
    """The chip does not acknowledge; the transfer has no effect."""
    DEAD_BUS = "dead-bus"
    """SDA or SCL is held low: every transfer ends in a time-out, after `hang_s`."""
    SLOW = "slow"
    """The transfer takes `hang_s` and then works."""
    GARBAGE = "garbage"
    """Bytes that are read come at random."""
    FLOATING = "floating"
    """Bytes that are read are all `fill`: a line that hangs high or low while the address is still acknowledged."""
    LOST_HANDSHAKE = "lost-handshake"
    """The write that clears the interrupt is acknowledged and never reaches the chip."""
    FROZEN = "frozen"
    """A new frame is announced at every period, and the result block stays as it was."""
    NEVER_READY = "never-ready"
    """The chip acknowledges everything and never announces a frame."""
    BROWN_OUT = "brown-out"
    """The supply dips: the chip resets itself, once, and is back at 0x29 after its boot."""


@dataclass(frozen=True)
class Fault:
    """One fault and when it holds: from a moment or a transfer on, until one, or for ever.

    Moments are nanoseconds on the twin's clock; transfers are counted by `TwinBus.transfers`, the first one being 1.
    `chip` names the chip that fails; None stands for all of them.
    """

    kind: FaultKind
    chip: str | None = None
    from_ns: int | None = None
    until_ns: int | None = None
    first_transfer: int | None = None
    last_transfer: int | None = None
    hang_s: float = 0.0
    fill: int = 0xFF

    def holds(self, now_ns: int, transfer: int) -> bool:
        """Whether it is on at this moment, in this transfer."""
        if self.from_ns is not None and now_ns < self.from_ns:
            return False
        if self.until_ns is not None and now_ns >= self.until_ns:
            return False
        if self.first_transfer is not None and transfer < self.first_transfer:
            return False
        return self.last_transfer is None or transfer <= self.last_transfer


class FaultList:
    """The faults that are planned. Not thread-safe by itself: the bus's lock guards it."""

    def __init__(self) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._spent: set[int] = set()

    def set(self, faults: Iterable[Fault]) -> None:
        """Replace all that were planned."""
        self._faults = tuple(faults)
        self._spent.clear()

    def find(self, kind: FaultKind, chip: str | None, now_ns: int, transfer: int) -> Fault | None:
        """The fault of that kind that holds now for a chip, or for any when `chip` is None."""
        for fault in self._faults:
            wanted = fault.kind is kind and (fault.chip is None or chip is None or fault.chip == chip)
            if wanted and fault.holds(now_ns, transfer):
                return fault
        return None

    def strikes(self, kind: FaultKind, chip: str, now_ns: int, transfer: int) -> bool:
        """Whether a fault that happens once happens now."""
        for index, fault in enumerate(self._faults):
            if fault.kind is not kind or index in self._spent or fault.chip not in (None, chip):
                continue
            if fault.holds(now_ns, transfer):
                self._spent.add(index)
                return True
        return False

    def __bool__(self) -> bool:
        return bool(self._faults)
