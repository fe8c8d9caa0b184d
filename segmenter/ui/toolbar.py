"""The toolbar: the commands used most, how the result is shown, and *Export*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from segmenter.ui.actions import TOOLBAR
from segmenter.ui.brush_bar import BrushBar
from segmenter.ui.icons import Icon
from segmenter.ui.look_bar import LookBar

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette

    from segmenter.app.session import Session
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
        self.addWidget(BrushBar(session, self))
        spring = QWidget(self)
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spring)
        self.addWidget(LookBar(session, self))
        self.addSeparator()
        self.addAction(commands.by_id["export"])

    def tint(self, palette: QPalette) -> None:
        """Colour the arrow to what has no room; the style's own is dark on dark."""
        extension = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if extension is not None:
            extension.setIcon(Icon.EXTENSION.tinted(palette))
