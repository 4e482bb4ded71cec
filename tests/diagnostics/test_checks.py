"""The doctor's judgement: what is ok, poor or wrong, and what mends it; and its look at a machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.beacon.facts import Facts, SensorFacts
from retro_timer.detection.events import SensorState
from retro_timer.detection.survey import Survey
from retro_timer.diagnostics import machine as machine_module
from retro_timer.diagnostics.crosstalk import Sight, judge_crosstalk
from retro_timer.diagnostics.findings import Finding, Verdict, keeps_watch, summary
from retro_timer.diagnostics.machine import Machine, look_at_machine
from retro_timer.diagnostics.sensors import check_sensors
from retro_timer.diagnostics.system import check_board, check_machine
from retro_timer.hardware.sound_cards import CardKind, SoundCard
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement, Role
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import ButtonSettings, Settings, VoiceSettings
from retro_timer.store.results.ground import Ground, GroundSeen

GATE = SensorSettings()
REAR = SensorSettings(name="rear", placement=Placement.LANE_END)
WALL = Survey(120, 41.5, 1.0, 1200.0, 5.0, 0.0, 0.0, 1500.0)
AMPLIFIER = SoundCard(1, "MAX98357A", "MAX98357A", CardKind.I2S)
HDMI = SoundCard(0, "vc4hdmi0", "vc4-hdmi-0", CardKind.HDMI)
IN_MEMORY = GroundSeen(Ground.MEMORY, "/x lies in memory: results are lost at power-off", "have it on the card")
PI = Machine(
    model="Raspberry Pi Zero 2 W Rev 1.0",
    user="pi",
    denied=(),
    missing=(),
    header="gpiochip0 (pinctrl-bcm2835)",
    chips="there are gpiochip0 (pinctrl-bcm2835)",
    i2c_hz=400_000,
    cards=(AMPLIFIER,),
    speaker=AMPLIFIER.device,
    speaks=AMPLIFIER,
    aplay=True,
    espeak=True,
    folder="/var/lib/retro-timer",
    free_bytes=8_000_000_000,
    read_only=False,
    may_write=True,
    lasting=GroundSeen(Ground.LASTING),
    year=2026,
    synchronised=True,
    has_clock_battery=False,
    throttled=0,
    temperature_c=48.0,
)


def facts(*sensors: SensorFacts, settings: Settings | None = None, **changes: Any) -> Facts:
    """A box that is well, but for the changes."""
    told = Facts(
        board="pi",
        pid=1,
        now_ns=0,
        settings=settings or Settings(voice=VoiceSettings()),
        calibration=Calibration(sensors={"gate": SensorCalibration(placement="gate", background_mm=1200)}),
        sensors=sensors or (sensor(),),
        busy=False,
        realtime=True,
        state_dir="/var/lib/retro-timer",
        speaking=False,
        troubles=(),
        voice_trouble="",
        voice_volume=100,
        button_pressed=False,
        pressed_ns=None,
    )
    return msgspec.structs.replace(told, **changes)


def sensor(settings: SensorSettings = GATE, state: str = "ok", reason: str = "", trouble: str = "") -> SensorFacts:
    identity = "" if trouble else "VL53L1X, id eacc, at 0x29"
    return SensorFacts(spec_of(settings), identity, trouble, SensorState(state), reason)


def seen(**changes: Any) -> Survey:
    return msgspec.structs.replace(WALL, **changes)


def of_sensors(told: Facts, *surveys: Survey) -> dict[str, Finding]:
    """Findings by name."""
    by_name = dict(zip((s.spec.name for s in told.sensors), surveys, strict=False))
    return {finding.name: finding for finding in check_sensors(told, by_name, load_catalogue("en"))}


def of_system(told: Facts | None = None, own: bool = True, **changes: Any) -> dict[str, Finding]:
    """Findings by name, on a Pi with changes."""
    machine, told = msgspec.structs.replace(PI, **changes), told or facts()
    return {f.name: f for f in [*check_board(told, machine), *check_machine(told.settings, machine, own=own)]}


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


# Sensors


def half(name: str, offset_mm: int = 0, **how: str) -> SensorFacts:
    return sensor(SensorSettings(name=name, xshut_pin=5, address=0x30, offset_mm=offset_mm), **how)


def test_a_gate_of_two_beams_is_told_as_it_stands() -> None:
    above = of_sensors(facts(half("high"), half("low")), WALL, WALL)["finish: two beams"]
    assert (above.verdict, above.found) == (Verdict.OK, "'high' above 'low', the upper one times")
    behind = of_sensors(facts(half("b", 200), half("a")), WALL, WALL)["finish: two beams"]
    assert behind.found == "'b' 200 mm behind 'a' in the direction of travel, both time"


def test_with_one_beam_blind_the_box_keeps_watch_with_the_other_one() -> None:
    found = of_sensors(facts(half("high"), half("low", state="lost", reason="frozen")), WALL, WALL)
    assert found["low: sensor"].verdict is Verdict.WRONG
    assert "blind: 'low'" in found["finish: two beams"].found
    assert keeps_watch(found.values())
    both = of_sensors(facts(half("high", state="lost", reason="frozen"), half("low", state="lost", reason="frozen")))
    assert not keeps_watch(both.values())


def test_a_sensor_that_does_not_start_gives_the_drivers_cause_and_command() -> None:
    trouble = "no-answer: gate: nothing answers at 0x29 on /dev/i2c-1: check VIN, then run `i2cdetect -y 1`"
    found = of_sensors(facts(sensor(state="lost", reason="no-answer", trouble=trouble)))
    assert found["gate: sensor"].verdict is Verdict.WRONG
    assert found["gate: sensor"].mend.startswith("nothing answers at 0x29 on /dev/i2c-1: check VIN")
    assert found["watch"].verdict is Verdict.WRONG
    assert not keeps_watch(found.values())


@pytest.mark.parametrize("state", ["degraded", "lost"])
@pytest.mark.parametrize("reason", ["sunlight", "covered", "background-gone", "frozen", "reset", "silent", "garbage"])
def test_a_sensor_that_is_not_ok_is_wrong_with_what_mends_it(state: str, reason: str) -> None:
    found = of_sensors(facts(sensor(state=state, reason=reason)), WALL)
    assert reason in found["gate: sensor"].found
    assert len(found["gate: sensor"].mend) > 20
    assert not keeps_watch(found.values())


@pytest.mark.parametrize(("rate_hz", "verdict"), [(41.0, "ok"), (36.0, "ok"), (30.0, "poor"), (12.0, "wrong")])
def test_the_rate_is_judged_by_what_the_settings_ask_for(rate_hz: float, verdict: str) -> None:
    found = of_sensors(facts(), seen(rate_hz=rate_hz))
    assert found["gate: rate"].verdict == verdict
    assert keeps_watch(found.values()) is (verdict != "wrong")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "ok", "1.20 m, readings scatter by 5 mm"),
        ({"noise_mm": 60.0}, "poor", "scatter by 60 mm"),
        ({"noise_mm": 60.0, "range_mm": 4000.0}, "ok", "4.00 m"),
        ({"target_share": 0.0, "range_mm": None}, "-", "nothing stands within its 1.4 m"),
        ({"rejected_share": 0.5}, "poor", "doubts 50 % of its readings"),
    ],
)
def test_noise_is_judged_where_something_stands(changes: dict[str, Any], verdict: str, words: str) -> None:
    finding = of_sensors(facts(), seen(**changes))["gate: range"]
    assert words in finding.found
    assert finding.verdict == verdict


def test_the_light_is_told_where_the_sensor_tells_it() -> None:
    assert "1500 kcps" in of_sensors(facts(), WALL)["gate: light"].found
    assert "gate: light" not in of_sensors(facts(), seen(ambient_kcps=None))
    bright = of_sensors(facts(sensor(state="degraded", reason="sunlight")), seen(ambient_kcps=60_000.0))["gate: light"]
    assert (bright.verdict, "hood" in bright.mend) == (Verdict.POOR, True)


def test_the_watch_says_what_it_covers_in_this_light() -> None:
    gate = of_sensors(facts(), WALL)["watch"]
    assert (gate.verdict, gate.found) == (Verdict.OK, "sees 1.4 m in this light. Finish line only. No rear watch.")
    rear = of_sensors(facts(sensor(REAR)), WALL)["watch"]
    assert "Rear watch covers walking only" in rear.found
    luna = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)
    assert "sees 5.0 m" in of_sensors(facts(sensor(luna)), WALL)["watch"].found


def test_a_rear_watch_that_covers_not_even_walking_is_poor() -> None:
    long = SensorSettings(
        name="rear", placement=Placement.LANE_END, mode=DistanceMode.LONG, budget_ms=33.0, period_ms=37.0
    )
    found = of_sensors(facts(sensor(long)), seen(ambient_kcps=51_200.0))["watch"]
    assert (found.verdict, "spotter" in found.mend) == (Verdict.POOR, True)


def test_what_was_learnt_of_the_lane_is_told_and_that_nothing_was() -> None:
    assert of_sensors(facts(), WALL)["gate: lane"].found == "learnt: background at 1.20 m"
    learnt = SensorCalibration(placement="gate", offset_mm=-7, ambient_kcps=900.0)
    told = of_sensors(facts(calibration=Calibration(sensors={"gate": learnt})), WALL)["gate: lane"]
    assert told.found == "learnt: open, offset -7 mm, at 900 kcps"
    elsewhere = Calibration(sensors={"gate": SensorCalibration(placement="lane-end")})
    told = of_sensors(facts(calibration=elsewhere), WALL)["gate: lane"]
    assert (told.verdict, "retro-timer calibrate" in told.found) == (Verdict.NONE, True)


def test_without_a_sensor_that_watches_there_is_no_watch() -> None:
    echo = SensorSettings(model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
    found = of_sensors(facts(sensor(echo)), seen(ambient_kcps=None, rate_hz=16.6))
    assert "no sensor keeps watch" in found["watch"].found
    assert not keeps_watch(found.values())


def test_a_timing_sensor_that_is_lost_is_wrong_though_another_watches() -> None:
    timing = sensor(SensorSettings(role=Role.TIMING), "lost", "frozen")
    found = of_sensors(facts(timing, sensor(REAR)), WALL, WALL)
    assert found["gate: sensor"].verdict is Verdict.WRONG
    assert found["watch"].verdict is Verdict.OK


# The rest of the box


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


# The look at a machine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The file system of a Pi with an amplifier, as far as the doctor looks."""
    made = {
        "proc/device-tree/model": b"Raspberry Pi 4 Model B Rev 1.4\0",
        "proc/asound/cards": b" 0 [MAX98357A      ]: MAX98357A - MAX98357A\n                      MAX98357A\n",
        "proc/asound/card0/pcm0p/info": b"",
        "sys/bus/i2c/devices/i2c-1/of_node/clock-frequency": (400_000).to_bytes(4, "big"),
        "sys/class/thermal/thermal_zone0/temp": b"51540\n",
        "dev/i2c-1": b"",
        "dev/gpiochip0": b"",
        "dev/gpiochip11": b"",
    }
    for name, data in made.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "root"


