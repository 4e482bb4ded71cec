"""What keeps the machine busy meanwhile: a sound card, twenty clients on the socket, exports by the command line."""

from __future__ import annotations

import fcntl
import os
import select
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

CLIENTS = 20
EXPORTED_REPS = 100_000
_BASE = Path("/usr/share/alsa/alsa.conf")
_BYTES_A_SECOND = 2 * 22_050
"""What espeak-ng renders: mono, 16 bits."""
_TURN_S = 0.02
_PIPE_BYTES = 4096
"""As small as the kernel makes it: what waits in the pipe has been played as far as aplay knows."""
_LONGEST_TURN_S = 0.09
"""What the pipe holds lasts no longer."""
_CONNECT_S = 20.0


class Card:
    """A sound card that takes sound in real time and throws it away.

    ALSA's own file plug-in writes into a FIFO that is drained at the rate of the sound, so aplay lasts as long as it
    would with a loudspeaker. `environment` leads a process's sound to it.
    """

    def __init__(self, folder: Path) -> None:
        self._fifo = folder / "card.fifo"
        self._config = folder / "asound.conf"
        os.mkfifo(self._fifo)
        self._config.write_text(
            f"<{_BASE}>\n"
            f'pcm.!default {{ type plug; slave.pcm "tofile" }}\n'
            f'pcm.tofile {{ type file; slave.pcm "null"; file "{self._fifo}"; format "raw" }}\n',
            encoding="utf-8",
        )
        # Both ends are held here: whoever plays never waits for a reader, and its end closes nothing.
        self._fd = os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._play, name="card", daemon=True)
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """For the processes that are to play here."""
        return {"ALSA_CONFIG_PATH": os.fspath(self._config)}

    def close(self) -> None:
        """Unplug it."""
        self._closing.set()
        self._thread.join()
        os.close(self._fd)

    def _play(self) -> None:
        last_s = time.monotonic()
        waiting = select.poll()
        waiting.register(self._fd, select.POLLIN)
        while not self._closing.wait(_TURN_S):
            sounding = bool(waiting.poll(1000.0 * _TURN_S))
            now_s = time.monotonic()
            if sounding:
                # By the clock: a turn that comes late takes more, so that a sound lasts as long as it should.
                os.read(self._fd, max(1, int(_BYTES_A_SECOND * min(now_s - last_s, _LONGEST_TURN_S))))
            last_s = now_s


def following(path: Path) -> Readers:
    """Clients that follow a beacon's socket."""
    clients = [_connected(path) for _ in range(CLIENTS)]
    for client in clients:
        client.sendall(b'{"request": "follow"}\n')
    return Readers(clients)


class Readers:
    """Read everything that comes on some connections."""

    def __init__(self, clients: Iterable[socket.socket]) -> None:
        self.lines = 0
        self._selector = selectors.DefaultSelector()
        for client in clients:
            client.setblocking(False)
            self._selector.register(client, selectors.EVENT_READ)
        self._closing = False
        self._thread = threading.Thread(target=self._read, name="followers", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        self._thread.join()
        for key in tuple(self._selector.get_map().values()):
            self._hang_up(key.fileobj)
        self._selector.close()

    def _read(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(timeout=0.2):
                client = key.fileobj
                assert isinstance(client, socket.socket), "only sockets are registered"
                data = client.recv(65_536)
                self.lines += data.count(b"\n")
                if not data:
                    self._hang_up(client)

    def _hang_up(self, client: object) -> None:
        assert isinstance(client, socket.socket), "only sockets are registered"
        self._selector.unregister(client)
        client.close()


def _connected(path: Path) -> socket.socket:
    """A connection to a beacon that may just be starting. Raises OSError when it does not come up."""
    deadline = time.monotonic() + _CONNECT_S
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(os.fspath(path))
        except OSError:
            client.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return client


class Exports:
    """The command line exports a large result, again and again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.done = 0
        self._environment = environment
        self._closing = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._export, name="exports", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the one that runs and begin no other."""
        self._closing = True
        if self._process is not None:
            self._process.terminate()
        self._thread.join()

    def _export(self) -> None:
        program = Path(sys.executable).with_name("retro-timer")
        command = [str(program), "results", "reps", "--limit", str(EXPORTED_REPS), "--csv"]
        while not self._closing:
            self._process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)
            self.done += self._process.wait() == 0
