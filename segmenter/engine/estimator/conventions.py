"""scikit-learn's conventions for estimators, as far as they have nothing to do with mixtures."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segmenter.engine.estimator import checks

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Estimator:
    """Parameters are the constructor's arguments; what was fitted ends in an underscore."""

    random_state: int | np.random.RandomState | None
    verbose: int
    feature_names_in_: NDArray[np.object_]

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in sorted(self._defaults())}

    def set_params(self, **params: object) -> Self:
        """Set constructor's arguments by name."""
        for name, value in params.items():
            if name not in self._defaults():
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {self!r}. "
                    f"Valid parameters are: {sorted(self._defaults())!r}."
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        changed = [
            f"{name}={getattr(self, name)!r}"
            for name, default in sorted(self._defaults().items())
            if repr(getattr(self, name)) != repr(default)
        ]
        return f"{self._name}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn's type
        """Tell scikit-learn, the only one who asks, what this is."""
        from sklearn.utils import Tags, TargetTags  # type: ignore[import-untyped]  # noqa: PLC0415

        return Tags(
            estimator_type="density_estimator",
            target_tags=TargetTags(required=False),
            transformer_tags=None,
            classifier_tags=None,
            regressor_tags=None,
        )

    @property
    def _name(self) -> str:
        return type(self).__name__

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        parameters = inspect.signature(cls.__init__).parameters.values()
        return {each.name: each.default for each in parameters if each.name != "self"}

    def _check_fitted(self) -> None:
        if not hasattr(self, "means_"):
            raise checks.for_scikit_learn(checks.NotFittedError)(
                f"This {self._name} instance is not fitted yet. Call 'fit' with appropriate "
                "arguments before using this estimator."
            )

    def _keep_names(self, names: NDArray[np.object_] | None) -> None:
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _check_names(self, names: NDArray[np.object_] | None) -> None:
        fitted = getattr(self, "feature_names_in_", None)
        oddity = checks.check_same_names(fitted, names, self._name)
        if oddity is not None:
            warnings.warn(oddity, UserWarning, stacklevel=4)

    def _random(self) -> np.random.RandomState:
        state = self.random_state
        if isinstance(state, np.random.RandomState):
            return state
        if state is None:
            # Follows `np.random.seed`, as scikit-learn does.
            state = np.random.randint(2**31)  # noqa: NPY002
        return np.random.RandomState(state)

    def _say(self, text: str, detail: str = "") -> None:
        if self.verbose:
            print(text + detail * (self.verbose > 1))  # noqa: T201 - what `verbose` asks for
