"""The look: light and dark palettes over Fusion, and the only style sheet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QProxyStyle

from segmenter.app.preferences import Theme
from segmenter.files.bundled import resource
from segmenter.ui.icons import STANDARD

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication, QStyle, QStyleOption, QWidget

Role = QPalette.ColorRole

# Greys have equal red, green and blue: a tinted surround would change how the image's colours look.
_LIGHT = {
    Role.Window: "#f0f0f0",
    Role.WindowText: "#1c1c1c",
    Role.Base: "#ffffff",
    Role.AlternateBase: "#f6f6f6",
    Role.Text: "#1c1c1c",
    Role.Button: "#f4f4f4",
    Role.ButtonText: "#1c1c1c",
    Role.BrightText: "#b3261e",
    Role.ToolTipBase: "#ffffff",
    Role.ToolTipText: "#1c1c1c",
    Role.PlaceholderText: "#666666",
    Role.Light: "#ffffff",
    Role.Midlight: "#e4e4e4",
    Role.Mid: "#c4c4c4",
    Role.Dark: "#a6a6a6",
    Role.Shadow: "#7a7a7a",
    Role.Highlight: "#1f6fd0",
    Role.HighlightedText: "#ffffff",
    Role.Accent: "#1f6fd0",
    Role.Link: "#1a5fb4",
    Role.LinkVisited: "#1a5fb4",
}
_DARK = {
    Role.Window: "#303030",
    Role.WindowText: "#e6e6e6",
    Role.Base: "#202020",
    Role.AlternateBase: "#272727",
    Role.Text: "#e6e6e6",
    Role.Button: "#3c3c3c",
    Role.ButtonText: "#e6e6e6",
    Role.BrightText: "#ff8a80",
    Role.ToolTipBase: "#3a3a3a",
    Role.ToolTipText: "#f0f0f0",
    Role.PlaceholderText: "#acacac",
    Role.Light: "#4a4a4a",
    Role.Midlight: "#404040",
    Role.Mid: "#1d1d1d",
    Role.Dark: "#171717",
    Role.Shadow: "#0d0d0d",
    Role.Highlight: "#2876d6",
    Role.HighlightedText: "#ffffff",
    Role.Accent: "#4c9bf5",
    Role.Link: "#7db4f7",
    Role.LinkVisited: "#7db4f7",
}
_DISABLED = (Role.WindowText, Role.Text, Role.ButtonText)
_DISABLED_LIGHT = "#9a9a9a"
_DISABLED_DARK = "#757575"

STYLE_SHEET = """
QToolBar { border: 0; padding: 4px 6px; spacing: 2px; }
QToolBar QToolButton { padding: 4px; }
QDockWidget { font-weight: 600; }
QDockWidget > QWidget { font-weight: normal; }
QDockWidget::title { padding: 6px 8px; text-align: left; }
QTabBar::tab {
    padding: 4px 12px 5px 12px; margin-right: -1px;
    border: 1px solid palette(mid); background: palette(midlight);
}
QTabBar::tab:hover { background: palette(light); }
QTabBar::tab:selected { background: palette(base); }
QTabBar::tab:top:selected { border-bottom: 2px solid palette(highlight); }
QTabBar::tab:bottom:selected { border-top: 2px solid palette(highlight); }
QTabBar::tab:selected:focus { border-color: palette(highlight); }
QTableView { selection-background-color: palette(midlight); selection-color: palette(text); }
QHeaderView::section {
    padding: 3px 4px; border: 0; border-bottom: 1px solid palette(mid); background: palette(window);
}
#regions QHeaderView::section { padding: 3px 18px 3px 4px; }
#regions::item { padding: 0 18px 0 4px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QTableView::item { padding: 0 4px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid palette(placeholder-text);
    border-radius: 3px; background: palette(base);
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: palette(highlight); }
QCheckBox::indicator:checked {
    background: palette(highlight); border-color: palette(highlight); image: url(TICK);
}
QCheckBox::indicator:checked:disabled { background: palette(mid); border-color: palette(mid); }
QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid palette(placeholder-text);
    border-radius: 8px; background: palette(base);
}
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: palette(highlight); }
QRadioButton::indicator:checked {
    width: 6px; height: 6px; border: 5px solid palette(highlight); background: white;
}
QStatusBar::item { border: 0; }
QMainWindow::separator { width: 1px; height: 1px; background: palette(mid); }
QMainWindow::separator:hover { background: palette(highlight); }
#banner { background: palette(base); border-bottom: 2px solid palette(bright-text); }
#hints { background: palette(base); border-bottom: 1px solid palette(mid); }
#drop { border: 4px solid palette(highlight); }
#help { color: palette(placeholder-text); border-top: 1px solid palette(mid); }
#heading { font-weight: 600; }
#wrong { color: palette(bright-text); }
QComboBox[wrong="true"] { border: 2px solid palette(bright-text); }
#quiet { color: palette(placeholder-text); }
"""


class WindowStyle(QProxyStyle):
    """Fusion, with icons that follow the palette."""

    def standardIcon(
        self,
        standardIcon: QStyle.StandardPixmap,  # noqa: N803 - Qt's name
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QIcon:
        """Return the program's own icon where it has one."""
        own = STANDARD.get(standardIcon)
        return super().standardIcon(standardIcon, option, widget) if own is None else own.icon()


def is_dark(app: QApplication, theme: Theme) -> bool:
    """Whether `theme` means dark; 'system' asks the desktop."""
    if theme is Theme.SYSTEM:
        return app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return theme is Theme.DARK


def palette(*, dark: bool) -> QPalette:
    """Return the light or the dark palette."""
    made = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        made.setColor(role, QColor(colour))
    for role in _DISABLED:
        disabled = QColor(_DISABLED_DARK if dark else _DISABLED_LIGHT)
        made.setColor(QPalette.ColorGroup.Disabled, role, disabled)
    return made


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the application; widgets hear of it as a palette change."""
    if app.findChild(WindowStyle) is None:
        app.setStyle(WindowStyle("Fusion"))
    app.setPalette(palette(dark=is_dark(app, theme)))
    app.setStyleSheet(_style_sheet())


@cache
def _style_sheet() -> str:
    return STYLE_SHEET.replace("TICK", resource("tick.svg").as_posix())


def dim(widget: QWidget, is_past: bool) -> None:
    """Write in a pale colour what is told of the past, or in the usual one."""
    own = QPalette()
    if is_past:
        pale = QGuiApplication.palette().placeholderText()
        own.setBrush(QPalette.ColorRole.Text, pale)
    widget.setPalette(own)


def use_tabular_figures(widget: QWidget) -> None:
    """Give all digits of a widget's font the same width, so that changing numbers stand still."""
    font = QFont(widget.font())
    font.setFeature(QFont.Tag("tnum"), 1)
    widget.setFont(font)
