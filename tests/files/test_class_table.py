import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.files.cells import inert
from segmenter.files.class_table import class_table


def rows(found, classes):
    return list(csv.DictReader(io.StringIO(class_table(*found, classes), newline="")))


def test_numbers_are_those_of_numpy(found, classes):
    result, image = found
    for number, row in enumerate(rows(found, classes), start=1):
        of_class = image.pixels[result.labels == number].astype(float)
        assert int(row["class"]) == number
        assert int(row["pixels"]) == len(of_class)
        assert float(row["fraction"]) == pytest.approx(len(of_class) / 42)
        expected_area = result.membership(number).sum()
        assert float(row["expected_area"]) == pytest.approx(expected_area, rel=1e-5)
        for k, channel in enumerate(image.channel_names):
            assert float(row[f"mean_{channel}"]) == pytest.approx(of_class[:, k].mean())
            assert float(row[f"sd_{channel}"]) == pytest.approx(of_class[:, k].std())


def test_areas_have_a_spread_and_where_pixels_have_a_size_square_micrometres(found, classes):
    result, image = found
    for row, spread in zip(rows(found, classes), result.areas.spread, strict=True):
        assert float(row["area_spread"]) == spread
        assert row["area_um2"] == row["expected_area_um2"] == row["area_spread_um2"] == ""
    for row in rows((result, replace(image, pixel_size=(0.5, 0.25))), classes):
        assert float(row["area_um2"]) == int(row["pixels"]) / 8
        assert float(row["expected_area_um2"]) == float(row["expected_area"]) / 8
        assert float(row["area_spread_um2"]) == float(row["area_spread"]) / 8


def test_names_cannot_be_formulas(found, classes):
    assert [row["name"] for row in rows(found, classes)] == ["Ground", "Été 日本", "'=SUM(A1)"]


def test_colours_are_written_for_people(found, classes):
    assert rows(found, classes)[0]["colour"] == "#0a141e"


def test_a_class_without_pixels_has_no_mean(found, classes):
    result, image = found
    labels = np.where(result.labels == 2, 1, result.labels).astype(np.uint8)
    row = rows((replace(result, labels=labels), image), classes)[1]
    assert (row["pixels"], row["mean_red"], row["sd_red"]) == ("0", "", "")


def test_missing_values_count_in_no_mean(found, classes):
    result, image = found
    missing = np.zeros(image.pixels.shape, np.bool_)
    missing[:2, :7, 1] = True
    missing[result.labels == 3, 2] = True
    pixels = np.where(missing, 0, image.pixels).astype(np.uint8)
    lines = rows((result, replace(image, pixels=pixels, missing=missing)), classes)
    for number, row in enumerate(lines, start=1):
        green = image.pixels[(result.labels == number) & ~missing[:, :, 1], 1].astype(float)
        assert float(row["mean_green"]) == pytest.approx(green.mean())
        assert float(row["sd_green"]) == pytest.approx(green.std())
    assert (lines[2]["mean_blue"], lines[2]["sd_blue"]) == ("", "")


@given(st.text())
def test_no_text_begins_a_formula(text):
    assert not inert(text).lstrip().startswith(("=", "+", "-", "@"))
    assert not inert(text).startswith(("\t", "\r"))
    assert inert(text).endswith(text)
