"""The cache of results: found by settings, bounded, without what was stopped."""

import numpy as np
import pytest

from segmenter.app.results import ResultCache
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture, Result, Stop


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


def test_a_result_is_found_by_its_settings():
    cache, kept = ResultCache(), result(3)
    cache.keep(kept)
    assert cache.get(Settings(components=3)) is kept
    assert cache.get(Settings(components=4)) is None


def test_the_oldest_goes_when_there_is_too_much():
    cache = ResultCache(limit=1100)
    for components in (2, 3, 4):
        cache.keep(result(components))
    found = [cache.get(Settings(components=k)) is not None for k in (2, 3, 4)]
    assert found == [False, True, True]


def kept_of_three(cache, index):
    """Which of three results of 500 bytes without their index of 400 bytes are kept."""
    for components in (2, 3, 4):
        cache.keep(result(components, index=index()))
    return [cache.get(Settings(components=k)) is not None for k in (2, 3, 4)]


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
    cache.keep(result())
    assert cache.get(Settings(components=2)) is None


@pytest.mark.parametrize("stopped", Stop)
def test_only_a_finished_run_is_kept(stopped):
    cache = ResultCache()
    cache.keep(result(stopped=stopped))
    is_kept = cache.get(Settings(components=2)) is not None
    assert is_kept == (stopped is not Stop.CANCELLED)
