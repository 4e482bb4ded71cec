"""Makes everything in wiring/ from the default settings: `python -m wiring.draw`."""
