"""Files that no corpus holds: odd, corrupt, too large, strangely named. Made when needed."""

import subprocess
import sys

import pytest
from places import SHARED

from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image
from segmenter.files.recipes import read_recipe

MAKER = SHARED / "tools" / "make_hostile_files.py"
STILL_WHOLE = {
    "ifd_loop.tif", "jpeg_named.png", "last_byte_missing.png", "png_named.jpg", "trailing_junk.png",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    if not MAKER.is_file():
        pytest.skip(f"no file {MAKER}")
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, MAKER, folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("kind", ["valid_odd", "degenerate", "names"])
def test_valid_files_are_read_however_odd(hostile, kind):
    for path in (hostile / kind).iterdir():
        if path.name != "complex64.tif":
            image = read_image(path)
            assert image.pixels.shape == (*image.valid.shape, len(image.channel_names)), path


def test_corrupt_files_are_refused_and_whole_ones_are_not(hostile):
    read = set()
    for path in (hostile / "corrupt").iterdir():
        try:
            read_image(path)
        except SegmenterError as error:
            assert "\n" not in str(error)  # noqa: PT017 - some files are read
        else:
            read.add(path.name)
    assert read == STILL_WHOLE


def test_a_nearly_endless_file_of_zeros_is_refused(tmp_path):
    with (tmp_path / "x.tif").open("wb") as file:
        file.truncate(8 << 30)
    with pytest.raises(SegmenterError, match="not an image"):
        read_image(tmp_path / "x.tif")


def test_one_page_of_two_thousand_is_read(hostile):
    path = hostile / "bomb" / "tiff_2000_pages.tif"
    assert read_image(path, page=1999).page_count == 2000


@pytest.mark.parametrize("count", ["400MP", "144MP", "81MP", "100MP", "claims_2e31", "ztxt"])
def test_bombs_are_refused(hostile, count):
    (path,) = (hostile / "bomb").glob(f"*{count}*")
    with pytest.raises(SegmenterError, match="Cannot read"):
        read_image(path)


def test_hostile_recipes_are_refused_in_one_line_and_run_nothing(hostile):
    for path in (hostile / "project").iterdir():
        with pytest.raises(SegmenterError, match="Cannot read recipe") as raised:
            read_recipe(path)
        assert "\n" not in str(raised.value)
    assert not (hostile / "PICKLE_WAS_EXECUTED").exists()
