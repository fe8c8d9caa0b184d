"""The help is made of the tables, and tells what a bug report needs."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QTableWidget

import segmenter
from segmenter.ui.actions import ACTIONS
from segmenter.ui.help_dialogs import AboutDialog, ShortcutsDialog, shortcut_rows, system_report


def test_every_shortcut_is_in_the_help(qapp):
    told = dict(shortcut_rows())
    for entry in ACTIONS:
        if entry.shortcut and not entry.id.startswith("class-"):
            assert entry.tip[:-1] in told.values()


def test_the_page_shows_every_row(qtbot):
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    assert dialog.findChild(QTableWidget).rowCount() == len(shortcut_rows())


@pytest.mark.parametrize("name", ["Segmenter", "Python", "Qt", "PySide6", "numba", "offscreen"])
def test_the_report_names_what_matters(qapp, name):
    assert name in system_report()


def test_the_report_can_be_copied(qtbot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    copy = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy")
    copy.click()
    assert f"Segmenter {segmenter.__version__}" in QGuiApplication.clipboard().text()
