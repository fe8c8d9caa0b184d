"""Every class that is shown has a style."""

from dataclasses import replace

import numpy as np

from segmenter.app.classes import classes_of, style_of
from segmenter.app.state import Inputs, State
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Settings
from segmenter.engine.styles import default_classes
from segmenter.engine.types import Mixture, Noise


def test_classes_count_from_one():
    assert style_of(State(), 1).name == "Class 1"


def test_every_class_has_a_style_that_is_asked_for_found_or_on_its_way(segmented):
    mixture = Mixture(np.full(5, 0.2), np.zeros((5, 1)), np.ones((5, 1, 1)))
    fewer = replace(segmented.state, inputs=Inputs(Settings(components=2), default_classes(1)))
    more = replace(fewer, inputs=Inputs(Settings(components=6), default_classes(2)))
    coming = replace(fewer, progress=Progress(Stage.FITTING, mixture=mixture))
    assert [len(classes_of(state)) for state in (fewer, more, coming)] == [3, 6, 5]
    assert len(classes_of(replace(fewer, result=None))) == 2
    assert style_of(coming, 5) == default_classes(5)[4]


def names(state):
    return [style.name for style in classes_of(state)]


def test_the_noise_class_that_is_asked_for_is_called_outliers():
    state = State(inputs=Inputs(Settings(components=2, noise_class=True)))
    assert names(state) == ["Class 1", "Class 2", "Outliers"]
    auto = State(inputs=Inputs(Settings(components="auto", noise_class=True)))
    assert names(auto) == ["Class 1", "Outliers"]


def test_the_noise_class_of_the_result_that_is_shown_has_its_name(segmented):
    result = segmented.state.result
    mixture = replace(
        result.mixture, classes=np.array([0, 0, 1]), noise=Noise(0.1, 1e-7)
    )  # two classes and the noise: as many as the result has
    shown = replace(segmented.state, result=replace(result, mixture=mixture))
    assert names(shown) == ["Class 1", "Class 2", "Outliers"]
    more = replace(shown, inputs=Inputs(Settings(components=4, noise_class=True)))
    assert names(more) == ["Class 1", "Class 2", "Outliers", "Class 3", "Class 4"]
    plain = Progress(Stage.FITTING, mixture=replace(mixture, noise=None))
    assert names(replace(more, progress=plain))[-1] == "Outliers"
    refining = Progress(Stage.REFINING, mixture=mixture)
    assert names(replace(more, progress=refining)) == names(more)
