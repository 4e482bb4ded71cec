"""Which sound card speaks: chosen by what it is, for HDMI is often card 0 and nobody hears it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

AUTO = "auto"
_OWN_CHOICE = "default"
"""ALSA's default device, which an asound.conf defines."""
_CARD = re.compile(r"^ *(?P<number>\d+) \[(?P<name>\S+) *\]: (?P<driver>.+?) - (?P<title>.*)$")


class CardKind(StrEnum):
    """What is behind a card."""

    I2S = "i2s"
    """An amplifier or HAT on the header. Its card is there as soon as its overlay is, wired or not."""
    USB = "usb"
    HDMI = "hdmi"
    JACK = "headphones"
    VIRTUAL = "virtual"
    """Loopback, Dummy: nothing that sounds."""


_ORDER = (CardKind.I2S, CardKind.USB, CardKind.HDMI, CardKind.VIRTUAL, CardKind.JACK)
"""Headphones last: a Pi's jack is open air unless somebody has plugged something in, which no driver tells."""


class SoundCard(msgspec.Struct, frozen=True):
    """A card that can play."""

    number: int
    name: str
    """The kernel's short name, as in `hw:CARD=NAME`."""
    title: str
    kind: CardKind

    @property
    def device(self) -> str:
        """The ALSA device to play through: the card's own default, which knows HDMI's framing and converts rates."""
        return f"default:CARD={self.name}"


def sound_cards(root: Path = Path("/")) -> tuple[SoundCard, ...]:
    """The cards of this machine that can play, by number: a microphone by USB is none of them."""
    try:
        lines = (root / "proc/asound/cards").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    found = [match for line in lines if (match := _CARD.match(line))]
    cards = (
        SoundCard(int(m["number"]), m["name"], m["title"].strip(), _kind(f"{m['name']} {m['driver']} {m['title']}"))
        for m in found
    )
    plays = (card for card in cards if any((root / f"proc/asound/card{card.number}").glob("pcm*p")))
    return tuple(sorted(plays, key=lambda card: card.number))


def best_card(cards: tuple[SoundCard, ...], output: str) -> SoundCard | None:
    """The card to speak through; `output` is how the settings say that the speaker is connected (audio.output)."""
    wanted = CardKind.USB if output == "usb" else CardKind.I2S
    return min(cards, key=lambda card: (card.kind is not wanted, _ORDER.index(card.kind), card.number), default=None)


def alsa_device(device: str, output: str, root: Path = Path("/"), environ: Mapping[str, str] = os.environ) -> str:
    """The ALSA device for `voice.device`. With `auto` an asound.conf that somebody has written goes before the choice
    by kind, and ALSA's default stands where there is no card yet: USB cards come late, so ask before each sound.
    """
    if device != AUTO:
        return device
    if has_own_config(root, environ):
        return _OWN_CHOICE
    card = best_card(sound_cards(root), output)
    return _OWN_CHOICE if card is None else card.device


def card_behind(device: str, root: Path = Path("/"), environ: Mapping[str, str] = os.environ) -> SoundCard | None:
    """The card that an ALSA device ends at; None for a device that only ALSA's own configuration explains."""
    cards = sound_cards(root)
    if device == _OWN_CHOICE and not has_own_config(root, environ):
        return cards[0] if cards else None
    return next((card for card in cards if card.device == device), None)


def has_own_config(root: Path = Path("/"), environ: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody has told ALSA what its default device is."""
    if environ.get("ALSA_CONFIG_PATH"):
        return True
    home = environ.get("HOME", "")
    own = [root / "etc/asound.conf", *([root / home.lstrip("/") / ".asoundrc"] if home else [])]
    return any(path.is_file() for path in own)


def _kind(text: str) -> CardKind:
    """By the words in a card's name, driver and title; whatever is none of a Pi's own is on the header's I2S pins."""
    told = text.lower()
    if "hdmi" in told:
        return CardKind.HDMI
    if "usb" in told:
        return CardKind.USB
    if "headpho" in told or "bcm2835" in told:
        return CardKind.JACK
    if "loopback" in told or "dummy" in told:
        return CardKind.VIRTUAL
    return CardKind.I2S
