"""The toolbar: the commands used most, and how the result is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from segmenter.app.state import Tool
from segmenter.ui.actions import TOOLBAR
from segmenter.ui.brush_bar import BrushBar
from segmenter.ui.look_bar import LookBar

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.command_set import CommandSet


class Toolbar(QToolBar):
    """Buttons of the `TOOLBAR` table, and the look of the result."""

    def __init__(self, session: Session, commands: CommandSet, parent: QWidget) -> None:
        super().__init__("Toolbar", parent, movable=False)
        self.setObjectName("toolbar")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in TOOLBAR:
            if name == "-":
                self.addSeparator()
            else:
                self.addAction(commands.by_id[name])
        self._brush = self.addWidget(BrushBar(session, self))
        spring = QWidget(self)
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spring)
        self.addWidget(LookBar(session, self))
        session.changed.connect(self.show_state)
        self.show_state(session.state, session.state)

    def show_state(self, _: State, after: State) -> None:
        """Make room for what a tool leaves only while there is one in hand."""
        self._brush.setVisible(after.hand.tool is not Tool.MOVE)
