"""`retro-timer coach`: the coach's page, a process of its own; and `pin`, which lets a phone in."""

from __future__ import annotations

from pathlib import Path

import click

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.output.streams import remark
from retro_timer.errors import RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.loading import load_settings
from retro_timer.settings.whole import write_whole


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where; port 0 takes a free one. The settings' when left out.")
@click.option("--url-file", type=click.Path(path_type=Path), help="Write the page's address there once it answers.")
def coach(listen: str | None, url_file: Path | None) -> None:
    """Serve the coach's page until it is stopped. It needs no running timer, and says when there is none."""
    from retro_timer.coach.app import make_coach
    from retro_timer.coach.guard import own_names
    from retro_timer.coach.serving import listening, serve, url_of

    settings = load_settings(tell=remark)
    listener = listening(settings.coach.listen if listen is None else listen)
    url = url_of(listener)
    made = make_coach(
        state_dir=paths.state_dir(),
        socket=paths.page_socket_path(),
        language=settings.voice.language,
        names=own_names(),
    )

    def serves() -> None:
        if url_file is not None:
            _write(url_file, url)
        print(url, flush=True)

    try:
        serve(made, listener, serves)
    finally:
        if url_file is not None:
            url_file.unlink(missing_ok=True)


def _write(path: Path, url: str) -> None:
    try:
        write_whole(path, f"{url}\n".encode())
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None


@click.command()
def pin() -> None:
    """Let phones be paired for two minutes: prints a PIN, which the box speaks between sessions."""
    with BeaconClient(paths.socket_path()) as beacon:
        pairing = beacon.ask(requests.OpenPairing(), answers.Pairing)
    print(f"{pairing.pin}  (for {pairing.lasts_s:.0f} s: type it on the coach's page)")
