"""Hidden Markov random field: neighbouring pixels tend to be of one class.

The prior is a Potts model, p(z) ~ exp(beta sum_ij v_ij [z_i = z_j] + sum_i log share(z_i)), whose
posterior is approximated by its mean field (Zhang 1992; Celeux, Forbes and Peyrard 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.contrast import NEIGHBOURS
from segmenter.engine.kernels import field as kernels
from segmenter.engine.kernels.totals import totals_of_rows
from segmenter.engine.probable import most_probable
from segmenter.engine.settings import AUTO
from segmenter.engine.strength import (
    Around,
    Spread,
    correlation_given_classes,
    likeliest,
    trusted,
    without_echo,
)  # fmt: skip
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

SWEEPS = 2  # of one E-step
LOG2_E = 1 / np.log(2)
USUAL = 0.9  # of the critical strength
DIAGONAL = 1 / np.sqrt(2)  # of the strength, towards the corners
UPDATES = 10  # of what is estimated; then it stays, so that EM can settle
UNTIL_STRENGTH = 4  # of these before the strength is among them
REACH = 3  # pixels into what has no data; gaps twice as wide are bridged
LOOKED_AT = 32_768  # pixels; more hardly change an estimate
_OUTSIDE = np.iinfo(np.int32).min
# Which planes are updated together, and whose neighbours come later: 1 straight, 2 diagonal ones.
_FOUR = np.array([(0, 3, 1), (1, 2, 0)])
_EIGHT = np.array([(0, -1, 3), (3, -1, 1), (1, -1, 2), (2, -1, 0)])


class Field:
    """The mean field of the classes of all pixels, and how strongly pixels hold together.

    Parameters
    ----------
    sites
        (rows, columns) int32: the sample that a pixel shows; -1 where it has no data; -2 - c where
        a scribble says class c.
    classes
        How many classes there are.
    weights
        (4, 8, rows / 2, columns / 2) uint8 of `contrast_weights`; None where all edges are alike.
        The strength is that of the average edge.
    """

    def __init__(
        self,
        sites: NDArray[np.int32],
        classes: int,
        settings: Settings,
        weights: NDArray[np.uint8] | None = None,
    ) -> None:
        self._shape, self._settings, self._edges = sites.shape, settings, weights
        self._far = ~_within_reach(sites)
        self._places = in_planes(np.where(self._far, _OUTSIDE, sites).astype(np.int32, copy=False))
        self._order = _FOUR if settings.neighbours == 4 else _EIGHT
        self._shown = np.bincount(sites[sites >= 0])
        self._free = int(self._shown.sum())
        half = self._places.shape[1:]
        self._q = np.zeros((4, classes, half[0] + 2, half[1] + 2), np.float32)
        self._hold(sites)
        # One step of a weight, such that the mean over straight edges is 1.
        self._step = 1.0 if weights is None else 1 / _mean_of_edges(weights)
        self._every = -(-self._places.size // LOOKED_AT)
        self._gains = np.zeros((4, half[0]))
        self._mean: NDArray[np.float64] | None = None
        self._table = np.empty((0, classes), np.float32)
        self._critical = critical_strength(classes, settings)
        self._usual = USUAL * self._critical
        given = settings.spatial_strength
        self._is_plain = given == 0  # then the shares are all there is to the prior
        self.strength = self._usual if given == AUTO else float(given)
        self._favour = np.zeros(classes)
        self._updates = 0
        self.settled = False

    def expect(
        self, table: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float32]]:
        """Update the field, and return the objective and the occupancy.

        Parameters
        ----------
        table
            (samples, classes) float32 binary log-densities.
        shares
            (classes,) sum 1: where the first call begins. Later on the field knows better: in the
            prior a favoured class takes its neighbours along, so that its share is no measure.

        Returns
        -------
        The free energy in nats, summed over pixels, which does not fall while the prior stays;
        and (classes, samples) float32: the summed probabilities of the pixels that show a sample.
        """
        self._table = table
        with np.errstate(divide="ignore"):
            log_shares = np.maximum(np.log2(shares), -1e30).astype(np.float32)
        if self._mean is None:
            self._begin(table, log_shares)
        if self._is_plain:
            self._favour = log_shares / LOG2_E
        favour = (self._favour * LOG2_E).astype(np.float32)
        self._sweep(table, favour, self.strength, SWEEPS)
        occupancy = self._occupancy(table.shape[0])
        summed = totals_of_rows(occupancy)
        self._mean = summed / self._free if self._free else shares
        return float(self._gains.sum()) / LOG2_E, occupancy

    def adapt(self) -> None:
        """Estimate how classes are spread from the field; the strength only if it is not given."""
        self.settled = self._updates == UPDATES or self._is_plain or not self._free
        if self.settled:
            return
        self._updates += 1
        fits = self._settings.spatial_strength == AUTO and self._updates > UNTIL_STRENGTH
        before = Spread(self.strength, self._favour)
        strength, self._favour = likeliest(
            self._around(), before, self._critical, fits_strength=fits
        )
        if fits:
            self.strength = trusted(strength, self._usual, self._correlation())

    def shares(self) -> NDArray[np.float64]:
        """Return (classes,) the mean probabilities of pixels with data that nobody scribbled."""
        assert self._mean is not None
        return self._mean

    @property
    def favour(self) -> NDArray[np.float64]:
        """(classes,) nats: how much more the prior likes one class than another by itself."""
        return self._favour

    @property
    def unit(self) -> float:
        """Nats for two pixels side by side of one class: for a weight of 1, of contrast 1 / 255."""
        return self.strength * self._step

    def memberships(self) -> NDArray[np.float32]:
        """Return (classes, rows * columns) the probabilities of every pixel.

        Far from any data these are the shares.
        """
        rows, columns = self._shape
        out = np.empty((self._q.shape[1], rows, columns), np.float32)
        for plane, part in enumerate(self._q):
            pixels = out[:, plane >> 1 :: 2, plane & 1 :: 2]
            pixels[:] = part[:, 1 : 1 + pixels.shape[1], 1 : 1 + pixels.shape[2]]
        if self._far.any():
            out[:, self._far] = self.shares()[:, None]
        return out.reshape(len(out), -1)

    def labels_every(self, step: int) -> NDArray[np.uint8]:
        """Return (rows / step, columns / step) the most probable class from 0 of every so many."""
        rows, columns = self._shape
        labels = np.empty((-(-rows // step), -(-columns // step)), np.uint8)
        # If the step is even, all lie in plane 0; else each plane has every second row and column.
        planes = 1 if step % 2 == 0 else 2
        for down, right in np.ndindex(planes, planes):
            out = labels[down::planes, right::planes]
            skip = step * planes // 2
            row, column = down * (step // 2) + 1, right * (step // 2) + 1
            part = self._q[2 * down + right, :, row::skip, column::skip]
            part = part[:, : out.shape[0], : out.shape[1]]
            out[:] = most_probable(part)
        return labels

    def _begin(self, table: NDArray[np.float32], log_shares: NDArray[np.float32]) -> None:
        """Let every pixel know its own value only; those without know nothing, not even shares.

        Where they begin decides among fields that hold together by themselves.
        """
        self._sweep(table, log_shares, 0.0, 1)
        missing = self._places == kernels.MISSING
        for k in range(self._q.shape[1]):
            self._q[:, k, 1:-1, 1:-1][missing] = 1 / self._q.shape[1]

    def _hold(self, sites: NDArray[np.int32]) -> None:
        """Give the scribbled pixels their class, once and for all."""
        rows, columns = np.nonzero((sites <= kernels.HELD) & (sites > _OUTSIDE))
        given = kernels.HELD - sites[rows, columns]
        planes = 2 * (rows % 2) + columns % 2
        self._q[planes, given, rows // 2 + 1, columns // 2 + 1] = 1

    def _sweep(
        self,
        table: NDArray[np.float32],
        log_shares: NDArray[np.float32],
        strength: float,
        times: int,
    ) -> None:
        """Update every pixel so many times."""
        unit = strength * LOG2_E * self._step
        corner = 0.0 if self._settings.neighbours == 4 else unit * DIAGONAL
        sweep = kernels.sweep if self._edges is None else kernels.sweep_with_edges
        chunks = -(-self._places.shape[1] // kernels.ROWS)
        for seams in (False, True):
            spread(
                sweep, chunks - seams, seams, self._order, times * len(self._order), self._q,
                self._places, *self._shape, table, log_shares, np.float32(unit),
                np.float32(corner), self._edges, self._gains,
            )  # fmt: skip

    def _occupancy(self, samples: int) -> NDArray[np.float32]:
        classes = self._q.shape[1]
        if self._shown.max(initial=0) <= 1:
            single = np.zeros((classes, samples), np.float32)
            spread(kernels.gather_single, 4 * self._places.shape[1], self._q, self._places, single)
            return single
        merged = np.empty((classes, samples), np.float32)
        spread(kernels.gather_merged, classes, self._q, self._places, merged)
        return merged

    # ---- What the estimates look at: every so many rows of the planes ----------------------------

    def _around(self) -> Around:
        parts = [self._around_plane(plane) for plane in range(4)]
        return Around(*(np.concatenate(part, axis=1) for part in zip(*parts, strict=True)))

    def _around_plane(self, plane: int) -> Around:
        own = self._part(plane)
        pull = np.zeros(own.shape, np.float32)
        for direction, (down, right) in enumerate(NEIGHBOURS[: self._settings.neighbours]):
            beside = plane ^ (2 * (down != 0) + (right != 0))
            weight = self._edge_weights(plane, direction)
            near = self._part(beside, (plane >> 1) + down >> 1, (plane & 1) + right >> 1)
            pull += weight * without_echo(own, near, self.strength * weight)
        free = self._places[plane, :: self._every] >= 0
        if free.all():
            return Around(own.reshape(len(own), -1), pull.reshape(len(own), -1))
        return Around(own[:, free], pull[:, free])

    def _edge_weights(self, plane: int, direction: int) -> NDArray[np.float32]:
        weight = np.float32(1 if direction < 4 else DIAGONAL)
        if self._edges is None:
            return np.full((1, 1), weight)
        edges = self._edges[plane, direction, :: self._every]
        return edges.astype(np.float32) * np.float32(weight * self._step)

    def _part(self, plane: int, down: int = 0, right: int = 0) -> NDArray[np.float32]:
        """Return (classes, ...) the looked-at rows of a plane, moved by so many of its pixels."""
        rows, columns = self._places.shape[1:]
        from_row, from_column = 1 + down, 1 + right
        part = self._q[plane, :, from_row : from_row + rows : self._every]
        return part[:, :, from_column : from_column + columns]

    def _correlation(self) -> float:
        """Look at every pixel of the first plane and those right of it and below it."""
        places = self._places[:3, :: self._every]
        known = places >= 0
        q = np.stack([self._part(plane) for plane in range(3)], axis=1)
        return correlation_given_classes(q, self._table[np.where(known, places, 0)], known)


def _mean_of_edges(weights: NDArray[np.uint8]) -> float:
    straight = weights[:, :4]
    edges = np.count_nonzero(straight)
    return float(straight.sum(dtype=np.float64)) / edges if edges else 1.0


def critical_strength(classes: int, settings: Settings) -> float:
    """Return where one class would take over a grid without data."""
    critical = float(np.log(1 + np.sqrt(classes)))
    return critical / (1 if settings.neighbours == 4 else 1 + DIAGONAL)


def _within_reach(sites: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return (rows, columns): True for pixels with data or a scribble, or `REACH` steps from one.

    Farther ones would tell each other, more and more firmly, what they cannot know, and their mean
    field creeps for many iterations.
    """
    reached: NDArray[np.bool_] = sites != kernels.MISSING
    for _ in range(0 if reached.all() else REACH):
        before = reached.copy()
        reached[1:] |= before[:-1]
        reached[:-1] |= before[1:]
        reached[:, 1:] |= before[:, :-1]
        reached[:, :-1] |= before[:, 1:]
    return reached


def in_planes(sites: NDArray[np.int32]) -> NDArray[np.int32]:
    """Deal (rows, columns) sites out to (4, rows / 2, columns / 2); outside, nothing changes."""
    rows, columns = sites.shape
    places = np.full((4, (rows + 1) // 2, (columns + 1) // 2), _OUTSIDE, np.int32)
    for plane in range(4):
        part = sites[plane >> 1 :: 2, plane & 1 :: 2]
        places[plane, : part.shape[0], : part.shape[1]] = part
    return places
