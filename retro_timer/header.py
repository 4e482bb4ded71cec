"""The 40-pin header of a Raspberry Pi: what each pin is. The same on every model since the B+ and Zero."""

from __future__ import annotations

V33, V5, GROUND = "3.3 V", "5 V", "GND"
SUPPLIES: dict[str, tuple[int, ...]] = {V33: (1, 17), V5: (2, 4), GROUND: (6, 9, 14, 20, 25, 30, 34, 39)}
"""Header pins of each supply."""
HEADER_PIN: dict[int, int] = {
    0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33,
    14: 8, 15: 10, 16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37, 27: 13,
}  # fmt: skip
"""GPIO number (BCM) to header pin."""
PIN_NAMES: dict[int, str] = dict(
    sorted(
        [(pin, supply) for supply, pins in SUPPLIES.items() for pin in pins]
        + [(pin, f"GPIO{gpio}") for gpio, pin in HEADER_PIN.items()]
    )
)
"""Header pin to its name."""
I2C_PINS = {0: (0, 1), 1: (2, 3)}
"""I2C bus to its data and clock line (GPIO)."""
HEADER_UART = 14
"""GPIO of the TXD that every model has; RXD is the next one, of this pair as of the further ones."""
EXTRA_UARTS: dict[int, tuple[str, str]] = {
    0: ("uart2", "uart1-pi5"),
    4: ("uart3", "uart2-pi5"),
    8: ("uart4", "uart3-pi5"),
    12: ("uart5", "uart4-pi5"),
}
"""GPIO of the TXD of each further pair to its overlay on a Pi 4 and on a Pi 5 (the firmware's overlays/README); older
models and the Zero 2 W have none."""
UART_PORTS = frozenset(("/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"))
"""Serial ports that come out on the header."""
FURTHER_PORTS = "/dev/ttyAMA"
"""How the ports of the further pairs begin, whatever number the kernel gives them."""
