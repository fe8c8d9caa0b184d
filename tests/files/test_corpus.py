"""Every file of a large public corpus of odd, hostile and ordinary images."""

import csv
import warnings
from contextlib import suppress

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow
from places import CORPUS

from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image

MANIFEST = CORPUS / "MANIFEST.tsv"
REFUSED = {"unreadable_or_unsupported", "only_qt_reads", "bomb"}


def listed(*classes):
    if not MANIFEST.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(f"no file {MANIFEST}"))]
    with MANIFEST.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [pytest.param(r["path"], id=r["path"]) for r in rows if r["class"] in classes]


@pytest.mark.parametrize("path", listed("valid_ordinary"))
def test_ordinary_images_have_their_size(path):
    image = read_image(CORPUS / path)
    assert image.shape == told_size(CORPUS / path)
    assert keeps_its_promises(image)


@pytest.mark.parametrize("path", listed("valid_odd", "hostile_origin_but_decodes"))
def test_odd_images_keep_every_promise_or_are_refused(path):
    with suppress(SegmenterError):
        assert keeps_its_promises(read_image(CORPUS / path))


@pytest.mark.parametrize("path", listed(*REFUSED))
def test_unreadable_files_are_refused_in_one_line(path):
    with pytest.raises(SegmenterError) as raised:
        read_image(CORPUS / path)
    assert "\n" not in str(raised.value)


def told_size(path):
    """Return (rows, columns) that the header tells, upright."""
    with path.open("rb") as file:
        is_tiff = file.read(2) in {b"II", b"MM"}
    if is_tiff:
        with tifffile.TiffFile(path) as tiff:
            page = tiff.pages[0]
            rows, columns = page.imagelength, page.imagewidth
            orientation = page.tags.valueof(274, default=1)
    else:
        with warnings.catch_warnings(action="ignore"), Pillow.open(path) as opened:
            (columns, rows), orientation = opened.size, opened.getexif().get(274, 1)
    return (columns, rows) if orientation in {5, 6, 7, 8} else (rows, columns)


def keeps_its_promises(image):
    return (
        image.pixels.shape == (*image.valid.shape, len(image.channel_names))
        and image.pixels.flags.c_contiguous
        and image.pixels.dtype.kind in "uif"
        and bool(np.isfinite(image.pixels).all())
        and bool((image.pixels[~image.valid] == 0).all())
        and 1 <= image.bit_depth <= 64
    )
