"""A board made of physics: lane, runners, intruders, light and faults; in real time or as fast as it goes."""
