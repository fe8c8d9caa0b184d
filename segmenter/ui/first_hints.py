"""One line for who is new: what to try first, until it is dismissed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from superqt import QElidingLabel

from segmenter.ui.actions import ACTIONS
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.app.state import State

BETWEEN = "  \N{MIDDLE DOT}  "


class FirstHints(QFrame):
    """A row above the image; *Got it* takes it away for good, *Help* brings it back."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._preferences = session, preferences
        self.setObjectName("hints")
        self.words, self.more = (
            QElidingLabel(self, textFormat=Qt.TextFormat.PlainText) for _ in range(2)
        )
        self.dismiss = QPushButton("Got it", self)
        self.dismiss.setToolTip("Do not show these hints again; Help brings them back")
        # After a click *Space* goes on to mean the overlay.
        self.dismiss.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dismiss.clicked.connect(self._on_dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.words)
        lines.addWidget(self.more)
        row.addLayout(lines, 1)
        row.addWidget(self.dismiss)
        session.changed.connect(self.show_state)
        self._show(session.state)

    def show_state(self, before: State, after: State) -> None:
        """Come with the first image."""
        if (before.image is None) != (after.image is None):
            self._show(after)

    def bring_back(self) -> None:
        """Show the hints again, now and from now on."""
        self._preferences.wants_hints = True
        self._show(self._session.state)

    def _on_dismissed(self) -> None:
        self._preferences.wants_hints = False
        self._show(self._session.state)

    def _show(self, state: State) -> None:
        self.setVisible(state.image is not None and self._preferences.wants_hints)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take one line, or two where one has no room; never more: the image needs it."""
        tried, metrics = hints(), self.words.fontMetrics()
        # The frame's margins, and the gap before the button.
        room = event.size().width() - self.dismiss.sizeHint().width() - 32
        has_room = metrics.horizontalAdvance(BETWEEN.join(tried)) <= room
        count = len(tried) if has_room else len(tried) // 2
        for label, part in ((self.words, tried[:count]), (self.more, tried[count:])):
            label.setText(BETWEEN.join(part))
            label.setToolTip(plain_tip(label.text()))
            label.setVisible(bool(part))
        super().resizeEvent(event)


def hints() -> tuple[str, ...]:
    """Return what to try first, with the keys as they are."""
    return (
        "Move a setting and watch",
        f"{_key('hide-overlay')} hides the colours",
        f"{_key('brush')}: say what is what",
        f"{_key('export')} exports the masks",
    )


def _key(name: str) -> str:
    (shortcut,) = (entry.shortcut for entry in ACTIONS if entry.id == name)
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
