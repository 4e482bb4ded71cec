"""Retro Timer: gate, interval coach and rear warning for backward running."""

__version__ = "0.2.0"
