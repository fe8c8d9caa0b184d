"""k-means beside EM: the same half steps, from the same means, on the same samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from watching import said_on, slow, way_of

from segmenter.engine.compare import beside
from segmenter.engine.outcome import Phase, Stage
from segmenter.engine.pipeline import image_of, steps
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings

FAR = slow(start="random", components=4, seed=3)


def told(way, stage=Stage.FITTING):
    return [progress for progress in way if progress.stage is stage and progress.beside]


def assigned(values, centres):
    """The slow twin of the assignment: the first of the nearest centres, one pixel at a time."""
    return np.array([np.argmin([((one - c) ** 2).sum() for c in centres]) for one in values])


def means_of(values, labels, centres):
    return np.array([values[labels == k].mean(axis=0) for k in range(len(centres))])


def test_every_half_step_is_that_of_a_slow_twin(cloudy):
    way, _ = way_of(cloudy, FAR)
    values = cloudy.pixels.reshape(-1, 3).astype(np.float64)
    # One scale for all channels keeps the distances between colours.
    centres, labels = told(way)[0].mixture.means, None
    for progress in told(way)[:30]:
        clusters = progress.beside
        if progress.phase is Phase.E_STEP:
            labels = assigned(values, centres)
            shown = clusters.classes[labels] + 1
            assert (shown == clusters.preview.ravel()).mean() > 0.999
        elif progress.phase is Phase.M_STEP:
            centres = means_of(values, labels, centres)
        order = np.argsort(clusters.centres[:, 0])
        np.testing.assert_allclose(
            clusters.centres[order], centres[np.argsort(centres[:, 0])], atol=0.05
        )


def test_it_does_what_em_does_until_it_rests(cloudy):
    way, _ = way_of(cloudy, FAR)
    phases = [(p.phase, p.beside.phase) for p in told(way)]
    assert phases[0] == (Phase.START, Phase.START)
    resting = next(place for place, (_, own) in enumerate(phases) if own is Phase.END)
    assert all(own is of_em for of_em, own in phases[1:resting] if of_em is not Phase.LEAP)
    assert {own for _, own in phases[resting:]} == {Phase.END}
    moves = [p.beside.iteration for p in told(way)]
    assert moves[:5] == [0, 0, 1, 1, 2]


def test_its_cost_never_rises_and_its_centres_rest_in_the_end(cloudy):
    way, _ = way_of(cloudy, FAR)
    costs = told(way)[-1].beside.costs
    assert len(costs) > 10
    assert all(after <= before * (1 + 1e-6) for before, after in pairwise(costs))
    assert costs[-1] < 0.9 * costs[0]


def test_in_the_end_it_is_the_k_means_of_the_comparison(cloudy):
    """Which begins at the end of EM, so this image is one with a single optimum."""
    chosen = Settings(components=2, features=("rgb",), restarts=1)
    way, result = way_of(cloudy, chosen)
    last = way[-1].beside
    assert (way[-1].stage, last.phase) == (Stage.LABELLING, Phase.END)
    expected = beside(cloudy, result)
    found = last.centres[np.argsort(last.classes)]
    np.testing.assert_allclose(found, expected.centres, atol=0.05)
    assert (last.preview == expected.labels).mean() > 0.995


def test_without_one_who_looks_nothing_goes_beside(cloudy):
    assert all(progress.beside is None for progress in steps(cloudy, FAR))


def test_who_begins_to_look_on_the_way_sees_it_as_far_as_it_would_be(cloudy):
    exact, _ = way_of(cloudy, FAR)
    for looked_at in (6, 9):
        driven = steps(cloudy, FAR)
        for _ in range(looked_at):
            next(driven)
        seen, expected = driven.send(True).beside, exact[looked_at].beside
        assert (seen.phase, seen.iteration, seen.costs) == (
            expected.phase, expected.iteration, expected.costs,
        )  # fmt: skip
        np.testing.assert_array_equal(seen.preview, expected.preview)


@pytest.mark.parametrize("changes", [{"spatial": "field"}, {"noise_class": True}, {}])
def test_em_over_classes_has_its_own_beside_it(cloudy, changes):
    scribbles = None if changes else said_on(cloudy)
    way, _ = way_of(cloudy, slow(max_iterations=30, **changes), scribbles=scribbles)
    first = next(p for p in told(way, Stage.REFINING) if p.phase is Phase.E_STEP).beside
    assert (first.phase, first.iteration, len(first.costs)) == (Phase.E_STEP, 0, 1)
    assert way[-1].beside.phase is Phase.END


def test_pixels_without_data_have_no_class():
    random = np.random.default_rng(0)
    pixels = random.integers(0, 255, (40, 50)).astype(np.float32)
    pixels[5:9] = np.nan
    way, _ = way_of(image_of(pixels), Settings(components=3, restarts=1))
    preview = way[-1].beside.preview
    assert (preview[5:9] == 0).all()
    assert (np.delete(preview, range(5, 9), axis=0) > 0).all()


def test_classes_of_a_start_keep_their_numbers(image):
    way, result = way_of(image, Settings(components=3, restarts=1))
    mixture = result.mixture.taken(np.array([2, 0, 1]))
    start = type(mixture)(
        mixture.weights, mixture.means, mixture.covariances, mixture.features, np.array([2, 0, 1])
    )
    way, _ = way_of(image, Settings(components=3), start=start)
    for progress in told(way):
        np.testing.assert_array_equal(progress.beside.classes, [2, 0, 1])


def test_a_feature_that_counts_more_lies_farther_apart(cloudy):
    """Positions in the image count as their weight says, for k-means as for EM."""
    chosen = Settings(components=3, restarts=1, features=("rgb", "position"))
    features, samples = gather(cloudy, chosen)
    assert (features.weight != 1).any()
    way, _ = way_of(cloudy, chosen)
    found = way[-1].beside
    seen = (samples.values.T * np.sqrt(features.weight)).astype(np.float64)
    centres = (found.centres - features.offset) / features.scale * np.sqrt(features.weight)
    moved = means_of(seen, assigned(seen, centres), centres)
    np.testing.assert_allclose(moved, centres, atol=0.01)
