"""What the batch window asks for, and the generators that do it in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from segmenter.batch.summary import Row
from segmenter.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from segmenter.batch.run import BatchProgress, BatchReport
    from segmenter.engine.styles import ClassStyle


@dataclass(frozen=True, slots=True)
class Search:
    """Which images are meant.

    Parameters
    ----------
    folder_out
        Left out of the search, if it lies within.
    """

    folder: Path
    folder_out: Path
    pattern: str = "*"
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A whole batch, as the user asked for it.

    Parameters
    ----------
    recipe
        A file that replaces `settings` and `classes`, and whose mixture labels every image if it
        holds one.
    overwrite
        Do images again whose products are up to date.
    """

    search: Search
    products: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    classes: tuple[ClassStyle, ...] = ()
    recipe: Path | None = None
    overwrite: bool = False


class Looked(NamedTuple):
    """A waiting row for every image, and how many products of images lie among them."""

    rows: tuple[Row, ...]
    products: int


def find(search: Search) -> Generator[None, None, Looked]:
    """Look for the images of the search."""
    from segmenter.batch.plan import find_images  # noqa: PLC0415 - the engine

    yield
    paths, products = find_images(
        search.folder,
        folder_out=search.folder_out,
        pattern=search.pattern,
        recursive=search.recursive,
    )
    rows = tuple(Row(str(path.relative_to(search.folder)), str(path)) for path in paths)
    return Looked(rows, len(products))


def process(order: Order) -> Generator[BatchProgress, None, BatchReport]:
    """Plan and do the batch."""
    from segmenter.batch.plan import Existing, Work, make_plan  # noqa: PLC0415 - the engine
    from segmenter.batch.run import run  # noqa: PLC0415 - the engine
    from segmenter.files.recipes import Recipe, read_recipe  # noqa: PLC0415 - the engine

    recipe = Recipe(order.settings, classes=order.classes)
    if order.recipe is not None:
        recipe = read_recipe(order.recipe)
    work = Work(
        settings=recipe.settings,
        mixture=recipe.mixture,
        products=order.products,
        classes=recipe.classes,
        existing=Existing.OVERWRITE if order.overwrite else Existing.SKIP,
    )
    search = order.search
    plan = make_plan(
        search.folder,
        search.folder_out,
        work,
        pattern=search.pattern,
        recursive=search.recursive,
    )
    return (yield from run(plan))
