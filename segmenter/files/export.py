"""Write what a run found: the products, each to its own file, completely or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segmenter.engine.styles import result_classes
from segmenter.engine.types import SegmenterError
from segmenter.files.atomic import remove_stale_parts, replacing, writing_problems
from segmenter.files.names import fitting_stem, identity, printable
from segmenter.files.products import PRODUCTS, Found, Product

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from os import PathLike

    from segmenter.engine.display import Display
    from segmenter.engine.outcome import Result
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image

__all__ = [
    "PRODUCTS",
    "Product",
    "default_stem",
    "planned_files",
    "products_written",
    "write_products",
]

LONGEST_ENDING = 32  # bytes; the same for all products, so that all have the same stem


def planned_files(products: Sequence[str], stem: str, class_count: int) -> list[str]:
    """Return the names of the files that `write_products` will write."""
    return [name for _, _, name in _plan(products, stem, class_count)]


def default_stem(image: Image) -> str:
    """Return what the products' names begin with: the file's name without its suffix."""
    return image.path.stem if image.path else "image"


def write_products(  # noqa: PLR0913 - each says one thing about the files
    result: Result,
    image: Image,
    folder: str | PathLike[str],
    products: Sequence[str] = ("labels", "soft"),
    *,
    classes: Sequence[ClassStyle] | None = None,
    opacity: float = 0.5,
    display: Display | None = None,
    grey_image: bool = True,
    stem: str | None = None,
) -> list[Path]:
    """Write products into `folder`, which is made where missing; return their paths.

    Parameters
    ----------
    products
        Names of `PRODUCTS`.
    classes
        Names and colours, one for each class; the default ones if not given.
    opacity
        Of the overlay, from 0 to 1.
    display
        How overlay and cut-outs show the image; as suits most images if not given.
    grey_image
        Whether the overlay's image is grey, so that the colours are those of the classes.
    stem
        What the files' names begin with; the image's own name without its suffix if not given.

    Raises
    ------
    SegmenterError
        For unknown products, a stem that is no file name, a file that cannot be written, or one
        that would replace the image.
    """
    return list(
        products_written(
            result,
            image,
            folder,
            products,
            classes=classes,
            opacity=opacity,
            display=display,
            grey_image=grey_image,
            stem=stem,
        )
    )


def products_written(  # noqa: PLR0913 - each says one thing about the files
    result: Result,
    image: Image,
    folder: str | PathLike[str],
    products: Sequence[str],
    *,
    classes: Sequence[ClassStyle] | None = None,
    opacity: float = 0.5,
    display: Display | None = None,
    grey_image: bool = True,
    stem: str | None = None,
    protected: Collection[tuple[int, int] | None] = (),
) -> Iterator[Path]:
    """Write products one by one, as `write_products` does; yield the path of each.

    To cancel, stop asking: what is there already stays.

    Parameters
    ----------
    protected
        Files, by their `identity`, that are never replaced, beside the image itself. If one
        would be, nothing is written.
    """
    folder = Path(folder)
    noise = result.mixture.noise_number
    given = classes or result_classes(result)
    # Marked by its place, so that whoever reads the model knows whose name it is.
    styles = tuple(
        replace(style, is_noise=number == noise) for number, style in enumerate(given, start=1)
    )
    found = Found(result, image, styles, opacity, display, grey_image)
    _check(found)
    plan = list(_plan(products, default_stem(image) if stem is None else stem, result.class_count))
    _refuse_inputs([folder / name for _, _, name in plan], image.path, protected)
    with writing_problems(folder.name):
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale_parts(folder)
    for product, number, name in plan:
        with replacing(folder / name) as file:
            product.write(file, found, number)
        yield folder / name


def _plan(
    products: Sequence[str], stem: str, class_count: int
) -> Iterator[tuple[Product, int, str]]:
    """Yield product, class number and file name of every file; the number is 0 for all classes."""
    if not stem or stem != Path(stem).name or "\0" in stem:
        raise SegmenterError(f"'{printable(stem)}' is no file name. Give one without a folder.")
    fitting = fitting_stem(stem, longest_ending=LONGEST_ENDING)
    for name in dict.fromkeys(products):
        if name not in PRODUCTS:
            known = ", ".join(PRODUCTS)
            raise SegmenterError(f"There is no product '{printable(name)}'. Products are: {known}.")
        product = PRODUCTS[name]
        for number in range(1, class_count + 1) if product.is_per_class else (0,):
            yield product, number, fitting + product.ending.replace("#", str(number))


def _check(found: Found) -> None:
    found.result.check_image(found.image)
    if len(found.classes) < found.result.class_count:
        raise SegmenterError(
            f"There are names and colours for {len(found.classes)} classes, but "
            f"{found.result.class_count} classes. Give one for each."
        )


def _refuse_inputs(
    paths: Sequence[Path], source: Path | None, protected: Collection[tuple[int, int] | None]
) -> None:
    own = None if source is None else identity(source)
    for path in paths:
        there = identity(path)
        if there is None:
            continue
        if there == own:
            raise SegmenterError(
                f"{printable(path.name)} would replace the image itself. Choose another folder."
            )
        if there in protected:
            raise SegmenterError(
                f"{printable(path.name)} would replace an input image. Choose another folder."
            )
