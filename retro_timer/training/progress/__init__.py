"""How somebody gets on: told from sums over each session's reps, with what is sure of it and what is not."""
