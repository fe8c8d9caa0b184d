"""`GaussianMixture` against scikit-learn's, which only the tests need."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Reference

from segmenter.engine.estimator import GaussianMixture

TYPES = ["full", "tied", "diag", "spherical"]
STARTS = ["kmeans", "k-means++", "random", "random_from_data"]
SHAPES = {"full": (3, 2, 2), "tied": (2, 2), "diag": (3, 2), "spherical": (3,)}


def draw(features, samples=900, components=3):
    """Overlapping Gaussians, stretched and far from zero, so that nothing is convenient."""
    random = np.random.default_rng(features)
    means = random.uniform(0, 5, (components, features))
    noise = random.normal(size=(samples, features)) * random.uniform(0.5, 1.5, features)
    labels = random.integers(0, components, samples)
    return (means[labels] + noise) * 7 + 500


def begin(data, covariance_type, components=3):
    """Starting values for both: some samples, each with the extent of all data."""
    precision = np.linalg.inv(np.atleast_2d(np.cov(data.T)))
    extent = {
        "full": np.tile(precision, (components, 1, 1)),
        "tied": precision,
        "diag": np.tile(1 / data.var(axis=0), (components, 1)),
        "spherical": np.full(components, 1 / data.var(axis=0).mean()),
    }
    return {
        "weights_init": np.full(components, 1 / components),
        "means_init": data[:components],
        "precisions_init": extent[covariance_type],
    }


@pytest.fixture(scope="module")
def data():
    return draw(2)


@pytest.fixture(scope="module")
def fitted(data):
    return GaussianMixture(3, random_state=0).fit(data)


# ---- Parity -----------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [1, 2, 3, 5])
@pytest.mark.parametrize("covariance_type", TYPES)
def test_equal_starts_lead_where_scikit_learn_goes(covariance_type, features):
    data = draw(features)
    chosen = {"covariance_type": covariance_type, "max_iter": 2000, **begin(data, covariance_type)}
    ours, theirs = (kind(3, **chosen).fit(data) for kind in (GaussianMixture, Reference))
    assert ours.n_iter_ == theirs.n_iter_
    # Where EM leaves a saddle it gains so fast that rounding shows; at the end it does not.
    np.testing.assert_allclose(ours.lower_bounds_, theirs.lower_bounds_, rtol=0, atol=1e-4)
    assert ours.lower_bound_ == ours.lower_bounds_[-1]
    assert ours.score(data) == pytest.approx(theirs.score(data), abs=5e-7)
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        np.testing.assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=1e-3, atol=1e-5, err_msg=name
        )
    shares = theirs.predict_proba(data)
    np.testing.assert_allclose(ours.predict_proba(data), shares, atol=1e-4)
    is_clear = np.ptp(np.sort(shares, axis=1)[:, -2:], axis=1) > 1e-3
    assert is_clear.mean() > 0.9
    np.testing.assert_array_equal(ours.predict(data)[is_clear], theirs.predict(data)[is_clear])


@pytest.mark.parametrize("covariance_type", TYPES)
def test_one_mixture_gives_the_answers_of_scikit_learn(covariance_type, data):
    theirs = Reference(3, covariance_type=covariance_type, random_state=0).fit(data)
    ours = GaussianMixture(3, covariance_type=covariance_type)
    for name in ("weights_", "means_", "covariances_"):
        setattr(ours, name, getattr(theirs, name))
    np.testing.assert_allclose(ours.score_samples(data), theirs.score_samples(data), atol=1e-5)
    np.testing.assert_allclose(ours.predict_proba(data), theirs.predict_proba(data), atol=1e-5)
    assert ours.bic(data) == pytest.approx(theirs.bic(data), rel=1e-7)
    assert ours.aic(data) == pytest.approx(theirs.aic(data), rel=1e-7)


@pytest.mark.parametrize("kind", STARTS)
def test_every_start_finds_separate_components(kind):
    random = np.random.default_rng(0)
    centres = np.array([[0, 0], [90, 0], [0, 90]])
    data = np.repeat(centres, 200, axis=0) + random.normal(size=(600, 2))
    found = GaussianMixture(3, init_params=kind, n_init=6, random_state=0).fit(data)
    np.testing.assert_allclose(found.means_[np.lexsort(found.means_.round().T)], centres, atol=0.5)
    assert found.converged_


@pytest.mark.parametrize("kind", ["random", "random_from_data"])
def test_random_starts_draw_what_scikit_learn_draws(kind, data):
    chosen = {"init_params": kind, "random_state": 3, "max_iter": 0}
    ours, theirs = (cls(3, **chosen).fit(data) for cls in (GaussianMixture, Reference))
    np.testing.assert_allclose(ours.means_, theirs.means_, rtol=1e-6)
    np.testing.assert_allclose(ours.covariances_, theirs.covariances_, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shift", [0, 1e6, -1e9], ids=["near zero", "far", "very far"])
def test_far_from_zero_nothing_is_lost(shift, data):
    near, far = (GaussianMixture(3, random_state=0).fit(data + by) for by in (0, shift))
    assert far.score(data + shift) == pytest.approx(near.score(data), abs=1e-5)


# ---- Weights of samples -----------------------------------------------------------------------


def assert_same_bits(one, other):
    for name in ("weights_", "means_", "covariances_", "precisions_", "lower_bounds_"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("kind", STARTS)
def test_a_weight_is_as_many_equal_rows(kind, covariance_type, data):
    counts = np.random.default_rng(1).integers(0, 4, len(data))
    model = GaussianMixture(
        3, covariance_type=covariance_type, init_params=kind, random_state=0, max_iter=2000
    )
    weighted = clone(model).fit(data, sample_weight=counts)
    repeated = np.random.default_rng(2).permutation(np.repeat(data, counts, axis=0))
    assert_same_bits(weighted, clone(model).fit(repeated))


@pytest.mark.parametrize("factor", [0.25, 1e-200, 1e200])
def test_only_ratios_of_weights_count(factor, data):
    weights = np.random.default_rng(1).uniform(size=len(data))
    one, other = (
        GaussianMixture(3, random_state=0).fit(data, sample_weight=weights * by)
        for by in (1, factor)
    )
    np.testing.assert_allclose(one.means_, other.means_, rtol=1e-5)


def test_labels_come_for_rows_without_weight_too(data):
    weights = np.arange(len(data)) % 2
    assert GaussianMixture(3).fit_predict(data, sample_weight=weights).shape == (len(data),)


def test_arrays_of_the_caller_stay_writable(data):
    given, weights = data.astype(np.float32), np.ones(len(data), np.float32)
    means = given[:3].copy()
    model = GaussianMixture(3, means_init=means).fit(given, sample_weight=weights)
    for array in (given, weights, means, model.weights_, model.means_, model.covariances_):
        assert array.flags.writeable


# ---- Attributes -------------------------------------------------------------------------------


@pytest.mark.parametrize("covariance_type", TYPES)
def test_attributes_have_the_shapes_of_their_type(covariance_type, data):
    found = GaussianMixture(3, covariance_type=covariance_type, random_state=0).fit(data)
    assert found.weights_.shape == (3,)
    assert found.weights_.sum() == pytest.approx(1)
    assert found.means_.shape == (3, 2)
    for name in ("covariances_", "precisions_", "precisions_cholesky_"):
        assert getattr(found, name).shape == SHAPES[covariance_type]
        assert getattr(found, name).dtype == np.float64
    assert len(found.lower_bounds_) == found.n_iter_
    assert found.n_features_in_ == 2


def test_labels_are_those_of_predict(data):
    model = GaussianMixture(3, n_init=3, random_state=0)
    labels = model.fit_predict(data)
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(labels, model.predict(data))
    np.testing.assert_array_equal(labels, model.predict_proba(data).argmax(axis=1))


def test_no_iteration_leaves_the_start(data):
    given = [[480, 500], [520, 510], [505, 530]]
    found = GaussianMixture(3, means_init=given, max_iter=0, random_state=0).fit(data)
    np.testing.assert_allclose(found.means_, given)
    assert (found.n_iter_, found.lower_bound_, found.converged_) == (0, -np.inf, False)


def test_regularisation_widens_and_is_no_part_of_the_density():
    data = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    found = GaussianMixture(1, reg_covar=0.5).fit(data)
    np.testing.assert_allclose(found.covariances_[0], [[0.75, 0.25], [0.25, 0.75]], atol=1e-6)
    assert found.score(data) == pytest.approx(Reference(1, reg_covar=0.5).fit(data).score(data))


def test_components_without_samples_stay():
    data = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    found = GaussianMixture(4, random_state=0).fit(data)
    assert found.means_.shape == (4, 2)
    assert sorted(found.weights_.round(6)) == [0, 0, 0.5, 0.5]
    assert np.isfinite(found.score(data))


def test_more_starts_are_never_worse(data):
    chosen = {"init_params": "random", "max_iter": 30, "random_state": 0, "tol": 0.01}
    one, many = (GaussianMixture(3, n_init=n, **chosen).fit(data) for n in (1, 8))
    assert many.lower_bound_ >= one.lower_bound_


def test_warm_start_goes_on(data):
    chosen = {"tol": 0, "random_state": 0}
    with pytest.warns(ConvergenceWarning):
        whole = GaussianMixture(3, max_iter=6, **chosen).fit(data)
    model = GaussianMixture(3, max_iter=3, warm_start=True, **chosen)
    for _ in range(2):
        with pytest.warns(ConvergenceWarning):
            model.fit(data)
    np.testing.assert_allclose(model.means_, whole.means_, rtol=1e-5)
    assert model.lower_bound_ == pytest.approx(whole.lower_bound_, abs=1e-6)


@pytest.mark.parametrize("kind", STARTS)
def test_the_same_seed_gives_the_same_bits(kind, data):
    one, other = (GaussianMixture(3, init_params=kind, random_state=5).fit(data) for _ in range(2))
    np.testing.assert_array_equal(one.means_, other.means_)
    np.testing.assert_array_equal(one.covariances_, other.covariances_)


def test_a_tolerance_below_rounding_counts_as_rounding(data):
    tiny, rounding = (
        GaussianMixture(3, tol=tol, max_iter=3000, random_state=0).fit(data)
        for tol in (1e-15, 1e-7)
    )
    assert tiny.converged_
    assert tiny.n_iter_ == rounding.n_iter_


def test_no_tolerance_goes_on_to_the_limit(data):
    with pytest.warns(ConvergenceWarning):
        found = GaussianMixture(1, tol=0, max_iter=40).fit(data)
    assert found.n_iter_ == 40


def test_a_warm_start_knows_where_the_last_fit_ended(data):
    model = GaussianMixture(1, warm_start=True, max_iter=1)
    with pytest.warns(ConvergenceWarning):
        model.fit(data)
    assert model.fit(data).converged_


def test_rows_without_weight_are_no_samples(data):
    with pytest.raises(ValueError, match="n_components = 4, n_samples = 3"):
        GaussianMixture(4).fit(data[:4], sample_weight=[1, 1, 0, 1])


# ---- Drawing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("covariance_type", TYPES)
def test_drawn_samples_have_the_moments_of_the_mixture(covariance_type, data):
    model = GaussianMixture(3, covariance_type=covariance_type, random_state=0).fit(data)
    drawn, labels = model.sample(60_000)
    assert drawn.shape == (60_000, 2)
    assert (np.diff(labels) >= 0).all()
    np.testing.assert_allclose(np.bincount(labels) / len(labels), model.weights_, atol=0.01)
    again = Reference(3, covariance_type=covariance_type)
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        setattr(again, name, getattr(model, name))
    for k in range(3):
        own = drawn[labels == k]
        np.testing.assert_allclose(own.mean(axis=0), model.means_[k], atol=0.5)
    np.testing.assert_allclose(
        np.cov(drawn.T), np.cov(again.sample(60_000)[0].T), rtol=0.06, atol=6
    )


def test_at_least_one_sample_is_drawn(fitted):
    assert fitted.sample()[0].shape == (1, 2)
    with pytest.raises(ValueError, match="Invalid value for 'n_samples'"):
        fitted.sample(0)


@pytest.mark.parametrize("covariance_type", TYPES)
def test_collapsed_components_are_refused_without_regularisation(covariance_type):
    data = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    model = GaussianMixture(10, reg_covar=0, covariance_type=covariance_type, random_state=0)
    with pytest.raises(ValueError, match="ill-defined empirical covariance"):
        model.fit(data)


@pytest.mark.parametrize("value", [1e30, -1e300])
def test_samples_far_from_everything_still_have_answers(value, fitted):
    far = np.array([[value, value]])
    assert fitted.predict_proba(far).sum() == pytest.approx(1)
    assert np.isfinite(fitted.score(far))
