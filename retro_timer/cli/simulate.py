"""`retro-timer simulate`: a whole session on the simulated board, at any pace."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from pathlib import Path

import click

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.events import BeaconEvent
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.options import Speed
from retro_timer.cli.output.heard import Heard, HeardFiles
from retro_timer.cli.output.lines import line_of
from retro_timer.cli.output.progress import progress
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.phrases import load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.loading import load_plan, load_roster, load_settings
from retro_timer.settings.plan_fit import check_fit
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
@click.option("--transcript", type=click.Path(path_type=Path), help="Write down what is heard, and what happens.")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw it: voice, buzzer, who is on the course; SVG.")
@click.option("--resume", is_flag=True, help="Go on with the simulated session that a kill has cut off.")
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
    transcript: Path | None,
    picture: Path | None,
    resume: bool,
    as_json: bool,
) -> int:
    """Run PLAN (a plan's name or file; the default plan when left out) on the simulated board."""
    if list_scenarios:
        _list_scenarios()
        return 0
    if resume and plan is not None:
        raise BadInputError(f"simulate {plan} --resume", "the session that was cut off has its plan", "no PLAN")
    settings = load_settings(config, remark)
    files = HeardFiles(wav, transcript, picture)
    name = plan or settings.session.default_plan
    chosen = load_plan(name)
    check_fit(chosen, settings, f"plan '{name}'")
    listed = load_roster(roster, remark, solo=settings.session.athlete)
    simulation = Simulation(
        BoardRequest(settings, scenario=scenario, seed=seed),
        load_catalogue(settings.voice.language),
        paths.state_dir(),
        aloud=files.wanted,
        listed=listed,
    )
    heard = None
    if simulation.rendered is not None:
        heard = Heard(simulation.rendered, simulation.origin_ns)
        simulation.core.event_bus.subscribe(heard.take)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: simulation.stopping.set())
    try:
        with progress("simulate", _length_s(chosen, len(listed))) as step:
            reporter = _Reporter(simulation, as_json, step)
            simulation.core.event_bus.subscribe(reporter.take)
            pace = None if math.isinf(speed) else speed
            if resume:
                simulation.resume(speed=pace)
            else:
                simulation.run(chosen, names_of(listed), speed=pace)
    finally:
        simulation.close()
        state = simulation.core.session.state
        title = chosen.title if state is None else state.plan.title
        for trouble in [] if heard is None else heard.write(files, title, simulation.clock.monotonic_ns()):
            remark(trouble)
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


class _Reporter:
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
