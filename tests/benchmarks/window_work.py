"""What a fit leaves of the window's quickness, and how soon a changed setting is seen."""

from __future__ import annotations

from functools import partial
from statistics import median
from time import perf_counter

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from window_rows import Row, application, image_of_photo, until

from segmenter.app.fitted import LIVE_DELAY_MS
from segmenter.app.pyramid import pyramid_of
from segmenter.app.session import Session
from segmenter.app.tasks import Leftovers, Opened
from segmenter.ui.canvas import Canvas

TICK_MS = 5
GAP_GOAL = 50.0
OVERLAY_GOALS = {1: 150.0, 12: 600.0}
ROUNDS = 5


class Gaps:
    """Notes how long the thread of the window answers nothing."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, perf_counter()
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def _on_tick(self) -> None:
        now = perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1000)
        self._last = now

    def stop(self) -> float:
        """Return the longest gap in milliseconds."""
        self._timer.stop()
        return self.longest


def work_rows() -> list[Row]:
    """Measure gaps during a fit, and from a changed setting to the overlay it leads to."""
    application()
    rows = []
    for megapixels, goal in OVERLAY_GOALS.items():
        session, canvas = _with_photo(megapixels)
        gaps = [_gap(session) for _ in range(ROUNDS)]
        most = max(gaps)
        said = f"{median(gaps):.0f} / {most:.0f}"
        measure = f"longest gap during a fit of {megapixels} MP: median / worst"
        rows.append(Row(measure, most, "ms", GAP_GOAL, said))
        times = [_changed(session, canvas, 3 + k % 3) for k in range(ROUNDS)]
        first, last = (median(each) * 1000 for each in zip(*times, strict=True))
        measure = f"{megapixels} MP: from a changed setting to its "
        rows.append(Row(f"{measure}overlay as it forms", first, "ms", goal))
        rows.append(Row(f"{measure}result", last, "ms"))
        session.close()
        canvas.deleteLater()
    return rows


def _with_photo(megapixels: float) -> tuple[Session, Canvas]:
    session = Session()
    canvas = Canvas(session)
    session.changed.connect(canvas.show_state)
    canvas.resize(1200, 800)
    canvas.show()
    image = image_of_photo(megapixels)
    session._on_opened(Opened(image, pyramid_of(image)))
    until(lambda: session.state.progress is None)
    return session, canvas


def _gap(session: Session) -> float:
    QApplication.processEvents()
    before = session.state.result
    # Nothing is left over that the fit would go on from.
    session.leftovers = Leftovers()
    gaps = Gaps()
    session.run()
    until(lambda: session.state.result is not before and session.state.progress is None)
    return gaps.stop()


def _changed(session: Session, canvas: Canvas, components: int) -> tuple[float, float]:
    """Return seconds from an edit until its first and its last overlay are painted."""
    # No result is kept that would answer at once, and no drag is under way.
    session._cache.clear()
    settings = session.state.inputs.settings
    before = session.state.result
    until(partial(session._rest.hasExpired, LIVE_DELAY_MS))
    began = perf_counter()
    session.edit("Edit", settings=settings.model_copy(update={"components": components}))
    until(lambda: session.state.result is not before or _preview(session) is not None)
    canvas.repaint()
    first = perf_counter() - began
    until(lambda: session.state.result is not before and session.state.progress is None)
    canvas.repaint()
    return first, perf_counter() - began


def _preview(session: Session) -> object:
    return session.state.progress and session.state.progress.preview
