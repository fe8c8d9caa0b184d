"""The pictures of the lesson: classes over an image, its colours with the mixture's ellipses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPolygonF

from segmenter.app.lesson import CHANNELS, Scene, Scores
from segmenter.engine.styles import PALETTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Clusters

HEIGHT = 120  # logical pixels of every picture
WIDTH = 330
OPACITY = 0.65
DEVIATIONS = 2  # standard deviations from the middle of an ellipse to its rim
GAP = 8
AXES = "\N{UPWARDS ARROW} blue  \N{RIGHTWARDS ARROW} red"
ARM = 10  # logical pixels from the middle of a cross to its end
CORNERS = 60  # of the polygon that stands for an ellipse


def painted(scene: Scene | Scores, palette: QPalette, ratio: float) -> QImage:
    """Return a picture of `WIDTH` by `HEIGHT` at most, for a screen of so many pixels per unit."""
    picture = blank(palette, ratio)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, WIDTH, HEIGHT)
    if isinstance(scene, Scores):
        _paint_scores(painter, scene, area, palette)
    else:
        used = _paint_image(painter, scene, area)
        if scene.points is not None:
            left = used.right() + GAP
            _paint_scatter(painter, scene, QRectF(left, 0, WIDTH - left, HEIGHT), palette)
    painter.end()
    return picture


def blank(palette: QPalette, ratio: float) -> QImage:
    """Return an empty picture."""
    size = QSize(round(WIDTH * ratio), round(HEIGHT * ratio))
    picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(palette.color(QPalette.ColorRole.Base))
    return picture


def waiting(palette: QPalette, ratio: float, words: str) -> QImage:
    """Return what stands in the place of a picture that is being made."""
    picture = blank(palette, ratio)
    painter = QPainter(picture)
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawRect(QRectF(0.5, 0.5, WIDTH - 1, HEIGHT - 1))
    painter.drawText(QRectF(0, 0, WIDTH, HEIGHT), Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return picture


def _paint_image(painter: QPainter, scene: Scene, area: QRectF) -> QRectF:
    """Paint the image with its classes; return what it covers."""
    shown = scene.shown.astype(np.float32)
    if scene.labels is not None:
        table = np.array([(128, 128, 128), *PALETTE], np.float32)
        coloured = table[np.minimum(scene.labels, len(table) - 1)]
        shown = shown * (1 - OPACITY) + coloured * OPACITY
    pixels = np.ascontiguousarray(np.rint(shown).astype(np.uint8))
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    scale = min(area.width() / columns, area.height() / rows)
    used = QRectF(0, 0, columns * scale, rows * scale)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=scene.labels is None)
    painter.drawImage(used, image)
    return used


def _paint_scatter(painter: QPainter, scene: Scene, area: QRectF, palette: QPalette) -> None:
    """Paint the pixels by two of their channels, and the ellipse of every component."""
    assert scene.points is not None
    assert scene.point_labels is not None
    painter.save()
    painter.setClipRect(area)
    painter.fillRect(area, palette.color(QPalette.ColorRole.AlternateBase))
    places = _placed(scene.points, area)
    for number in np.unique(scene.point_labels):
        colour = _colour(int(number))
        colour.setAlpha(150)
        painter.setPen(QPen(colour, 2))
        own = places[scene.point_labels == number]
        painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in own.tolist()]))
    if scene.mixture is not None:
        ink = palette.color(QPalette.ColorRole.WindowText)
        for k in range(len(scene.mixture)):
            ring = QPolygonF([QPointF(x, y) for x, y in _ellipse(scene, k, area).tolist()])
            # A dark line under the coloured one is seen on any points.
            for pen in (QPen(ink, 3.5), QPen(_colour(k + 1), 2)):
                painter.setPen(pen)
                painter.drawPolygon(ring)
    if scene.clusters is not None:
        _paint_centres(painter, scene.clusters, area, palette)
    painter.restore()
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    painter.drawText(area.adjusted(4, 2, 0, 0), Qt.AlignmentFlag.AlignLeft, AXES)


def _paint_centres(painter: QPainter, clusters: Clusters, area: QRectF, palette: QPalette) -> None:
    """Paint an upright cross at every centre."""
    ink = palette.color(QPalette.ColorRole.WindowText)
    places = _placed(clusters.centres[:, list(CHANNELS)], area).tolist()
    for number, (x, y) in zip(clusters.classes.tolist(), places, strict=True):
        # As with the ellipses.
        for pen in (QPen(ink, 4.5), QPen(_colour(number + 1), 2.5)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x - ARM, y), QPointF(x + ARM, y))
            painter.drawLine(QPointF(x, y - ARM), QPointF(x, y + ARM))


def _placed(values: NDArray[np.float64], area: QRectF) -> NDArray[np.float64]:
    """Return where (n, 2) values from 0 to 255 lie."""
    across = area.left() + values[:, 0] / 255 * area.width()
    down = area.bottom() - values[:, 1] / 255 * area.height()
    return np.stack([across, down], axis=1)


def _ellipse(scene: Scene, k: int, area: QRectF) -> NDArray[np.float64]:
    """Return the (corners, 2) places of the rim of a component."""
    assert scene.mixture is not None
    chosen = list(CHANNELS)
    spread = np.linalg.cholesky(scene.mixture.covariances[k][np.ix_(chosen, chosen)])
    turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    rim = scene.mixture.means[k][chosen] + DEVIATIONS * circle @ spread.T
    return _placed(rim, area)


def _paint_scores(painter: QPainter, scores: Scores, area: QRectF, palette: QPalette) -> None:
    """Paint a line through the scores, the largest marked by a ring."""
    metrics = painter.fontMetrics()
    inside = area.adjusted(16, 12, -16, -metrics.height() - 6)
    low, high = min(scores.values), max(scores.values)
    shares = [(value - low) / (high - low or 1) for value in scores.values]
    step = inside.width() / max(1, len(shares) - 1)
    places = [
        QPointF(inside.left() + place * step, inside.bottom() - share * inside.height())
        for place, share in enumerate(shares)
    ]
    accent = palette.color(QPalette.ColorRole.Accent)
    painter.setPen(QPen(accent, 2))
    painter.drawPolyline(QPolygonF(places))
    painter.setBrush(accent)
    for place in places:
        painter.drawEllipse(place, 2.5, 2.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(places[int(np.argmax(scores.values))], 7, 7)
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    for count, place in zip(scores.counts, places, strict=True):
        box = QRectF(place.x() - 16, inside.bottom() + 6, 32, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(count))


def _colour(number: int) -> QColor:
    return QColor(*PALETTE[(number - 1) % len(PALETTE)])
