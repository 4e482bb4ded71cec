"""Entry point: finds the command, and turns every error that a person can meet into one line."""

from __future__ import annotations

import importlib
import sys

import click
from click.shell_completion import CompletionItem

from retro_timer import __version__
from retro_timer.cli.output.streams import discard_output, make_streams_safe
from retro_timer.errors import RetroTimerError, near_miss

EXIT_INTERRUPTED = 130

# Command to (module, function, one line for the help), so that the help loads none of them.
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("retro_timer.cli.run", "run", "Run the timer on a board: the box's service."),
    "simulate": ("retro_timer.cli.simulate", "simulate", "Run a whole session on the simulated board."),
    "replay": ("retro_timer.cli.replay", "replay", "Run detection and session over a recorded trace."),
    "plans": ("retro_timer.cli.plans", "plans", "List, show, check and write training plans."),
    "rosters": ("retro_timer.cli.rosters", "rosters", "Lists of athletes: list, show, import."),
    "settings": ("retro_timer.cli.settings", "settings", "What is set on the box, beside its config.toml."),
    "results": ("retro_timer.cli.results", "results", "Sessions and reps that are kept."),
    "restore": ("retro_timer.cli.keeping", "restore", "Take back what is in a copy of the results."),
    "marshal": ("retro_timer.cli.marshal", "marshal", "What the sensors saw of a disputed finish, as a picture."),
    "athletes": ("retro_timer.cli.athletes", "athletes", "Who has run: list, show, add, rename, merge, forget."),
    "keep": ("retro_timer.cli.keep", "keep", "Keep the last ten minutes of raw readings."),
    "status": ("retro_timer.cli.talk", "status", "What the running timer does and sees now."),
    "ctl": ("retro_timer.cli.talk", "ctl", "Steer the running session: start, pause, void, give ..."),
    "coach": ("retro_timer.cli.coach", "coach", "Serve the coach's page."),
    "qr": ("retro_timer.cli.coach", "qr", "The coach's page's address, for a phone's camera."),
    "network": ("retro_timer.cli.network", "network", "The Wi-Fi for phones: the box's own, the club's, or none."),
    "pin": ("retro_timer.cli.coach", "pin", "Let a phone be paired with the coach's page."),
    "doctor": ("retro_timer.cli.doctor", "doctor", "Check the box: sensors, sound, disk, clock, power, rights."),
    "calibrate": ("retro_timer.cli.calibrate", "calibrate", "Learn the empty lane, the offset and the light."),
    "support": ("retro_timer.cli.support", "support", "Pack logs, settings and the last trace for a bug report."),
    "wiring": ("retro_timer.cli.wiring", "wiring", "Which wire goes where."),
}


class LazyGroup(click.Group):
    """Loads a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order of use, not of the alphabet."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, loaded."""
        if cmd_name not in _COMMANDS:
            return None
        module, function, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """With a hint for a command that nearly exists."""
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            raise click.UsageError(
                f"no command '{args[0]}'{near_miss(args[0], _COMMANDS)}; expected one of {', '.join(_COMMANDS)}"
            )
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands' names from the table above: none of them is loaded between two key strokes."""
        names = [
            CompletionItem(name, help=text) for name, (_, _, text) in _COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="retro-timer")
def cli() -> None:
    """Times backward running reps, speaks the session, and warns of what is close behind.

    A distance sensor cannot see everything: this is a help, not collision protection.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    make_streams_safe()
    sys.exit(_exit_code(args))


def _exit_code(args: list[str] | None) -> int:
    try:
        result = cli.main(args, prog_name="retro-timer", standalone_mode=False)
        sys.stdout.flush()
    except RetroTimerError as error:
        return _say(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        names = error.ctx.command.list_commands(error.ctx) if isinstance(error.ctx.command, click.Group) else []
        return _say(f"no command given; expected one of {', '.join(names)} (--help tells more)", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 2)
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be told there.
        discard_output()
        return 1
    except OSError as error:
        discard_output()
        return _say(f"{error.filename or 'standard output'}: {error.strerror}", 1)
    except Exception as error:
        _say_aloud(f"{type(error).__name__}, a defect of the program")
        raise
    return result if isinstance(result, int) else 0


def _say(message: str, code: int) -> int:
    told = " ".join(message.split())
    print(f"retro-timer: {told}", file=sys.stderr, flush=True)
    _say_aloud(told)
    return code


def _say_aloud(why: str) -> None:
    """A service that does not start is started again and again: in silence, unless it says why."""
    if sys.argv[1:2] != ["run"]:
        return
    from retro_timer.beacon.system.notify import under_service

    if under_service():
        from retro_timer.cli.output.last_words import say_last_words

        say_last_words(why)
