"""Whole segmentations of 12-megapixel images, growth with the number of samples, and memory."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pictures
from resident import peak, reset_peak, resident

from segmenter.engine.iterate import iterate
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import e_step, em_step
from segmenter.engine.pipeline import finish, image_of, segment
from segmenter.engine.samples import gather
from segmenter.engine.scaling import to_scaled_units
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.types import Mixture, Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Features, Image

PHOTO = Path(__file__).parents[2] / "sample_images" / "coffee.png"
SHAPE = (3000, 4000)
NOISE = 2.0  # grey levels: a camera's
MOST_ITERATIONS = 60  # that scikit-learn may take

COLOUR, GREY_16, GREY_8, PLACE = (
    "8-bit colour, Lab, K = 8", "16-bit grey, K = 8", "8-bit grey, K = 8",
    "texture and position, K = 4",
)  # fmt: skip


def photo() -> NDArray[np.uint8]:
    """A photo as a camera gives it: a sample image enlarged, with noise."""
    with Pictures.open(PHOTO) as picture:
        large = picture.convert("RGB").resize(SHAPE[::-1], Pictures.Resampling.BICUBIC)
    noise = np.random.default_rng(0).normal(0, NOISE, (*SHAPE, 3))
    return np.clip(np.rint(np.asarray(large) + noise), 0, 255).astype(np.uint8)


def image_and_settings(name: str) -> tuple[Image, Settings]:
    pixels = photo()
    grey = pixels[:, :, 1]
    if name == COLOUR:
        return image_of(pixels), Settings(components=8)
    if name == GREY_8:
        return image_of(grey), Settings(components=8)
    if name == PLACE:
        return image_of(pixels), Settings(components=4, features=("texture", "position"))
    noise = np.random.default_rng(1).normal(0, 257, SHAPE)
    deep = np.clip(grey * 257.0 + noise, 0, 65535).astype(np.uint16)
    return image_of(deep), Settings(components=8)


def plain_log_likelihood(samples: Samples, mixture: Mixture, form: Form) -> float:
    """Nats per pixel of the scaled features, without the rounding of pixels."""
    plain = Form(form.covariance, np.zeros_like(form.noise), form.weight, noise_in_density=False)
    return e_step(samples, mixture, plain)[0] / samples.total


def photo_rows(*, with_peer: bool) -> list[str]:
    """Time ours from pixels in memory to the label map, and a peer on the colour photo."""
    names = [COLOUR, GREY_16, GREY_8, PLACE]
    rows = ["| 12 megapixels | ours | goal | samples | beside it | differ by |",
            "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    goals = {COLOUR: 0.6, GREY_16: 0.5, GREY_8: 0.15, PLACE: 6.0}
    for name in names:
        image, settings = image_and_settings(name)
        segment(image, settings)
        seconds, result = [], None
        for _ in range(5):
            began = perf_counter()
            result = segment(image, settings)
            seconds.append(perf_counter() - began)
        assert result is not None
        ours = median(seconds)
        cells = beside(image, settings, result, ours) if name == COLOUR and with_peer else "- | -"
        if name == PLACE:
            cells = direct(image, settings, result, ours)
        count = result.responsibilities.shape[1]
        rows.append(f"| {name} | {ours:.3f} s | {goals[name]} s | {count} | {cells} |")
    return rows


def beside(image: Image, settings: Settings, result: Result, ours: float) -> str:
    """Let scikit-learn fit all pixels until it is as likely as ours, or as far as it comes."""
    from sklearn.mixture import GaussianMixture

    features, samples = gather(image, settings)
    form = Form(settings.covariance, features.noise, features.weight)
    target = plain_log_likelihood(samples, to_scaled_units(result.mixture, features), form)
    pixels = np.ascontiguousarray(samples.values[:, samples.index.ravel()].T)
    peer = GaussianMixture(
        settings.components, tol=1e-6, max_iter=MOST_ITERATIONS, random_state=0, reg_covar=1e-6
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = perf_counter()
        peer.fit(pixels)
        seconds = perf_counter() - began
    reached = np.asarray(peer.lower_bounds_)
    enough = np.flatnonzero(reached >= target - 1e-4)
    part = (enough[0] + 1) / len(reached) if len(enough) else 1.0
    theirs = Mixture(peer.weights_, peer.means_, peer.covariances_)
    gap = plain_log_likelihood(samples, theirs, form) - target
    there = "" if len(enough) else ", not there yet"
    said = (
        f"{seconds * part:.0f} s ({seconds * part / ours:.0f} x), {len(reached)} iterations{there}"
    )
    return f"scikit-learn on all pixels: {said} | {gap:+.1e}"


def direct(image: Image, settings: Settings, result: Result, ours: float) -> str:
    """Run EM without leaps or subsets from shaken parameters: the optimum must be the same."""
    features, samples = gather(image, settings)
    form = Form(settings.covariance, features.noise, features.weight)
    found = to_scaled_units(result.mixture, features)
    began = perf_counter()
    steps = iterate(
        samples, _shaken(found, features), form, limit=2000, tolerance=1e-7, leaps=False
    )
    fit = finish(steps)
    seconds = perf_counter() - began
    reached = em_step(samples, found, form)[1]
    gap = fit.log_likelihoods[-1] - reached
    return f"plain EM on all pixels: {seconds:.1f} s ({seconds / ours:.1f} x) | {gap:+.1e}"


def _shaken(mixture: Mixture, features: Features) -> Mixture:
    moved = mixture.means + 0.1 * np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    return Mixture(np.full(len(mixture), 1 / len(mixture)), moved, mixture.covariances,
                   features.names)  # fmt: skip


def growth_rows() -> list[str]:
    """Time one iteration on 1 to 64 M samples of three features, K = 8."""
    rows = ["| samples | one iteration | per million |", "| --- | --- | --- |"]
    random = np.random.default_rng(0)
    mixture = Mixture(
        np.full(8, 1 / 8), random.random((8, 3)), np.tile(np.eye(3) * 0.05, (8, 1, 1))
    )
    form = Form(Covariance.FULL, np.zeros(3), np.ones(3), noise_in_density=False)
    sizes = {
        millions: Samples(
            random.random((3, millions * 1_000_000), np.float32),
            np.ones(millions * 1_000_000, np.float32),
        )
        for millions in (1, 4, 16, 64)
    }
    seconds: dict[int, list[float]] = {millions: [] for millions in sizes}
    for _ in range(7):  # the sizes take turns, the first turn warms up
        for millions, samples in sizes.items():
            began = perf_counter()
            em_step(samples, mixture, form)
            seconds[millions].append(perf_counter() - began)
    for millions in sizes:
        took = median(seconds[millions][1:]) * 1e3
        rows.append(f"| {millions} M | {took:.1f} ms | {took / millions:.2f} ms |")
    return rows


def order_rows() -> list[str]:
    """Time one iteration on a photo's colours along the curve and in random order."""
    rows = ["| colours of the photo | along the curve | in random order | gain | differ by |",
            "| --- | --- | --- | --- | --- |"]  # fmt: skip
    image, settings = image_and_settings(COLOUR)
    features, samples = gather(image, settings)
    form = Form(settings.covariance, features.noise, features.weight)
    order = np.random.default_rng(0).permutation(len(samples.weights))
    shuffled = Samples(np.ascontiguousarray(samples.values[:, order]), samples.weights[order])
    for components in (4, 8, 16, 32):
        found = segment(image, settings.model_copy(update={"components": components}))
        mixture = to_scaled_units(found.mixture, features)
        times: dict[str, list[float]] = {"ordered": [], "shuffled": []}
        values = {}
        for _ in range(15):
            for name, those in (("ordered", samples), ("shuffled", shuffled)):
                began = perf_counter()
                values[name] = em_step(those, mixture, form)[1]
                times[name].append(perf_counter() - began)
        ordered, random = (median(times[name]) * 1e3 for name in ("ordered", "shuffled"))
        gap = abs(values["ordered"] - values["shuffled"])
        rows.append(
            f"| K = {len(mixture)} | {ordered:.2f} ms | {random:.2f} ms | {random / ordered:.2f} x"
            f" | {gap:.0e} |"
        )
    return rows


def memory_rows() -> list[str]:
    """Measure the peak of a process that segments a 12-megapixel image, beyond the image."""
    rows = ["| 12 megapixels | peak beyond the image |", "| --- | --- |"]
    for name in (COLOUR, GREY_16, GREY_8):
        command = [sys.executable, __file__, name]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append(f"| {name} | {float(output):.1f} bytes per pixel |")
    return rows


def _print_peak(name: str) -> None:
    image, settings = image_and_settings(name)
    small = image_of(image.pixels[:64, :64])
    segment(small, settings)  # libraries and kernels are loaded
    before = resident()
    reset_peak()
    result = segment(image, settings)
    most = peak()
    assert result.labels.size == image.valid.size
    print((most - before) / image.valid.size)


if __name__ == "__main__":
    _print_peak(sys.argv[1])
