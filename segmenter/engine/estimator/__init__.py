"""The engine behind scikit-learn's interface, without scikit-learn."""

from segmenter.engine.estimator.gaussian_mixture import GaussianMixture

__all__ = ["GaussianMixture"]
