"""The nearest centre is the nearest, and the first of equals."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from segmenter.engine.kernels.kmeans import CHUNK, nearest_centres, sums_of_labels


@pytest.mark.parametrize("features", [1, 2, 3, 8])
@pytest.mark.parametrize("components", [1, 2, 32])
@pytest.mark.parametrize("count", [1, 200])
def test_nearest_centres_equal_their_twin(features, components, count):
    random = np.random.default_rng([features, components, count])
    values = random.normal(size=(features, count)).astype(np.float32)
    centres = random.normal(size=(components, features)).astype(np.float32)
    found, expected = nearest_centres(values, centres), reference.nearest(values, centres)
    gap = np.linalg.norm(values.T - centres[found], axis=1)
    shortest = np.linalg.norm(values.T - centres[expected], axis=1)
    np.testing.assert_allclose(gap, shortest, rtol=1e-5)
    assert (found == expected).mean() > 0.99


def test_the_first_of_equal_centres_wins():
    values = np.zeros((2, 5), np.float32)
    assert not nearest_centres(values, np.ones((3, 2), np.float32)).any()


def test_no_samples_have_no_labels():
    assert nearest_centres(np.empty((3, 0), np.float32), np.ones((2, 3), np.float32)).size == 0


@pytest.mark.parametrize("count", [1, 1000, CHUNK + 1, 2 * CHUNK])
def test_sums_equal_their_twin(count):
    random = np.random.default_rng(count)
    values = random.normal(size=(2, count)).astype(np.float32)
    weights = random.integers(1, 9, count).astype(np.float32)
    labels = random.integers(0, 3, count).astype(np.uint8)
    found = sums_of_labels(values, weights, labels, 4)
    expected = reference.sums_of_labels(values, weights, labels, 4)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * count)


def test_a_label_without_samples_has_no_sum():
    empty = np.empty((2, 0), np.float32), np.empty(0, np.float32), np.empty(0, np.uint8)
    assert not sums_of_labels(*empty, 3).any()


def test_labels_beyond_the_first_chunk_are_found():
    values = np.zeros((1, CHUNK + 3), np.float32)
    values[0, CHUNK:] = 9
    labels = nearest_centres(values, np.array([[0], [9]], np.float32))
    assert labels.tolist() == [0] * CHUNK + [1] * 3
