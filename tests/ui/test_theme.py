"""The palettes: readable, and neutral around the image."""

from itertools import product

import pytest
from PySide6.QtGui import QColor, QPalette

from segmenter.app.preferences import Theme
from segmenter.ui import theme

Role = QPalette.ColorRole
INKS = [
    Role.WindowText, Role.Text, Role.ButtonText, Role.ToolTipText, Role.PlaceholderText,
    Role.BrightText, Role.Link, Role.LinkVisited,
]  # fmt: skip
GROUNDS = [
    Role.Window, Role.Base, Role.AlternateBase, Role.Button, Role.ToolTipBase, Role.Midlight,
]  # fmt: skip
PAIRS = [*product(INKS, GROUNDS), (Role.HighlightedText, Role.Highlight)]
NEUTRAL = [Role.Window, Role.Base, Role.AlternateBase, Role.Button, Role.Mid, Role.Dark]


def luminance(colour):
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS, ids=lambda role: role.name)
def test_text_has_the_contrast_that_wcag_asks(dark, ink, paper):
    palette = theme.palette(dark=dark)
    assert contrast(palette.color(ink), palette.color(paper)) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("role", NEUTRAL, ids=lambda role: role.name)
def test_surfaces_are_neutral_grey(dark, role):
    colour = theme.palette(dark=dark).color(role)
    assert colour.red() == colour.green() == colour.blue()


@pytest.mark.parametrize(("chosen", "dark"), [(Theme.LIGHT, False), (Theme.DARK, True)])
def test_a_chosen_theme_is_worn_whatever_the_desktop_wants(qapp, chosen, dark):
    before = qapp.palette()
    theme.apply(qapp, chosen)
    assert (qapp.palette().color(Role.Window) == QColor("#303030")) is dark
    assert qapp.style().objectName() in {"fusion", ""} or qapp.styleSheet()
    qapp.setPalette(before)
