"""Uneven light is told from classes, and taken out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import reference_shading as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.engine.light import TERMS, evened, light_of
from segmenter.engine.maximise import Form
from segmenter.engine.settings import Covariance
from segmenter.engine.shading import BRIGHTEST, DARKEST, MOST, Scene, looked_at
from segmenter.engine.types import Mixture, Noise

BRAIN = Path(__file__).parents[2].parent / "shared/data/brain_mritc/brain_mritc.npz"
EVERY = pytest.mark.parametrize("covariance", list(Covariance))


def smooth_light(shape, reach, seed):
    """A random polynomial of degree 3, from 1 - reach to 1 + reach."""
    random = np.random.default_rng(seed)
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    powers = [(i, j) for i in range(4) for j in range(4) if 0 < i + j <= 3]
    light = sum(random.normal() / (1 + i + j) * y**i * x**j for i, j in powers)
    return 1 - reach + 2 * reach * (light - light.min()) / np.ptp(light)


def patchy_labels(shape, classes, seed):
    """Classes in blobs of some pixels, everywhere."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(seed).normal(size=(classes, *shape))
    return np.argmax([gaussian_filter(part, 3) for part in noise], axis=0)


def plain_form(features=1, covariance=Covariance.FULL):
    return Form(covariance, np.full(features, 1e-6), np.ones(features))


def ended(generator):
    found = []
    while True:
        try:
            found.append(next(generator))
        except StopIteration as end:
            return [*found, end.value]


def made_up(shape, reach, *, seed=0, classes=3, features=1, noise=0.05):
    """Values (features, n) in light, in the file's units, the labels and the light."""
    random = np.random.default_rng(seed)
    labels = patchy_labels(shape, classes, seed)
    means = np.linspace(0.3, 0.9, classes)[:, None] * np.linspace(1, 0.7, features)
    values = means[labels].transpose(2, 0, 1) + random.normal(0, noise, (features, *shape))
    light = smooth_light(shape, reach, seed)
    start = Mixture(
        np.full(classes, 1 / classes),
        means + 0.02,
        np.repeat(0.01 * np.eye(features)[None], classes, 0),
    )
    return (values * light).reshape(features, -1).astype(np.float32), labels, light, start


def estimated(values, shape, start, *, form=None, dark=None, tolerance=1e-6):
    places = looked_at(np.ones(shape, np.bool_))
    dark = np.zeros(len(values)) if dark is None else dark
    scene = Scene(values[:, places], places, shape, form or plain_form(len(values)), dark)
    return ended(scene.estimated(start, tolerance=tolerance))


@EVERY
def test_a_frozen_component_stays_while_the_light_is_estimated(covariance):
    shape, form = (96, 128), plain_form(2, covariance)
    values, _, _, start = made_up(shape, 0.2, features=2)
    held = replace(start, frozen=np.array([False, True, False]))
    lit = estimated(values, shape, held, form=form)[-1]
    np.testing.assert_array_equal(lit.mixture.means[1], start.means[1])
    if covariance is not Covariance.TIED:
        np.testing.assert_array_equal(lit.mixture.covariances[1], start.covariances[1])
    assert (lit.mixture.means[[0, 2]] != start.means[[0, 2]]).all()
    assert np.diff(lit.objectives).min() > -1e-9
    assert lit.coefficients.any()


# ---- Light that is there -------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [0.1, 0.2])
@pytest.mark.parametrize("seed", range(3))
def test_the_light_over_classes_is_found(reach, seed):
    shape = (96, 128)
    values, _, light, start = made_up(shape, reach, seed=seed)
    lit = estimated(values, shape, start)[-1]
    found = light_of(lit.coefficients, np.ones(shape, np.bool_))
    assert np.corrcoef(np.log(found).ravel(), np.log(light).ravel())[0, 1] > 0.98
    assert np.abs(found / found.mean() - light / light.mean()).mean() < 0.02
    assert lit.is_told
    assert not lit.is_at_limit


