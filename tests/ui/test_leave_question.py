"""What is asked before work is left that would be lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from segmenter.ui.leave_question import LeaveQuestion


@pytest.fixture
def asked(window):
    """Ask about images and a batch; return the text and what it says beneath."""

    def ask(images=(), *, batch=False):
        question = LeaveQuestion(window, images, batch=batch)
        return question.text(), question.informativeText()

    return ask


def test_a_batch_and_scribbles_are_each_asked_about(asked):
    text, hint = asked(batch=True)
    assert "batch" in text
    assert "scribbles" not in text + hint
    text, hint = asked(["coins.png"])
    assert text == "The scribbles on coins.png are not saved. Quit and lose them?"
    assert "Ctrl+Shift+S" in hint
    assert "batch" not in text
    text, hint = asked(["coins.png"], batch=True)
    assert len(text.splitlines()) == len(hint.splitlines()) == 2


def test_a_few_images_are_named_and_many_are_counted(asked):
    text, hint = asked(["a", "b", "c"])
    assert text.startswith("The scribbles on a, b and c are")
    assert hint.endswith("on each image.")
    assert asked([str(k) for k in range(20)])[0].startswith("Scribbles on 20 images are")


def test_enter_alone_loses_nothing(window, qtbot):
    question = LeaveQuestion(window, ["coins.png"], batch=False)
    left = []
    question.leave.clicked.connect(lambda: left.append(True))
    with qtbot.waitExposed(question):
        question.open()
    with qtbot.waitSignal(question.finished):
        qtbot.keyClick(question, Qt.Key.Key_Return)
    assert not left


def test_a_name_is_no_markup(window):
    question = LeaveQuestion(window, ["<b>x</b>.png"], batch=False)
    assert question.textFormat() is Qt.TextFormat.PlainText
    assert "<b>x</b>.png" in question.text()
