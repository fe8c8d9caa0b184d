"""What the plots need comes when it is to be seen, once for every image and its features."""

import time
from dataclasses import replace

import numpy as np
import pytest
from driving import show_image, step_into_em
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.plotted import Lasso, Plot
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind
from segmenter.engine.types import SegmenterError

HALF = ((-1000.0, -1000.0), (50.0, -1000.0), (50.0, 1000.0), (-1000.0, 1000.0))


@pytest.fixture
def asked(monkeypatch):
    """The settings for which the image was looked at."""
    found, cloud = [], tasks.cloud

    def watched(image, settings, leftovers):
        found.append(settings)
        return cloud(image, settings, leftovers)

    monkeypatch.setattr(tasks, "cloud", watched)
    return found


@pytest.fixture
def plotted(segmented, wait):
    """A session whose scatter is to be seen."""
    segmented.plot(seen=Plot.SCATTER)
    wait(segmented, lambda state: state.cloud is not None)
    return segmented


def has_settled(state):
    return state.result is not None and state.progress is None


def test_nothing_is_looked_at_unasked(segmented, asked):
    segmented.plot(seen=Plot.CHOICE)
    segmented.plot(seen=None)
    QApplication.processEvents()
    assert not asked


def test_what_the_mixture_sees_comes_once(segmented, wait, asked):
    segmented.plot(seen=Plot.HISTOGRAM)
    state = wait(segmented, lambda state: state.cloud is not None)
    assert state.cloud.names == state.result.mixture.features
    assert state.cloud.image is state.image
    segmented.plot(seen=Plot.SCATTER)
    segmented.run()
    wait(segmented, has_settled)
    QApplication.processEvents()
    assert len(asked) == 1
    assert segmented.state.cloud is state.cloud


def test_it_is_the_samples_of_the_run(plotted):
    kept = plotted.leftovers.kept()
    _, _, samples = kept.gathered(plotted.state.image, plotted.state.result.settings)
    assert plotted.state.cloud.samples is samples


def test_other_features_are_looked_at_when_a_run_has_them(plotted, wait, asked):
    settings = plotted.state.inputs.settings.model_copy(
        update={"features": (FeatureKind.RGB, FeatureKind.TEXTURE)}
    )
    plotted.edit("Features", settings=settings)
    QApplication.processEvents()
    assert not asked
    plotted.run()
    state = wait(plotted, lambda state: has_settled(state) and len(state.cloud.names) == 4)
    assert state.cloud.names == state.result.mixture.features
    plotted.undo_stack.undo()
    wait(plotted, lambda state: len(state.cloud.names) == 3)


def test_what_nobody_looks_at_is_kept_as_long_as_the_runs_have_it(plotted, wait):
    before = plotted.state.cloud
    plotted.plot(seen=None)
    plotted.run()
    wait(plotted, has_settled)
    QApplication.processEvents()
    assert plotted.state.cloud is before
    settings = plotted.state.inputs.settings.model_copy(update={"smoothing": 1.0})
    plotted.edit("Smoothing", settings=settings)
    plotted.run()
    wait(plotted, lambda state: has_settled(state) and state.cloud is None)
    plotted.plot(seen=Plot.HISTOGRAM)
    state = wait(plotted, lambda state: state.cloud is not None)
    assert not np.array_equal(state.cloud.values, before.values)


def test_it_is_there_while_em_runs(segmented, wait):
    segmented.plot(seen=Plot.SCATTER)
    step_into_em(segmented, wait)
    state = wait(segmented, lambda state: state.cloud is not None)
    assert state.progress is not None
    assert state.cloud.names == state.progress.mixture.features


def test_another_image_is_looked_at_in_its_turn(plotted, wait, image):
    show_image(plotted, replace(image))
    assert plotted.state.cloud is None
    state = wait(plotted, lambda state: state.cloud is not None)
    assert state.cloud.image is state.image


def test_samples_of_the_image_before_never_come_beside_another(segmented, image):
    segmented.plot(seen=Plot.SCATTER)
    QApplication.processEvents()
    assert segmented.lanes.come_to_rest()
    # They are there, and not yet told.
    show_image(segmented, image_of(image.pixels[:20, :30]))
    seen = []
    segmented.changed.connect(lambda _, after: seen.append(after.cloud))
    QApplication.processEvents()
    assert not [cloud for cloud in seen if cloud and cloud.image is not segmented.state.image]


def test_samples_of_the_image_before_are_given_up_though_a_run_has_none_yet(
    segmented, image, monkeypatch, wait
):
    begun, ends = [], []

    def endless(*_):
        try:
            while True:
                begun.append(1)
                time.sleep(0.001)
                yield
        finally:
            ends.append(1)

    monkeypatch.setattr(tasks, "cloud", endless)
    segmented.plot(seen=Plot.SCATTER)
    wait(segmented, lambda _: begun)
    show_image(segmented, replace(image))
    segmented._change(progress=Progress(Stage.PREPARING))
    QApplication.processEvents()
    assert segmented.lanes.come_to_rest()
    assert ends == [1]


