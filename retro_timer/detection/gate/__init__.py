"""What crosses the line, and when: a beam across the lane, broken by a body."""
