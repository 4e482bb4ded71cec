"""How much better two beams are than one: simulated reps of a dual gate, timed by both halves and by the first alone.

`trials` simulates and times, `figures` makes cells of it, `tables` tells them.
"""
