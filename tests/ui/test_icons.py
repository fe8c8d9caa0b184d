"""Every icon exists in the font and can be drawn."""

import pytest

from segmenter.ui import theme
from segmenter.ui.icons import Icon


@pytest.mark.parametrize("icon", Icon)
def test_an_icon_can_be_drawn_in_both_palettes(qapp, icon):
    for dark in (False, True):
        picture = icon.tinted(theme.palette(dark=dark)).pixmap(16, 16).toImage()
        alphas = {picture.pixelColor(x, y).alpha() for x in range(16) for y in range(16)}
        assert len(alphas) > 1
