"""Bars and densities are those of the state, and follow EM, the pointer and the user."""

from dataclasses import replace

import numpy as np
import pytest
from clusters import show_beside
from driving import show_image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from segmenter.app.plotted import Highlight, Lasso, Plot
from segmenter.engine.marginals import densities
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import FeatureKind
from segmenter.engine.styles import default_classes
from segmenter.engine.types import Noise
from segmenter.ui import theme
from segmenter.ui.histogram_plot import HistogramPlot
from segmenter.ui.plots import Plate, moved_inside


@pytest.fixture
def plot(qtbot, segmented, wait):
    made = HistogramPlot(segmented)
    qtbot.addWidget(made)
    made.resize(640, 220)
    made.show()
    segmented.plot(seen=Plot.HISTOGRAM)
    wait(segmented, lambda state: state.cloud is not None)
    return made


def drawn(plot):
    edges, heights = plot.bars.getData()
    return np.asarray(edges), np.asarray(heights)


def test_bars_are_the_shares_of_the_pixels(plot, segmented):
    edges, heights = drawn(plot)
    values = segmented.state.cloud.of("L*")
    counts, _ = np.histogram(values, edges)
    np.testing.assert_allclose(heights * np.diff(edges) * len(values), counts)


def test_every_component_has_a_line_in_its_class_s_colour_and_a_number(plot, segmented):
    state = segmented.state
    *own, whole = plot.marks.lines
    x = own[0].points[:, 0]
    expected = densities(state.result.mixture, "L*", x, span=1)
    assert len(own) == len(plot.marks.plates) == 3
    for k, (line, plate) in enumerate(zip(own, plot.marks.plates, strict=True)):
        np.testing.assert_allclose(line.points[:, 1], expected[k])
        assert line.colour == plate.colour == QColor(*default_classes(3)[k].colour)
        assert plate.words == str(k + 1)
        assert plate.point[1] == expected[k].max()
    np.testing.assert_allclose(whole.points[:, 1], expected.sum(axis=0))
    assert whole.dashes


def test_components_of_one_class_share_colour_and_number(plot, segmented):
    mixture = replace(segmented.state.result.mixture, classes=np.array([0, 1, 0]))
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    first, second, third, _ = plot.marks.lines
    assert first.colour == third.colour != second.colour
    assert [plate.words for plate in plot.marks.plates] == ["1", "2", "1"]


def test_numbers_of_small_classes_are_wholly_inside(plot):
    assert all(plate.stays_inside for plate in plot.marks.plates)
    room = QRectF(0, 0, 300, 100)
    assert moved_inside(QRectF(-5, 92, 16, 16), room) == QRectF(0, 84, 16, 16)
    assert moved_inside(QRectF(290, -3, 16, 16), room) == QRectF(284, 0, 16, 16)
    assert moved_inside(QRectF(50, 40, 16, 16), room) == QRectF(50, 40, 16, 16)


def test_a_plate_at_the_edge_is_painted_whole(plot):
    ink, red = plot.palette(), QColor(255, 0, 0)
    low, high = plot.plot.getViewBox().viewRange()[0]

    def seen(x):
        plates = [Plate("1", (x, 0.0), red, stays_inside=True)]
        plot.marks.show_marks((), plates, ink)
        shown = plot.plot.grab().toImage()
        places = [(c, r) for r in range(shown.height()) for c in range(shown.width())]
        return sum(shown.pixelColor(*place) == red for place in places)

    assert seen(low) == pytest.approx(seen((low + high) / 2), abs=20)


def test_a_noise_class_lies_flat(plot, segmented):
    mixture = replace(segmented.state.result.mixture, noise=Noise(0.2, 1e-4))
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    assert plot.marks.plates[-1].words == "4"
    heights = plot.marks.lines[3].points[:, 1]
    edges, _ = drawn(plot)
    np.testing.assert_allclose(heights, 0.2 / (edges[-1] - edges[0]))


def test_lines_move_with_em_and_bars_stay(plot, segmented):
    bars, before = drawn(plot)[1], plot.marks.plates[0].point[0]
    mixture = segmented.state.result.mixture
    moved = replace(mixture, means=mixture.means + 3)
    segmented._change(progress=Progress(Stage.FITTING, mixture=moved))
    assert plot.marks.plates[0].point[0] == pytest.approx(before + 3, abs=0.5)
    np.testing.assert_array_equal(drawn(plot)[1], bars)


def test_another_feature_is_chosen_by_hand(plot, segmented, qtbot):
    assert [plot.feature.itemText(k) for k in range(plot.feature.count())] == ["L*", "a*", "b*"]
    plot.feature.setFocus()
    qtbot.keyClick(plot.feature, Qt.Key.Key_Down)
    assert segmented.state.look.plots.feature == "a*"
    values = segmented.state.cloud.of("a*")
    counts, _ = np.histogram(values, drawn(plot)[0])
    assert counts.sum() > 0.99 * len(values)


