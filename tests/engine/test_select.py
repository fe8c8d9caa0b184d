"""How many components: as many as were simulated, as known tables have, and no path worth less."""

from __future__ import annotations

import numpy as np
import pytest
from places import DATA, SAMPLE_IMAGES

from segmenter.engine.iterate import iterate
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import posterior_of
from segmenter.engine.patterns import by_pattern
from segmenter.engine.pipeline import finish, image_of
from segmenter.engine.samples import gather
from segmenter.engine.select import _ahead, degrees_of_freedom, is_sound, select
from segmenter.engine.settings import Covariance, Criterion, Settings
from segmenter.engine.starts import Tried, starts
from segmenter.engine.thinning import SUBSET, thinned
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Mixture, Samples
from segmenter.files.images import read_image

TABLES = DATA / "mclust_ref"
LABELS = DATA / "synthetic" / "labels.npz"


def chosen(samples, form, shape=None, **settings):
    asked = Settings(components="auto", **settings)
    return finish(select(samples, form, asked, shape=shape))


def table(name, covariance, steps):
    """Samples in standard units, their form, and what scaling adds to 2 log L."""
    path = TABLES / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no file {path}")
    rows = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
    spread = rows.std(axis=0)
    values = np.ascontiguousarray(((rows - rows.mean(axis=0)) / spread).T, np.float32)
    noise = (np.array(steps) / spread) ** 2 / 12
    samples = Samples(values, np.ones(len(rows), np.float32))
    form = Form(Covariance(covariance), noise, np.ones(len(spread)))
    return samples, form, -2 * len(rows) * np.log(spread).sum()


def simulated(components, seed, *, features=2, count=1500):
    """Samples of components whose centres are at least 5 standard deviations apart."""
    random = np.random.default_rng(seed)
    centres = random.permutation(np.indices((3,) * features).reshape(features, -1).T)[:components]
    labels = random.integers(0, components, count)
    values = 5.0 * centres[labels] + random.normal(size=(count, features))
    return Samples(np.ascontiguousarray(values.T, np.float32), np.ones(count, np.float32))


# ---- Known numbers ------------------------------------------------------------------------------


def test_the_number_of_separated_components_is_found(form_of):
    form, right = form_of("full", 2), 0
    for seed in range(20):
        components = 1 + seed % 4
        samples = simulated(components, seed, count=800)
        found = chosen(samples, form, most_components=5)
        right += len(found.fit.mixture) == components
    assert right >= 19


@pytest.mark.parametrize(("criterion", "components"), [(Criterion.BIC, 3), (Criterion.ICL, 2)])
def test_faithful_has_three_components_by_bic_and_two_by_icl(criterion, components):
    samples, form, scaling = table("faithful", "tied", [0.001, 0.001])
    found = chosen(samples, form, covariance="tied", criterion=criterion, most_components=9)
    assert len(found.fit.mixture) == components
    two, three = found.judged[1:3]
    # The rounding that the form knows of is not part of mclust's likelihood.
    assert three.bic + scaling == pytest.approx(-2314.2957, abs=0.02)
    assert two.icl + scaling == pytest.approx(-2326.7094, abs=0.02)


def test_galaxies_have_three_components_of_their_own_variance():
    samples, form, scaling = table("galaxies", "full", [1])
    found = chosen(samples, form, most_components=9)
    assert len(found.fit.mixture) == 3
    assert found.judged[2].bic + scaling == pytest.approx(
        -441.6122 - 2 * 82 * np.log(1000), abs=0.02
    )


@pytest.mark.parametrize("name", ["three", "four"])
@pytest.mark.parametrize("variance", [0.01, 0.02, 0.03])
def test_the_levels_of_a_noisy_image_are_counted(name, variance):
    if not LABELS.is_file():
        pytest.skip(f"no file {LABELS}")
    labels = np.load(LABELS)[name]
    levels = np.linspace(0, 1, labels.max() + 1)
    noise = np.random.default_rng(12345).normal(0, np.sqrt(variance), labels.shape)
    image = image_of(levels[labels] + noise)
    features, samples = gather(image, Settings(components="auto"))
    form = Form(Covariance.FULL, features.noise, features.weight)
    found = chosen(samples, form, image.shape, most_components=8)
    assert len(found.fit.mixture) == len(levels)


# ---- The path -----------------------------------------------------------------------------------


