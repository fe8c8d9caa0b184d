"""Time one EM iteration beside the peers' and beside the same pass written in C.

Run by hand: ``python tests/benchmarks/speed.py [--quick]``. The same samples, the same start, the
same number of iterations, two threads, medians of interleaved runs; prints a Markdown table.
Peers: scikit-learn; OpenCV (``pip install "opencv-python-headless<5"``); Armadillo (Debian's
libarmadillo-dev and g++); the limit is ``limit.c`` by gcc. What is missing says so.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import warnings
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.mixture import GaussianMixture

from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.mixture import Form, em_step, kernel_parameters, posterior
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Mixture, Samples

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
THREADS = "2"
# Threads that wait must not spin on the core of the other side.
FAIR = {"OMP_NUM_THREADS": THREADS, "OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": THREADS}
SAMPLES = 1_000_000
ITERATIONS = 4
SHARE_FOR_OPENCV = 20  # it gets so small a part of the samples, and its time is scaled up


class Case(NamedTuple):
    """One row of the table."""

    features: int
    components: int
    covariance: Covariance

    def __str__(self) -> str:
        return f"{self.covariance}, {self.features} features, K = {self.components}"


FULL = Covariance.FULL
QUICK = [Case(3, 8, FULL), Case(3, 2, FULL), Case(3, 32, FULL), Case(1, 8, FULL), Case(8, 8, FULL)]
CASES = [
    *(Case(3, k, FULL) for k in (2, 4, 8, 16, 32)),
    *(Case(3, 8, covariance) for covariance in Covariance if covariance is not FULL),
    *(Case(d, 8, FULL) for d in (1, 2, 5, 8, 16)),
]


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

    def ours(self) -> tuple[float, float]:
        mixture, seconds = self.start, []
        for _ in range(ITERATIONS):
            began = perf_counter()
            mixture, _ = em_step(self.samples, mixture, self.form)
            seconds.append(perf_counter() - began)
        return median(seconds), em_step(self.samples, mixture, self.form)[1]

    def scikit_learn(self) -> tuple[float, float]:
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
        return seconds, float(peer.score(self.pixels))

    def opencv(self) -> tuple[float, float] | None:
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
        return seconds / ITERATIONS, float(likelihoods.mean())

    def armadillo(self) -> tuple[float, float] | None:
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
        return seconds / ITERATIONS, log_likelihood

    def limit(self) -> tuple[float, float] | None:
        if self.case.covariance is not FULL:
            return None
        library = ctypes.CDLL(
            str(compiled("limit.c", self.folder, "gcc", "-shared", "-fPIC", "-lm"))
        )
        parameters, _ = kernel_parameters(self.start, self.form)
        d, k = self.case.features, self.case.components
        width = 1 + k * kernels.moment_count(d, is_diagonal=False)
        sums = np.empty((kernels.chunk_count(SAMPLES), width))
        arrays = (self.samples.values, self.samples.weights, *parameters, sums)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        call = partial(library.em_sums, ctypes.c_long(SAMPLES), d, k, *pointers)
        seconds = median(timed(call) for _ in range(ITERATIONS))
        return seconds, float(sums.sum(axis=0)[0] / SAMPLES)


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


def cell(run: Callable[[], tuple[float, float] | None], ours: float) -> str:
    """Time a peer; say how many times ours, or why there is nothing to say."""
    try:
        found = run()
    except ImportError:
        return "not installed"
    except (OSError, subprocess.CalledProcessError):
        return "no compiler or library"
    if found is None:
        return "-"
    return f"{found[0] * 1e3:.1f} ms ({found[0] / ours:.2f} x)"


def row(case: Case, folder: Path, rounds: int) -> str:
    trial = Trial(case, folder)
    trial.ours()  # warm
    found = [trial.ours() for _ in range(rounds)]
    ours, our_likelihood = median(seconds for seconds, _ in found), found[0][1]
    limit = cell(trial.limit, ours)
    peers = (trial.scikit_learn, trial.opencv, trial.armadillo)
    cells = [cell(peer, ours) for peer in peers]
    gap = abs(trial.scikit_learn()[1] - our_likelihood)
    return f"| {case} | {ours * 1e3:.2f} ms | {limit} | {' | '.join(cells)} | {gap:.0e} |"


def versions() -> str:
    names = ("numpy", "numba", "scikit-learn", "opencv-python-headless")
    known = []
    for name in names:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"no {name}")
    return (
        f"{platform.machine()}, {THREADS} threads, Python {platform.python_version()}, "
        + ", ".join(known)
    )


def main() -> None:
    if os.environ.get("OMP_WAIT_POLICY") != FAIR["OMP_WAIT_POLICY"]:
        # Libraries read these when they are loaded, so begin again with them set.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | FAIR)
    set_thread_count(int(THREADS))
    quick = "--quick" in sys.argv
    print(versions() + "\n")
    print(
        "| 1 M samples, one iteration | ours | C | scikit-learn | OpenCV | Armadillo | differ by |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for case in QUICK if quick else CASES:
            print(row(case, Path(folder), 3 if quick else 7), flush=True)


if __name__ == "__main__":
    main()
