"""Scribbles on disk: there and back, and every refusal in one line."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from segmenter.engine.styles import default_classes
from segmenter.engine.types import SegmenterError
from segmenter.files.scribbles import read_scribbles, scribbles_beside, write_scribbles

SHAPE = (20, 30)


@pytest.fixture
def numbers():
    drawn = np.zeros(SHAPE, np.uint8)
    drawn[3:6, 4:12] = 1
    drawn[10, 2:29] = 32
    return drawn


def test_what_is_written_is_read_again_and_is_in_the_classes_colours(tmp_path, numbers):
    path = tmp_path / "x_scribbles.png"
    write_scribbles(path, numbers, default_classes(3))
    np.testing.assert_array_equal(read_scribbles(path, SHAPE), numbers)
    with Pillow.open(path) as seen:
        assert seen.mode == "P"
        assert seen.convert("RGBA").getpixel((4, 3)) == (*default_classes(1)[0].colour, 255)
        assert seen.convert("RGBA").getpixel((0, 0))[3] == 0


def test_grey_pixels_are_class_numbers_too(tmp_path, numbers):
    Pillow.fromarray(numbers).save(tmp_path / "grey.png")
    np.testing.assert_array_equal(read_scribbles(tmp_path / "grey.png", SHAPE), numbers)


def test_a_black_and_white_file_says_class_one(tmp_path, numbers):
    Pillow.fromarray(numbers > 0).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read_scribbles(tmp_path / "bits.png", SHAPE), numbers > 0)


def refused(path, shape=SHAPE):
    with pytest.raises(SegmenterError) as caught:
        read_scribbles(path, shape)
    assert "\n" not in str(caught.value)
    assert str(path.name) in str(caught.value)
    return str(caught.value)


def test_another_size_than_the_images_is_refused(tmp_path, numbers):
    write_scribbles(tmp_path / "x.png", numbers)
    assert "30 x 20 pixels and the image is 64 x 48" in refused(tmp_path / "x.png", (48, 64))


def test_what_is_no_png_of_class_numbers_is_refused(tmp_path, numbers):
    colours = tmp_path / "colours.png"
    Pillow.fromarray(np.dstack([numbers] * 3)).save(colours)
    assert "8-bit" in refused(colours)
    many = tmp_path / "many.png"
    Pillow.fromarray(numbers * 4).save(many)
    assert "class 128" in refused(many)
    text = tmp_path / "text.png"
    text.write_text("no image")
    assert "no PNG" in refused(text)
    cut = tmp_path / "cut.png"
    write_scribbles(cut, np.random.default_rng(0).integers(0, 4, SHAPE).astype(np.uint8))
    cut.write_bytes(cut.read_bytes()[:-60])
    assert "damaged" in refused(cut)
    assert "No such file" in refused(tmp_path / "absent.png")


def test_the_image_itself_is_never_replaced(tmp_path, image_file, numbers):
    before = image_file.read_bytes()
    with pytest.raises(SegmenterError, match="replace the image itself"):
        write_scribbles(image_file, numbers, source=image_file)
    assert image_file.read_bytes() == before
    write_scribbles(tmp_path / "other.png", numbers, source=image_file)


def test_a_folder_holds_them_under_the_images_name(tmp_path, numbers):
    write_scribbles(tmp_path / "a_scribbles.png", numbers)
    assert scribbles_beside(tmp_path, tmp_path / "b" / "a.tif") == tmp_path / "a_scribbles.png"
    assert scribbles_beside(tmp_path, tmp_path / "b" / "c.tif") is None
