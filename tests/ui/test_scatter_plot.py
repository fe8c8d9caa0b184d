"""Points, ellipses, handles and lasso: real mouse and key events on the plot."""

from dataclasses import replace

import numpy as np
import pytest
from clusters import show_beside
from driving import show_image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from segmenter.app.plotted import Lasso, Plot, plane_of
from segmenter.engine.outcome import Phase, Progress, Stage
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind
from segmenter.engine.styles import default_classes
from segmenter.ui import theme
from segmenter.ui.key_lasso import HINT, LONG_STEP, STEP
from segmenter.ui.scatter_plot import DRAGGED, ScatterPlot

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def plot(qtbot, segmented, wait):
    made = ScatterPlot(segmented)
    qtbot.addWidget(made)
    made.resize(640, 320)
    with qtbot.waitExposed(made):
        made.show()
    segmented.plot(seen=Plot.SCATTER)
    wait(segmented, lambda state: state.cloud is not None)
    return made


@pytest.fixture
def drag(plot):
    """Press at the first place (values or a point), move over the others, let go at the last."""

    def do(*places, modifiers=NONE, lets_go=True):
        port = plot.plot.viewport()
        points = [at(plot, place) for place in places]
        QTest.mousePress(port, LEFT, modifiers, points[0])
        for point in points[1:]:
            QTest.mouseMove(port, point)
        if lets_go:
            QTest.mouseRelease(port, LEFT, modifiers, points[-1])

    return do


def at(plot, place):
    return (
        place if isinstance(place, QPoint) else plot.hand.on_viewport(np.asarray(place)).toPoint()
    )


def means(plot, session):
    return plane_of(session.state).means(plot.hand.draft.mixture)


def press(plot, *keys, modifiers=NONE):
    plot.plot.setFocus()
    for key in keys:
        QTest.keyClick(plot.plot, key, modifiers)


# ---- What is drawn --------------------------------------------------------------------------


def test_points_are_in_the_colours_of_their_classes(plot, segmented):
    pixels = plot.points.image
    solid = {tuple(colour) for colour in pixels[pixels[..., 3] > 0][:, :3].tolist()}
    assert {style.colour for style in default_classes(3)} <= solid
    segmented._change(progress=Progress(Stage.FITTING))
    assert plot.points.image is pixels, "the colours stay until there are others"
    segmented._change(result=None)
    pixels = plot.points.image
    grey = {tuple(colour) for colour in pixels[pixels[..., 3] > 0][:, :3].tolist()}
    assert len(grey) == 1
    assert not grey & {style.colour for style in default_classes(3)}


def test_points_follow_the_e_step_of_one_who_steps(plot, segmented):
    ones = np.ones(segmented.state.image.shape, np.uint8)
    begun = Progress(Stage.FITTING, preview=ones, phase=Phase.E_STEP)
    segmented._change(progress=begun, stepping=True)
    for number in (1, 2):
        segmented._change(progress=replace(begun, preview=ones * np.uint8(number)))
        seen = plot.points.image
        solid = {tuple(colour) for colour in seen[seen[..., 3] > 0][:, :3].tolist()}
        assert solid == {default_classes(3)[number - 1].colour}


def test_points_lie_where_their_values_are(plot, segmented):
    box, rgba = plot.points.mapRectToParent(plot.points.boundingRect()), plot.points.image
    rows, columns = np.nonzero(rgba[..., 3])
    x = box.left() + (columns + 0.5) * box.width() / rgba.shape[1]
    y = box.top() + (rows + 0.5) * box.height() / rgba.shape[0]
    values = segmented.state.cloud.values[:2]
    assert x.min() == pytest.approx(values[0].min(), abs=2)
    assert y.max() == pytest.approx(values[1].max(), abs=2)


def test_ellipses_are_seen_whole(plot, segmented):
    lines = np.concatenate([line.points for line in plot.marks.lines])
    (left, right), (low, high) = plot.plot.viewRange()
    assert left < lines[:, 0].min()
    assert lines[:, 0].max() < right
    assert low < lines[:, 1].min()
    assert lines[:, 1].max() < high


