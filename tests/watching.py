"""How tests drive a run as one who looks at every half step."""

from __future__ import annotations

import numpy as np

from segmenter.engine.outcome import Watch
from segmenter.engine.pipeline import steps
from segmenter.engine.settings import Settings

SLOW = Settings(components=3, restarts=1, tolerance=1e-7, features=("rgb",))


def slow(**changes):
    return Settings(**{**SLOW.model_dump(), **changes})


def way_of(image, settings, *, scribbles=None, start=None, watch=Watch.STEPS):
    """Drive a run as one who looks at every step; return all progresses and the result."""
    driven, seen = steps(image, settings, scribbles=scribbles, start=start), []
    while True:
        try:
            seen.append(driven.send(watch) if seen else next(driven))
        except StopIteration as end:
            return seen, end.value


def said_on(image):
    scribbles = np.zeros(image.shape, np.uint8)
    scribbles[:2, :8], scribbles[-2:, :8] = 1, 2
    return scribbles