def test_the_logarithmic_scale_lifts_what_is_rare(plot, segmented, qtbot):
    plain = drawn(plot)[1]
    qtbot.mouseClick(plot.is_log, Qt.MouseButton.LeftButton)
    assert segmented.state.look.plots.is_log
    logs = drawn(plot)[1]
    assert (logs[plain == 0] == 0).all()
    some = plain > 0
    assert logs[some].min() / logs.max() > plain[some].min() / plain.max()
    np.testing.assert_array_equal(np.argsort(logs[some]), np.argsort(plain[some]))
    assert plot.marks.plates[0].point[1] <= logs.max() * 1.5


def test_the_pixel_under_the_pointer_is_marked(plot, segmented):
    assert not plot.here.isVisible()
    plot.show_pixel((5, 7))
    assert plot.here.isVisible()
    assert plot.here.value() == pytest.approx(segmented.state.cloud.at(5, 7)[0])
    segmented.plot(feature="b*")
    assert plot.here.value() == pytest.approx(segmented.state.cloud.at(5, 7)[2])
    plot.show_pixel(None)
    assert not plot.here.isVisible()


def test_nothing_is_drawn_while_another_plot_is_to_be_seen(plot, segmented):
    segmented.plot(seen=Plot.SCATTER)
    lines = plot.marks.lines
    moved = replace(segmented.state.result.mixture)
    segmented._change(progress=Progress(Stage.FITTING, mixture=moved))
    assert plot.marks.lines is lines
    segmented.plot(seen=Plot.HISTOGRAM)
    assert plot.marks.lines is not lines


def test_one_feature_leaves_no_choice_and_says_so(plot, segmented, wait):
    settings = segmented.state.inputs.settings.model_copy(update={"features": (FeatureKind.GREY,)})
    segmented.edit("Features", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.cloud is not None and state.cloud.names == ("grey",))
    wait(segmented, lambda state: state.progress is None)
    assert not plot.feature.isEnabled()
    assert "one feature (grey)" in plot.feature.toolTip()
    assert len(plot.marks.plates) == 3


def test_a_mixture_of_other_features_is_not_drawn(plot, segmented):
    mixture = replace(segmented.state.result.mixture, features=("red", "green", "blue"))
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    assert not plot.marks.lines
    assert "other features" in plot.note.text()


def test_another_image_begins_without_bars(plot, segmented, image):
    segmented.plot(seen=Plot.HISTOGRAM)
    show_image(segmented, replace(image))
    assert not plot.bars.isVisible()
    assert not plot.marks.lines


@pytest.mark.parametrize("dark", [False, True])
def test_it_paints_what_it_shows_in_every_palette(plot, dark):
    plot.setPalette(theme.palette(dark=dark))
    seen = plot.plot.grab().toImage()
    colours = {
        seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())
    }
    for style in default_classes(3):
        assert QColor(*style.colour).name() in colours
    assert plot.palette().window().color().name() in colours


# ---- k-means beside EM ----------------------------------------------------------------------


def upright(plot):
    return [line for line in plot.marks.lines if len(line.points) == 2]


def test_centres_of_k_means_are_upright_lines_with_numbers(plot, segmented):
    assert not upright(plot)
    clusters = show_beside(segmented)
    lines = upright(plot)
    np.testing.assert_allclose(
        [line.points[:, 0] for line in lines], np.repeat(clusters.centres[:, :1], 2, axis=1)
    )
    own = plot.marks.plates[-3:]
    assert [plate.words for plate in own] == ["k1", "k2", "k3"]
    first, second, third = (plate.point[1] for plate in own)
    assert first == third > second
    assert lines[0].colour == QColor(*default_classes(3)[0].colour)
    segmented.set_look(k_means=False)
    assert not upright(plot)


def test_of_one_feature_the_hard_borders_are_half_way_between_the_centres(plot, segmented, wait):
    settings = segmented.state.inputs.settings
    changed = settings.model_copy(update={"features": (FeatureKind.GREY,)})
    segmented.edit("Edit", settings=changed)
    segmented.run()
    wait(segmented, lambda state: state.progress is None and len(state.cloud.names) == 1)
    clusters = show_beside(segmented)
    centres = np.sort(clusters.centres[:, 0])
    borders = [line.points[0, 0] for line in upright(plot)[3:]]
    np.testing.assert_allclose(borders, (centres[1:] + centres[:-1]) / 2)
    show_beside(segmented, classes=np.array([0, 1, 1]))
    (border,) = (line.points[0, 0] for line in upright(plot)[3:])
    order = np.argsort(clusters.centres[:, 0])
    pair = order[:2] if order[0] == 0 else order[1:]
    np.testing.assert_allclose(border, clusters.centres[pair, 0].mean())


def test_what_the_lasso_has_caught_is_said_here_too(plot, segmented):
    marked = np.ones(segmented.state.image.shape, bool)
    lasso = Lasso("L*", "a*", ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
    caught = Highlight(lasso, segmented.state.cloud, marked, marked.size, 1.0)
    segmented.show_highlight(caught)
    assert "in the lasso" in plot.note.text()
