"""Cleaning up: specks go, soft masks stay, EM does not run again, and undo brings all back."""

from __future__ import annotations

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import QAbstractAnimation, Qt

from segmenter.engine.outcome import Stage
from segmenter.ui.classes_model import Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.settings_panel import SettingsPanel

COINS = SAMPLE_IMAGES / "coins.png"


@pytest.fixture
def rows(person):
    """The rows of settings, those of clean-up unfolded, for the segmented coins."""
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    person.wait_for_result()
    panel = person.window.findChild(SettingsPanel)
    fold = panel._cleanup
    person.click(fold.toggleButton())
    person.wait(lambda: fold._animation.state() == QAbstractAnimation.State.Stopped)
    return panel.rows


@pytest.fixture
def stages(person):
    """The stages of all that runs from here on."""
    seen = set()

    def note(before, after):
        if after.progress is not None:
            seen.add(after.progress.stage)

    person.window.session.changed.connect(note)
    return seen


def test_small_regions_go_and_come_back(person, rows, stages):
    rough = person.state.result
    person.write(rows["smallest_region"].editor.compact, "50")
    clean = person.wait_for_result()
    assert clean.cleaned.regions_after.sum() < clean.cleaned.regions_before.sum()
    assert not stages & {Stage.STARTS, Stage.FITTING}
    np.testing.assert_array_equal(clean.responsibilities, rough.responsibilities)
    (note,) = [note for note in clean.notes if note.startswith("Clean-up: ")]
    panel = person.window.findChild(ClassesPanel)
    assert note in panel.notes.text()
    assert note in person.status
    tip = panel.model.index(0, Column.SHARE).data(Qt.ItemDataRole.ToolTipRole)
    assert "regions; before clean-up" in tip
    assert person.window.findChild(SettingsPanel)._cleanup.text() == "Clean-up (1 changed)"

    # In a field the keys would undo what was typed there.
    person.choose("Edit", "Undo Smallest region")
    assert person.wait_for_result() is rough
    assert "Clean-up" not in panel.notes.text()
    person.choose("Edit", "Redo Smallest region")
    assert person.wait_for_result() is clean


def test_holes_are_filled_and_borders_smoothed(person, rows):
    person.write(rows["fill_holes"].editor.compact, "200")
    filled = person.wait_for_result()
    assert filled.cleaned.changed > 0
    person.drag_slider(rows["smooth_borders"].editor.wide, 5)
    smooth = person.wait_for_result()
    assert smooth.settings.smooth_borders == 5
    assert smooth.cleaned.regions_after.sum() < filled.cleaned.regions_after.sum()
