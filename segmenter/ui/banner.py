"""The failure notice: what went wrong and what to do, until the user takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State

ICON_SIZE = 20


class Banner(QFrame):
    """A line over the upper edge of its parent; hidden while nothing is wrong."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._sign = QLabel(self)
        self.words = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.dismiss = QToolButton(self, autoRaise=True)
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.setAccessibleName("Dismiss the message")
        self.dismiss.clicked.connect(session.dismiss_failure)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self._sign)
        row.addWidget(self.words, 1)
        row.addWidget(self.dismiss)
        self._tint()
        self.dismiss.setIcon(Icon.CLOSE.icon())
        self.hide()
        if parent is not None:
            parent.installEventFilter(self)
        session.changed.connect(self.show_state)

    def show_state(self, before: State, after: State) -> None:
        """Show the failure where it differs."""
        if before.failure != after.failure:
            self.words.setText(after.failure)
            self.words.setAccessibleName(after.failure)
            self.setVisible(bool(after.failure))
            self._lie_on_top()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size; nothing below moves when the message comes and goes."""
        if event.type() == QEvent.Type.Resize:
            self._lie_on_top()
        return super().eventFilter(watched, event)

    def _lie_on_top(self) -> None:
        below = self.parentWidget()
        if below is not None:
            self.setGeometry(0, 0, below.width(), self.heightForWidth(below.width()))
            self.raise_()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self._sign.setPixmap(Icon.WARNING.icon().pixmap(ICON_SIZE, ICON_SIZE))
