"""The panels around the canvas: which there are, where they lie, which is in front."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QSplitter, QWidget

from segmenter.app.runner import Runner, once
from segmenter.ui.class_actions import CLASS_MENU
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.flow_panel import FlowPanel
from segmenter.ui.pixel_panel import PixelPanel
from segmenter.ui.regions_panel import RegionsPanel
from segmenter.ui.settings_panel import SettingsPanel

if TYPE_CHECKING:
    from segmenter.app.plotted import Plot
    from segmenter.ui.main_window import MainWindow

PANEL_WIDTH = 300
LIST_HEIGHT = 260
PLOT_HEIGHT = 240
LOW_SCREEN = 600


class Panels(QObject):
    """Makes the docks of a window, which has its canvas and commands, and brings them to the front.

    ``docks`` are all of them, in the order in which menus name them.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.docks: list[QDockWidget] = []
        self._loading = Runner(self._session.lanes.lane("loading"), self)
        self._loading.finished.connect(self.fill_plots)
        # The side panels reach down to the status bar; the plots lie between them.
        area = Qt.DockWidgetArea
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        self._settings = self._add(
            "Settings", SettingsPanel(self._session), area.LeftDockWidgetArea
        )
        self._classes = self._add("Classes", self._class_panels(), area.RightDockWidgetArea)
        self._plots = self._add("Plots", QWidget(), area.BottomDockWidgetArea)
        self._regions = self._make_regions()
        flow = FlowPanel(self._session, window.commands)
        self._flow = self._add("Step through EM", flow, area.RightDockWidgetArea)
        window.tabifyDockWidget(self._classes, self._flow)
        self._flow.hide()
        if self.is_screen_low:
            # The image needs the room; both come when they are asked for.
            self._plots.hide()
            self._regions.hide()
        self._size()
        self._layout = window.saveState()

    @property
    def is_screen_low(self) -> bool:
        """Whether the screen has hardly room for all panels."""
        return self._window.screen().availableSize().height() < LOW_SCREEN

    def _class_panels(self) -> QWidget:
        canvas = self._window.canvas
        self._listed = listed = ClassesPanel(self._session)
        canvas.pointed.connect(listed.model.show_pixel)
        listed.table.flash_wanted.connect(canvas.flash)
        listed.add_commands(self._window.commands.of(CLASS_MENU))
        above = QSplitter(Qt.Orientation.Vertical)
        above.setChildrenCollapsible(False)
        above.addWidget(listed)
        above.addWidget(PixelPanel(self._session))
        return above

    def _make_regions(self) -> QDockWidget:
        listed = RegionsPanel(self._session)
        listed.save_wanted.connect(self._window.questions.save_regions)
        dock = self._add("Regions", listed, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._window.tabifyDockWidget(self._plots, dock)
        self._plots.raise_()
        dock.visibilityChanged.connect(self._on_regions_visible)
        return dock

    def _add(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Add a panel at a side of the window."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(title.lower())
        dock.setWidget(panel)
        self._window.addDockWidget(area, dock)
        self.docks.append(dock)
        return dock

    def _size(self) -> None:
        sides = [self._settings, self._classes]
        self._window.resizeDocks(sides, [PANEL_WIDTH, PANEL_WIDTH], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self._plots], [PLOT_HEIGHT], Qt.Orientation.Vertical)

    def reset(self) -> None:
        """Put all panels back to where they were at first."""
        self._window.restoreState(self._layout)
        self._size()

    # ---- To the front ---------------------------------------------------------------------

    def show_classes(self) -> ClassesPanel:
        """Bring the classes to the front, and return their panel."""
        _bring(self._classes)
        return self._listed

    def show_plot(self, plot: Plot) -> None:
        """Bring a plot to the front."""
        _bring(self._plots)
        self._session.show_plot(plot)

    def show_plot_beside(self, plot: Plot) -> None:
        """Show a plot beside the one in front, or put it away if it is there."""
        _bring(self._plots)
        is_there = self._session.state.look.plots.beside is plot
        self._session.show_plot_beside(None if is_there else plot)

    def show_regions(self) -> None:
        """Bring the table of regions to the front; put it away if it is there."""
        if _is_in_front(self._regions):
            self._regions.hide()
            return
        _bring(self._regions)
        height = min(LIST_HEIGHT, self._window.height() * 3 // 10)
        if self._regions.height() < height and not self._regions.isFloating():
            self._window.resizeDocks([self._regions], [height], Qt.Orientation.Vertical)

    def show_flow(self) -> None:
        """Show the panel in which EM is followed step by step; put it away if it is there."""
        if _is_in_front(self._flow):
            self._flow.hide()
        else:
            _bring(self._flow)

    def _on_regions_visible(self, is_visible: bool) -> None:
        self._session.set_look(lists_regions=is_visible)

    # ---- The plots come later -------------------------------------------------------------

    def load_plots(self) -> None:
        """Load the plots' library in the background, which takes its time, then make the plots."""
        self._loading.start(once(partial(import_module, "pyqtgraph")))

    def give_up(self) -> None:
        """Load nothing more."""
        self._loading.cancel()

    def fill_plots(self) -> None:
        """Make the plots."""
        from segmenter.ui.plots_panel import PlotsPanel  # noqa: PLC0415

        panel = PlotsPanel(self._session)
        self._window.canvas.pointed.connect(panel.show_pixel)
        self._plots.widget().deleteLater()
        self._plots.setWidget(panel)


def _is_in_front(dock: QDockWidget) -> bool:
    """Whether a panel is seen, and not behind another tab."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


def _bring(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()
