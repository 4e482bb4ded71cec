"""`retro-timer network`: the box's own Wi-Fi at the field, or the club's."""

from __future__ import annotations

import secrets
import socket
import sys

import click

from retro_timer.errors import BadInputError
from retro_timer.network.country import checked_country, known_country, set_country
from retro_timer.network.manager import NetworkManager
from retro_timer.network.profiles import (
    CLUB,
    HOTSPOT,
    HOTSPOT_ADDRESS,
    Profile,
    checked_name,
    checked_password,
    made_name,
    made_password,
)
from retro_timer.network.switching import Networks, kept_profile
from retro_timer.settings import paths

_COUNTRY = click.option("--country", metavar="CC", help="Two letters, by whose rules the Wi-Fi sends: DE, GB, US.")


@click.group()
def network() -> None:
    """The Wi-Fi by which phones reach the coach's page: the box's own, or the club's."""


@network.command()
@click.option("--name", metavar="NAME", help="Its name; what it had, or one made up.")
@click.option("--new-password", is_flag=True, help="Make up another password, for all phones.")
@_COUNTRY
def hotspot(name: str | None, new_password: bool, country: str | None) -> None:
    """Make a network of the box's own, from now on and at each power-on."""
    folder = paths.network_manager_dir()
    manager = NetworkManager()
    networks = Networks(manager, folder)
    manager.check_sharing(paths.system_root())
    kept = kept_profile(folder, HOTSPOT)
    profile = Profile(
        checked_name(name) if name is not None else kept.name if kept else made_name(secrets.choice),
        kept.password if kept and not new_password else made_password(secrets.choice),
    )
    _choose_country(country)
    networks.hotspot(profile)
    print(f"network   {profile.name}")
    print(f"password  {profile.password}")
    print(f"page      http://{HOTSPOT_ADDRESS}")
    print("a label to print: sudo retro-timer qr --label label.svg")


@network.command()
@click.argument("name")
@click.option("--open", "is_open", is_flag=True, help="It has no password.")
@click.option("--hidden", is_flag=True, help="It does not show its name.")
@_COUNTRY
def join(name: str, is_open: bool, hidden: bool, country: str | None) -> None:
    """Join a network that there is, from now on and at each power-on. Its password is asked for, or one line of the
    standard input.
    """
    checked_name(name)
    networks = Networks(NetworkManager(), paths.network_manager_dir())
    password = "" if is_open else checked_password(_asked_password(name))
    _choose_country(country)
    networks.join(Profile(name, password, hidden))
    print(f"joined '{name}'")
    print('for the page in it: listen = "0.0.0.0:8765" under [coach] in the settings, then retro-timer qr')


@network.command()
@click.option("--forget", is_flag=True, help="Their names and passwords too: labels with them are void.")
def off(forget: bool) -> None:
    """Neither of the two, now and at power-on. Other networks that the machine knows are left to it."""
    Networks(NetworkManager(), paths.network_manager_dir()).off(forget=forget)
    print("off")


@network.command()
@click.option("--password", "with_password", is_flag=True, help="Tell the hotspot's password as well; as root.")
def status(with_password: bool) -> None:
    """Which network is up, and how the page is found in it."""
    manager = NetworkManager()
    up = {each.uuid: each.device for each in manager.active()}
    kind = next((each for each in (HOTSPOT, CLUB) if each.uuid in up), None)
    if kind is None:
        print("off" if not up else "off: another network that this machine knows is up")
    else:
        print(f"{kind.does:9} {manager.value('802-11-wireless.ssid', kind.uuid)}  ({up[kind.uuid]})")
        print(f"at start  {manager.value('connection.autoconnect', kind.uuid)}")
        print(f"page      {_page(kind is HOTSPOT)}")
    print(f"country   {known_country() or 'not known: --country CC'}")
    if with_password:
        kept = kept_profile(paths.network_manager_dir(), HOTSPOT)
        print(f"password  {kept.password if kept else 'none: no hotspot was made yet'}")


def _page(is_hotspot: bool) -> str:
    name = f"http://{socket.gethostname().partition('.')[0]}.local"
    return f"http://{HOTSPOT_ADDRESS} or {name}" if is_hotspot else "as retro-timer qr tells"


def _choose_country(country: str | None) -> None:
    if country is not None:
        set_country(checked_country(country), paths.system_root())
    elif known_country() is None:
        raise BadInputError("the Wi-Fi's country", "is not known, and without it there is no sending", "--country DE")


def _asked_password(name: str) -> str:
    if sys.stdin.isatty():
        asked = click.prompt(f"Password of '{name}'", hide_input=True, err=True)
        return str(asked)
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
