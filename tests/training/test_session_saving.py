"""Nothing is announced of a rep before it is on disk; without a disk the session goes on and says so."""

from __future__ import annotations

from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, no_disk, on_disk, silent_disk

RESULTS_TOLD = {"finish", "dnf", "void", "given"}


def saves(session: Drive) -> list[RepRecord]:
    return [save.record for save in session.of(effects.Save)]


def told(session: Drive) -> list[str]:
    return [event.tag for event in session.events(*RESULTS_TOLD)]


def answer(session: Drive, record: RepRecord) -> None:
    session.put(inputs.Durable(record.rep, record.revision))


def test_the_go_is_saved_as_an_open_rep_at_once() -> None:
    session = Drive(disk=silent_disk).begin().to_go()
    (opened,) = saves(session)
    assert opened.status is RepStatus.OPEN
    assert (opened.rep, opened.revision, opened.time_ns) == (1, 1, None)


def test_a_finish_is_announced_only_once_it_is_on_disk() -> None:
    session = Drive(plan(block(reps=2)), disk=silent_disk).begin().to_go().finish(8.0)
    assert told(session) == []
    assert "result" not in session.said()
    opened, finished = saves(session)
    answer(session, opened)
    assert told(session) == []
    answer(session, finished)
    assert told(session) == ["finish"]
    assert "result" in session.said()


def test_a_dnf_is_announced_only_once_it_is_on_disk() -> None:
    session = Drive(plan(block(reps=2)), disk=silent_disk).begin().to_go().until(Phase.REST)
    assert told(session) == []
    assert "dnf" not in session.said()
    answer(session, saves(session)[-1])
    assert told(session) == ["dnf"]
    assert "dnf" in session.said()


def test_answers_may_come_late_and_in_any_order() -> None:
    session = Drive(plan(block(reps=3)), disk=silent_disk).begin()
    for _ in range(3):
        session.to_go().finish(8.0)
    for record in reversed(saves(session)):
        answer(session, record)
    assert [event.rep for event in session.events("finish")] == [3, 2, 1]
    assert len(session.events("summary")) == 1


def test_an_answer_counts_once_and_one_for_nothing_not_at_all() -> None:
    session = Drive(plan(block(reps=2)), disk=silent_disk).begin().to_go().finish(8.0)
    finished = saves(session)[-1]
    for _ in range(3):
        answer(session, finished)
    session.put(inputs.Durable(99, 1)).put(inputs.Durable(1, 99))
    assert told(session) == ["finish"]


def test_the_result_of_a_rep_that_was_changed_meanwhile_is_told_with_its_own_words() -> None:
    session = Drive(plan(block(reps=2)), disk=silent_disk).begin().to_go().finish(8.0).put(inputs.Void())
    opened, finished, voided = saves(session)
    assert [r.revision for r in (opened, finished, voided)] == [1, 2, 3]
    for record in (opened, finished, voided):
        answer(session, record)
    assert told(session) == ["finish", "void"]


def test_without_a_disk_the_session_goes_on_and_says_that_nothing_is_saved() -> None:
    session = Drive(plan(block(reps=2)), disk=no_disk).begin().to_go().finish(8.0)
    assert session.spoken("not_saved") == {"rep": 1}
    assert session.events("not_saved")[-1].reason == "disk full"
    assert told(session) == ["finish"]
    said = session.said()
    assert said.index("not_saved") < said.index("result")
    session.to_go().finish(8.0)
    assert session.phase is Phase.DONE


def test_the_summary_counts_the_reps_that_are_not_saved() -> None:
    session = Drive(plan(block(reps=2)), disk=no_disk).begin().to_go().finish(8.0).to_go().finish(8.0)
    assert session.spoken("summary_unsaved") == {"count": 2}


def test_a_rep_whose_last_word_is_on_disk_is_saved_even_if_its_go_was_not() -> None:
    session = Drive(disk=no_disk).begin().to_go()
    session.disk = on_disk
    session.finish(8.0)
    assert "summary_unsaved" not in session.said()


def test_one_rep_that_could_not_be_saved_is_one_rep() -> None:
    session = Drive(plan(block(reps=2)), disk=no_disk).begin().to_go().finish(8.0)
    session.disk = on_disk
    session.to_go().finish(8.0)
    assert session.spoken("summary_unsaved") == {"count": 1}


def test_what_was_not_saved_and_is_saved_later_is_said_once_everything_is() -> None:
    session = Drive(plan(block(reps=3)), disk=no_disk).begin().to_go().finish(8.0).to_go().finish(8.0)
    first, second = (record for record in saves(session) if record.status is RepStatus.FINISHED)
    answer(session, first)
    assert session.state.unsaved_reps == 1
    assert session.events("saved_after_all") == []
    answer(session, second)
    assert session.state.unsaved_reps == 0
    assert len(session.events("saved_after_all")) == 1
    assert "saved_after_all" in session.said()
    session.disk = on_disk
    session.to_go().finish(8.0)
    assert "summary_unsaved" not in session.said()


def test_a_go_that_is_saved_late_is_not_spoken_of() -> None:
    session = Drive(disk=no_disk).begin().to_go()
    (opened,) = saves(session)
    answer(session, opened)
    assert session.state.unsaved_reps == 0
    assert "saved_after_all" not in session.said()


def test_what_is_saved_is_what_is_told() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(8.0)
    (finish,) = session.events("finish")
    assert finish.record == saves(session)[-1]


def test_a_correction_is_told_as_it_is_on_disk_while_a_newer_word_is_on_its_way_there() -> None:
    session = Drive(plan(block(reps=2)), ("Ann", "Bea"), disk=silent_disk).begin().to_go().finish(8.0)
    for record in saves(session):
        answer(session, record)
    session.put(inputs.Give("Bea")).put(inputs.Undo())
    given, undone = session.of(effects.Save)[-2:]
    for save in (given, undone):
        session.put(inputs.Durable(save.record.rep, save.record.revision, save.correction, "00000000000000aa"))
        (*_, correction) = session.events("correction")
        assert correction.record == save.record
