"""The Debian part: packages that a new Raspberry Pi OS Lite lacks, with what they need, and an index for apt.

apt itself resolves, downloads and checks signatures, in a state of its own: the machine's packages are not touched.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from release.commands import run
from release.target import ReleaseError, Target

WANTED = ("espeak-ng", "alsa-utils", "avahi-daemon")
"""Voice, sound, and the host name on the local network. lgpio comes with Raspberry Pi OS and is in no Debian suite."""
_SURELY_THERE = ("?priority(required)", "?priority(important)", "python3")
"""Less than what a new Pi has: what is carried in vain, apt leaves out there; what is missing cannot be mended."""
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_INSTALLED = re.compile(r"^Inst (\S+) \((\S+) ", re.MULTILINE)


def collect_debs(target: Target, state: Path, folder: Path) -> None:
    """Fill `folder` with packages and their index `Packages`; `state` keeps apt's lists and downloads.

    Raises ReleaseError where this machine has no Debian sources, no keyring, or no network.
    """
    apt = _Apt(target, state)
    apt.update()
    apt.pretend_installed(_SURELY_THERE)
    packages = apt.download(WANTED)
    folder.mkdir(parents=True)
    stanzas = [_stanza(Path(shutil.copy(package, folder / _plain_name(package)))) for package in packages]
    (folder / "Packages").write_text("\n".join(stanzas), encoding="utf-8")


class _Apt:
    """apt for another suite and architecture, with folders of its own."""

    def __init__(self, target: Target, state: Path) -> None:
        self._target = target
        self._state = state
        self._status = state / "status"
        self._archives = state / "archives"
        for folder in (self._archives / "partial", state / "lists" / "partial", state / "etc/preferences.d"):
            folder.mkdir(parents=True, exist_ok=True)
        self._status.write_text("")
        (state / "sources.list").write_text("\n".join(self._sources()) + "\n")
        settings = {
            "Dir::Etc": state / "etc",
            "Dir::Etc::SourceList": state / "sources.list",
            "Dir::Etc::SourceParts": "-",
            "Dir::State::Lists": state / "lists",
            "Dir::State::status": self._status,
            "Dir::State::extended_states": state / "extended_states",
            "Dir::Cache": state,
            "Dir::Cache::archives": self._archives,
            "APT::Architecture": target.architecture,
            "APT::Architectures": target.architecture,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::GzipIndexes": "false",
            # Some machines, containers above all, keep neither downloads nor the lists in a form that is quick to read.
            "APT::Update::Post-Invoke": "",
            "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
        }
        self._options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def update(self) -> None:
        """Fetch the signed lists of packages."""
        run(["apt-get", *self._options, "--quiet", "update", "--error-on=any"])

    def pretend_installed(self, names: Iterable[str]) -> None:
        """Take these packages, and all that they need, for installed."""
        plan = run(["apt-get", *self._options, "--simulate", "--no-install-recommends", "install", *names])
        chosen = [f"{name}={version}" for name, version in _INSTALLED.findall(plan)]
        shown = run(["apt-cache", *self._options, "show", *chosen])
        self._status.write_text(re.sub(r"^Package: .*$", r"\g<0>\nStatus: install ok installed", shown, flags=re.M))

    def download(self, names: Iterable[str]) -> list[Path]:
        """Fetch these packages and what they need; returns them in order of name."""
        command = ["apt-get", *self._options, "--quiet", "--yes", "--no-install-recommends", "install", *names]
        plan = run([*command, "--simulate"])
        run([*command, "--download-only"])
        patterns = [f"{name}_{version.replace(':', '%3a')}_*.deb" for name, version in _INSTALLED.findall(plan)]
        return sorted(package for pattern in patterns for package in self._archives.glob(pattern))

    def _sources(self) -> list[str]:
        """Lines of a sources.list, from where this machine takes its own Debian packages."""
        if not _KEYRING.is_file():
            raise ReleaseError(f"{_KEYRING} is missing; install it: sudo apt install debian-archive-keyring")
        main, security = _debian_uris()
        suite = self._target.suite
        places = [(main, suite), (main, f"{suite}-updates"), (security, f"{suite}-security")]
        return [f"deb [signed-by={_KEYRING}] {uri} {name} main" for uri, name in places if uri]


def _debian_uris() -> tuple[str, str]:
    """Where this machine gets Debian, and Debian's security updates (empty when it has no such source)."""
    listing = run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)"])
    rows = [line.split("|") for line in listing.splitlines()]
    debian = [(release, uri) for origin, component, release, uri in rows if (origin, component) == ("Debian", "main")]
    main = [uri for release, uri in debian if "-" not in release]
    security = [uri for release, uri in debian if release.endswith("-security")]
    if not main:
        raise ReleaseError("apt knows no Debian archive here: build on Debian, after sudo apt update")
    return main[0], security[0] if security else ""


def _plain_name(package: Path) -> str:
    """Its name without the version's epoch, whose escaped colon apt would take for part of a URI."""
    return re.sub(r"_[0-9]+%3a", "_", package.name)


def _stanza(package: Path) -> str:
    """One package's entry in an index for apt."""
    content = package.read_bytes()
    control = run(["dpkg-deb", "--field", package]).rstrip("\n")
    checksum = hashlib.sha256(content).hexdigest()
    return f"{control}\nFilename: ./{package.name}\nSize: {len(content)}\nSHA256: {checksum}\n"
