"""`make bench` on its smallest scale: every part measures, judges, draws, and the report keeps what it does not run."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner

from benchmarks import run
from benchmarks.accuracy.__main__ import measure as cells
from benchmarks.page.crowd import PAGES
from benchmarks.report import JSON, MARKDOWN, Part, Table, Target, load_results, shown

needs_speech = pytest.mark.skipif(
    shutil.which("espeak-ng") is None or shutil.which("aplay") is None,
    reason="speech is missing: sudo apt install espeak-ng alsa-utils",
)


DATE = 20261125


def quick(folder: Path, *only: str) -> str:
    """The output of a quick run of these parts."""
    words = ["--quick", "--out", str(folder), "--only", ",".join(only), "--seed", str(DATE)]
    done = CliRunner().invoke(run.bench, words)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def drawn(folder: Path, part: Part) -> None:
    """Every plot that the part names is there, is SVG, and asks for nothing from elsewhere."""
    assert part.plots
    for name in part.plots:
        text = (folder / name).read_text(encoding="utf-8")
        assert ElementTree.fromstring(text).tag.endswith("svg")
        assert "<script" not in text


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_accuracy_and_warnings_are_the_same_on_every_run(tmp_path: Path) -> None:
    quick(tmp_path / "once", "accuracy", "warnings")
    quick(tmp_path / "again", "accuracy", "warnings")
    once, again = load_results(tmp_path / "once").runs, load_results(tmp_path / "again").runs
    for name in ("accuracy", "warnings"):
        assert once[name].part == again[name].part
        drawn(tmp_path / "once", once[name].part)
        for plot in once[name].part.plots:
            assert (tmp_path / "once" / plot).read_bytes() == (tmp_path / "again" / plot).read_bytes()


def test_chosen_cells_of_the_gate_are_measured_from_the_command_line() -> None:
    words = ["--gait", "run", "--hz", "25", "--background", "wall", "--law", "nearest", "--reps", "2", "--workers", "1"]
    done = CliRunner().invoke(cells, words)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "run 25 Hz wall, nearest" in done.output
    assert "nearest: covers" in done.output
    assert "average: covers" not in done.output


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_the_dual_gate_the_starts_and_the_lanes_are_measured_and_told(tmp_path: Path) -> None:
    quick(tmp_path, "dual", "starts", "lanes")
    runs = load_results(tmp_path).runs
    drawn(tmp_path, runs["dual"].part)
    for name in ("dual", "starts", "lanes"):
        assert runs[name].part.tables
        assert all(table.rows for table in runs[name].part.tables)


@needs_speech
@pytest.mark.timeout(600)
@pytest.mark.slow
def test_the_parts_in_real_time_measure_something(tmp_path: Path) -> None:
    output = quick(tmp_path, "latency", "cost")
    found = load_results(tmp_path).runs
    latency, cost = found["latency"].part, found["cost"].part
    drawn(tmp_path, latency)
    drawn(tmp_path, cost)
    compared = latency.tables[1]
    assert str(compared.rows[0][0]).startswith("Retro Timer")
    assert len(compared.rows) == 3
    meanwhile = dict(zip(latency.tables[2].head, latency.tables[2].rows[0], strict=True))
    for work in ("saves", "sentences", "exports", "lines to clients"):
        assert meanwhile[work], f"the load did no {work}"
    on_page = dict(zip(latency.tables[2].head, latency.tables[2].rows[1], strict=True))
    for work in ("lines to phones", "pages to phones", "downloads"):
        assert on_page[work], f"the phones on the page got no {work}"
    assert any(target.what.startswith("ready after the start") for target in cost.targets)
    assert "report, figures and plots" in output


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_growth_is_measured_drawn_and_told(tmp_path: Path) -> None:
    quick(tmp_path, "growth")
    drawn(tmp_path, load_results(tmp_path).runs["growth"].part)


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_the_coachs_page_is_measured_and_told(tmp_path: Path) -> None:
    quick(tmp_path, "page")
    part = load_results(tmp_path).runs["page"].part
    answers, memory = part.tables
    assert [row[0] for row in answers.rows] == [*PAGES, "all of them, 8 phones"]
    assert all(row[1] for row in answers.rows)
    assert len(memory.rows) == 2
    assert len(part.targets) == 5


def made(found: str, *, met: bool) -> Part:
    """A part that was measured already."""
    targets = [Target("slowest query", "50 ms", found, met=met)]
    return Part("Growth", "Made up.", targets, [Table("Queries", "", ("query", "ms"), [("list", 1.0)])], {})


def test_a_part_that_is_run_again_leaves_the_others_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(run.PARTS, "cost", lambda _quick, _step: made("1 ms", met=True))
    monkeypatch.setitem(run.PARTS, "growth", lambda _quick, _step: made("2 ms", met=True))
    quick(tmp_path, "growth")
    quick(tmp_path, "cost")
    monkeypatch.setitem(run.PARTS, "growth", lambda _quick, _step: made("3 ms", met=True))
    quick(tmp_path, "growth")
    report = (tmp_path / MARKDOWN).read_text(encoding="utf-8")
    assert list(load_results(tmp_path).runs) == ["cost", "growth"]
    assert "1 ms" in report
    assert "2 ms" not in report
    assert "3 ms" in report
    assert "make bench QUICK=1 ONLY=growth SEED=20261125" in report
    assert "Raspberry Pi" in report


def test_a_missed_target_is_shown_as_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(run.PARTS, "growth", lambda _quick, _step: made("80 ms", met=False))
    output = quick(tmp_path, "growth")
    report = (tmp_path / MARKDOWN).read_text(encoding="utf-8")
    assert "| slowest query | 50 ms | 80 ms | **missed** |" in report
    assert "1 target missed" in output


def test_a_report_that_is_not_understood_is_begun_anew_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / JSON).write_text('{"runs": {"growth": {"date": "long ago"}}}')
    assert load_results(tmp_path).runs == {}
    assert "a new report is begun" in capsys.readouterr().err
    monkeypatch.setitem(run.PARTS, "growth", lambda _quick, _step: made("1 ms", met=True))
    quick(tmp_path, "growth")
    assert list(load_results(tmp_path).runs) == ["growth"]


def test_a_table_keeps_its_figures_readable() -> None:
    assert [shown(value) for value in (None, float("nan"), 0.123456, 12.345, 1234.5, 7, "x")] == [
        "–", "–", "0.12", "12.3", "1234", "7", "x",
    ]  # fmt: skip
    assert Table("t", "", ("a",), [("b",)]).terse is None


def test_a_part_that_does_not_exist_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(
        click.BadParameter,
        match=r"accuracy, dual, starts, followers, lanes, warnings, latency, cost, page, growth, groups",
    ):
        run.chosen_parts("accuracy,speed")
    assert run.chosen_parts("growth,accuracy") == ["accuracy", "growth"]


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_a_group_s_whole_session_is_measured_and_held_against_one_athlete_s(tmp_path: Path) -> None:
    quick(tmp_path, "groups")
    part = load_results(tmp_path).runs["groups"].part
    assert [row[:2] for row in part.tables[0].rows] == [(1, 2), (3, 6)]
    asked = [target.asked for target in part.targets[:3]]
    assert asked == ["2 ms in 99 of 100", "4 MB", "300 times real time"]
    assert part.targets[3].met, part.targets[3]
