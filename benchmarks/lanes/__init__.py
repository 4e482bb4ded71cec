"""Runners side by side before one TF-Luna that tells their lanes apart: who is timed, in which lane, and how well.

`figures` simulates, times and makes cells of it, `part` tells them.
"""
