"""A small popup with the colours that colour-blind people can tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.engine.styles import PALETTE, ROUNDS, palette_colour, palette_name
from segmenter.ui.swatch import readable_on

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QKeyEvent, QPaintEvent

ACROSS = len(PALETTE)
SIDE = 28
RING = 2
# What an arrow key adds to the number of the colour.
STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -ACROSS,
    Qt.Key.Key_Down: ACROSS,
}


class Swatch(QAbstractButton):
    """One colour with its number; a ring is around the one that is chosen now or has the focus."""

    pointed = Signal(str)
    """What the colour is called, when the pointer or the focus comes to it."""

    def __init__(self, place: int, *, use: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = palette_colour(place)
        self._words = f"{place + 1}  {palette_name(place)}{use}"
        self.setText(str(place + 1))
        self.setAccessibleName(self._words)
        self.setToolTip(self._words)
        self.setCheckable(True)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        """Say what the colour is called when somebody looks at it."""
        if event.type() in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
            self.pointed.emit(self._words)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave arrow keys to the popup, which knows what is above and below."""
        if Qt.Key(event.key()) in STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the swatch, and its ring."""
        painter, colour = QPainter(self), QColor(*self.colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        is_ringed = self.hasFocus() or self.isChecked()
        if is_ringed:
            role = self.palette().highlight() if self.hasFocus() else self.palette().text()
            painter.setPen(QPen(role.color(), RING))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(colour.darker(140))
        painter.setBrush(colour)
        painter.drawRoundedRect(area.adjusted(4, 4, -4, -4), 3, 3)
        painter.setPen(readable_on(colour))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class PalettePopup(QFrame):
    """The palette, its darker and lighter rounds, and a way to any other colour.

    Arrow keys go from colour to colour, *Return* takes one, *Esc* leaves all as it is.

    Parameters
    ----------
    now
        The colour that is to be changed.
    used
        Colours that other classes have.
    """

    chosen = Signal(QColor)
    more_wanted = Signal()

    def __init__(
        self,
        now: tuple[int, int, int],
        used: Collection[tuple[int, int, int]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Palette")
        self.words = QLabel(self)
        self.swatches: list[Swatch] = []
        grid = QGridLayout()
        grid.setSpacing(0)
        for place in range(ACROSS * len(ROUNDS)):
            grid.addWidget(self._swatch(place, now, used), *divmod(place, ACROSS))
        self.more = QPushButton("More…", self)
        self.more.clicked.connect(self._on_more)
        below = QHBoxLayout()
        below.setContentsMargins(4, 0, 0, 0)
        below.addWidget(self.words, 1)
        below.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(grid)
        column.addLayout(below)
        first = next((one for one in self.swatches if one.isChecked()), self.swatches[0])
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        self.words.setText(first.accessibleName())

    def _swatch(
        self, place: int, now: tuple[int, int, int], used: Collection[tuple[int, int, int]]
    ) -> Swatch:
        colour = palette_colour(place)
        swatch = Swatch(place, use=", in use" if colour in used else "", parent=self)
        swatch.setChecked(colour == now)
        swatch.clicked.connect(self._on_clicked)
        swatch.pointed.connect(self.words.setText)
        self.swatches.append(swatch)
        return swatch

    def show_below(self, place: QPoint) -> None:
        """Open at a place of the screen, moved as far as it takes to be seen whole."""
        self.adjustSize()
        room, size = self.screen().availableGeometry(), self.size()
        left = min(place.x(), room.right() - size.width())
        top = min(place.y(), room.bottom() - size.height())
        self.move(max(left, room.left()), max(top, room.top()))
        self.show()

    def sizeHint(self) -> QSize:
        """Keep the width whatever the colours are called."""
        return QSize(SIDE * ACROSS + 16, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from colour to colour by arrow keys, and take one by *Return*."""
        now = self.focusWidget()
        key = Qt.Key(event.key())
        if isinstance(now, Swatch) and key in STEPS:
            place = self.swatches.index(now) + STEPS[key]
            if 0 <= place < len(self.swatches):
                self.swatches[place].setFocus(Qt.FocusReason.TabFocusReason)
        elif isinstance(now, QAbstractButton) and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            now.click()
        else:
            super().keyPressEvent(event)

    def _on_clicked(self) -> None:
        swatch = self.sender()
        assert isinstance(swatch, Swatch)
        self.close()
        self.chosen.emit(QColor(*swatch.colour))

    def _on_more(self) -> None:
        self.close()
        self.more_wanted.emit()
