"""Every icon exists in the font and is drawn in the colours of the theme that is worn."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QLineEdit

from segmenter.app.preferences import Theme
from segmenter.ui import theme
from segmenter.ui.fold import Fold
from segmenter.ui.icons import STANDARD, Icon
from segmenter.ui.settings_panel import SettingsPanel

NORMAL, DISABLED = QIcon.Mode.Normal, QIcon.Mode.Disabled
SIDE = 24


@pytest.fixture(autouse=True)
def _palette_stays(qapp):
    before = qapp.palette()
    yield
    qapp.setPalette(before)


def ink_of(icon, mode=NORMAL):
    """Return the grey of what is opaque in an icon, or None where nothing is."""
    picture = icon.pixmap(SIDE, SIDE, mode).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(-1, 4).copy()
    solid = pixels[pixels[:, 3] > 200]
    return None if not len(solid) else float(solid[:, :3].mean())


@pytest.mark.parametrize("chosen", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("icon", Icon)
def test_an_icon_is_drawn_in_the_colour_of_text(qapp, icon, chosen):
    theme.apply(qapp, chosen)
    for mode, group in ((NORMAL, "Active"), (DISABLED, "Disabled")):
        wanted = qapp.palette().color(QPalette.ColorGroup[group], QPalette.ColorRole.ButtonText)
        assert ink_of(icon.icon(), mode) == pytest.approx(QColor(wanted).red(), abs=12)


def test_an_icon_that_is_there_follows_the_theme(qapp):
    theme.apply(qapp, Theme.LIGHT)
    icon = Icon.RUN.icon()
    light = ink_of(icon)
    theme.apply(qapp, Theme.DARK)
    assert light < 80
    assert ink_of(icon) > 180


def test_an_icon_is_as_sharp_as_the_screen(qapp):
    dense = Icon.OPEN.icon().pixmap(QSize(SIDE, SIDE), 2.0)
    assert (dense.width(), dense.devicePixelRatio()) == (2 * SIDE, 2)
    alphas = dense.toImage().convertToFormat(QImage.Format.Format_Alpha8)
    lines = np.frombuffer(alphas.constBits(), np.uint8).reshape(2 * SIDE, -1)
    # Pixels of an enlarged picture would be equal in squares.
    assert (lines[::2] != lines[1::2]).any()
    assert lines[:4].max() < lines.max()


def icons_in(window):
    """Return the icons of all buttons and commands of a window by what they are of."""
    owners = [*window.findChildren(QAbstractButton), *window.findChildren(QAction)]
    named = {f"{type(one).__name__} {one.objectName()} {one.text()}": one.icon() for one in owners}
    return {name: icon for name, icon in named.items() if not icon.isNull()}


@pytest.mark.parametrize("chosen", [Theme.LIGHT, Theme.DARK])
def test_all_icons_of_the_window_follow_the_theme(window, segmented, chosen):
    other = Theme.DARK if chosen is Theme.LIGHT else Theme.LIGHT
    window.choose_theme(other)
    window.choose_theme(chosen)
    inks = {name: ink_of(icon) for name, icon in icons_in(window).items()}
    assert len(inks) > 60
    is_dark = chosen is Theme.DARK
    wrong = {name: ink for name, ink in inks.items() if ink and (ink > 128) is not is_dark}
    assert not wrong


def test_what_qt_makes_itself_has_icons_that_follow(window):
    window.choose_theme(Theme.LIGHT)
    panel = window.findChild(SettingsPanel)
    line = QLineEdit(window)
    line.setClearButtonEnabled(True)
    buttons = [
        *(dock.findChild(QAbstractButton, "qt_dockwidget_closebutton") for dock in docks(window)),
        *(dock.findChild(QAbstractButton, "qt_dockwidget_floatbutton") for dock in docks(window)),
        *(row.reset for row in panel.rows.values()),
        *(fold.toggleButton() for fold in panel.findChildren(Fold)),
        line.findChild(QAbstractButton),
    ]
    assert all(ink_of(button.icon()) < 128 for button in buttons)
    window.choose_theme(Theme.DARK)
    assert all(ink_of(button.icon()) > 128 for button in buttons)


def docks(window):
    return window.findChildren(QDockWidget)


def test_standard_icons_are_those_of_the_program(qapp):
    theme.apply(qapp, Theme.DARK)
    for which in STANDARD:
        assert ink_of(qapp.style().standardIcon(which)) > 128
