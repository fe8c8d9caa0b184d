"""Every icon of the window, from Material Design Icons, in the colours of the palette."""

from __future__ import annotations

from enum import StrEnum

import qtawesome
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle


class Icon(StrEnum):
    """The icons by their use; the value is QtAwesome's name."""

    OPEN = "mdi6.folder-open-outline"
    SAMPLE = "mdi6.image-outline"
    NEXT = "mdi6.arrow-right"
    PREVIOUS = "mdi6.arrow-left"
    EXPORT = "mdi6.tray-arrow-down"
    QUIT = "mdi6.exit-to-app"
    UNDO = "mdi6.undo"
    REDO = "mdi6.redo"
    RUN = "mdi6.play"
    STEP = "mdi6.skip-next"
    STOP = "mdi6.stop"
    PLAY = "mdi6.play-pause"
    RESTART = "mdi6.skip-backward"
    FLOW = "mdi6.sitemap-outline"
    K_MEANS = "mdi6.hexagon-multiple-outline"
    LESSON = "mdi6.school-outline"
    LIVE = "mdi6.flash-outline"
    LABELS = "mdi6.layers-outline"
    SOFT_MASK = "mdi6.gradient-horizontal"
    UNCERTAINTY = "mdi6.help-circle-outline"
    IMAGE = "mdi6.image-outline"
    DIFFERENCES = "mdi6.texture"
    SHADING = "mdi6.brightness-6"
    CORRECTED = "mdi6.image-auto-adjust"
    REGIONS = "mdi6.table-search"
    OUTLINES = "mdi6.vector-polygon"
    HEAT = "mdi6.thermometer"
    GREY_IMAGE = "mdi6.image-filter-black-white"
    DISPLAY = "mdi6.contrast-circle"
    GRID = "mdi6.grid"
    MINIMAP = "mdi6.picture-in-picture-top-right-outline"
    SCALE_BAR = "mdi6.ruler"
    COMPARE = "mdi6.compare"
    SHOWN = "mdi6.eye-outline"
    HIDDEN = "mdi6.eye-off-outline"
    OPACITY = "mdi6.circle-opacity"
    MOVE = "mdi6.hand-back-right-outline"
    BRUSH = "mdi6.brush"
    ERASER = "mdi6.eraser"
    BRUSH_SMALLER = "mdi6.minus-circle-outline"
    BRUSH_LARGER = "mdi6.plus-circle-outline"
    CLEAR = "mdi6.broom"
    LOAD = "mdi6.file-import-outline"
    SAVE = "mdi6.content-save-outline"
    JOIN = "mdi6.set-merge"
    SEPARATE = "mdi6.set-split"
    SPLIT = "mdi6.call-split"
    FROZEN = "mdi6.lock-outline"
    DELETE = "mdi6.delete-outline"
    UP = "mdi6.arrow-up"
    DOWN = "mdi6.arrow-down"
    RENAME = "mdi6.rename-outline"
    COLOUR = "mdi6.eyedropper-variant"
    ONLY = "mdi6.eye-circle-outline"
    ALL = "mdi6.eye-check-outline"
    AFRESH = "mdi6.backup-restore"
    PALETTE = "mdi6.palette-outline"
    FLASH = "mdi6.flare"
    EXPLAIN = "mdi6.crosshairs-question"
    ZOOM_IN = "mdi6.magnify-plus-outline"
    ZOOM_OUT = "mdi6.magnify-minus-outline"
    ZOOM_ACTUAL = "mdi6.numeric-1-box-outline"
    FIT = "mdi6.fit-to-screen-outline"
    BATCH = "mdi6.folder-multiple-image"
    KEYBOARD = "mdi6.keyboard-outline"
    HINT = "mdi6.lightbulb-outline"
    ABOUT = "mdi6.information-outline"
    FOLDED = "mdi6.chevron-right"
    UNFOLDED = "mdi6.chevron-down"
    RESET = "mdi6.restore"
    WARNING = "mdi6.alert-circle-outline"
    CLOSE = "mdi6.close"
    FLOAT = "mdi6.dock-window"
    EMPTY = "mdi6.close-circle-outline"
    EXTENSION = "mdi6.chevron-double-right"
    LASSO = "mdi6.lasso"
    PLOT = "mdi6.chart-bell-curve"
    PLOT_BESIDE = "mdi6.view-split-vertical"
    COPY = "mdi6.content-copy"
    WAITING = "mdi6.clock-outline"
    RUNNING = "mdi6.progress-clock"
    DONE = "mdi6.check-circle-outline"
    SKIPPED = "mdi6.debug-step-over"
    FAILED = "mdi6.alert-octagon-outline"
    FILE = "mdi6.file-outline"
    REPLACED = "mdi6.file-replace-outline"

    def icon(self) -> QIcon:
        """Return the icon in the text colour that the program wears whenever it is painted."""
        return QIcon(_Following(self.value))


class _Following(QIconEngine):
    """Paints one of QtAwesome's icons in the colours of the palette, pale where disabled.

    The palette is asked for each time, so nothing is to be done when it changes.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon."""
        palette = QGuiApplication.palette()
        disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        # By their names, by which QtAwesome remembers what it has made.
        icon: QIcon = qtawesome.icon(
            self._name,
            color=palette.color(QPalette.ColorRole.ButtonText).name(),
            color_disabled=disabled.name(),
        )
        icon.paint(painter, rect, Qt.AlignmentFlag.AlignCenter, mode, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a picture of the icon on a clear ground."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture


STANDARD = {
    QStyle.StandardPixmap.SP_TitleBarCloseButton: Icon.CLOSE,
    QStyle.StandardPixmap.SP_DockWidgetCloseButton: Icon.CLOSE,
    QStyle.StandardPixmap.SP_TitleBarNormalButton: Icon.FLOAT,
    QStyle.StandardPixmap.SP_ToolBarHorizontalExtensionButton: Icon.EXTENSION,
    QStyle.StandardPixmap.SP_LineEditClearButton: Icon.EMPTY,
}
"""Icons in place of Fusion's own, which are dark on dark."""
