"""Samples in, events out: judges readings, times the crossing, raises alarms. Pure: no I/O, no threads, no clock."""
