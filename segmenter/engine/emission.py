r"""How likely every class makes every sample, and the moments of samples that belong to classes.

The density of class c is that of its components, each with its share of the class:

.. math:: f_c(x) = \sum_{k \in c} \frac{\pi_k}{\Pi_c} f_k(x), \quad \Pi_c = \sum_{k \in c} \pi_k

with f_k of equation (1) in `mixture`. The noise class has the same density everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.kernels.moments import FEW
from segmenter.engine.maximise import Moments
from segmenter.engine.mixture import kernel_parameters, symmetric
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.mixture import KernelParameters
    from segmenter.engine.types import Mixture, Samples


class Emission(NamedTuple):
    """How likely every class makes every sample.

    ``table`` (samples, classes) float32 has log2 p(sample given class), less ``largest``
    (samples,) float32, which is the largest of each sample.
    """

    table: NDArray[np.float32]
    largest: NDArray[np.float32]


def emission_of(samples: Samples, mixture: Mixture, form: Form) -> Emission:
    """Return how likely every class makes every sample."""
    features, count = samples.values.shape
    found = Emission(
        np.empty((count, mixture.class_count), np.float32), np.empty(count, np.float32)
    )
    noise = -np.inf if mixture.noise is None else np.log2(mixture.noise.density)
    spread(
        compiled_for(features).emission, kernels.chunk_count(count), samples.values,
        *_within_classes(mixture, form), np.asarray(mixture.classes, np.int64), np.float32(noise),
        form.is_diagonal, *found,
    )  # fmt: skip
    return found


def class_moments(
    samples: Samples, mixture: Mixture, form: Form, occupancy: NDArray[np.float32]
) -> Moments:
    """Return the moments of the components.

    Parameters
    ----------
    occupancy
        (classes, samples) float32: how many pixels of each class show the sample.
    """
    features, count = samples.values.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    sums = np.empty((kernels.chunk_count(count), len(mixture) * per_component))
    parameters = _within_classes(mixture, form)
    spread(
        compiled_for(features).class_moments, len(sums), samples.values, *parameters,
        np.asarray(mixture.classes, np.int64), occupancy, form.is_diagonal, sums,
    )  # fmt: skip
    # Added row by row, so in chunk order, whoever computed a chunk.
    table = np.add.reduce(sums, axis=0).reshape(len(mixture), per_component)
    diagonal_only = kernels.sums_diagonal_only(features, is_diagonal=form.is_diagonal)
    second = symmetric(table[None, :, 1 + features :], features, diagonal_only=diagonal_only)[0]
    centres = parameters.centres.astype(np.float64)
    return Moments(centres, table[:, 0], table[:, 1 : 1 + features], second)


def class_shares(mixture: Mixture) -> NDArray[np.float64]:
    """Return (classes,) float64 shares that sum to 1; the noise class, if any, is the last."""
    shares: NDArray[np.float64] = np.bincount(mixture.classes, mixture.weights).astype(np.float64)
    if mixture.noise is None:
        return shares
    return np.append(shares * (1 - mixture.noise.share), mixture.noise.share)


def compiled_for(features: int) -> ModuleType:
    """Return the kernels for so many features; compiles or loads them when first asked for."""
    name = "few_classes" if features <= FEW else "many_classes"
    return import_module(f"{kernels.__package__}.{name}")


def _within_classes(mixture: Mixture, form: Form) -> KernelParameters:
    """Return the parameters of the kernels, with the components' shares of their classes."""
    shares = np.bincount(mixture.classes, mixture.weights)[mixture.classes]
    members = np.bincount(mixture.classes)[mixture.classes]
    within = np.where(shares > 0, mixture.weights / np.maximum(shares, 1e-300), 1 / members)
    return kernel_parameters(replace(mixture, weights=within), form)[0]
