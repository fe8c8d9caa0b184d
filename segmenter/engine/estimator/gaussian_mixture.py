"""`GaussianMixture`: the engine behind scikit-learn's interface, without scikit-learn."""
# ruff: noqa: N803 - X is what scikit-learn calls the data

from __future__ import annotations

import math
import warnings
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segmenter.engine.estimator import checks, trials
from segmenter.engine.estimator.conventions import Estimator
from segmenter.engine.estimator.given import Given
from segmenter.engine.estimator.rows import merge_equal_rows
from segmenter.engine.estimator.units import Units, compact, expanded, inverted, parameter_count
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import posterior
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class GaussianMixture(Estimator):
    """A mixture of Gaussians, fitted by EM.

    Arguments, attributes, methods, exceptions and messages are those of
    ``sklearn.mixture.GaussianMixture``; `fit` also takes the weights of samples. The arithmetic on
    samples is float32 about the centre of the data, with sums in float64.

    Parameters
    ----------
    n_components
        How many Gaussians, 1 to 256.
    covariance_type
        ``"full"``, ``"tied"``, ``"diag"`` or ``"spherical"``.
    tol
        EM has converged when the log-likelihood per sample changes by less; between 0 and 1e-7 it
        counts as 1e-7, what float32 can tell. 0 goes on to `max_iter`.
    reg_covar
        Added to the diagonal of the covariances, >= 0. With 0, starts that collapse are given up.
    max_iter
        Most iterations of EM; 0 leaves the start as it is.
    n_init
        How many starts are tried; the most likely result is kept, of those whose components have
        more extent than `reg_covar` gives them, if there are any.
    init_params
        ``"kmeans"``, ``"k-means++"``, ``"random"`` or ``"random_from_data"``.
    weights_init, means_init, precisions_init
        (K,), (K, D), and the shape of ``precisions_``: take the place of what the start gives.
    random_state
        None, an int or a ``RandomState``.
    warm_start
        Whether `fit` goes on from the last fit.
    verbose, verbose_interval
        1 prints starts and every so many iterations; 2 also the time and the change.

    Attributes
    ----------
    weights_, means_
        (K,) and (K, D) float64.
    covariances_, precisions_, precisions_cholesky_
        float64: (K, D, D) full, (D, D) tied, (K, D) diag, (K,) spherical.
    converged_, n_iter_
        Whether and after how many iterations the best start converged.
    lower_bound_, lower_bounds_
        Log-likelihood per sample that the last, and each, iteration began with.
    n_features_in_, feature_names_in_
        Number of features; their names if the data were a data frame with names of text.
    """

    def __init__(  # noqa: PLR0913 - the arguments of scikit-learn
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Fit the mixture to (samples, features) data.

        Parameters
        ----------
        y
            Ignored.
        sample_weight
            (samples,) or one number, >= 0: a weight of 2 is the same as the row twice.

        Raises
        ------
        ValueError, TypeError
            As scikit-learn does; the message says what is wrong.
        """
        checks.check_parameters(self.get_params(), self._name)
        names = checks.feature_names(X)
        data = checks.checked_data(X, self._name, least=2)
        weights = checks.checked_sample_weight(sample_weight, len(data))
        if not weights.all():
            data, weights = data[weights > 0], weights[weights > 0]
        if len(data) < self.n_components:
            raise ValueError(
                "Expected n_samples >= n_components but got "
                f"n_components = {self.n_components}, n_samples = {len(data)}"
            )
        self._keep(*self._best_trial(data, weights))
        self._keep_names(names)
        self.n_features_in_ = data.shape[1]
        return self

    def fit_predict(
        self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None
    ) -> NDArray[np.int64]:
        """Fit as `fit` does and return (samples,) the most probable components."""
        return self.fit(X, y, sample_weight).predict(X)

    def _best_trial(
        self, data: NDArray[np.floating[Any]], weights: NDArray[np.float64]
    ) -> tuple[trials.Trial, Units]:
        data, weights = merge_equal_rows(data, weights)
        units = Units.of_data(data, weights)
        # A power of two keeps the ratios of weights exact and all of them within float32.
        level = 2.0 ** -math.ceil(math.log2(weights.max()))
        samples = Samples(units.scaled(data), (weights * level).astype(np.float32))
        if self.warm_start and hasattr(self, "converged_"):
            begin = units.inside(self._mixture())
            bound = self.lower_bound_ + units.log_volume
            return self._trial(samples, begin, self._form(units), bound=bound), units
        return self._best_of_starts(samples, units), units

    def _best_of_starts(self, samples: Samples, units: Units) -> trials.Trial:
        form, random = self._form(units), self._random()
        given = Given.checked(
            self.weights_init,
            self.means_init,
            self.precisions_init,
            covariance=form.covariance,
            shape=(self.n_components, len(samples.values)),
        )
        found: list[trials.Trial] = []
        for number in range(self.n_init):
            self._say(f"Initialization {number}")
            try:
                begin = self._begin(samples, form, given, units=units, random=random)
                found.append(self._trial(samples, begin, form, bound=-math.inf))
            except trials.CollapseError:
                self._say("Initialization collapsed.")
                if number == self.n_init - 1 and not found:
                    raise
        return max(found, key=lambda trial: trials.merit(trial, form))

    def _trial(self, samples: Samples, begin: Mixture, form: Form, *, bound: float) -> trials.Trial:
        """Run EM from `begin`, whose lower bound was `bound`."""
        since, trial = perf_counter(), trials.Trial(begin)
        steps = trials.iterate(samples, begin, form, tolerance=self.tol, bound=bound)
        for number, trial in enumerate(islice(steps, self.max_iter), 1):
            change, bound = trial.lower_bound - bound, trial.lower_bound
            if number % self.verbose_interval == 0:
                self._say(f"  Iteration {number}", f"\t ll change {change:.5f}")
        ending = "converged" if trial.converged else "did not converge"
        self._say(f"Initialization {ending}.", f" time lapse {perf_counter() - since:.5f}s")
        return trial

    def _begin(
        self,
        samples: Samples,
        form: Form,
        given: Given,
        *,
        units: Units,
        random: np.random.RandomState,
    ) -> Mixture:
        """Return the mixture to begin with, in the engine's units."""
        if given.whole is not None:
            return units.inside(given.whole)
        found = trials.start(
            samples, form, self.init_params, components=self.n_components, random=random
        )
        return units.inside(given.over(units.outside(found)))

    def _keep(self, trial: trials.Trial, units: Units) -> None:
        """Set the fitted attributes, in the units of the data."""
        if not trial.converged and self.max_iter > 0:
            warnings.warn(
                "Best performing initialization did not converge. Try different init parameters, "
                "or increase max_iter, tol, or check for degenerate data.",
                checks.for_scikit_learn(checks.ConvergenceWarning),
                stacklevel=3,
            )
        mixture = units.outside(trial.mixture)
        self.weights_, self.means_ = np.array(mixture.weights), np.array(mixture.means)
        covariance = Covariance(self.covariance_type)
        self.covariances_ = compact(mixture, covariance)
        self.precisions_cholesky_, self.precisions_ = inverted(self.covariances_, covariance)
        self.converged_ = trial.converged
        self.n_iter_ = len(trial.lower_bounds)
        self.lower_bound_ = trial.lower_bound - units.log_volume
        self.lower_bounds_ = [bound - units.log_volume for bound in trial.lower_bounds]

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return (samples,) the most probable component of every sample, from 0."""
        return posterior(*self._evaluable(X)[:3]).labels.astype(np.int64)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return (samples, K) p(component given sample)."""
        shares = posterior(*self._evaluable(X)[:3]).responsibilities.T.astype(np.float64)
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return (samples,) the log-likelihood of every sample."""
        values, mixture, form, units = self._evaluable(X)
        return posterior(values, mixture, form).log_densities - units.log_volume

    def score(self, X: ArrayLike, y: object = None) -> float:  # noqa: ARG002
        """Return the log-likelihood per sample."""
        return float(self.score_samples(X).mean())

    def bic(self, X: ArrayLike) -> float:
        """Return Bayes' information criterion for the data: the lower the better."""
        densities = self.score_samples(X)
        return float(-2 * densities.sum() + self._n_parameters() * math.log(len(densities)))

    def aic(self, X: ArrayLike) -> float:
        """Return Akaike's information criterion for the data: the lower the better."""
        return float(-2 * self.score_samples(X).sum() + 2 * self._n_parameters())

    def sample(self, n_samples: int = 1) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Draw from the mixture.

        Returns
        -------
        (n_samples, features) values and (n_samples,) their components, in order of components.
        """
        self._check_fitted()
        checks.check_draws(n_samples)
        random, mixture = self._random(), self._mixture()
        counts = random.multinomial(n_samples, mixture.weights)
        drawn = [
            random.multivariate_normal(mean, covariance, int(count))
            for mean, covariance, count in zip(
                mixture.means, mixture.covariances, counts, strict=True
            )
        ]
        return np.concatenate(drawn), np.repeat(np.arange(len(counts)), counts)

    def _evaluable(self, X: ArrayLike) -> tuple[NDArray[np.float32], Mixture, Form, Units]:
        """Return data and mixture in the engine's units."""
        self._check_fitted()
        self._check_names(checks.feature_names(X))
        data = checks.checked_data(X, self._name)
        mixture = self._mixture()
        checks.check_feature_count(data.shape[1], mixture.means.shape[1], self._name)
        units = Units.of_mixture(mixture)
        return units.scaled(data), units.inside(mixture), self._form(units), units

    def _mixture(self) -> Mixture:
        """Return the fitted attributes as a mixture; changing them changes every answer."""
        kind = Covariance(self.covariance_type)
        covariances = expanded(self.covariances_, kind, self.means_.shape)
        return Mixture(np.array(self.weights_), np.array(self.means_), covariances)

    def _form(self, units: Units) -> Form:
        features = len(units.offset)
        noise = np.full(features, self.reg_covar / units.scale**2)
        return Form(
            Covariance(self.covariance_type), noise, np.ones(features), noise_in_density=False
        )

    def _n_parameters(self) -> int:
        return parameter_count(Covariance(self.covariance_type), self.means_.shape)
