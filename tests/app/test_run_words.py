"""What is said of a run."""

from dataclasses import replace

import pytest

from segmenter.app.run_words import describe_end, iterations_of
from segmenter.app.state import Inputs
from segmenter.engine.settings import Settings, Start


@pytest.mark.parametrize(
    ("curve", "words"),
    [((), "0 iterations"), ((-1.0,), "0 iterations"), ((-2.0, -1.0), "1 iteration")],
    ids=["none", "start", "one"],
)
def test_the_start_is_no_iteration(curve, words):
    assert iterations_of(curve) == words


@pytest.mark.parametrize(
    ("curve", "words"),
    [((-1.0,), "there was nothing left to gain."), ((-2.0, -1.0), "Converged after 1 iteration.")],
    ids=["at once", "one"],
)
def test_the_end_of_a_run_is_said_as_it_was(segmented, curve, words):
    result = replace(segmented.state.result, log_likelihoods=curve, notes=())
    assert describe_end(segmented.state.made_from, result).endswith(words)


@pytest.mark.parametrize(
    ("components", "own", "is_said"),
    [(3, False, True), ("auto", False, False), (3, True, False)],
    ids=["number", "auto", "from one's own mixture"],
)
def test_a_random_start_is_told_at_the_end(segmented, components, own, is_said):
    result = replace(segmented.state.result, log_likelihoods=(-2.0, -1.0))
    inputs = Inputs(
        Settings(components=components, start=Start.RANDOM), start=result.mixture if own else None
    )
    assert ("from a random start" in describe_end(inputs, result)) is is_said
    assert "random" not in describe_end(segmented.state.made_from, result)
