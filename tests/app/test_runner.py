"""The runner: order, pauses, cancelling, errors, and generators always closed."""

import sys
import threading
import time
from itertools import count

import pytest
from PySide6.QtCore import QThread

from segmenter.app.runner import Lanes, Runner, explained, once
from segmenter.engine.outcome import Enough
from segmenter.engine.types import SegmenterError


class Heard:
    """Everything that a runner says, with the thread it is said on."""

    def __init__(self, runner):
        self.progresses, self.outcomes, self.failures, self.threads = [], [], [], set()
        runner.progressed.connect(self._on_progressed)
        runner.finished.connect(self.outcomes.append)
        runner.failed.connect(self.failures.append)

    def _on_progressed(self, progress):
        self.progresses.append(progress)
        self.threads.add(QThread.currentThread())


@pytest.fixture
def lanes(qapp):
    made = Lanes()
    yield made
    assert made.come_to_rest()


@pytest.fixture
def runner(lanes):
    made = Runner(lanes.lane("tests"))
    yield made
    made.cancel()


@pytest.fixture
def heard(runner):
    return Heard(runner)


def counting(closed, end=1_000_000_000, pause=0.0):
    """Count, slowly if asked; note when the generator is closed."""
    try:
        for number in range(end):
            time.sleep(pause)
            yield number
        return end
    finally:
        closed.set()


def test_outcome_arrives_after_the_last_progress(qtbot, runner, heard):
    with qtbot.waitSignal(runner.finished):
        runner.start(counting(threading.Event(), end=1000))
    assert heard.progresses[-1] == 999
    assert heard.outcomes == [1000]
    assert not runner.is_busy


def test_progress_arrives_on_the_thread_of_the_runner(qtbot, runner, heard):
    with qtbot.waitSignal(runner.finished):
        runner.start(counting(threading.Event(), end=10))
    assert heard.threads == {runner.thread()}


def test_a_flood_of_progress_is_thinned_and_stays_in_order(qtbot, runner, heard):
    with qtbot.waitSignal(runner.finished):
        runner.start(counting(threading.Event(), end=20_000))
    assert len(heard.progresses) < 2000
    assert heard.progresses == sorted(set(heard.progresses))


def test_a_cancelled_job_is_closed_and_silent(qtbot, runner, heard):
    closed = threading.Event()
    runner.start(counting(closed))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    runner.cancel()
    count = len(heard.progresses)
    assert closed.wait(2)
    qtbot.wait(100)
    assert (len(heard.progresses), heard.outcomes, heard.failures) == (count, [], [])


def test_a_new_job_replaces_the_old_one(qtbot, runner, heard):
    closed = threading.Event()
    runner.start(counting(closed, pause=0.001))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    with qtbot.waitSignal(runner.finished):
        runner.start(once(lambda: "second"))
    assert closed.is_set()
    assert heard.outcomes == ["second"]


def test_a_result_already_under_way_is_dropped_when_the_job_is_cancelled(qtbot, runner, heard):
    runner.start(once(lambda: "late"))
    assert runner._lane.waitForDone(2000)
    runner.cancel()
    qtbot.wait(50)
    assert heard.outcomes == []


def test_steps_advance_one_by_one_and_resume_goes_to_the_end(qtbot, runner, heard):
    closed = threading.Event()
    runner.start(counting(closed, end=50), paused=True)
    qtbot.waitUntil(lambda: heard.progresses == [0])
    runner.step()
    qtbot.waitUntil(lambda: heard.progresses == [0, 1])
    qtbot.wait(80)
    assert heard.progresses == [0, 1]
    assert not closed.is_set()
    with qtbot.waitSignal(runner.finished):
        runner.resume()
    assert heard.outcomes == [50]


def listening(heard_of):
    """Note what is sent for every step after the first."""
    while True:
        heard_of.append((yield len(heard_of)))


def test_the_generator_hears_how_steps_are_looked_at(qtbot, lanes):
    wishes = count()
    runner = Runner(lanes.lane("tests"), wish=lambda: next(wishes))
    heard, sent = Heard(runner), []
    runner.start(listening(sent), paused=True)
    qtbot.waitUntil(lambda: heard.progresses == [0])
    runner.step()
    qtbot.waitUntil(lambda: heard.progresses == [0, 1])
    assert sent == [1]
    runner.resume()
    qtbot.waitUntil(lambda: len(sent) > 5)
    runner.step()
    qtbot.waitUntil(lambda: runner.is_resting)
    assert sent[1:-1] == [None] * (len(sent) - 2)
    assert sent[-1] == 2, "it waits with a step that was not to be looked at"
    runner.cancel()


def test_it_rests_when_its_last_step_has_been_told(qtbot, runner, heard):
    assert not runner.is_resting
    runner.start(counting(threading.Event()), paused=True)
    assert runner._lane.waitForDone(2000)
    assert not runner.is_resting
    qtbot.waitUntil(lambda: heard.progresses == [0])
    assert runner.is_resting


def test_a_step_holds_a_running_job(qtbot, runner, heard):
    runner.start(counting(threading.Event()))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    runner.step()
    assert runner._lane.waitForDone(2000)
    qtbot.wait(80)
    count = len(heard.progresses)
    qtbot.wait(80)
    assert len(heard.progresses) == count
    assert runner.is_busy


