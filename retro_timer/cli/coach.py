"""`retro-timer coach`: the coach's page, a process of its own; `qr`, which leads to it, and `pin`, which lets in."""

from __future__ import annotations

import contextlib
import io
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import click

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.loading import load_settings
from retro_timer.settings.whole import write_whole


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where; port 0 takes a free one. The settings' when left out.")
@click.option("--url-file", type=click.Path(path_type=Path), help="Write the page's address there once it answers.")
def coach(listen: str | None, url_file: Path | None) -> None:
    """Serve the coach's page until it is stopped. It needs no running timer, and says when there is none."""
    from retro_timer.coach.addresses import bound_url, shown_url
    from retro_timer.coach.app import make_coach
    from retro_timer.coach.guard import own_names
    from retro_timer.coach.serving import handed_over, listening, serve

    settings = load_settings(tell=remark)
    listener = listening(settings.coach.listen if listen is None else listen)
    # The hotspot's, at its port 80: all names lead there.
    hotspot = handed_over()[:1]
    bound = bound_url(listener)
    url = shown_url(bound)
    made = make_coach(
        state_dir=paths.state_dir(),
        page_dir=paths.page_dir(),
        socket=paths.page_socket_path(),
        language=settings.voice.language,
        names=own_names(),
        hotspot=hotspot[0].getsockname()[:2] if hotspot else None,
    )

    told = [_url_file(), *([] if url_file is None else [url_file])]

    def serves() -> None:
        if url_file is not None:
            _write(url_file, url)
        try:
            _write(_url_file(), bound)
        except RetroTimerError as error:
            # A page on a full disk is worth more than none.
            remark(f"{error}: `retro-timer qr` does not find this page")
        print(url, flush=True)

    try:
        serve(made, [listener, *hotspot], serves)
    finally:
        for path in told:
            with contextlib.suppress(OSError):
                path.unlink()


def _url_file() -> Path:
    """Where a running page leaves for `qr` where it listens; unlike who is paired that is for everybody to read."""
    return paths.page_dir() / "coach.url"


def _write(path: Path, url: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, f"{url}\n".encode())
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None


def _running_page() -> str:
    """Where the page listens that answers."""
    from retro_timer.coach import addresses

    try:
        bound = _url_file().read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise RetroTimerError("no page runs here: start one with `retro-timer coach`") from None
    if not addresses.answers(bound):
        raise RetroTimerError(f"the page at {bound} does not answer: start it anew with `retro-timer coach`")
    return bound


@click.command()
@click.option("--svg", "svg_file", type=click.Path(path_type=Path), help="Draw it into a file instead.")
@click.option(
    "--label",
    "label_file",
    type=click.Path(path_type=Path),
    help="Draw a label, A6: one code joins the box's own network, one opens its page. As root.",
)
@click.option("--password", is_flag=True, help="On the label, to be read; its code for joining has it in any case.")
def qr(svg_file: Path | None, label_file: Path | None, password: bool) -> None:
    """Show the running page's address as a QR code, for a phone that is in the same network."""
    if label_file is not None:
        _draw_label(label_file, password=password)
        return
    if password:
        raise BadInputError("--password", "has no label to stand on", "--label FILE with it")
    import segno

    from retro_timer.coach import addresses

    bound = _running_page()
    # The network may have come after the page.
    url = _in_hotspot() or addresses.shown_url(bound)
    if addresses.is_loopback(urlsplit(url).hostname or ""):
        mend = (
            "this machine has no address in a network yet"
            if addresses.listens_everywhere(bound)
            else "for the whole network: retro-timer coach --listen 0.0.0.0:8765"
        )
        remark(f"only this machine can open it; {mend}")
    code = segno.make(url, micro=False)
    if svg_file is None:
        code.terminal(compact=True)
        print(url)
        return
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=10, border=4)
    _draw(svg_file, drawn.getvalue())


def _in_hotspot() -> str | None:
    """The page's address in the box's own network, where there is one now."""
    from retro_timer.coach import addresses
    from retro_timer.network.profiles import HOTSPOT_ADDRESS

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        there = HOTSPOT_ADDRESS in addresses.interface_addresses(probe)
    return f"http://{HOTSPOT_ADDRESS}" if there and addresses.answers(f"http://{HOTSPOT_ADDRESS}:80") else None


def _draw_label(file: Path, *, password: bool) -> None:
    """Of the network that the box makes, whether it is up or not."""
    from retro_timer.network.label import label
    from retro_timer.network.profiles import HOTSPOT, HOTSPOT_ADDRESS
    from retro_timer.network.switching import kept_profile
    from retro_timer.phrases import kin_of, load_catalogue

    profile = kept_profile(paths.network_manager_dir(), HOTSPOT)
    if profile is None:
        raise RetroTimerError("the box has no network of its own: sudo retro-timer network hotspot")
    language = kin_of(load_settings(tell=remark).voice.language) or "en"
    words = load_catalogue(language).shown
    former = os.umask(0o077)
    try:
        _draw(file, label(profile, f"http://{HOTSPOT_ADDRESS}", words, password=password).encode())
    finally:
        os.umask(former)


def _draw(file: Path, picture: bytes) -> None:
    try:
        write_whole(file, picture)
    except OSError as error:
        raise RetroTimerError(f"{file}: cannot be written ({error.strerror})") from None
    print(file)


@click.command()
def pin() -> None:
    """Let phones be paired for two minutes: prints a PIN, which the box speaks between sessions."""
    with BeaconClient(paths.socket_path()) as beacon:
        pairing = beacon.ask(requests.OpenPairing(), answers.Pairing)
    print(f"{pairing.pin}  (for {pairing.lasts_s:.0f} s: type it on the coach's page)")
