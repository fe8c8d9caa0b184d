"""A tone gives pictures other shades, or takes their colours."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from segmenter.app.toning import PLAIN, Tone
from segmenter.engine.display import greyed

TABLE = np.arange(255, -1, -1, dtype=np.uint8)


def picture(pixels, kind=QImage.Format.Format_RGB32):
    rows, columns, channels = pixels.shape
    given = {3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}[channels]
    made = QImage(pixels.tobytes(), columns, rows, channels * columns, given)
    return made.convertToFormat(kind)


def pixels_of(made):
    plain = made.convertToFormat(QImage.Format.Format_RGBA8888)
    lines = np.frombuffer(plain.constBits(), np.uint8)
    return lines.reshape(made.height(), made.width(), 4).copy()


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def test_without_a_tone_a_picture_is_itself(pixels):
    made = picture(pixels)
    assert PLAIN.of(made) is made


def test_every_shade_becomes_what_the_table_says(pixels):
    toned = Tone(TABLE).of(picture(pixels))
    assert toned.format() == QImage.Format.Format_RGB32
    np.testing.assert_array_equal(pixels_of(toned)[:, :, :3], 255 - pixels)
    assert (pixels_of(toned)[:, :, 3] == 255).all()


def test_grey_is_as_the_engine_makes_it(pixels):
    toned = pixels_of(Tone(is_grey=True).of(picture(pixels)))[:, :, :3]
    np.testing.assert_array_equal(toned, np.repeat(greyed(pixels), 3, axis=2))
    both = pixels_of(Tone(TABLE, is_grey=True).of(picture(pixels)))[:, :, :3]
    np.testing.assert_array_equal(both, np.repeat(greyed(255 - pixels), 3, axis=2))


def test_what_is_clear_or_half_clear_stays_so(pixels):
    alpha = np.zeros((5, 7, 1), np.uint8)
    alpha[:, 2:4], alpha[:, 4:] = 128, 255
    kind = QImage.Format.Format_ARGB32_Premultiplied
    toned = Tone(TABLE).of(picture(np.dstack([pixels, alpha]), kind))
    assert toned.format() == kind
    shown = pixels_of(toned).astype(int)
    np.testing.assert_array_equal(shown[:, :, 3], alpha[:, :, 0])
    np.testing.assert_allclose(shown[:, 2:, :3], 255 - pixels[:, 2:].astype(int), atol=3)
