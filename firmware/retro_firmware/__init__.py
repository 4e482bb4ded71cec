"""Drivers for the box: the only place that imports gpiozero, VL53L1X, smbus2, pyserial or pyttsx3."""
