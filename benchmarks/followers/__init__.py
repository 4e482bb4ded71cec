"""Two athletes close behind each other through one gate: whether both are timed."""
