"""One VL53L1X: its registers, its supply, its address, and what each write sets going."""

from __future__ import annotations

import random

import msgspec

from retro_firmware.vl53l1x.twin import registers as reg
from retro_firmware.vl53l1x.twin.ranging import SPADS, RangeEngine, Timing, timing_of
from retro_firmware.vl53l1x.twin.result import encode_result
from retro_timer.sensors.vl53l1x import OPTICS
from retro_timer.sim.optics import Scene, Surface, View, count_photons

BOOT_NS = 1_200_000
"""From XSHUT or reset to the first acknowledge (ST's driver)."""
_TEST_NS = 2_000_000
"""How long the reference SPAD test takes; ST gives no figure."""
_REGISTERS = 0x1000
_ACTIVE_LOW = 0x10


class ChipFaults(msgspec.Struct, frozen=True):
    """What is wrong with a chip during one transfer."""

    lost_handshake: bool = False
    frozen: bool = False
    never_ready: bool = False


HEALTHY = ChipFaults()


class TwinChip:
    """A sensor by the name under which the scene knows it. `TwinBus` calls it with the time of each transfer.

    Chosen where ST is silent: in timed mode the engine ranges on by itself, but a result reaches the registers only
    when the interrupt of the one before has been cleared; so a handshake that never comes leaves the same frame there.
    Results are read-only, and so is all that lies behind them. Back-to-back and single-shot modes, which the package
    `VL53L1X` never uses, are not modelled.
    """

    def __init__(self, name: str, scene: Scene, seed: int = 1) -> None:
        self.name = name
        self.address = reg.DEFAULT_ADDRESS
        self.resets = 0
        """How often it has booted since it was made."""
        self._scene = scene
        self._rng = random.Random(f"{seed}:{name}")
        self._powered = True
        self._held = False
        self._boots_until_ns: int | None = None
        self._interrupt = False
        self._pointer = 0
        self._engine: RangeEngine | None = None
        self._test_ready_ns: int | None = None
        self._registers = bytearray()
        self._forget()

    def _forget(self) -> None:
        """Back to the state after power-on."""
        self.address = reg.DEFAULT_ADDRESS
        self._engine = None
        self._test_ready_ns = None
        self._held = False
        self._registers = registers = bytearray(_REGISTERS)
        registers[reg.I2C_ADDRESS] = reg.DEFAULT_ADDRESS
        registers[reg.FAST_OSCILLATOR : reg.FAST_OSCILLATOR + 2] = b"\xbc\xcc"
        registers[reg.INTERRUPT_POLARITY] = _ACTIVE_LOW | 0x01
        registers[reg.OSCILLATOR_CALIBRATION : reg.OSCILLATOR_CALIBRATION + 2] = (1000).to_bytes(2, "big")
        registers[reg.FIRMWARE_STATUS] = 0x01
        registers[reg.MODEL_ID : reg.MODEL_ID + len(reg.MODEL)] = reg.MODEL
        registers[reg.FACTORY_ROI_CENTRE] = 0xC7
        registers[reg.FACTORY_ROI_SIZE] = 0xFF
        self._show_interrupt(False)

    # Supply and address

    def set_xshut(self, up: bool, now_ns: int) -> None:
        """The shutdown line: low takes the supply away, high boots the chip anew at 0x29."""
        if up and not self._powered:
            self._powered = True
            self.reset(now_ns)
        elif not up:
            self._powered = False

    def reset(self, now_ns: int) -> None:
        """As after a dip in the supply: everything forgotten, and deaf until it has booted."""
        self._forget()
        self.resets += 1
        self._boots_until_ns = now_ns + BOOT_NS

    def answers(self, address: int, now_ns: int) -> bool:
        """Whether it acknowledges that address now."""
        if not self._powered or address != self.address:
            return False
        if self._boots_until_ns is not None and now_ns >= self._boots_until_ns:
            self._boots_until_ns = None
        return self._boots_until_ns is None

    # Registers

    def exchange(self, write: bytes, read_len: int, now_ns: int, faults: ChipFaults = HEALTHY) -> bytes:
        """One transfer: two bytes of register number, bytes to write, bytes to read. Only for a chip that answers.

        Without a register number it reads on from the one before.
        """
        self.advance(now_ns, faults)
        if len(write) >= 2:
            self._pointer = int.from_bytes(write[:2], "big")
            data = write[2:]
            if data and self._takes(self._pointer, len(data), faults):
                self._write(self._pointer, data, now_ns)
        found = bytes(self._registers[self._pointer : self._pointer + read_len])
        return found.ljust(read_len, b"\0")

    def _takes(self, register: int, size: int, faults: ChipFaults) -> bool:
        if self._held and register != reg.SOFT_RESET:
            return False
        handshake = self._engine is not None and register <= reg.INTERRUPT_CLEAR < register + size
        return not (handshake and faults.lost_handshake)

    def _write(self, register: int, data: bytes, now_ns: int) -> None:
        if register == reg.SOFT_RESET:
            self._soft_reset(data[0], now_ns)
            return
        end = min(register + len(data), reg.RESULT)
        if register >= end:
            return
        self._registers[register:end] = data[: end - register]
        # The level of a line that the chip drives cannot be written.
        self._show_interrupt(self._interrupt)
        if register <= reg.I2C_ADDRESS < end:
            self.address = self._registers[reg.I2C_ADDRESS] & 0x7F
        if register <= reg.TEST_MODE < end and self._registers[reg.TEST_MODE] == reg.REF_SPAD_TEST:
            self._test_ready_ns = now_ns + _TEST_NS
        if register <= reg.INTERRUPT_CLEAR < end and self._registers[reg.INTERRUPT_CLEAR] & 0x01:
            self._show_interrupt(False)
        if register <= reg.MODE_START < end:
            self._order(self._registers[reg.MODE_START], now_ns)

    def _soft_reset(self, value: int, now_ns: int) -> None:
        """Active low: 0 holds the chip in reset, 1 lets it boot."""
        if value & 0x01:
            if self._held:
                self.reset(now_ns)
        else:
            self._held = True
            self._engine = None

    def _order(self, mode_start: int, now_ns: int) -> None:
        if mode_start & reg.ABORT:
            self._engine = None
        elif mode_start & reg.START_TIMED:
            timing = self.timing
            if self._engine is None:
                self._engine = RangeEngine(now_ns, timing)
            else:
                # A handshake carries the whole configuration; it holds from the next range on.
                self._engine.timing = timing

    # Ranging

    @property
    def timing(self) -> Timing:
        """What the registers ask of the engine now: mode, budget, period, region of interest."""
        return timing_of(self._registers)

    @property
    def interrupt(self) -> bool:
        """Whether GPIO1 is active: a frame or a test result waits."""
        return self._interrupt

    @property
    def due_ns(self) -> int | None:
        """When GPIO1 becomes active next if nothing is wrong; None while nothing runs."""
        if self._test_ready_ns is not None:
            return self._test_ready_ns
        return None if self._engine is None else self._engine.ready_ns

    def advance(self, now_ns: int, faults: ChipFaults = HEALTHY) -> None:
        """Let everything happen that is due by now."""
        if faults.never_ready:
            if self._engine is not None:
                self._engine.skip_until(now_ns)
            return
        if self._test_ready_ns is not None and self._test_ready_ns <= now_ns:
            self._test_ready_ns = None
            self._show_interrupt(True)
        engine = self._engine
        while engine is not None and engine.ready_ns <= now_ns:
            if self._interrupt:
                engine.skip_until(now_ns)
                return
            if not faults.frozen:
                self._publish(engine)
            self._show_interrupt(True)
            engine.finish()

    def _publish(self, engine: RangeEngine) -> None:
        timing = engine.timing
        view = _through(self._scene.view(self.name, engine.middle_ns), timing.spads / SPADS)
        reading = count_photons(view, OPTICS[timing.mode], timing.budget_ns / 1e6, self._rng)
        block = encode_result(reading, engine.stream_count, float(timing.spads))
        # 0x00D6 and on are debug results of which ST's driver uses the oscillator's count: it stays.
        self._registers[reg.RESULT : reg.OSCILLATOR_CALIBRATION] = block[: reg.OSCILLATOR_CALIBRATION - reg.RESULT]

    def _show_interrupt(self, active: bool) -> None:
        self._interrupt = active
        active_low = bool(self._registers[reg.INTERRUPT_POLARITY] & _ACTIVE_LOW)
        self._registers[reg.INTERRUPT_LEVEL] = 0x02 | (active != active_low)


def _through(view: View, share: float) -> View:
    """What a smaller region of interest collects: the same surfaces and sky with fewer SPADs."""
    if share >= 1.0:
        return view
    surfaces = tuple(Surface(s.range_mm, s.cover, s.reflectance * share) for s in view.surfaces)
    return View(surfaces, view.ambient_kcps * share)
