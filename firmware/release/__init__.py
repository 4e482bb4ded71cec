"""Builds the archive that a box without a network installs from."""
