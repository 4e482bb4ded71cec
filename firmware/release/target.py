"""What an archive is built for: a release of Raspberry Pi OS and a processor."""

from __future__ import annotations

from dataclasses import dataclass

PYTHON_OF = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python that comes with each suite."""
MACHINE_OF = {"arm64": "aarch64", "amd64": "x86_64"}
"""What wheels call each of Debian's architectures. amd64 is for the tests."""
_NEWEST_GLIBC = 36
"""Both suites have at least this glibc 2.x."""
_OLDEST_GLIBC = 17


class ReleaseError(RuntimeError):
    """An archive cannot be built; the message is one line that says why and how to mend it."""


@dataclass(frozen=True)
class Target:
    """One suite and architecture."""

    suite: str
    architecture: str

    @property
    def python(self) -> str:
        """The suite's Python, such as 3.11."""
        return PYTHON_OF[self.suite]

    @property
    def wheel_platforms(self) -> list[str]:
        """Every platform whose wheels run there, best first."""
        machine = MACHINE_OF[self.architecture]
        modern = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)]
        return [*modern, f"manylinux2014_{machine}", f"linux_{machine}"]

    def __str__(self) -> str:
        return f"{self.suite}-{self.architecture}"