def test_a_waiting_job_is_closed_when_cancelled(qtbot, runner, heard):
    closed = threading.Event()
    runner.start(counting(closed), paused=True)
    qtbot.waitUntil(lambda: heard.progresses == [0])
    runner.cancel()
    assert closed.wait(2)


def test_an_expected_error_is_told_in_its_own_words(qtbot, runner):
    def failing():
        yield 1
        raise SegmenterError("It broke. Mend it.")

    with qtbot.waitSignal(runner.failed) as told:
        runner.start(failing())
    assert told.args == ["It broke. Mend it."]
    assert not runner.is_busy


@pytest.mark.logs_errors
def test_an_unexpected_error_is_told_and_logged_with_its_trace(qtbot, runner, caplog):
    with qtbot.waitSignal(runner.failed) as told:
        runner.start(once(lambda: 1 // 0))
    assert told.args[0].startswith("Unexpected problem: ")
    assert "ZeroDivisionError" in caplog.text


def test_lack_of_memory_is_told_with_advice():
    assert "not enough memory" in explained(MemoryError())


def keeping(asked=(), first=0):
    """Count until it is enough, then label; before `first` steps there is nothing to keep."""
    for number in range(1_000_000_000):
        try:
            time.sleep(0.001)
            yield number
        except Enough:
            asked.append(number)
            if number < first:
                raise
            yield "labelling"
            yield "nearly there"
            return "the best"


def test_enough_ends_a_job_that_says_what_it_has(qtbot, runner, heard):
    runner.start(keeping(asked := []))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    with qtbot.waitSignal(runner.finished):
        runner.enough()
        runner.enough()
    assert (heard.outcomes, len(asked)) == (["the best"], 1)
    assert not runner.is_busy


def test_enough_said_again_while_it_labels_changes_nothing(qtbot, runner, heard):
    runner.start(keeping(asked := []))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    runner.progressed.connect(lambda progress: progress == "labelling" and runner.enough())
    with qtbot.waitSignal(runner.finished):
        runner.enough()
    assert (heard.outcomes, len(asked)) == (["the best"], 1)


def test_enough_ends_a_job_that_waits_for_its_next_step(qtbot, runner, heard):
    runner.start(keeping([]), paused=True)
    qtbot.waitUntil(lambda: heard.progresses == [0])
    with qtbot.waitSignal(runner.finished):
        runner.enough()
    assert heard.outcomes == ["the best"]


def test_enough_before_there_is_anything_to_keep_is_said(qtbot, runner, heard):
    runner.start(keeping([], first=1_000_000_000))
    with qtbot.waitSignal(runner.given_up):
        runner.enough()
    assert (heard.outcomes, heard.failures, runner.is_busy) == ([], [], False)


def test_enough_without_a_job_is_nothing(runner):
    runner.enough()
    assert not runner.is_busy


def test_runners_on_one_lane_take_turns(qtbot, lanes):
    first, second = Runner(lanes.lane("shared")), Runner(lanes.lane("shared"))
    order = []
    first.start(once(lambda: (time.sleep(0.05), order.append(1))))
    with qtbot.waitSignal(second.finished):
        second.start(once(lambda: order.append(2)))
    assert order == [1, 2]


def test_lanes_rest_when_their_jobs_are_cancelled(qtbot, lanes, runner, heard):
    closed = threading.Event()
    runner.start(counting(closed))
    qtbot.waitUntil(lambda: bool(heard.progresses))
    runner.cancel()
    assert lanes.come_to_rest()
    assert closed.is_set()


def test_stuck_lanes_are_awaited_together_not_one_after_the_other(lanes):
    free = threading.Event()
    for name in "abcdef":
        lanes.lane(name).start(free.wait)
    before = time.monotonic()
    assert not lanes.come_to_rest(500)
    took = time.monotonic() - before
    free.set()
    assert 0.4 < took < 1.5


def test_lanes_that_rest_one_after_the_other_share_one_deadline(lanes):
    lanes.lane("soon").start(lambda: time.sleep(0.5))
    lanes.lane("later").start(lambda: time.sleep(1.4))
    assert not lanes.come_to_rest(1000)


def test_signals_keep_their_references(qapp, runner):
    # PySide6 6.12 under Python 3.11 loses one reference of True with every signal, and dies of it.
    before = sys.getrefcount(True)
    for _ in range(1000):
        runner.progressed.emit(None)
    assert before - sys.getrefcount(True) < 100


def test_a_paused_job_waits_only_where_it_may(qtbot, lanes):
    runner = Runner(lanes.lane("tests"), may_rest=lambda number: number >= 20)
    heard = Heard(runner)
    runner.start(counting(threading.Event(), end=50), paused=True)
    for number in (20, 21):
        qtbot.waitUntil(lambda number=number: heard.progresses[-1:] == [number])
        qtbot.waitUntil(runner._job.resting.is_set)
        runner.step()
    runner.cancel()


def test_steps_asked_for_while_one_is_under_way_are_that_one(qtbot, lanes):
    runner = Runner(lanes.lane("tests"), may_rest=lambda number: number % 5 == 4)
    heard = Heard(runner)
    runner.start(counting(threading.Event(), end=50, pause=0.002), paused=True)
    for _ in range(10):
        runner.step()
    qtbot.waitUntil(runner._job.resting.is_set)
    qtbot.waitUntil(lambda: heard.progresses[-1:] == [4])
    assert runner._job.newest == 4
    runner.cancel()
