"""The pixels in a lasso stand out in the image, and no others."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image

from segmenter.app.plotted import Highlight, Lasso
from segmenter.engine.overlay import View
from segmenter.ui.canvas import Canvas

SCALE = 5


@pytest.fixture
def canvas(qtbot, segmented):
    made = Canvas(segmented)
    qtbot.addWidget(made)
    rows, columns = segmented.state.image.shape
    made.resize(SCALE * columns, SCALE * rows)
    made.show()
    segmented.changed.connect(made.show_state)
    return made


def marked_highlight(marked):
    lasso = Lasso("L*", "a*", ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
    return Highlight(lasso, None, marked, int(marked.sum()), float(marked.mean()))


def changed_pixels(before, after, shape):
    rows, columns = shape
    differs = [
        [before.pixelColor(x, y) != after.pixelColor(x, y) for x in range(SCALE * columns)]
        for y in range(SCALE * rows)
    ]
    return np.array(differs).reshape(rows, SCALE, columns, SCALE).any(axis=(1, 3))


@pytest.mark.parametrize("view", [View.LABELS, View.IMAGE])
def test_marked_pixels_stand_out_and_only_they(canvas, segmented, view):
    segmented.set_look(view=view)
    before = canvas.grab().toImage()
    marked = np.zeros(segmented.state.image.shape, bool)
    marked[20:24, 10:14] = True
    segmented.show_highlight(marked_highlight(marked))
    after = canvas.grab().toImage()
    np.testing.assert_array_equal(changed_pixels(before, after, marked.shape), marked)
    segmented.show_highlight(None)
    assert canvas.grab().toImage() == before


def test_another_image_has_no_marked_pixels(canvas, segmented, image):
    plain = canvas.grab().toImage()
    segmented.set_look(overlay_hidden=True)
    hidden = canvas.grab().toImage()
    assert hidden != plain
    marked = np.ones(segmented.state.image.shape, bool)
    segmented.show_highlight(marked_highlight(marked))
    show_image(segmented, replace(image))
    assert segmented.state.highlight is None
