"""The table of regions says what is measured, as spreadsheets read it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.regions import regions_of
from segmenter.engine.types import SegmenterError
from segmenter.files import region_table as module
from segmenter.files.export import write_products
from segmenter.files.region_table import region_table, write_regions


@pytest.fixture
def regions(found):
    result, image = found
    return regions_of(image, result)


def rows(regions, classes, **which):
    text = "".join(region_table(regions, classes, **which))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_region_has_a_row(regions, classes, found):
    result, image = found
    for k, row in enumerate(rows(regions, classes)):
        inside = regions.numbers == k + 1
        where = np.argwhere(inside)
        assert (int(row["region"]), int(row["class"])) == (k + 1, result.labels[inside][0])
        assert int(row["area_px"]) == len(where)
        assert "area_um2" not in row
        assert float(row["centroid_row"]) == pytest.approx(where[:, 0].mean())
        assert float(row["centroid_column"]) == pytest.approx(where[:, 1].mean())
        assert float(row["mean_green"]) == pytest.approx(image.pixels[inside][:, 1].mean())
        assert [int(row[side]) for side in ("top", "left")] == where.min(axis=0).tolist()
        size = where.max(axis=0) - where.min(axis=0) + 1
        assert [int(row[side]) for side in ("height", "width")] == size.tolist()
        assert float(row["major_axis"]) >= float(row["minor_axis"]) >= 0
        assert -90 < float(row["angle"]) <= 90


def test_one_class_alone(regions, classes):
    assert {row["class"] for row in rows(regions, classes, number=2)} == {"2"}


def test_names_cannot_be_formulas(regions, classes):
    assert {row["name"] for row in rows(regions, classes, number=3)} == {"'=SUM(A1)"}


def test_known_pixel_sizes_give_areas(regions, classes):
    row = rows(replace(regions, pixel_size=(0.5, 0.4)), classes)[0]
    assert float(row["area_um2"]) == pytest.approx(int(row["area_px"]) * 0.2)


def test_what_is_not_known_is_empty(regions, classes):
    unknown = replace(regions, means=np.full_like(regions.means, np.nan))
    assert rows(unknown, classes)[0]["mean_red"] == ""


def test_pieces_leave_no_trace(regions, classes, monkeypatch):
    whole = rows(regions, classes)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)
    assert rows(regions, classes) == whole


def test_the_product_holds_all_classes(regions, classes, found, tmp_path):
    (path,) = write_products(*found, tmp_path, ("regions",), classes=classes)
    assert path.name == "photo_regions.csv"
    assert list(csv.DictReader(path.read_text("utf-8").splitlines())) == rows(regions, classes)


def test_the_image_is_never_replaced(regions, classes, tmp_path):
    source = tmp_path / "image.csv"
    source.write_text("1,2")
    with pytest.raises(SegmenterError, match="would replace the image"):
        write_regions(source, regions, classes, number=1, source=source)
    assert source.read_text() == "1,2"
