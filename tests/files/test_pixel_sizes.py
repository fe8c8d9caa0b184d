import numpy as np
import pytest
import tifffile

from segmenter.files.images import read_image

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
RGB = np.stack([GREY, GREY[::-1], 255 - GREY], axis=2)
COLOURS = ("red", "green", "blue")


def test_a_turned_image_has_a_turned_pixel_size(tiff):
    path = tiff(
        GREY, resolution=(1e4, 2e4), resolutionunit="CENTIMETER", extratags=[(274, "H", 1, 6, True)]
    )
    assert read_image(path).pixel_size == pytest.approx((1.0, 0.5))


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (
            {"resolution": (1 / 0.25, 1 / 0.5), "imagej": True, "metadata": {"unit": "um"}},
            (0.5, 0.25),
        ),
        ({"ome": True, "metadata": {"PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5}}, (0.5, 0.25)),
        ({"resolution": (1e4, 1e4), "resolutionunit": "CENTIMETER"}, (1.0, 1.0)),
        ({"resolution": (300, 300), "resolutionunit": "INCH"}, None),
        ({"resolution": (118, 118), "resolutionunit": "CENTIMETER"}, None),
        ({"resolution": (72, 72), "imagej": True, "metadata": {"unit": "pixel"}}, None),
        ({}, None),
    ],
    ids=["imagej", "ome", "per centimetre", "dpi", "print", "imagej without unit", "none"],
)
def test_only_a_physical_pixel_size_is_told(tmp_path, options, size):
    tifffile.imwrite(tmp_path / "x.tif", GREY, **options)
    assert read_image(tmp_path / "x.tif").pixel_size == pytest.approx(size)
