"""The box's one button: gestures, and what they do."""
