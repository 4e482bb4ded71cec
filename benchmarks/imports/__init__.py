"""Imports: what a rep, and a correction, waits for the disk while an import is running."""
