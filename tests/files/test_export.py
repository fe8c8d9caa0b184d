import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from segmenter.engine.display import Display, displayed
from segmenter.engine.overlay import blended, labels_rgba
from segmenter.engine.styles import result_classes
from segmenter.engine.types import SegmenterError
from segmenter.files.export import PRODUCTS, planned_files, write_products


def test_products_are_those_of_the_manual():
    assert list(PRODUCTS) == [
        "labels", "masks", "soft", "soft-png", "overlay", "cutout", "uncertainty", "restored",
        "denoised", "shading", "corrected", "contours", "table", "regions", "kmeans",
        "kmeans-differs", "kmeans-table", "model",
    ]  # fmt: skip
    assert all(product.label and product.help for product in PRODUCTS.values())


def test_what_is_planned_is_what_is_written(found, tmp_path):
    paths = write_products(*found, tmp_path / "out", tuple(PRODUCTS))
    names = planned_files(tuple(PRODUCTS), "photo", 3)
    assert [path.name for path in paths] == names
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(names)
    assert len(set(names)) == len(names) == 24


def test_names_are_those_of_the_manual():
    assert planned_files(("labels", "masks", "contours", "table"), "NAME", 2) == [
        "NAME_labels.png", "NAME_mask_1.png", "NAME_mask_2.png", "NAME_contours.geojson",
        "NAME_classes.csv",
    ]  # fmt: skip


def test_labels_and_soft_masks_are_what_is_written_unasked(found, tmp_path):
    paths = write_products(*found, tmp_path)
    assert [path.name for path in paths] == ["photo_labels.png", "photo_soft.tif"]


@pytest.mark.parametrize("products", [tuple(PRODUCTS), ("labels", "labels")], ids=["all", "twice"])
def test_writing_twice_gives_the_same_files(found, tmp_path, products):
    first = {path: path.read_bytes() for path in write_products(*found, tmp_path, products)}
    assert {path: path.read_bytes() for path in write_products(*found, tmp_path, products)} == first


def test_an_unknown_product_is_answered_with_the_known_ones(found, tmp_path):
    with pytest.raises(SegmenterError, match=r"no product 'label'.*labels, masks, soft"):
        write_products(*found, tmp_path / "out", ("labels", "label"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stem", ["", "../x", "/x", "a/b", ".", "a\0b"])
def test_a_stem_is_no_path(found, tmp_path, stem):
    with pytest.raises(SegmenterError, match="no file name"):
        write_products(*found, tmp_path, stem=stem)


@pytest.mark.parametrize("stem", ["a#b", "%s{0}", "-rf", "日本", "é" * 127, "a" * 251])
def test_any_other_stem_is_fine(found, tmp_path, stem):
    paths = write_products(*found, tmp_path, ("soft-png", "contours"), stem=stem)
    assert all(path.is_file() for path in paths)
    assert len(set(paths)) == 4


@pytest.mark.parametrize("by_link", [False, True])
def test_the_image_is_never_replaced(found, tmp_path, by_link):
    result, image = found
    source = tmp_path / "photo_labels.png"
    Pillow.fromarray(image.pixels).save(source)
    before = source.read_bytes()
    if by_link:
        (tmp_path / "link.png").symlink_to(source)
    image = replace(image, path=tmp_path / "link.png" if by_link else source)
    with pytest.raises(SegmenterError, match="would replace the image"):
        write_products(result, image, tmp_path, ("masks", "labels"), stem="photo")
    assert source.read_bytes() == before
    assert not (tmp_path / "photo_mask_1.png").exists()


@pytest.mark.parametrize("products", PRODUCTS)
def test_a_full_disk_leaves_the_old_file(found, tmp_path, monkeypatch, products):
    import errno
    import os

    (path, *_) = write_products(*found, tmp_path, (products,))
    path.write_bytes(b"before")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SegmenterError, match="disk is full"):
        write_products(*found, tmp_path, (products,))
    assert path.read_bytes() == b"before"
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_is_a_file_is_said(found, tmp_path):
    (tmp_path / "out").write_bytes(b"")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(SegmenterError, match="Cannot write"):
            write_products(*found, folder)


def test_a_result_of_another_image_is_refused(found, tmp_path):
    result, image = found
    other = replace(image, pixels=image.pixels[:3], valid=image.valid[:3])
    with pytest.raises(SegmenterError, match="not of this image"):
        write_products(result, other, tmp_path)


def test_too_few_classes_are_refused(found, classes, tmp_path):
    with pytest.raises(SegmenterError, match="2 classes, but 3"):
        write_products(*found, tmp_path, classes=classes[:2])


def test_names_and_colours_of_classes_are_used(found, classes, tmp_path):
    (path,) = write_products(*found, tmp_path, ("contours",), classes=classes)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    names = [feature["properties"]["name"] for feature in features]
    assert names == [style.name for style in classes]


@pytest.mark.parametrize("grey_image", [True, False])
def test_the_image_under_the_overlay_is_shown_as_asked(found, tmp_path, grey_image):
    display = Display(60.0, 200.0, 0.5)
    how = {"display": display, "grey_image": grey_image, "opacity": 0.5}
    overlay, cutout = write_products(*found, tmp_path, ("overlay", "cutout"), **how)[:2]
    result, image = found
    colours = labels_rgba(result.labels, result_classes(result), 0.5)
    ground = displayed(image, display, is_grey=grey_image)
    np.testing.assert_array_equal(np.asarray(Pillow.open(overlay)), blended(ground, colours))
    shown = np.asarray(Pillow.open(cutout))[:, :, :3]
    np.testing.assert_array_equal(shown, displayed(image, display))


def test_opacity_is_that_of_the_overlay(found, tmp_path):
    shown = []
    for opacity in (0.0, 1.0):
        (path,) = write_products(*found, tmp_path, ("overlay",), opacity=opacity)
        shown.append(np.asarray(Pillow.open(path)))
    valid = found[1].valid
    np.testing.assert_array_equal(shown[0][valid], found[1].pixels[valid])
    assert len(np.unique(shown[1][valid], axis=0)) == 3
