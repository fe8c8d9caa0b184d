"""Every parameter is described once, and what is wrong with a value is said in words."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.engine.parameters import changed_words, deciding_samples, make_settings, parameters
from segmenter.engine.settings import LARGEST, Covariance, Group, Settings
from segmenter.engine.types import SegmenterError

EACH = pytest.mark.parametrize("parameter", parameters(), ids=lambda parameter: parameter.name)
NUMBERS = [p for p in parameters() if not p.choices and p.kind in {int, float}]
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
    elif parameter.kind in {int, float}:
        assert parameter.low < parameter.high
        is_word = bool(parameter.word) and parameter.default == parameter.meaning
        assert is_word or parameter.low <= parameter.default <= parameter.high
    else:
        assert parameter.kind in {bool, str}
        assert isinstance(parameter.default, parameter.kind)


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
    if parameter.high == LARGEST:
        value |= {"below": -math.inf, "above": math.inf}
    with pytest.raises(SegmenterError) as caught:
        make_settings({parameter.name: value[beyond]})
    assert f"'{parameter.name}' cannot be {value[beyond]!r}" in str(caught.value)
    assert f"Give {parameter.values}.".replace("`", "") in str(caught.value)


@pytest.mark.parametrize("parameter", [p for p in parameters() if p.word], ids=lambda p: p.name)
def test_a_word_may_stand_for_a_number(parameter):
    settings = make_settings({parameter.name: parameter.read(f" {parameter.word.upper()} ")})
    assert getattr(settings, parameter.name) == parameter.meaning
    assert parameter.spelled(parameter.meaning) == parameter.word
    assert f"`{parameter.word}`" in parameter.values


@EACH
def test_what_is_spelled_is_read_again(parameter):
    read = make_settings({parameter.name: parameter.read(parameter.spelled(parameter.default))})
    assert getattr(read, parameter.name) == parameter.default


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
        ({"join": "2 3"}, ["'join'", "entropy", "2+3"]),
        ({"noise_class": "perhaps"}, ["'noise_class'", "on, off"]),
    ],
    ids=["choice", "choices", "unknown", "fraction", "two", "text", "switch"],
)
def test_the_error_names_what_is_wrong(values, words):
    with pytest.raises(SegmenterError) as caught:
        make_settings(values)
    assert all(word in str(caught.value) for word in words)
    assert "`" not in str(caught.value)


def value_of(parameter):
    if parameter.many:
        return st.lists(st.sampled_from(parameter.choices)).map(tuple)
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if parameter.kind is bool:
        return st.booleans()
    if parameter.kind is str:
        return st.sampled_from(["none", "entropy", "2+3", "1+4 2+3"])
    if parameter.word:
        return st.just(parameter.meaning) | number_of(parameter)
    return number_of(parameter)


def number_of(parameter):
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


def test_samples_are_decided_by_features_and_data_alone():
    plain = deciding_samples(Settings())
    assert deciding_samples(Settings(components=7, spatial="field", seed=3)) == plain
    for changes in ({"smoothing": 1}, {"features": ("grey",)}, {"no_data": 0}):
        assert deciding_samples(Settings(**changes)) != plain


def test_what_is_not_at_its_default_is_told_with_its_value():
    assert changed_words(Settings()) == ""
    changed = Settings(tolerance=0.001, no_data=0, spatial="field", noise_class=True)
    assert changed_words(changed) == (
        "Noise class: on; Spatial: field; No-data value: 0; Tolerance: 0.001 nats per pixel"
    )
