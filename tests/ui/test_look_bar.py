"""View and opacity: shown and set."""

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.overlay import View
from segmenter.ui.look_bar import LookBar


@pytest.fixture
def bar(qtbot, session):
    made = LookBar(session)
    qtbot.addWidget(made)
    return made


def test_the_look_is_shown(bar, session):
    session.set_look(view=View.UNCERTAINTY, opacity=0.75)
    assert bar.view.currentText() == "Uncertainty"
    assert bar.opacity.value() == 75


def test_the_look_is_set(bar, session):
    bar.view.textActivated.emit("Soft mask")
    bar.opacity.setValue(20)
    assert session.state.look.view is View.SOFT_MASK
    assert session.state.look.opacity == 0.2


def test_views_that_there_are_not_say_why(bar, segmented):
    def entry(view):
        return bar.view.model().item(bar.view.findText(view))

    assert entry("Labels").isEnabled()
    assert not entry("Shading").isEnabled()
    assert "switch Shading on" in entry("Corrected").toolTip()
    result = segmented.state.result
    light = np.ones(result.labels.shape, np.float32)
    segmented._change(result=replace(result, shading=light))
    assert entry("Shading").isEnabled()
    assert entry("Corrected").isEnabled()
    assert entry("Corrected").toolTip() == ""
