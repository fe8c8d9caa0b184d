"""The cache of results: found by settings, bounded, without what was stopped."""

import numpy as np
import pytest

from segmenter.app.results import ResultCache
from segmenter.app.scribbles import Nib, Scribbles
from segmenter.app.state import Inputs
from segmenter.engine.outcome import Result, Stop
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture


def result(components=2, stopped=Stop.CONVERGED, index=None):
    return Result(
        labels=np.ones((10, 10), np.uint8),
        responsibilities=np.ones((1, 100), np.float32),
        index=index,
        mixture=Mixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1))),
        settings=Settings(components=components),
        log_likelihoods=(-1.0,),
        stopped=stopped,
    )


def keep(cache, result):
    cache.keep(Inputs(result.settings), result)


def test_a_result_is_found_by_its_settings():
    cache, kept = ResultCache(), result(3)
    keep(cache, kept)
    assert cache.get(Inputs(Settings(components=3))) is kept
    assert cache.get(Inputs(Settings(components=4))) is None


def test_results_with_other_scribbles_are_others():
    cache, kept = ResultCache(), result(3)
    stroke = Scribbles().drawn((1, 1), (5, 5), Nib(2, 3), (10, 10))
    cache.keep(Inputs(Settings(components=3), scribbles=stroke), kept)
    assert cache.get(Inputs(Settings(components=3))) is None
    again = Scribbles().drawn((5, 5), (1, 1), Nib(2, 3), (10, 10))
    assert cache.get(Inputs(Settings(components=3), scribbles=again)) is kept


def test_the_oldest_goes_when_there_is_too_much():
    cache = ResultCache(limit=1100)
    for components in (2, 3, 4):
        keep(cache, result(components))
    found = [cache.get(Inputs(Settings(components=k))) is not None for k in (2, 3, 4)]
    assert found == [False, True, True]


def kept_of_three(cache, index):
    """Which of three results of 500 bytes without their index of 400 bytes are kept."""
    for components in (2, 3, 4):
        keep(cache, result(components, index=index()))
    return [cache.get(Inputs(Settings(components=k))) is not None for k in (2, 3, 4)]


def an_index():
    return np.zeros((10, 10), np.int32)


def test_an_index_counts():
    assert kept_of_three(ResultCache(limit=1800), an_index) == [False, True, True]
    assert kept_of_three(ResultCache(limit=2700), an_index) == [True, True, True]


def test_an_index_that_results_share_counts_once():
    shared = an_index()
    assert kept_of_three(ResultCache(limit=1900), lambda: shared) == [True, True, True]
    assert kept_of_three(ResultCache(limit=1899), lambda: shared) == [False, True, True]


def test_a_result_larger_than_the_limit_is_not_kept():
    cache = ResultCache(limit=10)
    keep(cache, result())
    assert cache.get(Inputs(Settings(components=2))) is None


@pytest.mark.parametrize("stopped", Stop)
def test_only_a_finished_run_is_kept(stopped):
    cache = ResultCache()
    keep(cache, result(stopped=stopped))
    is_kept = cache.get(Inputs(Settings(components=2))) is not None
    assert is_kept == (stopped is not Stop.CANCELLED)
