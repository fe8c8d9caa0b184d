"""The lesson's scenes are what the engine does on the sample, and show what the page says."""

import re

import numpy as np
import pytest
from places import SAMPLE_IMAGES

from segmenter.app.lesson import BASE, LOST, SIDE, Scores, lesson, thinned, without_red
from segmenter.engine.pipeline import segment
from segmenter.files.images import read_image

SAMPLE = SAMPLE_IMAGES / "coffee.png"


@pytest.fixture(scope="module")
def told(run):
    """All that was yielded, and the scenes in the end by name."""
    yielded, scenes = run(lesson(SAMPLE))
    return yielded, {scene.name: scene for scene in scenes}


@pytest.fixture(scope="module")
def small():
    return thinned(read_image(SAMPLE))


def value_in(scene):
    return float(re.search(r"\N{MINUS SIGN}([\d.]+) per pixel", scene.caption)[1]) * -1


def test_scenes_come_one_by_one_and_each_has_a_name_of_its_own(told):
    yielded, scenes = told
    assert [len(some) for some in yielded] == list(range(1, len(scenes) + 1))


def test_the_sample_is_thinned_so_that_the_page_is_ready_soon(small):
    assert max(small.shape) <= SIDE
    assert small.valid.all()


def test_the_walk_leads_up_from_the_start_to_the_result(told, small):
    scenes = told[1]
    walk = [scenes[name] for name in ("first", "second", "third", "last")]
    values = [value_in(scene) for scene in walk]
    assert values == sorted(values)
    assert len(set(values)) == 4
    for scene, words in zip(walk, ("start", "1 iteration", "3 iterations", "end"), strict=True):
        assert words in scene.caption
    result = segment(small, BASE)
    np.testing.assert_array_equal(walk[-1].labels, result.labels)
    np.testing.assert_array_equal(walk[-1].mixture.means, result.mixture.means)
    assert len({scene.labels.tobytes() for scene in walk}) == 4


def test_a_scatter_shows_pixels_by_their_own_classes(told):
    scene = told[1]["last"]
    assert scene.points.shape == (len(scene.point_labels), 2)
    assert 500 < len(scene.points) < 3000
    assert set(scene.point_labels) == {1, 2, 3}


def test_the_other_start_ends_at_a_poorer_optimum(told):
    assert value_in(told[1]["poor"]) < value_in(told[1]["last"]) - 0.05


def test_k_means_differs(told):
    assert (told[1]["k-means"].labels != told[1]["last"].labels).mean() > 0.05


def test_what_was_lost_is_mended(told, small):
    scenes = told[1]
    lost = without_red(small).missing[..., 0]
    assert lost.mean() == pytest.approx(LOST, abs=0.02)
    error = [
        np.abs(scenes[name].shown[lost].astype(int) - small.pixels[lost]).mean()
        for name in ("damaged", "mended")
    ]
    assert error[1] < 0.3 * error[0]
    np.testing.assert_array_equal(scenes["mended"].shown[~lost], small.pixels[~lost])


def specks(labels):
    """The share of neighbours of different classes."""
    return (labels[:, 1:] != labels[:, :-1]).mean()


@pytest.mark.parametrize("name", ["by-field", "by-chain"])
def test_neighbours_calm_the_noise(told, name):
    assert specks(told[1][name].labels) < 0.6 * specks(told[1]["by-none"].labels)


def test_bic_is_largest_in_between(told):
    scores = told[1]["bic"]
    assert isinstance(scores, Scores)
    best = int(np.argmax(scores.values))
    assert 0 < best < len(scores.values) - 1
    assert scores.caption.endswith(f"at {scores.counts[best]}")


def test_k_means_on_its_way_is_beside_em_after_as_many_iterations(told):
    """From the same start, on the same pixels; its cost has fallen."""
    scene = told[1]["hard"]
    assert "k-means after 3 iterations" in scene.caption
    first, last = (float(value) for value in re.findall(r"\d\.\d+", scene.caption))
    assert last < first
    assert scene.clusters.iteration == 3
    assert (scene.labels != told[1]["third"].labels).mean() > 0.02
    assert (scene.labels != told[1]["k-means"].labels).any()
    assert set(scene.point_labels) == {1, 2, 3}
