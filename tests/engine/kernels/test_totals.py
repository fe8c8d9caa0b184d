"""Totals are those of float64, whoever adds."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.kernels.totals import CHUNK, total_of_products, totals_of_rows
from segmenter.engine.threads import set_thread_count


@pytest.mark.parametrize("count", [1, 1000, CHUNK, 2 * CHUNK + 5])
def test_they_are_those_of_float64(count):
    one, other = np.random.default_rng(count).random((2, count), np.float32)
    products = one.astype(float) * other
    assert total_of_products(one, other) == pytest.approx(products.sum(), rel=1e-13)
    table = np.stack([one, other])
    np.testing.assert_allclose(totals_of_rows(table), table.sum(axis=1, dtype=float), rtol=1e-13)


def test_any_number_of_threads_gives_the_same_bits():
    table = np.random.default_rng(0).random((2, 5 * CHUNK + 7), np.float32)
    found = set()
    try:
        for count in (1, 2, 3):
            set_thread_count(count)
            found.add((total_of_products(*table), *totals_of_rows(table)))
    finally:
        set_thread_count(0)
    assert len(found) == 1
