"""k-means beside EM: the same samples, the same start, matched classes, and where they differ."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmenter.engine.compare import (
    beside,
    counts_of_pairs,
    differing,
    disagreement,
    renumbered,
)
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Noise, SegmenterError

LABEL_MAPS = arrays(np.uint8, (4, 6), elements=st.integers(0, 3))


@pytest.fixture(scope="module")
def wide_and_narrow():
    """A grey image: a narrow dark kind, a wide bright one; EM's border is not half-way."""
    random = np.random.default_rng(3)
    values = np.where(np.arange(80) < 40, random.normal(100, 2, (60, 80)), 0)
    values[:, 40:] = random.normal(140, 20, (60, 40))
    return image_of(np.clip(np.rint(values), 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def result(wide_and_narrow):
    return segment(wide_and_narrow, Settings(components=2))


def test_kinds_that_lie_far_apart_are_the_same_for_both(image, truth):
    found = beside(image, segment(image, Settings(components=3)))
    assert (found.labels == truth).mean() > 0.99
    assert found.share < 0.01


def test_k_means_divides_half_way_between_the_means_of_its_pixels(wide_and_narrow, result):
    found = beside(wide_and_narrow, result)
    values = wide_and_narrow.pixels[:, :, 0]
    means = [values[found.labels == number].mean() for number in (1, 2)]
    np.testing.assert_allclose(found.centres.ravel(), means, rtol=1e-4)
    np.testing.assert_array_equal(found.labels, np.where(values < np.mean(means), 1, 2))


def test_what_differs_is_marked_and_counted(wide_and_narrow, result):
    found = beside(wide_and_narrow, result)
    np.testing.assert_array_equal(found.differs, found.labels != result.labels)
    assert found.count == found.differs.sum() > 100
    assert found.share == found.count / found.labels.size
    for row in (1, 2):
        for column in (1, 2):
            both = (result.labels == row) & (found.labels == column)
            assert found.counts[row - 1, column - 1] == both.sum()


def test_classes_are_matched_whatever_their_numbers(image):
    whole = segment(image, Settings(components=3))
    found = beside(image, whole)
    again = beside(image, replace(whole, labels=whole.labels % 3 + 1))
    np.testing.assert_array_equal(again.labels, found.labels % 3 + 1)
    np.testing.assert_array_equal(again.differs, found.differs)
    np.testing.assert_array_equal(again.centres, np.roll(found.centres, 1, axis=0))


def test_a_joined_class_has_a_cluster_for_each_of_its_components(image):
    whole = segment(image, Settings(components=3))
    mixture = replace(whole.mixture, classes=np.array([0, 1, 0]))
    joined = np.array([0, 1, 2, 1], np.uint8)
    chances = np.stack([whole.responsibilities[[0, 2]].sum(axis=0), whole.responsibilities[1]])
    found = beside(
        image,
        replace(whole, mixture=mixture, labels=joined[whole.labels], responsibilities=chances),
    )
    assert found.centres.shape == (3, 3)
    assert found.counts.shape == (2, 2)
    np.testing.assert_array_equal(found.labels, joined[beside(image, whole).labels])


def test_both_see_the_image_in_even_light():
    kinds = np.add.outer(np.arange(72) // 6, np.arange(96) // 6) % 2
    light = np.linspace(0.75, 1.25, 96)
    noise = np.random.default_rng(0).normal(0, 3, kinds.shape)
    values = np.clip(np.rint((90 + 50 * kinds + noise) * light), 0, 255)
    lit = image_of(values.astype(np.uint8))
    found = beside(lit, segment(lit, Settings(components=2, shading=True)))
    assert (found.labels == kinds + 1).mean() > 0.99
    np.testing.assert_allclose(found.centres.ravel(), [90, 140], rtol=0.03)


def test_no_cluster_is_noise(wide_and_narrow, result):
    mixture = replace(result.mixture, noise=Noise(0.1, 1 / 256))
    labels = np.where(wide_and_narrow.pixels[:, :, 0] > 180, 3, result.labels).astype(np.uint8)
    chances = np.concatenate([result.responsibilities, np.zeros_like(result.responsibilities[:1])])
    noisy = replace(result, mixture=mixture, labels=labels, responsibilities=chances)
    found = beside(wide_and_narrow, noisy)
    assert set(np.unique(found.labels)) == {1, 2}
    assert found.differs[labels == 3].all()


def test_pixels_without_data_have_no_class_and_do_not_differ(wide_and_narrow):
    pixels = wide_and_narrow.pixels.astype(np.float32)
    pixels[:5, :, 0] = np.nan
    image = image_of(pixels)
    found = beside(image, segment(image, Settings(components=2)))
    assert not found.labels[:5].any()
    assert found.labels[5:].all()
    assert not found.differs[:5].any()
    assert found.counts.sum() == 55 * 80


def test_what_em_leaves_without_a_class_does_not_differ(wide_and_narrow, result):
    labels = result.labels.copy()
    labels[:5] = 0
    found = beside(wide_and_narrow, replace(result, labels=labels))
    assert found.count == found.differs.sum()
    assert not found.differs[:5].any()


def test_a_feature_counts_as_much_as_in_the_mixture(wide_and_narrow):
    kinds = (FeatureKind.CHANNELS, FeatureKind.POSITION)
    settings = Settings(components=2, features=kinds, position_weight=0.3)
    whole = segment(wide_and_narrow, settings)
    found = beside(wide_and_narrow, whole)
    rows, columns = np.indices(found.labels.shape)
    values = [wide_and_narrow.pixels[:, :, 0], columns, rows]
    for number in (1, 2):
        own = found.labels == number
        means = sorted(value[own].mean() for value in values)
        np.testing.assert_allclose(sorted(found.centres[number - 1]), means, rtol=0.02)
    heavy = settings.model_copy(update={"position_weight": 5.0})
    elsewhere = beside(wide_and_narrow, replace(whole, settings=heavy))
    assert not np.array_equal(elsewhere.labels, found.labels)


def test_the_bits_are_the_same_for_any_number_of_threads():
    random = np.random.default_rng(0)
    image = image_of(random.normal(size=(300, 300, 2)).astype(np.float32))
    whole = segment(image, Settings(components=3, max_iterations=3))
    found = []
    for threads in (1, 2, 3):
        set_thread_count(threads)
        found.append(beside(image, whole))
    set_thread_count(0)
    for other in found[1:]:
        assert other.centres.tobytes() == found[0].centres.tobytes()
        assert other.labels.tobytes() == found[0].labels.tobytes()


def test_one_component_never_differs(wide_and_narrow):
    found = beside(wide_and_narrow, segment(wide_and_narrow, Settings(components=1)))
    assert (found.count, found.share) == (0, 0.0)


def test_the_result_of_another_image_is_refused(result):
    with pytest.raises(SegmenterError, match="not of this image"):
        beside(image_of(np.eye(4)), result)


# ---- Disagreement -------------------------------------------------------------------------------


@given(LABEL_MAPS, LABEL_MAPS)
def test_the_best_matching_of_all_is_taken(first, second):
    both = (first > 0) & (second > 0)
    agreeing = [
        sum(
            (second[both & (first == number)] == name).sum() for number, name in enumerate(names, 1)
        )
        for names in permutations((1, 2, 3))
    ]
    expected = 1 - max(agreeing) / both.sum() if both.any() else 0
    assert disagreement(first, second) == pytest.approx(expected)
    assert disagreement(second, first) == pytest.approx(expected)


def test_maps_with_other_numbers_of_classes_are_compared():
    assert disagreement(np.array([[1, 1, 2, 3]], np.uint8), np.ones((1, 4), np.uint8)) == 0.5


def test_pairs_are_counted_in_every_piece():
    random = np.random.default_rng(0)
    first, second = random.integers(0, 4, (2, 300, 300), dtype=np.uint8)
    pairs = counts_of_pairs(first, second, 3, 3)
    expected = [[((first == a) & (second == b)).sum() for b in (1, 2, 3)] for a in (1, 2, 3)]
    np.testing.assert_array_equal(pairs, expected)


def test_where_either_map_has_no_data_nothing_differs():
    first, second = np.array([[0, 1, 1, 2]], np.uint8), np.array([[1, 0, 2, 2]], np.uint8)
    assert differing(first, second).tolist() == [[False, False, True, False]]


@given(LABEL_MAPS, st.permutations([1, 2, 3]))
def test_a_map_with_other_numbers_gets_those_of_the_first(labels, order):
    table = np.array([0, *order], np.uint8)
    np.testing.assert_array_equal(renumbered(table[labels], labels, 3), labels)


@given(LABEL_MAPS, LABEL_MAPS)
def test_numbers_are_changed_one_for_one_and_no_data_stays(labels, like):
    found = renumbered(labels, like, 3)
    np.testing.assert_array_equal(found == 0, labels == 0)
    pairs = set(zip(labels.ravel().tolist(), found.ravel().tolist(), strict=True))
    assert len({mine for mine, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs)
    assert np.mean(found == like) >= np.mean(labels == like) or found.max() > 3


def test_classes_without_a_partner_come_after_the_others():
    like = np.array([[1, 1, 1, 1, 2, 2]], np.uint8)
    labels = np.array([[3, 3, 1, 2, 4, 4]], np.uint8)
    assert renumbered(labels, like, 2).tolist() == [[1, 1, 3, 4, 2, 2]]


def test_a_class_that_meets_no_other_is_not_given_its_colour():
    like = np.array([[1, 1, 0, 2]], np.uint8)
    labels = np.array([[1, 1, 2, 1]], np.uint8)
    assert renumbered(labels, like, 2).tolist() == [[1, 1, 3, 1]]
