"""The commands for classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segmenter.app import class_commands, reasons
from segmenter.app.surgery import is_frozen
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from segmenter.app.state import State


def _is_chosen_frozen(state: State) -> bool:
    return is_frozen(state, state.look.chosen)


def _move_action(name: str, text: str, tip: str, icon: Icon, shortcut: str, steps: int) -> Action:
    return Action(
        name,
        text,
        tip,
        lambda window: class_commands.move_class(window.session, steps),
        icon,
        shortcut,
        why_not=partial(reasons.no_move, steps),
    )


def _is_chosen(number: int, state: State) -> bool:
    return number == state.look.chosen


def _class_action(number: int) -> Action:
    return Action(
        f"class-{number}",
        f"Class {number}",
        f"Choose class {number}: its soft mask is shown, the brush draws it.",
        lambda window: window.session.set_look(chosen=number),
        shortcut=str(number),
        why_not=partial(reasons.no_class, number),
        checked=partial(_is_chosen, number),
    )


CLASS_MENU = Menu(
    "&Classes",
    Action(
        "flash-class",
        "&Point class out",
        "Light the chosen class up on the image (Return or a click in the classes panel).",
        lambda window: window.canvas.flash(window.session.state.look.chosen),
        Icon.FLASH,
        "L",
        why_not=reasons.no_result,
    ),
    Action(
        "rename-class",
        "&Rename class",
        "Type another name for the chosen class (so does a double click on it).",
        lambda window: window.panels.show_classes().table.rename(),
        Icon.RENAME,
        "F2",
        why_not=reasons.no_image,
    ),
    Action(
        "recolour-class",
        "Co&lour of class…",
        "Choose a colour for the chosen class (so does a click on it).",
        lambda window: window.panels.show_classes().choose_colour(),
        Icon.COLOUR,
        "Shift+C",
        why_not=reasons.no_image,
    ),
    "-",
    Action(
        "show-class",
        "S&how class",
        "Show the chosen class, or hide it (V in the classes panel).",
        lambda window: class_commands.toggle_class(
            window.session, window.session.state.look.chosen
        ),
        Icon.SHOWN,
        "Shift+V",
        why_not=reasons.no_image,
        checked=class_commands.is_shown,
    ),
    Action(
        "only-class",
        "Show &only this class",
        "Hide all classes but the chosen one.",
        lambda window: class_commands.show_only(window.session, window.session.state.look.chosen),
        Icon.ONLY,
        "Shift+O",
        why_not=reasons.no_other_shown,
    ),
    Action(
        "all-classes",
        "Show &all classes",
        "Show every class again.",
        lambda window: class_commands.show_only(window.session, 0),
        Icon.ALL,
        "Shift+A",
        why_not=reasons.no_hidden,
    ),
    "-",
    Action(
        "split-class",
        "&Split class",
        "Make two of the chosen class; EM goes on from there.",
        lambda window: class_commands.split_class(window.session),
        Icon.SPLIT,
        "Shift+S",
        why_not=reasons.no_split,
    ),
    Action(
        "freeze-class",
        "&Freeze class",
        "Keep mean and spread (if tied, only the mean) of the chosen class as they are, or let go.",
        lambda window: class_commands.freeze_class(window.session),
        Icon.FROZEN,
        "Shift+F",
        why_not=reasons.no_freezing,
        checked=_is_chosen_frozen,
    ),
    # No shortcut: the key deletes only where the classes have the focus.
    Action(
        "delete-class",
        "&Delete class",
        "Take the chosen class away; its pixels go to the others (Delete in the classes panel).",
        lambda window: class_commands.delete_class(window.session),
        Icon.DELETE,
        why_not=reasons.no_deletion,
    ),
    "-",
    _move_action(
        "move-class-up",
        "Move class &up",
        "Let the chosen class change places with the one before it.",
        Icon.UP,
        "Alt+Up",
        -1,
    ),
    _move_action(
        "move-class-down",
        "Move class do&wn",
        "Let the chosen class change places with the one after it.",
        Icon.DOWN,
        "Alt+Down",
        1,
    ),
    "-",
    Action(
        "join-classes",
        "&Join classes",
        "Make one class of those selected in the classes panel.",
        lambda window: window.session.join_classes(),
        Icon.JOIN,
        "J",
        why_not=reasons.no_joining,
    ),
    Action(
        "separate-classes",
        "Separa&te classes",
        "Make a class of every component of those selected in the classes panel.",
        lambda window: window.session.separate_classes(),
        Icon.SEPARATE,
        "Shift+J",
        why_not=reasons.no_separating,
    ),
    "-",
    Action(
        "start-afresh",
        "Start afr&esh",
        "Forget what was changed in the classes, and let EM look for its own start.",
        lambda window: class_commands.start_afresh(window.session),
        Icon.AFRESH,
        "Ctrl+Shift+A",
        why_not=reasons.no_start,
    ),
    Action(
        "palette-colours",
        "Palette &colours",
        "Give all classes the colours of the palette, which colour-blind people can tell apart.",
        lambda window: class_commands.restore_colours(window.session),
        Icon.PALETTE,
        "Ctrl+Shift+P",
        why_not=reasons.no_own_colours,
    ),
)


CLASS_CHOICES = tuple(_class_action(number) for number in range(1, 10))
"""In the submenu of the classes, by their names."""
