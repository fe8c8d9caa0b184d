"""The hidden Markov field: its mean field is that of plain loops, and never loses."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import reference_field
from hypothesis import given
from hypothesis import strategies as st
from places import DATA

from segmenter.engine.contrast import contrast_weights, in_planes
from segmenter.engine.field import Field, critical_strength
from segmenter.engine.settings import Settings
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Samples

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


def on_grid(field, shape):
    return field.memberships().reshape(-1, *shape)


def settled(field, table, shares, turns=60):
    for _ in range(turns):
        objective, _ = field.expect(table, shares)
    return objective


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_expectation_is_that_of_plain_loops(shape, neighbours):
    sites, table, shares = random_case(shape)
    field = field_of(sites, neighbours=neighbours, spatial_strength=0.8)
    objective, occupancy = field.expect(table, shares)
    twin = reference_field.MeanField(sites, table, shares, 0.8, neighbours=neighbours)
    for _ in range(2):
        twin.sweep()
    np.testing.assert_allclose(on_grid(field, shape).transpose(1, 2, 0), twin.q, atol=2e-6)
    np.testing.assert_allclose(objective, twin.free_energy(), atol=1e-4)
    np.testing.assert_allclose(occupancy, twin.occupancy(), atol=1e-5)


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("rows", [127, 130, 200])
def test_where_chunks_meet_it_is_the_same(rows, neighbours):
    sites, table, shares = random_case((rows, 3))
    field = field_of(sites, neighbours=neighbours, spatial_strength=0.8)
    objective, _ = field.expect(table, shares)
    twin = reference_field.MeanField(sites, table, shares, 0.8, neighbours=neighbours)
    for _ in range(2):
        twin.sweep()
    np.testing.assert_allclose(on_grid(field, (rows, 3)).transpose(1, 2, 0), twin.q, atol=2e-6)
    np.testing.assert_allclose(objective, twin.free_energy(), atol=1e-3)


@pytest.mark.parametrize("neighbours", [4, 8])
def test_edges_pull_as_much_as_their_contrast_says(neighbours):
    shape = (9, 11)
    sites, table, shares = random_case(shape)
    random = np.random.default_rng(0)
    samples = Samples(
        random.normal(size=(2, 20)).astype(np.float32), np.ones(20, np.float32), sites
    )
    known = Samples(samples.values, samples.weights, np.maximum(sites, -1))
    weights = in_planes(contrast_weights(known, shape))
    field = field_of(sites, weights=weights, neighbours=neighbours, spatial_strength=0.8)
    field.expect(table, shares)
    edge = reference_field.contrast(samples.values, np.maximum(sites, -1))
    twin = reference_field.MeanField(sites, table, shares, 0.8, neighbours=neighbours, edge=edge)
    for _ in range(2):
        twin.sweep()
    # Weights are kept in steps of 1 / 255.
    np.testing.assert_allclose(on_grid(field, shape).transpose(1, 2, 0), twin.q, atol=0.01)


def test_without_strength_it_is_the_plain_mixture():
    sites, table, shares = random_case((6, 7), lowest=0)
    field = field_of(sites, spatial_strength=0)
    objective, _ = field.expect(table, shares)
    field.adapt()
    joint = shares * np.exp2(table.astype(float))[sites]
    expected = joint / joint.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(on_grid(field, (6, 7)).transpose(1, 2, 0), expected, atol=1e-6)
    assert objective == pytest.approx(np.log(joint.sum(axis=2)).sum(), abs=1e-4)
    assert field.settled
    np.testing.assert_allclose(field.shares(), expected.mean(axis=(0, 1)), atol=1e-6)


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.integers(1, 5), st.floats(0, 5), st.sampled_from([4, 8]), st.integers(0, 2**31),
)  # fmt: skip
def test_the_objective_never_falls(shape, classes, strength, neighbours, seed):
    sites, table, shares = random_case(shape, classes, seed=seed)
    field = field_of(sites, classes, spatial_strength=strength, neighbours=neighbours)
    values = [field.expect(table, shares)[0] for _ in range(8)]
    scale = 1e-6 * (abs(values[0]) + np.abs(table).sum() + sites.size)
    assert all(after >= before - scale for before, after in pairwise(values))


@pytest.mark.parametrize("strength", [0.1, 0.3])
def test_marginals_are_near_the_exact_ones(strength):
    sites = np.arange(9, dtype=np.int32).reshape(3, 3)
    _, table, _ = random_case((3, 3), 2, 9)
    field = field_of(sites, 2, spatial_strength=strength)
    settled(field, table, np.full(2, 0.5))
    total = np.zeros((9, 2))
    for labels in product(range(2), repeat=9):
        grid = np.reshape(labels, (3, 3))
        alike = (grid[1:] == grid[:-1]).sum() + (grid[:, 1:] == grid[:, :-1]).sum()
        logs = table[range(9), labels].sum() * np.log(2) + strength * alike
        total[range(9), labels] += np.exp(logs)
    exact = total / total.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(field.memberships().T, exact, atol=0.15 * strength)


@pytest.mark.parametrize("neighbours", [4, 8])
@pytest.mark.parametrize("turn", ["T", "[::-1]", "[:, ::-1]"])
def test_turning_the_image_turns_the_field(turn, neighbours):
    sites, table, shares = random_case((9, 12))

    def turned(array):
        return array.T if turn == "T" else array[::-1] if turn == "[::-1]" else array[:, ::-1]

    found = []
    for each in (sites, np.ascontiguousarray(turned(sites))):
        field = field_of(each, spatial_strength=0.4, neighbours=neighbours)
        settled(field, table, shares)
        found.append(on_grid(field, each.shape))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(turned(one), other, atol=1e-6)


def test_any_number_of_threads_gives_the_same_bits():
    sites, table, shares = random_case((210, 370), samples=5000)
    results = []
    try:
        for count in (1, 2, 3):
            set_thread_count(count)
            field = field_of(sites)
            for _ in range(7):
                objective, occupancy = field.expect(table, shares)
                field.adapt()
            parts = (occupancy, field.memberships(), np.array([objective, field.strength]))
            results.append(b"".join(part.tobytes() for part in parts))
    finally:
        set_thread_count(0)
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("name", ["potts2", "potts3", "potts4"])
def test_the_strength_of_a_potts_field_is_found(name):
    path = DATA / "synthetic/labels.npz"
    if not path.exists():
        pytest.skip("needs the label maps of shared/data")
    truth = np.load(path)[name]
    true = {"potts2": 0.8, "potts3": 0.9, "potts4": 1.0}[name]
    classes, variance = int(truth.max()) + 1, 0.02
    means = np.linspace(0, 1, classes)
    noise = np.random.default_rng(1).normal(0, np.sqrt(variance), truth.shape)
    levels = np.rint((means[truth] + noise) * 100).astype(np.int32)
    values = np.arange(levels.min(), levels.max() + 1) / 100
    logs = -((values[:, None] - means) ** 2) / (2 * variance) / np.log(2)
    table = (logs - logs.max(axis=1, keepdims=True)).astype(np.float32)
    field = field_of(levels - levels.min(), classes)
    while not field.settled:
        field.expect(table, np.full(classes, 1 / classes))
        field.adapt()
    assert field.strength == pytest.approx(true, rel=0.1)


def test_a_given_strength_stays():
    sites, table, shares = random_case((20, 20))
    field = field_of(sites, spatial_strength=4.5)
    while not field.settled:
        field.expect(table, shares)
        field.adapt()
    assert field.strength == 4.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 8), (8, 1), (6, 5)])
def test_one_class_and_scribbles_everywhere_are_fields_too(shape):
    table = np.zeros((1, 3), np.float32)
    scribbled = np.full(shape, -3, np.int32)
    for sites, classes in ((scribbled, 3), (np.zeros(shape, np.int32), 1)):
        field = field_of(sites, classes)
        for _ in range(3):
            objective, _ = field.expect(table[:, :classes], np.full(classes, 1 / classes))
            field.adapt()
        assert np.isfinite(objective)
        assert np.isfinite(field.shares()).all()
    field = field_of(scribbled)
    field.expect(table, np.full(3, 1 / 3))
    assert (field.labels_every(1) == 1).all()
    assert (field.memberships()[1] == 1).all()


def test_a_pixel_without_data_is_what_its_neighbours_are():
    sites = np.zeros((5, 5), np.int32)
    sites[2, 2] = -1
    field = field_of(sites, 2, spatial_strength=1)
    field.expect(np.array([[-8, 0]], np.float32), np.full(2, 0.5))
    assert on_grid(field, (5, 5))[1, 2, 2] > 0.95


def test_far_from_any_data_nobody_knows_more_than_the_shares():
    sites = np.full((3, 12), -1, np.int32)
    sites[:, 0] = 0
    field = field_of(sites, 2, spatial_strength=2)
    settled(field, np.array([[-8, 0]], np.float32), np.array([0.9, 0.1]))
    found = on_grid(field, (3, 12))[1, 1]
    assert (found[:4] > 0.9).all()
    np.testing.assert_allclose(found[4:], field.shares()[1], atol=1e-6)


def test_labels_of_a_preview_are_those_of_every_so_many_pixels():
    sites, table, shares = random_case((13, 22))
    field = field_of(sites)
    field.expect(table, shares)
    labels = on_grid(field, (13, 22)).argmax(axis=0)
    for step in (1, 2, 3):
        np.testing.assert_array_equal(field.labels_every(step), labels[::step, ::step])


def test_the_critical_strength_is_less_with_more_neighbours():
    # ln(1 + sqrt 2), exact for two classes and four neighbours.
    assert critical_strength(2, Settings()) == pytest.approx(0.8814, abs=1e-4)
    assert critical_strength(2, Settings(neighbours=8)) < critical_strength(2, Settings())


def test_the_larger_class_is_favoured_where_pixels_do_not_hold_together_by_themselves():
    random = np.random.default_rng(0)
    values = (random.random((64, 64)) < 0.1) + random.normal(0, 0.3, (64, 64))
    logs = -((values.reshape(-1, 1) - [0, 1]) ** 2) / 2 / 0.3**2 / np.log(2)
    sites = np.arange(64 * 64, dtype=np.int32).reshape(64, 64)

    def lead(strength):
        field = field_of(sites, 2, spatial_strength=strength)
        for _ in range(10):
            field.expect(logs.astype(np.float32), np.array([0.9, 0.1]))
            field.adapt()
        return field.favour[0] - field.favour[1]

    assert lead(0.2) > 1
    assert abs(lead(2.0)) < 0.1