def test_the_image_without_its_light_has_the_classes_back():
    shape = (96, 128)
    values, labels, true_light, start = made_up(shape, 0.2, seed=4)
    lit = estimated(values, shape, start)[-1]
    light = light_of(lit.coefficients, np.ones(shape, np.bool_))
    even = evened(values, light.ravel(), np.zeros(1))[0]

    def mistaken(values, means):
        return np.mean(np.argmin(np.abs(values[:, None] - means), axis=1) != labels.ravel())

    middles = [np.mean(even[labels.ravel() == k]) for k in range(3)]
    without = (values.reshape(shape) / true_light).ravel()
    unavoidable = mistaken(without, np.array([0.3, 0.6, 0.9]))
    assert mistaken(even, np.array(middles)) < unavoidable + 0.002
    assert mistaken(values[0], np.array([0.3, 0.6, 0.9])) > unavoidable + 0.01


@pytest.mark.skipif(not BRAIN.exists(), reason="the brain volume is not part of the repository")
@pytest.mark.parametrize("reach", [0.1, 0.2])
def test_light_over_a_brain_slice_is_told_from_the_slice_s_own_unevenness(reach):
    volume = np.load(BRAIN)
    inside = volume["mask"][:, :, 45] == 1
    slice_ = volume["t1"][:, :, 45] / 131
    truth = np.argmax([volume[kind][:, :, 45] for kind in ("csf", "gm", "wm")], axis=0)[inside]
    form = plain_form()
    start = Mixture(
        np.array([0.2, 0.5, 0.3]), np.array([[0.34], [0.74], [1.0]]), np.full((3, 1, 1), 0.01)
    )
    places = np.flatnonzero(inside)

    def found(pixels):
        values = pixels.reshape(1, -1)[:, places].astype(np.float32)
        scene = Scene(values, places, inside.shape, form, np.zeros(1))
        lit = ended(scene.estimated(start, tolerance=1e-6))[-1]
        light = light_of(lit.coefficients, inside)[inside]
        even = evened(values, light, np.zeros(1))[0]
        mixture = lit.mixture
        spread = np.sqrt(mixture.covariances[:, 0, 0])
        scores = (
            np.log(mixture.weights / spread)
            - ((even[:, None] - mixture.means[:, 0]) / spread) ** 2 / 2
        )
        dice = [
            2
            * np.sum((scores.argmax(1) == k) & (truth == k))
            / np.sum((scores.argmax(1) == k).astype(int) + (truth == k))
            for k in range(3)
        ]
        return np.log(light), np.array(dice)

    own, dice = found(slice_)
    light = smooth_light(inside.shape, reach, 1)
    both, dice_in_light = found(slice_ * light)
    assert np.corrcoef(both - own, np.log(light[inside]))[0, 1] > 0.98
    assert np.abs(dice_in_light - dice).max() < 0.01


def test_an_image_in_even_light_stays_as_it_is():
    shape = (128, 128)
    values, _, _, start = made_up(shape, 0.0)
    lit = estimated(values, shape, start)[-1]
    light = light_of(lit.coefficients, np.ones(shape, np.bool_))
    assert np.abs(light - 1).max() < 0.01


def test_classes_in_large_pieces_are_not_moved_onto_each_other():
    shape = (128, 128)
    labels = np.zeros(shape, int)
    labels[20:110, 10:60] = 1
    labels[40:90, 75:120] = 2
    random = np.random.default_rng(0)
    values = np.array([0.3, 0.55, 0.8])[labels] + random.normal(0, 0.05, shape)
    start = Mixture(np.full(3, 1 / 3), np.array([[0.3], [0.55], [0.8]]), np.full((3, 1, 1), 0.0025))
    lit = estimated(values.reshape(1, -1).astype(np.float32), shape, start)[-1]
    light = light_of(lit.coefficients, np.ones(shape, np.bool_))
    assert np.abs(light - 1).max() < 0.02


def test_where_a_class_is_alone_nothing_can_be_told():
    shape = (64, 64)
    x = np.linspace(0, 1, 64)[None, :] * np.ones((64, 1))
    random = np.random.default_rng(0)
    # One smooth class on the left, another on the right.
    values = np.where(x < 0.5, 0.3 + 0.2 * x, 0.8) + random.normal(0, 0.02, shape)
    start = Mixture(np.full(2, 0.5), np.array([[0.35], [0.8]]), np.full((2, 1, 1), 0.002))
    lit = estimated(values.reshape(1, -1).astype(np.float32), shape, start)[-1]
    assert not lit.is_told


