"""The batch window: many images in the background, a row for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSplitter, QWidget

from segmenter.app.batches import find, process
from segmenter.app.runner import Runner
from segmenter.batch.summary import JobState
from segmenter.ui.batch_form import BatchForm
from segmenter.ui.batch_view import BatchView, counted, spoken
from segmenter.ui.icons import Icon
from segmenter.ui.placing import resize_on_screen

if TYPE_CHECKING:
    from segmenter.app.batches import Looked
    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.batch.run import BatchProgress, BatchReport
    from segmenter.batch.summary import Row

# Long enough that typing a path does not search every folder on the way.
SEARCH_DELAY_MS = 300
PRODUCTS_KEY, FOLDER_KEY = "batch/products", "batch/folder"
READY = "Ready. The main window stays usable while the batch is under way."


WANTED_SIZE = QSize(1176, 664)
"""Wide enough for what is told of a file that went well."""


class BatchDialog(QDialog):
    """Asks what to do, does it in the background, and shows a row per file.

    Closing it while a batch is under way only hides it; ``noticed`` says what goes on.
    """

    noticed = Signal(str)
    stood = Signal(str)
    """How far the batch has come, in a few words; empty when it has ended."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Process folder")
        self._session = session
        self._preferences = preferences
        self._has_begun = False
        self.form = BatchForm()
        self.view = BatchView()
        self.start = QPushButton("&Start")
        self.cancel = QPushButton("&Cancel")
        self.put_away = QPushButton("Close")
        self.put_away.setToolTip("Put this window away (Esc); a batch under way goes on")
        self._arrange()
        self._make_runners()
        self._connect()
        self.start.setIcon(Icon.RUN.icon())
        self.cancel.setIcon(Icon.STOP.icon())
        self._recall()
        self.form.show_settings(session.state.inputs.settings)
        self._offer()

    def _arrange(self) -> None:
        for button in (self.cancel, self.start, self.put_away):
            # Return in the form or in the table must not start a batch.
            button.setAutoDefault(False)
            self.view.buttons.addWidget(button)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.form)
        halves.addWidget(self.view)
        halves.setStretchFactor(1, 1)
        halves.setSizes([340, WANTED_SIZE.width() - 340])
        halves.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)
        resize_on_screen(self, WANTED_SIZE)

    def _make_runners(self) -> None:
        self._finds = Runner(self._session.lanes.lane("searching"), self)
        self._finds.finished.connect(self._on_found)
        self._finds.failed.connect(self._on_not_found)
        self._works = Runner(self._session.lanes.lane("batch"), self)
        self._works.progressed.connect(self.view.show_progress)
        self._works.progressed.connect(self._on_progressed)
        self._works.finished.connect(self._on_finished)
        self._works.failed.connect(self._on_failed)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._search_timer.timeout.connect(self._search)

    def _connect(self) -> None:
        self.form.searched.connect(self._on_search_edited)
        self.form.edited.connect(self._offer)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self._on_cancel)
        self.put_away.clicked.connect(self.reject)
        self.view.image_wanted.connect(self._session.open)

    @property
    def is_busy(self) -> bool:
        """Whether a batch is under way."""
        return self._works.is_busy

    def give_up(self) -> None:
        """Cancel everything."""
        self._search_timer.stop()
        self._finds.cancel()
        self._works.cancel()

    def show_state(self, before: State, after: State) -> None:
        """Show the settings where they differ; a batch under way keeps those it began with."""
        if before.inputs != after.inputs:
            self.form.show_settings(after.inputs.settings)

    # ---- Before -----------------------------------------------------------------------------

    def _recall(self) -> None:
        products = self._preferences.words_of(PRODUCTS_KEY)
        if products:
            self.form.products.choose(products)
        kept = self._preferences.words_of(FOLDER_KEY)
        image = self._session.state.image
        if kept:
            self.form.folder.show_path(kept[0])
        elif image is not None and image.path is not None:
            self.form.folder.show_path(image.path.parent)

    def _remember(self) -> None:
        self._preferences.keep_words(PRODUCTS_KEY, self.form.products.chosen)
        self._preferences.keep_words(FOLDER_KEY, [str(self.form.folder.path)])

    def _on_search_edited(self) -> None:
        """Forget what was found for another folder at once, and look again in a moment."""
        self._finds.cancel()
        self._has_begun = False
        self.view.show_found((), self.form.folder.path)
        self.form.count.setText("")
        self._offer()
        self._search_timer.start()

    def _search(self) -> None:
        search = self.form.search
        if search is not None and not self.is_busy:
            self.form.count.setText("Looking for images …")
            self._finds.start(find(search))

    def _on_found(self, looked: Looked) -> None:
        rows, products = looked
        count = "1 image" if len(rows) == 1 else f"{len(rows)} images"
        made = "1 product" if products == 1 else f"{products} products"
        left_out = f"; {made} of these left out" if products else ""
        self.form.count.setText(f"{count} found{left_out}")
        self.view.show_found(rows, self.form.folder.path)
        self._offer()

    def _on_not_found(self, failure: str) -> None:
        self.form.count.setText(failure)

    def _offer(self) -> None:
        """Offer what can be done now, and say what is missing."""
        is_ready = bool(self.view.rows) and self._order_is_whole() and not self.is_busy
        self.form.page.setEnabled(not self.is_busy)
        self.start.setEnabled(is_ready)
        self.cancel.setEnabled(self.is_busy)
        if not self._has_begun:
            self.view.status.setText(self._advice())

    def _order_is_whole(self) -> bool:
        return self.form.order(self._session.state.inputs) is not None

    def _advice(self) -> str:
        if not self.view.rows:
            return "Choose a folder with images."
        if not self.form.products.chosen:
            return "Choose at least one product."
        return READY if self._order_is_whole() else "Choose a recipe and an output folder."

    # ---- Meanwhile --------------------------------------------------------------------------

    def _on_start(self) -> None:
        order = self.form.order(self._session.state.inputs)
        if order is None or self.is_busy:
            return
        self._remember()
        self._has_begun = True
        self._works.start(process(order))
        self.view.status.setText("Preparing …")
        self.view.show_output(order.search.folder_out)
        self._offer()
        self.cancel.setFocus()

    def _on_progressed(self, progress: BatchProgress) -> None:
        self.stood.emit(f"Batch {progress.finished}/{progress.total}")

    def _on_cancel(self) -> None:
        self._works.cancel()
        rows = tuple(_interrupted(row) for row in self.view.rows)
        self._end(rows, f"Cancelled. {counted(rows)} Start again to go on from here.")

    def _on_finished(self, report: BatchReport) -> None:
        words = f"{counted(report.rows)} It took {spoken(report.seconds)}."
        self._end(report.rows, f"{report.problem} {words}".strip())

    def _on_failed(self, failure: str) -> None:
        self._end(self.view.rows, failure)

    def _end(self, rows: tuple[Row, ...], words: str) -> None:
        self.view.show_ended(rows, words)
        self._offer()
        self.start.setFocus()
        self.stood.emit("")
        self.noticed.emit(f"Batch: {words}")

    # ---- The window ---------------------------------------------------------------------------

    def reject(self) -> None:
        """Hide, be it by Escape, *Close* or the window's button; a batch under way goes on."""
        if self.is_busy:
            self.noticed.emit("The batch goes on. Batch > Process folder shows how it stands.")
        super().reject()


def _interrupted(row: Row) -> Row:
    return replace(row, state=JobState.WAITING) if row.state is JobState.RUNNING else row
