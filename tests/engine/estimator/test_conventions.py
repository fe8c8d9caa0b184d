"""That it is an estimator as scikit-learn knows them."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.mixture import GaussianMixture as Reference
from sklearn.utils.estimator_checks import check_estimator

from segmenter.engine.estimator import GaussianMixture


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    return random.normal(size=(900, 2)) + 9 * random.integers(0, 3, (900, 1))


@pytest.fixture(scope="module")
def fitted(data):
    return GaussianMixture(3, random_state=0).fit(data)


# Checks that do not run, and what they would need.
SKIPPED = {
    "check_sample_weights_pandas_series": "pandas",
    "check_array_api_input": "SCIPY_ARRAY_API in the environment",
}


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("components", [1, 2])
def test_it_passes_every_check_of_scikit_learn(covariance_type, components):
    model = GaussianMixture(components, covariance_type=covariance_type)
    with warnings.catch_warnings():
        # It does not inherit from scikit-learn's base, and says when it did not converge.
        warnings.simplefilter("ignore")
        results = check_estimator(model, expected_failed_checks={}, on_skip=None)
    statuses = {result["check_name"]: result["status"] for result in results}
    assert len(statuses) > 40
    assert {name for name in statuses if statuses[name] != "passed"} <= set(SKIPPED)
    assert {statuses[name] for name in SKIPPED if name in statuses} <= {"passed", "skipped"}


def test_parameters_are_those_of_scikit_learn():
    assert GaussianMixture().get_params() == Reference().get_params()


def test_a_clone_has_the_parameters_and_not_the_fit(fitted):
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "means_")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match=r"Invalid parameter 'k' for estimator GaussianMixture\("):
        GaussianMixture().set_params(k=3)


def test_it_is_written_as_it_is_made():
    model = GaussianMixture(3, random_state=0).set_params(tol=0.1)
    assert repr(model) == "GaussianMixture(n_components=3, random_state=0, tol=0.1)"


def test_it_survives_pickling(fitted, data):
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(data), fitted.predict_proba(data))


@pytest.mark.parametrize(("verbose", "word"), [(1, "Iteration 1"), (2, "ll change")])
def test_verbose_prints_the_iterations(verbose, word, data, capsys):
    GaussianMixture(3, verbose=verbose, verbose_interval=1, random_state=0).fit(data)
    said = capsys.readouterr().out
    assert said.startswith("Initialization 0\n")
    assert word in said


def test_scikit_learn_is_not_needed():
    program = (
        "import sys, numpy, segmenter\n"
        "model = segmenter.GaussianMixture(2).fit(numpy.arange(8.0).reshape(4, 2))\n"
        "model.predict([[1, 2]]), repr(model)\n"
        "assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
