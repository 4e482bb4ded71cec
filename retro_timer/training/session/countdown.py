"""The last seconds before a go: numbers and beeps, or marks, set and a hold of random length."""

from __future__ import annotations

from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.state import Phase
from retro_timer.training.session.transition import Transition, ns

_MODULUS = 2**31
_FACTOR = 1103515245
_STEP = 12345


def first_random(seed: int) -> int:
    """What the holds of a session are drawn from, by its seed."""
    return seed % _MODULUS


def count(transition: Transition, appointment: Appointment) -> None:
    """One number of the countdown: a beep, and the number unless the start is by beeps alone."""
    transition.beep(Signal.COUNT)
    if appointment.key != "silent":
        number = appointment.values["number"]
        transition.say(f"count_{number}" if number in (1, 2, 3) else "count", {"number": number}, 0.3, urgent=True)


def hold(transition: Transition) -> None:
    """Set: then a hold whose length nobody can guess."""
    rules = transition.state.rules
    drawn = (transition.state.random * _FACTOR + _STEP) % _MODULUS
    transition.set(random=drawn)
    share = drawn / _MODULUS
    hold_s = rules.hold_least_s + share * (rules.hold_most_s - rules.hold_least_s)
    transition.enter(Phase.SET, 0, [Appointment(transition.now_ns + ns(hold_s), Item.GO)])
    transition.say("set", within_s=0.5, urgent=True)
