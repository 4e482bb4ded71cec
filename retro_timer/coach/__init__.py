"""The coach's page: a process of its own, which has the network and no pins. Either may die without the other.

It reaches the beacon by the page's socket alone (`link.py`), lets in whom it knows (`access.py`, `guard.py`), makes its
pages from templates (`pages/`), and tells by server-sent events what has changed (`live.py`, `stream.py`).
"""
