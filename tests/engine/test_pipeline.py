"""From image to classes: whatever the image, the classes are proper and always the same."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine import samples as merging
from segmenter.engine.pipeline import PREVIEW_SIDE, finish, image_of, label, segment, steps
from segmenter.engine.settings import Covariance, FeatureKind, Settings
from segmenter.engine.types import Image, SegmenterError, Stage, Stop

EVERY = pytest.mark.parametrize("covariance", list(Covariance))
GREY_KINDS = [FeatureKind.GREY, FeatureKind.CHANNELS, FeatureKind.TEXTURE, FeatureKind.POSITION]


def assert_proper(result, valid):
    """What every result must be, however odd the image."""
    found = len(result.mixture)
    assert result.labels.dtype == np.uint8
    assert ((result.labels == 0) == ~valid).all()
    assert result.labels.max() <= found <= result.settings.components
    assert result.mixture.weights.sum() == pytest.approx(1)
    for array in (result.mixture.means, result.mixture.covariances, result.responsibilities):
        assert np.isfinite(array).all()
    assert (result.responsibilities >= 0).all()
    np.testing.assert_allclose(result.memberships.sum(axis=0), valid, atol=1e-5)
    assert np.isfinite(result.log_likelihoods).all()
    assert (np.diff(result.log_likelihoods) >= 0).all()
    assert result.stopped in {Stop.CONVERGED, Stop.LIMIT_REACHED}
    assert (np.linalg.eigvalsh(result.mixture.covariances) > 0).all()


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


# ---- Any image -----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=120)
@given(
    pixels=st.one_of(
        some.arrays(dtype, st.tuples(st.integers(1, 7), st.integers(1, 7), channels))
        for dtype in (np.uint8, np.uint16, np.float32)
        for channels in (st.just(1), st.just(3))
    ),
    components=st.integers(1, 6),
    covariance=st.sampled_from(Covariance),
    features=st.lists(st.sampled_from(GREY_KINDS), max_size=2),
    smoothing=st.sampled_from([0, 0, 0.8]),
)
def test_any_image_has_proper_classes(pixels, components, covariance, features, smoothing):
    chosen = Settings(
        components=components, covariance=covariance, features=tuple(features),
        smoothing=smoothing, restarts=1, max_iterations=30,
    )  # fmt: skip
    image = image_of(pixels)
    if image.valid.any():
        try:
            result = segment(image, chosen)
        except SegmenterError as refusal:
            # float32 alone can hold values whose blurred squares are out of range
            assert "too large" in str(refusal)  # noqa: PT017
            assert pixels.dtype == np.float32
        else:
            assert_proper(result, image.valid)


DEGENERATE = {
    "one pixel": np.full((1, 1), 7, np.uint8),
    "one colour pixel": np.full((1, 1, 3), 7, np.uint8),
    "one colour": np.full((9, 8), 7, np.uint8),
    "one fraction": np.full((9, 8), 0.1),
    "two colours": np.repeat(np.uint8([[0, 255]]), 9, axis=0),
    "one row": np.arange(50, dtype=np.uint8)[None],
    "one column": np.arange(50, dtype=np.uint8)[:, None],
    "constant channel": np.dstack([np.arange(60).reshape(6, 10), np.full((6, 10), 4)]) + 0.0,
    "line in colour": np.repeat(np.arange(64, dtype=np.uint8).reshape(8, 8, 1), 3, axis=2),
    "denormal": np.array([[5e-324, 1e-310], [0, 1e-300]]),
    "large": np.array([[1e150, -1e150], [0, 1e149]]),
    "float32 limits": np.array([[3e38, 0], [1, 2]], np.float32),
    "unsigned 32": np.array([[2**32 - 1, 0], [7, 7]], np.uint32),
    "signed 16": np.array([[-32768, 32767], [-5, 0]], np.int16),
    "signed 64": np.array([[-(2**63), 2**63 - 1], [-5, 0]]),
    "half": np.array([[0.1, 0.2], [0.9, 6e4]], np.float16),
    "logical": np.array([[True, False], [True, True]]),
    "one with data": np.array([[np.nan, np.inf], [3, -np.inf]]),
    "nine channels": np.random.default_rng(0).random((8, 9, 9)),
}


@EVERY
@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_image_has_proper_classes(name, covariance):
    array = DEGENERATE[name]
    result = segment(array, Settings(covariance=covariance))
    assert_proper(result, np.isfinite(np.atleast_3d(array)).all(axis=2))


@EVERY
def test_thirty_two_components_are_proper(covariance):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    chosen = Settings(components=32, covariance=covariance, max_iterations=25, restarts=1)
    result = segment(noise, chosen)
    assert_proper(result, np.ones((40, 40), bool))
    assert len(result.mixture) == 32


@EVERY
@pytest.mark.parametrize("distinct", [1, 2, 3, 5])
def test_fewer_colours_than_components_are_told_apart(covariance, distinct):
    pixels = np.linspace(0, 255, distinct).astype(np.uint8)[np.arange(60).reshape(6, 10) % distinct]
    result = segment(pixels, Settings(components=8, covariance=covariance))
    assert_proper(result, np.ones((6, 10), bool))
    for value in np.unique(pixels):
        assert len(set(result.labels[pixels == value])) == 1
    assert len(set(result.labels.ravel())) == distinct
    assert f"{distinct} of 8 components: the image has only {distinct} " in result.notes[0]


def test_no_data_anywhere_is_refused_in_one_sentence():
    with pytest.raises(SegmenterError, match=r"'no data'.* Choose another"):
        segment(np.full((3, 3), np.nan))


@pytest.mark.parametrize(
    "array",
    [np.zeros(3), np.zeros((0, 3)), np.zeros((2, 2, 1, 1)), np.array([["a"]]), 1j * np.eye(2)],
    ids=["line", "empty", "four axes", "words", "complex"],
)  # fmt: skip
def test_what_is_no_image_is_refused(array):
    with pytest.raises(SegmenterError, match="is no image"):
        segment(array)


def test_pixels_without_data_have_label_zero_and_a_note(image):
    valid = image.valid.copy()
    valid[3:9, 5:7] = False
    result = segment(replace(image, valid=valid), Settings(components=3))
    assert_proper(result, valid)
    assert "12 pixel(s) without data have label 0." in result.notes


def test_what_no_data_holds_does_not_matter(image):
    valid = image.valid.copy()
    valid[:, :9] = False
    pixels = image.pixels.copy()
    pixels[~valid] = 255
    chosen = Settings(components=3, smoothing=1)
    a = segment(replace(image, valid=valid), chosen)
    b = segment(replace(image, valid=valid, pixels=pixels), chosen)
    np.testing.assert_array_equal(a.labels, b.labels)


@EVERY
def test_a_large_common_offset_changes_nothing(covariance):
    random = np.random.default_rng(0)
    plain = random.normal(0, 0.1, (40, 50)) + (np.arange(50) > 20)
    chosen = Settings(components=2, covariance=covariance)
    low, high = segment(plain, chosen), segment(plain + 1e8, chosen)
    np.testing.assert_array_equal(low.labels, high.labels)
    np.testing.assert_allclose(high.mixture.means - 1e8, low.mixture.means, atol=1e-6)
    np.testing.assert_allclose(high.mixture.covariances, low.mixture.covariances, rtol=1e-4)


def test_the_unit_of_the_values_does_not_matter():
    plain = np.random.default_rng(0).normal(size=(40, 50, 2)) + (np.arange(50) > 20)[:, None] * 4
    labels = [segment(plain * unit, Settings(components=2)).labels for unit in (1, 1e-12, 1e12)]
    np.testing.assert_array_equal(labels[0], labels[1])
    np.testing.assert_array_equal(labels[0], labels[2])


# ---- Step by step --------------------------------------------------------------------------------


def test_stages_come_in_order_and_iterations_count_up(run, image):
    progresses, result = run(steps(image, Settings(components=3)))
    stages = [progress.stage for progress in progresses]
    assert sorted(stages, key=list(Stage).index) == stages
    assert set(stages) == set(Stage)
    fitting = [progress for progress in progresses if progress.stage is Stage.FITTING]
    assert [progress.iteration for progress in fitting] == list(range(len(fitting)))
    reached = [progress.log_likelihood for progress in fitting]
    assert reached == list(result.log_likelihoods[: len(reached)])
    assert progresses[-1].log_likelihood == result.log_likelihoods[-1]


@pytest.mark.parametrize("shape", [(30, 1100), (1100, 30), (512, 513), (5, 6)], ids=str)
def test_the_preview_is_small_and_at_the_end_the_labels(run, shape):
    grey = np.random.default_rng(0).integers(0, 200, shape, dtype=np.uint8)
    progresses, result = run(steps(image_of(grey), Settings(max_iterations=12, restarts=1)))
    preview = progresses[-1].preview
    step = -(-max(shape) // PREVIEW_SIDE)
    assert max(preview.shape) <= PREVIEW_SIDE
    np.testing.assert_array_equal(preview, result.labels[::step, ::step])


def test_classes_that_change_places_under_way_are_in_order_at_the_end(run):
    noise = np.random.default_rng(0).integers(0, 255, (20, 25, 3), dtype=np.uint8)
    chosen = Settings(components=8, max_iterations=40, restarts=1)
    progresses, result = run(steps(image_of(noise), chosen))
    first, before, last = (
        progress.mixture.means[:, 0]
        for progress in progresses
        if progress.stage is not Stage.FITTING or progress.iteration in {0, 39}
        if progress.mixture is not None
    )
    assert (np.diff(first) > 0).all()
    assert not (np.diff(before) > 0).all()
    assert (np.diff(last) > 0).all()
    np.testing.assert_array_equal(progresses[-1].preview, result.labels)


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
