"""What is kept besides results: raw readings and events."""
