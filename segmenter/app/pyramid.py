"""An image as Qt paints it quickly: smaller copies for zooming out, tiles for what is seen of it.

Where copies would take much memory there are none: tiles are made from the image's own values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize

from segmenter.app.copies import along, copies_of, in_grey, reduced
from segmenter.app.toning import PLAIN, Tone
from segmenter.engine.display import (
    Display,
    has_bytes,
    part_of,
    percentiles,
    shades_of,
    whole_range,
)
from segmenter.engine.driven import last_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from PySide6.QtGui import QImage

    from segmenter.engine.display import Shades
    from segmenter.engine.types import Image

TILE = 256
"""Pixels of a tile along each side, at its own depth."""
LARGEST_COPY = 2**24
"""Pixels of the largest copy, of 4 bytes each."""
LARGEST_STAND_IN = 512
"""Pixels along the long side of what stands in for tiles in other shades than the copies'."""


class Tile(NamedTuple):
    """A square of the image made smaller by halving both sides `depth` times."""

    depth: int
    row: int
    column: int

    @property
    def area(self) -> QRectF:
        """What it covers, in pixels of the image; it may reach beyond the edge."""
        side = TILE << self.depth
        return QRectF(self.column * side, self.row * side, side, side)

    @property
    def slices(self) -> tuple[slice, slice]:
        """The (rows, columns) of the image that it covers."""
        side = TILE << self.depth
        top, left = self.row * side, self.column * side
        return slice(top, top + side), slice(left, left + side)

    def covered(self, picture: QImage) -> QRectF:
        """Return what a picture of it covers: at the image's edge less than the whole tile."""
        return QRectF(self.area.topLeft(), picture.size().toSizeF() * (1 << self.depth))


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The image at full, half, quarter, … size, of which only the small ones are kept.

    A pixel at a depth covers exactly 2 to the power of the depth pixels on each side.

    Parameters
    ----------
    whole
        The least and the greatest value: of the image or, if bytes, that there can be.
    bulk
        The values that all but a few of the image lie between.
    usual, shades, made_in
        How the image is shown at first, how it is shown now, and how the copies show it.
    copies, greys
        Of the depths from `first` on, as they are and without colours; without greys, if there
        are colours, those are made of the copies where they are seen.
    has_gaps
        Whether there is 'no data', which is clear.
    tone
        What makes what is shown of the copies.
    """

    image: Image
    whole: tuple[float, float]
    bulk: tuple[float, float]
    usual: Shades
    shades: Shades
    made_in: Shades
    has_gaps: bool
    first: int
    copies: tuple[QImage, ...]
    greys: tuple[QImage, ...] = ()
    tone: Tone = PLAIN

    @property
    def size(self) -> QSize:
        """The size of the full image."""
        return QSize(self.image.shape[1], self.image.shape[0])

    @property
    def area(self) -> QRectF:
        """What the full image covers, in its own pixels."""
        return QRectF(QPointF(0, 0), self.size.toSizeF())

    def depth(self, scale: float) -> int:
        """Return how often the image is halved where nothing need be enlarged at `scale`."""
        depth = 0
        while scale <= 0.5 and depth < self.first + len(self.copies) - 1:
            depth, scale = depth + 1, scale * 2
        return depth

    def tiles(self, depth: int, area: QRectF) -> list[Tile]:
        """Return the tiles that cover an area of the image."""
        side = TILE << depth
        down = range(floor(area.top() / side), ceil(area.bottom() / side))
        across = range(floor(area.left() / side), ceil(area.right() / side))
        return [Tile(depth, row, column) for row in down for column in across]

    @property
    def is_coloured(self) -> bool:
        """Whether its pixels may have a hue."""
        return len(self.image.channel_names) > 1

    @property
    def display(self) -> Display:
        """What is shown black and white, and the way between."""
        return _display_of(self.shades)

    @property
    def usual_display(self) -> Display:
        """The display at first."""
        return _display_of(self.usual)

    @property
    def is_finished(self) -> bool:
        """Whether all copies that are of use are there, in the shades that are shown."""
        return self.tone.table is None and (bool(self.greys) or not self.is_coloured)

    def greyed(self) -> Pyramid:
        """Return the same without its colours."""
        return replace(self, tone=replace(self.tone, is_grey=True)) if self.is_coloured else self

    def displayed(self, display: Display | None) -> Pyramid:
        """Return the same in other shades, at once: the copies are not made again."""
        shades = self.usual if display is None else shades_of(self.image, display)
        table = None if shades is self.made_in else shades.from_shown(self.made_in)
        greys = self.greys if table is None else ()
        return replace(self, shades=shades, tone=Tone(table), greys=greys)

    def finishing(self) -> Generator[None, None, Pyramid]:
        """Make the copies that are not there, in the shades that are shown; yields now and then."""
        copies: tuple[QImage, ...] = self.copies
        greys: tuple[QImage, ...] = ()
        if self.tone.table is not None:
            copies = yield from copies_of(
                self.image, self.shades, self.first, has_gaps=self.has_gaps
            )
        for copy in copies if self.is_coloured else ():
            greys = (*greys, (yield from in_grey(copy)))
        return replace(self, made_in=self.shades, copies=copies, greys=greys, tone=PLAIN)

    def copy(self, depth: int) -> QImage | None:
        """Return the whole image at a depth, or None where it has to be put together of tiles."""
        copies = self._whole
        return copies[depth - self.first] if copies and depth >= self.first else None

    @property
    def _whole(self) -> tuple[QImage, ...]:
        """The copies in the tone that is shown; none where they have not been made."""
        if self.tone.table is not None:
            return ()
        return self.greys if self.tone.is_grey else self.copies

    def stand_in(self) -> tuple[QImage, int]:
        """Return the whole image for want of a tile, and its depth."""
        if self._whole:
            return self._whole[0], self.first
        place = 0
        while max(self.copies[place].size().toTuple()) > LARGEST_STAND_IN:
            place += 1
        return self.tone.of(self.copies[place]), self.first + place

    def fitting(self, scale: float) -> QImage:
        """Return the whole image at least as large as at `scale`, or the largest copy of it."""
        return self.tone.of(self.copies[max(0, self.depth(scale) - self.first)])

    def part(self, tile: Tile) -> Image:
        """Return the pixels of the image that a tile shows."""
        return part_of(self.image, *tile.slices)

    def picture(self, tile: Tile) -> QImage:
        """Make a tile; at the edge it is only as large as the image."""
        if tile.depth < self.first:
            return reduced(self.part(tile), self.shades, tile.depth, is_grey=self.tone.is_grey)
        whole = self.copies[tile.depth - self.first]
        area = QRect(tile.column * TILE, tile.row * TILE, TILE, TILE)
        return self.tone.of(whole.copy(area & whole.rect()))


def _display_of(shades: Shades) -> Display:
    width = 255.0 / shades.gain if shades.gain else 0.0
    return Display(shades.low, shades.low + width, shades.gamma)


def pyramid_of(image: Image) -> Pyramid:
    """Make the copies of an image as the eye sees it; where there is 'no data' it is clear."""
    has_gaps, bulk = not bool(image.valid.all()), percentiles(image)
    # What suits an image without bytes is its bulk: not to be found twice.
    shades = shades_of(image, None if has_bytes(image) else Display(*bulk))
    first = 1
    while along(image.shape[0], first) * along(image.shape[1], first) > LARGEST_COPY:
        first += 1
    copies = last_of(copies_of(image, shades, first, has_gaps=has_gaps))
    return Pyramid(
        image, whole_range(image), bulk, usual=shades, shades=shades, made_in=shades,
        has_gaps=has_gaps, first=first, copies=copies,
    )  # fmt: skip