def test_the_light_that_a_result_knows_is_taken_out(plotted, wait):
    settings = plotted.state.inputs.settings.model_copy(update={"shading": True})
    plotted.edit("Light", settings=settings)
    plotted.run()
    state = wait(plotted, lambda state: has_settled(state) and state.cloud.light is not None)
    assert state.cloud.light is state.result.shading
    plotted.undo_stack.undo()
    wait(plotted, lambda state: state.cloud.light is None)


def test_what_fails_is_not_tried_again(segmented, monkeypatch, wait):
    tried = []

    def refused(*_):
        tried.append(1)
        raise SegmenterError("Not today.")
        yield

    monkeypatch.setattr(tasks, "cloud", refused)
    segmented.plot(seen=Plot.SCATTER)
    wait(segmented, lambda _: tried)
    for _ in range(20):
        QApplication.processEvents()
        segmented.set_look(opacity=segmented.state.look.opacity + 0.01)
    assert tried == [1]
    assert not segmented.state.failure


# ---- The lasso ------------------------------------------------------------------------------


def test_the_pixels_in_a_lasso_are_found_and_counted(plotted, wait):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    state = wait(plotted, lambda state: state.highlight is not None)
    place = state.cloud.names.index("L*")
    rows, columns = state.image.shape
    dark = [[state.cloud.at(r, c)[place] < 50 for c in range(columns)] for r in range(rows)]
    np.testing.assert_array_equal(state.highlight.marked, dark)
    assert state.highlight.count == np.sum(dark)
    assert f"{np.mean(dark):.1%}" in state.notice


def test_a_lasso_is_found_although_no_plot_is_to_be_seen(segmented, wait):
    segmented.plot(seen=None, lasso=Lasso("L*", "b*", HALF))
    wait(segmented, lambda state: state.highlight is not None)


def test_without_a_lasso_nothing_is_lit(plotted, wait):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    wait(plotted, lambda state: state.highlight is not None)
    plotted.plot(lasso=None)
    wait(plotted, lambda state: state.highlight is None)


def test_what_was_said_of_a_lasso_goes_with_it(plotted, wait):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    wait(plotted, lambda state: "in the lasso" in state.notice)
    plotted.plot(lasso=None)
    wait(plotted, lambda state: not state.notice)


def test_another_lasso_takes_its_place(plotted, wait):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    first = wait(plotted, lambda state: state.highlight is not None).highlight
    plotted.plot(lasso=Lasso("L*", "a*", HALF[:3]))
    state = wait(plotted, lambda state: state.highlight not in {None, first})
    assert state.highlight.lasso.up == "a*"


def test_another_image_has_no_lasso(plotted, wait, image):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    wait(plotted, lambda state: state.highlight is not None)
    show_image(plotted, replace(image))
    assert plotted.state.highlight is None
    assert plotted.state.look.plots.lasso is None


def test_the_pixels_of_a_lasso_on_the_image_before_never_light_up_on_another(plotted, image):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    QApplication.processEvents()
    assert plotted.lanes.come_to_rest()
    show_image(plotted, image_of(image.pixels[:20, :30]))
    seen = []
    plotted.changed.connect(lambda _, after: seen.append(after.highlight))
    QApplication.processEvents()
    assert not any(seen)


def test_a_lasso_of_features_that_are_gone_is_let_go(plotted, wait):
    plotted.plot(lasso=Lasso("L*", "b*", HALF))
    settings = plotted.state.inputs.settings.model_copy(update={"features": (FeatureKind.RGB,)})
    plotted.edit("Features", settings=settings)
    plotted.run()
    state = wait(plotted, lambda state: has_settled(state) and state.look.plots.lasso is None)
    wait(plotted, lambda state: state.highlight is None)
    assert state.cloud.names == ("red", "green", "blue")


def test_em_goes_on_from_a_mixture_at_once_even_if_not_live(plotted, wait):
    before = plotted.state.result.mixture
    moved = replace(before, means=before.means + 1)
    plotted.restart_from("Move a mean", moved)
    assert plotted.state.progress is not None
    state = wait(plotted, has_settled)
    assert state.made_from.start is moved
    assert state.undo_text == "Move a mean"
    plotted.undo_stack.undo()
    assert plotted.state.result.mixture is before


def test_em_goes_on_from_the_last_mixture_though_a_run_is_under_way(plotted, wait):
    before = plotted.state.result.mixture
    moved, again = (replace(before, means=before.means + step) for step in (1, 2))
    plotted.restart_from("Move a mean", moved)
    plotted.restart_from("Move a mean", again)
    assert wait(plotted, has_settled).made_from.start is again
