"""How well a start by release is known: simulated athletes stand in a gate's beam and leave it.

`figures` simulates, times and makes cells of it, `part` tells them.
"""
