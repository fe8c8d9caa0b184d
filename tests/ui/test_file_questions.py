"""Files are asked for, and what they are meant for is done with them."""

import pytest
from PySide6.QtWidgets import (
    QFileDialog,
)


@pytest.fixture
def trigger(window):
    return lambda name: window.commands.by_id[name].trigger()


def test_open_asks_for_a_file(window, trigger, image_file, wait, monkeypatch):
    answer = lambda *_: (str(image_file), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    trigger("open")
    state = wait(window.session, lambda state: state.image is not None)
    assert state.image.path == image_file
    assert window.windowTitle() == "three kinds.png \N{EN DASH} Segmenter"


def test_open_without_an_answer_opens_nothing(window, trigger, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    trigger("open")
    assert window.session.state.opening == ""
