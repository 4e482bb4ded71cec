"""Traces: a sensor's readings in CSV, read back with every bad row counted, and written while a session runs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from retro_timer.errors import BadInputError, near_miss
from retro_timer.ports import Placement, RangeSample
from retro_timer.training.gaits import Gait

HEADER = "t_s,range_mm,status,signal_kcps,ambient_kcps"
_COLUMNS = HEADER.count(",") + 1
_LONGEST_LINE = 4096
_LONGEST_RANGE_MM = 100_000
_LONGEST_DISTANCE_M = 1000.0
_LATEST_S = 4e9
"""Seconds that still fit 64-bit nanoseconds; a wall-clock time stamp does."""


class TraceRep(msgspec.Struct, frozen=True):
    """A go that the recording knows of."""

    go_s: float
    distance_m: float
    gait: Gait


class TraceHead(msgspec.Struct):
    """What stands before the readings. Unknown keys are kept."""

    placement: Placement | None = None
    budget_ms: float | None = None
    fov_deg: float | None = None
    background_mm: int | None = None
    torso_mm: float | None = None
    finish_range_m: float | None = None
    reps: list[TraceRep] = []
    other: dict[str, str] = {}
    warnings: list[str] = []


def parse_rep(go: str, distance: str, gait: str) -> TraceRep:
    """A rep from its three texts. Raises ValueError that says which one is wrong and what is expected."""
    go_s = _number(go, -_LATEST_S, _LATEST_S)
    if go_s is None:
        raise ValueError(f"go '{go}' is not a time in seconds")
    distance_m = _number(distance, 1.0, _LONGEST_DISTANCE_M)
    if distance_m is None:
        raise ValueError(f"distance '{distance}' is not a number of metres from 1 to {_LONGEST_DISTANCE_M:.0f}")
    gaits = [str(g) for g in Gait]
    if gait not in gaits:
        raise ValueError(f"gait '{gait}' is none of {', '.join(gaits)}{near_miss(gait, gaits)}")
    return TraceRep(go_s, distance_m, Gait(gait))


def _number(text: str, least: float, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and least <= value <= most else None


class TraceReader:
    """Opens a trace and yields its readings in order; what could not be read is counted in `bad_rows`.

    Raises BadInputError when the file cannot be opened or has no header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad_rows: Counter[str] = Counter()
        self.first_bad: dict[str, int] = {}
        self.rows = 0
        try:
            self._file: TextIO = path.open(encoding="utf-8-sig", errors="replace", newline=None)
        except OSError as error:
            raise BadInputError(str(path), f"cannot be read ({error.strerror})", "a trace file") from None
        self._line_no = 0
        try:
            self.head = self._read_head()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _line(self) -> str | None:
        """The next line without its end; None at the file's end. A line that is too long comes cut."""
        try:
            line = self._file.readline(_LONGEST_LINE)
            if not line:
                return None
            self._line_no += 1
            if not line.endswith("\n") and len(line) >= _LONGEST_LINE:
                while (rest := self._file.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                    pass
        except OSError as error:
            raise BadInputError(
                f"{self.path}: line {self._line_no + 1}", f"cannot be read ({error.strerror})", "a trace file"
            ) from None
        return line.rstrip("\r\n")

    def _read_head(self) -> TraceHead:
        head = TraceHead()
        while (line := self._line()) is not None:
            text = line.strip()
            if text.replace(" ", "") == HEADER:
                return head
            if not text:
                continue
            if not text.startswith("#"):
                raise BadInputError(
                    f"{self.path}: line {self._line_no}", f"'{text[:40]}' is neither metadata nor header", f"'{HEADER}'"
                )
            self._take_metadata(head, text)
        raise BadInputError(str(self.path), "ends before its header", f"a line '{HEADER}'")

    def _take_metadata(self, head: TraceHead, text: str) -> None:
        key, colon, value = text.lstrip("#").partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            return
        try:
            _apply(head, key, value)
        except ValueError as error:
            head.warnings.append(f"{self.path}: line {self._line_no}: {key}: {error}; ignored")

    def __iter__(self) -> Iterator[RangeSample]:
        last_ns: int | None = None
        while (line := self._line()) is not None:
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            self.rows += 1
            sample = self._sample(text)
            if sample is None:
                continue
            if last_ns is not None and sample.t_ns < last_ns:
                self._bad("time runs backwards")
                continue
            last_ns = sample.t_ns
            yield sample

    def _bad(self, reason: str) -> None:
        self.bad_rows[reason] += 1
        self.first_bad.setdefault(reason, self._line_no)

    def _sample(self, text: str) -> RangeSample | None:
        try:
            return parse_row(text)
        except ValueError as error:
            self._bad(str(error))
            return None

    def report(self) -> list[str]:
        """One line for each kind of bad row, with the number of rows and the first line."""
        return [
            f"{self.path}: {count} of {self.rows} rows ignored: {reason} (first at line {self.first_bad[reason]})"
            for reason, count in sorted(self.bad_rows.items())
        ]


def parse_row(text: str) -> RangeSample:
    """One reading from its line. Raises ValueError that says what kind of row it is instead."""
    cells = text.split(",")
    if len(cells) != _COLUMNS:
        raise ValueError(f"not {_COLUMNS} columns")
    try:
        t_s = float(cells[0])
        range_mm = float(cells[1]) if cells[1].strip() else None
        status = int(cells[2]) if cells[2].strip() else None
        signal = float(cells[3]) if cells[3].strip() else None
        ambient = float(cells[4]) if cells[4].strip() else None
    except ValueError:
        raise ValueError("not a number") from None
    if not -_LATEST_S <= t_s <= _LATEST_S or not _sane(range_mm, -_LONGEST_RANGE_MM, _LONGEST_RANGE_MM):
        raise ValueError("out of range")
    if not _sane(signal, 0.0, 1e9) or not _sane(ambient, 0.0, 1e9) or not _sane(status, 0, 255):
        raise ValueError("out of range")
    whole = None if range_mm is None else round(range_mm)
    return RangeSample(round(t_s * 1e9), whole, status, signal, ambient)


def _sane(value: float | None, least: float, most: float) -> bool:
    # A comparison with NaN is false, so NaN is out of range as well.
    return value is None or least <= value <= most


def _apply(head: TraceHead, key: str, value: str) -> None:
    """Take one line of metadata. Raises ValueError with what is wrong and what is expected."""
    if key == "placement":
        known = [str(p) for p in Placement]
        if value not in known:
            raise ValueError(f"'{value}' is none of {', '.join(known)}{near_miss(value, known)}")
        head.placement = Placement(value)
    elif key == "rep":
        fields = dict(part.partition("=")[::2] for part in value.split())
        missing = [name for name in ("go_s", "distance_m", "gait") if name not in fields]
        if missing:
            raise ValueError(f"no {missing[0]}, expected 'go_s=5.000 distance_m=30 gait=jog'")
        head.reps.append(parse_rep(fields["go_s"], fields["distance_m"], fields["gait"]))
    elif key in _BOUNDS:
        least, most = _BOUNDS[key]
        number = _number(value, least, most)
        if number is None:
            raise ValueError(f"'{value}' is not a number from {least:g} to {most:g}")
        setattr(head, key, round(number) if key == "background_mm" else number)
    else:
        head.other[key] = value


_BOUNDS: dict[str, tuple[float, float]] = {
    "budget_ms": (1.0, 1000.0),
    "fov_deg": (0.1, 90.0),
    "background_mm": (100.0, float(_LONGEST_RANGE_MM)),
    "torso_mm": (50.0, 600.0),
    "finish_range_m": (0.1, 50.0),
}


class TraceWriter:
    """Writes readings in the same format. Not thread-safe; whoever reads the sensor hands samples to one writer."""

    def __init__(self, file: TextIO, metadata: dict[str, str]) -> None:
        self._file = file
        for key, value in metadata.items():
            file.write(f"# {key}: {value}\n")
        file.write(HEADER + "\n")

    def write(self, sample: RangeSample, origin_ns: int = 0) -> None:
        """One reading; its time is written from `origin_ns`."""
        self._file.write(format_row(sample, origin_ns))


def format_row(sample: RangeSample, origin_ns: int) -> str:
    """A reading as a line of the trace."""
    cells = (sample.range_mm, sample.status, sample.signal_kcps, sample.ambient_kcps)
    texts = ["" if c is None else (f"{c:.1f}" if isinstance(c, float) else str(c)) for c in cells]
    return f"{(sample.t_ns - origin_ns) / 1e9:.6f},{','.join(texts)}\n"


def format_rep(go_s: float, distance_m: float, gait: Gait) -> str:
    """A go as the value of a `rep` line."""
    return f"go_s={go_s:.6f} distance_m={distance_m:g} gait={gait}"
