"""How good the times are: simulated reps of known truth, timed by the program's own replay and by the usual ways.

`passages` simulates and times, `cells` makes figures of it, `bars` says what is asked of them. `python -m
benchmarks.accuracy` measures chosen cells of the gate.
"""
