"""Each product, read back by a library other than the one that wrote it."""

import csv
import json
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow
from PIL import ImageDraw, ImageSequence

from segmenter.engine.compare import beside
from segmenter.engine.corrected import corrected
from segmenter.engine.display import displayed
from segmenter.engine.overlay import blended, labels_rgba
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.restore import denoised
from segmenter.engine.settings import Settings
from segmenter.engine.styles import OUTLIERS
from segmenter.engine.types import Mixture, Noise
from segmenter.files.export import write_products
from segmenter.files.images import read_image
from segmenter.files.recipes import read_recipe


@pytest.fixture
def written(found, classes, tmp_path):
    """Write one product; return its paths."""
    return lambda product: write_products(*found, tmp_path / "out", (product,), classes=classes)


def decoded(path):
    return imagecodecs.png_decode(path.read_bytes())


def test_labels_are_indices_in_the_classes_colours(written, found, classes):
    (path,) = written("labels")
    assert path.read_bytes()[24:26] == bytes([8, 3])  # 8 bits, palette
    with Pillow.open(path) as opened:
        np.testing.assert_array_equal(np.asarray(opened), found[0].labels)
    colours = np.array([(0, 0, 0, 0), *((*style.colour, 255) for style in classes)], np.uint8)
    np.testing.assert_array_equal(decoded(path), colours[found[0].labels])


def test_masks_are_black_and_white(written, found):
    for number, path in enumerate(written("masks"), start=1):
        expected = np.where(found[0].labels == number, 255, 0)
        np.testing.assert_array_equal(decoded(path), expected)


def test_soft_masks_are_pages_that_sum_to_one(written, found, classes):
    (path,) = written("soft")
    with Pillow.open(path) as opened:
        pages = [np.asarray(page).copy() for page in ImageSequence.Iterator(opened)]
    assert pages[0].dtype == np.float32
    np.testing.assert_array_equal(np.stack(pages), found[0].memberships)
    np.testing.assert_allclose(np.sum(pages, axis=0), found[1].valid, atol=1e-6)
    with tifffile.TiffFile(path) as tiff:
        names = [page.tags["PageName"].value for page in tiff.pages]
        assert all(page.compression == tifffile.COMPRESSION.ADOBE_DEFLATE for page in tiff.pages)
    assert names == [style.name for style in classes]


def test_restored_and_denoised_are_tiffs_with_the_channels_of_the_image(written, found):
    (path,) = written("restored")
    with Pillow.open(path) as opened:
        np.testing.assert_array_equal(np.asarray(opened), found[1].pixels)
    (path,) = written("denoised")
    image = read_image(path)
    assert (image.pixels.dtype, image.channel_names) == (np.uint16, found[1].channel_names)
    np.testing.assert_array_equal(image.pixels, denoised(found[1], found[0]))


def test_shading_and_the_corrected_image_are_tiffs(found, classes, tmp_path):
    result, image = found
    light = np.linspace(0.8, 1.2, image.valid.size, dtype=np.float32).reshape(image.shape)
    lit = replace(result, shading=light)
    shading, even = write_products(lit, image, tmp_path, ("shading", "corrected"), classes=classes)
    with Pillow.open(shading) as opened:
        np.testing.assert_array_equal(np.asarray(opened), light)
    with Pillow.open(even) as opened:
        np.testing.assert_array_equal(np.asarray(opened), corrected(image, lit))


def test_light_that_was_not_estimated_is_even(written, found):
    with Pillow.open(written("shading")[0]) as opened:
        assert (np.asarray(opened) == 1).all()
    with Pillow.open(written("corrected")[0]) as opened:
        np.testing.assert_array_equal(np.asarray(opened), found[1].pixels)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_restored_keeps_any_number_of_channels(tmp_path, channels):
    values = np.random.default_rng(0).random((9, 7, channels)).astype(np.float32)
    values[2, 3, 0] = np.nan
    image = image_of(values)
    (path,) = write_products(segment(image, Settings(components=2)), image, tmp_path, ("restored",))
    back = read_image(path)
    assert back.missing is None
    assert back.valid.sum() == 63 - (channels == 1)
    there = ~np.isnan(values)
    np.testing.assert_array_equal(back.pixels[there], values[there])


def test_soft_masks_as_png_have_sixteen_bits(written, found):
    for number, path in enumerate(written("soft-png"), start=1):
        values = decoded(path)
        assert values.dtype == np.uint16
        np.testing.assert_allclose(values / 65535, found[0].membership(number), atol=1e-5)
        assert not values[~found[1].valid].any()


def test_overlay_is_what_the_window_shows(written, found, classes):
    (path,) = written("overlay")
    result, image = found
    expected = blended(displayed(image, is_grey=True), labels_rgba(result.labels, classes, 0.5))
    np.testing.assert_array_equal(decoded(path), expected)


def test_cutouts_have_the_soft_mask_as_alpha(written, found):
    valid, pixels = found[1].valid, found[1].pixels
    for number, path in enumerate(written("cutout"), start=1):
        values = decoded(path)
        alpha = values[:, :, 3]
        np.testing.assert_allclose(alpha / 255, found[0].membership(number), atol=0.003)
        np.testing.assert_array_equal(values[valid][:, :3], pixels[valid])
        assert not alpha[~valid].any()


