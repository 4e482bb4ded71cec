"""Cost: what it takes of processor and memory to run, and how long the start and a simulation take."""