@pytest.mark.filterwarnings("error")
def test_a_component_of_no_pixel_ends_the_estimate():
    values, *_ = made_up((40, 40), 0.0)
    mixture = Mixture(np.array([1.0, 0.0]), np.array([[0.3], [0.9]]), np.full((2, 1, 1), 0.01))
    scene = Scene(
        values.reshape(1, -1).astype(np.float32),
        np.arange(1600),
        (40, 40),
        plain_form(),
        np.zeros(1),
    )
    found = ended(scene.estimated(mixture, tolerance=1e-6))[-1]
    assert np.isfinite(found.objectives).all()
    assert not found.is_told


def test_light_stays_within_its_limits_and_says_so():
    shape = (64, 64)
    values, _, _, start = made_up(shape, 0.7, noise=0.01)
    lit = estimated(values, shape, start)[-1]
    places = looked_at(np.ones(shape, np.bool_))
    light = light_of(lit.coefficients, np.ones(shape, np.bool_)).ravel()[places]
    assert light.min() > DARKEST - 1e-6
    assert light.max() < BRIGHTEST + 1e-6
    assert lit.is_at_limit


# ---- The steps -----------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize("noise", [None, Noise(0.05, 0.5)], ids=["plain", "noise class"])
def test_the_objective_never_falls(covariance, noise):
    shape = (40, 50)
    values, _, _, start = made_up(shape, 0.3, seed=5, features=3)
    form = Form(covariance, np.full(3, 1e-4), np.array([1, 0.5, 2.0]))
    dark = np.array([-0.1, 0.0, np.nan])
    found = estimated(values, shape, replace(start, noise=noise), form=form, dark=dark)
    assert len(found) > 5
    assert np.diff(found[-1].objectives).min() > -1e-9


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31))
def test_iterations_equal_their_twin(seed):
    random = np.random.default_rng(seed)
    shape, features = (6, 5), int(random.integers(1, 4))
    values, _, _, start = made_up(shape, 0.2, seed=seed, classes=2, features=features)
    form = Form(Covariance.FULL, np.full(features, 1e-3), random.uniform(0.5, 2, features))
    dark = np.where(random.random(features) < 0.3, np.nan, random.normal(0, 0.1, features))
    scene = Scene(values, np.arange(30), shape, form, dark)
    found = ended(scene.estimated(start, tolerance=0))[:3]
    expected = reference.iterations(values, shape, start, form, dark, count=len(found))
    for lit, (coefficients, means, covariances, objective) in zip(found, expected, strict=True):
        np.testing.assert_allclose(lit.coefficients, coefficients, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(lit.mixture.means, means, rtol=1e-6)
        np.testing.assert_allclose(lit.mixture.covariances, covariances, rtol=1e-6)
        assert lit.objectives[-1] == pytest.approx(objective, rel=1e-9)


def test_light_is_found_in_the_pixels_of_the_classes_not_of_the_noise():
    shape = (80, 80)
    values, _, light, start = made_up(shape, 0.1, seed=3)
    # A corner of outliers, as bright as can be.
    field = values.reshape(shape).copy()
    field[:20, :20] = 3
    with_noise = replace(start, noise=Noise(0.05, 1 / 3))
    lit = estimated(field.reshape(1, -1), shape, with_noise)[-1]
    found = light_of(lit.coefficients, np.ones(shape, np.bool_))
    inside = np.ones(shape, np.bool_)
    inside[:20, :20] = False
    assert np.corrcoef(found[inside], light[inside])[0, 1] > 0.97


# ---- The pixels that are looked at ---------------------------------------------------------------


@settings(max_examples=50)
@given(st.integers(1, 600), st.integers(1, 600), st.floats(0.01, 1), st.integers(0, 100))
def test_the_pixels_looked_at_are_some_of_those_with_data(rows, columns, share, seed):
    whole = np.random.default_rng(seed).random((rows, columns)) < share
    places = looked_at(whole)
    assert len(places) <= MOST
    assert whole.ravel()[places].all()
    assert (np.diff(places) > 0).all()
    if 0 < np.count_nonzero(whole) <= MOST:
        np.testing.assert_array_equal(places, np.flatnonzero(whole))


def test_a_row_of_pixels_is_enough():
    shape = (1, 400)
    values, _, _, start = made_up(shape, 0.1, seed=1)
    lit = estimated(values, shape, start)[-1]
    assert np.isfinite(lit.coefficients).all()
    assert lit.coefficients.shape == (len(TERMS),)
