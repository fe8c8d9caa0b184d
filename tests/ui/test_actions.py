"""The tables of commands: nothing twice, nothing missing."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from segmenter.app.state import State
from segmenter.engine.overlay import View
from segmenter.ui.action import Action, tip_of
from segmenter.ui.actions import ACTIONS, BY_ID, MENUS, TOOLBAR
from segmenter.ui.submenus import SUBMENUS
from segmenter.ui.view_actions import VIEW_ACTIONS

IDS = [entry.id for entry in ACTIONS]
NAMED_IN_MENUS = {entry for menu in MENUS for entry in menu.entries if isinstance(entry, str)}


def twice(values):
    return [value for value, count in Counter(values).items() if count > 1]


def test_ids_are_unique():
    assert twice(IDS) == []


def test_shortcuts_are_unique_and_understood():
    keys = [QKeySequence(entry.shortcut).toString() for entry in ACTIONS if entry.shortcut]
    assert "" not in keys
    assert twice(keys) == []


def test_the_toolbar_names_only_what_exists():
    assert set(TOOLBAR) <= {*IDS, "-"}


def test_menus_name_every_submenu_and_nothing_else():
    assert {*SUBMENUS, "-"} == NAMED_IN_MENUS


def test_a_menu_shows_its_commands_in_their_order(window):
    shown = {menu.title(): menu for menu in window.menuBar().findChildren(QMenu)}
    for menu in MENUS:
        ids = [entry.id for entry in menu.entries if isinstance(entry, Action)]
        offered = [action.objectName() for action in shown[menu.title].actions()]
        assert [name for name in offered if name] == ids


def test_every_view_has_a_command():
    assert set(VIEW_ACTIONS) == set(View)
    assert set(VIEW_ACTIONS.values()) <= set(IDS)


@pytest.mark.parametrize("entry", ACTIONS, ids=IDS)
def test_a_command_is_described_and_answers_the_empty_state(entry):
    assert entry.tip.endswith(".")
    assert entry.text
    reason = entry.why_not(State())
    assert not reason or reason.endswith(".")
    assert entry.checked is None or entry.checked(State()) in {True, False}


def test_a_tip_says_what_how_and_why_not(segmented):
    join = BY_ID["join-classes"]
    what = "Make one class of those selected in the classes panel (J)"
    assert tip_of(join, State()) == f"{what}\nOpen an image first."
    segmented.set_look(selected=(1, 2))
    assert tip_of(join, segmented.state) == what
    assert tip_of(BY_ID["about"], State()) == "Version and system"
