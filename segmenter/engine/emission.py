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

from segmenter.engine.conditional import added, completed, marginal
from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.kernels.moments import FEW
from segmenter.engine.maximise import Moments
from segmenter.engine.mixture import kernel_parameters, symmetric
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture, Samples


class Emission(NamedTuple):
    """How likely every class makes every sample.

    ``table`` (samples, classes) float32 has log2 p(sample given class), less ``largest``
    (samples,) float32, which is the largest of each sample.
    """

    table: NDArray[np.float32]
    largest: NDArray[np.float32]


def emission_of(samples: Samples, mixture: Mixture, form: Form) -> Emission:
    """Return how likely every class makes every sample, from what is known of it."""
    count = len(samples.weights)
    found = Emission(
        np.empty((count, mixture.class_count), np.float32), np.empty(count, np.float32)
    )
    if not samples.patterns:
        _write_emission(samples, _within_classes(mixture), form, found)
    for part, (observed, first, last) in zip(samples.parts, samples.patterns, strict=True):
        own = Emission(*(whole[first:last] for whole in found))
        _write_emission(part, *_marginal(mixture, observed, form), own)
    return found


def _write_emission(samples: Samples, within: Mixture, form: Form, found: Emission) -> None:
    features, count = samples.values.shape
    noise = -np.inf if within.noise is None else np.log2(within.noise.density)
    spread(
        compiled_for(features).emission, kernels.chunk_count(count), samples.values,
        *kernel_parameters(within, form)[0], np.asarray(within.classes, np.int64),
        np.float32(noise), form.is_diagonal, *found,
    )  # fmt: skip


def likeliest_classes(samples: Samples, mixture: Mixture, form: Form) -> NDArray[np.uint8]:
    """Return (samples,) the class, from 1, that the values of each alone speak for."""
    table = emission_of(samples, mixture, form).table
    with np.errstate(divide="ignore"):
        joint = table + np.log2(mixture.class_shares).astype(np.float32)
    numbers: NDArray[np.uint8] = np.argmax(joint, axis=1).astype(np.uint8) + np.uint8(1)
    return numbers


def class_moments(
    samples: Samples, mixture: Mixture, form: Form, occupancy: NDArray[np.float32]
) -> Moments:
    """Return the moments of the components.

    Parameters
    ----------
    occupancy
        (classes, samples) float32: how many pixels of each class show the sample.
    """
    if not samples.patterns:
        return _class_moments(samples, _within_classes(mixture), form, occupancy)
    summed: Moments | None = None
    for part, (observed, first, last) in zip(samples.parts, samples.patterns, strict=True):
        own = np.ascontiguousarray(occupancy[:, first:last])
        seen = _class_moments(part, *_marginal(mixture, observed, form), own)
        whole = completed(seen, mixture, observed, form)
        summed = whole if summed is None else added(summed, whole)
    assert summed is not None
    return summed


def _class_moments(
    samples: Samples, within: Mixture, form: Form, occupancy: NDArray[np.float32]
) -> Moments:
    features, count = samples.values.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    sums = np.empty((kernels.chunk_count(count), len(within) * per_component))
    parameters = kernel_parameters(within, form)[0]
    spread(
        compiled_for(features).class_moments, len(sums), samples.values, *parameters,
        np.asarray(within.classes, np.int64), occupancy, form.is_diagonal, sums,
    )  # fmt: skip
    # Added row by row, so in chunk order, whoever computed a chunk.
    table = np.add.reduce(sums, axis=0).reshape(len(within), per_component)
    diagonal_only = kernels.sums_diagonal_only(features, is_diagonal=form.is_diagonal)
    second = symmetric(table[None, :, 1 + features :], features, diagonal_only=diagonal_only)[0]
    centres = parameters.centres.astype(np.float64)
    return Moments(centres, table[:, 0], table[:, 1 : 1 + features], second)


def compiled_for(features: int) -> ModuleType:
    """Return the kernels for so many features; compiles or loads them when first asked for."""
    name = "few_classes" if features <= FEW else "many_classes"
    return import_module(f"{kernels.__package__}.{name}")


def _within_classes(mixture: Mixture) -> Mixture:
    """Return the mixture with the components' shares of their classes for weights."""
    shares = np.bincount(mixture.classes, mixture.weights)[mixture.classes]
    members = np.bincount(mixture.classes)[mixture.classes]
    within = np.where(shares > 0, mixture.weights / np.maximum(shares, 1e-300), 1 / members)
    return replace(mixture, weights=within)


def _marginal(mixture: Mixture, observed: NDArray[np.bool_], form: Form) -> tuple[Mixture, Form]:
    return marginal(_within_classes(mixture), observed, form)
