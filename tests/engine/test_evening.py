"""Runs that take uneven light out of the image."""

from __future__ import annotations

import numpy as np
import pytest
from proper import assert_proper

from segmenter.engine.evening import Uneven
from segmenter.engine.kept import Kept
from segmenter.engine.light import TERMS
from segmenter.engine.missing import masked
from segmenter.engine.outcome import Enough, Stage, Stop
from segmenter.engine.pipeline import finish, image_of, label, segment, steps
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings
from segmenter.engine.shading import Lit
from segmenter.engine.threads import set_thread_count

LIT = Settings(components=3, shading=True)
PLAIN = Settings(components=3)


@pytest.fixture(scope="module")
def scene():
    """Labels from 1 in patches, the light, and an 8-bit colour image of them in that light."""
    from scipy.ndimage import gaussian_filter

    random = np.random.default_rng(0)
    shape = (90, 120)
    labels = np.argmax([gaussian_filter(part, 3) for part in random.normal(size=(3, *shape))], 0)
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    light = 1 - 0.2 * (x * x + y * y - 0.7) + 0.08 * x
    colours = np.array([[60, 70, 80], [90, 100, 90], [140, 135, 120]])
    values = colours[labels] + random.normal(0, 6, (*shape, 3))
    return labels + 1, light, np.clip(np.rint(values * light[:, :, None]), 0, 255).astype(np.uint8)


def mistaken(result, labels):
    return np.mean(result.labels != labels)


@pytest.mark.parametrize("features", [("lab",), ("rgb",), ("channels",), ("grey",)], ids=" ".join)
def test_the_classes_are_found_in_uneven_light(scene, features):
    labels, light, pixels = scene
    lit, plain = (
        segment(pixels, Settings(components=3, shading=shading, features=features))
        for shading in (True, False)
    )
    assert_proper(lit, np.ones(labels.shape, np.bool_))
    assert mistaken(lit, labels) < 0.03
    assert mistaken(plain, labels) > mistaken(lit, labels) + 0.02
    assert np.corrcoef(np.log(lit.shading).ravel(), np.log(light).ravel())[0, 1] > 0.99
    assert plain.shading is None


def test_the_light_leaves_no_trace_once_it_is_turned_off(scene):
    _, _, pixels = scene
    image, kept = image_of(pixels), Kept()
    before = segment(image, PLAIN)
    finish(steps(image, LIT, kept=kept))
    after = finish(steps(image, PLAIN, kept=kept))
    assert after.shading is None
    np.testing.assert_array_equal(after.labels, before.labels)


def test_a_second_run_takes_over_the_light_of_the_first(scene):
    _, _, pixels = scene
    image, kept = image_of(pixels), Kept()
    finish(steps(image, LIT, kept=kept))
    spatial = Settings(components=3, shading=True, spatial="field")
    stages = []
    running = steps(image, spatial, kept=kept)
    try:
        while True:
            stages.append(next(running).stage)
    except StopIteration as end:
        again = end.value
    assert Stage.SHADING not in stages
    fresh = segment(image, spatial)
    np.testing.assert_array_equal(again.labels, fresh.labels)
    np.testing.assert_array_equal(again.shading, fresh.shading)


@pytest.mark.parametrize(
    "more",
    [{"spatial": "field"}, {"spatial": "chain"}, {"noise_class": True}, {"join": "1+2"}],
    ids=str,
)
def test_light_goes_with_everything_that_comes_after_it(scene, more):
    labels, light, pixels = scene
    found = segment(pixels, Settings(components=3, shading=True, **more))
    assert np.corrcoef(np.log(found.shading).ravel(), np.log(light).ravel())[0, 1] > 0.99
    if "spatial" in more:
        assert mistaken(found, labels) < 0.02


def test_any_number_of_threads_finds_the_same_light(scene):
    _, _, pixels = scene
    found = []
    try:
        for threads in (1, 3):
            set_thread_count(threads)
            found.append(segment(pixels, LIT))
    finally:
        set_thread_count(0)
    assert found[0].shading.tobytes() == found[1].shading.tobytes()
    assert found[0].responsibilities.tobytes() == found[1].responsibilities.tobytes()


def test_a_mixture_labels_another_image_in_its_own_light(scene):
    labels, light, pixels = scene
    mixture = segment(pixels, LIT).mixture
    image = image_of(pixels[:, ::-1].copy())
    found = finish(label(image, LIT, mixture))
    assert mistaken(found, labels[:, ::-1]) < 0.03
    np.testing.assert_array_equal(found.mixture.means, mixture.means)
    mirrored = np.log(light[:, ::-1])
    assert np.corrcoef(np.log(found.shading).ravel(), mirrored.ravel())[0, 1] > 0.99


def test_em_goes_on_from_a_mixture_in_even_light(scene):
    labels, _, pixels = scene
    image = image_of(pixels)
    mixture = segment(image, LIT).mixture
    assert mistaken(finish(steps(image, LIT, start=mixture)), labels) < 0.03


