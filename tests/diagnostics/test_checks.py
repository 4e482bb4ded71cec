"""The doctor's judgement: what is ok, poor or wrong, and what mends it."""

from __future__ import annotations

from typing import Any

import pytest

from retro_timer.diagnostics.findings import Finding, Verdict, keeps_watch, summary
from retro_timer.settings.model import ButtonSettings, Settings, VoiceSettings
from tests.helpers.checks_made import AMPLIFIER, HDMI, IN_MEMORY, WALL, facts, of_sensors, of_system


def test_a_box_that_is_well_has_nothing_to_mend() -> None:
    findings = [*of_sensors(facts(), WALL).values(), *of_system().values()]
    assert {finding.verdict for finding in findings} == {Verdict.OK}
    assert [finding.mend for finding in findings] == [""] * len(findings)
    assert summary(findings) == "The box can keep watch: all is well."


def test_only_what_the_watch_needs_keeps_it_from_watching() -> None:
    disk = Finding("disk", Verdict.WRONG, "full")
    lens = Finding("gate: sensor", Verdict.WRONG, "covered", watch=True)
    slow = Finding("gate: rate", Verdict.POOR, "slow", watch=True)
    assert keeps_watch([disk, slow])
    assert summary([disk, slow]) == "The box can keep watch: 1 wrong, 1 poor."
    assert not keeps_watch([disk, lens])
    assert summary([lens]) == "The box CANNOT keep watch: 1 wrong."


# The box but for its sensors


@pytest.mark.parametrize(
    ("changes", "name", "verdict", "found", "mend"),
    [
        ({"missing": ("/dev/i2c-1",)}, "I2C bus", "wrong", "I2C is off", "raspi-config nonint do_i2c 0"),
        ({"denied": ("/dev/i2c-1",)}, "I2C bus", "wrong", "may not be opened by pi", "usermod -aG i2c"),
        ({"i2c_hz": 100_000}, "I2C bus", "poor", "at 100 kHz", "wiring --boot"),
        ({"i2c_hz": None}, "I2C bus", "ok", "/dev/i2c-1", ""),
        ({"header": "", "chips": "there are gpiochip0 (fan)"}, "GPIO", "wrong", "gpiochip0 (fan)", "gpiodetect"),
        ({"denied": ("/dev/gpiochip0",)}, "rights", "wrong", "/dev/gpiochip0", "usermod -aG gpio"),
        ({"espeak": False}, "speech", "wrong", "espeak-ng does not load", "sudo apt install espeak-ng"),
        ({"aplay": False}, "speech", "wrong", "aplay is missing", "sudo apt install alsa-utils"),
        ({"cards": ()}, "speech", "wrong", "no sound card", "aplay -l"),
        ({"cards": (HDMI, AMPLIFIER)}, "speech", "ok", "card MAX98357A (i2s), not vc4hdmi0", ""),
        ({"cards": (HDMI,), "speaks": HDMI}, "speech", "poor", "card vc4hdmi0 (hdmi)", "wiring --boot"),
        ({"speaker": "plughw:2", "speaks": None}, "speech", "ok", "device plughw:2", ""),
        ({"free_bytes": 30_000_000}, "disk", "wrong", "30 MB free", "du -xh"),
        ({"free_bytes": 300_000_000}, "disk", "poor", "300 MB free", "larger card"),
        ({"read_only": True}, "disk", "wrong", "read-only: nothing is saved", "remount,rw"),
        ({"lasting": IN_MEMORY}, "disk", "wrong", "lost at power-off", "on the card"),
        ({"may_write": False}, "disk", "wrong", "may not be written by pi", "chown"),
        ({"year": 1970}, "clock", "wrong", "it says 1970", "timedatectl set-time"),
        ({"synchronised": False}, "clock", "poor", "not set since the start", "join a network"),
        ({"synchronised": False, "has_clock_battery": True}, "clock", "ok", "battery", ""),
        ({"synchronised": None}, "clock", "-", "nobody tells", ""),
        ({"throttled": 0x50005}, "power", "wrong", "the voltage is too low and it is throttled", "cable"),
        ({"throttled": 0x50000}, "power", "poor", "since the start the voltage was too low", "cable"),
        ({"throttled": None}, "power", "-", "48 °C", ""),
        ({"throttled": None, "temperature_c": 84.0}, "power", "poor", "84 °C: too hot", "shade"),
    ],
)
def test_what_is_not_well_is_told_with_what_mends_it(
    changes: dict[str, Any], name: str, verdict: str, found: str, mend: str
) -> None:
    finding = of_system(**changes)[name]
    assert finding.verdict == verdict
    assert found in finding.found
    assert mend in finding.mend
    assert bool(finding.mend) is (verdict in ("poor", "wrong"))


def test_only_bus_pins_and_rights_keep_the_box_from_watching() -> None:
    assert not keeps_watch(of_system(missing=("/dev/i2c-1",)).values())
    assert not keeps_watch(of_system(denied=("/dev/gpiochip0",)).values())
    assert keeps_watch(of_system(cards=(), free_bytes=0, year=1970, throttled=0x5).values())


def test_whether_results_may_be_written_is_the_timers_matter_while_it_runs() -> None:
    assert of_system(own=False, may_write=False)["disk"].verdict is Verdict.OK


def test_a_button_that_is_down_is_told() -> None:
    assert of_system(facts(button_pressed=True))["button"].verdict is Verdict.WRONG
    assert "GPIO27" in of_system(facts(button_pressed=True))["button"].found
    assert of_system(facts(button_pressed=None))["button"].verdict is Verdict.NONE


def test_speech_that_failed_says_why_and_the_command() -> None:
    trouble = "espeak-ng does not load (libespeak-ng.so.1); mend it with: sudo apt install espeak-ng"
    finding = of_system(facts(voice_trouble=trouble))["speech"]
    assert finding.found == "espeak-ng does not load (libespeak-ng.so.1); words are printed"
    assert finding.mend == "sudo apt install espeak-ng"


def test_a_box_that_is_to_print_its_words_needs_no_card() -> None:
    settings = Settings(voice=VoiceSettings(kind="text"))
    assert of_system(facts(settings=settings), cards=(), espeak=False)["speech"].verdict is Verdict.OK


def test_a_voice_that_is_turned_down_says_so() -> None:
    quiet, silent = (facts(voice_volume=volume) for volume in (40, 0))
    assert "volume 40 %" in of_system(quiet)["speech"].found
    assert of_system(silent)["speech"].verdict is Verdict.POOR


def test_pins_that_clash_are_told_with_their_key() -> None:
    finding = of_system(facts(settings=Settings(button=ButtonSettings(pin=17))))["pins"]
    assert finding.found == "button.pin: GPIO17 for the button belongs to the buzzer (buzzer.pin)"
    assert finding.mend.startswith("a free pin such as")
    assert finding.watch


def test_without_priority_readings_may_be_late() -> None:
    finding = of_system(facts(realtime=False))["rights"]
    assert (finding.verdict, "LimitRTPRIO" in finding.mend) == (Verdict.POOR, True)


def test_a_box_without_its_own_bus_needs_none_of_the_machines() -> None:
    found = of_system(facts(board="twin"), missing=("/dev/i2c-1",), denied=("/dev/gpiochip0",))
    assert {found["I2C bus"].verdict, found["rights"].verdict} == {Verdict.NONE}
