"""k-means beside EM: the same half steps, from the same means, on the same samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from watching import said_on, slow, way_of

from segmenter.engine.compare import beside
from segmenter.engine.outcome import Phase, Stage, Watch
from segmenter.engine.pipeline import image_of, steps
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings
from segmenter.files.images import read_image

FAR = slow(start="random", components=4, seed=3)


def told(way, stage=Stage.FITTING):
    return [progress for progress in way if progress.stage is stage and progress.beside]


def beside_on(image, settings, **more):
    return way_of(image, settings, watch=Watch.BESIDE, **more)


def assigned(values, centres):
    """The slow twin of the assignment: the first of the nearest centres, one pixel at a time."""
    return np.array([np.argmin([((one - c) ** 2).sum() for c in centres]) for one in values])


def means_of(values, labels, centres):
    return np.array([values[labels == k].mean(axis=0) for k in range(len(centres))])


def test_every_half_step_is_that_of_a_slow_twin(cloudy):
    way, _ = beside_on(cloudy, FAR)
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
    way, _ = beside_on(cloudy, FAR)
    phases = [(p.phase, p.beside.phase) for p in told(way)]
    assert phases[0] == (Phase.START, Phase.START)
    resting = next(place for place, (_, own) in enumerate(phases) if own is Phase.END)
    assert all(own is of_em for of_em, own in phases[1:resting] if of_em is not Phase.LEAP)
    assert {own for _, own in phases[resting:]} == {Phase.END}
    moves = [p.beside.iteration for p in told(way)]
    assert moves[:5] == [0, 0, 1, 1, 2]


def test_its_cost_never_rises_and_its_centres_rest_in_the_end(cloudy):
    way, _ = beside_on(cloudy, FAR)
    costs = told(way)[-1].beside.costs
    assert len(costs) > 10
    assert all(after <= before for before, after in pairwise(costs))
    assert costs[-1] < 0.9 * costs[0]


def test_in_the_end_it_is_the_k_means_of_the_comparison(cloudy):
    """Which begins at the end of EM, so this image is one with a single optimum."""
    chosen = Settings(components=2, features=("rgb",), restarts=1)
    way, result = beside_on(cloudy, chosen)
    last = way[-1].beside
    assert (way[-1].stage, last.phase) == (Stage.LABELLING, Phase.END)
    expected = beside(cloudy, result)
    found = last.centres[np.argsort(last.classes)]
    np.testing.assert_allclose(found, expected.centres, atol=0.05)
    assert (last.preview == expected.labels).mean() > 0.995


@pytest.mark.parametrize("watch", [None, Watch.STEPS])
def test_before_someone_asks_nothing_is_computed(cloudy, monkeypatch, watch):
    monkeypatch.setattr("segmenter.engine.beside.by_distance", lambda *_: pytest.fail("computed"))
    way, _ = way_of(cloudy, FAR, watch=watch)
    assert all(progress.beside is None for progress in way)


@pytest.mark.parametrize("looked_at", [6, 9])
@pytest.mark.parametrize("watch", [None, Watch.STEPS])
def test_who_asks_on_the_way_sees_the_step_again_with_it_as_far_as_it_would_be(
    cloudy, looked_at, watch
):
    exact, _ = beside_on(cloudy, FAR)
    driven, without = steps(cloudy, FAR), None
    for _ in range(looked_at):
        without = driven.send(watch) if without else next(driven)
    seen = driven.send(Watch.BESIDE)
    while seen.beside.is_behind:
        assert seen.phase is without.phase
        seen = driven.send(Watch.BESIDE)
    place = next(
        k
        for k, one in enumerate(exact)
        if (one.stage, one.phase, one.iteration)
        == (without.stage, without.phase, without.iteration)
    )
    expected = exact[place].beside
    assert seen.log_likelihoods == without.log_likelihoods
    assert (seen.beside.phase, seen.beside.iteration, seen.beside.costs) == (
        expected.phase, expected.iteration, expected.costs,
    )  # fmt: skip
    np.testing.assert_array_equal(seen.beside.preview, expected.preview)
    assert driven.send(Watch.BESIDE).phase is not seen.phase, "and then EM goes on"


def test_at_the_end_it_catches_up_by_pieces_that_can_be_interrupted(cloudy):
    way, _ = beside_on(cloudy, slow(max_iterations=2))
    done = [len(p.beside.costs) for p in told(way, Stage.LABELLING)]
    assert len(done) > 4
    assert all(0 <= after - before <= 2 for before, after in pairwise(done))
    behind = [p.beside.is_behind for p in told(way, Stage.LABELLING)]
    assert behind == [True] * (len(behind) - 1) + [False]
    driven = steps(cloudy, slow(max_iterations=2))
    seen = next(driven)
    while seen.stage is not Stage.LABELLING:
        seen = driven.send(Watch.BESIDE)
    assert seen.beside.is_behind
    with pytest.raises(StopIteration):
        driven.send(Watch.STEPS)


@pytest.mark.parametrize("changes", [{"spatial": "field"}, {"noise_class": True}, {}])
def test_em_over_classes_has_its_own_beside_it(cloudy, changes):
    scribbles = None if changes else said_on(cloudy)
    way, _ = beside_on(cloudy, slow(max_iterations=30, **changes), scribbles=scribbles)
    first = next(p for p in told(way, Stage.REFINING) if p.phase is Phase.E_STEP).beside
    assert (first.phase, first.iteration, len(first.costs)) == (Phase.E_STEP, 0, 1)
    assert way[-1].beside.phase is Phase.END


def test_pixels_without_data_have_no_class():
    random = np.random.default_rng(0)
    pixels = random.integers(0, 255, (40, 50)).astype(np.float32)
    pixels[5:9] = np.nan
    way, _ = beside_on(image_of(pixels), Settings(components=3, restarts=1))
    preview = way[-1].beside.preview
    assert (preview[5:9] == 0).all()
    assert (np.delete(preview, range(5, 9), axis=0) > 0).all()


def test_classes_of_a_start_keep_their_numbers(image):
    way, result = beside_on(image, Settings(components=3, restarts=1))
    mixture = result.mixture.taken(np.array([2, 0, 1]))
    start = type(mixture)(
        mixture.weights, mixture.means, mixture.covariances, mixture.features, np.array([2, 0, 1])
    )
    way, _ = beside_on(image, Settings(components=3), start=start)
    for progress in told(way):
        np.testing.assert_array_equal(progress.beside.classes, [2, 0, 1])


def test_a_feature_that_counts_more_lies_farther_apart(cloudy):
    """Positions in the image count as their weight says, for k-means as for EM."""
    chosen = Settings(components=3, restarts=1, features=("rgb", "position"))
    features, samples = gather(cloudy, chosen)
    assert (features.weight != 1).any()
    way, _ = beside_on(cloudy, chosen)
    found = way[-1].beside
    seen = (samples.values.T * np.sqrt(features.weight)).astype(np.float64)
    centres = (found.centres - features.offset) / features.scale * np.sqrt(features.weight)
    moved = means_of(seen, assigned(seen, centres), centres)
    np.testing.assert_allclose(moved, centres, atol=0.01)


def test_beside_a_search_there_is_nothing(cloudy):
    """It is for another mixture than the one that k-means began with."""
    way, _ = beside_on(cloudy, slow(max_iterations=20, noise_class=True))
    fits = [place for place, p in enumerate(way) if p.stage is Stage.FITTING]
    after = way[fits[0] :]
    searched = {Stage.STARTS, Stage.REFINING}
    begun = [p for p in after if p.stage in searched and p.phase is Phase.START]
    assert {p.stage for p in begun} == searched
    assert all(p.beside is None for p in begun)
    assert all(len(p.beside.centres) == len(p.mixture) for p in told(way, Stage.REFINING))


def test_no_centre_changes_its_number_before_em_is_done():
    image = read_image(SAMPLE_IMAGES / "stained_cells.png")
    way, _ = beside_on(image, Settings(components=4, start="random", max_iterations=15))
    under_way, end = told(way), told(way, Stage.LABELLING)[-1].beside
    light = [p.beside.centres[np.argsort(p.beside.classes), 0] for p in under_way]
    assert any((np.diff(values) < 0).any() for values in light), "no centre overtakes another"
    for progress in under_way:
        np.testing.assert_array_equal(progress.beside.classes, under_way[0].beside.classes)
    assert (np.diff(end.centres[np.argsort(end.classes), 0]) > 0).all()
