"""Make the README's pictures anew, from the program itself.

Run by hand: ``python tests/pictures.py``. Opens sample images in a window that nobody sees, drives
its session as a user would, and writes what there is to see to ``resources``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PIL import Image as Pillow
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QIcon, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segmenter.app.plotted import Plot
from segmenter.app.preferences import Preferences, Theme
from segmenter.app.sides import EM, K_MEANS, is_compared
from segmenter.app.state import is_outdated
from segmenter.engine.outcome import Phase
from segmenter.engine.settings import Spatial, Start
from segmenter.files.bundled import resource
from segmenter.ui.application import build
from segmenter.ui.scatter_plot import ScatterPlot

ROOT = Path(__file__).parents[1]
RESOURCES = ROOT / "resources"
SAMPLES = ROOT / "sample_images"
SIZE = (1360, 850)
SMALL = (1100, 720)
SECONDS = 120
HALF_STEPS, COLOURS, MILLISECONDS = 36, 256, 450
SHRINK = 0.72


class Photographer:
    """Drives one window and takes pictures of it."""

    def __init__(self, app: QApplication, folder: str, size: tuple[int, int], theme: Theme) -> None:
        self.app = app
        kept = QSettings(str(Path(folder) / f"{theme}.ini"), QSettings.Format.IniFormat)
        preferences = Preferences(kept)
        preferences.theme = theme
        preferences.wants_hints = False
        self.window = build(preferences)
        self.session = self.window.session
        self.window.resize(*size)
        self.window.show()
        self.wait(lambda: self.window.findChild(ScatterPlot) is not None)

    def wait(self, question) -> None:
        end = monotonic() + SECONDS
        while not question():
            if monotonic() > end:
                raise TimeoutError("the window does not come to rest")
            QTest.qWait(20)
        QTest.qWait(60)

    def settle(self) -> None:
        def is_there() -> bool:
            state = self.session.state
            known = state.result is not None and state.progress is None and not state.opening
            return known and not is_outdated(state)

        self.wait(is_there)
        QTest.qWait(400)

    def open(self, name: str) -> None:
        self.session.open(SAMPLES / name)
        self.wait(
            lambda: (
                self.session.state.image is not None
                and self.session.state.image.path == SAMPLES / name
            )
        )

    def set(self, **changes: object) -> None:
        settings = self.session.state.inputs.settings.model_copy(update=changes)
        self.session.edit("Settings", settings=settings)

    def name(self, *names: str) -> None:
        classes = self.session.state.inputs.classes
        named = [replace(style, name=name) for style, name in zip(classes, names, strict=False)]
        self.session.edit("Names", classes=tuple(named))

    def point(self, across: float, down: float) -> None:
        canvas = self.window.canvas
        place = QPoint(round(canvas.width() * across), round(canvas.height() * down))
        QTest.mouseMove(canvas, place)
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
        self.wait(lambda: self.session.state.explanation is not None)

    def picture(self) -> QImage:
        QTest.qWait(150)
        return self.window.grab().toImage()

    def close(self) -> None:
        self.session.close()
        self.window.close()
        self.window.deleteLater()
        QTest.qWait(50)


def segmented_tissue(taker: Photographer) -> QImage:
    """Stained tissue with named classes, a pixel explained, the scatter below."""
    taker.open("tissue.png")
    taker.settle()
    taker.name("Brown stain", "Cell borders", "Nuclei", "Clear")
    taker.session.plot(seen=Plot.SCATTER, across="L*", up="b*")
    taker.window.panels.show_plot(Plot.SCATTER)
    taker.point(0.62, 0.42)
    return taker.picture()


def compared_micrograph(taker: Photographer) -> QImage:
    """Cell nuclei in the dark: the random field beside k-means."""
    taker.open("cells_16bit.tif")
    taker.settle()
    taker.set(components=3, spatial=Spatial.FIELD)
    taker.settle()
    taker.session.set_look(sides=(K_MEANS, EM))
    taker.wait(lambda: is_compared(taker.session.state))
    taker.window.panels.show_plot(Plot.HISTOGRAM)
    QTest.qWait(1000)
    return taker.picture()


def chosen_number(taker: Photographer) -> QImage:
    """How many kinds of pixel: BIC and a picture for every number."""
    taker.open("coffee.png")
    taker.settle()
    taker.set(components="auto", most_components=8)
    taker.settle()
    taker.session.set_look(outlined=True)
    taker.window.panels.show_plot(Plot.CHOICE)
    taker.wait(lambda: taker.session.state.pictures is not None)
    QTest.qWait(1000)
    return taker.picture()


def steps_of_em(taker: Photographer) -> list[QImage]:
    """EM from a random start by half steps, with the flow chart and the ellipses."""
    taker.open("tissue.png")
    taker.settle()
    taker.session.set_live(False)
    taker.session.plot(seen=Plot.SCATTER, across="L*", up="b*")
    taker.window.panels.show_plot(Plot.SCATTER)
    taker.window.commands.by_id["step-through"].trigger()
    taker.window.panels.docks[0].hide()
    taker.set(start=Start.RANDOM, seed=3)
    frames = []
    taker.session.restart()
    for _ in range(HALF_STEPS):
        taker.wait(lambda: taker.session.state.progress is not None)
        QTest.qWait(300)
        frames.append(taker.picture())
        progress = taker.session.state.progress
        if progress is None or progress.phase is Phase.END:
            break
        taker.session.step()
    taker.session.stop()
    taker.settle()
    frames.append(taker.picture())
    return frames


def write_animation(frames: list[QImage], path: Path) -> None:
    """Write frames with one palette for all, so that nothing flickers."""
    pictures = [_of_qt(frame) for frame in frames]
    size = tuple(round(side * SHRINK) for side in pictures[0].size)
    pictures = [picture.resize(size, Pillow.Resampling.LANCZOS) for picture in pictures]
    both = Pillow.fromarray(np.concatenate([np.asarray(pictures[place]) for place in (1, -1)]))
    palette = both.quantize(COLOURS, method=Pillow.Quantize.MEDIANCUT)
    reduced = [each.quantize(palette=palette, dither=Pillow.Dither.NONE) for each in pictures]
    lengths = [MILLISECONDS] * (len(reduced) - 1) + [6 * MILLISECONDS]
    reduced[0].save(
        path, save_all=True, append_images=reduced[1:], duration=lengths, loop=0, optimize=True
    )


def _of_qt(picture: QImage) -> Pillow.Image:
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows, columns = plain.height(), plain.width()
    flat = np.frombuffer(plain.constBits(), np.uint8).reshape(rows, plain.bytesPerLine())
    pixels = flat[:, : 3 * columns].reshape(rows, columns, 3)
    return Pillow.fromarray(pixels.copy())


def main() -> None:
    app = QApplication([])
    app.setWindowIcon(QIcon(str(resource("segmenter.svg"))))
    stills = (
        ("screenshot.png", Theme.LIGHT, segmented_tissue),
        ("screenshot-compare.png", Theme.DARK, compared_micrograph),
        ("screenshot-how-many.png", Theme.LIGHT, chosen_number),
    )
    with TemporaryDirectory() as folder:
        for name, theme, make in stills:
            taker = Photographer(app, folder, SIZE, theme)
            picture = _of_qt(make(taker)).quantize(256, dither=Pillow.Dither.NONE)
            picture.save(RESOURCES / name, optimize=True)
            taker.close()
        taker = Photographer(app, folder, SMALL, Theme.LIGHT)
        write_animation(steps_of_em(taker), RESOURCES / "em.gif")
        taker.close()


if __name__ == "__main__":
    main()
