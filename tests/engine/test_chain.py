"""The hidden Markov chain agrees with its slow twin, and is exact where that can be checked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from places import DATA
from reference_chain import by_enumeration, in_logarithms, log_emissions_of, mean_of_scans

from segmenter.engine.chain import LEAST, LENGTH, Chain, bounded, in_blocks, scans_of
from segmenter.engine.kernels import chain as kernels
from segmenter.engine.kernels.chain import LANES
from segmenter.engine.pipeline import segment
from segmenter.engine.settings import Settings
from segmenter.engine.threads import set_thread_count

SETTINGS = Settings()
LN_2 = np.log(2)


def table_of(random, samples, classes, *, spread=3.0):
    """(samples, classes) binary log-densities whose rows have a largest of 0."""
    table = random.normal(0, spread, (samples, classes)).astype(np.float32)
    return table - table.max(axis=1, keepdims=True)


def sites_of(random, rows, columns, classes, *, others=0.0):
    """Every pixel its own sample, but for a share that has no data and as many scribbles."""
    sites = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    kind = random.random(sites.shape)
    sites[kind < others] = -1
    said = kind > 1 - others
    sites[said] = -2 - random.integers(0, classes, np.count_nonzero(said))
    return sites


def all_scans(rows, columns):
    """Both scans, and both upside down."""
    shape = rows, columns
    return [*scans_of(shape, turned=False), *scans_of(shape, turned=True)]


def adapted(chain, table, shares, times):
    """The chain after so many iterations with the same emissions, and its objectives."""
    values = []
    for _ in range(times):
        values.append(chain.expect(table, shares)[0])
        chain.adapt()
    return values


@pytest.fixture(autouse=True)
def _threads_as_before():
    yield
    set_thread_count(0)


# ---- Against enumeration and the twin -----------------------------------------------------------


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 2), (1, 8), (8, 1), (2, 4), (2, 3)])
@pytest.mark.parametrize("classes", [1, 2, 3])
def test_few_pixels_are_as_enumeration_says(rows, columns, classes):
    random = np.random.default_rng(classes)
    table = table_of(random, rows * columns, classes)
    shares = random.dirichlet(np.ones(classes))
    chain = Chain(sites_of(random, rows, columns, classes), classes, SETTINGS)
    value, _ = chain.expect(table, shares)
    values, memberships = [], np.zeros((rows * columns, classes))
    for scan in all_scans(rows, columns):
        part = by_enumeration(chain._initial, chain._transition, np.exp2(table[scan].astype(float)))
        values.append(part[0])
        memberships[scan] += part[1] / 4
    expected = (values[0] + values[1]) / 2
    assert value == pytest.approx(expected, rel=1e-6, abs=1e-7)
    assert np.allclose(chain.memberships(), memberships.T, atol=1e-6)


@pytest.mark.parametrize(("rows", "columns", "classes"), [(7, 9, 3), (29, 31, 2), (40, 17, 5)])
@pytest.mark.parametrize("others", [0.0, 0.1])
@pytest.mark.parametrize("most_in_a_table", [0, 100_000])
def test_it_agrees_with_its_twin(monkeypatch, rows, columns, classes, others, most_in_a_table):
    monkeypatch.setattr(kernels, "MANY", most_in_a_table)
    random = np.random.default_rng([rows, columns])
    table = table_of(random, rows * columns, classes)
    sites = sites_of(random, rows, columns, classes, others=others)
    chain = Chain(sites, classes, SETTINGS)
    shares = random.dirichlet(np.full(classes, 5.0))
    adapted(chain, table, shares, 2)
    law = chain._initial, chain._transition
    value, occupancy = chain.expect(table, shares)
    expected, posteriors, first, counts = mean_of_scans(table, sites, chain._scans, *law)
    assert value == pytest.approx(expected, rel=1e-6)
    four = mean_of_scans(table, sites, [in_blocks(scan) for scan in all_scans(rows, columns)], *law)
    assert np.allclose(chain.memberships(), four[1].T, atol=5e-6)
    assert np.allclose(chain._expected[:classes], first, atol=1e-4)
    assert np.allclose(chain._expected[classes:].reshape(classes, -1), counts, rtol=1e-4, atol=1e-4)
    shows = sites.ravel() >= 0
    assert np.allclose(occupancy[:, shows], posteriors[shows].T, atol=5e-6)
    assert not occupancy[:, ~shows].any()
    assert np.allclose(chain.shares(), posteriors[shows].mean(axis=0), atol=1e-5)


def test_enumeration_and_logarithms_agree():
    random = np.random.default_rng(0)
    emissions, transition = random.random((5, 3)), random.dirichlet(np.ones(3), 3)
    ours = in_logarithms(transition[0], transition, np.log(emissions))
    for mine, other in zip(ours, by_enumeration(transition[0], transition, emissions), strict=True):
        assert np.allclose(mine, other)


def test_transitions_that_forget_make_the_plain_mixture():
    random = np.random.default_rng(1)
    table, shares = table_of(random, 30 * 50, 4), np.array([0.1, 0.2, 0.3, 0.4])
    chain = Chain(sites_of(random, 30, 50, 4), 4, SETTINGS)
    chain.expect(table, shares)
    chain._transition = np.tile(shares, (4, 1))
    value, occupancy = chain.expect(table, shares)
    joint = np.exp2(table.astype(float)) * shares
    assert value == pytest.approx(np.log(joint.sum(axis=1)).sum(), rel=1e-6)
    assert np.allclose(occupancy, (joint / joint.sum(axis=1, keepdims=True)).T, atol=1e-6)


# ---- Scribbles, missing data, extremes ----------------------------------------------------------


def test_what_is_said_is_certain_and_its_values_count_nothing():
    random = np.random.default_rng(2)
    sites = sites_of(random, 20, 20, 3, others=0.2)
    said = sites.ravel() <= -2
    values = []
    for seed in (0, 1):
        chain = Chain(sites, 3, SETTINGS)
        table = table_of(random, 400, 3)
        table[~said] = table_of(np.random.default_rng(9), 400, 3)[~said]
        values.append(chain.expect(table, np.full(3, 1 / 3))[0])
        memberships = chain.memberships()
        assert np.array_equal(np.argmax(memberships[:, said], axis=0), -2 - sites.ravel()[said])
        assert np.array_equal(memberships[:, said].max(axis=0), np.ones(np.count_nonzero(said)))
        assert seed == 0 or values[0] == values[1]


def test_said_neighbours_of_unlike_classes_are_no_contradiction():
    sites = -2 - np.indices((16, 16)).sum(axis=0).astype(np.int32) % 2
    chain = Chain(sites, 2, SETTINGS)
    values = adapted(chain, np.zeros((1, 2), np.float32), np.full(2, 0.5), 5)
    assert np.isfinite(values).all()
    assert chain._transition[0, 0] == LEAST
    assert np.isfinite(chain.memberships()).all()
    assert np.array_equal(chain.shares(), [0.5, 0.5])


def test_a_pixel_without_data_is_as_its_neighbours_say():
    sites = np.zeros((9, 9), np.int32)
    sites[3:6, 3:6] = -1
    chain = Chain(sites, 2, SETTINGS)
    _, occupancy = chain.expect(np.array([[0, -10]], np.float32), np.full(2, 0.5))
    inside = chain.memberships()[:, (sites < 0).ravel()]
    assert (inside[0] > 0.8).all()
    assert occupancy.sum() == pytest.approx(72, rel=1e-5)


def test_an_image_without_data_but_for_one_pixel_is_all_of_its_class():
    sites = np.full((16, 16), -1, np.int32)
    sites[8, 8] = 0
    chain = Chain(sites, 2, SETTINGS)
    value, _ = chain.expect(np.array([[-3, 0]], np.float32), np.array([0.5, 0.5]))
    assert value == pytest.approx(np.log(0.5 * (1 + 2**-3)), rel=1e-5)
    assert chain.memberships()[1].argmax() == 8 * 16 + 8


def test_densities_that_vanish_do_no_harm():
    random = np.random.default_rng(3)
    table = np.full((900, 4), -1e4, np.float32)
    table[np.arange(900), random.integers(0, 4, 900)] = 0
    chain = Chain(sites_of(random, 30, 30, 4), 4, SETTINGS)
    values = adapted(chain, table, np.array([0.7, 0.3, 0, 0]), 4)
    assert np.isfinite(values).all()
    assert np.array_equal(chain.memberships().argmax(axis=0), table.argmax(axis=1))
    assert (np.diff(values) > -1e-4).all()


def test_a_class_that_never_occurs_keeps_its_transitions():
    chain = Chain(np.zeros((8, 8), np.int32), 2, SETTINGS)
    table = np.array([[0, -126]], np.float32)
    adapted(chain, table, np.array([1.0, 0.0]), 6)
    assert np.isfinite(chain._transition).all()
    assert np.allclose(chain._transition.sum(axis=1), 1)
    assert chain.shares()[0] == pytest.approx(1)


def test_samples_that_many_pixels_show_are_like_samples_of_their_own():
    random = np.random.default_rng(4)
    table = table_of(random, 20, 3)
    sites = random.integers(0, 20, (50, 40)).astype(np.int32)
    merged, single = Chain(sites, 3, SETTINGS), Chain(sites_of(random, 50, 40, 3), 3, SETTINGS)
    shares = np.full(3, 1 / 3)
    value, occupancy = merged.expect(table, shares)
    other_value, other = single.expect(table[sites.ravel()], shares)
    assert value == other_value
    assert np.array_equal(merged.memberships(), single.memberships())
    expected = [np.bincount(sites.ravel(), row, minlength=20) for row in other.astype(float)]
    assert np.allclose(occupancy, expected, rtol=1e-6)


# ---- What must hold for any image ---------------------------------------------------------------


@example(rows=1, columns=1, classes=1, others=0.0, seed=0)
@example(rows=20, columns=25, classes=2, others=0.45, seed=1)
@given(
    rows=st.integers(1, 24), columns=st.integers(1, 24), classes=st.integers(1, 6),
    others=st.floats(0, 0.5), seed=st.integers(0, 1000),
)  # fmt: skip
@trying(max_examples=40, deadline=None)
def test_the_objective_never_falls(rows, columns, classes, others, seed):
    random = np.random.default_rng(seed)
    table = table_of(random, rows * columns, classes)
    chain = Chain(sites_of(random, rows, columns, classes, others=others), classes, SETTINGS)
    values = np.array(adapted(chain, table, random.dirichlet(np.ones(classes)), 8))
    assert (np.diff(values) >= -3e-7 * rows * columns).all()
    assert np.allclose(chain.memberships().sum(axis=0), 1, atol=1e-6)
    assert np.allclose(chain._transition.sum(axis=1), 1)
    assert chain._transition.min() >= LEAST * 0.999


@pytest.mark.parametrize("threads", [2, 3])
def test_the_number_of_threads_changes_no_bit(threads):
    random = np.random.default_rng(5)
    table, sites = table_of(random, 200 * 300, 3), sites_of(random, 200, 300, 3, others=0.1)
    found = []
    for count in (1, threads):
        set_thread_count(count)
        chain = Chain(sites, 3, SETTINGS)
        value = adapted(chain, table, np.full(3, 1 / 3), 3)[-1]
        found.append((value, chain.memberships(), chain._transition))
    assert found[0][0] == found[1][0]
    assert np.array_equal(found[0][1], found[1][1])
    assert np.array_equal(found[0][2], found[1][2])


def test_the_transposed_image_has_the_transposed_answer():
    random = np.random.default_rng(6)
    table, sites = table_of(random, 30 * 44, 3), sites_of(random, 30, 44, 3, others=0.1)
    upright, lying = Chain(sites, 3, SETTINGS), Chain(sites.T.copy(), 3, SETTINGS)
    for chain in (upright, lying):
        adapted(chain, table, np.full(3, 1 / 3), 3)
    turned = lying.memberships().reshape(3, 44, 30).transpose(0, 2, 1).reshape(3, -1)
    assert np.allclose(upright.memberships(), turned, atol=1e-5)


def test_the_preview_is_a_thinned_label_map():
    random = np.random.default_rng(7)
    chain = Chain(sites_of(random, 21, 34, 3), 3, SETTINGS)
    chain.expect(table_of(random, 21 * 34, 3), np.full(3, 1 / 3))
    whole = chain._probabilities.argmax(axis=1).reshape(21, 34)
    assert np.array_equal(chain.labels_every(4), whole[::4, ::4])


# ---- The parameters -----------------------------------------------------------------------------


def test_a_simulated_chain_gives_its_transitions_back():
    random = np.random.default_rng(8)
    truth = np.array([[0.9, 0.07, 0.03], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8]])
    length = 60_000
    path = np.zeros(length, int)
    thresholds, draws = truth.cumsum(axis=1), random.random(length)
    for t in range(1, length):
        path[t] = min(int(np.searchsorted(thresholds[path[t - 1]], draws[t])), 2)
    values = path + random.normal(0, 0.35, length)
    gaps = -0.5 * ((values[:, None] - np.arange(3)) / 0.35) ** 2 / LN_2
    table = (gaps - gaps.max(axis=1, keepdims=True)).astype(np.float32)
    chain = Chain(np.arange(length, dtype=np.int32).reshape(1, -1), 3, SETTINGS)
    adapted(chain, table, np.full(3, 1 / 3), 40)
    visits = np.bincount(path, minlength=3)[:, None]
    # The classes are nearly, not quite, visible: half as much again as if they were.
    errors = 1.5 * np.sqrt(truth * (1 - truth) / visits)
    assert (np.abs(chain._transition - truth) < 2 * errors).all()


def test_the_law_of_the_first_class_comes_from_where_blocks_begin():
    random = np.random.default_rng(9)
    sites = sites_of(random, 30, 30, 2)
    table = np.tile(np.array([[0, -8]], np.float32), (900, 1))
    begins = [pixels[pixels[:, :, 0] >= 0][:, 0] for pixels in map(in_blocks, all_scans(30, 30))]
    table[np.concatenate(begins[:2])] = [-8, 0]
    chain = Chain(sites, 2, SETTINGS)
    adapted(chain, table, np.full(2, 0.5), 3)
    assert chain._initial[1] > 0.9
    assert chain.shares()[1] < 0.1


@given(counts=st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
@example(counts=[2.2e-309])
@trying(deadline=None)
def test_bounded_laws_are_laws(counts):
    law = bounded(np.array(counts), np.full(len(counts), 1 / len(counts)))
    assert law.sum() == pytest.approx(1)
    assert law.min() >= LEAST * (1 - 1e-9)


def test_a_bounded_law_is_the_most_likely_one():
    counts = np.array([5.0, 0.0, 3.0])
    law = bounded(counts, counts)
    assert np.allclose(law, [5 / 8, LEAST, 3 / 8], atol=1e-6)
    assert law[1] == LEAST


def test_turned_scans_are_scans_that_pass_other_neighbours():
    edges = set()
    for scan, least in zip(all_scans(60, 90), (0.49, 0.68, 0.75, 0.8), strict=True):
        assert np.array_equal(np.sort(scan), np.arange(60 * 90))
        steps = np.abs(np.diff(np.array(divmod(scan, 90)), axis=1))
        assert steps.max() == 1
        edges |= {tuple(sorted(edge)) for edge in np.stack([scan[:-1], scan[1:]], axis=1)}
        assert len(edges) > least * (2 * 60 * 90 - 60 - 90)


@pytest.mark.parametrize("size", [1, 5, LENGTH, LENGTH + 1, LANES * LENGTH, 20_011, 100_000])
def test_blocks_hold_the_scan_in_order_and_are_equally_long(size):
    blocks = in_blocks(np.arange(size, dtype=np.int32))
    flat = blocks.reshape(-1, blocks.shape[2])
    assert np.array_equal(flat[flat >= 0], np.arange(size))
    lengths = np.count_nonzero(flat >= 0, axis=1)
    assert set(lengths[lengths > 0]) <= {blocks.shape[2], blocks.shape[2] - 1}
    assert blocks.shape[1] == LANES
    assert blocks.shape[2] <= LENGTH
    assert size <= LANES * LENGTH or lengths.all()


def test_log_emissions_say_what_sites_say():
    found = log_emissions_of(np.array([[0.0, -1.0]]), np.array([[0, -1, -3]]))
    assert np.allclose(found, [[0, -LN_2], [0, 0], [-np.inf, 0]])


# ---- Whole runs ---------------------------------------------------------------------------------

# Misclassified, in per cent, by a plain chain on one scan.
FIGURES = {
    ("three", 0.03): 0.29, ("four", 0.02): 0.15, ("potts2", 0.05): 0.91, ("potts3", 0.03): 7.66,
    ("potts4", 0.02): 16.54,
}  # fmt: skip


@pytest.mark.parametrize(("name", "variance"), FIGURES)
def test_noisy_maps_are_found_at_least_as_well_as_by_one_plain_scan(name, variance):
    path = DATA / "synthetic" / "labels.npz"
    if not path.exists():
        pytest.skip(f"no file {path}")
    truth = np.load(path)[name].astype(int)
    truth -= truth.min()
    classes = int(truth.max()) + 1
    noise = np.random.default_rng(12345).normal(0, np.sqrt(variance), truth.shape)
    image = (np.linspace(0, 1, classes)[truth] + noise).astype(np.float32)
    result = segment(image, Settings(components=classes, spatial="chain"))
    # Classes are numbered by brightness, as in the truth.
    wrong = 100 * np.mean(result.labels != truth + 1)
    assert wrong <= FIGURES[name, variance]
