"""A field for a path: too long, its end is seen, and the tip has all of it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from segmenter.ui.path_field import PathField
from segmenter.ui.plain import plain_tip

LONG = "/a/beginning/that/is/the/same/for/all/that/one/has/cells/segmented"


@pytest.fixture
def page(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def field(qtbot, page):
    """A narrow field with a long path, and another one that has the focus."""
    made, other = PathField("Output folder", parent=page), QLineEdit(page)
    column = QVBoxLayout(page)
    column.addWidget(made)
    column.addWidget(other)
    page.resize(240, 80)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    other.setFocus()
    made.show_path(LONG)
    return made


def test_a_long_path_is_cut_at_its_beginning(field):
    assert field.line.shown.startswith("\N{HORIZONTAL ELLIPSIS}")
    assert field.line.shown.endswith("cells/segmented")
    cut = field.line.grab().toImage()
    field.show_path(f"/elsewhere{LONG}")
    assert field.line.grab().toImage() == cut, "what is cut off is not drawn"
    field.show_path(f"{LONG}_twice")
    assert field.line.grab().toImage() != cut


def test_the_tip_has_all_of_it_and_nothing_for_nothing(field):
    assert field.line.toolTip() == plain_tip(LONG)
    field.show_path("")
    assert field.line.toolTip() == ""


def test_the_ellipsis_is_only_drawn(field):
    assert str(field.path) == LONG
    drawn = field.line.grab().toImage()
    field.line.setFocus()
    assert field.line.grab().toImage() != drawn, "who types sees the line itself"
    assert field.line.text() == LONG
