import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Mixture, Noise, SegmenterError
from segmenter.files.recipes import Recipe, read_recipe, recipe_text, write_recipe

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
channel = st.integers(0, 255)
switch = st.booleans()
styles = st.builds(ClassStyle, st.text(), st.tuples(channel, channel, channel), switch, switch)


@st.composite
def mixtures(draw):
    count, dimensions = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    factors = rng.normal(size=(count, dimensions, dimensions))
    covariances = factors @ factors.transpose(0, 2, 1) + np.eye(dimensions)
    covariances = (covariances + covariances.transpose(0, 2, 1)) / 2
    names = tuple(draw(st.lists(st.text(), min_size=dimensions, max_size=dimensions)))
    means = rng.normal(size=(count, dimensions)) * draw(st.sampled_from([1e-8, 1.0, 1e9]))
    classes = draw(st.none() | st.permutations(range(count)).map(np.array))
    if count > 1 and draw(st.booleans()):
        classes = np.arange(count) // 2
    noise = draw(st.none() | st.builds(Noise, st.floats(0, 0.3), st.floats(1e-300, 1e9)))
    weights = rng.dirichlet(np.ones(count))
    return Mixture(weights, means, covariances, names, classes, noise)


recipes = st.builds(
    Recipe,
    settings=st.builds(Settings, components=st.integers(1, 32), seed=st.integers(0, 9)),
    mixture=st.none() | mixtures(),
    classes=st.lists(styles, max_size=3).map(tuple),
    log_likelihoods=st.lists(numbers, max_size=5).map(tuple),
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(recipes)
def test_reading_gives_back_the_same_bits(tmp_path, recipe):
    write_recipe(tmp_path / "x.json", recipe)
    again = read_recipe(tmp_path / "x.json")
    assert (again.settings, again.classes) == (recipe.settings, recipe.classes)
    assert again.log_likelihoods == recipe.log_likelihoods
    if recipe.mixture is None:
        assert again.mixture is None
        return
    assert again.mixture.features == recipe.mixture.features
    assert again.mixture.noise == recipe.mixture.noise
    for name in ("weights", "means", "covariances", "classes"):
        np.testing.assert_array_equal(getattr(again.mixture, name), getattr(recipe.mixture, name))


def test_names_keep_their_spaces_and_brackets(tmp_path):
    classes = (ClassStyle("[1,  2] [a  b]\n[ 3 ]", (1, 2, 3)),)
    write_recipe(tmp_path / "x.json", Recipe(Settings(), classes=classes))
    assert read_recipe(tmp_path / "x.json").classes == classes


@pytest.fixture
def good():
    """The content of a good recipe, to be spoilt."""
    mixture = Mixture(
        np.array([0.25, 0.75]), np.zeros((2, 2)), np.stack([np.eye(2)] * 2), ("red", "green")
    )
    return json.loads(recipe_text(Recipe(Settings(), mixture, (ClassStyle("a", (1, 2, 3)),))))


@pytest.fixture
def read(tmp_path):
    """Write content and read it as a recipe."""

    def read(content):
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "x.json").write_bytes(text)
        return read_recipe(tmp_path / "x.json")

    return read


def test_a_good_recipe_is_read_also_with_a_byte_order_mark(read, good):
    assert read(b"\xef\xbb\xbf" + json.dumps(good).encode()).mixture.features == ("red", "green")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("version",), 2, "newer version"),
        (("version",), "1", "version"),
        (("version",), 0, "version"),
        (("settings", "components"), "five", "components"),
        (("settings", "components"), 99, "components"),
        (("settings", "colour"), 1, "no setting 'colour'"),
        (("settings",), [], "settings"),
        (("unknown",), 1, "unknown"),
        (("classes", 0, "colour"), "red", "colour"),
        (("mixture", "weights"), [0.5, 0.6], "sum to 1"),
        (("mixture", "weights"), [-0.5, 1.5], "sum to 1"),
        (("mixture", "weights"), [], "empty"),
        (("mixture", "means"), [[0, 0]], "means"),
        (("mixture", "means"), [[0, 0], [0]], "means"),
        (("mixture", "means"), [[0, 0], [0, "1"]], "means"),
        (("mixture", "covariances"), [[[1, 0], [0, 1]]], "covariances"),
        (("mixture", "covariances", 0), [[1, 0.5], [0.4, 1]], "not symmetric"),
        (("mixture", "covariances", 0), [[1, 2], [2, 1]], "not positive definite"),
        (("mixture", "covariances", 0), [[0, 0], [0, 0]], "not positive definite"),
        (("mixture", "features"), ["red"], "features"),
        (("mixture", "classes"), [1], "classes"),
        (("mixture", "classes"), [1, 3], "without gaps"),
        (("mixture", "noise"), {"share": 2, "density": 1}, "noise"),
        (("log_likelihoods",), [None], "log_likelihoods"),
    ],
    ids=lambda value: None if isinstance(value, (tuple, str)) else repr(value)[:20],
)
def test_what_is_wrong_is_named(read, good, path, value, reason):
    spoilt = good
    for step in path[:-1]:
        spoilt = spoilt[step]
    spoilt[path[-1]] = value
    with pytest.raises(SegmenterError, match=rf"^Cannot read recipe x\.json: .*{reason}"):
        read(good)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b'{"version": 1, "set', "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"version": NaN}', "NaN"),
        (b'{"version": -Infinity}', "-Infinity"),
        (b'{"version": 1, "settings": {}, "log_likelihoods": [1e999]}', "log_likelihoods"),
        (b'{"version": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"version": 1, "version": 1}', "twice"),
        ('{"name": "é"}'.encode("latin-1"), "UTF-8"),
        (b"[]", "no recipe"),
        (b"\x80\x04\x95", "UTF-8"),
    ],
    ids=["empty", "truncated", "deep", "nan", "inf", "1e999", "digits", "twice", "latin", "list",
         "pickle"],
)  # fmt: skip
def test_hostile_text_is_refused(read, text, reason):
    with pytest.raises(SegmenterError, match=reason):
        read(text)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["version", "settings", "classes", "mixture", "weights", "name"])
                | st.text(),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_json_raises_anything_but_our_own_error(read, content):
    with pytest.raises(SegmenterError) as raised:
        read(content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["missing.json", "folder", "x/y.json"])
def test_what_is_no_file_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SegmenterError, match="Cannot read recipe"):
        read_recipe(tmp_path / name)


def test_a_file_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "x.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SegmenterError, match="far too large"):
        read_recipe(tmp_path / "x.json")
