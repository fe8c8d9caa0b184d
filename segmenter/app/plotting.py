"""What the plots need of the image, computed in the background when a plot is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.plotted import clouded, describe_highlight, light_of, wants_cloud
from segmenter.app.runner import Runner
from segmenter.engine.parameters import deciding_samples

if TYPE_CHECKING:
    from segmenter.app.plotted import Highlight, Lasso
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.types import Image


class Plotting(QObject):
    """Sees to it that a session has what its plots show, and the pixels in its lasso.

    What cannot be computed is not tried again: the run on the same image says why.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked: tuple[Image, dict[str, object]] | None = None
        self._lassoed: tuple[Lasso, Cloud] | None = None
        lane = session.lanes.lane("plotting")
        self._clouds = Runner(lane, self)
        self._clouds.finished.connect(self._on_clouded)
        self._lassos = Runner(lane, self)
        self._lassos.finished.connect(self._on_lassoed)
        self._lassos.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._clouds.cancel()
        self._lassos.cancel()

    def _follow(self) -> None:
        self._follow_samples(self._session.state)
        self._follow_lasso(self._session.state)

    def _follow_samples(self, state: State) -> None:
        settings, image = clouded(state), state.image
        if self._asked is not None and self._asked[0] is not image:
            self._clouds.cancel()
            self._asked = None
        if settings is None or image is None:
            return
        wanted = (image, deciding_samples(settings))
        is_other = self._asked is None or self._asked[1] != wanted[1]
        if not wants_cloud(state):
            if is_other:
                self._forget(state)
        elif is_other:
            self._asked = wanted
            self._clouds.start(tasks.cloud(image, settings, self._session.leftovers))
        elif state.cloud is not None and not self._clouds.is_busy:
            light = light_of(state, settings)
            if light is not state.cloud.light:
                self._session.show_cloud(state.cloud.in_light(light))

    def _on_clouded(self, cloud: Cloud) -> None:
        # Another image may have come while the samples were on their way.
        if cloud.image is self._session.state.image:
            self._session.show_cloud(cloud)

    def _forget(self, state: State) -> None:
        """Let go of samples that no run and no plot has any more: they are large."""
        self._clouds.cancel()
        self._asked = None
        if state.cloud is not None:
            self._session.show_cloud(None)

    def _follow_lasso(self, state: State) -> None:
        lasso, cloud = state.look.plots.lasso, state.cloud
        if lasso is None or cloud is None:
            self._lassos.cancel()
            self._lassoed = None
            if state.highlight is not None:
                self._session.show_highlight(None)
                self._session.take_back(describe_highlight(state.highlight))
        elif {lasso.across, lasso.up} - set(cloud.names):
            self._session.plot(lasso=None)
        elif self._lassoed is None or self._lassoed != (lasso, cloud):
            self._lassoed = lasso, cloud
            self._lassos.start(tasks.lassoed(cloud, lasso))

    def _on_lassoed(self, highlight: Highlight) -> None:
        if highlight.cloud is not self._session.state.cloud:
            return
        self._session.show_highlight(highlight)
        self._session.say(describe_highlight(highlight))