def test_pixels_without_data_do_not_matter(scene):
    labels, light, pixels = scene
    holed = pixels.astype(np.float32)
    holed[:30, :40] = np.nan
    found = segment(holed, LIT)
    inside = found.labels > 0
    assert not inside[:30, :40].any()
    assert inside[30:].all()
    assert np.mean(found.labels[inside] != labels[inside]) < 0.03
    assert np.corrcoef(found.shading[inside], light[inside])[0, 1] > 0.98
    assert found.shading[inside].mean() == pytest.approx(1, abs=1e-5)


def test_pixels_with_missing_channels_are_evened_too(scene):
    labels, light, pixels = scene
    holed = pixels.astype(np.float32)
    # Most of the left half: what stands for its missing values must not tell the light.
    lacks = np.random.default_rng(1).random(labels.shape) < 0.9
    lacks[:, labels.shape[1] // 2 :] = False
    holed[lacks, :2] = np.nan
    found = segment(holed, LIT)
    assert np.mean((found.labels != labels)[~lacks]) < 0.03
    assert np.corrcoef(found.shading.ravel(), light.ravel())[0, 1] > 0.98


def test_samples_of_one_pattern_stay_side_by_side(scene):
    _, _, pixels = scene
    holed = pixels[:20, :20].astype(np.float32)
    random = np.random.default_rng(2)
    holed[random.random((20, 20)) < 0.3, 0] = np.nan
    holed[random.random((20, 20)) < 0.3, 2] = np.nan
    image = masked(image_of(holed), PLAIN)
    features, samples = gather(image, Settings(features=("rgb",)))
    lit = Lit(np.zeros(len(TERMS)), None, (), is_told=True, is_at_limit=False)
    even = Uneven(samples, features, image.shape).without(lit).samples
    assert [p.observed.tolist() for p in even.patterns] == [
        p.observed.tolist() for p in samples.patterns
    ]
    numbers = even.index.ravel()
    for pattern in even.patterns:
        here = (numbers >= pattern.first) & (numbers < pattern.last)
        known = np.isfinite(holed.reshape(-1, 3)[here])
        assert (known == pattern.observed).all()
    # Even light changes nothing.
    shown = samples.values[:, samples.index.ravel()]
    np.testing.assert_allclose(even.values[:, numbers], shown, atol=1e-6)
    brighter = Lit(np.full(len(TERMS), 0.01), None, (), is_told=True, is_at_limit=False)
    found = Uneven(samples, features, image.shape).without(brighter).samples
    for pattern in found.patterns:
        assert not found.values[~pattern.observed, pattern.first : pattern.last].any()


def test_who_has_had_enough_keeps_what_there_is(scene):
    labels, _, pixels = scene
    running = steps(image_of(pixels), LIT)
    while next(running).stage is not Stage.SHADING:
        pass
    try:
        running.throw(Enough())
        found = finish(running)
    except StopIteration as end:
        found = end.value
    assert found.stopped is Stop.CANCELLED
    assert found.labels.shape == labels.shape


def test_a_class_that_is_alone_keeps_its_gradient_and_the_user_is_told():
    x = np.linspace(0, 1, 64)[None, :] * np.ones((64, 1))
    values = np.where(x < 0.5, 60 + 40 * x, 160) + np.random.default_rng(0).normal(0, 3, (64, 64))
    pixels = np.rint(values).astype(np.uint8)
    found = segment(pixels, Settings(components=2, shading=True))
    assert any("taken as even" in note for note in found.notes)
    assert (found.shading == 1).all()
    plain = segment(pixels, Settings(components=2))
    np.testing.assert_array_equal(found.labels, plain.labels)


@pytest.mark.parametrize(
    ("pixels", "settings"),
    [
        (np.full((9, 9), 7, np.uint8), LIT),
        (np.arange(12, dtype=np.uint8).reshape(1, 12), LIT),
        (np.eye(30, dtype=np.float32), Settings(components=1, shading=True)),
        (np.arange(400.0).reshape(20, 20), Settings(shading=True, features=("position",))),
    ],
    ids=["one value", "few pixels", "one component", "position only"],
)
def test_where_nothing_tells_the_light_it_is_even(pixels, settings):
    found = segment(pixels, settings)
    assert (found.shading == 1).all()
    assert any("taken as even" in note for note in found.notes)


def test_light_beyond_belief_is_pointed_out(scene):
    labels, _, _ = scene
    ramp = np.linspace(0.3, 1.7, labels.shape[1])
    values = np.array([0, 50, 80, 120])[labels] * ramp
    noise = np.random.default_rng(0).normal(0, 2, labels.shape)
    found = segment(np.clip(np.rint(values + noise), 0, 255).astype(np.uint8), LIT)
    assert any("40 %" in note for note in found.notes)
    assert 0.55 < found.shading.min() < found.shading.max() < 1.45
