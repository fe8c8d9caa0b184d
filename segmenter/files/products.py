"""The products: what each is called, what its files hold, and how one file is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import PIL.Image

from segmenter.engine.corrected import corrected
from segmenter.engine.display import displayed
from segmenter.engine.overlay import blended, labels_rgba
from segmenter.engine.restore import denoised, restored
from segmenter.files.cells import colour_text
from segmenter.files.class_table import class_table, k_means_table
from segmenter.files.contours import coordinates, outlines
from segmenter.files.indexed import write_indexed
from segmenter.files.recipes import Recipe, recipe_text
from segmenter.files.region_table import region_table
from segmenter.files.tiff_pages import write_channels, write_pages

if TYPE_CHECKING:
    from segmenter.engine.compare import Comparison
    from segmenter.engine.display import Display
    from segmenter.engine.outcome import Result
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image


@dataclass(frozen=True, eq=False)  # no slots: what is computed once is kept
class Found:
    """What there is to write: a result, its image, and how the classes are called and shown.

    Parameters
    ----------
    display, grey_image
        How the image is shown, and whether it is grey under the overlay.
    """

    result: Result
    image: Image
    classes: tuple[ClassStyle, ...]
    opacity: float
    display: Display | None = None
    grey_image: bool = True

    @cached_property
    def comparison(self) -> Comparison:
        """k-means beside the result."""
        from segmenter.engine.compare import beside  # noqa: PLC0415 - brings compiled kernels

        return beside(self.image, self.result)


Write = Callable[[BinaryIO, Found, int], None]


@dataclass(frozen=True, slots=True)
class Product:
    """One kind of file that can be written.

    Parameters
    ----------
    ending
        What follows the image's name; '#' stands for the class number, with one file per class.
    write
        Writes one file: of the class with the given number, or 0 for all classes.
    """

    name: str
    label: str
    help: str
    ending: str
    write: Write

    @property
    def is_per_class(self) -> bool:
        """Whether there is one file for each class."""
        return "#" in self.ending


def _write_labels(file: BinaryIO, found: Found, _: int) -> None:
    write_indexed(file, found.result.labels, found.classes)


def _write_mask(file: BinaryIO, found: Found, number: int) -> None:
    mask = (found.result.labels == number) * np.uint8(255)
    PIL.Image.fromarray(mask).save(file, "PNG")


def _write_soft(file: BinaryIO, found: Found, _: int) -> None:
    result = found.result
    names = [style.name for style in found.classes[: result.class_count]]
    # One after the other: together they may be larger than the memory.
    masks = (result.membership(number) for number in range(1, result.class_count + 1))
    needed = result.labels.size * 4 * result.class_count
    write_pages(file, zip(names, masks, strict=True), bytes_needed=needed)


def _write_uncertainty(file: BinaryIO, found: Found, _: int) -> None:
    values = found.result.uncertainty()
    write_pages(file, [("Uncertainty", values)], bytes_needed=values.nbytes)


def _write_soft_png(file: BinaryIO, found: Found, number: int) -> None:
    values = np.rint(found.result.membership(number) * np.float32(65535)).astype(np.uint16)
    PIL.Image.fromarray(values).save(file, "PNG")


def _write_overlay(file: BinaryIO, found: Found, _: int) -> None:
    colours = labels_rgba(found.result.labels, found.classes, found.opacity)
    is_grey = found.grey_image and found.opacity > 0
    ground = displayed(found.image, found.display, is_grey=is_grey)
    PIL.Image.fromarray(blended(ground, colours)).save(file, "PNG")


def _write_cutout(file: BinaryIO, found: Found, number: int) -> None:
    alpha = np.rint(found.result.membership(number) * np.float32(255)).astype(np.uint8)
    PIL.Image.fromarray(np.dstack([displayed(found.image, found.display), alpha])).save(file, "PNG")


def _write_contours(file: BinaryIO, found: Found, _: int) -> None:
    file.write(b'{"type":"FeatureCollection","features":[')
    for number in range(1, found.result.class_count + 1):
        style = found.classes[number - 1]
        properties = {
            "class": number,
            "name": style.name,
            "colour": colour_text(style.colour),
            "pixels": int(found.result.pixel_counts[number - 1]),
        }
        beginning = f'{"," if number > 1 else ""}{{"type":"Feature","properties":'
        file.write((beginning + json.dumps(properties, separators=(",", ":"))).encode())
        # Noise has millions of corners: their text is written in pieces.
        file.write(b',"geometry":{"type":"MultiPolygon","coordinates":')
        file.writelines(coordinates(outlines(found.result.labels == number)))
        file.write(b"}}")
    file.write(b"]}")


def _write_restored(file: BinaryIO, found: Found, _: int) -> None:
    write_channels(file, restored(found.image, found.result), is_colour=found.image.is_colour)


def _write_denoised(file: BinaryIO, found: Found, _: int) -> None:
    write_channels(file, denoised(found.image, found.result), is_colour=found.image.is_colour)


def _write_shading(file: BinaryIO, found: Found, _: int) -> None:
    light = found.result.shading
    values = np.ones(found.image.shape, np.float32) if light is None else light
    write_pages(file, [("Shading", values)], bytes_needed=values.nbytes)


def _write_corrected(file: BinaryIO, found: Found, _: int) -> None:
    write_channels(file, corrected(found.image, found.result), is_colour=found.image.is_colour)


def _write_table(file: BinaryIO, found: Found, _: int) -> None:
    text = class_table(found.result, found.image, found.classes)
    file.write(text.encode(errors="backslashreplace"))


def _write_regions(file: BinaryIO, found: Found, _: int) -> None:
    from segmenter.engine.regions import regions_of  # noqa: PLC0415 - brings compiled kernels

    for text in region_table(regions_of(found.image, found.result), found.classes):
        file.write(text.encode(errors="backslashreplace"))


def _write_k_means(file: BinaryIO, found: Found, _: int) -> None:
    write_indexed(file, found.comparison.labels, found.classes)


def _write_differences(file: BinaryIO, found: Found, _: int) -> None:
    PIL.Image.fromarray(found.comparison.differs * np.uint8(255)).save(file, "PNG")


def _write_k_means_table(file: BinaryIO, found: Found, _: int) -> None:
    text = k_means_table(found.comparison, found.classes)
    file.write(text.encode(errors="backslashreplace"))


def _write_model(file: BinaryIO, found: Found, _: int) -> None:
    result = found.result
    recipe = Recipe(
        settings=result.settings,
        mixture=result.mixture,
        classes=found.classes[: result.class_count],
        log_likelihoods=result.log_likelihoods,
    )
    file.write(recipe_text(recipe).encode())


_ALL = (
    Product(
        "labels",
        "Label map",
        "Indexed PNG in the classes' colours; the pixel value is the class number, 0 is no data.",
        "_labels.png",
        _write_labels,
    ),
    Product(
        "masks",
        "Masks",
        "One black and white PNG per class.",
        "_mask_#.png",
        _write_mask,
    ),
    Product(
        "soft",
        "Soft masks (TIFF)",
        "Probabilities as 32-bit float, one page per class; they sum to 1 where there is data.",
        "_soft.tif",
        _write_soft,
    ),
    Product(
        "soft-png",
        "Soft masks (PNG)",
        "Probabilities as 16-bit grey, one file per class; 65535 is certain.",
        "_soft_#.png",
        _write_soft_png,
    ),
    Product(
        "overlay",
        "Overlay",
        "The image, grey or in colours as in the window, under the colours of the classes that are "
        "shown: filled, never outlined.",
        "_overlay.png",
        _write_overlay,
    ),
    Product(
        "cutout",
        "Cut-outs",
        "The image with one class's soft mask as transparency, one PNG per class.",
        "_cutout_#.png",
        _write_cutout,
    ),
    Product(
        "uncertainty",
        "Uncertainty",
        "32-bit float TIFF: 0 where the class is certain, 1 where all are equally likely.",
        "_uncertainty.tif",
        _write_uncertainty,
    ),
    Product(
        "restored",
        "Restored image",
        "TIFF: the image, its missing values filled by what the classes lead one to expect.",
        "_restored.tif",
        _write_restored,
    ),
    Product(
        "denoised",
        "Denoised image",
        "TIFF: the image without its noise, as the classes lead one to expect; 8 bits become 16.",
        "_denoised.tif",
        _write_denoised,
    ),
    Product(
        "shading",
        "Shading",
        "32-bit float TIFF: by what uneven light multiplies the image; 1 unless it was estimated.",
        "_shading.tif",
        _write_shading,
    ),
    Product(
        "corrected",
        "Corrected image",
        "TIFF: the image divided by the shading, in the type of the file.",
        "_corrected.tif",
        _write_corrected,
    ),
    Product(
        "contours",
        "Contours",
        "GeoJSON polygons with holes, one feature per class, in pixel coordinates.",
        "_contours.geojson",
        _write_contours,
    ),
    Product(
        "table",
        "Table of classes",
        "CSV: pixels, share, expected area and its spread, mean and standard deviation of every "
        "channel.",
        "_classes.csv",
        _write_table,
    ),
    Product(
        "regions",
        "Table of regions",
        "CSV: area, place, axes, box and means of every connected part of every class.",
        "_regions.csv",
        _write_regions,
    ),
    Product(
        "kmeans",
        "k-means",
        "Indexed PNG as the label map, by k-means from EM's means, its clusters matched to the "
        "classes.",
        "_kmeans.png",
        _write_k_means,
    ),
    Product(
        "kmeans-differs",
        "Where k-means differs",
        "Black and white PNG: white where EM and k-means give a pixel different classes.",
        "_kmeans_differs.png",
        _write_differences,
    ),
    Product(
        "kmeans-table",
        "Table of k-means",
        "CSV: of the pixels of every class, how many k-means gives to which, and how many differ.",
        "_kmeans.csv",
        _write_k_means_table,
    ),
    Product(
        "model",
        "Model",
        "Recipe with settings, fitted mixture and convergence, to use on other images.",
        "_model.json",
        _write_model,
    ),
)
PRODUCTS: dict[str, Product] = {product.name: product for product in _ALL}