def test_an_ellipse_far_off_does_not_make_the_rest_small(plot, segmented):
    mixture = segmented.state.result.mixture
    wide = replace(mixture, covariances=mixture.covariances * 1e4)
    segmented._change(result=replace(segmented.state.result, mixture=wide))
    values = segmented.state.cloud.values[:2]
    (left, right), _ = plot.plot.viewRange()
    assert right - left < 2.2 * (values[0].max() - values[0].min())


def test_every_component_has_two_ellipses_and_its_number(plot, segmented):
    plane, mixture = plane_of(segmented.state), segmented.state.result.mixture
    assert len(plot.marks.lines) == 6
    for k, style in enumerate(default_classes(3)):
        for sigmas, line in ((2, plot.marks.lines[k]), (1, plot.marks.lines[3 + k])):
            np.testing.assert_allclose(line.points, plane.ellipses(mixture, sigmas)[k])
            assert line.colour == QColor(*style.colour)
        plate = plot.marks.plates[k]
        assert (plate.words, plate.point) == (str(k + 1), tuple(plane.means(mixture)[k]))


def test_components_of_one_class_share_its_colour_and_number(plot, segmented):
    mixture = replace(segmented.state.result.mixture, classes=np.array([0, 1, 0]))
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    first, second, third = plot.marks.plates
    assert first.colour == third.colour != second.colour
    assert [first.words, second.words, third.words] == ["1", "2", "1"]


def test_ellipses_move_with_em(plot, segmented):
    mixture = segmented.state.result.mixture
    moved = replace(mixture, means=mixture.means + 2)
    segmented._change(progress=Progress(Stage.FITTING, mixture=moved))
    np.testing.assert_allclose(plot.marks.plates[1].point, mixture.means[1, :2] + 2)


def test_nothing_is_drawn_while_another_plot_is_to_be_seen(plot, segmented):
    segmented.plot(seen=Plot.CONVERGENCE)
    lines = plot.marks.lines
    moved = replace(segmented.state.result.mixture)
    segmented._change(progress=Progress(Stage.FITTING, mixture=moved))
    assert plot.marks.lines is lines
    segmented.plot(seen=Plot.SCATTER)
    assert plot.marks.lines is not lines


def test_features_are_chosen_by_hand_and_never_the_same_twice(plot, segmented, qtbot):
    qtbot.keyClick(plot.across, Qt.Key.Key_Down)
    plots = segmented.state.look.plots
    assert (plots.across, plots.up) == ("a*", "L*")
    assert (plot.across.currentText(), plot.up.currentText()) == ("a*", "L*")
    qtbot.keyClick(plot.up, Qt.Key.Key_End)
    assert segmented.state.look.plots.up == "b*"


def test_the_pixel_under_the_pointer_is_marked(plot, segmented):
    plot.show_pixel((5, 7))
    x, y = plot.here.getData()
    np.testing.assert_allclose([x[0], y[0]], segmented.state.cloud.at(5, 7)[:2])
    plot.show_pixel(None)
    assert not plot.here.isVisible()


def test_one_feature_is_no_scatter_and_it_says_why(plot, segmented, wait):
    settings = segmented.state.inputs.settings.model_copy(update={"features": (FeatureKind.GREY,)})
    segmented.edit("Features", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.cloud is not None and state.cloud.names == ("grey",))
    wait(segmented, lambda state: state.progress is None)
    assert plot.why_not.isVisible()
    assert not plot.plot.isVisible()
    assert "needs two features" in plot.why_not.text()
    for widget in (plot.across, plot.up, plot.lasso):
        assert not widget.isEnabled()
        assert "needs two features" in widget.toolTip()
    assert not plot.marks.lines


@pytest.mark.parametrize("dark", [False, True])
def test_it_paints_what_it_shows_in_every_palette(plot, dark):
    plot.setPalette(theme.palette(dark=dark))
    seen = plot.plot.grab().toImage()
    colours = {
        seen.pixelColor(x, y).name() for x in range(seen.width()) for y in range(seen.height())
    }
    assert {QColor(*style.colour).name() for style in default_classes(3)} <= colours
    assert plot.palette().window().color().name() in colours


# ---- Components are moved -------------------------------------------------------------------


