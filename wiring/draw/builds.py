"""The boxes that are drawn: each is the default settings with sensors of its own, given as a coach would write them."""

from __future__ import annotations

import msgspec

from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.settings.paths import packaged
from retro_timer.settings.tables import parse_toml, read_toml


class Build(msgspec.Struct, frozen=True):
    """A box and why one would build it."""

    name: str
    """Of its drawing."""
    title: str
    what_for: str
    sensors: str = ""
    """The [[sensors]] tables of config.toml, in place of the default's; and its [course], where that differs."""

    @property
    def settings(self) -> Settings:
        """The default settings with these sensors and this course. Raises BadInputError."""
        default = read_toml(packaged() / "config.toml", Settings, "settings in TOML")
        if not self.sensors:
            return default
        chosen = parse_toml(self.sensors, Settings, self.name, "settings in TOML")
        made = msgspec.structs.replace(default, sensors=chosen.sensors, course=chosen.course)
        check_settings(made, self.name)
        return made


BUILDS: tuple[Build, ...] = (
    Build(
        "gate",
        "Gate",
        "The default settings: one VL53L1X across the lane at the finish line. It times; it is no rear watch.",
    ),
    Build(
        "two-sensors",
        "Gate and lane-end",
        "The box to build: a VL53L1X times at the line, a TF-Luna looks up the lane and keeps watch behind the runner.",
        """\
[[sensors]]
name = "gate"
role = "timing"

[[sensors]]
name = "lane"
model = "tf-luna"
placement = "lane-end"
role = "watch"
""",
    ),
    Build(
        "lane-end",
        "Lane-end",
        "One TF-Luna up the lane from beyond the finish: it times by range and keeps watch over the last metres.",
        """\
[[sensors]]
name = "lane"
model = "tf-luna"
placement = "lane-end"
role = "both"
""",
    ),
    Build(
        "belt",
        "Belt",
        "One VL53L1X at the runner's back, for walking. For jogging take the TF-Luna of the lane-end box instead.",
        """\
[[sensors]]
name = "back"
placement = "belt"
role = "both"
""",
    ),
    Build(
        "two-vl53l1x",
        "Two VL53L1X",
        "Gate and lane-end with the same sensor twice: XSHUT wakes one after the other and gives each its address.",
        """\
[[sensors]]
name = "gate"
role = "timing"
address = 0x30
xshut_pin = 5

[[sensors]]
name = "lane"
placement = "lane-end"
role = "watch"
address = 0x31
xshut_pin = 6
""",
    ),
    Build(
        "dual-gate",
        "Dual gate",
        "Two VL53L1X, one above the other: the upper, at the smallest athlete's shoulder, times; the lower witnesses.",
        """\
[[sensors]]
name = "upper"
address = 0x30
xshut_pin = 5

[[sensors]]
name = "lower"
address = 0x31
xshut_pin = 6
""",
    ),
    Build(
        "dual-gate-along",
        "Dual gate along the lane",
        "Two TF-Luna of one line, the first 300 mm before it, the second on it: they tell speed and direction.",
        """\
[[sensors]]
name = "near"
model = "tf-luna"
offset_mm = -300

[[sensors]]
name = "far"
model = "tf-luna"
port = "/dev/ttyUSB0"
""",
    ),
    Build(
        "four-lanes",
        "Four-lane gate",
        "One TF-Luna across four lanes at chest height: its range tells whose lane a finish is. It is no rear watch.",
        """\
[[sensors]]
name = "gate"
model = "tf-luna"

[course]
lanes = 4
""",
    ),
    Build(
        "start-line",
        "Start line",
        "A VL53L1X at the finish, a TF-Luna at the start on a USB cable: who leaves its beam starts the clock.",
        """\
[[sensors]]
name = "gate"

[[sensors]]
name = "start"
model = "tf-luna"
line = "start"
port = "/dev/ttyUSB0"
""",
    ),
    Build(
        "hc-sr04",
        "HC-SR04",
        "An ultrasonic sensor as gate: light-immune, slow, and for timing only. Its echo needs a divider.",
        """\
[[sensors]]
name = "gate"
model = "hc-sr04"
role = "timing"
trigger_pin = 5
echo_pin = 6
""",
    ),
)
