"""Scribbles of all images of a session: who comes back to an image finds them there again."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.scribbles import TILE, Scribbles
from segmenter.files.names import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segmenter.app.scribbles import Place
    from segmenter.app.state import State
    from segmenter.engine.types import Image

QUICK = 1  # zlib's level: tiles are nearly all zeros, which any level makes small
SIZE = TILE * TILE


class Sheet(NamedTuple):
    """What scribbles are drawn on: a page of a file, as long as it has the same size."""

    path: Path
    page: int
    shape: Place


class Packed(NamedTuple):
    """Scribbles in few bytes: the places of their tiles, in order, and the tiles, compressed."""

    places: tuple[Place, ...]
    tiles: bytes


@dataclass(frozen=True, slots=True)
class Drawings:
    """What is drawn on images of this session, and what of it is in files.

    Parameters
    ----------
    kept
        Scribbles of images that were left; none are left out.
    filed
        What was last saved or loaded on each image.
    """

    kept: Mapping[Sheet, Packed] = field(default_factory=lambda: MappingProxyType({}))
    filed: Mapping[Sheet, Packed] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, image: Image) -> Scribbles:
        """Return what was drawn on an image; an image from no file was never seen before."""
        sheet = _sheet(image)
        packed = None if sheet is None else self.kept.get(sheet)
        return Scribbles() if packed is None else _unpacked(packed)

    def with_kept(self, image: Image, scribbles: Scribbles) -> Drawings:
        """Return them with what is drawn on an image that is left."""
        return replace(self, kept=_with(self.kept, image, scribbles))

    def with_filed(self, image: Image, scribbles: Scribbles) -> Drawings:
        """Return them with what a file says of an image."""
        return replace(self, filed=_with(self.filed, image, scribbles))


def left(state: State) -> Drawings:
    """Return the drawings as they are when the image of the state is left."""
    if state.image is None:
        return state.drawings
    return state.drawings.with_kept(state.image, state.inputs.scribbles)


def unsaved(state: State) -> tuple[str, ...]:
    """Return the names of images on which something is drawn that is in no file."""
    drawings = left(state)
    return tuple(
        printable(sheet.path.name)
        for sheet, packed in drawings.kept.items()
        if drawings.filed.get(sheet) != packed
    )


def _sheet(image: Image) -> Sheet | None:
    return None if image.path is None else Sheet(image.path, image.page, image.shape)


def _with(
    known: Mapping[Sheet, Packed], image: Image, scribbles: Scribbles
) -> Mapping[Sheet, Packed]:
    sheet = _sheet(image)
    changed = {other: packed for other, packed in known.items() if other != sheet}
    if sheet is not None and scribbles:
        changed[sheet] = _packed(scribbles)
    return MappingProxyType(changed)


def _packed(scribbles: Scribbles) -> Packed:
    places = tuple(sorted(scribbles.tiles))
    tiles = b"".join(scribbles.tiles[place] for place in places)
    return Packed(places, zlib.compress(tiles, QUICK))


def _unpacked(packed: Packed) -> Scribbles:
    tiles = zlib.decompress(packed.tiles)
    parts = (tiles[k * SIZE : (k + 1) * SIZE] for k in range(len(packed.places)))
    return Scribbles(MappingProxyType(dict(zip(packed.places, parts, strict=True))))
