"""The sample images are real, small enough, and each has its source and licence in the table."""

import re
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

FOLDER = Path(__file__).parents[1] / "sample_images"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".md")
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in TEXT.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in line.strip("|").split(" | ")]]
}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def test_there_are_at_least_eight():
    assert len(FILES) >= 8


def test_every_row_has_its_file():
    assert set(ROWS) == {path.name for path in FILES}


def test_together_they_stay_below_12_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 12e6


@each_file
def test_no_cell_of_a_row_is_empty(path):
    assert len(ROWS[path.name]) == 4
    assert all(ROWS[path.name])


@each_file
def test_the_table_states_the_true_size(path):
    width, height = map(int, re.findall(r"(\d+) \S (\d+),", ROWS[path.name][1])[0])
    with Image.open(path) as image:
        assert image.size == (width, height)


@each_file
def test_every_sample_holds_several_kinds_of_pixel(path):
    with Image.open(path) as image:
        pixels = np.asarray(image)
    assert pixels.std() > 5
    assert max(pixels.shape) <= 1500


def test_one_sample_needs_more_than_eight_bits():
    pixels = tifffile.imread(FOLDER / "cells_16bit.tif")
    assert pixels.dtype == np.uint16
    assert pixels.max() > 255


def test_one_sample_has_fully_transparent_surroundings():
    with Image.open(FOLDER / "retina_cutout.png") as image:
        alpha = np.asarray(image.getchannel("A"))
    assert (alpha[[0, 0, -1, -1], [0, -1, 0, -1]] == 0).all()
    assert 0.1 < (alpha == 0).mean() < 0.9


@pytest.mark.parametrize(
    "words",
    ["Permission is hereby granted", "Redistributions of source code must retain"],
    ids=["MIT", "BSD-3-Clause"],
)
def test_the_licences_that_must_accompany_a_sample_are_there(words):
    assert words in TEXT
