"""A run that chooses the number of components, and what it keeps of the others."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.kept import Kept
from segmenter.engine.outcome import Enough, Stage, Stop
from segmenter.engine.pipeline import finish, label, segment, steps
from segmenter.engine.settings import Settings

CHOOSING = Settings(components="auto", most_components=6)


@pytest.fixture(scope="module")
def chosen(image):
    return segment(image, CHOOSING)


def test_as_many_components_are_found_as_there_are_kinds_of_pixel(chosen, truth):
    assert len(chosen.mixture) == 3
    np.testing.assert_array_equal(chosen.labels, truth)
    assert not chosen.notes


def test_every_number_is_kept_with_its_scores_from_few_to_many(chosen):
    assert [len(one.mixture) for one in chosen.candidates] == list(range(1, 7))
    assert max(chosen.candidates, key=lambda one: one.bic) is chosen.candidates[2]


def test_the_label_map_of_every_number_is_kept(chosen, image):
    two = chosen.candidates[1]
    expected = finish(label(image, Settings(components=2), two.mixture)).labels
    assert set(np.unique(two.labels)) == {1, 2}
    np.testing.assert_array_equal(two.labels[chosen.index], expected)


def test_the_chosen_candidate_is_the_result(chosen):
    mine = chosen.candidates[2]
    np.testing.assert_array_equal(mine.mixture.means, chosen.mixture.means)
    np.testing.assert_array_equal(mine.labels[chosen.index], chosen.labels)


def test_the_stages_show_the_choice_before_em(image):
    stages = [progress.stage for progress in steps(image, CHOOSING)]
    assert sorted(stages, key=list(Stage).index) == stages
    assert Stage.CHOOSING in stages
    assert Stage.STARTS not in stages


def test_what_is_kept_gives_the_same_choice(image, chosen):
    kept = Kept()
    for _ in range(2):
        again = finish(steps(image, CHOOSING, kept=kept))
        assert again.labels.tobytes() == chosen.labels.tobytes()
        assert [one.bic for one in again.candidates] == [one.bic for one in chosen.candidates]


def test_who_has_enough_of_choosing_gets_the_best_so_far(image):
    running = steps(image, CHOOSING)
    while next(running).mixture is None:
        pass
    running.throw(Enough())
    assert finish(running).stopped is Stop.CANCELLED
