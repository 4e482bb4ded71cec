"""Driver of the HC-SR04 through gpiozero, for timing only, and its twin on gpiozero's mock pins."""
