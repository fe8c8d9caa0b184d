"""The start that nobody has looked for."""

import numpy as np
import pytest

from segmenter.engine.maximise import in_shape
from segmenter.engine.outcome import Phase, Stage
from segmenter.engine.pipeline import image_of, segment, steps
from segmenter.engine.random_start import random_start
from segmenter.engine.settings import Covariance, Settings, Start

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


@EVERY
def test_means_are_samples_and_all_else_is_equal(random_samples, form_of, covariance):
    samples, form = random_samples(2, 500), form_of(covariance, 2)
    mixture = random_start(samples, form, Settings(components=4)).mixture
    drawn = {tuple(mean) for mean in mixture.means.tolist()}
    assert len(drawn) == 4
    assert drawn <= {tuple(value) for value in samples.values.T.astype(float).tolist()}
    assert (mixture.weights == 0.25).all()
    assert (mixture.covariances == mixture.covariances[0]).all()
    shaped = in_shape(mixture, form)
    np.testing.assert_allclose(shaped.covariances, mixture.covariances, rtol=1e-9)
    whole = np.cov(samples.values, aweights=samples.weights, bias=True)
    np.testing.assert_allclose(np.trace(mixture.covariances[0]), np.trace(whole), rtol=1e-3)


def test_the_seed_draws(random_samples, form_of):
    samples, form = random_samples(2, 500), form_of("full", 2)
    first, again, other = (
        random_start(samples, form, Settings(seed=seed)).mixture.means for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_samples_without_weight_on_them_are_hardly_drawn(random_samples, form_of):
    samples = random_samples(1, 50)
    heavy = type(samples)(samples.values, np.where(np.arange(50) < 3, 1e6, 1e-6).astype("f4"))
    means = random_start(heavy, form_of("full", 1), Settings(components=3)).mixture.means
    assert set(means.ravel().tolist()) == set(samples.values[0, :3].astype(float).tolist())


def test_there_are_no_more_components_than_samples():
    grey = np.repeat(np.array([[3, 90]], np.uint8), 20, axis=0)
    assert len(segment(image_of(grey), Settings(components=5, start="random")).mixture) == 2


def test_em_begins_there_without_a_search(image):
    way = list(steps(image, Settings(components=3, start="random")))
    assert Stage.STARTS not in {progress.stage for progress in way}
    begun = next(progress for progress in way if progress.stage is Stage.FITTING)
    assert (begun.phase, begun.iteration, begun.log_likelihoods) == (Phase.START, 0, ())


def test_its_end_is_no_better_than_that_of_a_searched_start(image):
    ends = [
        segment(image, Settings(components=4, start=start)).log_likelihoods[-1] for start in Start
    ]
    assert ends[0] >= ends[1] - 1e-4


def test_pixels_that_lack_a_channel_do_no_harm(image):
    damaged = image.pixels.astype(float)
    damaged[::3, ::4, 0] = np.nan
    chosen = Settings(components=3, start="random", features=("channels",))
    result = segment(image_of(damaged), chosen)
    assert result.labels.all()
    assert np.isfinite(result.log_likelihoods).all()
