"""How classes are called and shown, where the user has not said it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmenter.engine.outcome import Result

# Okabe and Ito (2008), Color Universal Design, without black; then further steps of the same hues.
PALETTE = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167),
    (86, 180, 233), (213, 94, 0), (240, 228, 66), (153, 153, 153),
)  # fmt: skip
PALETTE_NAMES = (
    "Blue", "Orange", "Bluish green", "Reddish purple", "Sky blue", "Vermillion", "Yellow", "Grey",
)  # fmt: skip
# How much of the way to black or white the colours of each round are.
ROUNDS = (("", 0, 0.0), ("Dark", 0, 0.4), ("Light", 255, 0.45), ("Deep", 0, 0.65))


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How one class is called and shown; the colour is red, green, blue from 0 to 255.

    ``is_noise`` marks the style of the noise class, which keeps it whatever its number is.
    """

    name: str
    colour: tuple[int, int, int]
    visible: bool = True
    is_noise: bool = False


Styles = tuple[ClassStyle, ...]
_UNNAMED = re.compile(r"Class \d+")

# A dark grey: the noise class is no kind of pixel, so it has none of their colours.
OUTLIERS = ClassStyle("Outliers", (70, 70, 70), is_noise=True)


@cache
def default_classes(count: int) -> Styles:
    """Return names 'Class 1', … and colours that colour-blind people can tell apart."""
    return tuple(ClassStyle(f"Class {k + 1}", palette_colour(k)) for k in range(count))


def fitted_classes(classes: Styles, count: int, *, noise: int = 0) -> Styles:
    """Return `count` classes: as many of `classes` as there are, then default ones.

    A default one has the colour of its place or, where another class has it, the first free one.

    Parameters
    ----------
    noise
        The number of the noise class, from 1, which has a style of its own; 0 where there is none.
    """
    kinds, own = _parted(classes)
    taken = {style.colour for style in classes}
    for usual in default_classes(count)[len(kinds) :]:
        free = (colour for colour in _colours() if colour not in taken)
        colour = next(free, usual.colour) if usual.colour in taken else usual.colour
        taken.add(colour)
        kinds = (*kinds, replace(usual, colour=colour))
    if noise:
        kinds = (*kinds[: noise - 1], own or OUTLIERS, *kinds[noise - 1 :])
    return kinds[:count]


def result_classes(result: Result, classes: Styles = ()) -> Styles:
    """Return the styles of the classes of a result: of `classes` what there is of them."""
    return fitted_classes(classes, result.class_count, noise=result.mixture.noise_number)


def renamed(classes: Styles, known: Styles) -> Styles:
    """Return `classes`, and of those known before what they leave unsaid; the noise class last."""
    kinds, own = _parted(classes)
    kinds_before, own_before = _parted(known)
    noise = own or own_before
    return (*kinds, *kinds_before[len(kinds) :], *((noise,) if noise else ()))


def named_by_place(classes: Styles) -> Styles:
    """Return the classes; those that nobody has named, 'Class 3', are called by their places."""
    kinds, own = _parted(classes)
    usual = default_classes(len(kinds))
    called = tuple(
        style if is_named(style) else replace(style, name=other.name)
        for style, other in zip(kinds, usual, strict=True)
    )
    return (*called, *((own,) if own else ()))


def is_named(style: ClassStyle) -> bool:
    """Whether somebody has named a class, so that it is not just 'Class 3'."""
    return not _UNNAMED.fullmatch(style.name)


def is_coloured(style: ClassStyle) -> bool:
    """Whether a class has a colour that only somebody can have given it."""
    return style.colour not in _colours()


def _parted(classes: Styles) -> tuple[Styles, ClassStyle | None]:
    """Return the classes without that of the noise, and that."""
    kinds = tuple(style for style in classes if not style.is_noise)
    return kinds, next((style for style in classes if style.is_noise), None)


def palette_colour(k: int) -> tuple[int, int, int]:
    """Return colour `k`, from 0: the palette, then darker and lighter rounds of it."""
    _, towards, share = ROUNDS[k // len(PALETTE) % len(ROUNDS)]
    red, green, blue = (round(c + (towards - c) * share) for c in PALETTE[k % len(PALETTE)])
    return red, green, blue


def _colours() -> tuple[tuple[int, int, int], ...]:
    """Return every colour of the palette, in the order in which classes get them."""
    return tuple(palette_colour(k) for k in range(len(PALETTE) * len(ROUNDS)))


def palette_name(k: int) -> str:
    """Return what colour `k`, from 0, is called: 'Orange', 'Dark orange'."""
    name, (shade, _, _) = PALETTE_NAMES[k % len(PALETTE)], ROUNDS[k // len(PALETTE) % len(ROUNDS)]
    return f"{shade} {name.lower()}" if shade else name