def test_uncertainty_is_normalised_entropy(written, found):
    (path,) = written("uncertainty")
    with Pillow.open(path) as opened:
        values = np.asarray(opened)
    np.testing.assert_array_equal(values, found[0].uncertainty())
    assert not values[~found[1].valid].any()


def test_contours_drawn_again_are_the_label_map(written, found):
    (path,) = written("contours")
    scale = 4  # the drawing fills the outline too, so pixels are looked at in their middle
    labels = np.zeros_like(found[0].labels)
    for feature in json.loads(path.read_text())["features"]:
        assert feature["geometry"]["type"] == "MultiPolygon"
        for outer, *holes in feature["geometry"]["coordinates"]:
            canvas = Pillow.new("1", (8 * scale, 6 * scale))
            draw = ImageDraw.Draw(canvas)
            draw.polygon([(x * scale, y * scale) for x, y in outer], fill=1)
            for hole in holes:
                draw.polygon([(x * scale, y * scale) for x, y in hole], fill=0)
            middles = np.asarray(canvas)[scale // 2 :: scale, scale // 2 :: scale]
            labels[middles] = feature["properties"]["class"]
    np.testing.assert_array_equal(labels, found[0].labels)


def test_the_table_is_utf8_with_a_row_per_class(written):
    (path,) = written("table")
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert len(lines) == 4
    assert "Été 日本" in lines[2]


def test_k_means_is_indexed_like_the_labels(beside_each_other):
    paths, comparison, classes = beside_each_other
    with Pillow.open(paths["kmeans.png"]) as opened:
        np.testing.assert_array_equal(np.asarray(opened), comparison.labels)
    colours = np.array([(0, 0, 0, 0), *((*style.colour, 255) for style in classes)], np.uint8)
    np.testing.assert_array_equal(decoded(paths["kmeans.png"]), colours[comparison.labels])


def test_where_k_means_differs_is_white(beside_each_other):
    paths, comparison, _ = beside_each_other
    assert 0 < comparison.count < comparison.differs.size
    expected = np.where(comparison.differs, 255, 0)
    np.testing.assert_array_equal(decoded(paths["kmeans_differs.png"]), expected)


def test_the_table_of_k_means_counts_every_pair_of_classes(beside_each_other):
    paths, comparison, classes = beside_each_other
    with paths["kmeans.csv"].open(encoding="utf-8", newline="") as file:
        *rows, whole = csv.DictReader(file)
    assert [row["name"] for row in rows[:2]] == [style.name for style in classes[:2]]
    table = [[int(row[f"kmeans_{number}"]) for number in (1, 2, 3)] for row in rows]
    np.testing.assert_array_equal(table, comparison.counts)
    assert int(whole["differing"]) == comparison.count == sum(int(r["differing"]) for r in rows)
    assert float(whole["fraction"]) == comparison.share


@pytest.fixture
def beside_each_other(image, classes, tmp_path):
    """The three products of the comparison by their endings, what they hold, and the classes."""
    result = segment(image, Settings(components=3))
    labels = result.labels.copy()
    labels[:4, :9] = 3  # as neighbours or scribbles may have it
    result = replace(result, labels=labels)
    products = ("kmeans", "kmeans-differs", "kmeans-table")
    paths = write_products(result, image, tmp_path / "out", products, classes=classes)
    return {p.name.removeprefix("image_"): p for p in paths}, beside(image, result), classes


def test_the_model_is_a_recipe(written, found, classes):
    (path,) = written("model")
    recipe = read_recipe(path)
    result = found[0]
    assert (recipe.settings, recipe.classes) == (result.settings, classes)
    assert recipe.log_likelihoods == result.log_likelihoods
    np.testing.assert_array_equal(recipe.mixture.means, result.mixture.means)


@pytest.fixture
def with_noise(found):
    """The same result with its last class as the noise class."""
    result, image = found
    mixture = result.mixture
    noisy = Mixture(
        mixture.weights[:2] / mixture.weights[:2].sum(), mixture.means[:2],
        mixture.covariances[:2], mixture.features, noise=Noise(0.1, 1e-7),
    )  # fmt: skip
    return replace(result, mixture=noisy), image


def test_the_noise_class_is_called_outliers_unless_the_user_says_otherwise(
    with_noise, classes, tmp_path
):
    products = ("soft", "table", "model")
    soft, table, model = write_products(*with_noise, tmp_path, products)
    assert table.read_text().splitlines()[3].startswith("3,Outliers,#464646,")
    with tifffile.TiffFile(soft) as pages:
        assert pages.pages[2].tags[285].value == "Outliers"
    assert read_recipe(model).classes[2] == OUTLIERS
    _, table, model = write_products(*with_noise, tmp_path, products, classes=classes)
    assert "Outliers" not in table.read_text()
    assert read_recipe(model).classes == (*classes[:2], replace(classes[2], is_noise=True))
