"""Exports: how fast results are written in each format, and whether what other programs read is all that was there."""
