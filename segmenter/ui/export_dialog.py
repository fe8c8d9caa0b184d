"""The export dialog: which products, where to, and exactly which files that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.exports import Fate, Planned, Wish, plan
from segmenter.app.places import products_folder
from segmenter.app.runner import Runner
from segmenter.files.names import printable
from segmenter.ui.icons import Icon
from segmenter.ui.path_field import PathField
from segmenter.ui.placing import resize_on_screen
from segmenter.ui.plain import plain_label, plain_tip
from segmenter.ui.product_list import DEFAULT_PRODUCTS, ProductList

if TYPE_CHECKING:
    from pathlib import Path

    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session

PRODUCTS_KEY = "export/products"
ICONS = {Fate.NEW: Icon.FILE, Fate.REPLACED: Icon.REPLACED, Fate.REFUSED: Icon.WARNING}
PROMISE = "Files are written complete or not at all. The image itself is never replaced."


class ExportDialog(QDialog):
    """Chooses products of the result and has the session write them."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._session = session
        self._preferences = preferences
        self._planned: tuple[Planned, ...] = ()
        self.products = ProductList(helped=True)
        self.folder = PathField("Folder")
        self.stem = QLineEdit()
        self.files = _file_tree()
        self.total = plain_label()
        # Not the standard button: it would bring an icon of the desktop's along.
        self.buttons = QDialogButtonBox()
        self.export = self.buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._arrange()
        self._plans = Runner(session.lanes.lane("planning"), self)
        self._recall()
        self._connect()
        self._plan()

    def _arrange(self) -> None:
        halves = QHBoxLayout()
        halves.setSpacing(24)
        halves.addLayout(self._left(), 2)
        halves.addLayout(self._right(), 3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(16)
        whole.addLayout(halves, 1)
        whole.addWidget(self.buttons)
        resize_on_screen(self, QSize(880, 640))

    def _left(self) -> QVBoxLayout:
        chosen = QScrollArea(widgetResizable=True)
        chosen.setFrameShape(QFrame.Shape.NoFrame)
        chosen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        chosen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        chosen.setWidget(self.products)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(plain_label("Products", "heading"))
        left.addWidget(chosen, 1)
        return left

    def _right(self) -> QVBoxLayout:
        where = QFormLayout()
        where.setVerticalSpacing(8)
        where.addRow("&Folder", self.folder)
        where.addRow("&Name", self.stem)
        self.stem.setAccessibleName("Name that all files begin with")
        promise = plain_label(PROMISE, "quiet")
        for label in (self.total, promise):
            label.setWordWrap(True)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(where)
        right.addSpacing(8)
        right.addWidget(plain_label("What will be written", "heading"))
        right.addWidget(self.files, 1)
        right.addWidget(self.total)
        right.addWidget(promise)
        return right

    def _connect(self) -> None:
        self.products.edited.connect(self._plan)
        self.folder.edited.connect(self._plan)
        self.stem.textChanged.connect(self._plan)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._plans.finished.connect(self._on_planned)
        self._plans.failed.connect(self._on_plan_failed)
        self.finished.connect(self._plans.cancel)

    def _recall(self) -> None:
        kept = self._preferences.words_of(PRODUCTS_KEY)
        self.products.choose(kept or DEFAULT_PRODUCTS)
        source = self._source()
        self.folder.show_path(products_folder(source, self._preferences.last_folder))
        self.stem.setText("image" if source is None else source.stem)

    def _source(self) -> Path | None:
        image = self._session.state.image
        return None if image is None else image.path

    def _wish(self) -> Wish | None:
        folder, stem = self.folder.path, self.stem.text().strip()
        result = self._session.state.result
        if folder is None or result is None or not _is_stem(stem):
            return None
        return Wish(folder, stem, self.products.chosen, result.class_count, self._source())

    def _plan(self) -> None:
        self._show_planned(())
        wish = self._wish()
        if wish is None:
            self._plans.cancel()
            self.total.setText("Give a folder, and a name without / or \\.")
        else:
            self._plans.start(plan(wish))

    def _on_planned(self, planned: tuple[Planned, ...]) -> None:
        self._show_planned(planned)
        self.total.setText(_total(planned))

    def _on_plan_failed(self, failure: str) -> None:
        self.total.setText(failure)

    def _show_planned(self, planned: tuple[Planned, ...]) -> None:
        self._planned = planned
        fates = [file.fate for file in planned]
        self.export.setEnabled(bool(planned) and Fate.REFUSED not in fates)
        self.files.clear()
        for file in planned:
            row = QTreeWidgetItem([printable(file.name), file.fate.value])
            row.setIcon(0, ICONS[file.fate].icon())
            row.setToolTip(0, plain_tip(printable(file.name)))
            if file.fate is not Fate.NEW:
                font = row.font(1)
                font.setBold(True)
                row.setFont(1, font)
            self.files.addTopLevelItem(row)

    def accept(self) -> None:
        """Have the files written in the background, and remember the choice."""
        wish = self._wish()
        if wish is not None and self.export.isEnabled():
            self._preferences.keep_words(PRODUCTS_KEY, wish.products)
            self._preferences.last_folder = wish.folder
            self._session.export(wish.folder, wish.products, stem=wish.stem)
            super().accept()


def _file_tree() -> QTreeWidget:
    files = QTreeWidget()
    files.setAccessibleName("Files that will be written")
    files.setHeaderLabels(["File", "On the disk"])
    files.setRootIsDecorated(False)
    files.setUniformRowHeights(True)
    files.setAlternatingRowColors(True)
    files.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    files.header().setStretchLastSection(False)
    files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    files.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return files


def _is_stem(text: str) -> bool:
    return bool(text) and text not in {".", ".."} and not set("/\\\0") & set(text)


def _total(planned: tuple[Planned, ...]) -> str:
    if not planned:
        return "Choose at least one product."
    replaced = sum(file.fate is Fate.REPLACED for file in planned)
    if any(file.fate is Fate.REFUSED for file in planned):
        return "One of these files is the image itself. Give another name or folder."
    files = "1 file" if len(planned) == 1 else f"{len(planned)} files"
    return f"{files}, of which {replaced} replaced." if replaced else f"{files}, all new."
