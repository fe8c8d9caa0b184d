"""The log: written, bounded, and never a reason not to start."""

import logging

import pytest

from segmenter.app.logs import LARGEST, keep_log, log_file


@pytest.fixture(autouse=True)
def _root_logger_as_before():
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def test_errors_are_written_with_their_trace(tmp_path, capsys):
    # What a report of tests is sent as holds no such name as this.
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    path = tmp_path / "deep" / "down" / "log.txt"
    keep_log(path)
    logging.getLogger("x").warning("oh", exc_info=ValueError("odd \udcff name"))
    assert "WARNING x: oh" in path.read_text()
    assert "ValueError: odd" in path.read_text()
    capsys.readouterr()


def test_the_log_does_not_grow_for_ever(tmp_path):
    path = tmp_path / "log.txt"
    keep_log(path)
    for _ in range(30):
        logging.getLogger("x").warning("x" * 100_000)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * LARGEST


def test_a_place_that_cannot_be_written_is_no_reason_not_to_start(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    keep_log(tmp_path / "file" / "log.txt")
    logging.getLogger("x").warning("heard all the same")
    assert "heard all the same" in capsys.readouterr().err


def test_the_log_has_a_place_of_its_own():
    assert log_file().name == "segmenter.log"
