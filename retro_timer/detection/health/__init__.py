"""Whether a sensor sees: its state, and how much evidence its light asks for."""
