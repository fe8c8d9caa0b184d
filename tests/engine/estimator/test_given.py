"""Starting values that are refused; those that are taken are in `test_estimator`."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as Reference

from segmenter.engine.estimator import GaussianMixture


@pytest.fixture(scope="module")
def data():
    return np.random.default_rng(0).normal(size=(50, 2))


@pytest.mark.parametrize(
    ("covariance_type", "name", "value"),
    [
        ("full", "weights_init", [0.5, 0.5]),
        ("full", "weights_init", [2.0, -0.5, -0.5]),
        ("full", "weights_init", [0.5, 0.1, 0.1]),
        ("full", "means_init", np.zeros((3, 3))),
        ("full", "precisions_init", np.zeros((3, 2))),
        ("full", "precisions_init", -np.tile(np.eye(2), (3, 1, 1))),
        ("full", "precisions_init", np.tile([[2.0, 1.0], [0.0, 2.0]], (3, 1, 1))),
        ("tied", "precisions_init", -np.eye(2)),
        ("diag", "precisions_init", np.zeros((3, 2))),
        ("spherical", "precisions_init", -np.ones(3)),
        ("full", "means_init", np.full((3, 2), np.nan)),
    ],
    ids=str,
)
def test_bad_starting_values_are_refused_as_scikit_learn_does(covariance_type, name, value, data):
    chosen = {"covariance_type": covariance_type, name: value}
    with pytest.raises(ValueError, match=r"parameter|precision|NaN") as theirs:
        Reference(3, **chosen).fit(data)
    with pytest.raises(ValueError, match=r"parameter|precision|NaN") as ours:
        GaussianMixture(3, **chosen).fit(data)
    assert str(ours.value)[:38] == str(theirs.value)[:38]
