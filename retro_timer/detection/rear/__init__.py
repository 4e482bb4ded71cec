"""Who closes in from behind: the range along the lane."""
