"""Segmenting: at once, followed as it goes, stopped, stepped, changed on the way."""

from __future__ import annotations

import time

import numpy as np
import pytest
from person import CTRL
from places import SAMPLE_IMAGES
from PySide6.QtCore import QAbstractAnimation, QObject, QPoint, QTimer
from PySide6.QtWidgets import QCheckBox

from segmenter import segment
from segmenter.engine.outcome import Phase, Stop
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.convergence_plot import ConvergencePlot
from segmenter.ui.settings_panel import SettingsPanel

COFFEE = SAMPLE_IMAGES / "coffee.png"
COINS = SAMPLE_IMAGES / "coins.png"
DEEP_FIELD = SAMPLE_IMAGES / "deep_field.jpg"
# Seconds that the window may be deaf; generous, because the machine may be busy.
LONGEST_GAP = 1.0


@pytest.fixture
def rows(person):
    return person.window.findChild(SettingsPanel).rows


@pytest.fixture
def curve(person):
    """Return the curve as it is drawn: the height of every point."""
    person.wait(lambda: person.window.findChild(ConvergencePlot) is not None)
    plot = person.window.findChild(ConvergencePlot)

    def heights():
        _, drawn = plot.curve.getData()
        return () if drawn is None else tuple(drawn)

    return heights


@pytest.fixture
def endless(person, rows):
    """Settings by which a run on a large image goes on for longer than anybody waits."""
    more = person.window.findChild(SettingsPanel)._more
    person.click(more.toggleButton())
    person.wait(lambda: more._animation.state() == QAbstractAnimation.State.Stopped)
    person.drag_slider(rows["components"].editor.wide, 30)
    # With its place every pixel is a sample of its own.
    (position,) = [
        box
        for box in rows["features"].editor.wide.findChildren(QCheckBox)
        if box.text() == "Position"
    ]
    person.tick(position)
    assert position.isChecked()
    person.write(rows["max_iterations"].editor.compact, "100000")
    person.write(rows["tolerance"].editor.compact, "1e-12")
    person.write(rows["restarts"].editor.compact, "1")


