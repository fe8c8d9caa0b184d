"""Time one E+M step beside scikit-learn's: the same samples, the same start, in one run.

Run by hand: ``python tests/benchmarks/em_step.py``. Prints a Markdown table.
"""

from __future__ import annotations

import platform
import warnings
from statistics import median
from time import perf_counter

import numpy as np
from sklearn.mixture import GaussianMixture

from segmenter.engine.mixture import Form, em_step
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import thread_count
from segmenter.engine.types import Mixture, Samples

SAMPLES, FEATURES, COMPONENTS = 1_000_000, 3, 8
ITERATIONS = 10


def start(random: np.random.Generator) -> Mixture:
    covariances = np.tile(np.eye(FEATURES) * 0.05, (COMPONENTS, 1, 1))
    weights = np.full(COMPONENTS, 1 / COMPONENTS)
    return Mixture(weights, random.random((COMPONENTS, FEATURES)), covariances)


def ours(pixels: np.ndarray, mixture: Mixture, covariance: Covariance) -> tuple[float, float]:
    """Return seconds per iteration and the log-likelihood per sample after all iterations."""
    samples = Samples(np.ascontiguousarray(pixels.T), np.ones(len(pixels), np.float32))
    form = Form(covariance, np.zeros(FEATURES), np.ones(FEATURES), noise_in_density=False)
    seconds = []
    for _ in range(ITERATIONS):
        began = perf_counter()
        mixture, _ = em_step(samples, mixture, form)
        seconds.append(perf_counter() - began)
    return median(seconds), em_step(samples, mixture, form)[1]


def theirs(pixels: np.ndarray, mixture: Mixture, covariance: Covariance) -> tuple[float, float]:
    precisions = np.linalg.inv(mixture.covariances)
    shaped = {
        Covariance.FULL: precisions,
        Covariance.TIED: precisions[0],
        Covariance.DIAG: np.diagonal(precisions, axis1=1, axis2=2),
        Covariance.SPHERICAL: precisions[:, 0, 0],
    }[covariance]
    peer = GaussianMixture(
        COMPONENTS, covariance_type=covariance.value, tol=0, reg_covar=0, max_iter=ITERATIONS,
        weights_init=mixture.weights, means_init=mixture.means, precisions_init=shaped,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = perf_counter()
        peer.fit(pixels)
        seconds = (perf_counter() - began) / ITERATIONS
    return seconds, float(peer.score(pixels))


def main() -> None:
    random = np.random.default_rng(0)
    pixels = random.random((SAMPLES, FEATURES)).astype(np.float32)
    mixture = start(random)
    print(f"{platform.machine()}, {thread_count()} threads, Python {platform.python_version()}\n")
    print("| covariance | ours | scikit-learn | ratio | log-likelihoods differ by |")
    print("| --- | --- | --- | --- | --- |")
    for covariance in Covariance:
        our_seconds, our_likelihood = ours(pixels, mixture, covariance)
        peer_seconds, peer_likelihood = theirs(pixels, mixture, covariance)
        print(
            f"| {covariance} | {our_seconds * 1e3:.1f} ms | {peer_seconds * 1e3:.0f} ms "
            f"| {peer_seconds / our_seconds:.0f} x | {abs(our_likelihood - peer_likelihood):.0e} |"
        )


if __name__ == "__main__":
    main()
