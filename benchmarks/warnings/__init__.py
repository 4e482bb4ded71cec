"""Warnings: whether danger is told in time, not too early, and not for nothing."""
