"""What is said of a run."""

from dataclasses import replace

import pytest

from segmenter.app.run_words import describe_end, iterations_of


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
    assert describe_end(result).endswith(words)
