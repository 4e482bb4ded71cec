"""All that is made of one sensor's readings, in order: belief, health, alarm, crossing."""

from __future__ import annotations

from typing import Protocol

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, SensorChange
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate.lane_gate import LanePipeline
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.rear.pipeline import RearPipeline
from retro_timer.ports import Placement, RangeSample


class Pipeline(Protocol):
    """One sensor's judge. Fed from the sensor's own thread; keeps no clock of its own."""

    @property
    def health(self) -> Health:
        """Whether the sensor can be believed."""

    @property
    def spacing(self) -> Spacing:
        """How fast its readings come."""

    @property
    def level(self) -> Level:
        """Present obstacle level."""

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam or in view now."""

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent]:
        """Judge one reading; what changed comes back, oldest first."""

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come (a trace's end): what is still open is decided now."""


def pipeline_for(config: WatchConfig) -> Pipeline:
    """The judge of a sensor that stands where `config` says."""
    if config.placement is Placement.GATE:
        return GatePipeline(config) if config.lanes is None else LanePipeline(config, config.lanes)
    return RearPipeline(config)
