"""Rendered phrases on disk: found by what was said and how, written whole or not at all, bounded, oldest out."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
import wave
from pathlib import Path

MOST_BYTES = 48_000_000
"""About eighteen minutes of speech: every fixed phrase, a season's names, and the newest results."""
_PART = ".part"
_TOUCH_AGE_S = 3600.0
"""A used file's time is renewed this rarely, to spare the card."""


def phrase_key(text: str, voice: str, rate_wpm: int, volume: int, engine: str) -> str:
    """Names a rendered phrase: the same words spoken in the same way by the same engine."""
    told = json.dumps([text, voice, rate_wpm, volume, engine], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def open_folder(folder: Path) -> Path:
    """The folder, made if need be; a temporary one where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="retro-timer-speech-"))


class SpeechCache:
    """WAV files in one folder. One thread of one process calls it."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._whole: set[str] = set()
        for left in folder.glob(f"*{_PART}"):
            # A render that a crash or a power cut ended.
            left.unlink(missing_ok=True)

    def find(self, key: str) -> Path | None:
        """The phrase's file, or None when it must be rendered."""
        path = self._path(key)
        if key not in self._whole:
            if not _is_whole(path):
                return None
            self._whole.add(key)
        try:
            if time.time() - path.stat().st_mtime > _TOUCH_AGE_S:
                os.utime(path)
        except OSError:
            self._whole.discard(key)
            return None
        return path

    def part(self, key: str) -> Path:
        """Where the phrase is to be rendered, before `keep` puts it in its place."""
        return self.folder / f"{key}{_PART}"

    def keep(self, key: str) -> Path | None:
        """Take what was rendered; None when it is no sound."""
        part, path = self.part(key), self._path(key)
        if not _is_whole(part):
            part.unlink(missing_ok=True)
            return None
        part.replace(path)
        self._whole.add(key)
        self._make_room(path)
        return path

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.wav"

    def _make_room(self, newest: Path) -> None:
        files = []
        for path in self.folder.glob("*.wav"):
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                files.append((found.st_mtime, found.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._most_bytes:
                return
            if path != newest:
                # Whoever is playing it keeps it open: the sound goes on.
                path.unlink(missing_ok=True)
                self._whole.discard(path.stem)
                total -= size


def _is_whole(path: Path) -> bool:
    """Whether a WAV file holds sound, and all that its head promises: a power cut leaves shorter ones."""
    try:
        with wave.open(os.fspath(path), "rb") as sound:
            length = sound.getnframes() * sound.getnchannels() * sound.getsampwidth()
        return 0 < length < path.stat().st_size
    except (OSError, EOFError, wave.Error):
        return False
