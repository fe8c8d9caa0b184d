"""The measures of the quality benchmark on cases that can be counted by hand."""

import numpy as np
import pytest
from benchmarks.quality_measures import agreement, dice, shared_pixels, wrong, wrong_when_matched
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

LEFT_AND_RIGHT = np.array([[0, 0, 1, 1]])
ONE_APART = np.array([[0, 0, 0, 1]])
WHOLE = np.zeros((1, 4), int)
label_maps = arrays(np.int64, (3, 4), elements=st.integers(0, 3))


def test_every_pixel_with_another_number_is_wrong() -> None:
    assert wrong(ONE_APART, LEFT_AND_RIGHT) == 0.25


def test_numbers_that_only_changed_places_are_not_wrong_when_matched() -> None:
    assert wrong(1 - LEFT_AND_RIGHT, LEFT_AND_RIGHT) == 1
    assert wrong_when_matched(1 - LEFT_AND_RIGHT, LEFT_AND_RIGHT) == 0


def test_a_class_too_many_has_no_match() -> None:
    assert wrong_when_matched(np.array([[0, 2, 1, 1]]), LEFT_AND_RIGHT) == 0.25


def test_dice_counts_the_shared_part_twice() -> None:
    assert dice(ONE_APART == 0, LEFT_AND_RIGHT == 0) == pytest.approx(4 / 5)
    assert dice(WHOLE > 0, WHOLE > 0) == 1


def test_shared_pixels_have_both_numbers() -> None:
    assert shared_pixels(ONE_APART, LEFT_AND_RIGHT).tolist() == [[2, 1], [0, 1]]


def test_one_pixel_on_the_other_side_is_counted_by_hand() -> None:
    """Of six pairs, three agree; entropies: H(1/2,1/4,1/4) = 1.5, H(3/4,1/4) = .8113, 1."""
    found = agreement(ONE_APART, [LEFT_AND_RIGHT])
    assert found.rand == pytest.approx(3 / 6)
    assert found.information == pytest.approx(2 * 1.5 - 1 - 0.8112781)
    # Theirs: two pixels of {0, 1} lie wholly in ours, each of {2, 3} half outside: 1 of 4.
    # Ours: of {0, 1, 2} two pixels lack a third and one lacks two thirds, 4/3 of 4.
    assert found.consistency == pytest.approx(1 / 4)
    assert found.covering == pytest.approx((2 * 2 / 3 + 2 * 1 / 2) / 4)


def test_one_segment_has_no_consistency_error_and_covers_by_the_largest() -> None:
    found = agreement(WHOLE, [LEFT_AND_RIGHT])
    assert (found.consistency, found.covering, found.information) == (0, 0.5, 1)
    assert found.rand == pytest.approx(2 / 6)


def test_people_count_alike() -> None:
    both = agreement(WHOLE, [WHOLE, LEFT_AND_RIGHT])
    assert both.covering == 0.75
    assert both.rand == pytest.approx((1 + 2 / 6) / 2)


@given(label_maps)
def test_a_segmentation_agrees_with_itself(labels) -> None:
    assert agreement(labels, [labels]) == pytest.approx((1, 0, 0, 1))


@given(label_maps, label_maps, st.permutations(range(4)))
def test_agreement_does_not_depend_on_the_numbers(labels, truth, order) -> None:
    renumbered = np.array(order)[labels]
    assert agreement(renumbered, [truth]) == pytest.approx(agreement(labels, [truth]))
    assert wrong_when_matched(renumbered, truth) == pytest.approx(wrong_when_matched(labels, truth))


@given(label_maps, label_maps)
def test_rand_is_the_share_of_pairs_that_agree(labels, truth) -> None:
    a, b = labels.ravel(), truth.ravel()
    pairs = [(i, j) for i in range(a.size) for j in range(i)]
    agree = sum((a[i] == a[j]) == (b[i] == b[j]) for i, j in pairs)
    assert agreement(labels, [truth]).rand == pytest.approx(agree / len(pairs))
