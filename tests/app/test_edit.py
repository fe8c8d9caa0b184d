"""One undo step per gesture."""

import pytest
from PySide6.QtGui import QUndoStack

from segmenter.app.edit import Edit
from segmenter.app.state import Inputs
from segmenter.engine.settings import Settings


def inputs(components):
    return Inputs(Settings(components=components))


@pytest.fixture
def shown():
    return []


@pytest.fixture
def push(qapp, shown):
    stack = QUndoStack()

    def pushed(before, after, gesture):
        edit = Edit("E", inputs(before), inputs(after), show=shown.append, gesture=gesture)
        stack.push(edit)
        return stack

    return pushed


def test_edits_of_one_gesture_are_one_step(push, shown):
    push(2, 3, 1)
    stack = push(3, 4, 1)
    stack.undo()
    assert stack.count() == 1
    assert shown[-1] == inputs(2)


@pytest.mark.parametrize("gestures", [(1, 2), (0, 0)], ids=["two gestures", "none"])
def test_other_edits_are_steps_of_their_own(push, shown, gestures):
    push(2, 3, gestures[0])
    stack = push(3, 4, gestures[1])
    stack.undo()
    assert stack.count() == 2
    assert shown[-1] == inputs(3)


def test_a_gesture_that_ends_where_it_began_leaves_nothing_to_undo(push):
    push(2, 3, 1)
    assert push(3, 2, 1).count() == 0
