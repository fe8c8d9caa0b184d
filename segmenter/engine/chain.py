"""Hidden Markov chain: pixels that follow each other on a curve tend to be of one class.

The curve is a generalised Hilbert scan, which stays close by, so most pixels near each other on the
curve are near each other in the image (Fjortoft et al. 2003). It is cut into blocks, chains of
their own with common parameters, and EM on those is exact (Baum et al. 1970; Rabiner 1989).

A curve passes only two of the four neighbours of a pixel, so there are two: one along the rows and
one along the columns. Their statistics are averaged, and so EM climbs the mean of their two
log-likelihoods, a composite likelihood. At the end both are also turned upside down, and the
probabilities of a pixel are averaged over four: that shows less of the curves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels import chain as kernels
from segmenter.engine.kernels.scan import hilbert_scans
from segmenter.engine.kernels.totals import totals_of_rows
from segmenter.engine.probable import most_probable
from segmenter.engine.scribbles import NO_DATA, SAID
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

LENGTH = 256  # pixels of a block, at most
STAYING = 0.9  # how probable it is at first that the next pixel is of the same class
LEAST = 1e-7  # probability of any transition: what never occurred is not impossible


class Chain:
    """What the neighbours on two scans of the image say about the class of every pixel.

    ``settled`` is always True: every adaptation raises the same objective.

    Parameters
    ----------
    sites
        (rows, columns) int32: the sample that a pixel shows; -1 where it has no data; -2 - c where
        a scribble says class c.
    classes
        How many classes there are, the noise class included.
    """

    settled = True

    def __init__(self, sites: NDArray[np.int32], classes: int, _: Settings) -> None:
        self._codes = np.ascontiguousarray(sites, np.int32).reshape(-1)
        self._shape = sites.shape
        shown = np.bincount(self._codes[self._codes >= 0])
        self._free, self._is_single = int(shown.sum()), shown.max(initial=0) <= 1
        self._scans = [in_blocks(scan) for scan in scans_of(sites.shape, turned=False)]
        self._chunks = -(-sites.size // kernels.CHUNK)
        self._is_laid_out = False
        self._rows: list[NDArray[np.int32]] = []
        self._probabilities = np.empty((sites.size, classes), np.float32)
        self._emissions = np.empty((0, classes), np.float32)
        self._initial = np.full(classes, 1 / classes)
        self._transition = np.eye(classes)
        self._mean: NDArray[np.float64] | None = None
        self._expected = np.zeros(classes + classes * classes)

    def expect(
        self, table: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float32]]:
        """Do the E-step.

        Parameters
        ----------
        table
            (samples, classes) float32 binary log-densities, at most 0.
        shares
            (classes,) sum 1. Only the first call looks at them; after that the chain has a law of
            its own.

        Returns
        -------
        The mean log-likelihood of the two scans in nats; and (classes, samples) float32, the summed
        probabilities of the pixels that show a sample.
        """
        if self._mean is None:
            self._begin(len(table), shares)
        samples, classes = table.shape
        table = np.ascontiguousarray(table)
        if self._is_laid_out:
            spread(kernels.lay_out, self._chunks, self._codes, table, self._emissions)
        else:
            spread(kernels.powers, -(-samples // kernels.CHUNK), table, self._emissions)
        total = np.zeros(1 + len(self._expected))
        for number, (pixels, rows) in enumerate(zip(self._scans, self._rows, strict=True)):
            total += self._smooth(pixels, rows, self._probabilities, adds=number > 0)
        total /= len(self._scans)
        self._expected = total[1:]
        occupancy = self._occupancy(samples, classes)
        summed = totals_of_rows(occupancy)
        self._mean = summed / summed.sum() if self._free else shares
        return float(total[0]), occupancy

    def adapt(self) -> None:
        """Set the law of the first class and the transitions to what was expected."""
        classes = len(self._initial)
        self._initial = bounded(self._expected[:classes], self._initial)
        counts = self._expected[classes:].reshape(classes, classes)
        self._transition = np.stack(
            [bounded(row, before) for row, before in zip(counts, self._transition, strict=True)]
        )

    def shares(self) -> NDArray[np.float64]:
        """Return (classes,) the mean probabilities of pixels with data that nobody scribbled."""
        assert self._mean is not None
        return self._mean

    def memberships(self) -> NDArray[np.float32]:
        """Return (classes, rows * columns) float32 every pixel's probabilities, on four scans."""
        summed = self._probabilities.copy()
        for scan in scans_of(self._shape, turned=True):
            pixels = in_blocks(scan)
            self._smooth(pixels, self._rows_of(pixels), summed, adds=True)
        found = np.empty(summed.shape[::-1], np.float32)
        spread(kernels.hand_out, self._chunks, summed, found)
        return found

    def labels_every(self, step: int) -> NDArray[np.uint8]:
        """Return (rows / step, columns / step) the most probable class from 0 of every so many."""
        thinned = self._probabilities.reshape(*self._shape, -1)[::step, ::step]
        return most_probable(np.moveaxis(thinned, 2, 0))

    def _begin(self, samples: int, shares: NDArray[np.float64]) -> None:
        classes = len(shares)
        self._initial = bounded(shares, shares)
        # Any pixel is then of each class as probably as the shares say.
        staying = STAYING * np.eye(classes) + (1 - STAYING) * self._initial
        self._transition = np.stack([bounded(row, row) for row in staying])
        self._is_laid_out = samples > kernels.MANY
        if self._is_laid_out:
            # Row by row what the pixels show, then what stands for no pixel.
            self._emissions = np.ones((len(self._codes) + 1, classes), np.float32)
        else:
            # Below the samples: a row where nothing is known, and one for each class that is said.
            self._emissions = np.ones((samples + 1 + classes, classes), np.float32)
            self._emissions[samples + 1 :] = np.eye(classes)
        self._rows = [self._rows_of(pixels) for pixels in self._scans]

    def _rows_of(self, pixels: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return where in the table of emissions that of each pixel is."""
        if self._is_laid_out:
            return np.where(pixels < 0, np.int32(len(self._codes)), pixels)
        classes = self._emissions.shape[1]
        samples = len(self._emissions) - 1 - classes
        # What stands for no pixel reads the last entry, which shows nothing.
        codes = np.append(self._codes, np.int32(NO_DATA))[pixels]
        rows = np.where(codes <= SAID, samples + 1 + SAID - codes, codes)
        return np.where(codes == NO_DATA, samples, rows).astype(np.int32)

    def _smooth(
        self,
        pixels: NDArray[np.int32],
        rows: NDArray[np.int32],
        into: NDArray[np.float32],
        *,
        adds: bool,
    ) -> NDArray[np.float64]:
        """Write or add to (pixels, classes) what a scan says; return its sums."""
        law = self._initial.astype(np.float32), self._transition.astype(np.float32)
        sums = np.empty((len(pixels), 1 + len(self._expected)))
        spread(kernels.smooth, len(pixels), pixels, rows, self._emissions, *law, adds, into, sums)
        # Added row by row, so in the order of the groups.
        total: NDArray[np.float64] = np.add.reduce(sums, axis=0)
        return total

    def _occupancy(self, samples: int, classes: int) -> NDArray[np.float32]:
        if self._is_single:
            single = np.zeros((classes, samples), np.float32)
            spread(kernels.occupy_singly, self._chunks, self._codes, self._probabilities, single)
            return single
        merged = np.empty((classes, samples), np.float32)
        spread(kernels.occupy, classes, self._codes, self._probabilities, merged)
        return merged


def scans_of(shape: tuple[int, ...], *, turned: bool) -> list[NDArray[np.int32]]:
    """Return the scan along the rows and that along the columns of an image.

    Parameters
    ----------
    turned
        Whether each begins in the last row or column instead, and so passes other neighbours.
    """
    rows, columns = shape
    return list(hilbert_scans(rows, columns, turned=turned))


def in_blocks(scan: NDArray[np.int32]) -> NDArray[np.int32]:
    """Cut a scan into blocks whose lengths differ by 1 at most, in groups side by side.

    Returns
    -------
    (groups, `kernels.LANES`, steps) int32, -1 where a block is over or missing.
    """
    blocks = -(-scan.size // LENGTH)
    if blocks > kernels.LANES:
        blocks = -(-blocks // kernels.LANES) * kernels.LANES
    steps = -(-scan.size // blocks)
    longer = scan.size - blocks * (steps - 1)
    lanes = -(-blocks // kernels.LANES) * kernels.LANES
    pixels = np.full((lanes, steps), NO_DATA, np.int32)
    pixels[:longer] = scan[: longer * steps].reshape(longer, steps)
    pixels[longer:blocks, : steps - 1] = scan[longer * steps :].reshape(blocks - longer, steps - 1)
    return pixels.reshape(-1, kernels.LANES, steps)


def bounded(counts: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities, none below `LEAST`, that make (n,) counts most likely.

    Where nothing was counted they stay as they were.
    """
    total = counts.sum()
    if not total > 0:
        return before
    law: NDArray[np.float64] = counts / total
    is_low = np.zeros(len(law), np.bool_)
    # Each round raises one more to the bound, or none.
    for _ in law:
        shares = counts / counts[~is_low].sum()
        law = np.where(is_low, LEAST, shares * (1 - LEAST * is_low.sum()))
        if not (law < LEAST).any():
            break
        is_low |= law < LEAST
    return law
