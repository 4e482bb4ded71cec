"""Which sound card speaks, on made-up machines as Raspberry Pi OS shows them in /proc/asound."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.hardware.sound_cards import (
    AUTO,
    CardKind,
    SoundCard,
    alsa_device,
    best_card,
    card_behind,
    sound_cards,
)

HDMI_0 = ("vc4hdmi0", "vc4-hdmi - vc4-hdmi-0")
HDMI_1 = ("vc4hdmi1", "vc4-hdmi - vc4-hdmi-1")
OLD_HDMI = ("b1", "bcm2835_hdmi - bcm2835 HDMI 1")
JACK = ("Headphones", "bcm2835_headpho - bcm2835 Headphones")
AMPLIFIER = ("MAX98357A", "MAX98357A - MAX98357A")
HAT = ("sndrpihifiberry", "HifiberryDacp - snd_rpi_hifiberry_dacplus")
USB = ("Device", "USB-Audio - USB Audio Device")
LOOPBACK = ("Loopback", "Loopback - Loopback")


def machine(root: Path, *cards: tuple[str, str], deaf: tuple[str, ...] = ()) -> Path:
    """A file system with these cards, numbered in turn; those in `deaf` only record."""
    lines = []
    for number, (name, what) in enumerate(cards):
        lines += [f" {number} [{name:15}]: {what}", f"                      {what.partition(' - ')[2]} at somewhere"]
        (root / f"proc/asound/card{number}" / ("pcm0c" if name in deaf else "pcm0p")).mkdir(parents=True)
    (root / "proc/asound").mkdir(parents=True, exist_ok=True)
    (root / "proc/asound/cards").write_text("\n".join(lines) + "\n")
    return root


@pytest.mark.parametrize(
    ("cards", "output", "chosen"),
    [
        ((HDMI_0, HDMI_1, AMPLIFIER), "i2s", "MAX98357A"),
        ((HDMI_0, HDMI_1, HAT), "hat", "sndrpihifiberry"),
        ((JACK, HDMI_0, USB), "usb", "Device"),
        ((JACK, HDMI_0, USB), "i2s", "Device"),
        ((OLD_HDMI, JACK, AMPLIFIER), "i2s", "MAX98357A"),
        ((AMPLIFIER, USB), "usb", "Device"),
        ((USB, AMPLIFIER), "i2s", "MAX98357A"),
        ((JACK, HDMI_0), "i2s", "vc4hdmi0"),
        ((JACK, LOOPBACK), "i2s", "Loopback"),
        ((JACK,), "none", "Headphones"),
    ],
)
def test_the_speaker_comes_before_hdmi_and_headphones_come_last(
    tmp_path: Path, cards: tuple[tuple[str, str], ...], output: str, chosen: str
) -> None:
    assert alsa_device(AUTO, output, machine(tmp_path, *cards), {}) == f"default:CARD={chosen}"


@given(st.lists(st.sampled_from(list(CardKind)), min_size=1, max_size=6), st.sampled_from(["i2s", "hat", "usb"]))
def test_whatever_the_kernels_order_no_silent_card_goes_before_one_that_is_heard(
    kinds: list[CardKind], output: str
) -> None:
    cards = tuple(SoundCard(number, f"card{number}", "", kind) for number, kind in enumerate(kinds))
    chosen = best_card(cards, output)
    assert chosen is not None
    heard = {CardKind.I2S, CardKind.USB} & set(kinds)
    assert not heard or chosen.kind in heard
    assert chosen.kind is not CardKind.JACK or set(kinds) == {CardKind.JACK}


def test_the_settings_own_device_goes_before_any_choice(tmp_path: Path) -> None:
    assert alsa_device("plughw:2", "i2s", machine(tmp_path, AMPLIFIER), {}) == "plughw:2"


def test_a_microphone_by_usb_is_no_speaker(tmp_path: Path) -> None:
    root = machine(tmp_path, HDMI_0, ("Snowball", "USB-Audio - Blue Snowball"), deaf=("Snowball",))
    assert [card.name for card in sound_cards(root)] == ["vc4hdmi0"]


def test_a_card_that_is_plugged_in_later_is_found_then(tmp_path: Path) -> None:
    assert alsa_device(AUTO, "usb", tmp_path, {}) == "default"
    assert alsa_device(AUTO, "usb", machine(tmp_path, HDMI_0, USB), {}) == "default:CARD=Device"


@pytest.mark.parametrize("place", ["etc/asound.conf", "home/pi/.asoundrc"])
def test_what_somebody_told_alsa_stays(tmp_path: Path, place: str) -> None:
    root = machine(tmp_path, HDMI_0, AMPLIFIER)
    (root / place).parent.mkdir(parents=True)
    (root / place).write_text("pcm.!default { type null }\n")
    environ = {"HOME": "/home/pi"}
    assert alsa_device(AUTO, "i2s", root, environ) == "default"
    assert card_behind("default", root, environ) is None, "only ALSA knows where that ends"


def test_alsas_own_default_is_the_first_card_whatever_it_is(tmp_path: Path) -> None:
    card = card_behind("default", machine(tmp_path, HDMI_0, AMPLIFIER), {})
    assert card is not None
    assert card.kind is CardKind.HDMI