def told(command: Sequence[str]) -> str | None:
    """What a Pi's commands answer."""
    return {"timedatectl": "yes\n", "vcgencmd": "throttled=0x50000\n"}.get(command[0])


def label(chip: Path) -> str | None:
    """What a new kernel on a Pi 5 answers."""
    return {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip11": "pinctrl-rp1"}[chip.name]


def test_a_pi_is_looked_at(root: Path, tmp_path: Path) -> None:
    found = look_at_machine(Settings(), tmp_path / "not" / "yet" / "there", root, told, label)
    assert found.header == "gpiochip11 (pinctrl-rp1)"
    assert found.model == "Raspberry Pi 4 Model B Rev 1.4"
    assert (found.missing, found.denied) == ((), ())
    assert (found.i2c_hz, found.temperature_c) == (400_000, 51.54)
    assert ([card.name for card in found.cards], found.speaker) == (["MAX98357A"], "default:CARD=MAX98357A")
    assert (found.synchronised, found.throttled, found.has_clock_battery) == (True, 0x50000, False)
    assert found.folder == str(tmp_path)
    assert found.free_bytes > 0
    assert found.may_write


def test_what_is_not_there_is_missing_and_what_nobody_tells_is_unknown(tmp_path: Path) -> None:
    luna = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)
    found = look_at_machine(Settings(sensors=(GATE, luna)), tmp_path, tmp_path / "empty", lambda _command: None)
    assert [Path(path).name for path in found.missing] == ["i2c-1", "serial0"]
    assert (found.header, found.chips) == ("", "this machine has no GPIO chip at all")
    assert (found.model, found.cards) == ("", ())
    assert (found.i2c_hz, found.temperature_c, found.synchronised, found.throttled) == (None, None, None, None)


