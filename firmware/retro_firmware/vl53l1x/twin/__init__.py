"""A VL53L1X in software, at the level of registers and of `smbus2.SMBus`: what the real driver runs on without a Pi.

Public parts:

- `TwinChip`: one sensor. It boots, ranges and answers as ST's driver expects, and looks at a `Scene` of the simulator.
- `TwinBus`: the wires. It offers what `smbus2.SMBus` offers to the package `VL53L1X`, and `transfer` for a server that
  puts the twin behind a real /dev/i2c-N.
- `Fault`, `FaultKind`: everything that can go wrong, switched on at a moment or at a transfer.
- `lent_to_package`: runs the unmodified package `VL53L1X` on a twin bus.

What the twin claims about a real chip is what ST's driver and data sheet say and what docs/sources.md lists; where
they are silent, the docstring of the part says which behaviour was chosen.
"""

from retro_firmware.vl53l1x.twin.bus import TwinBus
from retro_firmware.vl53l1x.twin.chip import TwinChip
from retro_firmware.vl53l1x.twin.faults import Fault, FaultKind
from retro_firmware.vl53l1x.twin.package import lent_to_package

__all__ = ["Fault", "FaultKind", "TwinBus", "TwinChip", "lent_to_package"]
