"""What is refused, and how: as scikit-learn does."""

import pickle

import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import GaussianMixture as Reference

from segmenter.engine.estimator import GaussianMixture, checks


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    return random.normal(size=(900, 2)) + 9 * random.integers(0, 3, (900, 1))


@pytest.fixture(scope="module")
def fitted(data):
    return GaussianMixture(3, random_state=0).fit(data)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(900), "at least one non-zero"),
        (-np.ones(900), "Negative values"),
        (np.ones(899), r"sample_weight.shape == \(899,\), expected \(900,\)"),
        (np.ones((900, 1)), "must be 1D array or scalar"),
        (np.full(900, np.nan), "sample_weight contains NaN"),
    ],
    ids=["zero", "negative", "too few", "a table", "nan"],
)
def test_weights_that_mean_nothing_are_refused(weights, message, data):
    with pytest.raises(ValueError, match=message):
        GaussianMixture().fit(data, sample_weight=weights)


@pytest.mark.parametrize(
    "bad",
    [
        [[np.nan, 1], [2, 3]],
        [[np.inf, 1], [2, 3]],
        [1.0, 2.0],
        3.0,
        np.zeros((2, 2, 2)),
        np.zeros((0, 2)),
        np.zeros((1, 2)),
        np.zeros((5, 0)),
        np.zeros((5, 2), complex),
        scipy.sparse.eye_array(3, format="csr"),
    ],
    ids=["nan", "inf", "1d", "scalar", "3d", "empty", "row", "no columns", "complex", "sparse"],
)
def test_bad_data_are_refused_as_scikit_learn_does(bad):
    with pytest.raises((ValueError, TypeError)) as theirs:
        Reference().fit(bad)
    with pytest.raises(theirs.type) as ours:
        GaussianMixture().fit(bad)
    assert str(ours.value)[:20] == str(theirs.value)[:20]


def test_text_is_refused():
    with pytest.raises(ValueError, match="could not convert string to float"):
        GaussianMixture().fit([["a", "b"], ["c", "d"]])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_components", 0),
        ("n_components", 2.5),
        ("covariance_type", "round"),
        ("tol", -1.0),
        ("tol", np.nan),
        ("reg_covar", -1e-6),
        ("max_iter", -1),
        ("n_init", 0),
        ("init_params", "guess"),
        ("weights_init", 0.5),
        ("random_state", "zero"),
        ("random_state", -1),
        ("warm_start", "yes"),
        ("verbose", -1),
        ("verbose_interval", 0),
    ],
    ids=str,
)
def test_bad_arguments_are_refused_as_scikit_learn_does(name, value, data):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of GaussianMixture must be"):
        Reference(**{name: value}).fit(data)
    with pytest.raises(
        checks.InvalidParameterError, match=f"The '{name}' parameter of GaussianMixture must be"
    ):
        GaussianMixture(**{name: value}).fit(data)


def test_there_must_be_a_sample_per_component(data):
    with pytest.raises(ValueError, match="Expected n_samples >= n_components but got n_comp"):
        GaussianMixture(5).fit(data[:4])


def test_the_number_of_features_must_stay(fitted):
    with pytest.raises(ValueError, match="X has 3 features, but GaussianMixture is expecting 2"):
        fitted.predict(np.zeros((4, 3)))


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "score", "score_samples", "sample", "bic", "aic"]
)
@pytest.mark.parametrize("error", [NotFittedError, checks.NotFittedError, AttributeError])
def test_an_unfitted_mixture_says_so(method, error, data):
    with pytest.raises(error, match="This GaussianMixture instance is not fitted yet"):
        getattr(GaussianMixture(), method)(data)


def test_a_fit_that_was_cut_short_warns(data):
    with pytest.warns(ConvergenceWarning, match="did not converge") as caught:
        GaussianMixture(3, max_iter=1).fit(data)
    assert issubclass(caught[0].category, checks.ConvergenceWarning)


# ---- Names of features ------------------------------------------------------------------------


class Table:
    """A data frame, as far as names of columns go."""

    def __init__(self, data, columns):
        self.data, self.columns = data, columns

    def __array__(self, dtype=None, copy=None):
        return np.array(self.data, dtype)


def test_names_of_features_are_kept_and_compared(data):
    model = GaussianMixture(3, random_state=0).fit(Table(data, ["red", "green"]))
    assert list(model.feature_names_in_) == ["red", "green"]
    model.predict(Table(data, ["red", "green"]))
    with pytest.raises(ValueError, match=r"(?s)should match.*unseen at fit time.*- blue.*missing"):
        model.predict(Table(data, ["red", "blue"]))
    with pytest.raises(ValueError, match="same order"):
        model.predict(Table(data, ["green", "red"]))
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        model.predict(data)
    assert not hasattr(model.fit(data), "feature_names_in_")


def test_names_for_a_mixture_without_names_are_odd(data, fitted):
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        fitted.predict(Table(data, ["red", "green"]))


def test_names_of_mixed_types_are_refused(data):
    with pytest.raises(TypeError, match="only supported if all input features have string names"):
        GaussianMixture().fit(Table(data, ["red", 1]))


def test_its_error_survives_pickling(data):
    with pytest.raises(NotFittedError) as caught:
        GaussianMixture().predict(data)
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), checks.NotFittedError)
