"""What a wire or a boot line is, and what the machine has."""
