"""A grey image and a result for it whose left half is one class and whose right half another."""

from __future__ import annotations

import numpy as np

from segmenter.app.pyramid import pyramid_of
from segmenter.app.state import Inputs, Look, State
from segmenter.engine.outcome import Result, Stop
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Image, Mixture

RED, GREEN = (255, 0, 0), (0, 255, 0)
CLASSES = (ClassStyle("red", RED), ClassStyle("green", GREEN))
GREY = 100


def grey_image(rows=40, columns=60):
    valid = np.ones((rows, columns), bool)
    return Image(np.full((rows, columns, 1), GREY, np.uint8), valid, ("grey",), 8)


def halves(rows=40, columns=60):
    """A result: class 1 on the left at 80 %, class 2 on the right for certain."""
    labels = np.ones((rows, columns), np.uint8)
    labels[:, columns // 2 :] = 2
    chances = np.array([[0.8, 0.0], [0.2, 1.0]], np.float32)
    mixture = Mixture(np.full(2, 0.5), np.zeros((2, 1)), np.ones((2, 1, 1)))
    index = labels.astype(np.int32) - 1
    return Result(labels, chances, index, mixture, Settings(components=2), (0.0,), Stop.CONVERGED)


def state_of(image, result=None, **look):
    inputs = Inputs(Settings(components=2), CLASSES)
    look = Look(**look)
    return State(image=image, shown=pyramid_of(image), result=result, inputs=inputs, look=look)
