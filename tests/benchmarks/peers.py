"""One EM iteration on made-up samples: ours, the peers', and the same pass written in C."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import warnings
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.mixture import GaussianMixture

from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import em_step, kernel_parameters, posterior
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
SAMPLES = 1_000_000
ITERATIONS = 4
SHARE_FOR_OPENCV = 20  # it gets so small a part of the samples, and its time is scaled up

FULL = Covariance.FULL


class Case(NamedTuple):
    """One row of the table."""

    features: int
    components: int
    covariance: Covariance = FULL

    def __str__(self) -> str:
        return f"{self.covariance}, {self.features} features, K = {self.components}"


QUICK = [Case(3, 8), Case(3, 2), Case(3, 32), Case(1, 8), Case(8, 8), Case(3, 8, Covariance.DIAG)]
CASES = [
    *(Case(3, k) for k in (8, 2, 4, 16, 32)),
    *(Case(3, 8, covariance) for covariance in Covariance if covariance is not FULL),
    *(Case(d, 8) for d in (1, 2, 5, 8, 16)),
]


class Found(NamedTuple):
    """Seconds per iteration, and the log-likelihood per sample at the end."""

    seconds: float
    log_likelihood: float


class Trial:
    """The samples and the start that everyone gets in one case."""

    def __init__(self, case: Case, folder: Path) -> None:
        random = np.random.default_rng(0)
        self.case = case
        self.pixels = random.random((SAMPLES, case.features)).astype(np.float32)
        means = random.random((case.components, case.features))
        covariances = np.tile(np.eye(case.features) * 0.05, (case.components, 1, 1))
        self.start = Mixture(np.full(case.components, 1 / case.components), means, covariances)
        self.samples = Samples(np.ascontiguousarray(self.pixels.T), np.ones(SAMPLES, np.float32))
        nothing, ones = np.zeros(case.features), np.ones(case.features)
        self.form = Form(case.covariance, nothing, ones, noise_in_density=False)
        self.folder = folder

    def ours(self) -> Found:
        mixture, seconds = self.start, []
        for _ in range(ITERATIONS):
            began = perf_counter()
            mixture, _ = em_step(self.samples, mixture, self.form)
            seconds.append(perf_counter() - began)
        return Found(median(seconds), em_step(self.samples, mixture, self.form)[1])

    def limit(self) -> Found:
        library = ctypes.CDLL(
            str(compiled("limit.c", self.folder, "gcc", "-shared", "-fPIC", "-lm"))
        )
        parameters, _ = kernel_parameters(self.start, self.form)
        # Its densities are in natural logarithms.
        natural = (
            parameters.centres,
            (parameters.factors * np.sqrt(2 * kernels.LN_2)).astype(np.float32),
            (parameters.constants * kernels.LN_2).astype(np.float32),
        )
        d, k = self.case.features, self.case.components
        moments = kernels.moment_count(d, is_diagonal=self.form.is_diagonal)
        diagonal_only = kernels.sums_diagonal_only(d, is_diagonal=self.form.is_diagonal)
        sums = np.empty((kernels.chunk_count(SAMPLES), 1 + k * moments))
        arrays = (self.samples.values, self.samples.weights, *natural, sums)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        sizes = (ctypes.c_long(SAMPLES), d, k, int(diagonal_only), ctypes.c_long(moments))
        call = partial(library.em_sums, *sizes, *pointers)
        seconds = median(timed(call) for _ in range(ITERATIONS))
        found = Found(seconds, float(sums.sum(axis=0)[0] / SAMPLES))
        assert abs(found.log_likelihood - em_step(self.samples, self.start, self.form)[1]) < 1e-4
        return found

    def scikit_learn(self) -> Found:
        precisions = np.linalg.inv(self.start.covariances)
        shaped = {
            Covariance.FULL: precisions, Covariance.TIED: precisions[0],
            Covariance.DIAG: np.diagonal(precisions, axis1=1, axis2=2),
            Covariance.SPHERICAL: precisions[:, 0, 0],
        }[self.case.covariance]  # fmt: skip
        peer = GaussianMixture(
            self.case.components, covariance_type=self.case.covariance.value, tol=0, reg_covar=0,
            max_iter=ITERATIONS, weights_init=self.start.weights, means_init=self.start.means,
            precisions_init=shaped,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seconds = timed(partial(peer.fit, self.pixels)) / ITERATIONS
        return Found(seconds, float(peer.score(self.pixels)))

    def opencv(self) -> Found | None:
        import cv2

        kinds = {
            Covariance.FULL: cv2.ml.EM_COV_MAT_GENERIC, Covariance.DIAG: cv2.ml.EM_COV_MAT_DIAGONAL,
            Covariance.SPHERICAL: cv2.ml.EM_COV_MAT_SPHERICAL,
        }  # fmt: skip
        if self.case.covariance not in kinds:
            return None
        peer = cv2.ml.EM_create()
        peer.setClustersNumber(self.case.components)
        peer.setCovarianceMatrixType(kinds[self.case.covariance])
        peer.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, ITERATIONS, 0.0))
        # Python cannot hand it covariances, so it begins with the M-step of our first E-step.
        begun = posterior(self.samples.values, self.start, self.form).responsibilities
        few = SAMPLES // SHARE_FOR_OPENCV
        chances = np.ascontiguousarray(begun.T[:few], np.float64)
        began = perf_counter()
        likelihoods = peer.trainM(self.pixels[:few], chances)[1]
        seconds = (perf_counter() - began) * SHARE_FOR_OPENCV
        return Found(seconds / ITERATIONS, float(likelihoods.mean()))

    def armadillo(self) -> Found | None:
        if self.case.covariance not in {Covariance.FULL, Covariance.DIAG}:
            return None
        program = compiled("armadillo.cpp", self.folder, "g++", "-larmadillo")
        samples, start = self.folder / "samples.bin", self.folder / "start.bin"
        self.pixels.astype(np.float64).tofile(samples)
        self.start.means.tofile(start)
        arguments = (self.case.features, self.case.components, self.case.covariance, ITERATIONS)
        command = [program, *map(str, arguments), samples, start]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, log_likelihood = map(float, output.split())
        return Found(seconds / ITERATIONS, log_likelihood)


def compiled(source: str, folder: Path, compiler: str, *options: str) -> Path:
    made = folder / Path(source).with_suffix(".out").name
    if not made.exists():
        if shutil.which(compiler) is None:
            raise FileNotFoundError(f"no {compiler}")
        flags = ["-O3", "-march=native", "-ffast-math", "-fopenmp"]
        command = [compiler, *flags, HERE / source, "-o", made, *options]
        subprocess.run(command, check=True, capture_output=True)
    return made


def timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def attempt(peer: Callable[[], Found | None]) -> Found | str:
    """Run a peer; return what it found, or why there is nothing."""
    try:
        return peer() or "-"
    except ImportError:
        return "not installed"
    except (OSError, subprocess.CalledProcessError):
        return "no compiler or library"


def cell(found: Found | str, ours: float) -> str:
    if isinstance(found, str):
        return found
    return f"{found.seconds * 1e3:.1f} ms ({found.seconds / ours:.2f} x)"


def row(case: Case, folder: Path, rounds: int) -> str:
    trial = Trial(case, folder)
    trial.ours()  # warm
    # Ours and the limit take turns, so that what else the machine does meets both.
    pairs = [(trial.ours(), attempt(trial.limit)) for _ in range(rounds)]
    ours = Found(median(mine.seconds for mine, _ in pairs), pairs[0][0].log_likelihood)
    limits = [limit for _, limit in pairs if isinstance(limit, Found)]
    limit = Found(median(each.seconds for each in limits), 0.0) if limits else pairs[0][1]
    reference = attempt(trial.scikit_learn)
    peers = [limit, reference, attempt(trial.opencv), attempt(trial.armadillo)]
    cells = " | ".join(cell(peer, ours.seconds) for peer in peers)
    gap = abs(reference.log_likelihood - ours.log_likelihood)
    return f"| {case} | {ours.seconds * 1e3:.2f} ms | {cells} | {gap:.0e} |"


HEAD = """\
| 1 M samples, one iteration | ours | C | scikit-learn | OpenCV | Armadillo | differ by |
| --- | --- | --- | --- | --- | --- | --- |"""
