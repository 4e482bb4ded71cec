"""From a sensor's reading to the alarm, and what the watch as a whole covers."""
