"""The page that tells how EM works: readable at once, its pictures come by themselves."""

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtGui import QImage, QTextDocument

from segmenter.app.lesson import Scene, Scores
from segmenter.app.runner import Lanes
from segmenter.engine.outcome import Clusters, Phase
from segmenter.engine.styles import PALETTE
from segmenter.engine.types import Mixture
from segmenter.ui import theme
from segmenter.ui.lesson_dialog import MAKING, NAMES, WITHOUT_SAMPLE, LessonDialog
from segmenter.ui.lesson_pictures import HEIGHT, WIDTH, blank, painted
from segmenter.ui.lesson_text import TEXT

PATIENCE = 60_000


@pytest.fixture
def lanes(qapp):
    made = Lanes()
    yield made
    assert made.come_to_rest(PATIENCE)


@pytest.fixture
def opened(qtbot, lanes):
    def make(samples):
        dialog = LessonDialog(lanes, samples)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def pixels_of(picture):
    converted = picture.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(converted.constBits(), np.uint8).reshape(converted.height(), -1)
    return lines[:, : 3 * converted.width()].reshape(converted.height(), -1, 3).astype(int)


@pytest.mark.parametrize(
    "word",
    ["mixture", "E-step", "M-step", "never falls", "local optima", "k-means", "Missing", "field",
     "chain", "BIC"],
)  # fmt: skip
def test_the_page_speaks_of_everything(qapp, word):
    document = QTextDocument()
    document.setHtml(TEXT)
    assert word in document.toPlainText()


def test_it_is_readable_before_any_picture_is_there(opened):
    dialog = opened(sorted(SAMPLE_IMAGES.iterdir()))
    words = dialog.page.toPlainText()
    assert "Nobody has told the program" in words
    assert words.count(MAKING) >= len(NAMES)
    assert not dialog.isModal()
    dialog.close()


def test_all_pictures_come_and_the_place_is_kept(opened, qtbot):
    dialog = opened(sorted(SAMPLE_IMAGES.iterdir()))
    before = {name: pixels_of(dialog.picture(name)) for name in NAMES}
    bar = dialog.page.verticalScrollBar()
    bar.setValue(300)
    qtbot.waitUntil(lambda: MAKING not in dialog.page.toPlainText(), timeout=PATIENCE)
    assert bar.value() == 300
    words = dialog.page.toPlainText()
    assert "After 3 iterations: log-likelihood" in words
    for name in NAMES:
        assert (pixels_of(dialog.picture(name)) != before[name]).any()


def test_without_the_sample_the_words_are_there_all_the_same(opened):
    dialog = opened([])
    assert "Nobody has told the program" in dialog.page.toPlainText()
    assert WITHOUT_SAMPLE in dialog.page.toPlainText()


def test_a_sample_that_cannot_be_read_is_said(opened, qtbot, tmp_path):
    broken = tmp_path / "coffee.png"
    broken.write_bytes(b"no image")
    dialog = opened([broken])
    qtbot.waitUntil(lambda: MAKING not in dialog.page.toPlainText(), timeout=PATIENCE)
    assert "coffee.png" in dialog.page.toPlainText()


def test_closing_it_ends_the_work(opened, lanes):
    dialog = opened(sorted(SAMPLE_IMAGES.iterdir()))
    dialog.close()
    assert not dialog._runner.is_busy


def test_another_palette_paints_anew(opened, qtbot):
    dialog = opened([])
    light = pixels_of(dialog.picture("first")).mean()
    dialog.setPalette(theme.palette(dark=True))
    assert pixels_of(dialog.picture("first")).mean() < light - 50


# ---- Pictures --------------------------------------------------------------------------------


def scene(**changes):
    labels = np.ones((20, 30), np.uint8)
    labels[:, 15:] = 2
    covariances = np.array([np.eye(3) * 900.0] * 2)
    means = np.array([[60.0, 0, 60], [200, 0, 200]])
    given = {
        "shown": np.full((20, 30, 3), 128, np.uint8),
        "labels": labels,
        "points": np.array([[60.0, 60.0], [200, 200]]),
        "point_labels": np.array([1, 2], np.uint8),
        "mixture": Mixture(np.array([0.5, 0.5]), means, covariances),
    }
    return Scene("x", "words", **{**given, **changes})


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_picture_is_as_fine_as_the_screen(qapp, ratio):
    picture = painted(scene(), theme.palette(dark=False), ratio)
    assert (picture.width(), picture.height()) == (round(WIDTH * ratio), round(HEIGHT * ratio))
    assert picture.devicePixelRatio() == ratio


def test_classes_lie_over_the_image_and_ellipses_beside_it(qapp):
    palette = theme.palette(dark=False)
    seen = pixels_of(painted(scene(), palette, 1.0))
    bare = pixels_of(painted(scene(points=None, point_labels=None, mixture=None), palette, 1.0))
    assert tuple(seen[60, 40]) != tuple(seen[60, 140])
    assert (seen[:, :170] == bare[:, :170]).all()
    # Red and blue of a mean are a quarter and three quarters of the way.
    ring = np.abs(seen[:, 190:] - np.array([0, 114, 178])).sum(axis=-1) < 60
    rows, columns = np.nonzero(ring)
    assert rows.mean() > HEIGHT / 2
    assert columns.mean() < (WIDTH - 190) / 2


def test_the_best_score_has_a_ring(qapp):
    palette = theme.palette(dark=False)
    values = (-9.0, -3.0, -5.0)
    seen = pixels_of(painted(Scores("bic", "", (1, 2, 3), values), palette, 1.0))
    flat = pixels_of(blank(palette, 1.0))
    middle = np.abs(seen - flat).sum(axis=(0, 2))[WIDTH // 2 - 9 : WIDTH // 2 + 10].sum()
    right = np.abs(seen - flat).sum(axis=(0, 2))[WIDTH - 26 : WIDTH - 7].sum()
    assert middle > 1.3 * right


@pytest.mark.parametrize("dark", [False, True])
def test_centres_of_k_means_are_crosses_in_the_colours_of_their_classes(qapp, dark):
    palette = theme.palette(dark=dark)
    shown = np.full((20, 20, 3), 128, np.uint8)
    points, labels = np.array([[10.0, 10.0]]), np.ones((20, 20), np.uint8)
    centres = np.array([[60.0, 0.0, 200.0], [200.0, 0.0, 60.0]])
    clusters = Clusters(Phase.M_STEP, 3, centres, ("red", "green", "blue"), np.array([1, 0]))
    scene = Scene("hard", "", shown, labels, points, labels[0, :1], clusters=clusters)
    without = Scene("hard", "", shown, labels, points, labels[0, :1])
    seen, plain = (pixels_of(painted(one, palette, 1.0)) for one in (scene, without))
    changed = (seen != plain).any(axis=-1)
    assert changed.sum() > 100
    for colour in PALETTE[:2]:
        assert (np.abs(seen[changed] - colour).sum(axis=-1) < 6).any()
