"""The hidden Markov field: its mean field is that of plain loops, and never loses."""

from __future__ import annotations

import numpy as np
import pytest
import reference_field

from segmenter.engine.field import Field
from segmenter.engine.settings import Settings

SHAPES = [(7, 9), (8, 8), (1, 5), (5, 1), (1, 1), (13, 40)]


def random_case(shape, classes=3, samples=20, *, seed=0, lowest=None):
    """Sites with no-data and scribbles, a table of log-densities, and shares."""
    random = np.random.default_rng([seed, *shape])
    sites = random.integers(-1 - classes if lowest is None else lowest, samples, shape)
    table = random.normal(size=(samples, classes)).astype(np.float32) * 2
    table -= table.max(axis=1, keepdims=True)
    return sites.astype(np.int32), table, random.dirichlet(np.full(classes, 5.0))


def field_of(sites, classes=3, weights=None, **settings):
    return Field(sites, classes, Settings(spatial="field", **settings), weights)


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_expectation_is_that_of_plain_loops(shape, neighbours):
    sites, table, shares = random_case(shape)
    field = field_of(sites, neighbours=neighbours, spatial_strength=0.8)
    objective, occupancy = field.expect(table, shares)
    twin = reference_field.MeanField(sites, table, shares, 0.8, neighbours=neighbours)
    for _ in range(2):
        twin.sweep()
    found = field.memberships().reshape(3, *shape).transpose(1, 2, 0)
    np.testing.assert_allclose(found, twin.q, atol=2e-6)
    np.testing.assert_allclose(objective, twin.free_energy(), atol=1e-4)
    np.testing.assert_allclose(occupancy, twin.occupancy(), atol=1e-5)
