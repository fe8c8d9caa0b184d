"""Files dragged over the window and dropped: what they are, and the frame that welcomes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


class Sorted(NamedTuple):
    """Paths by what is done with them."""

    images: list[Path]
    recipes: list[Path]
    folders: list[Path]


def sorted_out(paths: Sequence[Path]) -> Sorted:
    """Tell folders, recipes and images apart."""
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if path not in folders]
    recipes = [path for path in files if path.suffix.lower() == ".json"]
    return Sorted([path for path in files if path not in recipes], recipes, folders)


class DropFrame(QFrame):
    """A frame around a whole window while files hover over it; ``dropped`` tells which were.

    Whatever is proposed, files are accepted as a copy: a move would have the sender delete them.
    """

    dropped = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Welcome local files that are dragged over the window, and take them."""
        if isinstance(event, QDragLeaveEvent):
            self.hide()
        if not isinstance(event, QDropEvent) or not _files(event):
            return super().eventFilter(watched, event)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setVisible(event.type() != QEvent.Type.Drop)
        if self.isVisible():
            self.setGeometry(self._window.rect())
            self.raise_()
        else:
            self.dropped.emit(_files(event))
        return True


def _files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
