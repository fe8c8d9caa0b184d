"""Components become classes: the ones that are named, or the ones that overlap."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA

from segmenter.engine.iterate import iterate
from segmenter.engine.join import OVERLAPPING, _overlap, by_entropy, by_hand
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import posterior_of
from segmenter.engine.pipeline import finish
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings
from segmenter.engine.starts import starts
from segmenter.engine.types import Mixture, Samples, SegmenterError

NUCLEI = DATA / "dsb2018"

# ---- By hand ------------------------------------------------------------------------------------


def test_named_components_become_one_class_and_the_others_stay():
    assert by_hand([(2, 3), (6, 5)], 6).tolist() == [0, 1, 1, 2, 3, 3]
    assert by_hand([(4, 1)], 4).tolist() == [0, 1, 2, 0]
    assert by_hand([], 3).tolist() == [0, 1, 2]


def test_a_component_that_does_not_exist_is_refused():
    with pytest.raises(SegmenterError, match=r"no component 5\..*from 1 to 4"):
        by_hand([(2, 5)], 4)
    with pytest.raises(SegmenterError, match="no component 0"):
        by_hand([(0, 1)], 4)


def test_a_component_that_is_named_twice_is_refused():
    with pytest.raises(SegmenterError, match="named twice"):
        by_hand([(1, 2), (2, 3)], 4)


# ---- By overlap ---------------------------------------------------------------------------------


def one_feature(weights, means, spreads):
    covariances = np.square(np.array(spreads, float))[:, None, None]
    return Mixture(np.array(weights, float), np.array(means, float)[:, None], covariances)


def drawn_from(mixture, count=4000):
    random = np.random.default_rng(0)
    which = random.choice(len(mixture), count, p=mixture.weights)
    spreads = np.sqrt(mixture.covariances[which, 0, 0])
    values = random.normal(mixture.means[which, 0], spreads)
    return Samples(np.float32([values]), np.ones(count, np.float32))


def classes_of(mixture, form_of, classes="auto"):
    return by_entropy(drawn_from(mixture), mixture, form_of("full", 1), classes).tolist()


def test_components_far_apart_stay_apart(form_of):
    apart = one_feature([0.2, 0.5, 0.3], [0, 10, 20], [1, 1, 1])
    assert classes_of(apart, form_of) == [0, 1, 2]


def test_the_parts_of_a_skewed_kind_become_one_class(form_of):
    skewed = one_feature([0.4, 0.3, 0.2, 0.1], [0, 20, 21, 23], [1, 1, 1.5, 2.5])
    assert classes_of(skewed, form_of) == [0, 1, 1, 1]
    assert classes_of(skewed, form_of, 3) == [0, 1, 2, 2]


def test_a_core_and_its_halo_are_one_class(form_of):
    halo = one_feature([0.4, 0.2, 0.4], [0, 0, 15], [1, 3, 1])
    assert classes_of(halo, form_of) == [0, 0, 1]


def test_a_small_tail_is_joined_before_two_large_kinds_that_touch(form_of):
    # The entropy falls most where the large ones are joined, because they have more pixels.
    tail = one_feature([0.495, 0.49, 0.015], [0, 2.8, 5.0], [1, 1, 1.2])
    assert classes_of(tail, form_of, 2) == [0, 1, 1]


def test_as_many_classes_are_left_as_asked_for(form_of):
    mixture = one_feature([0.25] * 4, [0, 3, 7, 12], [1, 1, 1, 1])
    for classes in range(1, 6):
        assert max(classes_of(mixture, form_of, classes)) + 1 == min(classes, 4)


def test_overlap_alone_never_leaves_a_single_class(form_of):
    same = one_feature([0.3, 0.3, 0.4], [0, 0.1, 0.2], [1, 1, 1])
    assert max(classes_of(same, form_of)) == 1


def test_weights_count_as_repeated_samples(form_of):
    mixture = one_feature([0.4, 0.3, 0.3], [0, 2, 3], [1, 1, 1])
    values = np.float32([np.linspace(-3, 6, 40)])
    times = np.random.default_rng(0).integers(1, 5, 40)
    weighted = Samples(values, times.astype(np.float32))
    repeated = Samples(np.repeat(values, times, axis=1), np.ones(times.sum(), np.float32))
    form = form_of("full", 1)
    one, other = (by_entropy(samples, mixture, form, 2) for samples in (weighted, repeated))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [2, 4])
def test_pairs_are_joined_as_by_looking_at_all_of_them_each_time(form_of, seed, classes):
    random = np.random.default_rng(seed)
    mixture = one_feature(
        random.dirichlet(np.full(8, 2.0)), random.uniform(0, 12, 8), random.uniform(0.3, 2, 8)
    )
    samples, form = drawn_from(mixture, 1000), form_of("full", 1)
    parts = list(posterior_of(samples, mixture, form).responsibilities.astype(float))
    groups = [{k} for k in range(8)]
    while len(parts) > classes:
        pairs = combinations(range(len(parts)), 2)
        a, b = max(
            pairs, key=lambda pair: _overlap(parts[pair[0]], parts[pair[1]], samples.weights)
        )
        parts[a] = parts[a] + parts.pop(b)
        groups[a] |= groups.pop(b)
    found = by_entropy(samples, mixture, form, classes)
    assert {frozenset(np.flatnonzero(found == c)) for c in range(classes)} == set(
        map(frozenset, groups)
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(0, 9))
def test_the_overlap_is_the_fall_of_the_entropy_by_the_smaller_part(shares, seed):
    random = np.random.default_rng(seed)
    one = np.array(shares)
    other = (1 - one) * random.random(len(one))
    weights = random.random(len(one)) + 0.1

    def entropy(part):
        return -sum(w * r * np.log(r) for w, r in zip(weights, part, strict=True) if r > 0)

    smaller = min((weights * one).sum(), (weights * other).sum())
    fall = entropy(one) + entropy(other) - entropy(one + other)
    assert _overlap(one, other, weights) * smaller == pytest.approx(fall, abs=1e-9)
    assert fall >= -1e-12


def test_parts_that_cannot_be_told_apart_overlap_by_two_bits():
    half = np.full(10, 0.5)
    assert _overlap(half, half, np.ones(10)) == pytest.approx(2 * OVERLAPPING)


# ---- Nuclei -------------------------------------------------------------------------------------


def test_three_components_joined_to_two_classes_find_nuclei():
    if not NUCLEI.is_dir():
        pytest.skip(f"no folder {NUCLEI}")
    from PIL import Image as Pillow

    from segmenter.files.images import read_image

    overlaps = []
    for path in sorted((NUCLEI / "images").iterdir()):
        image = read_image(path)
        if image.is_colour:
            continue
        truth = np.array(Pillow.open(NUCLEI / "labels" / path.name)) > 0
        settings = Settings(components=3)
        features, samples = gather(image, settings)
        form = Form(settings.covariance, features.noise, features.weight)
        begun = finish(starts(samples, form, settings)).mixture
        mixture = finish(iterate(samples, begun, form, limit=200, tolerance=1e-5)).mixture
        classes = by_entropy(samples, mixture, form, 2)
        weights = np.bincount(classes, mixture.weights)
        means = np.bincount(classes, mixture.weights * mixture.means[:, 0]) / weights
        parts = posterior_of(samples, mixture, form).responsibilities
        bright = parts[classes == means.argmax()].sum(axis=0) > 0.5
        found = bright[samples.index]
        overlaps.append(2 * (found & truth).sum() / (found.sum() + truth.sum()))
    assert np.mean(overlaps) >= 0.8
