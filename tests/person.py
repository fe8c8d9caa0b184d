"""What a person does in a window: real mouse and key events, found their way by Qt itself."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QStyle,
    QStyleOptionSlider,
)

from segmenter.app.state import is_outdated

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
STILL = 20  # looks at a widget, each some milliseconds after the one before
PATIENCE = 60_000  # milliseconds; kernels may have to compile


class Person:
    """Acts on one main window by mouse and keys; of the session only the state is read."""

    def __init__(self, qtbot, window):
        self._qtbot = qtbot
        self.window = window
        self.canvas = window.canvas

    @property
    def state(self):
        return self.window.session.state

    @property
    def status(self):
        """The words at the bottom of the window."""
        return self.window.statusBar().words.text()

    # ---- Waiting ----------------------------------------------------------------------------

    def wait(self, question):
        """Wait until `question()` is answered with yes."""
        self._qtbot.waitUntil(lambda: bool(question()), timeout=PATIENCE)

    def wait_for_image(self, path):
        self.wait(lambda: self.state.image is not None and self.state.image.path == path)

    def wait_for_result(self):
        """Wait until nothing runs and the result is that of the settings; return it."""

        def is_there():
            state = self.state
            known = state.result is not None and state.progress is None and not state.opening
            return known and not is_outdated(state)

        self.wait(is_there)
        return self.state.result

    def wait_until_still(self, widget):
        """Wait until a widget is seen and stays where it is."""
        places = []

        def is_still():
            places.append((widget.mapToGlobal(QPoint(0, 0)), widget.size()))
            is_seen = not widget.visibleRegion().isEmpty()
            return is_seen and places[-STILL:] == [places[-1]] * STILL

        self.wait(is_still)

    # ---- Mouse and keys ---------------------------------------------------------------------

    def click(self, widget, point=None, *, modifiers=Qt.KeyboardModifier.NoModifier):
        """Click where `widget` is; what lies over it would get the click."""
        place = widget.rect().center() if point is None else point
        QTest.mouseClick(_screen(widget), LEFT, modifiers, _on_screen(widget, place))

    def double_click(self, widget, point):
        QTest.mouseDClick(
            _screen(widget), LEFT, Qt.KeyboardModifier.NoModifier, _on_screen(widget, point)
        )

    def drag(self, widget, *points):
        """Press at the first point, move through the others, let go at the last."""
        screen, places = _screen(widget), [_on_screen(widget, point) for point in points]
        none = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(screen, LEFT, none, places[0])
        for place in places[1:]:
            QTest.mouseMove(screen, place)
        QTest.mouseRelease(screen, LEFT, none, places[-1])

    def press(self, keys, window=None):
        """Press a key, such as 'Ctrl+O', in the main window or another one."""
        goal, combination = window or self.window, QKeySequence(keys)[0]
        if QApplication.activeWindow() is None:
            # When a dialog has closed, a window manager would do this.
            goal.activateWindow()
            self.wait(goal.isActiveWindow)
        QTest.keyClick(goal.windowHandle(), combination.key(), combination.keyboardModifiers())

    def write(self, field, text, key=Qt.Key.Key_Return):
        """Replace what a field says, and end with a key; None ends it without one."""
        self.show(field)
        self.click(field)
        QTest.keyClick(_screen(field), Qt.Key.Key_A, CTRL)
        # One key at a time to whoever has the focus, like a keyboard.
        for letter in text:
            QTest.keyClick(_screen(field), letter)
        if key is not None:
            QTest.keyClick(_screen(field), key)

    def show(self, widget):
        """Scroll a panel until `widget` is in sight."""
        around = widget.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(widget)
            around = around.parentWidget()

    def tick(self, box):
        """Click on the square of a check box or the round of a radio button."""
        self.show(box)
        self.click(box, QPoint(8, box.height() // 2))

    def choose_in_list(self, combo, text):
        """Open a combo box and click on one of its lines."""
        self.show(combo)
        # On the arrow, because an editable one takes clicks elsewhere as a wish to write.
        self.click(combo, QPoint(combo.width() - 8, combo.height() // 2))
        lines = combo.view()
        self.wait(lines.isVisible)
        place = lines.model().index(combo.findText(text), 0)
        # A popup that has only just opened takes a release for the end of the opening click.
        QTest.qWait(QApplication.doubleClickInterval() + 50)
        lines.scrollTo(place)
        QTest.mouseClick(
            lines.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, lines.visualRect(place).center()
        )
        self.wait(lambda: not lines.isVisible())

    def drag_slider(self, slider, value):
        """Drag the handle of a slider to where `value` is, by way of everything in between."""
        self.show(slider)
        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        parts = QStyle.ComplexControl.CC_Slider
        handle = slider.style().subControlRect(
            parts, option, QStyle.SubControl.SC_SliderHandle, slider
        )
        room = slider.width() - handle.width()
        end = QStyle.sliderPositionFromValue(slider.minimum(), slider.maximum(), value, room)
        start = handle.center()
        goal = QPoint(end + handle.width() // 2, start.y())
        way = [start + (goal - start) * part / 4 for part in range(1, 5)]
        self.drag(slider, start, *way)

    def choose(self, *titles):
        """Click through the menus, such as 'File', 'Open sample', 'Coins'."""
        menu = self.window.menuBar()
        for title in titles:
            (entry,) = [at for at in menu.actions() if _plain(at.text()) == title]
            assert entry.isEnabled(), f"{title} cannot be chosen now"
            self.click(menu, menu.actionGeometry(entry).center())
            if entry.menu() is not None:
                menu = entry.menu()
                self.wait(menu.isVisible)
        self.wait(lambda: QApplication.activePopupWidget() is None)

    def answer_file_dialog(self, path):
        """Give a file's name to the dialog that will ask for it."""

        def answer():
            dialog = QApplication.activeModalWidget()
            # One that is not active yet loses keys.
            if isinstance(dialog, QFileDialog) and dialog.isActiveWindow():
                name = dialog.findChild(QLineEdit)
                name.clear()
                QTest.keyClicks(name, str(path))
                QTest.keyClick(name, Qt.Key.Key_Return)
                if not dialog.isVisible():
                    return
            QTimer.singleShot(50, self.window, answer)

        QTimer.singleShot(50, self.window, answer)

    def drop(self, *paths, place=None):
        """Drag files over the canvas or the welcome page and let go."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        point = self.window.rect().center() if place is None else place
        under = self.window.childAt(point)
        while under is not None and not under.acceptDrops():
            under = under.parentWidget()
        assert under is not None, "nothing takes files there"
        where = under.mapFrom(self.window, point)
        rest = (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(where, *rest)
        QApplication.sendEvent(under, enter)
        if enter.isAccepted():
            QApplication.sendEvent(under, QDropEvent(QPointF(where), *rest))
        return enter.isAccepted()

    def turn_wheel(self, point, notches, *, modifiers=Qt.KeyboardModifier.NoModifier):
        """Turn the wheel over a point of the canvas."""
        screen, place = _screen(self.canvas), _on_screen(self.canvas, point)
        QTest.mouseMove(screen, place)
        QTest.wheelEvent(screen, QPointF(place), QPoint(0, 120 * notches), QPoint(), modifiers)

    # ---- The canvas -------------------------------------------------------------------------

    def where(self, row, column):
        """Return the place on the canvas where the middle of an image pixel is."""
        middle = self.canvas.view.to_screen(QRectF(column, row, 1, 1)).center()
        return QPoint(int(middle.x()), int(middle.y()))

    def point_at(self, row, column):
        """Move the pointer to an image pixel; return what the window says of it."""
        QTest.mouseMove(_screen(self.canvas), _on_screen(self.canvas, QPoint(1, 1)))
        QTest.mouseMove(_screen(self.canvas), _on_screen(self.canvas, self.where(row, column)))
        return self.status

    def leave(self):
        """Move the pointer off the image."""
        QTest.mouseMove(_screen(self.canvas), QPoint(self.window.width() // 2, 40))
        self.wait(lambda: not self.status.startswith("x "))

    def painted(self):
        """Return what the canvas shows when all of it is sharp: (height, width, 3) int."""
        is_sharp = False
        self.wait(lambda: not self.canvas._scene._hurry.isActive())
        while not is_sharp:
            self.canvas._scene._sharpening.stop()
            shown = self.canvas.grab()
            is_sharp = not self.canvas._scene._sharpening.isActive()
        grabbed = shown.toImage().convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(grabbed.constBits(), np.uint8)
        lines = lines.reshape(grabbed.height(), grabbed.bytesPerLine())
        lines = lines[:, : 3 * grabbed.width()]
        return lines.reshape(grabbed.height(), grabbed.width(), 3).astype(int)

    def colour_at(self, row, column):
        """Return the colour in which an image pixel is painted."""
        place = self.where(row, column)
        return tuple(self.painted()[place.y(), place.x()].tolist())

    def image_as_painted(self):
        """Return the colour of every image pixel on the canvas: (rows, columns, 3) int."""
        rows, columns = self.state.image.shape
        view, seen = self.canvas.view, self.painted()
        down = (view.top + (np.arange(rows) + 0.5) * view.scale).astype(int)
        across = (view.left + (np.arange(columns) + 0.5) * view.scale).astype(int)
        return seen[np.ix_(down, across)]


def _screen(widget):
    return widget.window().windowHandle()


def _on_screen(widget, point):
    return widget.mapTo(widget.window(), point)


def _plain(title):
    return title.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")
