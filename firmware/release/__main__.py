"""`python -m release`: archives that install without a network, one for each suite and architecture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from release.archive import build_archive
from release.target import MACHINE_OF, PYTHON_OF, ReleaseError, Target

_PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Build what the command line asks for; 1 where one could not be built."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("--suite", nargs="+", choices=PYTHON_OF, default=list(PYTHON_OF), help="Raspberry Pi OS")
    parser.add_argument("--arch", nargs="+", choices=MACHINE_OF, default=["arm64"], help="amd64 is for the tests")
    parser.add_argument("--output", type=Path, default=_PROJECT / "dist", help="folder for the archives")
    parser.add_argument("--kept", type=Path, default=_PROJECT / "build/release", help="folder for what was downloaded")
    wanted = parser.parse_args()
    for target in (Target(suite, arch) for suite in wanted.suite for arch in wanted.arch):
        try:
            archive = build_archive(_PROJECT, target, wanted.kept, wanted.output)
        except ReleaseError as error:
            print(f"release: {error}", file=sys.stderr)
            return 1
        print(f"{archive}  {archive.stat().st_size / 1e6:.1f} MB")
    return 0


sys.exit(main())
