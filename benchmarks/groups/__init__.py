"""Whole sessions of a large group: what a step costs, how much memory they take, how fast they are simulated."""
