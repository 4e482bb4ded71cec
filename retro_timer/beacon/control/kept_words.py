"""What a command changes of what is kept: then the journal's writer makes it, and not the session."""

from __future__ import annotations

from retro_timer.beacon.control.protocol import commands
from retro_timer.store.results import edits
from retro_timer.training.corrections import AnyCorrection
from retro_timer.training.session.places import wave_to_claim
from retro_timer.training.session.reassigning import is_made_here
from retro_timer.training.session.state import SessionState


def edit_of(
    command: commands.SessionCommand | commands.Claim, state: SessionState | None
) -> AnyCorrection | edits.Undo | edits.ClaimPlace | None:
    """The edit; None for what the session is asked, as `command.asked()` has it.

    `state`: of the session under way, or that was last. Raises BadInputError for a wave that nobody of that name was
    in.
    """
    if isinstance(command, commands.Claim):
        return command.edit(command.wave if state is None else wave_to_claim(state, command.name, command.wave))
    edit = command.edit()
    if isinstance(command, commands.Undo) and edit is None and state is not None:
        return edits.Undo(state.kept_correction) if state.kept_correction else None
    return None if edit is None or is_made_here(state, command.asked()) else edit
