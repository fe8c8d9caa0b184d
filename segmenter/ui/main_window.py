"""The window: puts panels, commands and the canvas together, and knows nothing of their work."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.places import nearest_folder, products_folder
from segmenter.app.runner import Runner, once
from segmenter.files.bundled import sample_images
from segmenter.files.names import SCRIBBLES_ENDING, printable
from segmenter.ui import theme
from segmenter.ui.actions import MENUS
from segmenter.ui.banner import Banner
from segmenter.ui.canvas import Canvas
from segmenter.ui.class_actions import CLASS_MENU
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.command_set import CommandSet
from segmenter.ui.drops import DropFrame, sorted_out
from segmenter.ui.first_hints import FirstHints
from segmenter.ui.flow_panel import FlowPanel
from segmenter.ui.help_dialogs import AboutDialog, ShortcutsDialog
from segmenter.ui.leave_question import LeaveQuestion
from segmenter.ui.pixel_panel import PixelPanel
from segmenter.ui.regions_panel import RegionsPanel
from segmenter.ui.settings_panel import SettingsPanel
from segmenter.ui.status_bar import StatusBar
from segmenter.ui.submenus import add_submenu
from segmenter.ui.toolbar import Toolbar
from segmenter.ui.welcome import Welcome

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
    )

    from segmenter.app.plotted import Plot
    from segmenter.app.preferences import Preferences, Theme
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.batch_dialog import BatchDialog

PANEL_WIDTH = 300
LIST_HEIGHT = 260
PLOT_HEIGHT = 240
FILE_FILTER = (
    "Images (*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.gif *.webp *.ppm *.pgm *.pnm);;All files (*)"
)
SCRIBBLES_FILTER = "Scribbles (*.png)"
GEOMETRY = "window/geometry"
LAYOUT = "window/layout"


class MainWindow(QMainWindow):
    """One window on one session."""

    session: Session
    canvas: Canvas

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__()
        self.session = session
        self.preferences = preferences
        self.docks: list[QDockWidget] = []
        self._batch: BatchDialog | None = None
        self._is_asking = False
        self.canvas = Canvas(session)
        self._loading = Runner(session.lanes.lane("loading"), self)
        # Listed once: a folder may be slow.
        self.samples = sample_images()
        self.commands = CommandSet(self)
        self._drop_frame = DropFrame(self)
        self._drop_frame.dropped.connect(self.open_all)
        self._make_centre()
        self._make_status_bar()
        self._make_menus()
        self._toolbar = Toolbar(self.session, self.commands, self)
        self.addToolBar(self._toolbar)
        self._make_docks()
        self._tint()
        session.changed.connect(self.canvas.show_state)
        session.changed.connect(self.show_state)
        self._show_title(session.state)
        self.commands.show_state(session.state)
        self._restore()

    # ---- Building -------------------------------------------------------------------------

    def _make_centre(self) -> None:
        self._pages = QStackedWidget(self)
        self._welcome = Welcome(self.session, self.preferences, self.samples)
        self._welcome.open_wanted.connect(self.choose_image)
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

    def _make_menus(self) -> None:
        for entry in MENUS:
            menu = self.menuBar().addMenu(entry.title)
            menu.setToolTipsVisible(True)
            for name in entry.entries:
                self._add_to_menu(menu, name)

    def _add_to_menu(self, menu: QMenu, name: str) -> None:
        if name == "-":
            menu.addSeparator()
        elif name.startswith("@"):
            add_submenu(menu, name, self)
        else:
            menu.addAction(self.commands.by_id[name])

    def _make_docks(self) -> None:
        area = Qt.DockWidgetArea
        # The side panels reach down to the status bar; the plots lie between them.
        self.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        settings = self.add_dock("Settings", SettingsPanel(self.session), area.LeftDockWidgetArea)
        self._listed = listed = ClassesPanel(self.session)
        self.canvas.pointed.connect(listed.model.show_pixel)
        listed.table.flash_wanted.connect(self.canvas.flash)
        listed.add_commands([self.commands.by_id.get(name) for name in CLASS_MENU.entries])
        above = QSplitter(Qt.Orientation.Vertical)
        above.setChildrenCollapsible(False)
        above.addWidget(listed)
        above.addWidget(PixelPanel(self.session))
        self._classes = self.add_dock("Classes", above, area.RightDockWidgetArea)
        self._plots = self.add_dock("Plots", QWidget(), area.BottomDockWidgetArea)
        self._make_regions_dock()
        flow = FlowPanel(self.session, self.commands)
        self._flow = self.add_dock("Step through EM", flow, area.RightDockWidgetArea)
        self.tabifyDockWidget(self._classes, self._flow)
        self._flow.hide()
        self._sides = [settings, self._classes]
        self._size_docks()
        self._layout = self.saveState()

    def _make_regions_dock(self) -> None:
        listed = RegionsPanel(self.session)
        listed.save_wanted.connect(self.save_regions)
        dock = self.add_dock("Regions", listed, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.tabifyDockWidget(self._plots, dock)
        self._plots.raise_()
        dock.visibilityChanged.connect(self._on_regions_visible)
        self._regions = dock

    def _on_regions_visible(self, is_visible: bool) -> None:
        self.session.set_look(lists_regions=is_visible)

    def show_regions(self) -> None:
        """Bring the table of regions to the front; put it away if it is there."""
        if _is_in_front(self._regions):
            self._regions.hide()
            return
        self._regions.show()
        self._regions.raise_()
        height = min(LIST_HEIGHT, self.height() * 3 // 10)
        if self._regions.height() < height and not self._regions.isFloating():
            self.resizeDocks([self._regions], [height], Qt.Orientation.Vertical)

    def _size_docks(self) -> None:
        self.resizeDocks(self._sides, [PANEL_WIDTH, PANEL_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([self._plots], [PLOT_HEIGHT], Qt.Orientation.Vertical)

    def reset_layout(self) -> None:
        """Put all panels back to where they were at first."""
        self.restoreState(self._layout)
        self._size_docks()

    def add_dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Add a panel at a side of the window."""
        dock = QDockWidget(title, self)
        dock.setObjectName(title.lower())
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        self.docks.append(dock)
        return dock

    def load_plots(self) -> None:
        """Load the plots' library in the background, which takes its time, then make the plots."""
        self._loading.finished.connect(self.fill_plots)
        self._loading.start(once(partial(import_module, "pyqtgraph")))

    def fill_plots(self) -> None:
        """Make the plots."""
        from segmenter.ui.plots_panel import PlotsPanel  # noqa: PLC0415

        panel = PlotsPanel(self.session)
        self.canvas.pointed.connect(panel.show_pixel)
        self._plots.widget().deleteLater()
        self._plots.setWidget(panel)

    def show_classes(self) -> ClassesPanel:
        """Bring the classes to the front, and return their panel."""
        self._classes.show()
        self._classes.raise_()
        return self._listed

    def show_plot(self, plot: Plot) -> None:
        """Bring a plot to the front."""
        self._plots.show()
        self._plots.raise_()
        self.session.plot(seen=plot)

    def _restore(self) -> None:
        if not self.restoreGeometry(self.preferences.bytes_of(GEOMETRY)):
            room = self.screen().availableSize()
            self.resize(min(1440, room.width() * 9 // 10), min(900, room.height() * 9 // 10))
        self.restoreState(self.preferences.bytes_of(LAYOUT))

    # ---- Commands -------------------------------------------------------------------------

    def choose_image(self) -> None:
        """Ask for a file and open it."""
        image = self.session.state.image
        known = image.path if image is not None else next(iter(self.preferences.recent), None)
        folder = str(known.parent) if known is not None else ""
        name, _ = QFileDialog.getOpenFileName(self, "Open an image", folder, FILE_FILTER)
        if name:
            self.session.open(Path(name))

    def choose_scribbles(self) -> None:
        """Ask for a file with scribbles and take them over."""
        place = str(self._place(SCRIBBLES_ENDING))
        name, _ = QFileDialog.getOpenFileName(self, "Load scribbles", place, SCRIBBLES_FILTER)
        if name:
            self.session.load_scribbles(Path(name))

    def save_scribbles(self) -> None:
        """Ask where to write the scribbles."""
        path = self._ask_where("Save scribbles", SCRIBBLES_ENDING, SCRIBBLES_FILTER)
        if path is not None:
            self.session.save_scribbles(path)

    def save_regions(self) -> None:
        """Ask where to write the regions of the chosen class."""
        ending = f"_regions_{self.session.state.look.chosen}.csv"
        path = self._ask_where("Save regions", ending, "Tables (*.csv)")
        if path is not None:
            self.session.save_regions(path)

    def _ask_where(self, title: str, ending: str, kinds: str) -> Path | None:
        place = self._place(ending)
        dialog = QFileDialog(self, title, str(place.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(place.suffix[1:])
        dialog.selectFile(place.name)
        chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
        dialog.deleteLater()
        if chosen is not None:
            self.preferences.last_folder = chosen.parent
        return chosen

    def _place(self, ending: str) -> Path:
        image = self.session.state.image
        assert image is not None
        folder = nearest_folder(products_folder(image.path, self.preferences.last_folder))
        return folder / f"{image.path.stem if image.path else 'image'}{ending}"

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

    def show_flow(self) -> None:
        """Show the panel in which EM is followed step by step; put it away if it is there."""
        if _is_in_front(self._flow):
            self._flow.hide()
            return
        self._flow.show()
        self._flow.raise_()

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
        """Let go of the lasso by *Esc*, wherever the focus is."""
        if event.key() == Qt.Key.Key_Escape and self.session.state.look.plots.lasso is not None:
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_toolbar"):
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.commands.tint(self.palette())
        self._toolbar.tint(self.palette())

    def _ask_about_batch(self) -> None:
        self._is_asking = True
        question = LeaveQuestion(self)
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

        While a batch goes on that is asked about first; closing again is an answer, too.
        """
        if self._batch is not None and self._batch.is_busy and not self._is_asking:
            event.ignore()
            self._ask_about_batch()
            return
        self.preferences.keep_bytes(GEOMETRY, self.saveGeometry())
        self.preferences.keep_bytes(LAYOUT, self.saveState())
        if self._batch is not None:
            self._batch.give_up()
            self._batch.close()
        self._welcome.give_up()
        self._loading.cancel()
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


def _is_in_front(dock: QDockWidget) -> bool:
    """Whether a panel is seen, and not behind another tab."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


def _present(dialog: QWidget) -> None:
    """Show a dialog beside the window, which stays usable."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
