"""How classes are spread over the pixels: the half of the E-step that knows about place."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import numpy as np

from segmenter.engine.contrast import contrast_weights, in_planes
from segmenter.engine.kernels.mixture import chunk_count
from segmenter.engine.scribbles import SAID
from segmenter.engine.settings import Spatial
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from segmenter.engine.scribbles import Sites
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Samples


class Prior(Protocol):
    """What pixels know of their classes beside their own values.

    ``settled`` is False after an `adapt` that made `expect` measure by another objective.
    """

    settled: bool

    def expect(
        self, table: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float32]]:
        """Do the E-step.

        Parameters
        ----------
        table
            (samples, classes) float32: log2 p(sample given class), less the largest of its row.
        shares
            (classes,) float64, sum 1.

        Returns
        -------
        The objective in nats, summed over the pixels, as the table alone gives it; and
        (classes, samples) float32, how many of the pixels of which nothing is said show each sample
        and are of each class.
        """

    def adapt(self) -> None:
        """Do the M-step of the prior's own parameters."""

    def shares(self) -> NDArray[np.float64]:
        """Return (classes,) the shares among pixels with data of which nothing is said."""

    def memberships(self) -> NDArray[np.float32]:
        """Return (classes, pixels) float32 p(class) of every pixel."""

    def labels_every(self, step: int) -> NDArray[np.uint8]:
        """Return the most probable class, from 0, of every `step`-th row and column."""


def prior_of(sites: Sites, classes: int, settings: Settings, samples: Samples) -> Prior:
    """Return the prior that the settings choose; the samples tell edges, if these count."""
    if settings.spatial is Spatial.NONE:
        return Independent(sites, classes)
    chosen = compiled_for(settings.spatial)
    prior: Prior
    if settings.spatial is Spatial.FIELD:
        shape = (sites.codes.shape[0], sites.codes.shape[1])
        edges = in_planes(contrast_weights(samples, shape)) if settings.contrast else None
        prior = chosen.Field(sites.codes, classes, settings, edges)
    else:
        prior = chosen.Chain(sites.codes, classes, settings)
    return prior


def compiled_for(spatial: Spatial) -> ModuleType:
    """Return the module of a prior; compiles or loads its kernels when first asked for."""
    names = {Spatial.NONE: "kernels.independent", Spatial.FIELD: "field", Spatial.CHAIN: "chain"}
    return import_module(f"segmenter.engine.{names[spatial]}")


class Independent:
    """Pixels that know nothing of each other; only scribbles depend on the place.

    Many pixels that show one sample are one here, and what is said of a pixel is a sample of its
    own: ``index`` (rows, columns) leads from pixels to the columns of `memberships`.
    """

    settled = True

    def __init__(self, sites: Sites, classes: int) -> None:
        samples = len(sites.counts)
        self._counts = sites.counts
        self._occupancy = np.zeros((classes, samples), np.float32)
        self._values = np.empty(chunk_count(samples))
        self._table = np.zeros((samples, classes), np.float32)
        self._shares = np.full(classes, 1 / classes)
        self.index = np.where(sites.codes <= SAID, samples + SAID - sites.codes, sites.codes)

    def expect(
        self, table: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float32]]:
        """Do the E-step; see `Prior.expect`."""
        self._table, self._shares = table, shares
        self._posterior(self._counts, self._occupancy)
        return float(self._values.sum()), self._occupancy

    def _posterior(self, counts: NDArray[np.float32], into: NDArray[np.float32]) -> None:
        with np.errstate(divide="ignore"):
            shares = np.maximum(np.log2(self._shares), -1e30).astype(np.float32)
        expect = compiled_for(Spatial.NONE).expect
        spread(expect, len(self._values), self._table, shares, counts, into, self._values)

    def adapt(self) -> None:
        """Do nothing: there are no parameters."""

    def shares(self) -> NDArray[np.float64]:
        """Return the classes' shares; see `Prior.shares`."""
        summed = self._occupancy.sum(axis=1, dtype=np.float64)
        shares: NDArray[np.float64] = summed / max(summed.sum(), 1e-300)
        return shares

    def memberships(self) -> NDArray[np.float32]:
        """Return (classes, samples + classes) float32: p(class) of samples, then what is said."""
        found = np.empty_like(self._occupancy)
        self._posterior(np.ones_like(self._counts), found)
        return np.concatenate([found, np.eye(len(found), dtype=np.float32)], axis=1)

    def labels_every(self, step: int) -> NDArray[np.uint8]:
        """Return the most probable classes; see `Prior.labels_every`."""
        places = self.index[::step, ::step]
        samples = len(self._table)
        with np.errstate(divide="ignore"):
            joint = self._table[np.clip(places, 0, samples - 1)] + np.log2(self._shares)
        labels: NDArray[np.intp] = np.argmax(joint, axis=2)
        return np.where(places >= samples, places - samples, labels).astype(np.uint8)
