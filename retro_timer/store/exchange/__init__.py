"""Results as files for other programs, and back: what `results export` writes and `results import` reads."""
