"""An editor for every sort of parameter, made from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.engine.settings import BY_ENTROPY, NOT_JOINED
from segmenter.ui.choice_editors import ChoiceEditor, ManyChoicesEditor, SwitchEditor
from segmenter.ui.number_editors import NumberEditor, SmallNumberEditor
from segmenter.ui.text_editor import TextEditor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from segmenter.engine.parameters import Parameter
    from segmenter.ui.editor import Editor

# Below this a number is written as a power of ten.
SMALL = 0.01


def make_editor(parameter: Parameter, parent: QWidget) -> Editor:
    """Return the editor that suits the declaration of `parameter`."""
    if parameter.many:
        return ManyChoicesEditor(parameter, parent)
    if parameter.choices:
        return ChoiceEditor(parameter, parent)
    if parameter.kind is bool:
        return SwitchEditor(parameter, parent)
    if parameter.kind is str:
        return TextEditor(parameter, (NOT_JOINED, BY_ENTROPY), parent)
    is_small = isinstance(parameter.default, float) and parameter.default < SMALL
    if is_small and not parameter.low_is_allowed:
        return SmallNumberEditor(parameter, parent)
    return NumberEditor(parameter, parent)
