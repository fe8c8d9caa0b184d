"""What runs in the background, looked at without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmenter.app import tasks
from segmenter.app.state import Inputs, Look, State
from segmenter.engine.pipeline import segment
from segmenter.engine.regions import regions_of
from segmenter.engine.settings import Settings
from segmenter.engine.styles import OUTLIERS, default_classes
from segmenter.engine.types import SegmenterError
from segmenter.files import memory


def test_a_run_that_would_fill_the_memory_is_refused(image, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(SegmenterError, match="memory"):
        next(tasks.fit(image, Inputs(), tasks.Leftovers()))


def drive(task):
    while True:
        try:
            next(task)
        except StopIteration as end:
            return end.value


def test_what_would_fill_the_memory_is_refused(segmented, monkeypatch):
    state = segmented.state
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(SegmenterError, match="regions of this image"):
        next(tasks.list_regions(state.image, state.result))
    with pytest.raises(SegmenterError, match="memory"):
        next(tasks.explain(state.image, state.result, (0, 0), tasks.Leftovers()))
    with pytest.raises(SegmenterError, match="memory"):
        next(tasks.cloud(state.image, state.result.settings, tasks.Leftovers()))


def test_what_a_run_has_left_can_be_looked_at_whatever_the_memory(segmented, monkeypatch):
    state = segmented.state
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    assert drive(tasks.explain(state.image, state.result, (0, 0), segmented.leftovers))
    assert drive(tasks.cloud(state.image, state.result.settings, segmented.leftovers))


def test_who_looks_at_another_result_leaves_what_the_last_run_has(segmented):
    state, leftovers = segmented.state, segmented.leftovers
    other = state.result.settings.model_copy(update={"smoothing": 1.0})
    drive(tasks.cloud(state.image, other, leftovers))
    drive(tasks.explain(state.image, replace(state.result, settings=other), (0, 0), leftovers))
    assert leftovers.kept().has(state.image, state.result.settings)


def test_an_export_can_be_stopped_between_two_files(segmented, tmp_path):
    writing = tasks.export(segmented.state, tmp_path, ("labels", "soft", "table"), stem="a")
    next(writing), next(writing)
    writing.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a_labels.png"]


def test_both_tables_of_regions_call_the_noise_class_by_its_name(image, run, tmp_path):
    pixels = image.pixels.copy()
    pixels[5, 5:9] = (255, 0, 255)
    spoiled = replace(image, pixels=pixels)
    result = segment(spoiled, Settings(components=3, noise_class=True, features=("channels",)))
    number = result.mixture.noise_number
    assert (result.labels == number).any()
    state = State(
        image=spoiled,
        result=result,
        regions=regions_of(spoiled, result),
        inputs=Inputs(classes=default_classes(3)),
        look=replace(Look(), chosen=number),
    )
    run(tasks.write_regions(tmp_path / "chosen.csv", state))
    run(tasks.export(state, tmp_path, ("regions",), stem="all"))
    _, *chosen = (tmp_path / "chosen.csv").read_text().splitlines()
    exported = (tmp_path / "all_regions.csv").read_text().splitlines()
    assert chosen == [row for row in exported if row.split(",")[1] == str(number)]
    assert {row.split(",")[2] for row in chosen} == {OUTLIERS.name}
