"""Regions are measured when they are to be seen, once for every result, and not before."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.listed import are_listed, region_at
from segmenter.engine.regions import regions_of
from segmenter.engine.types import SegmenterError


@pytest.fixture
def asked(monkeypatch):
    """The results whose regions were measured."""
    results, measure = [], tasks.list_regions

    def watched(image, result):
        results.append(result)
        return measure(image, result)

    monkeypatch.setattr(tasks, "list_regions", watched)
    return results


@pytest.fixture
def listed(segmented, wait):
    segmented.set_look(lists_regions=True)
    wait(segmented, are_listed)
    return segmented


def test_nothing_is_measured_unasked(segmented, asked):
    segmented.set_look(chosen=2)
    QApplication.processEvents()
    assert not asked


def test_regions_come_once_and_stay(listed, asked):
    state = listed.state
    expected = regions_of(state.image, state.result)
    assert state.regions.areas.tolist() == expected.areas.tolist()
    listed.set_look(lists_regions=False)
    QApplication.processEvents()
    listed.set_look(lists_regions=True)
    QApplication.processEvents()
    assert are_listed(listed.state)
    assert not asked


def test_another_result_has_other_regions(listed, wait):
    first = listed.state.regions
    settings = listed.state.inputs.settings.model_copy(update={"components": 2})
    listed.edit("Components", settings=settings)
    listed.run()
    state = wait(listed, lambda state: state.progress is None and are_listed(state))
    assert state.regions is not first
    assert state.regions.classes.max() == 2


def test_regions_of_another_result_are_forgotten_when_nobody_looks(listed, wait):
    listed.set_look(lists_regions=False)
    settings = listed.state.inputs.settings.model_copy(update={"components": 2})
    listed.edit("Components", settings=settings)
    listed.run()
    wait(listed, lambda state: state.progress is None and state.regions is None)


def test_what_fails_is_told_once(segmented, wait, monkeypatch):
    def failing(image, result):
        yield
        raise SegmenterError("No room. Close something.")

    monkeypatch.setattr(tasks, "list_regions", failing)
    segmented.set_look(lists_regions=True)
    wait(segmented, lambda state: state.failure)
    segmented.dismiss_failure()
    QApplication.processEvents()
    assert not segmented.state.failure


# ---- Choosing -----------------------------------------------------------------------------------


def test_a_pixel_chooses_its_region_and_class(listed, truth):
    listed.choose_region_at(20, 50)
    look, regions = listed.state.look, listed.state.regions
    assert look.chosen == truth[20, 50] == 3
    assert look.region == regions.numbers[20, 50]
    listed.choose_region(0)
    assert listed.state.look.region == 0


def test_no_pixel_chooses_where_regions_are_not_to_be_seen(listed):
    listed.set_look(lists_regions=False)
    assert region_at(listed.state, 20, 50) == 0
    listed.choose_region_at(20, 50)
    assert listed.state.look.region == 0


def test_another_class_result_or_image_outlines_none(listed, image, wait):
    listed.choose_region_at(20, 50)
    listed.set_look(chosen=1)
    assert listed.state.look.region == 0
    listed.choose_region_at(20, 50)
    listed.set_look(opacity=0.3)
    assert listed.state.look.region
    listed.show_regions(None)
    assert listed.state.look.region == 0
    show_image(listed, replace(image))
    assert listed.state.regions is None


# ---- Saving -------------------------------------------------------------------------------------


def test_the_regions_of_the_chosen_class_are_saved(listed, wait, tmp_path):
    listed.set_look(chosen=3)
    path = tmp_path / "three.csv"
    listed.save_regions(path)
    wait(listed, lambda state: "three.csv" in state.notice)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    regions = listed.state.regions
    assert [int(row["region"]) for row in rows] == (
        np.flatnonzero(regions.classes == 3) + 1
    ).tolist()


def test_what_cannot_be_saved_is_told(listed, wait, tmp_path):
    listed.save_regions(tmp_path / "nowhere" / "three.csv")
    wait(listed, lambda state: "Cannot write three.csv" in state.failure)
