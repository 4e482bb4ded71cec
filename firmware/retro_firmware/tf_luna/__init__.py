"""Driver of the TF-Luna on a UART (8 m, 100 Hz, works in the sun), and its twin on a pseudo-terminal."""
