"""The running service: threads, deadlines, sound, speech and the socket around the pure core."""