def test_a_dragged_mean_is_where_em_goes_on_from(plot, segmented, drag, wait):
    before = segmented.state.result.mixture
    goal = means(plot, segmented)[1] + [6, 4]
    drag(means(plot, segmented)[1], goal - 3, goal, lets_go=False)
    np.testing.assert_allclose(means(plot, segmented)[1], goal, atol=0.5)
    assert segmented.state.inputs.start is None
    assert plot.note.text() == DRAGGED
    QTest.mouseRelease(plot.plot.viewport(), LEFT, NONE, at(plot, goal))
    start = segmented.state.inputs.start
    np.testing.assert_allclose(start.means[1, :2], goal, atol=0.5)
    np.testing.assert_array_equal(start.means[:, 2], before.means[:, 2])
    assert segmented.state.undo_text == "Move a mean"
    state = wait(segmented, lambda state: state.progress is None)
    assert state.made_from.start is start
    segmented.undo_stack.undo()
    assert segmented.state.result.mixture is before


@pytest.mark.parametrize("axis", [0, 1])
def test_a_dragged_square_stretches_and_turns_an_ellipse(plot, segmented, drag, wait, axis):
    mean = means(plot, segmented)[0]
    end = plot.hand.draft.handles()[axis, 0]
    goal = mean + 2.5 * (end - mean) + [0.5, -0.5]
    drag(end, (end + goal) / 2, goal)
    start = segmented.state.inputs.start
    plane = plane_of(segmented.state)
    np.testing.assert_array_equal(start.means, segmented.state.result.mixture.means)
    ends = mean + 2 * np.concatenate([plane.axes(start)[0], -plane.axes(start)[0]])
    assert np.abs(ends - goal).sum(axis=1).min() < 1
    assert segmented.state.undo_text == "Shape a component"
    wait(segmented, lambda state: state.progress is None)


def test_a_click_chooses_a_component_and_starts_nothing(plot, segmented, drag):
    place = means(plot, segmented)[2]
    drag(place, place)
    assert plot.hand.draft.chosen == 2
    assert [plate.is_chosen for plate in plot.marks.plates[:3]] == [False, False, True]
    assert segmented.state.inputs.start is None
    np.testing.assert_allclose(
        plot.hand.draft.handles().mean(axis=(0, 1)), means(plot, segmented)[2], rtol=1e-6
    )


def test_the_chosen_class_and_the_component_with_handles_are_one(plot, segmented, drag):
    segmented.set_look(chosen=3)
    assert plot.hand.draft.chosen == 2
    assert [plate.is_chosen for plate in plot.marks.plates[:3]] == [False, False, True]
    place = means(plot, segmented)[1]
    drag(place, place)
    assert segmented.state.look.chosen == 2
    press(plot, Qt.Key.Key_Backtab)
    assert segmented.state.look.chosen == 1


def test_of_a_class_of_several_components_the_largest_is_chosen_at_first(plot, segmented):
    known = segmented.state.result
    weights = np.array([0.2, 0.3, 0.5])
    mixture = replace(known.mixture, classes=np.array([0, 1, 0]), weights=weights)
    segmented._change(result=replace(known, mixture=mixture))
    assert plot.hand.draft.chosen == 2
    press(plot, Qt.Key.Key_Backtab, Qt.Key.Key_Backtab)
    assert (plot.hand.draft.chosen, segmented.state.look.chosen) == (0, 1)
    segmented.set_look(chosen=2)
    assert plot.hand.draft.chosen == 1
    segmented.set_look(chosen=1)
    assert plot.hand.draft.chosen == 2


