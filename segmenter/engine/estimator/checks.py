"""What `GaussianMixture` refuses, with the exceptions and messages that scikit-learn has."""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

MOST_COMPONENTS = 256  # labels are bytes inside the engine


class NotFittedError(ValueError, AttributeError):
    """The estimator was asked for something that only `fit` can tell."""

    def __reduce__(self) -> tuple[type[NotFittedError], tuple[object, ...]]:
        """Pickle as this class, also where it was joined with scikit-learn's."""
        return NotFittedError, self.args


class ConvergenceWarning(UserWarning):
    """EM hit its limit before it converged."""


class InvalidParameterError(ValueError, TypeError):
    """A constructor argument has a type or a value that cannot be used."""


def for_scikit_learn(own: type) -> Any:  # noqa: ANN401 - an exception or a warning
    """Return the class, joined with scikit-learn's of that name where scikit-learn is loaded.

    So code that catches or silences scikit-learn's classes goes on working.
    """
    theirs = getattr(sys.modules.get("sklearn.exceptions"), own.__name__, None)
    return own if theirs is None else type(own.__name__, (own, theirs), {"__module__": __name__})


# ---- Constructor arguments --------------------------------------------------------------------


class _Rule(NamedTuple):
    """Whether a value may be used, and what may, in words."""

    permits: Callable[[Any], bool]
    words: str


def _number(kind: type, least: float, most: float = np.inf) -> _Rule:
    noun, close = ("an int" if kind is Integral else "a float"), ")" if most == np.inf else "]"
    return _Rule(
        lambda value: isinstance(value, kind) and least <= value <= most,  # type: ignore[operator]
        f"{noun} in the range [{least}, {most}{close}",
    )


def _one_of(*words: str) -> _Rule:
    listed = ", ".join(repr(word) for word in words)
    return _Rule(
        lambda value: isinstance(value, str) and value in words, f"a str among {{{listed}}}"
    )


def _is_random_state(value: object) -> bool:
    if isinstance(value, Integral):
        return 0 <= int(value) < 2**32
    return value is None or isinstance(value, np.random.RandomState)


_ARRAY = _Rule(
    lambda value: value is None or (hasattr(value, "__len__") and not isinstance(value, str)),
    "an array-like or None",
)
_RULES = {
    "n_components": _number(Integral, 1, MOST_COMPONENTS),
    "covariance_type": _one_of("diag", "full", "spherical", "tied"),
    "tol": _number(Real, 0.0),
    "reg_covar": _number(Real, 0.0),
    "max_iter": _number(Integral, 0),
    "n_init": _number(Integral, 1),
    "init_params": _one_of("k-means++", "kmeans", "random", "random_from_data"),
    "weights_init": _ARRAY,
    "means_init": _ARRAY,
    "precisions_init": _ARRAY,
    "random_state": _Rule(
        _is_random_state,
        "an int in the range [0, 4294967295], "
        "an instance of 'numpy.random.mtrand.RandomState' or None",
    ),
    "warm_start": _Rule(
        lambda value: isinstance(value, bool | np.bool_),
        "an instance of 'bool' or an instance of 'numpy.bool'",
    ),
    "verbose": _number(Integral, 0),
    "verbose_interval": _number(Integral, 1),
}


def check_parameters(parameters: Mapping[str, object], owner: str) -> None:
    """Raise `InvalidParameterError` for the first argument of `owner` that cannot be used."""
    for name, value in parameters.items():
        rule = _RULES[name]
        if not rule.permits(value):
            raise InvalidParameterError(
                f"The {name!r} parameter of {owner} must be {rule.words}. Got {value!r} instead."
            )


# ---- Data -------------------------------------------------------------------------------------


def checked_data(data: ArrayLike, owner: str, least: int = 1) -> NDArray[np.floating[Any]]:
    """Return (samples, features) float32 or float64, all finite, of at least `least` samples."""
    if hasattr(data, "toarray"):
        raise TypeError(
            "Sparse data was passed for X, but dense data is required. "
            "Use '.toarray()' to convert to a dense numpy array."
        )
    table = numbers(data)
    _check_dimensions(table, owner)
    for axis, noun, fewest in ((0, "sample", least), (1, "feature", 1)):
        if table.shape[axis] < fewest:
            raise ValueError(
                f"Found array with {table.shape[axis]} {noun}(s) (shape={table.shape}) "
                f"while a minimum of {fewest} is required by {owner}."
            )
    check_finite(table, "X ", f"\n{owner} does not accept missing values encoded as NaN natively.")
    return table


