"""The plots show what the mixture sees, whatever the settings and the image."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app.plotted import Plot
from segmenter.engine.settings import Covariance, FeatureKind, Spatial
from segmenter.ui.plots_panel import PlotsPanel

KINDS = FeatureKind
SETTINGS = {
    "texture and position": {"features": (KINDS.LAB, KINDS.TEXTURE, KINDS.POSITION)},
    "smoothing": {"smoothing": 2.0},
    "noise class": {"noise_class": True},
    "joined by hand": {"join": "1+2"},
    "joined by entropy": {"components": 5, "join": "entropy"},
    "shading": {"shading": True},
    "field": {"spatial": Spatial.FIELD},
    "tied": {"covariance": Covariance.TIED},
    "one component": {"components": 1},
    "saturated is missing": {"saturated": True, "features": (KINDS.RGB,)},
}


@pytest.fixture
def panel(qtbot, segmented):
    made = PlotsPanel(segmented)
    qtbot.addWidget(made)
    made.resize(700, 240)
    with qtbot.waitExposed(made):
        made.show()
    return made


def settled(state):
    is_current = state.made_from is not None and state.made_from.decides_like(state.inputs)
    known = is_current and state.progress is None and state.cloud is not None
    return known and state.cloud.names == state.result.mixture.features


@pytest.mark.parametrize("changes", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("plot", [Plot.HISTOGRAM, Plot.SCATTER])
def test_every_component_has_its_number_and_its_place(panel, segmented, wait, changes, plot):
    settings = segmented.state.inputs.settings.model_copy(update=changes)
    segmented.edit("Edit", settings=settings)
    segmented.run()
    segmented.plot(seen=plot)
    state = wait(segmented, settled)
    page = panel.front
    page.plot.grab()
    mixture = state.result.mixture
    numbers = [plate.words for plate in page.marks.plates if plate.words]
    expected = [str(number + 1) for number in mixture.classes]
    if plot is Plot.HISTOGRAM and mixture.noise is not None:
        expected.append(str(mixture.class_count))
    assert numbers == expected
    panel.show_pixel((3, 4))
    assert page.here.isVisible()


@pytest.mark.parametrize("plot", [Plot.HISTOGRAM, Plot.SCATTER])
def test_what_a_pixel_lacks_is_not_marked(panel, segmented, wait, plot, image):
    pixels = image.pixels.astype(np.float32)
    missing = np.zeros(pixels.shape, bool)
    missing[5, 6, 0] = missing[9:12, 3, 1] = True
    valid = image.valid.copy()
    valid[7, 8] = False
    lacking = replace(
        image, pixels=np.where(missing, 0, pixels), valid=valid, missing=missing, bit_depth=32
    )
    show_image(segmented, lacking)
    segmented.run()
    segmented.plot(seen=plot)
    wait(segmented, settled)
    page = panel.front
    page.plot.grab()
    for place, is_there in (((5, 6), False), ((7, 8), False), ((0, 0), True)):
        panel.show_pixel(place)
        assert page.here.isVisible() is is_there
    assert len([plate for plate in page.marks.plates if plate.words]) == 3
    QApplication.processEvents()
