"""The status bar: the pixel in words, and how far the work has come."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image, step_into_em

from segmenter.app.state import State
from segmenter.engine.outcome import Progress, Stage, Stop
from segmenter.engine.overlay import View
from segmenter.engine.types import Image
from segmenter.ui.status_bar import (
    BAR_STEPS,
    COMPILING,
    PREPARING,
    StatusBar,
    describe_pixel,
    describe_progress,
    describe_work,
)


@pytest.fixture
def bar(qtbot, session):
    made = StatusBar(session)
    qtbot.addWidget(made)
    made.resize(900, 28)
    made.show()
    return made


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(Stage.PREPARING), "Preparing …"),
        (Progress(Stage.STARTS, 2, 4), "Starts · step 2/4"),
        (
            Progress(Stage.FITTING, 12, 200, (-9.0, -8.34567)),
            "EM · iteration 12/200 · log-likelihood \N{MINUS SIGN}8.3457",
        ),
        (Progress(Stage.LABELLING, 12, 200, (-9.0, -8.34567)), "Labelling …"),
    ],
    ids=["preparing", "starts", "fitting", "labelling"],
)
def test_progress_in_words(progress, words):
    assert describe_progress(progress) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"opening": "x.png"}, "Reading x.png …"),
        ({"exporting": True}, "Writing …"),
        ({"progress": Progress(Stage.FEATURES), "stepping": True}, "Features"),
        ({"progress": Progress(Stage.FITTING), "stepping": True}, "Paused · EM"),
        ({"progress": Progress(Stage.FITTING), "stepping": True, "playing": True}, "EM"),
        ({"progress": Progress(Stage.REFINING), "stepping": True}, "EM with classes"),
    ],
    ids=["nothing", "opening", "exporting", "on the way", "paused", "playing", "searching"],
)
def test_work_in_words(changes, words):
    assert describe_work(replace(State(), **changes)) == words


def test_a_pixel_tells_value_and_probabilities(segmented):
    words = describe_pixel(segmented.state, 20, 50)
    red, green, blue = segmented.state.image.pixels[20, 50]
    assert words.startswith(f"x 50, y 20  ·  red {red}  green {green}  blue {blue}  ·  Class 3 ")
    assert "100.0%" in words


def test_a_view_of_the_light_tells_it(segmented):
    result = segmented.state.result
    light = np.full(result.labels.shape, 0.874, np.float32)
    segmented._change(result=replace(result, shading=light))
    assert "light" not in describe_pixel(segmented.state, 3, 4)
    segmented.set_look(view=View.SHADING)
    assert describe_pixel(segmented.state, 3, 4).endswith("  ·  light \N{MULTIPLICATION SIGN} 0.87")


def test_a_preview_has_no_probabilities_of_another_result(segmented):
    coming = Progress(Stage.FITTING, mixture=segmented.state.result.mixture)
    words = describe_pixel(replace(segmented.state, progress=coming), 20, 50)
    assert "blue" in words
    assert "Class" not in words


def test_a_float_pixel_and_one_without_data():
    pixels = np.array([[[0.123456], [np.nan]]])
    state = replace(State(), image=Image(pixels, np.isfinite(pixels[..., 0]), ("grey",), 64))
    assert describe_pixel(state, 0, 0) == "x 0, y 0  ·  grey 0.1235"
    assert describe_pixel(state, 0, 1) == "x 1, y 0  ·  no data"


def test_a_channel_without_a_value_is_called_missing():
    pixels, missing = np.array([[[7, 0]]], np.uint8), np.array([[[False, True]]])
    image = Image(pixels, np.ones((1, 1), np.bool_), ("red", "green"), 8, missing=missing)
    assert (
        describe_pixel(replace(State(), image=image), 0, 0) == "x 0, y 0  ·  red 7  green missing"
    )


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (48, 0), (0, 64)], ids=str)
def test_outside_there_is_nothing_to_tell(segmented, place):
    assert describe_pixel(segmented.state, *place) == ""


def test_the_pointer_replaces_the_notice_and_gives_it_back(qtbot, segmented):
    bar = StatusBar(segmented)
    qtbot.addWidget(bar)
    segmented.dismiss_failure()  # any change: the bar was made after the news
    notice = bar.words.text()
    assert notice == segmented.state.notice
    bar.show_pixel((1, 1))
    assert bar.words.text().startswith("x 1, y 1")
    bar.show_pixel(None)
    assert bar.words.text() == notice


def test_an_outdated_result_is_called_so(qtbot, segmented):
    bar = StatusBar(segmented)
    qtbot.addWidget(bar)
    settings = segmented.state.inputs.settings.model_copy(update={"components": 5})
    segmented.edit("Components", settings=settings)
    assert "Run (F5)" in bar.words.text()
    segmented.undo_stack.undo()
    assert "Run (F5)" not in bar.words.text()


def test_more_classes_than_asked_for_are_told_of(segmented):
    settings = segmented.state.inputs.settings.model_copy(update={"components": 1})
    segmented.edit("Components", settings=settings)
    assert "Class 3 " in describe_pixel(segmented.state, 20, 50)


def test_long_preparing_is_explained_until_it_is_over(bar, session, qtbot):
    session._change(progress=Progress(Stage.PREPARING))
    assert bar.stage.text() == PREPARING
    qtbot.waitUntil(lambda: bar.stage.text() == COMPILING)
    session._change(progress=Progress(Stage.FEATURES))
    assert bar.stage.text() == "Features"


@pytest.mark.parametrize(
    "changes",
    [{"progress": None}, {"opening": "x.png"}],
    ids=["over", "opening"],
)
def test_only_preparing_is_explained(bar, session, changes):
    session._change(progress=Progress(Stage.PREPARING))
    assert bar._compiling.isActive()
    session._change(**changes)
    assert not bar._compiling.isActive()


def test_bar_and_stop_are_there_only_while_it_runs(bar, session, image, wait):
    assert not bar.bar.isVisible()
    show_image(session, replace(image))
    assert bar.bar.isVisible()
    assert bar.stop.isVisible()
    wait(session, lambda state: state.result is not None)
    assert not bar.bar.isVisible()
    assert not bar.stop.isVisible()


def test_the_stop_button_stops(bar, session, image, wait):
    session.set_live(False)
    show_image(session, replace(image))
    step_into_em(session, wait)
    bar.stop.click()
    state = wait(session, lambda state: state.progress is None)
    assert state.result.stopped is Stop.CANCELLED


def test_the_bar_shows_the_share_of_iterations(bar, session):
    session._change(progress=Progress(Stage.FITTING, 50, 200))
    assert (bar.bar.value(), bar.bar.maximum()) == (BAR_STEPS // 4, BAR_STEPS)
    session._change(progress=Progress(Stage.PREPARING))
    assert bar.bar.maximum() == 0


def test_zoom_and_batch_are_told(bar):
    bar.show_zoom(0.123456)
    assert bar.zoom.text() == "12.3%"
    bar.show_zoom(2.5)
    assert bar.zoom.text() == "250%"
    bar.show_batch("Batch 3/19")
    assert (bar.batch.text(), bar.batch.isVisible()) == ("Batch 3/19", True)
    bar.show_batch("")
    assert not bar.batch.isVisible()