def check_feature_count(given: int, expected: int, owner: str) -> None:
    """Raise `ValueError` unless there are as many features as the owner was fitted with."""
    if given != expected:
        raise ValueError(
            f"X has {given} features, but {owner} is expecting {expected} features as input."
        )


def check_draws(count: int) -> None:
    """Raise `ValueError` unless at least one sample is asked for."""
    if count < 1:
        raise ValueError(
            f"Invalid value for 'n_samples': {count} . The sampling requires at least one sample."
        )


def numbers(given: ArrayLike) -> NDArray[np.floating[Any]]:
    """Return a float32 or float64 array."""
    array = np.asarray(given)
    if np.iscomplexobj(array):
        raise ValueError(f"Complex data not supported\n{array}\n")
    kept: NDArray[np.floating[Any]] = array
    return kept if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _check_dimensions(table: NDArray[Any], owner: str) -> None:
    if table.ndim > 2:
        raise ValueError(
            f"Found array with dim {table.ndim}, while dim <= 2 is required by {owner}."
        )
    if table.ndim < 2:
        found = "1D array" if table.ndim else "scalar array"
        raise ValueError(
            f"Expected 2D array, got {found} instead:\narray={table}.\n"
            "Reshape your data either using array.reshape(-1, 1) if your data has a single feature "
            "or array.reshape(1, -1) if it contains a single sample."
        )


def check_finite(array: NDArray[Any], name: str = "", about_nan: str = "") -> None:
    """Raise `ValueError` if there is NaN or infinity in the array called `name`."""
    if np.isfinite(array).all():
        return
    if np.isnan(array).any():
        raise ValueError(f"Input {name}contains NaN.{about_nan}")
    raise ValueError(f"Input {name}contains infinity or a value too large for {array.dtype!r}.")


def checked_sample_weight(given: ArrayLike | None, samples: int) -> NDArray[np.float64]:
    """Return (samples,) float64 weights >= 0, not all 0; None counts every sample once."""
    weights = numbers(1.0 if given is None else given).astype(np.float64)
    if weights.ndim == 0:
        weights = np.full(samples, weights)
    if weights.ndim != 1:
        raise ValueError(
            f"Sample weights must be 1D array or scalar, got {weights.ndim}D array. "
            f"Expected either a scalar value or a 1D array of length {samples}."
        )
    if weights.shape != (samples,):
        raise ValueError(f"sample_weight.shape == {weights.shape}, expected {(samples,)}!")
    check_finite(weights, "sample_weight ")
    if (weights < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`.")
    if not weights.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weights


def feature_names(data: ArrayLike) -> NDArray[np.object_] | None:
    """Return the names of the columns of a data frame if all are strings, else None."""
    names = np.asarray(getattr(data, "columns", ()), dtype=object)
    are_text = [isinstance(name, str) for name in names]
    if any(are_text) and not all(are_text):
        raise TypeError(
            "Feature names are only supported if all input features have string names, but your "
            "input mixes types. Convert them all to strings, or to a type that is no string."
        )
    return names if any(are_text) else None


def check_same_names(
    fitted: NDArray[np.object_] | None, given: NDArray[np.object_] | None, owner: str
) -> str | None:
    """Raise `ValueError` when both are named differently.

    Returns
    -------
    What is odd when only one is named, else None.
    """
    if fitted is None and given is None:
        return None
    if given is None:
        return f"X does not have valid feature names, but {owner} was fitted with feature names"
    if fitted is None:
        return f"X has feature names, but {owner} was fitted without feature names"
    if list(fitted) != list(given):
        raise ValueError(_difference(list(fitted), list(given)))
    return None


def _difference(fitted: list[str], given: list[str]) -> str:
    message = "The feature names should match those that were passed during fit.\n"
    unseen, missing = sorted(set(given) - set(fitted)), sorted(set(fitted) - set(given))
    for title, names in (
        ("Feature names unseen at fit time:", unseen),
        ("Feature names seen at fit time, yet now missing:", missing),
    ):
        if names:
            shown = [f"- {name}\n" for name in names[:5]] + ["- ...\n"] * (len(names) > 5)
            message += f"{title}\n{''.join(shown)}"
    if not (unseen or missing):
        message += "Feature names must be in the same order as they were in fit.\n"
    return message
