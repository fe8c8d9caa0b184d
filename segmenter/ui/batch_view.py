"""How a batch stands: the table, the bar, and words for both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmenter.batch.summary import JobState
from segmenter.ui.batch_table import DETAIL, BatchTable
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_label

if TYPE_CHECKING:
    from segmenter.batch.run import BatchProgress
    from segmenter.batch.summary import Row


class BatchView(QWidget):
    """Shows the files of a batch before, while and after it is done.

    ``buttons`` is the row below, for those that start and cancel.
    """

    image_wanted = Signal(object)
    """Path of the file whose row was activated."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder_out: Path | None = None
        self.table = BatchTable()
        self.words = plain_label("", "quiet")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the batch")
        self.status = plain_label()
        self.open_output = QPushButton("Open &output folder")
        self.copy_failures = QPushButton("Copy fail&ures")
        self.buttons = QHBoxLayout()
        self._arrange()
        self.open_output.clicked.connect(self._on_open_output)
        self.copy_failures.clicked.connect(self._on_copy_failures)
        self.table.activated.connect(self._on_row_activated)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self.table.batch.modelReset.connect(self.words.hide)
        self._tint()
        self.open_output.setIcon(Icon.OPEN.icon())
        self.copy_failures.setIcon(Icon.COPY.icon())
        self.show_output(None)

    def _arrange(self) -> None:
        self.status.setWordWrap(True)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words.hide()
        for button in (self.open_output, self.copy_failures):
            button.setAutoDefault(False)
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        for widget in (self.words, self.bar, self.status):
            column.addWidget(widget)
        column.addLayout(self.buttons)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they stand."""
        return self.table.batch.rows

    def show_found(self, rows: tuple[Row, ...], folder: Path | None) -> None:
        """Show the files that a batch would do, by their place in `folder`."""
        self.table.batch.folder = "" if folder is None else f"{folder}/"
        self.table.batch.show_rows(rows)
        self.bar.setRange(0, max(1, len(rows)))
        self.bar.setValue(0)
        self.show_output(None)

    def show_output(self, folder: Path | None) -> None:
        """Offer to open the folder of the products, and to copy failures if there are any."""
        self._folder_out = folder
        self.open_output.setEnabled(folder is not None)
        self.copy_failures.setEnabled(any(row.state is JobState.FAILED for row in self.rows))

    def show_progress(self, progress: BatchProgress) -> None:
        """Show a batch under way."""
        self.table.batch.show_rows(progress.rows)
        self.table.batch.show_inner(progress.index, progress.inner)
        self.table.follow(progress.index)
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.finished)
        left = "" if progress.remaining is None else f", about {spoken(progress.remaining)} left"
        self.status.setText(f"{progress.finished} of {progress.total} files{left}")

    def show_ended(self, rows: tuple[Row, ...], words: str) -> None:
        """Show a batch that ended, and how."""
        self.table.batch.show_rows(rows)
        finished = sum(row.state not in (JobState.WAITING, JobState.RUNNING) for row in rows)
        self.bar.setValue(finished)
        self.status.setText(words)
        self.show_output(self._folder_out)

    def _on_open_output(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder_out)))

    def _on_copy_failures(self) -> None:
        self.table.copy_rows(at for at, row in enumerate(self.rows) if row.state is JobState.FAILED)

    def _on_row_activated(self, index: QModelIndex) -> None:
        self.image_wanted.emit(Path(self.rows[index.row()].path))

    def _on_row_chosen(self, index: QModelIndex) -> None:
        """Show in full what the table may have to shorten."""
        self.words.setText(self.table.batch.text(index.row(), DETAIL) if index.isValid() else "")
        self.words.setVisible(bool(self.words.text()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.table.batch.tint(self.palette())


def spoken(seconds: float) -> str:
    """Say a duration as people do: '45 s', '3 min 20 s', '2 h 5 min'."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def counted(rows: tuple[Row, ...]) -> str:
    """Say how many files ended how, leaving out what there is none of."""
    counts = {state: sum(row.state is state for row in rows) for state in JobState}
    said = [f"{count} {state.value}" for state, count in counts.items() if count]
    return f"{', '.join(said)}."
