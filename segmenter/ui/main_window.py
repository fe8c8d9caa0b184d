"""The window: puts panels, commands and the canvas together, and knows nothing of their work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.drawings import unsaved
from segmenter.files.bundled import sample_images
from segmenter.files.names import printable
from segmenter.ui import theme
from segmenter.ui.banner import Banner
from segmenter.ui.canvas import Canvas
from segmenter.ui.command_set import CommandSet
from segmenter.ui.drops import DropFrame, sorted_out
from segmenter.ui.field_keys import is_left_by
from segmenter.ui.file_questions import FileQuestions
from segmenter.ui.first_hints import FirstHints
from segmenter.ui.help_dialogs import AboutDialog, ShortcutsDialog
from segmenter.ui.leave_question import LeaveQuestion
from segmenter.ui.menu_bar import fill_menu_bar
from segmenter.ui.panels import Panels
from segmenter.ui.status_bar import StatusBar
from segmenter.ui.toolbar import Toolbar
from segmenter.ui.welcome import Welcome

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from segmenter.app.preferences import Preferences, Theme
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.batch_dialog import BatchDialog
    from segmenter.ui.display_dialog import DisplayDialog

GEOMETRY = "window/geometry"
LAYOUT = "window/layout"


class MainWindow(QMainWindow):
    """One window on one session."""

    session: Session
    canvas: Canvas
    questions: FileQuestions
    panels: Panels

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__()
        self.session = session
        self.preferences = preferences
        self._batch: BatchDialog | None = None
        self._display: DisplayDialog | None = None
        self._is_asking = False
        self.canvas = Canvas(session)
        # Listed once: a folder may be slow.
        self.samples = sample_images()
        self.commands = CommandSet(self)
        self.questions = FileQuestions(session, preferences, self)
        self._drop_frame = DropFrame(self)
        self._drop_frame.dropped.connect(self.open_all)
        self._make_centre()
        self._make_status_bar()
        fill_menu_bar(self)
        self._toolbar = Toolbar(self.session, self.commands, self)
        self.addToolBar(self._toolbar)
        self.panels = Panels(self)
        session.changed.connect(self.canvas.show_state)
        session.changed.connect(self.show_state)
        self._show_title(session.state)
        self.commands.show_state(session.state)
        self._restore()

    # ---- Building -------------------------------------------------------------------------

    def _make_centre(self) -> None:
        self._pages = QStackedWidget(self)
        self._welcome = Welcome(self.session, self.preferences, self.samples)
        self._welcome.open_wanted.connect(self.questions.choose_image)
        self._pages.addWidget(self._welcome)
        self._pages.addWidget(self.canvas)
        self._hints = FirstHints(self.session, self.preferences)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._hints)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        Banner(self.session, self._pages)

    def _make_status_bar(self) -> None:
        self._bar = StatusBar(self.session, self)
        self.canvas.pointed.connect(self._bar.show_pixel)
        self.canvas.zoomed.connect(self._bar.show_zoom)
        self.setStatusBar(self._bar)

    def _restore(self) -> None:
        if not self.restoreGeometry(self.preferences.bytes_of(GEOMETRY)):
            room = self.screen().availableSize()
            self.resize(min(1440, room.width() * 9 // 10), min(900, room.height() * 9 // 10))
            if self.panels.is_screen_low:
                self.setWindowState(Qt.WindowState.WindowMaximized)
        self.restoreState(self.preferences.bytes_of(LAYOUT))

    # ---- Commands -------------------------------------------------------------------------

    def open_all(self, paths: list[Path]) -> None:
        """Open the first image that can be read, take over a recipe, propose a folder's batch."""
        images, recipes, folders = sorted_out(paths)
        if recipes:
            self.session.load_recipe(recipes[0])
        if images:
            self.session.open_first(images)
        if folders:
            self.open_batch(folders[0])

    def open_export(self) -> None:
        """Show the export dialog."""
        from segmenter.ui.export_dialog import ExportDialog  # noqa: PLC0415

        _present(ExportDialog(self.session, self.preferences, self))

    def open_batch(self, folder: Path | None = None) -> None:
        """Show the batch dialog, with the batch that may be under way in it, or for `folder`."""
        from segmenter.ui.batch_dialog import BatchDialog  # noqa: PLC0415

        if self._batch is None:
            self._batch = BatchDialog(self.session, self.preferences, self)
            self._batch.noticed.connect(self.session.say)
            self._batch.stood.connect(self._bar.show_batch)
            self.session.changed.connect(self._batch.show_state)
        if folder is not None and not self._batch.is_busy:
            self._batch.form.folder.show_path(folder)
        self._batch.show()
        self._batch.raise_()
        self._batch.activateWindow()

    def show_display(self) -> None:
        """Show how the image is shown, beside it; put that away if it is there."""
        from segmenter.ui.display_dialog import DisplayDialog  # noqa: PLC0415

        if self._display is None:
            self._display = DisplayDialog(self.session, self)
        if self._display.isVisible():
            self._display.close()
        else:
            self._display.show_over(self.canvas)

    def show_lesson(self) -> None:
        """Show the page that tells how EM works."""
        from segmenter.ui.lesson_dialog import LessonDialog  # noqa: PLC0415

        _present(LessonDialog(self.session.lanes, self.samples, self))

    def show_hints(self) -> None:
        """Show the hints for who is new again."""
        self._hints.bring_back()

    def show_shortcuts(self) -> None:
        """Show every command with its keys."""
        _present(ShortcutsDialog(self))

    def show_about(self) -> None:
        """Show version and system."""
        _present(AboutDialog(self))

    def choose_theme(self, chosen: Theme) -> None:
        """Wear another palette, now and next time."""
        self.preferences.theme = chosen
        self.follow_desktop()

    def follow_desktop(self) -> None:
        """Wear the chosen palette; where the desktop chooses, it may have changed its mind."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, self.preferences.theme)

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Show what differs in commands, title and centre."""
        self.commands.show_state(after)
        if before.image is not after.image:
            self._show_title(after)
            self._pages.setCurrentWidget(self.canvas)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            if after.image is not None and after.image.path is not None:
                self.preferences.remember(after.image.path)

    def _show_title(self, state: State) -> None:
        image = state.image
        if image is None or image.path is None:
            self.setWindowTitle("Segmenter")
        else:
            page = f", page {image.page + 1} of {image.page_count}" if image.page_count > 1 else ""
            name = printable(image.path.name)
            self.setWindowTitle(f"{name}{page} \N{EN DASH} Segmenter")

    # ---- Qt -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave a field for the image; let go of the lasso by *Esc*, wherever the focus is."""
        if is_left_by(self.focusWidget(), event):
            (self._welcome if self.session.state.image is None else self.canvas).setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.session.state.look.plots.lasso is not None:
            self.session.plot(lasso=None)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Leave keys to what has the focus where they are its own; say why others do nothing."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_own_key(self.focusWidget(), event):
                event.accept()
                return True
            self._bar.tell(self.commands.why_not(event, self.session.state))
        return super().event(event)

    def _ask_whether_to_leave(self, images: tuple[str, ...], *, batch: bool) -> None:
        self._is_asking = True
        question = LeaveQuestion(self, images, batch=batch)
        question.finished.connect(self._on_answered)
        question.leave.clicked.connect(self._on_leave)
        question.open()

    def _on_answered(self) -> None:
        self._is_asking = False

    def _on_leave(self) -> None:
        self._is_asking = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the window's place, and give up all work; who started the window waits for it.

        A batch under way and scribbles in no file are asked about first; closing again is an
        answer, too.
        """
        batch, images = self._batch is not None and self._batch.is_busy, unsaved(self.session.state)
        if (batch or images) and not self._is_asking:
            event.ignore()
            self._ask_whether_to_leave(images, batch=batch)
            return
        self.preferences.keep_bytes(GEOMETRY, self.saveGeometry())
        self.preferences.keep_bytes(LAYOUT, self.saveState())
        if self._batch is not None:
            self._batch.give_up()
            self._batch.close()
        self._welcome.give_up()
        self.panels.give_up()
        self.session.cancel()
        super().closeEvent(event)


def _is_own_key(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key does something to the focused widget: presses a button, opens a list."""
    key = event.key()
    if isinstance(focused, QAbstractButton):
        return key == Qt.Key.Key_Space
    is_opening = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    is_opening = is_opening and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}
    return isinstance(focused, QComboBox) and is_opening


def _present(dialog: QWidget) -> None:
    """Show a dialog beside the window, which stays usable."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
