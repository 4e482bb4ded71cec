"""`retro-timer run`: the timer itself, on a board."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from retro_timer.beacon.app import make_timer
from retro_timer.beacon.boards import DEFAULT_SEED, BoardRequest, holding, open_board, open_voice_or_text
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.system.notify import under_service
from retro_timer.beacon.timer import Surroundings, Timer
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.output.reporters import make_reporter
from retro_timer.cli.output.streams import remark
from retro_timer.ports import Board
from retro_timer.settings import paths
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.loading import plan_names
from retro_timer.settings.model import Settings
from retro_timer.settings.starting import StartFiles


@click.command()
@click.option("--board", "board_name", default="pi", show_default=True, help="pi, twin, sim or replay.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--plan", help="Begin at once with this plan (name or file).")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV of athletes; a solo runner when left out.")
@click.option("--voice", help="speech or text, instead of the settings' voice.")
@click.option("--scenario", metavar="FILE", help="sim and twin: a scenario's name or TOML file.")
@click.option("--seed", type=click.IntRange(0), help="Same seed, same day: people, sensors, holds.")
@click.option("--trace", type=click.Path(path_type=Path), help="replay: the recording to play.")
@click.option("--record", type=click.Path(path_type=Path), help="Write the sensors' readings as a trace.")
@click.option("--once", is_flag=True, help="End when the session ends.")
@click.option("--view", is_flag=True, help="A live view on a terminal; plain lines without one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def run(
    board_name: str,
    config: Path | None,
    plan: str | None,
    roster: Path | None,
    voice: str | None,
    scenario: str | None,
    seed: int | None,
    trace: Path | None,
    record: Path | None,
    once: bool,
    view: bool,
    as_json: bool,
) -> int:
    """Run the timer on a board until it is stopped."""
    files = StartFiles(paths.state_dir(), forgiving=under_service())
    settings, catalogue = files.phrases(files.settings(config, remark))
    if voice is not None:
        settings = _with_voice(settings, voice)
    named = None if roster is not None else settings.session.roster
    listed = files.roster(roster, remark, solo=settings.session.athlete, named=named)
    given = " and ".join(option for option, path in (("--roster", roster), ("--config", config)) if path is not None)
    group = Group(Roster(listed, named, roster), remark, given=given)
    files.secure_plan(settings.session.default_plan)

    begins_with = None if plan is None else files.first_plan(plan, settings)
    first = None if begins_with is None else StartPlan(begins_with, group.athletes)
    calibration = files.calibration()
    play_seed = DEFAULT_SEED if seed is None else seed
    request = BoardRequest(settings, calibration, scenario, play_seed, trace, files.wiring_known)
    with (
        holding(paths.lock_path()),
        _opened(board_name, request) as board,
        make_reporter(view=view, as_json=as_json) as reporter,
    ):
        speaks, missing = open_voice_or_text(
            settings, board.clock, paths.cache_dir(), reporter.spoken, forgiving=under_service()
        )
        made_of = Equipment(
            board=board,
            settings=settings,
            voice=speaks,
            catalogue=catalogue,
            results_dir=paths.state_dir(),
            calibration=calibration,
            seed=seed,
            voice_missing=missing,
            record=record,
            listed=lambda: group.listed,
        )
        around = _surroundings(files, settings, group, reporter.trouble)
        timer = make_timer(made_of, around, first)
        reporter.attach(timer.core, timer.origin_ns)
        return _run_until_stopped(timer, once=once)


def _surroundings(files: StartFiles, settings: Settings, group: Group, tell: Callable[[str], None]) -> Surroundings:
    """What of the machine the timer asks for and tells, once it runs."""

    def make_start(name: str | None) -> StartPlan:
        return StartPlan(files.plan(name or settings.session.default_plan, settings), group.athletes)

    return Surroundings(
        make_start=make_start,
        group=group,
        plans=lambda: list(plan_names()),
        socket=paths.socket_path(),
        page_socket=paths.page_socket_path(),
        beside=(paths.config_dir(),),
        rendered=paths.cache_dir(),
        tell=tell,
        troubles=files.troubles,
        keep_files=files.keep,
    )


def _with_voice(settings: Settings, kind: str) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, voice=msgspec.structs.replace(settings.voice, kind=kind))


@contextlib.contextmanager
def _opened(name: str, request: BoardRequest) -> Iterator[Board]:
    board = open_board(name, request)
    try:
        yield board
    finally:
        board.close()


def _run_until_stopped(timer: Timer, *, once: bool) -> int:
    """By its own end, or by a signal."""
    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted = True
        timer.stop()

    def terminate(*_: object) -> None:
        timer.stop()

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, terminate)
    # A reader that went away must not end the timer.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if sys.stdout.isatty():
        signal.signal(signal.SIGHUP, terminate)
    timer.run(once=once)
    return EXIT_INTERRUPTED if interrupted else 0
