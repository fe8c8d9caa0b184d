"""The number of threads decides who computes a chunk, and nothing else."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from segmenter.engine.mixture import e_step, posterior
from segmenter.engine.pipeline import segment
from segmenter.engine.settings import Settings
from segmenter.engine.threads import set_thread_count, spread, thread_count


@pytest.fixture(autouse=True)
def _as_before():
    yield
    set_thread_count(0)


def ranges_of(chunks):
    """The ranges that `spread` calls a kernel with, sorted."""
    called = []
    spread(lambda first, last: called.append((first, last)), chunks)
    return sorted(called)


def test_it_is_what_was_set():
    set_thread_count(3)
    assert thread_count() == 3


def test_none_set_means_as_many_as_there_may_be():
    set_thread_count(0)
    assert 1 <= thread_count() <= os.cpu_count()


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("chunks", [1, 2, 6, 7, 100])
def test_ranges_cover_every_chunk_once(threads, chunks):
    set_thread_count(threads)
    covered = [chunk for first, last in ranges_of(chunks) for chunk in range(first, last)]
    assert covered == list(range(chunks))
    assert len(ranges_of(chunks)) == min(threads, chunks)


def test_an_error_in_another_thread_arrives():
    def kernel(first, last):
        if first:
            raise ArithmeticError("in the second half")

    set_thread_count(2)
    with pytest.raises(ArithmeticError, match="second half"):
        spread(kernel, 4)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_sums_are_the_same_bits(random_samples, random_mixture, form_of, threads):
    samples, mixture, form = random_samples(3, 50_001), random_mixture(5, 3), form_of("full", 3)
    set_thread_count(1)
    alone, moments = e_step(samples, mixture, form)
    one = posterior(samples.values, mixture, form)
    set_thread_count(threads)
    together, same = e_step(samples, mixture, form)
    many = posterior(samples.values, mixture, form)
    assert alone == together
    assert moments.second.tobytes() == same.second.tobytes()
    assert one.responsibilities.tobytes() == many.responsibilities.tobytes()


def test_a_result_is_the_same_bits():
    values = np.random.default_rng(0).normal(size=(150, 200, 3)).astype(np.float32)
    found = []
    for threads in (1, 2, 3, 7):
        set_thread_count(threads)
        result = segment(values, Settings(components=3, max_iterations=15))
        found.append((
            result.labels.tobytes(), result.responsibilities.tobytes(), result.log_likelihoods,
            result.mixture.means.tobytes(), result.mixture.covariances.tobytes(),
        ))  # fmt: skip
    assert found[1:] == found[:1] * 3


def test_the_count_may_change_while_others_work():
    stop, failures = threading.Event(), []

    def work():
        while not stop.is_set():
            try:
                spread(lambda first, last: None, 8)
            except RuntimeError as error:
                failures.append(error)
                return

    worker = threading.Thread(target=work)
    worker.start()
    for count in (2, 3) * 150:
        set_thread_count(count)
    stop.set()
    worker.join()
    assert not failures


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_makes_its_own_threads():
    set_thread_count(2)
    ranges_of(4)
    child = os.fork()
    if child == 0:
        import signal

        signal.alarm(20)
        os._exit(0 if ranges_of(4) == [(0, 2), (2, 4)] else 1)
    assert os.waitpid(child, 0)[1] == 0
