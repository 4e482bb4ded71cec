"""`retro-timer simulate`: a whole session on the simulated board, at any pace."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.events import BeaconEvent, Tone
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.options import Speed
from retro_timer.cli.output.lines import line_of
from retro_timer.cli.output.progress import progress
from retro_timer.cli.output.streams import remark
from retro_timer.phrases import load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.loading import load_plan, load_roster, load_settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.sim.render import RenderedVoice, render_wav
from retro_timer.sim.scenario import scenario_names
from retro_timer.sim.virtual import Simulation
from retro_timer.training.listed import names_of
from retro_timer.training.plan import Plan, steps
from retro_timer.training.session.events import Finish, Go


@click.command()
@click.argument("plan", required=False)
@click.option("--scenario", metavar="FILE", help="A scenario's name or TOML file; --scenarios lists them.")
@click.option("--scenarios", "list_scenarios", is_flag=True, help="List the scenarios that ship with the program.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same session.")
@click.option("--speed", type=Speed(), default="max", show_default=True, metavar="max|X", help="Times real time.")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV of athletes; a solo runner when left out.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--wav", type=click.Path(path_type=Path), help="Render what is heard into a WAV file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def simulate(
    plan: str | None,
    scenario: str | None,
    list_scenarios: bool,
    seed: int,
    speed: float,
    roster: Path | None,
    config: Path | None,
    wav: Path | None,
    as_json: bool,
) -> int:
    """Run PLAN (a plan's name or file; the default plan when left out) on the simulated board."""
    if list_scenarios:
        _list_scenarios()
        return 0
    settings = load_settings(config, remark)
    name = plan or settings.session.default_plan
    chosen = load_plan(name)
    check_fit(chosen, settings, f"plan '{name}'")
    listed = load_roster(roster, remark, solo=settings.session.athlete)
    simulation = Simulation(
        BoardRequest(settings, scenario=scenario, seed=seed),
        load_catalogue(settings.voice.language),
        paths.state_dir(),
        aloud=wav is not None,
        listed=listed,
    )
    sound = _Sound(wav, simulation.rendered)
    if wav is not None:
        simulation.core.event_bus.subscribe(sound.take)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: simulation.stopping.set())
    try:
        with progress("simulate", _length_s(chosen, len(listed))) as step:
            reporter = _Teller(simulation, as_json, step)
            simulation.core.event_bus.subscribe(reporter.take)
            simulation.run(chosen, names_of(listed), speed=None if math.isinf(speed) else speed)
    finally:
        simulation.close()
        sound.write(simulation.origin_ns, simulation.clock.monotonic_ns())
    if reporter.trouble is not None:
        raise reporter.trouble
    return EXIT_INTERRUPTED if simulation.stopping.is_set() else 0


def _list_scenarios() -> None:
    from retro_timer.sim.scenario import load_scenario

    for name in scenario_names():
        print(f"{name:22} {load_scenario(name).title}")


def _length_s(plan: Plan, athletes: int) -> float:
    """A guess, for the progress bar only."""
    each = [(s.duration_s or (s.distance_m or 0.0) / 1.5) + s.rest_s for s in steps(plan)]
    return 40.0 + sum(each) * (1 if athletes == 1 else max(1.0, athletes / 2.0))


class _Teller:
    """Prints events; a finish gets the truth beside it."""

    def __init__(self, simulation: Simulation, as_json: bool, step: Callable[[float], None]) -> None:
        self._step = step
        self.trouble: OSError | None = None
        self._simulation = simulation
        self._as_json = as_json
        self._goes: dict[int, int] = {}

    def take(self, event: BeaconEvent) -> None:
        simulation = self._simulation
        origin_ns = simulation.origin_ns
        self._step((simulation.clock.monotonic_ns() - origin_ns) / 1e9)
        if isinstance(event, Go):
            self._goes[event.rep] = event.t_ns
        truth_s = simulation.truth_s(event.rep, self._goes[event.rep]) if isinstance(event, Finish) else None
        made = contract_line if self._as_json else line_of
        line = made(event, origin_ns, samples=simulation.core.samples, truth_s=truth_s)
        if line is not None and self.trouble is None:
            self._print(line)

    def _print(self, line: str) -> None:
        try:
            print(line, flush=True)
        except OSError as error:
            # Nobody can read the session any more: it ends, and the command says why.
            self.trouble = error
            self._simulation.stopping.set()


class _Sound:
    """Collects what is heard when a WAV file is wanted."""

    def __init__(self, path: Path | None, voice: RenderedVoice | None) -> None:
        self._path = path
        self._voice = voice
        self._tones: list[tuple[int, int]] = []

    def take(self, event: BeaconEvent) -> None:
        """A tone changes."""
        if isinstance(event, Tone):
            self._tones.append((event.t_ns, event.frequency_hz))

    def write(self, origin_ns: int, end_ns: int) -> None:
        """Write the file, if one is wanted."""
        if self._path is None or self._voice is None:
            return
        for trouble in render_wav(self._path, self._tones, self._voice, origin_ns, end_ns):
            print(f"retro-timer: {trouble}", file=sys.stderr)
