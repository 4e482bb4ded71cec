"""The commands. Each module is loaded only when its command is called."""
