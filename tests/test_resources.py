"""The program's icon can be drawn, and its desktop entry names things that exist."""

import configparser
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QIcon

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources"


@pytest.fixture
def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(FOLDER / "segmenter.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_icon_is_well_formed_svg():
    root = ET.parse(FOLDER / "segmenter.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", [16, 32, 64, 256])
def test_qt_draws_the_icon_with_three_colours_at_every_size(size):
    drawn = QIcon(str(FOLDER / "segmenter.svg")).pixmap(size, size).toImage()
    colours = {
        drawn.pixelColor(int(x * size), int(y * size)).name()
        for x, y in [(0.75, 0.2), (0.38, 0.45), (0.75, 0.75)]
    }
    assert colours == {"#0072b2", "#e69f00", "#56b4e9"}


def test_the_png_is_256_pixels_square_with_transparent_corners():
    with Image.open(FOLDER / "segmenter.png") as image:
        assert image.size == (256, 256)
        alpha = np.asarray(image.getchannel("A"))
    assert alpha[0, 0] == 0
    assert alpha[128, 128] == 255


def test_the_desktop_entry_names_an_icon_that_exists(entry):
    assert (FOLDER / f"{entry['Icon']}.svg").is_file()


def test_the_desktop_entry_starts_an_installed_command_with_files(entry):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    command, argument = entry["Exec"].split()
    assert command in project["scripts"]
    assert argument == "%F"


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff", "bmp", "gif", "webp"])
def test_the_desktop_entry_offers_the_program_for_images(entry, kind):
    assert f"image/{kind}" in entry["MimeType"].split(";")
