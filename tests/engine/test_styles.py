"""How classes are called and shown: default names and colours, and the noise class's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmenter.engine.styles import (
    OUTLIERS,
    PALETTE,
    ClassStyle,
    default_classes,
    fitted_classes,
    renamed,
)

CLASSES = (ClassStyle("dark", (10, 20, 30)), ClassStyle("bright", (200, 100, 0)))
DUST = ClassStyle("dust", (1, 2, 3), is_noise=True)


@pytest.mark.parametrize("count", [1, 8, 32])
def test_default_classes_have_names_and_different_colours(count):
    classes = default_classes(count)
    assert [style.name for style in classes] == [f"Class {k}" for k in range(1, count + 1)]
    assert len({style.colour for style in classes}) == count
    assert all(0 <= part <= 255 for style in classes for part in style.colour)
    assert tuple(style.colour for style in classes)[:8] == PALETTE[:count]


def test_classes_are_fitted_to_a_count_by_default_ones():
    assert fitted_classes(CLASSES, 1) == CLASSES[:1]
    assert fitted_classes(CLASSES, 2) == CLASSES
    assert fitted_classes(CLASSES, 4) == (*CLASSES, *default_classes(4)[2:])
    assert fitted_classes((), 3) == default_classes(3)


def test_default_colours_are_those_of_their_places_or_else_the_first_free_ones():
    first, second, third, fourth = (style.colour for style in default_classes(4))
    taken = (ClassStyle("dark", second), ClassStyle("bright", third), DUST)
    colours = [style.colour for style in fitted_classes(taken, 5)]
    assert colours == [second, third, first, fourth, default_classes(5)[4].colour]
    grey = (replace(CLASSES[0], colour=DUST.colour), replace(DUST, colour=second))
    assert second not in {style.colour for style in fitted_classes(grey, 4)}


def test_the_noise_class_has_a_name_and_a_neutral_colour_that_no_other_has():
    assert fitted_classes(CLASSES, 3, noise=3) == (*CLASSES, OUTLIERS)
    assert fitted_classes((), 9, noise=9) == (*default_classes(8), OUTLIERS)
    assert len(set(OUTLIERS.colour)) == 1
    assert OUTLIERS.colour not in {style.colour for style in default_classes(32)}


def test_the_noise_class_keeps_its_style_at_any_number():
    classes = (CLASSES[0], DUST, CLASSES[1])
    assert fitted_classes(classes, 2, noise=2) == (CLASSES[0], DUST)
    assert fitted_classes(classes, 4, noise=3) == (*CLASSES, DUST, default_classes(3)[2])
    assert fitted_classes(classes, 3) == (*CLASSES, default_classes(3)[2])


def test_names_that_are_not_said_anew_are_kept():
    third = default_classes(3)[2]
    assert renamed(CLASSES[1:], (*CLASSES, third)) == (CLASSES[1], CLASSES[1], third)
    assert renamed((), (*CLASSES, DUST)) == (*CLASSES, DUST)
    assert renamed((CLASSES[1], OUTLIERS), (*CLASSES, DUST)) == (CLASSES[1], CLASSES[1], OUTLIERS)
