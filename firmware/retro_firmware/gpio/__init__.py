"""Buzzer, lamp, button and sensor lines through gpiozero.

`pins` is the pin plan of the settings and needs no pin library; `factory` opens the one that drives the pins; `buzzer`,
`lamp`, `button` and `lines` are the devices. Every device is given its pin factory: nothing here is global.
"""
