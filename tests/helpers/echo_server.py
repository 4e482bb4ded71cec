"""The beacon's socket with nothing behind it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.server import Client, Server


class Echo:
    """A server that answers what is to be said with the same words, and keeps its clients."""

    def __init__(self) -> None:
        # A Unix socket's path may have 107 bytes at most, so no pytest directory.
        self.directory = Path(tempfile.mkdtemp(prefix="rt"))
        self.path = self.directory / "run" / "beacon.sock"
        self.clients: list[Client] = []
        self.server = Server(self.path, self.take)
        self.server.start()

    def take(self, request: requests.AnyRequest, client: Client) -> None:
        assert isinstance(request, requests.Say)
        if client not in self.clients:
            self.clients.append(client)
        client.send(answers.Calibrated(file=request.text))

    def close(self) -> None:
        self.server.close()
        shutil.rmtree(self.directory)
