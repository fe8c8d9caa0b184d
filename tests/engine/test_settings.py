"""Every parameter is described once, and what is wrong with a value is said in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.engine.settings import (
    Covariance,
    FeatureKind,
    Group,
    Settings,
    make_settings,
    parameters,
)
from segmenter.engine.types import SegmenterError

EACH = pytest.mark.parametrize("parameter", parameters(), ids=lambda parameter: parameter.name)
NUMBERS = [parameter for parameter in parameters() if not parameter.choices]
EACH_NUMBER = pytest.mark.parametrize("parameter", NUMBERS, ids=lambda parameter: parameter.name)


def test_every_field_is_a_parameter_and_no_other():
    assert [parameter.name for parameter in parameters()] == list(Settings.model_fields)


@EACH
def test_a_parameter_says_what_it_is(parameter):
    assert parameter.label == parameter.label.strip()
    assert parameter.label[0].isupper()
    assert parameter.help.endswith(".")
    assert parameter.group in Group
    assert parameter.values


@EACH
def test_a_parameter_has_choices_or_a_range(parameter):
    if parameter.choices:
        assert parameter.low is parameter.high is None
        default = parameter.default if parameter.many else (parameter.default,)
        assert set(default) <= set(parameter.choices)
    else:
        assert parameter.low <= parameter.default <= parameter.high


def test_labels_are_unique():
    labels = [parameter.label for parameter in parameters()]
    assert len(set(labels)) == len(labels)


@EACH_NUMBER
def test_the_ends_of_the_range_are_allowed(parameter):
    assert getattr(make_settings({parameter.name: parameter.high}), parameter.name)
    if parameter.low_is_allowed:
        settings = make_settings({parameter.name: parameter.low})
        assert getattr(settings, parameter.name) == parameter.low


@EACH_NUMBER
@pytest.mark.parametrize("beyond", ["below", "above", "words", "nan"])
def test_what_is_out_of_range_is_refused_with_name_and_range(parameter, beyond):
    below = parameter.low - 1 if parameter.low_is_allowed else parameter.low
    value = {"below": below, "above": parameter.high + 1, "words": "many", "nan": float("nan")}
    with pytest.raises(SegmenterError) as caught:
        make_settings({parameter.name: value[beyond]})
    assert f"'{parameter.name}' cannot be {value[beyond]!r}" in str(caught.value)
    assert f"Give {parameter.values}." in str(caught.value)


@EACH_NUMBER
def test_ranges_are_written_out(parameter):
    assert "e+" not in parameter.values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"covariance": "round"}, ["'covariance'", "'round'", "full, tied, diag, spherical"]),
        ({"features": ["lab", "smell"]}, ["'features'", "smell", "any of grey, rgb"]),
        ({"kernel": 3}, ["no setting 'kernel'", "components"]),
        ({"components": 2.5}, ["'components'", "2.5", "1 to 32"]),
        ({"components": 99, "seed": -1}, ["'components'", "'seed'"]),
    ],
    ids=["choice", "choices", "unknown", "fraction", "two"],
)
def test_the_error_names_what_is_wrong(values, words):
    with pytest.raises(SegmenterError) as caught:
        make_settings(values)
    assert all(word in str(caught.value) for word in words)
    assert "`" not in str(caught.value)


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().components = 3


def test_equal_choices_of_features_are_equal_settings():
    a = Settings(features=("position", "rgb", "rgb"))
    assert a == Settings(features=("rgb", "position"))
    assert a.features == (FeatureKind.RGB, FeatureKind.POSITION)


def value_of(parameter):
    if parameter.many:
        return st.lists(st.sampled_from(parameter.choices)).map(tuple)
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if parameter.kind is int:
        return st.integers(parameter.low, parameter.high)
    return st.floats(
        parameter.low, parameter.high, exclude_min=not parameter.low_is_allowed, allow_nan=False
    )


@given(values=st.fixed_dictionaries({}, optional={p.name: value_of(p) for p in parameters()}))
def test_there_and_back_through_json_changes_nothing(values):
    settings = make_settings(values)
    assert make_settings(json.loads(settings.model_dump_json())) == settings
    assert make_settings(settings.model_dump()) == settings
    assert hash(make_settings(settings.model_dump())) == hash(settings)


def test_words_become_what_they_mean():
    settings = make_settings({"components": "7", "covariance": "tied", "smoothing": "1.5"})
    assert settings == Settings(components=7, covariance=Covariance.TIED, smoothing=1.5)
