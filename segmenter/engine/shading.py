r"""The estimate of uneven light together with the mixture of the image without it.

A pixel in light b of component k has the mean

.. math:: \mu_k + (b - 1) m_k, \quad m_k = \mu_k - d                                          (1)

in the features that go with the light, whose values in the dark are d; :math:`m_k = 0` in others.
The covariance is that of the component: noise does not go with the light.

Components have other shares in every cell of a coarse grid. With the same shares everywhere, the
likelihood would rise when light moves the classes of different places onto each other.

EM is that of Van Leemput et al. (1999, IEEE TMI 18(10):885): an E-step, then shares, means,
covariances and the light's coefficients c, each the best for what the others are. With
:math:`w_i = \sum_k r_{ik} m_k^T \Sigma_k^{-1} m_k` and
:math:`v_i = \sum_k r_{ik} m_k^T \Sigma_k^{-1} (x_i - \mu_k)` (2), c solves

.. math:: (\Phi W \Phi^T + R) c = \Phi v                                                      (3)

where R penalises rough light. The objective never falls: it is the log-likelihood, the penalty, and
a little of a uniform prior on the shares. A thinned image is enough to tell the few coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.iterate import has_converged
from segmenter.engine.light import TERMS, polynomials
from segmenter.engine.maximise import EMPTY, Moments, m_step

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture

MOST = 16_384  # pixels that are looked at
DARKEST, BRIGHTEST = 0.6, 1.4  # of the light
NEAR = 0.95  # of the way to them: there the light is at its limit
CELLS = 16  # on a side of the grid of shares
BEFOREHAND = 0.5  # pixels of each component that every cell has
PARTS = 4  # on a side of the grid on which components must be present
PRESENT = 0.02  # share of a part's pixels from which a component is present
TOGETHER = 0.5  # share of the pixels that must lie in parts with two components
SMOOTHNESS = 3e-4  # the penalty of the slowest light, relative to what the pixels say
LEAST = 1e-9  # the same for directions that an image of one row does not have
LIMIT = 200  # iterations


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """How far the estimate has come.

    Parameters
    ----------
    coefficients
        (M,) c of the light.
    mixture
        Scaled, of the features in even light.
    objectives
        Nats per pixel of every iteration; never falls.
    is_told
        Whether two components are present in enough places to tell light from classes.
    is_at_limit
        Whether light varies as much as it may.
    """

    coefficients: NDArray[np.float64]
    mixture: Mixture
    objectives: tuple[float, ...]
    is_told: bool
    is_at_limit: bool


def untold(mixture: Mixture) -> Lit:
    """Return that nothing can be told of the light over an image of a mixture."""
    return Lit(np.zeros(len(TERMS)), mixture, (), is_told=False, is_at_limit=False)


def looked_at(whole: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the places, in row order, of at most `MOST` of the pixels that are true."""
    step = max(1, int(np.ceil(np.sqrt(np.count_nonzero(whole) / MOST))))
    first_row, first_column = ((side - 1) % step // 2 for side in whole.shape)
    lattice = np.zeros_like(whole)
    lattice[first_row::step, first_column::step] = True
    found = np.flatnonzero(whole & lattice)
    return found[:: max(1, -(-len(found) // MOST))]


class _Model(NamedTuple):
    """What is estimated: c, the mixture, and the (classes, cells) shares; noise is the last."""

    coefficients: NDArray[np.float64]
    mixture: Mixture
    shares: NDArray[np.float64]


class Scene:
    """The pixels that are looked at, and the light's polynomials there.

    Parameters
    ----------
    values
        (D, n) scaled features.
    places
        (n,) places of the pixels in an image of (rows, columns) `shape`, in row order.
    dark
        (D,) as `darkness` returns them.
    """

    def __init__(
        self,
        values: NDArray[np.float32],
        places: NDArray[np.intp],
        shape: tuple[int, int],
        form: Form,
        dark: NDArray[np.float64],
    ) -> None:
        self._values, self._form = values.astype(np.float64), form
        self._lit, self._dark = ~np.isnan(dark), np.nan_to_num(dark)
        self._count = len(places)
        at = np.unravel_index(places, shape)
        rows, columns = (polynomials(side)[:, p] for side, p in zip(shape, at, strict=True))
        products = np.stack([rows[i] * columns[j] for i, j in TERMS])
        self._basis = products - products.mean(axis=1, keepdims=True)
        row, column = (p * CELLS // side for side, p in zip(shape, at, strict=True))
        self._cells = row * CELLS + column
        self._penalty = np.zeros(len(TERMS))

    def estimated(self, start: Mixture, *, tolerance: float) -> Generator[Lit, None, Lit]:
        """Estimate light and mixture together, yielding after every iteration.

        Parameters
        ----------
        start
            A mixture, in scaled units, of the image as it is; it may have a noise class.
        tolerance
            Nats per pixel that may be left to gain.
        """
        model = _Model(np.zeros(len(TERMS)), start, _shares_everywhere(start))
        parts, _ = self._expected(model)
        said, _ = self._said(model, parts)
        self._penalty = max(1.0, said.sum()) * (
            LEAST + SMOOTHNESS * np.array([(i * i + j * j) ** 2 for i, j in TERMS])
        )
        objectives: list[float] = []
        for _ in range(LIMIT):
            parts, objective = self._expected(model)
            objectives.append(objective / self._count)
            lit = self._found(model, parts, objectives)
            is_empty = parts.sum(axis=1)[: len(start)].min() <= EMPTY * self._count
            if is_empty or has_converged(objectives[-3:], tolerance):
                break
            yield lit
            model = self._maximised(model, parts)
        return lit

    def _expected(self, model: _Model) -> tuple[NDArray[np.float64], float]:
        """Return (classes, n) responsibilities, and the objective in nats."""
        coefficients, mixture, shares = model
        light = self._light(coefficients)
        joint = np.log(shares)[:, self._cells]
        for k, factor in enumerate(_factors(mixture, self._form)):
            gaps = np.einsum("ab,bn->an", factor, self._gaps(mixture.means[k], light))
            joint[k] += _constant(factor, self._form) - np.einsum("an,an->n", gaps, gaps) / 2
        if mixture.noise is not None:
            joint[-1] += np.log(mixture.noise.density)
        largest = joint.max(axis=0)
        parts = np.exp(joint - largest)
        total = parts.sum(axis=0)
        rough = np.sum(self._penalty * coefficients**2) / 2
        objective = np.sum(largest + np.log(total)) + BEFOREHAND * np.log(shares).sum() - rough
        return parts / total, float(objective)

    def _light(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n,) by how much the light differs from 1."""
        light: NDArray[np.float64] = np.einsum("m,mn->n", coefficients, self._basis)
        return light

    def _gaps(self, mean: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (D, n) how far the pixels are from the mean (1)."""
        gaps: NDArray[np.float64] = self._values - mean[:, None]
        gaps -= np.multiply.outer(self._strength(mean), light)
        return gaps

    def _strength(self, mean: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (D,) m of equation (1)."""
        return np.where(self._lit, mean - self._dark, 0.0)

    # ---- The M-step, one part after the other ----------------------------------------------

    def _maximised(self, model: _Model, parts: NDArray[np.float64]) -> _Model:
        present = self._in_cells(parts) + BEFOREHAND
        mixture = self._moved(model, parts)
        following = _Model(model.coefficients, mixture, present / present.sum(axis=0))
        return following._replace(coefficients=self._brightened(following, parts))

    def _moved(self, model: _Model, parts: NDArray[np.float64]) -> Mixture:
        """Return the mixture with the best means, and then the best covariances.

        What is frozen in it stays.
        """
        mixture = model.mixture
        frozen = np.zeros(len(mixture), np.bool_) if mixture.frozen is None else mixture.frozen
        counts = parts[: len(mixture)].sum(axis=1)
        light = self._light(model.coefficients)
        means, second = [], []
        for k, factor in enumerate(_factors(mixture, self._form)):
            mean = mixture.means[k]
            if not frozen[k]:
                mean = self._best_mean(factor.T @ factor, parts[k], light)
            gaps = self._gaps(mean, light)
            means.append(mean)
            second.append(np.einsum("an,bn->ab", parts[k] * gaps, gaps))
        about = Moments(np.array(means), counts, np.zeros_like(mixture.means), np.array(second))
        found = m_step(about, self._form, float(counts.sum()), mixture)
        return replace(
            mixture, weights=found.weights, means=found.means, covariances=found.covariances
        )

    def _best_mean(
        self, precision: NDArray[np.float64], part: NDArray[np.float64], light: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        # What goes with the light is the distance from the dark times 1 + light.
        factors = np.where(self._lit[:, None], 1 + light, 1.0)
        weighted = part * factors
        crossed = np.einsum("an,bn->ab", weighted, factors)
        towards = np.einsum("an,bn->ab", weighted, self._values - self._dark[:, None])
        distance = np.linalg.solve(precision * crossed, np.sum(precision * towards, axis=1))
        mean: NDArray[np.float64] = self._dark + distance
        return mean

    def _in_cells(self, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (classes, cells) how many pixels of each class lie in each cell."""
        return np.stack([np.bincount(self._cells, part, CELLS**2) for part in parts])

    def _brightened(self, model: _Model, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return c of equation (3), or as far on the way there as light may vary."""
        said, pull = self._said(model, parts)
        curvature = np.einsum("mn,kn->mk", self._basis * said, self._basis)
        curvature += np.diag(self._penalty)
        best = np.linalg.solve(curvature, np.einsum("mn,n->m", self._basis, pull))
        here, there = self._light(model.coefficients), self._light(best)
        bound = np.where(there > here, BRIGHTEST, DARKEST) - 1
        room = (bound - here) / np.where(there == here, np.inf, there - here)
        length = min(1.0, float(np.min(room, where=there != here, initial=1.0)))
        # On the way to the best the objective rises all along.
        return model.coefficients + max(0.0, length) * (best - model.coefficients)

    def _said(
        self, model: _Model, parts: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (n,) w and v of equations (2): what each pixel says of its light."""
        said, pull = np.zeros(self._count), np.zeros(self._count)
        mixture = model.mixture
        for part, mean, factor in zip(
            parts, mixture.means, _factors(mixture, self._form), strict=False
        ):
            along = factor.T @ factor @ self._strength(mean)
            said += part * float(along @ self._strength(mean))
            pull += part * np.einsum("a,an->n", along, self._values - mean[:, None])
        return said, pull

    def _found(self, model: _Model, parts: NDArray[np.float64], objectives: list[float]) -> Lit:
        size = len(model.mixture)
        side = CELLS // PARTS
        in_cells = self._in_cells(parts[:size]).reshape(size, PARTS, side, PARTS, side)
        in_parts = in_cells.sum(axis=(2, 4))
        pixels = in_parts.sum(axis=0)
        together = np.count_nonzero(in_parts > PRESENT * pixels, axis=0) > 1
        light = self._light(model.coefficients)
        reach = max(light.max() / (BRIGHTEST - 1), light.min() / (DARKEST - 1))
        return Lit(
            model.coefficients,
            model.mixture,
            tuple(objectives),
            is_told=bool(pixels[together].sum() >= TOGETHER * pixels.sum()),
            is_at_limit=bool(reach > NEAR),
        )


def _shares_everywhere(mixture: Mixture) -> NDArray[np.float64]:
    shares = mixture.weights
    if mixture.noise is not None:
        shares = np.append(shares * (1 - mixture.noise.share), mixture.noise.share)
    # A component of no pixel has the weight 0, which has no logarithm.
    shares = np.maximum(shares, np.finfo(np.float64).tiny)
    return np.repeat(shares[:, None], CELLS**2, axis=1)


def _factors(mixture: Mixture, form: Form) -> NDArray[np.float64]:
    """Return (K, D, D) F: the squared length of F gap is the distance, with the powers."""
    factors = np.tril(np.linalg.inv(np.linalg.cholesky(mixture.covariances)))
    powered: NDArray[np.float64] = factors * np.sqrt(form.weight)[:, None]
    return powered


def _constant(factor: NDArray[np.float64], form: Form) -> float:
    """Return the logarithm of the density at the mean, equation (1) in `mixture`."""
    scale = np.log(np.diagonal(factor)) - 0.5 * np.log(2 * np.pi * form.weight)
    return float(form.weight @ scale - 0.5 * np.sum(factor**2 @ form.noise))
