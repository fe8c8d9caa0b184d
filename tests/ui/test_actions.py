"""The tables of commands: nothing twice, nothing missing."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from segmenter.app.state import State
from segmenter.engine.overlay import View
from segmenter.ui.action import tip_of
from segmenter.ui.actions import ACTIONS, BY_ID, MENUS, TOOLBAR, VIEW_ACTIONS
from segmenter.ui.submenus import SUBMENUS

IDS = [entry.id for entry in ACTIONS]
IN_MENUS = [name for menu in MENUS for name in menu.entries if name != "-"]


def twice(values):
    return [value for value, count in Counter(values).items() if count > 1]


def test_ids_are_unique():
    assert twice(IDS) == []


def test_shortcuts_are_unique_and_understood():
    keys = [QKeySequence(entry.shortcut).toString() for entry in ACTIONS if entry.shortcut]
    assert "" not in keys
    assert twice(keys) == []


def test_menus_and_toolbar_name_only_what_exists():
    known = {*IDS, *SUBMENUS, "-"}
    assert set(IN_MENUS) | set(TOOLBAR) <= known


def test_every_command_is_in_a_menu_once():
    reachable = [*IN_MENUS, *(name for name in IDS if name.startswith("class-"))]
    assert sorted(name for name in reachable if not name.startswith("@")) == sorted(IDS)


def test_every_submenu_is_used():
    assert {name for name in IN_MENUS if name.startswith("@")} == set(SUBMENUS)


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
