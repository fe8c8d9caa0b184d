"""View mode and opacity, in the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from segmenter.engine.overlay import View
from segmenter.ui import theme
from segmenter.ui.actions import BY_ID
from segmenter.ui.view_actions import VIEW_ACTIONS

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State

OPACITY = "Opacity of the overlay (Ctrl+wheel over the image)"
ALWAYS_OPAQUE = "Outlines are always opaque; O fills the classes"


class LookBar(QWidget):
    """How the result is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.view = QComboBox(self)
        self.view.addItems([view.value for view in View])
        self.view.setAccessibleName("View")
        self.view.setToolTip("What is drawn over the image (Ctrl+1 … Ctrl+7)")
        self.opacity = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity.setMaximum(100)
        self.opacity.setFixedWidth(120)
        self.opacity.setAccessibleName("Opacity")
        self._percent = QLabel(self)
        theme.use_tabular_figures(self._percent)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("100%"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        for widget in (QLabel("View"), self.view, QLabel("Opacity"), self.opacity, self._percent):
            row.addWidget(widget)
        self.view.textActivated.connect(self._on_view_chosen)
        self.opacity.valueChanged.connect(self._on_opacity_moved)
        session.changed.connect(self.show_state)
        self._show(session.state)
        self._enable_views(session.state)

    def _on_view_chosen(self, name: str) -> None:
        self._session.set_look(view=View(name))

    def _on_opacity_moved(self, percent: int) -> None:
        self._session.set_look(opacity=percent / 100)

    def show_state(self, before: State, after: State) -> None:
        """Show the look where it differs."""
        if before.look != after.look:
            self._show(after)
        if before.image is not after.image or before.result is not after.result:
            self._enable_views(after)

    def _show(self, state: State) -> None:
        percent = round(100 * state.look.opacity)
        self.view.setCurrentText(state.look.view.value)
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(percent)
        self._percent.setText(f"{percent}%")
        for widget in (self.opacity, self._percent):
            widget.setEnabled(not state.look.is_outlined)
        self.opacity.setToolTip(ALWAYS_OPAQUE if state.look.is_outlined else OPACITY)

    def _enable_views(self, state: State) -> None:
        """Let the views be chosen that there are; the others say why not."""
        entries = self.view.model()
        assert isinstance(entries, QStandardItemModel)
        for place, view in enumerate(View):
            why_not = BY_ID[VIEW_ACTIONS[view]].why_not(state)
            entries.item(place).setEnabled(not why_not)
            entries.item(place).setToolTip(why_not)
