"""What a batch is to do: images, settings, products, output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from segmenter.app.batches import Order, Search
from segmenter.app.classes import completed
from segmenter.app.places import batch_folder
from segmenter.engine.parameters import changed_words
from segmenter.ui.path_field import PathField
from segmenter.ui.plain import plain_label, plain_tip
from segmenter.ui.product_list import DEFAULT_PRODUCTS, ProductList

if TYPE_CHECKING:
    from pathlib import Path

    from segmenter.app.state import Inputs
    from segmenter.engine.settings import Settings

PATTERNS = ("*", "*.tif", "*.png", "*.jpg")
SKIP, OVERWRITE = "Skip files that are up to date", "Do all files again"
ALL_DEFAULT = "All settings are at their defaults"
RECIPES = "Recipes (*.json)"


class BatchForm(QScrollArea):
    """The questions, and an `Order` from the answers.

    ``searched`` is emitted when other images are meant, ``edited`` when anything is different.
    """

    edited = Signal()
    searched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = QWidget()
        self.folder = PathField("Folder with images")
        self.pattern = QComboBox(editable=True)
        self.recursive = QCheckBox("Include sub-folders")
        self.count = plain_label("", "quiet")
        self.as_shown = QRadioButton("As they stand in the window")
        # Eliding, so that many settings take one line; the tool tip shows them all.
        self.summary = QElidingLabel(textFormat=Qt.TextFormat.PlainText)
        self.summary.setObjectName("quiet")
        self.by_recipe = QRadioButton("From a recipe")
        self.recipe = PathField("Recipe file", files=RECIPES)
        self.products = ProductList(columns=2)
        self.folder_out = PathField("Output folder")
        self.existing = QComboBox()
        self._proposed = ""
        self._arrange()
        self._fill()
        self._connect()

    def _arrange(self) -> None:
        column = QVBoxLayout(self.page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        _section(column, "Images")
        column.addLayout(_rows(("Fo&lder", self.folder), ("&Files", self.pattern)))
        column.addWidget(self.recursive)
        column.addWidget(self.count)
        _section(column, "Settings")
        column.addWidget(self.as_shown)
        # Not the label's own margins: it would take them for room for words.
        indented = QVBoxLayout()
        indented.setContentsMargins(24, 0, 0, 4)
        indented.addWidget(self.summary)
        column.addLayout(indented)
        column.addWidget(self.by_recipe)
        column.addWidget(self.recipe)
        _section(column, "Products")
        column.addWidget(self.products)
        _section(column, "Output")
        column.addLayout(_rows(("F&older", self.folder_out), ("&Existing", self.existing)))
        column.addStretch(1)
        self.setWidget(self.page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _fill(self) -> None:
        self.pattern.addItems(PATTERNS)
        self.pattern.setLineEdit(line := QLineEdit())
        for part in (self.pattern, line):
            part.setAccessibleName("File name pattern")
        self.pattern.setToolTip("Which files: * stands for anything, as in *.tif or cells_*.png")
        self.existing.addItems([SKIP, OVERWRITE])
        self.existing.setAccessibleName("What to do with existing products")
        self.count.setWordWrap(True)
        self._sources = QButtonGroup(self)
        for button in (self.as_shown, self.by_recipe):
            self._sources.addButton(button)
        self.as_shown.setChecked(True)
        self.recipe.setEnabled(False)
        self.products.choose(DEFAULT_PRODUCTS)

    def _connect(self) -> None:
        self.folder.edited.connect(self._on_folder_edited)
        self.folder_out.edited.connect(self.searched)
        self.pattern.currentTextChanged.connect(self.searched)
        self.recursive.toggled.connect(self.searched)
        self.by_recipe.toggled.connect(self.recipe.setEnabled)
        self.by_recipe.toggled.connect(self.edited)
        for part in (self.recipe, self.products):
            part.edited.connect(self.edited)
        self.existing.activated.connect(self.edited)
        self.searched.connect(self.edited)

    def _on_folder_edited(self) -> None:
        """Let the output folder follow, as long as it is the one that was proposed."""
        before, folder = self._proposed, self.folder.path
        self._proposed = "" if folder is None else str(batch_folder(folder))
        if self.folder_out.line.text() == before:
            self.folder_out.show_path(self._proposed)
        self.searched.emit()

    def show_settings(self, settings: Settings) -> None:
        """Say what 'as they stand in the window' means: all that is not at its default."""
        words = changed_words(settings) or ALL_DEFAULT
        self.summary.setText(words)
        self.summary.setAccessibleName(words)
        self.summary.setToolTip(plain_tip(words))

    @property
    def search(self) -> Search | None:
        """Which images are meant; None while a folder is missing."""
        folder, folder_out = self.folder.path, self.folder_out.path
        if folder is None or folder_out is None:
            return None
        pattern = self.pattern.currentText().strip() or "*"
        return Search(folder, folder_out, pattern, self.recursive.isChecked())

    def order(self, inputs: Inputs) -> Order | None:
        """Return the batch that is asked for; None while something is missing."""
        search, recipe = self.search, self._recipe
        lacks_recipe = self.by_recipe.isChecked() and recipe is None
        if search is None or lacks_recipe or not self.products.chosen:
            return None
        return Order(
            search,
            self.products.chosen,
            inputs.settings,
            completed(inputs),
            recipe,
            overwrite=self.existing.currentText() == OVERWRITE,
        )

    @property
    def _recipe(self) -> Path | None:
        return self.recipe.path if self.by_recipe.isChecked() else None


def _section(column: QVBoxLayout, title: str) -> None:
    if column.count():
        column.addSpacing(10)
    column.addWidget(plain_label(title, "heading"))


def _rows(*fields: tuple[str, QWidget]) -> QFormLayout:
    rows = QFormLayout()
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    rows.setVerticalSpacing(6)
    for label, field in fields:
        rows.addRow(label, field)
    return rows
