"""One file a sensor model, with all that the program knows of it; found by entry point `retro_timer.sensors`."""
