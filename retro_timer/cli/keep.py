"""`retro-timer keep`: the last ten minutes of raw readings, kept as traces."""

from __future__ import annotations

import click

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.settings import paths

_WRITTEN_S = 120.0
"""Ten minutes of several quick sensors are 10 MB, written in portions onto a card that may be slow."""


@click.command()
def keep() -> None:
    """Keep the last ten minutes of raw readings, when a result is disputed. What it names is on the disk."""
    with BeaconClient(paths.socket_path()) as beacon:
        files = beacon.ask(requests.Keep(), answers.Kept, within_s=_WRITTEN_S).files
    for file in files:
        print(file)
    print("replay one with: retro-timer replay FILE")
