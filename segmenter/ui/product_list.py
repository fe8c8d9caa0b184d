"""The products as check boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from segmenter.files.products import PRODUCTS
from segmenter.ui.plain import plain_label

if TYPE_CHECKING:
    from collections.abc import Iterable


DEFAULT_PRODUCTS = ("labels", "masks", "overlay", "table")
"""What is ticked until somebody has chosen; soft masks are large."""


class ProductList(QWidget):
    """A check box per product.

    Parameters
    ----------
    columns
        How many stand beside each other.
    helped
        Whether what a product is stands below it; otherwise it is the tool tip.
    """

    edited = Signal()

    def __init__(
        self, *, columns: int = 1, helped: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 8 if helped else 0, 0)
        grid.setVerticalSpacing(2 if helped else 6)
        for place, product in enumerate(PRODUCTS.values()):
            row, column = divmod(place, columns)
            box = QCheckBox(product.label, self)
            box.setToolTip(product.help)
            box.setAccessibleDescription(product.help)
            box.toggled.connect(self.edited)
            self._boxes[product.name] = box
            grid.addWidget(box, 2 * row, column)
            if helped:
                grid.addWidget(_help(product.help), 2 * row + 1, column)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the ticked products."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def choose(self, names: Iterable[str]) -> None:
        """Tick these products and no others; names that are not known are passed over."""
        wanted = set(names)
        for name, box in self._boxes.items():
            box.setChecked(name in wanted)


def _help(text: str) -> QLabel:
    label = plain_label(text, "quiet")
    label.setWordWrap(True)
    label.setContentsMargins(22, 0, 0, 8)
    return label
