"""Where what is written goes: never into the program, never among the images."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import SAMPLE_IMAGES

import segmenter
from segmenter.app.places import batch_folder, documents_folder, nearest_folder, products_folder

PACKAGE = Path(segmenter.__file__).parent
LAST = Path("/last")


def test_an_image_s_products_go_beside_it():
    assert products_folder(Path("/a/b.png"), LAST) == Path("/a/segmented")
    assert batch_folder(Path("/a")) == Path("/a/segmented")


@pytest.mark.parametrize("place", [PACKAGE, SAMPLE_IMAGES], ids=["package", "samples"])
def test_nothing_is_proposed_within_the_program(place):
    image = place / "deep" / "a.png"
    assert products_folder(image, LAST) == LAST
    assert products_folder(image, None) == documents_folder()
    assert products_folder(image, place) == documents_folder()
    assert batch_folder(place) == documents_folder() / "segmented"


def test_an_image_without_a_file_has_the_folder_used_last():
    assert products_folder(None, LAST) == LAST


def test_the_nearest_folder_that_is_there_is_shown(tmp_path):
    assert nearest_folder(tmp_path) == tmp_path
    assert nearest_folder(tmp_path / "not" / "there") == tmp_path