def test_the_path_is_hardly_below_the_best_of_many_restarts():
    image = read_image(SAMPLE_IMAGES / "tissue.png")
    features, all_samples = gather(image, Settings())
    form = Form(Covariance.FULL, features.noise, features.weight)
    samples = thinned(all_samples, SUBSET)
    found = chosen(samples, form, most_components=9)
    for components in (2, 4, 6, 8):
        hard = Settings(components=components, restarts=8)
        begun = finish(starts(samples, form, hard)).mixture
        best = finish(iterate(samples, begun, form, limit=200, tolerance=1e-5)).log_likelihoods[-1]
        assert found.judged[components - 1].log_likelihood >= best - 0.001 * abs(best)


def test_every_number_is_judged_once_from_few_to_many(form_of):
    found = chosen(simulated(3, 0), form_of("full", 2), most_components=6)
    assert [len(one.mixture) for one in found.judged] == [1, 2, 3, 4, 5, 6]
    assert found.effective == 1500
    for one in found.judged:
        freedom = degrees_of_freedom(len(one.mixture), 2, Covariance.FULL)
        expected = 2 * 1500 * one.log_likelihood - freedom * np.log(1500)
        assert one.bic == pytest.approx(expected)
        assert one.icl <= one.bic + 1e-9


def test_what_is_missing_is_no_value_for_any_criterion(form_of):
    values = np.array([[0, 0], [9, 0.0]])[np.arange(600) % 2].T
    values = values + np.random.default_rng(0).normal(size=values.shape)
    missing = np.zeros(values.shape, np.bool_)
    missing[0, ::3] = True
    index = np.arange(600, dtype=np.int32).reshape(20, 30)
    seen = np.where(missing, 0, values - 4.5).astype(np.float32)
    samples = by_pattern(seen, missing, np.ones(600, np.float32), index)
    found = chosen(samples, form_of("full", 2), most_components=2)
    two = found.judged[1]
    parts = posterior_of(samples, two.mixture, form_of("full", 2)).responsibilities
    certainty = np.log(parts.max(axis=0)).mean()
    assert two.icl - two.bic == pytest.approx(2 * found.effective * certainty, rel=1e-3)


def test_the_search_says_how_far_it_is_and_shows_the_best(form_of, run):
    settings = Settings(components="auto", most_components=5)
    searches, _ = run(select(simulated(2, 0), form_of("full", 2), settings))
    assert [(search.done, search.tries) for search in searches] == [
        (0, 5),
        *((n, 5) for n in range(5)),
    ]
    assert [len(search.best.mixture) for search in searches[1:]] == [5, 4, 3, 2, 1]


def test_the_same_bits_for_any_number_of_threads(form_of):
    samples, found = simulated(4, 1, count=9000), []
    try:
        for threads in (1, 3):
            set_thread_count(threads)
            found.append(chosen(samples, form_of("full", 2), most_components=6))
    finally:
        set_thread_count(0)
    one, other = found
    assert [a.bic for a in one.judged] == [b.bic for b in other.judged]
    np.testing.assert_array_equal(one.fit.mixture.means, other.fit.mixture.means)


def test_fewer_distinct_values_than_components_are_no_trouble(form_of):
    samples = Samples(np.float32([[0, 1, 5]]), np.float32([20, 30, 50]))
    found = chosen(samples, form_of("full", 1), most_components=8)
    assert len(found.fit.mixture) == 3
    alone = Samples(np.float32([[2]]), np.float32([20]))
    assert len(chosen(alone, form_of("full", 1)).fit.mixture) == 1


def test_a_component_of_hardly_a_sample_is_not_sound():
    def of(*weights):
        count = len(weights)
        return Mixture(np.array(weights), np.zeros((count, 1)), np.ones((count, 1, 1)))

    assert is_sound(of(0.03, 0.97), 100)
    assert not is_sound(of(0.02, 0.98), 100)


def test_what_stands_for_hardly_a_sample_falls_behind():
    def tried(small, log_likelihood):
        weights = np.array([small, 1 - small])
        mixture = Mixture(weights, np.zeros((2, 1)), np.ones((2, 1, 1)))
        return Tried(mixture, log_likelihood, mixture)

    spike, sound, other = tried(0.01, 5.0), tried(0.3, 1.0), tried(0.4, 2.0)
    assert _ahead([spike, sound, other], 100) == [other, sound]
    assert _ahead([spike], 100) == [spike]


# ---- Degrees of freedom -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("covariance", "freedom"), [("full", 29), ("tied", 19), ("diag", 17), ("spherical", 11)]
)
def test_degrees_of_freedom_are_the_free_numbers_of_two_components(covariance, freedom):
    assert degrees_of_freedom(2, 4, Covariance(covariance)) == freedom
