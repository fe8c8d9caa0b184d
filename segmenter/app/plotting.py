"""What the plots need of the image, computed in the background when a plot is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.plotted import Highlight, clouded, describe_highlight, light_of, wants_cloud
from segmenter.engine.parameters import deciding_samples

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.types import Image


class Looked(NamedTuple):
    """An image, and the settings by which it is seen."""

    image: Image
    settings: dict[str, object]


class Clouding(Follower["Cloud"]):
    """Sees to it that a session has the samples that its plots show.

    Samples are large: those that no run and no plot has any more are let go.
    """

    lane = "plotting"

    def wanted(self, state: State) -> object:
        """Return what is to be looked at, which stays as it is while nobody knows otherwise."""
        settings, asked = clouded(state), self._asked
        if isinstance(asked, Looked) and asked.image is not state.image:
            asked = None
        if settings is None or state.image is None:
            return asked
        wanted = Looked(state.image, deciding_samples(settings))
        return wanted if wants_cloud(state) or wanted == asked else None

    def task(self, state: State) -> Generator[object, None, Cloud]:
        """Look at the image."""
        settings = clouded(state)
        assert state.image is not None
        assert settings is not None
        return tasks.cloud(state.image, settings, self._session.leftovers)

    def put(self, answer: Cloud | None) -> None:
        """Show the samples."""
        self._session.show_cloud(answer)

    def is_there(self, _: State) -> bool:
        """Say that samples of other settings are none of these."""
        return False

    def is_stale(self, state: State) -> bool:
        """Whether there are samples."""
        return state.cloud is not None

    def fail(self, failure: str) -> None:
        """Say nothing: the run on the same image says why."""

    def follow(self) -> None:
        """See to the samples, and to the light in which they are seen."""
        super().follow()
        state = self._session.state
        settings = clouded(state)
        if settings is None or state.cloud is None or not wants_cloud(state):
            return
        light = light_of(state, settings)
        if light is not state.cloud.light and not self._runner.is_busy:
            self._session.show_cloud(state.cloud.in_light(light))


class Lassoing(Follower[Highlight]):
    """Sees to it that a session has the pixels in its lasso."""

    lane = "plotting"

    def wanted(self, state: State) -> object:
        """Return the lasso, and the samples among which it was drawn."""
        lasso, cloud = state.look.plots.lasso, state.cloud
        return None if lasso is None or cloud is None else (lasso, cloud)

    def task(self, state: State) -> Generator[object, None, Highlight]:
        """Look which pixels are in it."""
        assert state.cloud is not None
        assert state.look.plots.lasso is not None
        return tasks.lassoed(state.cloud, state.look.plots.lasso)

    def put(self, answer: Highlight | None) -> None:
        """Light them up."""
        self._session.show_highlight(answer)

    def is_there(self, state: State) -> bool:
        """Whether those that are lit are in this lasso."""
        lit = state.highlight
        return lit is not None and (lit.lasso, lit.cloud) == self.wanted(state)

    def is_stale(self, state: State) -> bool:
        """Whether any are lit."""
        return state.highlight is not None

    def words(self, state: State) -> str:
        """Say how many they are."""
        assert state.highlight is not None
        return describe_highlight(state.highlight)

    def follow(self) -> None:
        """See to the pixels, or let go of a lasso of features that are gone."""
        plots, cloud = self._session.state.look.plots, self._session.state.cloud
        lasso = plots.lasso
        if lasso is not None and cloud is not None and {lasso.across, lasso.up} - set(cloud.names):
            self._session.plot(lasso=None)
        super().follow()
