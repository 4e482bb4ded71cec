"""Reads a trace back, with every bad row counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from retro_timer.errors import BadInputError
from retro_timer.ports import RangeSample
from retro_timer.store.traces.head import TraceHead, TraceSensor
from retro_timer.store.traces.head_values import LATEST_S, LONGEST_RANGE_MM

HEADER = "t_s,range_mm,status,signal_kcps,ambient_kcps"
SENSOR_COLUMN = ",sensor"
"""Follows the header where several sensors were read."""
_COLUMNS = HEADER.count(",") + 1
_LONGEST_LINE = 4096
_MOST_SENSORS = 16


class TraceReader:
    """Opens a trace and yields its readings in order; what could not be read is counted in `bad_rows`.

    Raises BadInputError when the file cannot be opened or has no header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad_rows: Counter[str] = Counter()
        self.first_bad: dict[str, int] = {}
        self.rows = 0
        self.several = False
        """Whether each row names its sensor."""
        try:
            self._file: TextIO = path.open(encoding="utf-8-sig", errors="replace", newline=None)
        except OSError as error:
            raise BadInputError(str(path), f"cannot be read ({error.strerror})", "a trace file") from None
        self._line_no = 0
        self._only = ""
        """Whose the rows are that name no sensor."""
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
            columns = text.replace(" ", "")
            if columns in (HEADER, HEADER + SENSOR_COLUMN):
                self.several = columns != HEADER
                if not self.several:
                    self._keep_first_sensor(head)
                return head
            if not text:
                continue
            if not text.startswith("#"):
                raise BadInputError(
                    f"{self.path}: line {self._line_no}", f"'{text[:40]}' is neither metadata nor header", f"'{HEADER}'"
                )
            self._take_metadata(head, text)
        raise BadInputError(str(self.path), "ends before its header", f"a line '{HEADER}'")

    def _keep_first_sensor(self, head: TraceHead) -> None:
        """Rows that name no sensor are all of one: the first that the head describes, if it does."""
        first, *others = head.sensors or ("",)
        self._only = first
        if others:
            head.warnings.append(
                f"{self.path}: line {self._line_no}: the rows name no sensor, expected the column "
                f"'{SENSOR_COLUMN.lstrip(',')}' where several are described: all rows are of {first}; "
                f"{', '.join(others)} ignored"
            )
            for name in others:
                del head.sensors[name]

    def _take_metadata(self, head: TraceHead, text: str) -> None:
        key, colon, value = text.lstrip("#").partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            return
        for problem in head.take(key, value):
            head.warnings.append(f"{self.path}: line {self._line_no}: {key}: {problem}; ignored")

    def __iter__(self) -> Iterator[RangeSample]:
        return (sample for _, sample in self.rows_of_sensors())

    def rows_of_sensors(self) -> Iterator[tuple[str, RangeSample]]:
        """The readings in order, each with its sensor's name, which is empty where neither row nor head has one."""
        last_ns: int | None = None
        while (line := self._line()) is not None:
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            self.rows += 1
            sensor, text = self._whose(text) if self.several else (self._only, text)
            sample = None if sensor is None else self._sample(text)
            if sensor is None or sample is None:
                continue
            if last_ns is not None and sample.t_ns < last_ns:
                self._bad("time runs backwards")
                continue
            last_ns = sample.t_ns
            yield sensor, sample

    def _bad(self, reason: str) -> None:
        self.bad_rows[reason] += 1
        self.first_bad.setdefault(reason, self._line_no)

    def _whose(self, text: str) -> tuple[str | None, str]:
        """A row's sensor, None for a row that has none, and the rest of the row."""
        if text.count(",") != _COLUMNS:
            self._bad(f"not {_COLUMNS + 1} columns")
            return None, ""
        rest, _, name = text.rpartition(",")
        name = name.strip()
        if name not in self.head.sensors:
            if not name or len(self.head.sensors) >= _MOST_SENSORS:
                self._bad(f"over {_MOST_SENSORS} sensors" if name else f"no sensor's name in column {_COLUMNS + 1}")
                return None, ""
            self.head.sensors[name] = TraceSensor()
        return name, rest

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
    if not -LATEST_S <= t_s <= LATEST_S or not _sane(range_mm, -LONGEST_RANGE_MM, LONGEST_RANGE_MM):
        raise ValueError("out of range")
    if not _sane(signal, 0.0, 1e9) or not _sane(ambient, 0.0, 1e9) or not _sane(status, 0, 255):
        raise ValueError("out of range")
    whole = None if range_mm is None else round(range_mm)
    return RangeSample(round(t_s * 1e9), whole, status, signal, ambient)


def _sane(value: float | None, least: float, most: float) -> bool:
    # A comparison with NaN is false, so NaN is out of range as well.
    return value is None or least <= value <= most
