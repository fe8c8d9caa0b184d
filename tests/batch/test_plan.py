import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segmenter.batch.plan import Work, find_images, make_plan
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture, SegmenterError
from segmenter.files.export import planned_files
from segmenter.files.products import PRODUCTS


def names(paths):
    return [path.name for path in paths]


def stems(plan):
    return [job.stem for job in plan.jobs]


def test_images_come_in_order_of_their_names(file, folder):
    for name in ("b.png", "a.TIF", "c.jpeg"):
        file(name)
    assert names(find_images(folder).paths) == ["a.TIF", "b.png", "c.jpeg"]


@pytest.mark.parametrize(
    "name",
    [".hidden.png", ".a_labels.png.x7f3.part", "notes.txt", "a.png.part", "png"],
    ids=["hidden", "unfinished", "text", "part", "no suffix"],
)
def test_other_files_are_left_out(file, folder, name):
    file("a.png"), file(name)
    assert names(find_images(folder).paths) == ["a.png"]


def test_a_pattern_chooses_by_name_in_either_case(file, folder):
    for name in ("Cell_1.PNG", "cell_2.png", "sky.png"):
        file(name)
    assert names(find_images(folder, pattern="cell*.png").paths) == ["Cell_1.PNG", "cell_2.png"]


def test_sub_folders_are_mirrored_when_asked_for(file, folder, out):
    file("a.png"), file("deep/er/a.png"), file(".git/a.png")
    assert len(make_plan(folder, out, Work()).jobs) == 1
    plan = make_plan(folder, out, Work(), recursive=True)
    assert [(job.folder, job.stem) for job in plan.jobs] == [(out, "a"), (out / "deep/er", "a")]


def test_a_circle_of_links_is_walked_once(file, folder):
    file("a.png")
    (folder / "loop").symlink_to(folder)
    (folder / "loop.png").symlink_to("loop.png")
    assert names(find_images(folder, recursive=True).paths) == ["a.png", "loop.png"]


def test_two_ways_to_a_file_are_one_image(file, folder):
    (folder / "link.png").symlink_to(file("photo.png"))
    assert names(find_images(folder).paths) == ["photo.png"]


def test_a_file_named_twice_is_one_image(file, folder, out):
    path = file("a.png")
    assert len(make_plan([path, path, folder / "." / "a.png"], out, Work()).jobs) == 1


def test_a_link_to_nowhere_is_kept_to_be_reported(folder):
    (folder / "gone.png").symlink_to(folder / "nothing")
    assert names(find_images(folder).paths) == ["gone.png"]


def test_pipes_and_folders_named_like_images_are_left_out(file, folder):
    file("a.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    assert names(find_images(folder).paths) == ["a.png"]


def test_the_output_folder_is_no_input(file, folder):
    file("a.png"), file("out/b.png")
    assert names(find_images(folder, folder_out=folder / "out", recursive=True).paths) == ["a.png"]


def test_products_beside_their_image_are_no_inputs(file, folder, out):
    for name in ("a.tif", "a_labels.png", "a_mask_12.png", "a_scribbles.png", "sub/b_labels.png"):
        file(name)
    images = find_images(folder, folder_out=out, recursive=True)
    assert names(images.paths) == ["a.tif", "b_labels.png"]
    assert names(images.products) == ["a_labels.png", "a_mask_12.png", "a_scribbles.png"]
    with pytest.raises(SegmenterError, match="no image"):
        make_plan(folder, out, Work(), pattern="a*.png")


def test_what_no_batch_has_written_is_not_replaced(file, folder):
    file("a.png"), file("a_labels.png")
    with pytest.raises(SegmenterError, match=r"would replace .*a_labels\.png, which no batch"):
        make_plan(folder, folder, Work())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a.png", "b.png"], ["a", "b"]),
        (["a.jpg", "a.png", "b.png"], ["a.jpg", "a.png", "b"]),
        (["A.png", "a.jpg"], ["A.png", "a.jpg"]),
        (["A.png", "a.png"], ["A.png", "a.png (2)"]),
        (["a.jpg", "a.png", "a.png.tif"], ["a.jpg", "a.png", "a.png.tif"]),
        (["é.png", unicodedata.normalize("NFD", "é") + ".jpg"], ["é.png", "e\u0301.jpg"]),
    ],
    ids=["different", "same stem", "case", "case and suffix", "stem like a name", "accents"],
)
def test_no_two_images_share_a_name(folder, out, given, expected):
    assert stems(make_plan([folder / name for name in given], out, Work())) == expected