def test_a_command_that_is_missing_fails_or_hangs_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_module, "_COMMAND_S", 0.1)
    assert machine_module._run(("no-such-command",)) is None
    assert machine_module._run(("false",)) is None
    assert machine_module._run(("sleep", "60")) is None
    assert machine_module._run(("echo", "yes")) == "yes\n"


def test_what_speech_needs_and_is_not_installed_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(library: str) -> None:
        raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("ctypes.cdll.LoadLibrary", missing)
    found = look_at_machine(Settings(), tmp_path, tmp_path, told)
    assert (found.aplay, found.espeak) == (False, False)


# A gate of two beams


def told_of_two(late_ms: float) -> dict[str, Finding]:
    """Of a cone and a thin beam at one line, after so late a half was learnt."""
    halves = sensor(SensorSettings(name="upper")), sensor(SensorSettings(name="lower", model="tf-luna"))
    learnt = Calibration(sensors={"lower": SensorCalibration(placement="gate", late_ms=late_ms)})
    found = check_sensors(facts(*halves, calibration=learnt), {}, load_catalogue("en"))
    return {finding.name: finding for finding in found}


def test_halves_of_different_models_are_to_be_walked_through() -> None:
    told = told_of_two(0.0)["finish: delay between the beams"]
    assert (told.verdict, told.found) == (
        Verdict.NONE,
        "not learnt, of different models: retro-timer calibrate --walks 5",
    )
    told = told_of_two(8.5)["finish: delay between the beams"]
    assert (told.verdict, told.found) == (Verdict.OK, "learnt: 'lower' by +8.5 ms, taken off its times")


