"""The session engine: a pure state machine, `machine.step(state, event, now_ns) -> (state, effects)`."""
