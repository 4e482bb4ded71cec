"""Buzzer, lamp, button and sensor lines through gpiozero.

`factory` opens the library that drives the pins; `buzzer`, `lamp`, `button` and `lines` are the devices. Every device
is given its pin factory: nothing here is global. Who owns which pin is `retro_timer.settings.pins`.
"""