@pytest.mark.parametrize(
    ("on", "off", "words"),
    [
        (seen(noise_mm=14.0), seen(), "its readings scatter by 14 mm and without it by 5"),
        (seen(range_mm=1230.0), seen(), "it reads +30 mm"),
        (seen(rejected_share=0.3), seen(), "it doubts 30 % more of its readings"),
        (seen(target_share=0.2), seen(target_share=0.0), "it sees something in 20 % more of its readings"),
        (seen(ambient_kcps=4000.0), seen(), "the light is 4000 kcps and without it 1500"),
    ],
)
def test_what_a_half_sees_of_the_other_ones_light_is_told(on: Survey, off: Survey, words: str) -> None:
    told = judge_crosstalk("upper", "lower", Sight(on, off, on))
    assert (told.name, told.verdict) == ("upper: light of 'lower'", Verdict.POOR)
    assert told.found == f"with the other half on {words}"
    assert "never face to face" in told.mend
    # What is so without the other half too, or only once, a cloud or somebody who passes, is not its light.
    for sight in (Sight(on, on, on), Sight(off, off, on), Sight(on, off, off)):
        assert judge_crosstalk("upper", "lower", sight).verdict is Verdict.OK


def test_too_few_readings_compare_nothing() -> None:
    few = Sight(seen(), seen(readings=5), seen())
    assert judge_crosstalk("upper", "lower", few).verdict is Verdict.NONE
