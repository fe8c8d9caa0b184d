"""Where the nanoseconds of one EM iteration go: three features, K = 8, full, one thread.

Run by hand: ``python tests/benchmarks/pieces.py``. Each piece of the pass runs alone over the same
blocks; what they do not add up to is the price of going from one to the next.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import NamedTuple

import numba
import numpy as np

from segmenter.engine.kernels import few
from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.kernels.densities import log_joint
from segmenter.engine.kernels.moments import add_moments
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import em_step, kernel_parameters
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import BLOCK, Mixture, Samples

SAMPLES, COMPONENTS, FEATURES = 1024 * BLOCK, 8, 3
ROUNDS = 25

compiled = numba.njit(nogil=True, error_model="numpy", fastmath=kernels.SUMS)


class Work(NamedTuple):
    joint: np.ndarray
    largest: np.ndarray
    total: np.ndarray
    sums: np.ndarray


@compiled
def densities(values, parameters, work):
    for start in range(0, values.shape[1], BLOCK):
        work.largest[:] = -np.inf
        for k in range(len(parameters.centres)):
            log_joint(
                values, start, BLOCK, parameters.centres[k], parameters.factors[k],
                parameters.constants[k], False, work.joint[k], work.largest, None,
            )  # fmt: skip


@compiled
def powers(values, parameters, work):
    for _ in range(0, values.shape[1], BLOCK):
        kernels._posterior(work.joint, BLOCK, work.largest, work.total)


@compiled
def log_likelihood(values, parameters, work):
    for _ in range(0, values.shape[1], BLOCK):
        work.sums[0] += kernels._log_likelihood(work.largest, work.total, work.total, BLOCK)
        for i in range(BLOCK):
            work.total[i] = np.float32(1) / work.total[i]


@compiled
def moments(values, parameters, work):
    for start in range(0, values.shape[1], BLOCK):
        for k in range(len(parameters.centres)):
            add_moments(
                values,
                start,
                BLOCK,
                parameters.centres[k],
                work.joint[k],
                work.total,
                False,
                None,
                work.sums,
            )


@compiled
def boxes(values, parameters, work):
    highest, active = np.empty(len(parameters.centres)), np.empty(len(parameters.centres), np.int64)
    low, high = np.zeros(3, np.float32), np.ones(3, np.float32)
    for _ in range(0, values.shape[1], BLOCK):
        work.sums[0] += kernels._matter(
            low, high, parameters.centres, parameters.factors, parameters.constants, highest, active
        )


def fastest(call) -> float:
    """Nanoseconds per sample of the quickest of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        call()
        seconds.append(perf_counter() - began)
    return min(seconds) / SAMPLES * 1e9


def main() -> None:
    set_thread_count(1)
    random = np.random.default_rng(0)
    values = random.random((FEATURES, SAMPLES), np.float32)
    samples = Samples(values, np.ones(SAMPLES, np.float32))
    covariances = np.tile(np.eye(FEATURES) * 0.05, (COMPONENTS, 1, 1))
    means = random.random((COMPONENTS, FEATURES))
    mixture = Mixture(np.full(COMPONENTS, 1 / COMPONENTS), means, covariances)
    form = Form(Covariance.FULL, np.zeros(FEATURES), np.ones(FEATURES), noise_in_density=False)
    parameters, _ = kernel_parameters(mixture, form)
    chunks = kernels.chunk_count(SAMPLES)
    sums = np.empty((1, chunks, 1 + COMPONENTS * kernels.moment_count(3, is_diagonal=False)))
    stacked = [part[None] for part in parameters]
    given = (samples.values, samples.weights, samples.boxes, *stacked, False, sums)
    print("| piece | ns per sample |\n| --- | --- |")
    for piece in (densities, powers, log_likelihood, moments, boxes):
        joint = np.full((COMPONENTS, BLOCK), -1.0, np.float32)
        ones = np.ones(BLOCK, np.float32)
        work = Work(joint, np.zeros_like(ones), ones, np.zeros(10))
        taken = fastest(partial(piece, values, parameters, work))
        print(f"| {piece.__name__} | {taken:.2f} |")
    print(f"| the pass | {fastest(lambda: few.em_sums(0, chunks, *given)):.2f} |")
    print(f"| the iteration | {fastest(lambda: em_step(samples, mixture, form)):.2f} |")


if __name__ == "__main__":
    main()
