"""The batch window: many images in the background, a row for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.batches import find, process
from segmenter.app.runner import Runner, lane
from segmenter.batch.summary import JobState
from segmenter.ui.batch_form import BatchForm
from segmenter.ui.batch_table import BatchTable
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.batch.run import BatchProgress, BatchReport
    from segmenter.batch.summary import Row

# Long enough that typing a path does not search every folder on the way.
SEARCH_DELAY_MS = 300
CHOICES_KEY = "batch/choices"


class BatchDialog(QDialog):
    """Asks what to do, does it in the background, and shows a row per file.

    Closing it while a batch is under way only hides it; ``noticed`` says what goes on.
    """

    noticed = Signal(str)

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Process folder")
        self._session = session
        self._preferences = preferences
        self._folder_out: Path | None = None
        self.form = BatchForm()
        self.table = BatchTable()
        self.status = plain_label("Choose a folder with images.")
        self.bar = QProgressBar()
        self.start = QPushButton("&Start")
        self.cancel = QPushButton("&Cancel")
        self.open_output = QPushButton("Open &output folder")
        self.copy_failures = QPushButton("Copy &failures")
        self._arrange()
        self._connect()
        self._recall()
        self._tint()
        self.show_state(session.state, session.state)
        self._offer()

    def _arrange(self) -> None:
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 16, 16, 16)
        column.setSpacing(8)
        self.status.setWordWrap(True)
        self.bar.setAccessibleName("Progress of the batch")
        for widget in (self.table, self.bar, self.status):
            column.addWidget(widget, 1 if widget is self.table else 0)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_output)
        buttons.addWidget(self.copy_failures)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column.addLayout(buttons)
        self.start.setDefault(True)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.form)
        halves.addWidget(work)
        halves.setStretchFactor(1, 1)
        halves.setSizes([340, 680])
        halves.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)
        self.resize(1060, 660)

    def _connect(self) -> None:
        self._finds = Runner(lane(), self)
        self._finds.finished.connect(self._on_found)
        self._finds.failed.connect(self._on_not_found)
        self._works = Runner(lane(), self)
        self._works.progressed.connect(self._on_progressed)
        self._works.finished.connect(self._on_finished)
        self._works.failed.connect(self._on_failed)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._search_timer.timeout.connect(self._search)
        self.form.searched.connect(self._search_timer.start)
        self.form.edited.connect(self._offer)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self._on_cancel)
        self.open_output.clicked.connect(self._on_open_output)
        self.copy_failures.clicked.connect(self._on_copy_failures)
        self.table.activated.connect(self._on_row_activated)

    @property
    def is_busy(self) -> bool:
        """Whether a batch is under way."""
        return self._works.is_busy

    def shut_down(self) -> bool:
        """Cancel everything and wait, two seconds at most; return whether all came to rest."""
        self._search_timer.stop()
        return all([self._finds.close(), self._works.close()])

    def show_state(self, before: State, after: State) -> None:
        """Show the settings where they differ; a batch under way keeps those it began with."""
        if before.inputs != after.inputs or before is after:
            self.form.show_settings(after.inputs.settings)

    # ---- Before -----------------------------------------------------------------------------

    def _recall(self) -> None:
        products = self._preferences.words_of("batch/products")
        if products:
            self.form.products.choose(products)
        folder = self._preferences.words_of("batch/folder")
        if folder:
            self.form.folder.show_path(folder[0])

    def _remember(self) -> None:
        self._preferences.keep_words("batch/products", self.form.products.chosen)
        self._preferences.keep_words("batch/folder", [str(self.form.folder.path)])

    def _search(self) -> None:
        search = self.form.search
        if self.is_busy:
            return
        if search is None:
            self._finds.cancel()
            self._on_found(())
        else:
            self.form.count.setText("Looking for images …")
            self._finds.start(find(search))

    def _on_found(self, rows: tuple[Row, ...]) -> None:
        count = "1 image" if len(rows) == 1 else f"{len(rows)} images"
        self.form.count.setText(f"{count} found" if self.form.search else "")
        self._show_found(rows)

    def _on_not_found(self, failure: str) -> None:
        self.form.count.setText(failure)
        self._show_found(())

    def _show_found(self, rows: tuple[Row, ...]) -> None:
        folder = self.form.folder.path
        self.table.batch.folder = "" if folder is None else f"{folder}/"
        self.table.batch.show_rows(rows)
        self._folder_out = None
        self.bar.setRange(0, max(1, len(rows)))
        self.bar.setValue(0)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done now."""
        rows = self.table.batch.rows
        order = self.form.order(self._session.state.inputs)
        self.form.page.setEnabled(not self.is_busy)
        self.start.setEnabled(order is not None and bool(rows) and not self.is_busy)
        self.cancel.setEnabled(self.is_busy)
        self.open_output.setEnabled(self._folder_out is not None)
        self.copy_failures.setEnabled(any(row.state is JobState.FAILED for row in rows))
        if not self.is_busy and self._folder_out is None:
            self.status.setText(self._advice())

    def _advice(self) -> str:
        if not self.table.batch.rows:
            return "Choose a folder with images."
        if not self.form.products.chosen:
            return "Choose at least one product."
        if self.form.order(self._session.state.inputs) is None:
            return "Choose a recipe and an output folder."
        return "Ready. The window stays usable while the batch is under way."

    # ---- Meanwhile --------------------------------------------------------------------------

    def _on_start(self) -> None:
        order = self.form.order(self._session.state.inputs)
        if order is None or self.is_busy:
            return
        self._remember()
        self._folder_out = order.search.folder_out
        self._works.start(process(order))
        self.status.setText("Preparing …")
        self._offer()
        self.cancel.setFocus()

    def _on_progressed(self, progress: BatchProgress) -> None:
        self.table.batch.show_rows(progress.rows)
        self.table.batch.show_inner(progress.index, progress.inner)
        self.table.follow(progress.index)
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.finished)
        left = "" if progress.remaining is None else f", about {spoken(progress.remaining)} left"
        self.status.setText(f"{progress.finished} of {progress.total} files{left}")

    def _on_cancel(self) -> None:
        self._works.cancel()
        rows = self.table.batch.rows
        self.table.batch.show_rows(tuple(_interrupted(row) for row in rows))
        self._end(f"Cancelled. {_counted(rows)} Start again to go on from here.")

    def _on_finished(self, report: BatchReport) -> None:
        self.table.batch.show_rows(report.rows)
        self.bar.setValue(self.bar.maximum())
        words = f"{_counted(report.rows)} It took {spoken(report.seconds)}."
        self._end(f"{report.problem} {words}".strip())

    def _on_failed(self, failure: str) -> None:
        self._end(failure)

    def _end(self, words: str) -> None:
        self._offer()
        self.status.setText(words)
        self.noticed.emit(f"Batch: {words}")

    def _on_open_output(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder_out)))

    def _on_copy_failures(self) -> None:
        rows = self.table.batch.rows
        self.table.copy_rows(at for at, row in enumerate(rows) if row.state is JobState.FAILED)

    def _on_row_activated(self, index: QModelIndex) -> None:
        self._session.open(Path(self.table.batch.rows[index.row()].path))

    # ---- The window ---------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; a batch under way goes on."""
        self._say_it_goes_on()
        super().closeEvent(event)

    def reject(self) -> None:
        """Take Escape as closing."""
        self._say_it_goes_on()
        super().reject()

    def _say_it_goes_on(self) -> None:
        if self.is_busy:
            self.noticed.emit(
                f"The batch goes on: {self.status.text()}. See Batch > Process folder."
            )

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.table.batch.tint(self.palette())
        self.start.setIcon(Icon.RUN.tinted(self.palette()))
        self.cancel.setIcon(Icon.STOP.tinted(self.palette()))
        self.open_output.setIcon(Icon.OPEN.tinted(self.palette()))
        self.copy_failures.setIcon(Icon.COPY.tinted(self.palette()))


def spoken(seconds: float) -> str:
    """Say a duration as people do: '45 s', '3 min 20 s', '2 h 5 min'."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _interrupted(row: Row) -> Row:
    return replace(row, state=JobState.WAITING) if row.state is JobState.RUNNING else row


def _counted(rows: tuple[Row, ...]) -> str:
    """Say how many files ended how, leaving out what there is none of."""
    counts = {state: sum(row.state is state for row in rows) for state in JobState}
    said = [f"{count} {state.value}" for state, count in counts.items() if count]
    return f"{', '.join(said)}."
