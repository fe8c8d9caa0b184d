"""Scribbles for one image and for those of a folder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from segmenter.batch.plan import Work, make_plan
from segmenter.batch.run import run as run_plan
from segmenter.batch.summary import JobState
from segmenter.engine.pipeline import finish, steps
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture, SegmenterError
from segmenter.files.images import read_image
from segmenter.files.scribbles import write_scribbles

WORK = Work(Settings(components=3), products=("labels",))


@pytest.fixture
def numbers(truth):
    """Of every kind of pixel a little, bright before dark."""
    drawn = np.zeros(truth.shape, np.uint8)
    drawn[2:6, 2:10], drawn[2:6, 30:38], drawn[20:24, 45:53] = 3, 2, 1
    return drawn


def labels_of(out, stem):
    return np.asarray(Pillow.open(out / f"{stem}_labels.png"))


def test_one_image_takes_the_one_file(photo, out, run, tmp_path, numbers):
    path, drawn = photo("a.png"), tmp_path / "drawn.png"
    write_scribbles(drawn, numbers)
    run(run_plan(make_plan([path], out, replace(WORK, scribbles=drawn))))
    alone = finish(steps(read_image(path), WORK.settings, scribbles=numbers))
    np.testing.assert_array_equal(labels_of(out, "a"), alone.labels)
    assert labels_of(out, "a")[3, 3] == 3


def test_images_of_a_folder_take_those_of_their_name(photo, folder, out, run, numbers):
    photo("a.png"), photo("b.png")
    write_scribbles(folder / "a_scribbles.png", numbers)
    plan = make_plan(folder, out, replace(WORK, scribbles=folder))
    assert [job.stem for job in plan.jobs] == ["a", "b"], "scribbles are no images"
    run(run_plan(plan))
    assert labels_of(out, "a")[3, 3] == 3
    assert labels_of(out, "b")[3, 3] == 1


def test_changed_scribbles_are_done_again(photo, folder, out, run, numbers):
    photo("a.png"), photo("b.png")
    for stem in "ab":
        write_scribbles(folder / f"{stem}_scribbles.png", numbers)
    work = replace(WORK, scribbles=folder)
    run(run_plan(make_plan(folder, out, work)))
    write_scribbles(folder / "a_scribbles.png", (numbers > 0).astype(np.uint8))
    _, report = run(run_plan(make_plan(folder, out, work)))
    assert [row.state for row in report.rows] == [JobState.DONE, JobState.SKIPPED]


def test_scribbles_of_another_size_fail_their_image_alone(photo, folder, out, run, numbers):
    photo("a.png"), photo("b.png")
    write_scribbles(folder / "a_scribbles.png", numbers[:-1])
    _, report = run(run_plan(make_plan(folder, out, replace(WORK, scribbles=folder))))
    assert [row.state for row in report.rows] == [JobState.FAILED, JobState.DONE]
    assert "64 x 47 pixels and the image is 64 x 48" in report.rows[0].reason


def test_what_cannot_be_meant_is_refused(photo, out, tmp_path, numbers):
    paths, drawn = [photo("a.png"), photo("b.png")], tmp_path / "drawn.png"
    write_scribbles(drawn, numbers)
    mixture = Mixture(np.ones(1), np.zeros((1, 3)), np.eye(3)[None])
    for images, changes, words in (
        (paths, {"scribbles": drawn}, "for one image, and there are 2"),
        (paths, {"scribbles": tmp_path}, "No image has scribbles"),
        (paths[:1], {"scribbles": tmp_path / "none.png"}, "no .*none.png"),
        (paths[:1], {"scribbles": drawn, "mixture": mixture}, "Leave out one"),
    ):
        with pytest.raises(SegmenterError, match=words):
            make_plan(images, out, replace(WORK, **changes))
