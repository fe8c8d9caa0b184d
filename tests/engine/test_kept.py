"""What a run takes over from the one before changes its time, never its bits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from segmenter.engine import kept as module
from segmenter.engine.kept import Kept
from segmenter.engine.outcome import Stage
from segmenter.engine.pipeline import finish, image_of, steps
from segmenter.engine.settings import Settings


@pytest.fixture
def gathered(monkeypatch):
    """Count how often features are computed."""
    calls = []
    plain = module.gather

    def counted(image, settings):
        calls.append(settings)
        return plain(image, settings)

    monkeypatch.setattr(module, "gather", counted)
    return calls


def stages(image, settings, kept, scribbles=None, start=None):
    way = steps(image, settings, kept=kept, scribbles=scribbles, start=start)
    return [progress.stage for progress in way]


def bits(result):
    return result.labels.tobytes(), result.responsibilities.tobytes(), result.log_likelihoods


def test_what_is_kept_gives_the_same_bits(image, truth):
    kept, settings = Kept(), Settings(components=3)
    scribbles = np.where(np.arange(64) % 9 == 0, truth, 0).astype(np.uint8)
    finish(steps(image, settings, kept=kept))
    for said in (None, scribbles):
        fresh = finish(steps(image, settings, scribbles=said))
        again = finish(steps(image, settings, scribbles=said, kept=kept))
        assert bits(again) == bits(fresh)


def test_a_stroke_needs_no_features_and_no_search(image, truth, gathered):
    kept, settings = Kept(), Settings(components=3)
    stages(image, settings, kept)
    assert Stage.STARTS not in stages(image, settings, kept, scribbles=truth)
    assert len(gathered) == 1


def test_other_settings_of_the_mixture_search_anew_with_the_same_features(image, gathered):
    kept = Kept()
    stages(image, Settings(components=3), kept)
    assert Stage.STARTS in stages(image, Settings(components=2), kept)
    assert len(gathered) == 1


@pytest.mark.parametrize("change", [{"smoothing": 1.0}, {"features": ("rgb",)}])
def test_other_features_are_computed(image, gathered, change):
    kept = Kept()
    stages(image, Settings(components=3), kept)
    assert Stage.STARTS in stages(image, Settings(components=3, **change), kept)
    assert len(gathered) == 2


def test_clean_up_after_a_run_from_a_given_mixture_needs_no_em(image):
    kept, plain = Kept(), Settings(components=3)
    cleaned = plain.model_copy(update={"smallest_region": 30})
    begun = finish(steps(image, plain, kept=kept)).mixture
    start, other = (replace(begun, means=begun.means + shift) for shift in (2, 3))
    assert Stage.FITTING in stages(image, plain, kept, start=start)
    assert Stage.FITTING not in stages(image, cleaned, kept, start=start)
    again = finish(steps(image, cleaned, kept=kept, start=start))
    assert bits(again) == bits(finish(steps(image, cleaned, start=start)))
    assert Stage.FITTING in stages(image, cleaned, kept, start=other)
    assert bits(finish(steps(image, plain, kept=kept))) == bits(finish(steps(image, plain)))


def test_who_looks_at_other_features_leaves_those_of_the_run(image, gathered):
    kept, settings, other = Kept(), Settings(components=3), Settings(smoothing=1.0)
    stages(image, settings, kept)
    looked_at = kept.looked_at(image, other)
    np.testing.assert_array_equal(looked_at[2].values, Kept().gathered(image, other)[2].values)
    assert kept.has(image, settings)
    assert not kept.has(image, other)
    assert Stage.STARTS not in stages(image, settings, kept)


def test_who_looks_has_the_samples_of_the_run_before_and_after(image, gathered):
    kept, settings = Kept(), Settings(components=3)
    first = kept.looked_at(image, settings)
    assert kept.gathered(image, settings) is first
    assert kept.looked_at(image, settings) is first
    assert len(gathered) == 1


def test_another_image_is_another_matter(image, gathered):
    kept, settings = Kept(), Settings(components=3)
    stages(image, settings, kept)
    other = image_of(image.pixels[::-1])
    assert bits(finish(steps(other, settings, kept=kept))) == bits(finish(steps(other, settings)))
    assert len(gathered) == 3


def test_a_run_that_was_stopped_leaves_nothing_half_done(image):
    from segmenter.engine.outcome import Enough

    kept, settings = Kept(), Settings(components=3)
    running = steps(image, settings, kept=kept)
    while next(running).mixture is None:
        pass
    running.throw(Enough())
    with pytest.raises(StopIteration):
        next(running)
    again = finish(steps(image, settings, kept=kept))
    assert bits(again) == bits(finish(steps(image, settings)))


def test_who_asks_while_samples_are_gathered_waits_for_them(image, gathered, monkeypatch):
    kept, settings, begun, may_end = Kept(), Settings(), Event(), Event()
    plain = module.gather

    def slow(image, settings):
        begun.set()
        assert may_end.wait(30)
        return plain(image, settings)

    monkeypatch.setattr(module, "gather", slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.gathered, image, settings)
        assert begun.wait(30)
        second = threads.submit(kept.gathered, image, settings)
        may_end.set()
        assert first.result() is second.result()
    assert len(gathered) == 1
