"""The settings: one row per parameter, generated from `Settings`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.relevance import found_by, idle
from segmenter.app.state import has_scribbles
from segmenter.engine.chosen_features import automatic_kinds, suits
from segmenter.engine.parameters import Parameter, make_settings, parameters
from segmenter.engine.settings import FeatureKind, Group, Spatial
from segmenter.ui.choice_editors import ManyChoicesEditor, SwitchEditor
from segmenter.ui.editors import make_editor
from segmenter.ui.fold import Fold
from segmenter.ui.icons import Icon
from segmenter.ui.number_editors import NumberEditor
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.types import Image

IN_SIGHT = ("components", "features", "spatial", "spatial_strength")
FIELD_WIDTH = 100
SHORT_WIDTH = 60
"""Of a field beside a word, and of a switch."""
INDENT = 36
HINT = "Point at a setting to read what it does."

# Edits of one parameter that follow each other within this time are undone together.
GESTURE_PAUSE_MS = 800


class ParameterRow(QWidget):
    """Label, editor and a button back to the default."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.editor = make_editor(parameter, self)
        self.label = QLabel(parameter.label, self)
        self.label.setToolTip(plain_tip(parameter.help))
        self.help = parameter.help
        self.reset = QToolButton(self, autoRaise=True)
        self.reset.setIcon(Icon.RESET.icon())
        self.reset.setAccessibleName(f"Reset {parameter.label}")
        self.reset.setToolTip("Back to the default")
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self._lay_out()

    def _lay_out(self) -> None:
        self.label.setBuddy(self.editor.widgets()[0])
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.label, 0, 0)
        if self.editor.word is not None:
            grid.addWidget(self.editor.word, 0, 1)
        if self.editor.compact is not None:
            is_short = self.editor.word is not None or isinstance(self.editor, SwitchEditor)
            self.editor.compact.setFixedWidth(SHORT_WIDTH if is_short else FIELD_WIDTH)
            grid.addWidget(self.editor.compact, 0, 2)
        grid.addWidget(self.reset, 0, 3)
        if self.editor.wide is not None:
            grid.addWidget(self.editor.wide, 1, 0, 1, 3)

    def show_value(self, value: object) -> None:
        """Show a value, and the way back where it is not the default."""
        self.editor.show_value(value)
        self.reset.setVisible(value != self.parameter.default)

    def show_idle(self, reason: str) -> None:
        """Show that the parameter means nothing now, and why; or that it does."""
        self.editor.set_idle(reason)
        self.label.setEnabled(not reason)
        self.help = f"{reason} {self.parameter.help}".strip()
        self.label.setToolTip(plain_tip(self.help))