def test_equal_names_from_two_folders_are_told_apart(file, out):
    plan = make_plan([file("one/a.png"), file("two/a.png")], out, Work())
    assert stems(plan) == ["a.png", "a.png (2)"]


@pytest.mark.parametrize(
    "name",
    ["-rf.png", "a\nb.png", "%s{0}.png", "[bold]x.png", os.fsdecode(b"\xff\xfe.png"), "é.png"],
    ids=["dash", "newline", "format", "markup", "no text", "accent"],
)
def test_hostile_names_are_planned_as_they_are(file, folder, out, name):
    file(name)
    assert stems(make_plan(folder, out, Work())) == [name.removesuffix(".png")]


def test_long_names_leave_room_for_the_products_and_stay_apart(file, folder, out):
    file("a" * 251 + ".png"), file("a" * 250 + "b.png")
    plan = make_plan(folder, out, Work())
    names = [name for stem in stems(plan) for name in planned_files(tuple(PRODUCTS), stem, 32)]
    assert len(set(names)) == len(names)
    assert max(len(os.fsencode(name)) for name in names) <= 255


def test_the_output_folder_is_made(file, folder, out):
    file("a.png")
    make_plan(folder, out / "deep", Work())
    assert (out / "deep").is_dir()


def test_an_output_folder_that_is_a_file_is_refused(file, folder):
    taken = file("taken")
    with pytest.raises(SegmenterError, match="is a file"):
        make_plan([file("a.png")], taken, Work())


def test_an_output_folder_that_cannot_be_written_is_refused(file, folder):
    path = file("a.png")
    with pytest.raises(SegmenterError, match="Cannot write to"):
        make_plan([path], path / "below a file", Work())


def test_a_product_never_replaces_an_input(file, folder):
    paths = [file("a.png"), file("a_labels.png")]
    with pytest.raises(SegmenterError, match="would replace the input"):
        make_plan(paths, folder, Work())


def mixture_of(components):
    return Mixture(
        np.full(components, 1 / components),
        np.zeros((components, 3)),
        np.stack([np.eye(3)] * components),
    )


@pytest.mark.parametrize(
    ("work", "refused"),
    [
        (Work(Settings(components=2), products=("masks",)), False),
        (Work(Settings(components=3), products=("masks",)), True),
        (Work(Settings(components=2), mixture_of(3), ("masks",)), True),
        (Work(Settings(components=3), mixture_of(2), ("masks",)), False),
        (Work(Settings(components=2), products=("masks",), scribbles=Path("scribbled")), True),
    ],
    ids=["two", "three", "mixture of three", "mixture of two", "scribbles"],
)
def test_inputs_are_compared_with_the_products_of_every_class(file, folder, work, refused):
    paths = [file("a.png"), file("a_mask_3.png")]
    if work.scribbles is not None:
        work = replace(work, scribbles=folder)
        file("a_scribbles.png")
    if refused:
        with pytest.raises(SegmenterError, match=r"a_mask_3\.png would replace the input"):
            make_plan(paths, folder, work)
    else:
        assert len(make_plan(paths, folder, work).jobs) == 2


def test_a_product_never_replaces_an_input_through_a_link(file, folder, out):
    path = file("a.png")
    out.mkdir()
    (out / "a_labels.png").symlink_to(path)
    with pytest.raises(SegmenterError, match="would replace the input"):
        make_plan([path], out, Work())


def test_an_empty_folder_is_said_so(folder, out):
    with pytest.raises(SegmenterError, match="no image"):
        make_plan(folder, out, Work())


def test_a_missing_folder_is_said_so(folder, out):
    with pytest.raises(SegmenterError, match="no folder"):
        make_plan(folder / "nothing", out, Work())
