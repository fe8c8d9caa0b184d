"""Settings are what they say, and nobody can change them."""

from __future__ import annotations

import pytest

from segmenter.engine.parameters import make_settings
from segmenter.engine.settings import FeatureKind, Settings


@pytest.mark.parametrize(
    ("text", "tidy", "groups"),
    [
        ("none", "none", ()),
        ("entropy", "entropy", ()),
        (" 2 + 3 ,5+6+7", "2+3 5+6+7", ((2, 3), (5, 6, 7))),
    ],
)
def test_components_are_joined_as_it_is_said(text, tidy, groups):
    settings = make_settings({"join": text})
    assert (settings.join, settings.joined_by_hand) == (tidy, groups)


def test_there_are_at_most_as_many_components_as_asked_for_or_tried():
    assert Settings(components=7).at_most == 7
    assert Settings(components="auto", most_components=9).at_most == 9


def test_what_comes_after_the_mixture_does_not_change_it():
    changed = Settings(spatial="field", spatial_strength=2, join="2+3", cut=True, contrast=True)
    assert changed.of_mixture() == Settings()
    assert Settings(noise_class=True).of_mixture() != Settings()


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().components = 3


def test_equal_choices_of_features_are_equal_settings():
    a = Settings(features=("position", "rgb", "rgb"))
    assert a == Settings(features=("rgb", "position"))
    assert a.features == (FeatureKind.RGB, FeatureKind.POSITION)
