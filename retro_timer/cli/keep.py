"""`retro-timer keep`: the last ten minutes of raw readings, kept as traces."""

from __future__ import annotations

import click

from retro_timer.beacon.client import BeaconClient
from retro_timer.settings import places


@click.command()
def keep() -> None:
    """Keep the last ten minutes of raw readings, when a result is disputed."""
    with BeaconClient(places.socket_path()) as beacon:
        files = beacon.ask({"keep": True})["files"]
    for file in files:
        print(file)
    print("replay one with: retro-timer replay FILE")
