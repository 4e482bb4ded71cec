"""A box that is well, as doctor's checks see it, and what becomes of it with a change."""

from __future__ import annotations

from typing import Any

import msgspec

from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.detection.events import SensorState
from retro_timer.detection.survey import Survey
from retro_timer.diagnostics.findings import Finding
from retro_timer.diagnostics.machine import Machine
from retro_timer.diagnostics.sensors import check_sensors
from retro_timer.diagnostics.system import check_board, check_machine
from retro_timer.hardware.sound_cards import CardKind, SoundCard
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import Settings, VoiceSettings
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
    """What is known of a sensor."""
    identity = "" if trouble else "VL53L1X, id eacc, at 0x29"
    return SensorFacts(spec_of(settings), identity, trouble, SensorState(state), reason)


def seen(**changes: Any) -> Survey:
    """A wall that is seen well, but for the changes."""
    return msgspec.structs.replace(WALL, **changes)


def of_sensors(told: Facts, *surveys: Survey) -> dict[str, Finding]:
    """Findings by name."""
    by_name = dict(zip((s.spec.name for s in told.sensors), surveys, strict=False))
    return {finding.name: finding for finding in check_sensors(told, by_name, load_catalogue("en"))}


def of_system(told: Facts | None = None, own: bool = True, **changes: Any) -> dict[str, Finding]:
    """Findings by name, on a Pi with changes."""
    machine, told = msgspec.structs.replace(PI, **changes), told or facts()
    return {f.name: f for f in [*check_board(told, machine), *check_machine(told.settings, machine, own=own)]}
