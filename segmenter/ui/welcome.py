"""What the window shows before there is an image: ways to open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.runner import Runner
from segmenter.app.thumbnails import Thumbnail, thumbnails
from segmenter.files.names import printable
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_label, plain_tip, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QShowEvent

    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session

SENTENCE = "Finds the kinds of pixel in an image, and shows the answer while it forms."
HINT = "or drop an image file here"
PICTURE = QSize(128, 96)
TILE = QSize(144, 122)
DENSITY = 2
RECENT_WIDTH = 260
MOST_WIDTH = 1040


class Welcome(QWidget):
    """A button to open an image, the sample images, and the files opened last."""

    open_wanted = Signal()

    def __init__(self, session: Session, preferences: Preferences, samples: Sequence[Path]) -> None:
        super().__init__()
        self._session = session
        self._preferences = preferences
        self._samples = _sample_list()
        self._recent = _recent_list()
        self._recent_part = _part("Opened last", self._recent)
        self._button = QPushButton("Open image…")
        self._arrange()
        self._button.clicked.connect(self.open_wanted)
        for files in (self._samples, self._recent):
            files.itemActivated.connect(self._on_activated)
            files.itemClicked.connect(self._on_activated)
        self._pictures = Runner(session.lanes.lane("pictures"), self)
        self._pictures.progressed.connect(self._on_pictures)
        self._add_samples(samples)
        self._button.setIcon(Icon.OPEN.icon())

    def _arrange(self) -> None:
        self._button.setMinimumSize(200, 44)
        self._button.setIconSize(QSize(22, 22))
        self._button.setDefault(True)
        files = QHBoxLayout()
        files.setSpacing(24)
        files.addWidget(_part("Sample images", self._samples), 1)
        files.addWidget(self._recent_part)
        inner = QWidget()
        inner.setMaximumWidth(MOST_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 24, 32, 16)
        column.setSpacing(8)
        for widget in (
            _picture(),
            _title(),
            plain_label(SENTENCE),
            self._button,
            plain_label(HINT, "quiet"),
        ):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.insertSpacing(3, 16)
        column.addSpacing(16)
        column.addLayout(files, 1)
        page = QWidget()
        middle = QHBoxLayout(page)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(inner, 100)
        middle.addStretch(1)
        # Small windows show a part of the page.
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def give_up(self) -> None:
        """Stop making pictures."""
        self._pictures.cancel()

    def _add_samples(self, paths: Sequence[Path]) -> None:
        for path in paths:
            item = _file_item(path, title_of(path))
            item.setSizeHint(TILE)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._samples.addItem(item)
        self._pictures.start(thumbnails(paths, PICTURE * DENSITY))

    def _on_pictures(self, made: tuple[Thumbnail, ...]) -> None:
        pictures = {thumbnail.path: thumbnail.picture for thumbnail in made}
        for place in range(self._samples.count()):
            item = self._samples.item(place)
            picture = pictures.get(item.data(Qt.ItemDataRole.UserRole))
            if picture is not None and item.icon().isNull():
                item.setIcon(QIcon(QPixmap.fromImage(picture)))

    def _on_activated(self, item: QListWidgetItem) -> None:
        self._session.open(item.data(Qt.ItemDataRole.UserRole))

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the recent files up to date."""
        self._recent.clear()
        for path in self._preferences.recent:
            name, folder = printable(path.name), printable(str(path.parent))
            item = _file_item(path, f"{name}\n{folder}")
            # As wide as the list, whatever the words: what is too long is shortened.
            item.setSizeHint(QSize(1, 2 * self._recent.fontMetrics().lineSpacing() + 8))
            self._recent.addItem(item)
        self._recent_part.setVisible(self._recent.count() > 0)
        super().showEvent(event)


def _file_item(path: Path, text: str) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setData(Qt.ItemDataRole.UserRole, path)
    item.setToolTip(plain_tip(printable(str(path))))
    return item


def _sample_list() -> QListWidget:
    samples = QListWidget()
    samples.setAccessibleName("Sample images")
    samples.setViewMode(QListView.ViewMode.IconMode)
    samples.setResizeMode(QListView.ResizeMode.Adjust)
    samples.setMovement(QListView.Movement.Static)
    samples.setUniformItemSizes(True)
    samples.setIconSize(PICTURE)
    samples.setSpacing(4)
    samples.setWordWrap(True)
    return samples


def _recent_list() -> QListWidget:
    recent = QListWidget()
    recent.setAccessibleName("Files opened last")
    recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    recent.setSpacing(2)
    return recent


def _part(heading: str, files: QListWidget) -> QWidget:
    """Return a list of files under its heading, without a frame."""
    files.setFrameShape(QFrame.Shape.NoFrame)
    files.viewport().setAutoFillBackground(False)
    label = plain_label(heading, "heading")
    label.setBuddy(files)
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label)
    column.addWidget(files, 1)
    return part


def _picture() -> QLabel:
    picture = QLabel()
    icon = QApplication.windowIcon()
    picture.setPixmap(icon.pixmap(QSize(72, 72)))
    picture.setVisible(not icon.isNull())
    return picture


def _title() -> QLabel:
    title = plain_label("Segmenter")
    font = title.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    title.setFont(font)
    return title