def test_escape_gives_a_drag_up(plot, segmented, drag):
    before = means(plot, segmented)
    drag(before[1], before[1] + 5, lets_go=False)
    assert plot.note.text() == DRAGGED
    press(plot, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(means(plot, segmented), before)
    QTest.mouseRelease(plot.plot.viewport(), LEFT, NONE, at(plot, before[1] + 5))
    assert segmented.state.inputs.start is None


def test_tab_chooses_and_goes_on_after_the_last(plot, segmented, qtbot):
    chosen = []
    for key in [Qt.Key.Key_Tab] * 2 + [Qt.Key.Key_Backtab]:
        press(plot, key)
        chosen.append(plot.hand.draft.chosen)
    assert chosen == [1, 2, 1]
    press(plot, Qt.Key.Key_Tab)
    assert plot.plot.hasFocus()
    QTest.keyClick(plot.plot, Qt.Key.Key_Tab)
    assert not plot.plot.hasFocus()


def test_a_focus_that_comes_by_key_is_seen(plot, qtbot):
    with qtbot.waitActive(plot):
        plot.activateWindow()
    plot.across.setFocus()
    plain = plot.plot.grab().toImage()
    plot.across.setFocus()
    plot.plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert plot.plot.grab().toImage() != plain
    plot.across.setFocus()
    assert plot.plot.grab().toImage() == plain


def test_arrows_move_by_a_tenth_of_a_deviation_and_return_restarts(plot, segmented, wait):
    plane, mixture = plane_of(segmented.state), segmented.state.result.mixture
    deviations = np.sqrt(np.diagonal(plane.covariances(mixture)[1]))
    press(plot, Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left)
    goal = plane.means(mixture)[1] + 0.1 * deviations
    np.testing.assert_allclose(means(plot, segmented)[1], goal)
    assert segmented.state.inputs.start is None
    press(plot, Qt.Key.Key_Return)
    np.testing.assert_allclose(segmented.state.inputs.start.means[1, :2], goal)
    wait(segmented, lambda state: state.progress is None)


def test_shift_stretches_and_control_turns(plot, segmented):
    plane, mixture = plane_of(segmented.state), segmented.state.result.mixture
    before = plane.covariances(mixture)[0]
    press(plot, Qt.Key.Key_Right, modifiers=SHIFT)
    wide = plane.covariances(plot.hand.draft.mixture)[0]
    np.testing.assert_allclose(wide[0, 0], before[0, 0] * 1.05**2)
    np.testing.assert_allclose(wide[1, 1], before[1, 1])
    press(plot, Qt.Key.Key_Right, modifiers=CTRL)
    turned = plane.covariances(plot.hand.draft.mixture)[0]
    assert np.linalg.det(turned) == pytest.approx(np.linalg.det(wide))
    assert not np.allclose(turned, wide)
    press(plot, Qt.Key.Key_Escape)
    np.testing.assert_allclose(plane.covariances(plot.hand.draft.mixture)[0], before)


def test_during_a_run_nothing_is_moved_and_the_plot_says_why(plot, segmented, drag):
    mixture = segmented.state.result.mixture
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    assert "when the run has ended" in plot.plot.toolTip()
    assert not len(plot.hand.draft.handles())
    place = means(plot, segmented)[1]
    drag(place)
    assert "when the run has ended" not in segmented.state.notice
    drag(place, place + 5)
    assert "when the run has ended" in segmented.state.notice
    press(plot, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert segmented.state.inputs.start is None
    segmented._change(progress=None)
    assert "Drag a number" in plot.plot.toolTip()


def test_a_run_that_begins_ends_a_drag(plot, segmented, drag):
    before = means(plot, segmented)
    drag(before[1], before[1] + 5, lets_go=False)
    segmented._change(progress=Progress(Stage.PREPARING))
    QTest.mouseRelease(plot.plot.viewport(), LEFT, NONE, at(plot, before[1] + 5))
    assert segmented.state.inputs.start is None
    np.testing.assert_array_equal(means(plot, segmented), before)


# ---- Lasso ----------------------------------------------------------------------------------

BOX = [QPoint(120, 40), QPoint(400, 40), QPoint(400, 200), QPoint(120, 200)]


def corners(plot, points):
    return [plot.hand._place(point.toPointF()) for point in points]


@pytest.mark.parametrize("by_key", [True, False])
def test_a_lasso_is_drawn_with_the_tool_or_with_shift(plot, segmented, drag, wait, qtbot, by_key):
    if not by_key:
        qtbot.mouseClick(plot.lasso, LEFT)
        assert segmented.state.look.plots.lassoing
    drag(*BOX, modifiers=SHIFT if by_key else NONE)
    lasso = segmented.state.look.plots.lasso
    assert (lasso.across, lasso.up) == ("L*", "a*")
    np.testing.assert_allclose(lasso.corners, corners(plot, BOX))
    state = wait(segmented, lambda state: state.highlight is not None)
    assert state.highlight.count > 0
    assert f"{state.highlight.share:.1%}" in plot.note.text()
    assert segmented.state.inputs.start is None


def test_the_lasso_is_drawn_in_its_own_plane_alone(plot, segmented, drag):
    drag(*BOX, modifiers=SHIFT)
    line = plot.marks.lines[-1]
    assert line.dashes
    np.testing.assert_array_equal(line.points[0], line.points[-1])
    segmented.plot(up="b*")
    assert not any(line.dashes for line in plot.marks.lines)


def test_a_lasso_under_way_is_seen_and_can_be_given_up(plot, segmented, drag):
    drag(*BOX, modifiers=SHIFT, lets_go=False)
    assert len(plot.marks.lines[-1].points) == 4
    press(plot, Qt.Key.Key_Escape)
    QTest.mouseRelease(plot.plot.viewport(), LEFT, NONE, BOX[-1])
    assert segmented.state.look.plots.lasso is None


def test_a_mere_click_is_no_lasso(plot, segmented, drag):
    known = Lasso("L*", "a*", ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
    segmented.plot(lasso=known)
    drag(BOX[0], BOX[0], modifiers=SHIFT)
    assert segmented.state.look.plots.lasso is known


# ---- Lasso by keys --------------------------------------------------------------------------

KEYS = Qt.Key
RIGHT, DOWN, LEFTWARDS, UP = KEYS.Key_Right, KEYS.Key_Down, KEYS.Key_Left, KEYS.Key_Up


@pytest.fixture
def in_hand(plot, segmented, qtbot):
    """The lasso is in hand, and the keys are for the plot."""
    with qtbot.waitActive(plot):
        plot.activateWindow()
    segmented.plot(lassoing=True)
    plot.across.setFocus()
    plot.plot.setFocus(Qt.FocusReason.TabFocusReason)
    return plot


def cursor(plot):
    return plot.hand.on_viewport(plot.hand.by_key.cursor)


def draw_square(plot):
    """Set four corners; the last one is above the first."""
    for key in (None, RIGHT, DOWN, LEFTWARDS):
        if key is not None:
            press(plot, key, key, modifiers=SHIFT)
        press(plot, KEYS.Key_Space)


def test_the_cursor_is_in_the_middle_when_the_focus_comes_by_key(in_hand):
    middle = in_hand.plot.viewport().rect().center()
    assert abs(cursor(in_hand).x() - middle.x()) < 60
    assert [cross.words for cross in in_hand.marks.crosses] == [""]
    assert in_hand.note.text() == HINT


def test_arrows_move_the_cursor_and_shift_moves_it_farther(in_hand):
    begun = cursor(in_hand)
    press(in_hand, RIGHT, DOWN, DOWN)
    step = cursor(in_hand) - begun
    assert (step.x(), step.y()) == (pytest.approx(STEP, abs=1), pytest.approx(2 * STEP, abs=2))
    press(in_hand, LEFTWARDS, modifiers=SHIFT)
    assert cursor(in_hand).x() - begun.x() == pytest.approx(STEP - LONG_STEP, abs=2)
    assert not in_hand.hand.draft.is_under_way


def test_the_cursor_stays_inside(in_hand):
    press(in_hand, *[LEFTWARDS] * 40, *[UP] * 40, modifiers=SHIFT)
    assert in_hand.plot.viewport().rect().contains(cursor(in_hand).toPoint())


@pytest.mark.parametrize("way", ["C", "Return on the first corner"])
def test_corners_are_set_and_the_lasso_is_closed(in_hand, segmented, wait, way):
    draw_square(in_hand)
    assert len(in_hand.marks.lines[-1].points) == 5
    if way == "C":
        press(in_hand, KEYS.Key_C)
    else:
        press(in_hand, UP, UP, modifiers=SHIFT)
        press(in_hand, KEYS.Key_Return)
    lasso = segmented.state.look.plots.lasso
    assert (lasso.across, lasso.up, len(lasso.corners)) == ("L*", "a*", 4)
    assert segmented.state.look.divided is False
    wait(segmented, lambda state: state.highlight is not None)
    assert "in the lasso" in in_hand.note.text()
    press(in_hand, KEYS.Key_Space)
    assert in_hand.note.text() == HINT


def test_return_elsewhere_sets_a_corner_and_backspace_takes_it_back(in_hand, segmented):
    draw_square(in_hand)
    press(in_hand, KEYS.Key_Return)
    press(in_hand, RIGHT, modifiers=SHIFT)
    press(in_hand, KEYS.Key_Return)
    assert len(in_hand.hand.by_key.corners) == 5
    press(in_hand, KEYS.Key_Backspace, KEYS.Key_Backspace)
    assert len(in_hand.hand.by_key.corners) == 3
    assert segmented.state.look.plots.lasso is None


def test_two_corners_are_no_lasso_and_escape_gives_up(in_hand, segmented):
    press(in_hand, KEYS.Key_Space, RIGHT, KEYS.Key_Space, KEYS.Key_C)
    assert segmented.state.look.plots.lasso is None
    press(in_hand, KEYS.Key_Escape)
    assert not in_hand.hand.by_key.corners
    assert not in_hand.marks.crosses
    assert not any(line.dashes for line in in_hand.marks.lines)


def test_with_ctrl_and_without_the_tool_arrows_are_for_the_ellipses(in_hand, segmented):
    press(in_hand, RIGHT, modifiers=CTRL)
    assert in_hand.hand.draft.is_under_way
    press(in_hand, KEYS.Key_Escape)
    segmented.plot(lassoing=False)
    assert in_hand.hand.by_key.cursor is None
    press(in_hand, RIGHT)
    assert in_hand.hand.draft.is_under_way


def test_a_drag_takes_over_from_the_keys(in_hand, segmented, drag):
    press(in_hand, KEYS.Key_Space, RIGHT)
    drag(*BOX)
    assert not in_hand.hand.by_key.corners
    assert len(segmented.state.look.plots.lasso.corners) == 4


def test_the_keys_are_described(plot):
    for words in (plot.plot.accessibleDescription(), plot.lasso.toolTip()):
        assert "Space sets a corner" in words


# ---- k-means beside EM ----------------------------------------------------------------------


def test_centres_of_k_means_are_crosses_with_numbers_in_the_colours_of_their_classes(
    plot, segmented
):
    assert not plot.marks.crosses
    clusters = show_beside(segmented, classes=np.array([2, 0, 1]))
    crosses = plot.marks.crosses
    assert [cross.words for cross in crosses] == ["k3", "k1", "k2"]
    places = plane_of(segmented.state).places(clusters.features)
    np.testing.assert_allclose([cross.point for cross in crosses], clusters.centres[:, places])
    assert crosses[0].colour == QColor(*default_classes(3)[2].colour)
    segmented.set_look(k_means=False)
    assert not plot.marks.crosses


def test_crosses_of_other_features_are_not_drawn(plot, segmented):
    show_beside(segmented, features=("one", "two", "three"))
    assert not plot.marks.crosses


def test_a_cross_is_painted(plot, segmented, qtbot):
    show_beside(segmented)
    before = plot.plot.grab().toImage()
    segmented.set_look(k_means=False)
    assert plot.plot.grab().toImage() != before


def test_hard_borders_are_drawn_where_there_is_nothing_but_the_plane(plot, segmented, wait):
    show_beside(segmented)
    assert not any(line.dashes for line in plot.marks.lines)
    segmented._change(progress=None, stepping=False)
    image = segmented.state.image
    two = image_of(np.ascontiguousarray(image.pixels[..., :2]))
    show_image(segmented, two)
    segmented.run()
    wait(segmented, lambda state: state.result is not None and state.progress is None)
    wait(segmented, lambda state: state.cloud is not None and len(state.cloud.names) == 2)
    clusters = show_beside(segmented)
    dashed = [line.points for line in plot.marks.lines if line.dashes]
    assert dashed
    features = segmented.state.cloud.features
    for ends in dashed:
        gaps = (ends.mean(axis=0) - clusters.centres) / features.scale * np.sqrt(features.weight)
        near = np.sort(np.hypot(*gaps.T))
        assert near[0] == pytest.approx(near[1])
    show_beside(segmented, classes=np.zeros_like(clusters.classes))
    assert not any(line.dashes for line in plot.marks.lines), "all centres are of one class"
