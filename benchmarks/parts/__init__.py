"""The benchmark's parts: each measures, judges by the targets, and draws."""
