"""Warning latency in real time: the whole beacon on the twin under load, and the usual ways on the same scene."""
