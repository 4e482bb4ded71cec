"""The socket's messages, each a struct: what may be asked, what is answered; events are in `beacon/events.py`.

A request is a class in `requests.py`, a member of its union there, and where it has an answer of its own a class in
`answers.py`; the type checker then names the one place that has to carry it out. docs/socket.md is made from all this.
"""
