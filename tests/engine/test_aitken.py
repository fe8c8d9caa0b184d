"""A geometric series ends where Aitken says."""

import math

import pytest

from segmenter.engine.aitken import expected_end, left_to_gain


def series(ratio, count, *, end=-8.0, first=1.0):
    """Partial sums of a geometric series whose limit is `end`."""
    return [end - first * ratio**k for k in range(count)]


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("count", [3, 4, 20])
def test_what_is_left_of_a_geometric_series_is_told_from_three_values(ratio, count):
    history = series(ratio, count)
    assert left_to_gain(history) == pytest.approx(-8.0 - history[-1], rel=1e-6)


def test_the_end_of_a_geometric_series_is_known():
    assert expected_end(series(0.5, 5)) == pytest.approx(-8.0)


def test_a_known_slower_ratio_counts():
    history = series(0.5, 5)
    gain = history[-1] - history[-2]
    assert left_to_gain(history, slowest=0.9) == pytest.approx(9 * gain)


def test_gains_that_do_not_shrink_have_no_end():
    assert left_to_gain([-3.0, -2.0, -1.0]) == math.inf
    assert expected_end([-3.0, -2.0, -1.0]) is None


def test_two_values_tell_nothing():
    assert expected_end([-2.0, -1.0]) is None


def test_an_end_far_beyond_all_that_was_gained_is_not_told():
    assert expected_end(series(0.99, 3)) is None
    assert expected_end(series(0.99, 200)) == pytest.approx(-8.0)


def test_an_end_that_every_step_moves_is_not_told():
    resting_and_leaving = [-10.6, -10.3, -10.21, -10.16, -10.12]
    assert all(expected_end(resting_and_leaving[:count]) is None for count in range(6))


def test_a_leap_takes_no_end_away_that_was_told():
    history = [*series(0.5, 6), -8.02]
    assert expected_end(history) == pytest.approx(-8.0, abs=0.02)
    assert expected_end([*history, -8.0]) == -8.0


def test_an_end_that_is_passed_by_far_is_not_told():
    assert expected_end([*series(0.5, 6), -7.5]) is None


def test_who_stands_still_has_arrived():
    assert expected_end([-2.0, -1.0, -1.0]) == -1.0
