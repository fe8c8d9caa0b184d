"""Rows of settings that are folded away under a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget
from superqt import QCollapsible

from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmenter.ui.settings_panel import ParameterRow

UNFOLDING_MS = 120


class Fold(QCollapsible):
    """Opens and closes by its title, which tells how many of its rows are changed."""

    def __init__(self, title: str, rows: Sequence[ParameterRow], parent: QWidget) -> None:
        super().__init__(title, parent)
        self._title, self._rows = title, rows
        self.setDuration(UNFOLDING_MS)
        self.setCollapsedIcon(Icon.FOLDED.icon())
        self.setExpandedIcon(Icon.UNFOLDED.icon())
        group = None
        for row in rows:
            if row.parameter.group is not group:
                group = row.parameter.group
                if group.value != title:
                    self.addWidget(self._heading(group.value))
            self.addWidget(row)
        self.toggled.connect(self._on_toggled)
        self.collapse(animate=False)
        self._on_toggled(False)

    def _heading(self, text: str) -> QLabel:
        heading = QLabel(text, self)
        heading.setObjectName("heading")
        heading.setContentsMargins(0, 8, 0, 0)
        return heading

    def _on_toggled(self, is_open: bool) -> None:
        # Folded is only flat: what is not hidden could still be reached by Tab, unseen.
        self.content().setVisible(is_open)

    def show_changed(self) -> None:
        """Tell how many rows are not at their default."""
        changed = sum(row.reset.isVisibleTo(row) for row in self._rows)
        self.setText(f"{self._title} ({changed} changed)" if changed else self._title)
