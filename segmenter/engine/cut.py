"""The likeliest map of a field as a whole: alpha-expansion by cuts (Boykov, Veksler, Zabih 2001).

A mean field decides every pixel by what its neighbours expect, so it cannot turn a whole region
over. A cut can: for two classes the map is the likeliest there is; for more, no single class can
gain by taking over any set of pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.contrast import AHEAD, NEIGHBOURS, ends_of
from segmenter.engine.kernels.mixture import LN_2
from segmenter.engine.max_flow import Network, cutter
from segmenter.engine.scribbles import SAID

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.max_flow import Cut

DIAGONAL = 1 / np.sqrt(2)  # of the strength, towards the corners
STEPS = 1000  # of an energy, per nat: capacities are whole numbers
MOST = 1e6  # nats: more than any two pixels can differ by
ROUNDS = 3  # in which every class may take over


class Links(NamedTuple):
    """How a field holds pixels together.

    ``strength`` nats for two pixels side by side of one class, times their ``contrast`` weight
    (8, rows, columns) uint8 where that is not None; ``favour`` (classes,) nats for a class.
    """

    strength: float
    favour: NDArray[np.float64]
    neighbours: int
    contrast: NDArray[np.uint8] | None = None


class Energy(NamedTuple):
    """What a map costs, in nats.

    ``own`` (sites, classes) float32 what each class costs a site by itself; ``first``, ``second``
    (E,) int32 neighbouring sites and ``apart`` (E,) float32 what it costs if their classes differ.
    """

    own: NDArray[np.float32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    apart: NDArray[np.float32]

    def of(self, labels: NDArray[np.uint8]) -> float:
        """Return the energy of (sites,) labels."""
        alone = self.own[np.arange(len(labels)), labels].sum(dtype=np.float64)
        differ = labels[self.first] != labels[self.second]
        return float(alone + self.apart[differ].sum(dtype=np.float64))


def energy_of(
    table: NDArray[np.float32], codes: NDArray[np.int32], links: Links
) -> tuple[Energy, NDArray[np.intp]]:
    """Return what maps of an image cost, and the places of the pixels that are free.

    Parameters
    ----------
    table
        (samples, classes) float32: log2 p(sample given class).
    codes
        (rows, columns) int32 as in `Sites`: scribbled pixels are not free, but tell their
        neighbours.
    """
    flat = codes.ravel()
    places = np.flatnonzero(flat > SAID)
    shown = flat[places]
    own = np.where(shown[:, None] >= 0, -LN_2 * table[shown], 0) - links.favour
    number = np.full(flat.size, -1, np.int32)
    number[places] = np.arange(len(places), dtype=np.int32)
    said, numbers = SAID - codes, number.reshape(codes.shape)
    parts = []
    for down, right in AHEAD[: 2 if links.neighbours == 4 else 4]:
        here, there = ends_of((codes.shape[0], codes.shape[1]), down, right)
        strength = links.strength * (DIAGONAL if down and right else 1.0)
        each = np.full(codes[here].shape, strength, np.float32)
        if links.contrast is not None:
            each *= links.contrast[NEIGHBOURS.index((down, right)), *here]
        for mine, other in ((here, there), (there, here)):
            is_told = (numbers[mine] >= 0) & (numbers[other] < 0)
            tells = each[is_told]
            own += np.bincount(numbers[mine][is_told], tells, len(own))[:, None]
            np.subtract.at(own, (numbers[mine][is_told], said[other][is_told]), tells)
        free = (numbers[here] >= 0) & (numbers[there] >= 0)
        parts.append((numbers[here][free], numbers[there][free], each[free]))
    first, second, apart = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Energy(own.astype(np.float32), first, second, apart), places


def least_energy(
    energy: Energy, labels: NDArray[np.uint8]
) -> Generator[None, None, NDArray[np.uint8]]:
    """Return the labels of least energy that expansions find from given ones; yield meanwhile."""
    classes = energy.own.shape[1]
    with cutter() as cut:
        if classes == 2:
            # From a map of one class, the expansion of the other is the exact answer.
            return (yield from _expanded(energy, np.zeros_like(labels), 1, cut))
        lowest, idle = energy.of(labels), 0
        for turn in range(ROUNDS * classes):
            tried = yield from _expanded(energy, labels, turn % classes, cut)
            reached = energy.of(tried)
            # Whole capacities round energies, so a gain must be more than nothing.
            if reached < lowest - 1 / STEPS:
                labels, lowest, idle = tried, reached, 0
            else:
                idle += 1
            if idle == classes:
                break
        return labels


def _expanded(
    energy: Energy, labels: NDArray[np.uint8], which: int, cut: Cut
) -> Generator[None, None, NDArray[np.uint8]]:
    """Return the best labels in which sites keep their class or take one class over.

    The terms of a pair are those of Kolmogorov and Zabih 2004, section 4.
    """
    sites = np.arange(len(labels))
    switch = energy.own[:, which].astype(np.float64) - energy.own[sites, labels]
    a, b = labels[energy.first], labels[energy.second]
    both_stay = np.where(a != b, energy.apart, 0)
    first_stays = np.where(a != which, energy.apart, 0)
    second_stays = np.where(b != which, energy.apart, 0)
    switch += np.bincount(energy.first, second_stays - both_stay, minlength=len(labels))
    switch -= np.bincount(energy.second, second_stays, minlength=len(labels))
    between = first_stays + second_stays - both_stay
    linked = between > 0
    steps = np.rint(STEPS * np.clip(switch, -MOST, MOST)).astype(np.int32)
    network = Network(
        energy.first[linked],
        energy.second[linked],
        np.rint(STEPS * between[linked]).astype(np.int32),
        steps,
    )
    switched = yield from cut(network)
    return np.where(switched, np.uint8(which), labels)
