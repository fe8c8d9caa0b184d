"""The images that lie beside one in its folder."""

from __future__ import annotations

import pytest

from segmenter.files.beside import images_beside, made_of_others
from segmenter.files.export import planned_files
from segmenter.files.products import PRODUCTS


def test_images_come_in_the_order_of_their_numbers(tmp_path):
    for name in ("cell 10.png", "Cell 9.PNG", "notes.txt", "b.tif", ".hidden.png", "cell 9b.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = [path.name for path in images_beside(tmp_path / "b.tif")]
    assert found == ["b.tif", "Cell 9.PNG", "cell 9b.png", "cell 10.png"]


@pytest.mark.parametrize("name", ["a.tif", "é b.png", "x" * 250 + ".png"])
@pytest.mark.parametrize("by_name", [False, True], ids=["by stem", "by name"])
def test_every_product_of_an_image_there_is_told_from_images(tmp_path, name, by_name):
    image = tmp_path / name
    stem = image.name if by_name else image.stem
    products = {tmp_path / product for product in planned_files(tuple(PRODUCTS), stem, 12)}
    assert made_of_others({image, *products}) == products
    assert made_of_others(products) == set()


def test_products_of_images_elsewhere_are_images(tmp_path):
    paths = [tmp_path / "one" / "a.png", tmp_path / "other" / "a_labels.png"]
    assert made_of_others(paths) == set()


def test_products_are_not_beside_an_image_but_stay_themselves(tmp_path):
    names = ("a.png", "a_mask_1.png", "a_soft.tif", "a_scribbles.png", "b_overlay.png", "c.png")
    for name in names:
        (tmp_path / name).touch()
    beside = [path.name for path in images_beside(tmp_path / "a.png")]
    assert beside == ["a.png", "b_overlay.png", "c.png"]
    beside = [path.name for path in images_beside(tmp_path / "a_soft.tif")]
    assert beside == ["a.png", "a_soft.tif", "b_overlay.png", "c.png"]
