"""Driver of the VL53L1X over the package `VL53L1X`, hardened against every fault of the bus that docs/sources.md lists.

`bus.open_bus` is where a board begins. The parts, from the wire up: `safe_bus` (I2C callbacks that cannot hang or
lie), `native` (ST's C driver), `device` (one chip: reset, address, ranging), `frames` (is this frame new and whole?),
`pace` (when is the next one due, when was this one measured), `light` (which mode the ambient light allows),
`backoff` (when to try again), `diagnosis` (what to tell the builder), `sensor` and `bus` (the program's Protocols).
`twin` is the chip in software, and `staged` puts it behind the board `twin`.
"""
