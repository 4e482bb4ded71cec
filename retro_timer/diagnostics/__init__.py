"""What `doctor` looks at: pure checks of what was found (sensors, system), and the look at the machine itself."""
