"""From image to classes, step by step, from a mixture, and always the same."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from proper import assert_proper

from segmenter.engine import samples as merging
from segmenter.engine.outcome import Enough, Phase, Stage, Stop
from segmenter.engine.pipeline import finish, image_of, label, segment, steps
from segmenter.engine.previews import PREVIEW_SIDE
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.types import Image, SegmenterError

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


# ---- Known images --------------------------------------------------------------------------------


@EVERY
def test_the_known_classes_are_found(image, truth, covariance):
    result = segment(image, Settings(components=3, covariance=covariance))
    assert_proper(result, image.valid)
    assert (result.labels == truth).mean() > 0.99


@pytest.mark.parametrize(
    "features",
    [("grey",), ("rgb",), ("lab",), ("hsv",), ("channels",), ("lab", "texture", "position")],
    ids=" ".join,
)
def test_the_known_classes_are_found_by_any_feature(image, truth, features):
    chosen = Settings(components=3, features=features, position_weight=0.1)
    assert (segment(image, chosen).labels == truth).mean() > 0.93


def test_classes_are_ordered_by_brightness_whatever_the_seed(image):
    found = [segment(image, Settings(components=3, seed=seed)) for seed in range(5)]
    for result in found:
        assert (np.diff(result.mixture.means[:, 0]) > 0).all()
        np.testing.assert_array_equal(result.labels, found[0].labels)


def test_the_same_settings_give_the_same_bits(image):
    a, b = (segment(image, Settings(components=5, seed=9)) for _ in range(2))
    assert a.responsibilities.tobytes() == b.responsibilities.tobytes()
    assert a.mixture.covariances.tobytes() == b.mixture.covariances.tobytes()
    assert a.log_likelihoods == b.log_likelihoods


def test_the_mixture_is_in_the_file_s_units(image, truth):
    result = segment(image, Settings(components=3, features=("channels",)))
    for number in (1, 2, 3):
        pixels = image.pixels[truth == number].astype(float)
        np.testing.assert_allclose(result.mixture.means[number - 1], pixels.mean(axis=0), atol=0.5)
        np.testing.assert_allclose(
            result.mixture.covariances[number - 1], np.cov(pixels.T), atol=3
        )  # fmt: skip
    assert result.mixture.features == ("red", "green", "blue")


def test_the_log_likelihood_is_per_pixel_in_the_file_s_units():
    grey = np.random.default_rng(0).normal(1000, 50, (60, 70))
    result = segment(grey, Settings(components=1))
    expected = -0.5 * np.log(2 * np.pi * np.e * grey.var())
    assert result.log_likelihoods[-1] == pytest.approx(expected, abs=1e-5)


def test_settings_stay_with_the_result(image):
    chosen = Settings(components=2, seed=4)
    assert segment(image, chosen).settings is chosen


# ---- Merging -------------------------------------------------------------------------------------


@EVERY
def test_merged_pixels_give_what_all_pixels_give(monkeypatch, image, covariance):
    chosen = Settings(components=3, covariance=covariance, features=("rgb",))
    start = segment(image, chosen.model_copy(update={"max_iterations": 1})).mixture
    merged = finish(steps(image, chosen, start=start))
    monkeypatch.setattr(merging, "merge_equal_pixels", lambda image: None)
    single = finish(steps(image, chosen, start=start))
    assert merged.index is not None
    assert single.index is None
    np.testing.assert_array_equal(merged.labels, single.labels)
    assert merged.log_likelihoods[-1] == pytest.approx(single.log_likelihoods[-1], abs=1e-5)
    np.testing.assert_allclose(merged.memberships, single.memberships, atol=1e-3)


def test_merged_and_single_pixels_have_the_same_first_likelihood(monkeypatch, image):
    chosen = Settings(components=3, max_iterations=1)
    mixture = segment(image, chosen).mixture
    merged = finish(label(image, chosen, mixture)).log_likelihoods[0]
    monkeypatch.setattr(merging, "merge_equal_pixels", lambda image: None)
    single = finish(label(image, chosen, mixture)).log_likelihoods[0]
    assert merged == pytest.approx(single, rel=1e-6)


# ---- Step by step --------------------------------------------------------------------------------


def test_stages_come_in_order_and_iterations_count_up(run, image):
    progresses, result = run(steps(image, Settings(components=3)))
    stages = [progress.stage for progress in progresses]
    assert sorted(stages, key=list(Stage).index) == stages
    assert set(stages) == {
        Stage.PREPARING, Stage.FEATURES, Stage.STARTS, Stage.FITTING, Stage.LABELLING,
    }  # fmt: skip
    fitting = [progress for progress in progresses if progress.stage is Stage.FITTING]
    evaluated = [progress for progress in fitting if progress.phase is Phase.E_STEP]
    first, count = evaluated[0].iteration, len(evaluated)
    assert [progress.iteration for progress in evaluated] == list(range(first, first + count))
    for progress in (*evaluated, progresses[-1]):
        known = progress.log_likelihoods
        assert len(known) == progress.iteration + 1
        assert known == result.log_likelihoods[: len(known)]


@pytest.mark.parametrize("shape", [(30, 1100), (1100, 30), (512, 513), (5, 6)], ids=str)
def test_the_preview_is_small_and_at_the_end_the_labels(run, shape):
    grey = np.random.default_rng(0).integers(0, 200, shape, dtype=np.uint8)
    progresses, result = run(steps(image_of(grey), Settings(max_iterations=12, restarts=1)))
    preview = progresses[-1].preview
    step = -(-max(shape) // PREVIEW_SIDE)
    assert max(preview.shape) <= PREVIEW_SIDE
    np.testing.assert_array_equal(preview, result.labels[::step, ::step])


def test_classes_are_in_order_of_brightness_all_the_way(run):
    noise = np.random.default_rng(0).integers(0, 255, (20, 25, 3), dtype=np.uint8)
    progresses, result = run(
        steps(image_of(noise), Settings(components=8, max_iterations=40, tolerance=1e-9))
    )
    shown = [progress.mixture for progress in progresses if progress.mixture is not None]
    assert len(shown) > 10
    for mixture in shown:
        assert (np.diff(mixture.means[:, 0]) > 0).all()
    np.testing.assert_array_equal(progresses[-1].preview, result.labels)


# ---- Enough --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.STARTS, Stage.FITTING])
def test_enough_keeps_the_best_so_far(stage):
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    chosen = Settings(components=6, features=("rgb", "position"), tolerance=1e-9)
    way = steps(image_of(noise), chosen)
    last = next(p for p in way if p.stage is stage and p.mixture is not None and p.iteration > 2)
    following = way.throw(Enough())
    assert following.stage is Stage.LABELLING
    result = finish(way)
    assert result.settings == chosen
    np.testing.assert_array_equal(result.mixture.means, last.mixture.means)
    assert result.log_likelihoods[-1] == pytest.approx(last.log_likelihood)
    assert_proper(result, np.ones(noise.shape[:2], bool), stopped=(Stop.CANCELLED,))


@pytest.mark.parametrize("count", [1, 2, 3], ids=["preparing", "features", "first try"])
def test_enough_before_there_is_anything_to_keep_comes_out_again(image, count):
    way = steps(image, Settings())
    for _ in range(count):
        next(way)
    with pytest.raises(Enough):
        way.throw(Enough())


def test_the_preview_shows_no_data_as_zero(run, image):
    valid = np.zeros(image.shape, bool)
    valid[10:20, 5:30] = True
    progresses, result = run(steps(replace(image, valid=valid), Settings()))
    np.testing.assert_array_equal(progresses[-1].preview, result.labels)


def test_the_preview_may_hold_no_data_at_all(run):
    grey = np.full((2, 1100), np.nan)
    grey[1, 1::3] = 5.0
    progresses, _ = run(steps(image_of(grey), Settings()))
    assert not progresses[-1].preview.any()


def test_the_mixture_under_way_is_in_the_file_s_units(run, image):
    progresses, result = run(steps(image, Settings(components=3)))
    np.testing.assert_allclose(progresses[-1].mixture.means, result.mixture.means)


def test_the_limit_stops_it(image):
    result = segment(image, Settings(components=8, max_iterations=3, tolerance=1e-9))
    assert result.stopped is Stop.LIMIT_REACHED
    assert len(result.log_likelihoods) == 4


@pytest.mark.parametrize("asked", range(0, 40, 6))
def test_a_run_left_alone_leaves_nothing(image, asked):
    own = replace(image, pixels=image.pixels.copy())
    alive = weakref.ref(own.pixels)
    under_way = steps(own, Settings(components=3))
    for _ in range(asked):
        next(under_way, None)
    under_way.close()
    del own, under_way
    gc.collect()
    assert alive() is None


def test_two_runs_side_by_side_do_not_meet(image):
    chosen = Settings(components=3)
    alone, pair = segment(image, chosen), [steps(image, chosen), steps(image, chosen)]
    ends = []
    while len(ends) < 2:
        for under_way in pair[len(ends) :]:
            try:
                next(under_way)
            except StopIteration as end:
                ends.append(end.value)
    for result in ends:
        assert result.responsibilities.tobytes() == alone.responsibilities.tobytes()


# ---- From a mixture ------------------------------------------------------------------------------


@EVERY
def test_labelling_with_the_found_mixture_gives_the_same_labels(image, covariance):
    chosen = Settings(components=4, covariance=covariance)
    result = segment(image, chosen)
    again = finish(label(image, chosen, result.mixture))
    np.testing.assert_array_equal(again.labels, result.labels)
    np.testing.assert_allclose(again.memberships, result.memberships, atol=1e-5)
    assert again.log_likelihoods == pytest.approx(result.log_likelihoods[-1:], abs=1e-5)


@EVERY
def test_going_on_from_a_mixture_never_falls_below_it(image, covariance):
    short = Settings(components=5, covariance=covariance, max_iterations=2)
    first = segment(image, short)
    on = finish(steps(image, short.model_copy(update={"max_iterations": 50}), start=first.mixture))
    assert on.log_likelihoods[0] == pytest.approx(first.log_likelihoods[-1], abs=1e-5)
    assert on.log_likelihoods[-1] >= on.log_likelihoods[0]
    assert_proper(on, image.valid)


@pytest.mark.parametrize("covariance", ["tied", "diag", "spherical"])
def test_a_start_of_another_shape_takes_the_shape_asked_for(image, covariance):
    full = segment(image, Settings(components=3)).mixture
    chosen = Settings(components=3, covariance=covariance)
    found = finish(steps(image, chosen, start=full)).mixture.covariances
    if covariance == "tied":
        np.testing.assert_allclose(found, found[[0, 0, 0]])
    else:
        variances = np.diagonal(found, axis1=1, axis2=2)
        np.testing.assert_allclose(found, variances[:, :, None] * np.eye(3), atol=1e-9)


def test_a_smaller_start_is_no_reason_for_a_note(image):
    mixture = segment(image, Settings(components=2)).mixture
    for way in (steps(image, Settings(), start=mixture), label(image, Settings(), mixture)):
        assert finish(way).notes == ()


def test_a_mixture_of_other_features_is_refused(image):
    mixture = segment(image, Settings(features=("rgb",))).mixture
    with pytest.raises(SegmenterError, match="fitted on features red, green, blue"):
        finish(label(image, Settings(features=("lab",)), mixture))


def test_a_mixture_labels_an_image_with_other_values(image, truth):
    mixture = segment(image, Settings(components=3)).mixture
    part = Image(image.pixels[:, :24], image.valid[:, :24], image.channel_names, 8)
    assert (finish(label(part, Settings(), mixture)).labels == truth[:, :24]).mean() > 0.99


# ---- Arrays --------------------------------------------------------------------------------------


def test_an_array_is_copied(image):
    array = image.pixels.copy()
    made = image_of(array)
    array[0, 0, 0] += 1
    np.testing.assert_array_equal(made.pixels, image.pixels)


@pytest.mark.parametrize(
    ("dtype", "bit_depth"),
    [("?", 8), ("u1", 8), ("i2", 15), ("u4", 32), ("f2", 32), ("f4", 32), ("f8", 64)],
)
def test_an_array_has_the_bit_depth_of_its_type(dtype, bit_depth):
    assert image_of(np.zeros((2, 2), dtype)).bit_depth == bit_depth


def test_true_is_white():
    assert image_of(np.array([[True, False]])).pixels.ravel().tolist() == [255, 0]


@pytest.mark.parametrize(
    ("channels", "names"),
    [(1, ("grey",)), (2, ("channel 1", "channel 2")), (3, ("red", "green", "blue"))],
)
def test_channels_are_named_by_their_number(channels, names):
    assert image_of(np.zeros((2, 2, channels))).channel_names == names


@pytest.mark.parametrize(("channels", "kernels"), [(1, "few"), (5, "many")])
def test_all_kernels_are_there_when_the_preparing_ends(channels, kernels):
    program = (
        "import sys, numpy as np\n"
        "from segmenter.engine.pipeline import image_of, steps\n"
        "from segmenter.engine.settings import Settings\n"
        f"run = steps(image_of(np.zeros((2, 2, {channels}))), Settings())\n"
        "print(*[next(run).stage.name for _ in range(2)])\n"
        f"assert 'segmenter.engine.kernels.{kernels}' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["PREPARING", "FEATURES"]
