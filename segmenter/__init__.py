"""Segmenter: the kinds of pixel in an image, by EM on a Gaussian mixture.

The layers, each importing only those below it:

    cli | ui    the two front ends
    app         state, session, undo, background runner
    batch       many images: plan and run
    files       disk: images, products, recipes
    engine      numbers only: features, mixtures, EM
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmenter.engine.corrected import corrected
    from segmenter.engine.estimator import GaussianMixture
    from segmenter.engine.outcome import Progress, Result
    from segmenter.engine.pipeline import segment, steps
    from segmenter.engine.restore import denoised, restored
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Mixture, SegmenterError
    from segmenter.files.export import write_products
    from segmenter.files.images import read_image

__version__ = "0.1.0"

_HOMES = {
    "GaussianMixture": "engine.estimator",
    "Image": "engine.types",
    "Mixture": "engine.types",
    "Progress": "engine.outcome",
    "Result": "engine.outcome",
    "SegmenterError": "engine.types",
    "Settings": "engine.settings",
    "corrected": "engine.corrected",
    "denoised": "engine.restore",
    "read_image": "files.images",
    "restored": "engine.restore",
    "segment": "engine.pipeline",
    "steps": "engine.pipeline",
    "write_products": "files.export",
}

__all__ = [
    "GaussianMixture",
    "Image",
    "Mixture",
    "Progress",
    "Result",
    "SegmenterError",
    "Settings",
    "corrected",
    "denoised",
    "read_image",
    "restored",
    "segment",
    "steps",
    "write_products",
]


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that ``import segmenter`` stays quick."""
    if name in _HOMES:
        return getattr(import_module(f"segmenter.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'segmenter' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
