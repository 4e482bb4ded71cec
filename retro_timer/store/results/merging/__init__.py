"""What was exported elsewhere comes in: the exported items, and one portion of them as one change of the journal."""
