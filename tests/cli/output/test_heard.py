"""The drawing of a simulated session: who was on the course, and what became of it in the end."""

from __future__ import annotations

from pathlib import Path

from retro_timer.beacon.clock import VirtualClock
from retro_timer.cli.output.heard import Heard, HeardFiles
from retro_timer.settings.model import VoiceSettings
from retro_timer.sim.render import RenderedVoice
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import events

S = 1_000_000_000


def test_a_finish_that_a_correction_moves_is_drawn_as_it_is_then(tmp_path: Path) -> None:
    heard = Heard(RenderedVoice(VirtualClock(0), VoiceSettings()), 0)
    runs = [RepRecord(rep, 1, 1, name, 20.0, None, Gait.JOG, RepStatus.OPEN, rep * 6 * S) for rep, name in
            enumerate(("Ann", "Bea"), 1)]  # fmt: skip
    for run in runs:
        heard.take(events.Go(run.go_ns, run.rep, run.athlete, 20.0, None, "jog"))
    for run in runs:
        ended = changed(run, status=RepStatus.FINISHED, time_ns=12 * S, uncertainty_ns=0, method="gate")
        heard.take(events.Finish(run.go_ns + 12 * S, run.rep, 12.0, 0.0, "gate", (), ended))
    left = changed(runs[0], status=RepStatus.DNF, reason="stopped")
    bea = changed(runs[1], status=RepStatus.FINISHED, time_ns=6 * S, uncertainty_ns=0, method="gate")
    for record in (left, bea):
        heard.take(events.Correction(30 * S, "out", record.rep, (), record))
    picture = tmp_path / "session.svg"
    heard.write(HeardFiles(picture=picture), "Two", 31 * S)
    drawn = picture.read_text(encoding="utf-8")
    assert [drawn.count(words) for words in ("stopped", "6.00 s", "12.00 s")] == [1, 1, 0]
