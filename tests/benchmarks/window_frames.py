"""How long a painting of the canvas takes while the image is dragged and zoomed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from window_rows import Row, application, clock, image_of_photo

from segmenter.app.pyramid import pyramid_of
from segmenter.app.state import Inputs, Look, State
from segmenter.engine.outcome import Result, Stop
from segmenter.engine.overlay import View
from segmenter.engine.settings import Settings
from segmenter.engine.types import Image, Mixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.ui.canvas import Canvas

FRAME = 1000 / 60
SIZES = (24, 100)
SCREEN = (1600, 1000)
STEPS = 120
LOOKS = {
    "labels": Look(),
    "outlines": Look(outlined=True),
    "soft mask": Look(view=View.SOFT_MASK),
    "uncertainty": Look(view=View.UNCERTAINTY),
}
COLOURS = 300_000


def frame_rows() -> list[Row]:
    """Measure dragging at several zooms, and zooming, with each kind of overlay."""
    from segmenter.app.session import Session
    from segmenter.ui.canvas import Canvas

    application()
    rows = []
    for megapixels in SIZES:
        image = image_of_photo(megapixels)
        state = State(image=image, shown=pyramid_of(image), result=_result(image))
        session = Session()
        canvas = Canvas(session)
        canvas.resize(*SCREEN)
        canvas.show()
        before = State()
        for name, look in LOOKS.items():
            after = State(
                image=image, shown=state.shown, result=state.result,
                inputs=Inputs(Settings()), look=look,
            )  # fmt: skip
            canvas.show_state(before, after)
            before = after
            rows += _rows_of(canvas, f"{megapixels} MP, {name}")
        session.close()
        canvas.deleteLater()
    return rows


def _rows_of(canvas: Canvas, where: str) -> list[Row]:
    rows = []
    for scale in (4.0, 1.0, 0.6, 0.2):
        canvas.fit()
        canvas._zoom(scale, canvas._middle())
        rows.append(_statistics(f"drag at {scale:.0%}, {where}", _times(canvas, _dragged(canvas))))
    canvas.fit()
    rows.append(_statistics(f"zoom, {where}", _times(canvas, _zoomed(canvas))))
    return rows


def _dragged(canvas: Canvas) -> Callable[[int], None]:
    return lambda step: canvas._move(*((-23, -11) if step < STEPS // 2 else (17, 13)))


def _zoomed(canvas: Canvas) -> Callable[[int], None]:
    anchor = QPointF(500, 400)
    steps = STEPS // 2
    return lambda step: canvas._zoom(
        canvas.view.scale * (1.08 if step < steps else 1 / 1.08), anchor
    )


def _times(canvas: Canvas, move: Callable[[int], None]) -> list[float]:
    """Return milliseconds for each painting."""
    app, times = application(), []
    canvas.repaint()
    for step in range(STEPS):
        move(step)
        began = clock()
        canvas.repaint()
        times.append((clock() - began) * 1000)
        app.processEvents()
    return times


def _statistics(measure: str, times: list[float]) -> Row:
    median, most = np.median(times), np.percentile(times, 95)
    return Row(measure, float(most), "ms", FRAME, f"{median:.1f} / {most:.1f} / {max(times):.0f}")


def _result(image: Image) -> Result:
    """Return four classes of brightness, as a fit finds them: samples are distinct colours."""
    labels = (image.pixels[:, :, 1] >> 6).astype(np.uint8) + np.uint8(1)
    random = np.random.default_rng(0)
    chances = random.dirichlet(np.full(4, 0.3), COLOURS).astype(np.float32).T
    index = np.resize(random.permutation(COLOURS).astype(np.int32), image.shape)
    mixture = Mixture(np.full(4, 0.25), np.zeros((4, 1)), np.ones((4, 1, 1)))
    chances = np.ascontiguousarray(chances)
    return Result(labels, chances, index, mixture, Settings(), (0.0,), Stop.CONVERGED)
