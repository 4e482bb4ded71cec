"""The device's settings and the training plans: their models, where they lie, and reading them with one-line errors."""
