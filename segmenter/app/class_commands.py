"""What can be done to the classes of a result: each change of `surgery` as a command.

The user acts on what is seen, so a result follows even where nothing runs by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.app import surgery
from segmenter.app.classes import classes_of, style_of
from segmenter.app.state import is_outdated
from segmenter.engine.styles import OUTLIERS, default_classes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmenter.app.session import Session
    from segmenter.app.state import Inputs, State
    from segmenter.engine.styles import ClassStyle, Styles


def split_class(session: Session) -> None:
    """Make two of the chosen class."""
    if surgery.can_split(session.state):
        _change(session, f"Split {_name(session)}", surgery.split(session.state))


def delete_class(session: Session) -> None:
    """Take the chosen class away; its pixels go to the others."""
    if surgery.can_delete(session.state):
        _change(session, f"Delete {_name(session)}", surgery.deleted(session.state))


def freeze_class(session: Session) -> None:
    """Freeze the chosen class or, if it is frozen, let it go."""
    state = session.state
    if surgery.can_freeze(state):
        verb = "Let go" if surgery.is_frozen(state, state.look.chosen) else "Freeze"
        _change(session, f"{verb} {_name(session)}", surgery.frozen(state))


def move_class(session: Session, steps: int) -> None:
    """Let the chosen class come so many places later (or earlier, if negative)."""
    chosen = session.state.look.chosen
    if steps and surgery.can_move(session.state, steps):
        _change(session, f"Move {_name(session)}", surgery.moved(session.state, steps))
        session.set_look(chosen=chosen + steps, selected=(chosen + steps,))


def start_afresh(session: Session) -> None:
    """Forget the mixture that the user has made: EM looks for its own start."""
    if has_start(session.state):
        _change(session, "Start afresh", replace(session.state.inputs, start=None))


def restore_colours(session: Session) -> None:
    """Give all classes the colours of the palette."""
    pairs = _beside_defaults(session.state.inputs.classes)
    coloured = tuple(replace(style, colour=other.colour) for style, other in pairs)
    session.edit("Palette colours", classes=coloured)


def toggle_class(session: Session, number: int) -> None:
    """Show class `number`, counted from 1, or hide it."""
    style = style_of(session.state, number)
    verb = "Hide" if style.visible else "Show"
    restyle_class(session, number, f"{verb} {style.name}", visible=not style.visible)


def show_only(session: Session, number: int) -> None:
    """Show class `number` alone; 0 shows all."""
    classes = classes_of(session.state)
    text = f"Show only {classes[number - 1].name}" if number else "Show all classes"
    shown = tuple(
        replace(style, visible=number in {0, place}) for place, style in enumerate(classes, start=1)
    )
    session.edit(text, classes=shown)


def restyle_class(session: Session, number: int, text: str, **changes: object) -> None:
    """Change name, colour or visibility of class `number`, counted from 1."""
    classes = list(classes_of(session.state))
    classes[number - 1] = replace(classes[number - 1], **changes)  # type: ignore[arg-type]
    session.edit(text, classes=tuple(classes))


def is_shown(state: State) -> bool:
    """Whether the chosen class is to be seen."""
    return style_of(state, state.look.chosen).visible


def are_all_shown(state: State) -> bool:
    """Whether every class is to be seen."""
    return all(style.visible for style in classes_of(state))


def is_shown_alone(state: State) -> bool:
    """Whether the chosen class is the only one to be seen."""
    shown = [place for place, style in enumerate(classes_of(state), start=1) if style.visible]
    return shown == [state.look.chosen]


def has_start(state: State) -> bool:
    """Whether EM goes on from a mixture that the user has made."""
    return state.inputs.start is not None


def has_own_colours(state: State) -> bool:
    """Whether a class has another colour than the palette gives it."""
    pairs = _beside_defaults(state.inputs.classes)
    return any(style.colour != other.colour for style, other in pairs)


def _beside_defaults(classes: Styles) -> Iterator[tuple[ClassStyle, ClassStyle]]:
    """Yield every style with the one that it has by default; that of the noise is the last."""
    for style, usual in zip(classes, default_classes(len(classes)), strict=True):
        yield style, OUTLIERS if style.is_noise else usual


def _name(session: Session) -> str:
    return style_of(session.state, session.state.look.chosen).name


def _change(session: Session, text: str, inputs: Inputs) -> None:
    session.replace_inputs(text, inputs)
    # At once: until there is a result, classes are called by their next names.
    if is_outdated(session.state):
        session.run()