class Heartbeat(QObject):
    """Notes how long the window's thread was deaf at worst."""

    def __init__(self, parent):
        super().__init__(parent)
        self.beats, self.longest, self._last = 0, 0.0, time.monotonic()
        self._timer = QTimer(self, interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self.beats, self._last = self.beats + 1, now


def share_of(person, row):
    classes = person.window.findChild(ClassesPanel)
    return classes.model.index(row, 3).data()


def test_a_first_segmentation_comes_at_once_and_follows_the_slider(person, rows):
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    first = person.wait_for_result()
    assert first.class_count == 4
    assert share_of(person, 0) == f"{np.mean(first.labels == 1):.1%}"
    overlay = person.painted()

    person.drag_slider(rows["components"].editor.wide, 2)
    assert rows["components"].editor.compact.value() == 2
    second = person.wait_for_result()
    assert second.class_count == 2
    assert not np.array_equal(person.painted(), overlay)

    # A drag is one step back, whatever the slider passed on its way.
    person.press("Ctrl+Z")
    assert person.wait_for_result().settings == first.settings
    np.testing.assert_array_equal(person.painted(), overlay)
    person.press("Ctrl+Shift+Z")
    person.wait_for_result()
    assert rows["components"].editor.compact.value() == 2


def test_a_typed_number_and_a_feature_are_followed_and_reset(person, rows):
    person.choose("File", "Open sample", "Stained cells")
    person.wait(lambda: person.state.image is not None)
    first = person.wait_for_result()
    person.write(rows["components"].editor.compact, "3")
    assert person.wait_for_result().class_count == 3
    features = rows["features"].editor
    (rgb,) = [box for choice, box in features._boxes.items() if choice == "rgb"]
    person.tick(rgb)
    assert {"red", "green", "blue"} <= set(person.wait_for_result().mixture.features)
    person.click(rows["features"].reset)
    person.click(rows["components"].reset)
    assert person.wait_for_result() is not None
    np.testing.assert_array_equal(person.state.result.labels, first.labels)


def test_progress_is_live_and_stop_keeps_the_best(person, endless, curve):
    person.choose("File", "Open sample", "Deep field")
    person.wait_for_image(DEEP_FIELD)
    plain = person.painted()
    lengths, overlays = [], []

    def has_grown_four_times():
        if len(curve()) > (lengths[-1] if lengths else 0) + 3:
            lengths.append(len(curve()))
            overlays.append(person.painted())
        return len(lengths) == 4

    person.wait(has_grown_four_times)
    assert all((overlay != plain).any() for overlay in overlays)
    assert (overlays[0] != overlays[-1]).any(), "the overlay does not move"
    bottom = person.window.statusBar()
    stage, iteration, value = bottom.stage.text().split(" · ")
    assert (stage, iteration.endswith("/100000")) == ("EM", True)
    assert value.startswith("log-likelihood \N{MINUS SIGN}")
    assert bottom.bar.isVisible()

    drawn = curve()
    person.press("Esc")
    person.wait(lambda: person.state.progress is None)
    result = person.state.result
    assert result.stopped is Stop.CANCELLED
    assert result.log_likelihoods[: len(drawn)] == drawn
    assert curve() == result.log_likelihoods
    assert "the best so far is kept" in person.status
    assert not bottom.stop.isVisible()
    assert not bottom.bar.isVisible()


def test_the_window_stays_awake_while_em_runs(person, endless):
    beat = Heartbeat(person.window)
    person.choose("File", "Open sample", "Deep field")
    person.wait(lambda: len(person.state.curve) > 2)
    before = beat.beats
    person.wait(lambda: beat.beats > before + 20)
    scale = person.canvas.view.scale
    person.turn_wheel(QPoint(200, 150), 2)
    assert person.canvas.view.scale > scale
    person.press("Ctrl+4")
    plain = person.painted()
    person.press("Ctrl+1")
    assert (person.painted() != plain).any()
    assert "red" in person.point_at(300, 300)
    assert person.state.progress is not None, "the run ended by itself"
    person.press("Esc")
    person.wait(lambda: person.state.progress is None)
    assert beat.longest < LONGEST_GAP


def test_the_stop_button_at_the_bottom_stops_too(person, endless):
    person.drop(DEEP_FIELD)
    person.wait(lambda: len(person.state.curve) > 2)
    person.click(person.window.statusBar().stop)
    person.wait(lambda: person.state.progress is None)
    assert person.state.result.stopped is Stop.CANCELLED
    assert person.state.result.labels.all()


def test_stepping_leads_to_the_very_same_result(person, curve):
    person.press("Ctrl+L")
    person.drop(COINS)
    person.wait_for_image(COINS)
    person.press("F10")
    lengths = []
    while len(lengths) < 4:
        before = person.state.progress
        person.press("F10")
        person.wait(lambda: person.state.progress is not before)  # noqa: B023 - used at once
        assert person.state.progress is not None, "it went on by itself"
        if person.state.progress.phase is Phase.E_STEP:
            lengths.append(len(curve()))
    assert np.diff(lengths).tolist() == [1, 1, 1]
    assert person.window.statusBar().stage.text().startswith("Paused · EM")
    person.press("F5")
    stepped = person.wait_for_result()
    expected = segment(person.state.image, stepped.settings)
    assert stepped.log_likelihoods == expected.log_likelihoods
    np.testing.assert_array_equal(stepped.labels, expected.labels)


def test_a_setting_changed_on_the_way_counts_and_nothing_late_comes(person, rows, endless):
    person.drop(DEEP_FIELD)
    person.wait(lambda: len(person.state.curve) > 2)
    person.write(rows["max_iterations"].editor.compact, "5")
    for components in (9, 3, 5):
        person.drag_slider(rows["components"].editor.wide, components)
    result = person.wait_for_result()
    assert (result.class_count, result.iterations) == (5, 5)
    assert person.status.startswith("Reached the limit of 5 iterations")


def test_without_live_nothing_runs_until_it_is_asked_for(person, rows):
    person.tick(person.window.findChild(SettingsPanel).live)
    person.drop(COINS)
    person.wait_for_image(COINS)
    person.drag_slider(rows["components"].editor.wide, 3)
    assert (person.state.progress, person.state.result) == (None, None)
    person.press("F5")
    assert person.wait_for_result().class_count == 3
    person.write(rows["components"].editor.compact, "2")
    assert person.state.progress is None
    assert "Run (F5)" in person.status
    person.turn_wheel(QPoint(100, 100), 1, modifiers=CTRL)
    person.choose("Run", "Live")
    assert person.wait_for_result().class_count == 2
