"""Which numbers a layer shows while EM goes by half steps."""

from __future__ import annotations

from clusters import show_beside

from segmenter.app.sides import EM, K_MEANS
from segmenter.engine.outcome import Phase, Progress, Stage
from segmenter.engine.styles import default_classes
from segmenter.ui.overlay_source import source_of, styles_of


def test_until_the_first_e_step_the_last_result_is_shown(segmented):
    mixture, preview = segmented.state.result.mixture, segmented.state.result.labels[::2, ::2]
    for stage in (Stage.STARTS, Stage.FITTING):
        progress = Progress(stage, 0, 200, (), mixture, preview, Phase.START)
        segmented._change(progress=progress, stepping=True)
        assert source_of(EM, segmented.state).made_by is segmented.state.result
        segmented._change(stepping=False)
        assert source_of(EM, segmented.state).made_by is preview
    evaluated = Progress(Stage.FITTING, 0, 200, (-9.0,), mixture, preview, Phase.E_STEP)
    segmented._change(progress=evaluated, stepping=True)
    assert source_of(EM, segmented.state).made_by is preview


def test_the_side_of_k_means_shows_it_as_far_as_it_has_come(segmented):
    clusters = show_beside(segmented)
    source = source_of(K_MEANS, segmented.state)
    assert source.made_by is clusters.preview
    assert styles_of(source, segmented.state) == default_classes(3)
    segmented.set_look(k_means=False)
    assert source_of(K_MEANS, segmented.state) is None


def test_before_k_means_has_assigned_pixels_its_side_keeps_what_it_had(segmented):
    show_beside(segmented, phase=Phase.START, preview=None)
    assert source_of(K_MEANS, segmented.state) is None


def test_a_centre_more_than_there_are_classes_has_a_colour(segmented):
    clusters = show_beside(segmented)
    more = show_beside(segmented, classes=clusters.classes + 4)
    source = source_of(K_MEANS, segmented.state)
    assert source.made_by is more.preview
    assert len(styles_of(source, segmented.state)) == 7
