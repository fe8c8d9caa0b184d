"""The likeliest map of a field: against all maps of tiny images, and what it does to large ones."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.engine import cut as module
from segmenter.engine.contrast import AHEAD, NEIGHBOURS
from segmenter.engine.cut import Links, energy_of, least_energy
from segmenter.engine.driven import last_of
from segmenter.engine.max_flow import Network, cutter, on_the_sinks_side
from segmenter.engine.outcome import Enough, Stage, Stop
from segmenter.engine.pipeline import finish, image_of, segment, steps
from segmenter.engine.scribbles import NO_DATA, SAID
from segmenter.engine.settings import Settings


@pytest.fixture
def at_once(monkeypatch):
    """Cut in this process: the answer is the same, and there is no process to start."""

    def cut(network):
        yield
        return on_the_sinks_side(network)

    monkeypatch.setattr(module, "cutter", lambda: nullcontext(cut))


def some_energy(seed, classes, *, strength, held=0.0, missing=0.0, neighbours=4, contrast=False):
    """A random 3 x 3 image: its energy, codes, links and table."""
    random = np.random.default_rng(seed)
    codes = np.arange(9, dtype=np.int32).reshape(3, 3)
    codes[random.random((3, 3)) < missing] = NO_DATA
    is_held = random.random((3, 3)) < held
    codes[is_held] = SAID - random.integers(0, classes, is_held.sum())
    table = (-3 * random.random((9, classes))).astype(np.float32)
    weights = random.integers(1, 256, (8, 3, 3)).astype(np.uint8) if contrast else None
    links = Links(strength, random.normal(size=classes), neighbours, weights)
    return energy_of(table, codes, links), codes, links, table


def slow_energy(labels, codes, links, table):
    """What a (3, 3) map costs, one pixel and one pair at a time."""
    total = 0.0
    for row, column in np.ndindex(3, 3):
        code, label = codes[row, column], labels[row, column]
        if code > SAID:
            total -= links.favour[label]
        if code >= 0:
            total -= np.log(2) * table[code, label]
        for down, right in AHEAD[: 2 if links.neighbours == 4 else 4]:
            there = row + down, column + right
            if not (0 <= there[0] < 3 and 0 <= there[1] < 3):
                continue
            weight = links.strength / (np.sqrt(2) if down and right else 1)
            if links.contrast is not None:
                weight *= links.contrast[NEIGHBOURS.index((down, right)), row, column]
            said_both = code <= SAID and codes[there] <= SAID
            total += weight * (label != labels[there]) * (not said_both)
    return total


def whole(labels, codes, places):
    """A (3, 3) map of the labels of the free pixels; the others are what is said."""
    full = np.where(codes <= SAID, SAID - codes, 0).ravel()
    full[places] = labels
    return full.reshape(3, 3)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    neighbours=st.sampled_from([4, 8]),
    contrast=st.booleans(),
    held=st.sampled_from([0, 0.3]),
)
def test_the_energy_is_that_of_the_slow_twin(seed, neighbours, contrast, held):
    (energy, places), codes, links, table = some_energy(
        seed, 3, strength=0.01 if contrast else 0.7, held=held, missing=0.2,
        neighbours=neighbours, contrast=contrast,
    )  # fmt: skip
    random = np.random.default_rng(seed)
    pair = [random.integers(0, 3, len(places)).astype(np.uint8) for _ in range(2)]
    found = [energy.of(labels) for labels in pair]
    slow = [slow_energy(whole(labels, codes, places), codes, links, table) for labels in pair]
    # Energies count from where it is simplest, so differences are compared.
    assert found[0] - found[1] == pytest.approx(slow[0] - slow[1], abs=1e-3)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("seed", range(8))
def test_of_two_classes_the_map_is_the_best_of_all(seed):
    (energy, places), *_ = some_energy(seed, 2, strength=0.8, held=0.2, missing=0.1)
    found = last_of(least_energy(energy, np.zeros(len(places), np.uint8)))
    every = [energy.of(np.array(map_, np.uint8)) for map_ in product(range(2), repeat=len(places))]
    assert energy.of(found) == pytest.approx(min(every), abs=0.01)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("seed", range(4))
def test_of_three_classes_no_class_can_gain_by_taking_pixels_over(seed):
    (energy, places), *_ = some_energy(seed, 3, strength=0.8)
    begun = np.argmin(energy.own, axis=1).astype(np.uint8)
    found = last_of(least_energy(energy, begun))
    assert energy.of(found) <= energy.of(begun) + 1e-6
    for which in range(3):
        for taken in product((False, True), repeat=len(places)):
            other = np.where(taken, np.uint8(which), found)
            assert energy.of(other) > energy.of(found) - 0.02


def test_another_process_cuts_the_same():
    network = Network(
        np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.array([5, 1], np.int32),
        np.array([10, 0, -10], np.int32),
    )  # fmt: skip
    with cutter() as cut:
        for _ in range(2):
            np.testing.assert_array_equal(last_of(cut(network)), [False, False, True])
    np.testing.assert_array_equal(on_the_sinks_side(network), [False, False, True])


@pytest.fixture(scope="module")
def hole():
    """A bright square, the middle of which is as dark as the ground, and two strokes."""
    random = np.random.default_rng(0)
    truth = np.zeros((40, 40), bool)
    truth[8:32, 8:32] = True
    pixels = np.where(truth, 150.0, 90.0)
    pixels[17:23, 17:23] = 110
    pixels += random.normal(0, 6, truth.shape)
    scribbles = np.zeros(truth.shape, np.uint8)
    scribbles[2, 2:38] = 1
    scribbles[10, 10:30] = 2
    return image_of(np.clip(pixels, 0, 255).astype(np.uint8)), scribbles, truth


CUT = Settings(components=2, spatial="field", spatial_strength=45, cut=True)


def test_a_cut_turns_a_whole_region_over_where_a_field_cannot(hole):
    image, scribbles, truth = hole
    without = CUT.model_copy(update={"cut": False})
    field = segment(image, without, scribbles=scribbles)
    cut = segment(image, CUT, scribbles=scribbles)
    assert np.mean((field.labels == 2) != truth) > 0.015
    assert np.mean((cut.labels == 2) != truth) < 0.005
    np.testing.assert_array_equal(cut.responsibilities, field.responsibilities)


def test_classes_of_a_cut_are_numbered_by_brightness(hole):
    image, _, truth = hole
    found = segment(image, CUT.model_copy(update={"spatial_strength": 1.0}))
    assert found.labels[truth].mean() > found.labels[~truth].mean()


def test_who_has_enough_of_cutting_gets_the_field(hole):
    image, scribbles, _ = hole
    running = steps(image, CUT, scribbles=scribbles)
    while next(running).stage is not Stage.CUTTING:
        pass
    with pytest.raises(StopIteration) as end:
        running.throw(Enough())
    field = finish(steps(image, CUT.model_copy(update={"cut": False}), scribbles=scribbles))
    np.testing.assert_array_equal(end.value.value.labels, field.labels)
    assert end.value.value.stopped is Stop.CANCELLED


def test_without_any_strength_the_cut_is_what_each_pixel_says(hole):
    image, _, _ = hole
    still = CUT.model_copy(update={"spatial_strength": 0.0})
    field = segment(image, still.model_copy(update={"cut": False}))
    np.testing.assert_array_equal(segment(image, still).labels, field.labels)


def test_a_script_needs_no_guard_to_cut(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np, segmenter\n"
        "pixels = np.random.default_rng(0).integers(0, 255, (20, 20)).astype(np.uint8)\n"
        "settings = segmenter.Settings(components=2, spatial='field', cut=True)\n"
        "print('labels', segmenter.segment(pixels, settings).labels.shape)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.stdout == "labels (20, 20)\n", done.stderr
