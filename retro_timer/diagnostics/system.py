"""Checks of everything but the sensors: bus, pins, button, sound, disk, clock, power, rights. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.beacon.control.protocol.facts import Facts
from retro_timer.beacon.system.strain import HOT_C
from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.diagnostics.machine import Machine
from retro_timer.errors import BadInputError
from retro_timer.hardware.sound_cards import CardKind
from retro_timer.sensors.kind import I2c
from retro_timer.sensors.known import connections, kinds, shown
from retro_timer.settings.model import Settings
from retro_timer.settings.pins import pin_plan
from retro_timer.store.results.labels import FIRST_YEAR
from retro_timer.store.space import LEAST_FREE_BYTES

_ROOMY_BYTES = 10 * LEAST_FREE_BYTES
_NOW = {0x1: "the voltage is too low", 0x4: "it is throttled", 0x8: "it is too hot"}
_WAS = {0x10000: "the voltage was too low", 0x40000: "it was throttled", 0x80000: "it was too hot"}
"""Bits of `vcgencmd get_throttled`: now, and since the start."""
_HEARD = (CardKind.I2S, CardKind.USB)
_GROUPS = {"i2c": "i2c", "gpiochip": "gpio", "tty": "dialout", "serial": "dialout"}
_REAL_BOARD = "pi"


def check_board(facts: Facts, machine: Machine) -> Iterator[Finding]:
    """What needs the board to be held: bus, header, button, sound, rights."""
    yield check_bus(facts.settings, machine, facts.board)
    yield check_header(machine, facts.board)
    yield from check_files(facts)
    yield check_button(facts)
    yield check_sound(facts, machine)
    yield _rights(facts, machine)


def check_machine(settings: Settings, machine: Machine, *, own: bool) -> Iterator[Finding]:
    """What can be told without the board. `own`: whether this process would write the results."""
    yield check_pins(settings)
    yield check_disk(machine, own=own)
    yield check_clock(machine)
    yield check_power(machine)


def check_files(facts: Facts) -> Iterator[Finding]:
    """Could the timer read all that it started with?"""
    mend = "mend the file, then: sudo systemctl restart retro-timer"
    for trouble in facts.troubles:
        yield Finding("files", Verdict.WRONG, trouble, mend)


def check_bus(settings: Settings, machine: Machine, board: str) -> Finding:
    """Is the I2C bus there, open to us and fast enough?"""
    bus = next(iter(connections(settings.sensors).buses), None)
    if bus is None or board != _REAL_BOARD:
        on_i2c = shown([kind for kind in kinds() if isinstance(kind.connection, I2c)])
        why = f"no {on_i2c} in the settings" if bus is None else f"the board '{board}' has none of its own"
        return Finding("I2C bus", Verdict.NONE, why)
    device = f"/dev/i2c-{bus.number}"
    if any(path.endswith(device) for path in machine.missing):
        mend = "sudo raspi-config nonint do_i2c 0, then reboot"
        return Finding("I2C bus", Verdict.WRONG, f"{device} does not exist: I2C is off", mend, watch=True)
    if any(path.endswith(device) for path in machine.denied):
        mend = "sudo usermod -aG i2c $USER, then log in again"
        return Finding("I2C bus", Verdict.WRONG, f"{device} may not be opened by {machine.user}", mend, watch=True)
    if machine.i2c_hz is not None and machine.i2c_hz < bus.hz:
        found = f"{device} at {machine.i2c_hz // 1000} kHz: a reading takes most of its time for the bus"
        return Finding(
            "I2C bus", Verdict.POOR, found, f"{bus.hz // 1000} kHz: see retro-timer wiring --boot, then reboot"
        )
    speed = "" if machine.i2c_hz is None else f" at {machine.i2c_hz // 1000} kHz"
    return Finding("I2C bus", Verdict.OK, f"{device}{speed}")


def check_header(machine: Machine, board: str) -> Finding:
    """Is the chip of the 40-pin header there, under whatever number?"""
    if board != _REAL_BOARD:
        return Finding("GPIO", Verdict.NONE, f"the board '{board}' has no header")
    if machine.header:
        return Finding("GPIO", Verdict.OK, f"the header is {machine.header}")
    if any("gpiochip" in path for path in machine.denied):
        return Finding("GPIO", Verdict.NONE, "which chip is the header's cannot be told without the right to open it")
    found = f"no chip is that of a Pi's header: {machine.chips}"
    return Finding("GPIO", Verdict.WRONG, found, "look for it with: gpiodetect", watch=True)


def check_pins(settings: Settings) -> Finding:
    """Has every pin one owner?"""
    try:
        plan = pin_plan(settings)
    except BadInputError as error:
        found = f"{error.where.removeprefix('settings: ')}: {error.problem}"
        return Finding("pins", Verdict.WRONG, found, error.expected, watch=True)
    return Finding("pins", Verdict.OK, f"{len(plan)} in use, each by one owner; which: retro-timer wiring")


def check_button(facts: Facts) -> Finding:
    """Is the button up?"""
    if facts.button_pressed is None:
        return Finding("button", Verdict.NONE, f"the board '{facts.board}' has none that can be read")
    if facts.button_pressed:
        found = f"down now: held, stuck, or GPIO{facts.settings.button.pin} touches ground"
        return Finding("button", Verdict.WRONG, found, "let go of it, or look at its wires: retro-timer wiring")
    return Finding("button", Verdict.OK, "up; does it work? retro-timer doctor --hear")


def check_sound(facts: Facts, machine: Machine) -> Finding:
    """Would a word be heard? Only `doctor --hear` tells whether it is."""
    voice = facts.settings.voice
    if facts.voice_trouble:
        found, _, mend = facts.voice_trouble.partition("; ")
        return Finding("speech", Verdict.WRONG, f"{found}; words are printed", mend.removeprefix("mend it with: "))
    if voice.kind != "speech":
        return Finding("speech", Verdict.OK, f"by the voice '{voice.kind}', as voice.kind says")
    if not machine.espeak:
        # Told before the card, whether or not the voice has come to try it yet.
        found = "espeak-ng does not load: words are printed"
        return Finding("speech", Verdict.WRONG, found, "sudo apt install espeak-ng")
    if not machine.aplay:
        return Finding("speech", Verdict.WRONG, "aplay is missing: words are printed", "sudo apt install alsa-utils")
    if not machine.cards:
        mend = "audio.output in config.toml and retro-timer wiring --boot; then reboot, and see: aplay -l"
        return Finding("speech", Verdict.WRONG, "no sound card: words are printed", mend)
    return _speaker(100 if facts.voice_volume is None else facts.voice_volume, machine)


def _speaker(volume: int, machine: Machine) -> Finding:
    """Through which card, how loud, and whether anybody can hear that one."""
    card = machine.speaks
    through = f"device {machine.speaker}" if card is None else f"card {card.name} ({card.kind})"
    if card is not None and card.kind not in _HEARD:
        mend = 'voice.device = "auto" and audio.output in config.toml; the boot lines of: retro-timer wiring --boot'
        return Finding("speech", Verdict.POOR, f"{through}, which is no speaker of the box: nobody may hear it", mend)
    if not volume:
        return Finding(
            "speech",
            Verdict.POOR,
            f"{through}, at volume 0: nothing is heard",
            "retro-timer ctl volume 80; for good: voice.volume",
        )
    others = [other.name for other in machine.cards if other is not card]
    beside = f", not {' or '.join(others)}" if others else ""
    loud = "" if volume == 100 else f", volume {volume} %"
    return Finding("speech", Verdict.OK, f"{through}{beside}{loud}; is it heard? retro-timer doctor --hear")


def check_disk(machine: Machine, *, own: bool) -> Finding:
    """Is there room for results, and may they be written?"""
    free = f"{machine.folder} has {machine.free_bytes / 1e6:.0f} MB free"
    if machine.read_only:
        mend = "sudo mount -o remount,rw /, then look for its cause: dmesg | grep -i 'mmc\\|ext4'"
        return Finding("disk", Verdict.WRONG, f"{machine.folder} is read-only: nothing is saved", mend)
    if own and not machine.may_write:
        mend = f"sudo chown {machine.user} {machine.folder}, or run as the user retro-timer"
        return Finding("disk", Verdict.WRONG, f"{machine.folder} may not be written by {machine.user}", mend)
    if machine.lasting.ground.forgets:
        return Finding("disk", Verdict.WRONG, machine.lasting.text, machine.lasting.mend)
    if machine.free_bytes < LEAST_FREE_BYTES:
        return Finding(
            "disk", Verdict.WRONG, free, f"what takes the room? sudo du -xh {machine.folder} | sort -h | tail"
        )
    if machine.free_bytes < _ROOMY_BYTES:
        return Finding("disk", Verdict.POOR, free, "delete old traces, or take a larger card")
    return Finding("disk", Verdict.OK, free)


def check_clock(machine: Machine) -> Finding:
    """Are dates right? The times of reps never depend on it."""
    mend = "join a network once, or: sudo timedatectl set-time 'YYYY-MM-DD hh:mm:ss'"
    if machine.year < FIRST_YEAR:
        return Finding("clock", Verdict.WRONG, f"it says {machine.year}: dates of results would be wrong", mend)
    if machine.synchronised:
        return Finding("clock", Verdict.OK, "set by the network")
    if machine.has_clock_battery:
        return Finding("clock", Verdict.OK, "kept by a clock with a battery")
    if machine.synchronised is None:
        return Finding("clock", Verdict.NONE, "nobody tells whether it was set (timedatectl); rep times do not need it")
    return Finding(
        "clock", Verdict.POOR, "not set since the start: results get no dates; times are not concerned", mend
    )


def check_power(machine: Machine) -> Finding:
    """Does the supply hold, is the processor cool?"""
    heat = "" if machine.temperature_c is None else f", {machine.temperature_c:.0f} °C"
    if machine.throttled is None:
        if machine.temperature_c is not None and machine.temperature_c >= HOT_C:
            return Finding(
                "power", Verdict.POOR, f"{machine.temperature_c:.0f} °C: too hot", "shade and air for the box"
            )
        return Finding("power", Verdict.NONE, f"nobody tells of the supply, neither vcgencmd nor /sys{heat}")
    mend = "a shorter, thicker cable and a power bank of 3 A; shade and air for the box"
    if now := [text for bit, text in _NOW.items() if machine.throttled & bit]:
        return Finding("power", Verdict.WRONG, f"{' and '.join(now)}{heat}", mend)
    if was := [text for bit, text in _WAS.items() if machine.throttled & bit]:
        return Finding("power", Verdict.POOR, f"since the start {' and '.join(was)}{heat}", mend)
    return Finding("power", Verdict.OK, f"the voltage has held since the start{heat}")


def _rights(facts: Facts, machine: Machine) -> Finding:
    """May whoever holds the board do what it must?"""
    if facts.board != _REAL_BOARD:
        return Finding("rights", Verdict.NONE, f"the board '{facts.board}' needs none")
    groups = sorted({group for path in machine.denied for key, group in _GROUPS.items() if f"/dev/{key}" in path})
    if groups:
        mend = f"sudo usermod -aG {','.join(groups)} $USER, then log in again"
        found = f"{machine.user} may not open {' and '.join(machine.denied)}"
        return Finding("rights", Verdict.WRONG, found, mend, watch=True)
    if not facts.realtime:
        found = "the sensors' thread has no priority over others: readings may be late"
        return Finding("rights", Verdict.POOR, found, "run it as the service, whose unit has LimitRTPRIO=30")
    return Finding("rights", Verdict.OK, "devices are open, and the sensors' thread goes before all others")
