import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmenter.engine.probable import most_probable


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**31))
def test_it_is_the_first_of_the_largest(classes, rows, columns, seed):
    # Few values, so that many are equal.
    parts = np.random.default_rng(seed).integers(0, 3, (rows, columns, classes)).astype(np.float32)
    found = most_probable(np.moveaxis(parts, 2, 0))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, parts.argmax(axis=2))
