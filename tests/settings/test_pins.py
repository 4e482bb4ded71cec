"""The pin plan: every pin has one owner, and whoever claims another's is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.hardware.boot import format_boot
from retro_timer.ports import Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.loading import check_settings, load_settings
from retro_timer.settings.model import (
    AudioSettings,
    ButtonSettings,
    BuzzerSettings,
    LampKind,
    LampSettings,
    Settings,
)
from retro_timer.settings.pins import pin_plan


def settings(*sensors: SensorSettings, **changes: Any) -> Settings:
    return Settings(sensors=sensors or (SensorSettings(),), **changes)


def owners(made: Settings) -> dict[int, str]:
    return {use.pin: use.owner for use in pin_plan(made)}


def test_the_default_settings_give_every_pin_one_owner() -> None:
    assert owners(load_settings(None)) == {
        2: "I2C bus 1 (SDA)",
        3: "I2C bus 1 (SCL)",
        17: "buzzer",
        18: "audio function (I2S bit clock)",
        19: "audio function (I2S word select)",
        20: "audio function (I2S data in)",
        21: "audio function (I2S data out)",
        22: "lamp's red",
        23: "lamp's green",
        24: "lamp's blue",
        27: "button",
    }


def test_every_device_is_in_the_plan() -> None:
    luna = SensorSettings(name="far", model="tf-luna", role=Role.WATCH)
    echo = SensorSettings(name="echo", model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
    gate = SensorSettings(xshut_pin=12, interrupt_pin=13)
    found = owners(settings(gate, luna, echo, lamp=LampSettings(kind=LampKind.SINGLE, pins=(26,))))
    expected = {
        5: "trigger of sensor 'echo'",
        6: "echo of sensor 'echo'",
        12: "XSHUT of sensor 'gate'",
        13: "GPIO1 of sensor 'gate'",
        14: "UART of the TF-Luna (TXD)",
        15: "UART of the TF-Luna (RXD)",
        26: "lamp",
    }
    assert {pin: found[pin] for pin in expected} == expected


def test_a_pin_used_twice_is_refused_with_both_names_and_keys() -> None:
    with pytest.raises(BadInputError) as refused:
        pin_plan(settings(button=ButtonSettings(pin=17)))
    assert str(refused.value) == (
        "settings: button.pin: GPIO17 for the button belongs to the buzzer (buzzer.pin); "
        "expected a free pin such as 4, 5, 6"
    )


@pytest.mark.parametrize("pin", [2, 3])
def test_a_pin_of_the_i2c_bus_is_refused(pin: int) -> None:
    with pytest.raises(BadInputError, match=rf"buzzer\.pin: GPIO{pin} for the buzzer belongs to the I2C bus 1"):
        pin_plan(settings(buzzer=BuzzerSettings(pin=pin)))


@pytest.mark.parametrize("pin", [18, 19, 20, 21])
@pytest.mark.parametrize("output", ["i2s", "hat"])
def test_a_pin_of_the_audio_function_is_refused(pin: int, output: str) -> None:
    with pytest.raises(BadInputError, match=r"sensors\[0\]\.xshut_pin: .*audio function .*audio\.output = 'usb'"):
        pin_plan(settings(SensorSettings(xshut_pin=pin), audio=AudioSettings(output=output)))


@pytest.mark.parametrize("output", ["usb", "none"])
def test_without_i2s_its_pins_are_free(output: str) -> None:
    assert owners(settings(SensorSettings(xshut_pin=18), audio=AudioSettings(output=output)))[18].startswith("XSHUT")


def test_a_pin_of_the_uart_is_refused_only_where_a_tf_luna_is_on_it() -> None:
    lamp = LampSettings(pins=(22, 14, 24))
    pin_plan(settings(lamp=lamp))
    on_usb = SensorSettings(model="tf-luna", port="/dev/ttyUSB0")
    pin_plan(settings(on_usb, lamp=lamp))
    with pytest.raises(BadInputError, match=r"lamp\.pins\[1\]: GPIO14 for the lamp's green belongs to the UART"):
        pin_plan(settings(SensorSettings(model="tf-luna"), lamp=lamp))


def test_a_second_i2c_bus_owns_its_pins_as_well() -> None:
    with pytest.raises(BadInputError, match=r"I2C bus 0 \(SDA\)"):
        pin_plan(settings(SensorSettings(bus=0), button=ButtonSettings(pin=0)))


@pytest.mark.parametrize(("kind", "pins"), [("rgb", (22,)), ("rgb", (22, 23)), ("single", (22, 23, 24))])
def test_a_lamp_with_too_few_or_too_many_pins_is_refused(kind: str, pins: tuple[int, ...]) -> None:
    with pytest.raises(BadInputError, match=rf"settings: lamp\.pins: {len(pins)} pins for a lamp of kind {kind}"):
        pin_plan(settings(lamp=LampSettings(kind=LampKind(kind), pins=pins)))


def test_a_lamp_that_is_not_there_takes_no_pins() -> None:
    assert 22 not in owners(settings(lamp=LampSettings(kind=LampKind.NONE)))


def test_lines_of_another_model_of_sensor_take_no_pins() -> None:
    luna = SensorSettings(model="tf-luna", xshut_pin=17, interrupt_pin=17, trigger_pin=17, echo_pin=17)
    assert owners(settings(luna))[17] == "buzzer"


@given(st.lists(st.integers(0, 27), min_size=6, max_size=6), st.sampled_from(["i2s", "usb"]))
def test_whatever_the_pins_each_has_one_owner_or_the_settings_are_refused_in_one_line(
    pins: list[int], output: str
) -> None:
    made = settings(
        SensorSettings(xshut_pin=pins[0]),
        buzzer=BuzzerSettings(pin=pins[1]),
        button=ButtonSettings(pin=pins[2]),
        lamp=LampSettings(pins=tuple(pins[3:])),
        audio=AudioSettings(output=output),
    )
    taken = {2, 3} | ({18, 19, 20, 21} if output == "i2s" else set())
    clash = len(set(pins)) < len(pins) or taken & set(pins)
    if not clash:
        plan = pin_plan(made)
        assert len({use.pin for use in plan}) == len(plan)
        return
    with pytest.raises(BadInputError) as refused:
        pin_plan(made)
    assert "\n" not in str(refused.value)


def test_a_further_serial_pair_of_a_pi_4_or_5_owns_its_pins() -> None:
    far = SensorSettings(name="far", model="tf-luna", port="/dev/ttyAMA3", txd_pin=4)
    found = owners(settings(SensorSettings(model="tf-luna"), far))
    assert [found[pin] for pin in (4, 5, 14, 15)] == ["UART of the TF-Luna (TXD)", "UART of the TF-Luna (RXD)"] * 2
    with pytest.raises(BadInputError, match=r"buzzer\.pin: GPIO5 for the buzzer belongs to the UART of the TF-Luna"):
        pin_plan(settings(far, buzzer=BuzzerSettings(pin=5)))


@pytest.mark.parametrize(
    ("sensors", "told"),
    [
        ((SensorSettings(model="tf-luna", rate_hz=200),), r"rate_hz: 200; expected one of 100, 125, 250"),
        ((SensorSettings(model="tf-luna", port="/dev/ttyAMA3", txd_pin=6),), r"txd_pin: 6; expected 0, 4, 8, 12"),
        (
            (SensorSettings(model="tf-luna", txd_pin=4),),
            r"port: /dev/serial0 with txd_pin 4; expected the port of that",
        ),
        (
            (SensorSettings(model="tf-luna", port="/dev/ttyUSB0", txd_pin=4),),
            r"port: /dev/ttyUSB0 with txd_pin 4; expected the port of that pair",
        ),
        (
            (SensorSettings(model="tf-luna", port="/dev/ttyAMA3"),),
            r"txd_pin: missing for /dev/ttyAMA3; expected 0, 4, 8, 12: the TXD of its pair",
        ),
        (
            (SensorSettings(model="tf-luna"), SensorSettings(name="far", model="tf-luna", port="/dev/ttyS0")),
            r"port: /dev/ttyS0 for 'far' belongs to 'gate'; expected a port of its own: a USB adapter",
        ),
    ],
)
def test_a_rate_or_a_port_that_cannot_be_is_refused_with_what_can(
    sensors: tuple[SensorSettings, ...], told: str
) -> None:
    with pytest.raises(BadInputError, match=told):
        check_settings(settings(*sensors), "config.toml")


def test_the_boot_configuration_has_a_further_pair_s_overlay_for_either_model() -> None:
    far = SensorSettings(model="tf-luna", port="/dev/ttyAMA3", txd_pin=4)
    assert "[pi4]\ndtoverlay=uart3\n[pi5]\ndtoverlay=uart2-pi5\n[all]" in format_boot(settings(far))
