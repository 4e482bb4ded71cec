"""What other programs may ask of a running beacon, over its Unix socket."""
