"""Traces: sensors' readings in CSV, read back with every bad row counted, and written while a session runs."""

from retro_timer.store.traces.head import TraceHead, TraceRep, TraceSensor, parse_rep
from retro_timer.store.traces.reading import HEADER, SENSOR_COLUMN, TraceReader, parse_row
from retro_timer.store.traces.writing import TraceWriter, describe, format_rep, format_row, format_sensor

__all__ = [
    "HEADER",
    "SENSOR_COLUMN",
    "TraceHead",
    "TraceReader",
    "TraceRep",
    "TraceSensor",
    "TraceWriter",
    "describe",
    "format_rep",
    "format_row",
    "format_sensor",
    "parse_rep",
    "parse_row",
]
