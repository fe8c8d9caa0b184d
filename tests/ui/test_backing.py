"""The backing: a drag paints what comes into sight, and ends in the same picture."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from segmenter.ui import backing
from segmenter.ui.backing import Backing
from segmenter.ui.view_transform import ViewTransform

SCREEN = QSize(100, 80)
WHOLE = QRect(QPoint(0, 0), SCREEN)
VIEW = ViewTransform(2.0, 5.25, -3.5)


class Painted:
    """A backing, the parts it asks for, and a picture that moves with the view."""

    def __init__(self):
        self.backing = Backing()
        self.parts = []
        self.unsharp = QRegion()

    def paint(self, view, screen=SCREEN):
        """Return what stands on the screen; what was asked for is in `parts`."""
        self.parts = []

        def paint_part(painter, part):
            self.parts.append(part)
            painter.fillRect(part, QColor(1, 2, 3))
            corner = view.corner
            for x in range(-500, 500, 10):
                painter.fillRect(corner.x() + x, corner.y(), 5, 500, QColor(x % 256, 90, 0))
                painter.fillRect(corner.x() - 500, corner.y() + x, 1000, 3, QColor(0, x % 256, 7))
            return self.unsharp

        canvas = QImage(screen, QImage.Format.Format_RGB32)
        painter = QPainter(canvas)
        self.backing.paint(painter, view, screen, paint_part)
        painter.end()
        return canvas


@pytest.fixture
def painted(qapp):
    return Painted()


@pytest.mark.parametrize("step", [(7, 0), (-7, 0), (0, 11), (-9, -13), (300, 0)])
def test_a_drag_looks_as_if_all_were_painted(painted, step):
    painted.paint(VIEW)
    moved = VIEW.moved(*step)
    assert painted.paint(moved) == Painted().paint(moved)


def test_a_drag_asks_only_for_what_comes_into_sight(painted):
    painted.paint(VIEW)
    assert painted.parts == [WHOLE]
    painted.paint(VIEW.moved(7, 0))
    assert painted.parts == [QRect(0, 0, 7, 80)]
    painted.paint(VIEW.moved(7, 0))
    assert painted.parts == []


@pytest.mark.parametrize(
    "view", [VIEW.moved(0.5, 0), ViewTransform(2.5, VIEW.left, VIEW.top)], ids=["half", "zoomed"]
)
def test_another_zoom_or_half_a_pixel_asks_for_all(painted, view):
    painted.paint(VIEW)
    painted.paint(view)
    assert painted.parts == [WHOLE]


def test_what_looks_otherwise_or_is_larger_is_asked_for_as_a_whole(painted):
    painted.paint(VIEW)
    painted.backing.clear()
    painted.paint(VIEW)
    assert painted.parts == [WHOLE]
    painted.paint(VIEW, QSize(120, 80))
    assert painted.parts == [QRect(0, 0, 120, 80)]


def test_what_could_be_sharper_is_asked_for_bit_by_bit_where_it_has_moved_to(painted, monkeypatch):
    monkeypatch.setattr(backing, "SHARPENED_AT_ONCE", 20 * 10)
    painted.unsharp = QRegion(20, 30, 20, 15)
    painted.paint(VIEW)
    assert not painted.backing.is_sharp
    painted.unsharp = QRegion()
    painted.paint(VIEW.moved(0, 5))
    assert sorted(part.top() for part in painted.parts) == [0, 35]
    assert QRect(20, 35, 20, 10) in painted.parts
    assert not painted.backing.is_sharp
    painted.paint(VIEW.moved(0, 5))
    assert painted.parts == [QRect(20, 45, 20, 5)]
    assert painted.backing.is_sharp


def test_only_what_was_asked_for_can_be_unsharp(painted):
    painted.paint(VIEW)
    painted.unsharp = QRegion(0, 0, 1000, 1000)
    painted.paint(VIEW.moved(7, 0))
    painted.unsharp = QRegion()
    painted.paint(VIEW.moved(7, 0))
    assert painted.parts == [QRect(0, 0, 7, 80)]
