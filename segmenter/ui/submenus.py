"""Submenus whose entries are known only when they open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup

from segmenter.app.classes import classes_of
from segmenter.app.preferences import Theme
from segmenter.app.sides import layers_of, name_of, obstacle_of
from segmenter.files.names import printable
from segmenter.ui.actions import ACTIONS
from segmenter.ui.plain import plain_tip, title_of
from segmenter.ui.side_choices import with_side
from segmenter.ui.view_actions import PLOTS_BESIDE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from segmenter.ui.main_window import MainWindow


def _fill_samples(menu: QMenu, window: MainWindow) -> None:
    for path in window.samples:
        _add_file(menu, window, path, title_of(path))
    _say_if_empty(menu, "No sample images are installed")


def _fill_recent(menu: QMenu, window: MainWindow) -> None:
    for path in window.preferences.recent:
        _add_file(menu, window, path, printable(path.name))
    if menu.actions():
        menu.addSeparator()
        menu.addAction("Clear the list", window.preferences.forget_recent)
    _say_if_empty(menu, "Nothing yet")


def _add_file(menu: QMenu, window: MainWindow, path: Path, text: str) -> None:
    # An ampersand in a file's name is not a mnemonic.
    action = menu.addAction(text.replace("&", "&&"), partial(window.session.open, path))
    action.setToolTip(printable(str(path)))


def _fill_pages(menu: QMenu, window: MainWindow) -> None:
    image = window.session.state.image
    if image is not None and image.path is not None and image.page_count > 1:
        group = QActionGroup(menu)
        for page in range(image.page_count):
            open_page = partial(window.session.open, image.path, page)
            action = menu.addAction(f"Page {page + 1}", open_page)
            action.setCheckable(True)
            action.setChecked(page == image.page)
            group.addAction(action)
    _say_if_empty(menu, "This image has one page")


def _fill_themes(menu: QMenu, window: MainWindow) -> None:
    group = QActionGroup(menu)
    for theme in Theme:
        action = menu.addAction(theme.value, partial(window.choose_theme, theme))
        action.setCheckable(True)
        action.setChecked(theme is window.preferences.theme)
        group.addAction(action)


def _fill_panels(menu: QMenu, window: MainWindow) -> None:
    for dock in window.panels.docks:
        menu.addAction(dock.toggleViewAction())
    menu.addSeparator()
    menu.addAction("Reset layout", window.panels.reset)


def _fill_side(side: int, menu: QMenu, window: MainWindow) -> None:
    group = QActionGroup(menu)
    state = window.session.state
    for layer in layers_of(state):
        choose = partial(window.session.set_look, sides=with_side(state, side, layer))
        obstacle = obstacle_of(layer, state)
        action = menu.addAction(name_of(layer, state), choose)
        action.setCheckable(True)
        action.setChecked(state.look.divided and layer == state.look.sides[side])
        action.setEnabled(not obstacle)
        action.setToolTip(plain_tip(obstacle) if obstacle else "")
        group.addAction(action)


def _fill_classes(menu: QMenu, window: MainWindow) -> None:
    styles = classes_of(window.session.state)
    entries = [entry for entry in ACTIONS if entry.id.startswith("class-")]
    for entry, style in zip(entries, styles, strict=False):
        action = window.commands.by_id[entry.id]
        action.setText(style.name.replace("&", "&&"))
        menu.addAction(action)


def _fill_plots_beside(menu: QMenu, window: MainWindow) -> None:
    for entry in PLOTS_BESIDE:
        menu.addAction(window.commands.by_id[entry.id])


def _say_if_empty(menu: QMenu, words: str) -> None:
    if not menu.actions():
        menu.addAction(words).setEnabled(False)


SUBMENUS: dict[str, tuple[str, Callable[[QMenu, MainWindow], None]]] = {
    "@samples": ("Open &sample", _fill_samples),
    "@recent": ("Open &recent", _fill_recent),
    "@pages": ("&Page", _fill_pages),
    "@left-side": ("&Left of the divider", partial(_fill_side, 0)),
    "@right-side": ("&Right of the divider", partial(_fill_side, 1)),
    "@classes": ("&Choose class", _fill_classes),
    "@plots-beside": ("Pl&ot beside", _fill_plots_beside),
    "@panels": ("&Panels", _fill_panels),
    "@themes": ("&Theme", _fill_themes),
}


def add_submenu(parent: QMenu, name: str, window: MainWindow) -> None:
    """Add the submenu `name`, filled anew whenever it opens."""
    title, fill = SUBMENUS[name]
    menu = parent.addMenu(title)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(partial(_refill, menu, fill, window))


def _refill(menu: QMenu, fill: Callable[[QMenu, MainWindow], None], window: MainWindow) -> None:
    menu.clear()
    fill(menu, window)