class SettingsPanel(QWidget):
    """All parameters: a few in sight, the rest folded under *More* and *Clean-up*."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gesture = 0
        self._gesture_of = ""
        self._pause = QTimer(self, singleShot=True, interval=GESTURE_PAUSE_MS)
        self._pause.timeout.connect(self._on_paused)
        self.rows = {parameter.name: self._make_row(parameter) for parameter in parameters()}
        self.live = QCheckBox("Live", self)
        self.live.setToolTip("Run by itself whenever a setting changes")
        # After a click *Space* goes on to mean the overlay.
        self.live.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.live.clicked.connect(session.set_live)
        self._help = QLabel(HINT, self, wordWrap=True)
        self._help.setObjectName("help")
        self._lay_out()
        session.changed.connect(self.show_state)
        self._show_all(session.state)

    def _make_row(self, parameter: Parameter) -> ParameterRow:
        row = ParameterRow(parameter, self)
        row.editor.edited.connect(partial(self._on_edited, parameter))
        row.editor.released.connect(self._end_gesture)
        row.reset.clicked.connect(partial(self._on_reset, parameter))
        for watched in (row, *row.findChildren(QWidget)):
            watched.installEventFilter(self)
        return row

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 4, 4, 8)
        column.setSpacing(4)
        column.addWidget(self.live)
        for name in IN_SIGHT:
            column.addWidget(self.rows[name])
        for fold in self._make_folds():
            column.addWidget(fold)
        column.addStretch(1)
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        # A window that was small for a moment must not leave its fields cut off.
        bar = scroll.verticalScrollBar().sizeHint().width()
        # Folded rows, which are set in, must fit too once they are seen.
        widest = max(row.minimumSizeHint().width() for row in self.rows.values()) + INDENT
        scroll.setMinimumWidth(max(inside.minimumSizeHint().width(), widest) + bar)
        self._help.setContentsMargins(12, 6, 8, 8)
        self._help.setMinimumHeight(self._help.fontMetrics().lineSpacing() * 4 + 14)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._help.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._help)

    def _make_folds(self) -> tuple[Fold, Fold]:
        folded = [row for name, row in self.rows.items() if name not in IN_SIGHT]
        after = [row for row in folded if row.parameter.group is Group.CLEANUP]
        before = [row for row in folded if row not in after]
        self._more, self._cleanup = Fold("More", before, self), Fold("Clean-up", after, self)
        return self._more, self._cleanup

    # ---- From the user --------------------------------------------------------------------

    def _on_edited(self, parameter: Parameter, value: object) -> None:
        if self._gesture_of != parameter.name or not self._pause.isActive():
            self._gesture_of = parameter.name
            self._gesture = self._session.new_gesture()
        self._pause.start()
        self._change(parameter, value, self._gesture)

    def _on_reset(self, parameter: Parameter) -> None:
        self._end_gesture()
        self._change(parameter, parameter.default, 0)

    def _change(self, parameter: Parameter, value: object, gesture: int) -> None:
        now = self._session.state.inputs.settings.model_dump()
        settings = make_settings({**now, parameter.name: value})
        self._session.edit(parameter.label, settings=settings, gesture=gesture)

    def _on_paused(self) -> None:
        # A slider that is held still is one drag all the same.
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._pause.start()

    def _end_gesture(self) -> None:
        self._pause.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the help of the row under the pointer or with the focus."""
        if event.type() in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
            row = _row_of(watched)
            if row is not None:
                self._help.setText(row.help)
        return super().eventFilter(watched, event)

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Show the settings where they differ."""
        if _decided(before) != _decided(after):
            self._show_all(after)
        if before.result is not after.result:
            self._show_found(after)
        if before.image is not after.image:
            self._offer_features(after.image)

    def _offer_features(self, image: Image | None) -> None:
        editor = self.rows["features"].editor
        if image is None or not isinstance(editor, ManyChoicesEditor):
            return
        reason = "Needs a colour image, and this one has no red, green and blue."
        unsuitable = {kind.value: reason for kind in FeatureKind if not suits(kind, image)}
        editor.offer(automatic_kinds(image), unsuitable)

    def _show_found(self, state: State) -> None:
        for name, number in found_by(state.result).items():
            editor = self.rows[name].editor
            assert isinstance(editor, NumberEditor)
            editor.show_found(number)

    def _show_all(self, state: State) -> None:
        self.live.setChecked(state.live)
        settings = state.inputs.settings
        reasons = idle(settings, scribbled=has_scribbles(state))
        for name, row in self.rows.items():
            row.show_value(getattr(settings, name))
            row.show_idle(reasons.get(name, ""))
        self.rows["spatial_strength"].setVisible(settings.spatial is Spatial.FIELD)
        for fold in (self._more, self._cleanup):
            fold.show_changed()
        self._offer_features(state.image)


def _decided(state: State) -> tuple[object, ...]:
    """Return what the editors show."""
    return state.inputs.settings, state.live, has_scribbles(state)


def _row_of(widget: QObject | None) -> ParameterRow | None:
    """Return the row that holds `widget`, if one does."""
    while widget is not None and not isinstance(widget, ParameterRow):
        widget = widget.parent()
    return widget
