"""Opening images: every way leads there, and what is seen is what the file holds."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from imagecodecs import png_encode
from PIL import Image as Pillow
from places import SAMPLE_IMAGES

COFFEE = SAMPLE_IMAGES / "coffee.png"
COINS = SAMPLE_IMAGES / "coins.png"


# ---- Ways ---------------------------------------------------------------------------------------


def by_shortcut(person, path):
    person.answer_file_dialog(path)
    person.press("Ctrl+O")


def by_menu(person, path):
    person.answer_file_dialog(path)
    person.choose("File", "Open")


def by_dropping(person, path):
    assert person.drop(path)


def by_sample(person, path):
    person.choose("File", "Open sample", path.stem.capitalize())


def by_recent(person, path):
    person.window.preferences.remember(path)
    person.choose("File", "Open recent", path.name)


def by_picture(person, path):
    """Click on a sample's picture on the page that is there before any image."""
    samples = person.window._welcome._samples
    (item,) = [
        samples.item(at) for at in range(samples.count()) if "Coins" in samples.item(at).text()
    ]
    samples.scrollToItem(item)
    person.click(samples.viewport(), samples.visualItemRect(item).center())


@pytest.mark.parametrize(
    "way", [by_shortcut, by_menu, by_dropping, by_sample, by_recent, by_picture]
)
def test_every_way_leads_to_the_image_and_into_the_recent_files(person, way):
    way(person, COINS)
    person.wait_for_image(COINS)
    assert person.window.windowTitle().startswith("coins.png")
    assert person.canvas.isVisible()
    assert person.window.preferences.recent == [COINS]
    person.wait_for_result()


def test_one_image_takes_the_place_of_another(person):
    person.drop(COFFEE)
    person.wait_for_image(COFFEE)
    person.wait_for_result()
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    result = person.wait_for_result()
    assert result.labels.shape == (303, 384)
    person.choose("File", "Open recent", "coffee.png")
    person.wait_for_image(COFFEE)
    assert person.window.preferences.recent == [COFFEE, COINS]


def test_another_image_begins_afresh_after_a_class_was_split(person):
    person.drop(COFFEE)
    person.wait_for_image(COFFEE)
    person.wait_for_result()
    person.press("Shift+S")
    person.wait(lambda: person.state.inputs.start is not None)
    person.wait_for_result()
    # Grey: what the mixture of a colour image sees is not even there.
    person.drop(COINS)
    person.wait_for_image(COINS)
    result = person.wait_for_result()
    assert person.state.failure == ""
    assert person.state.inputs.start is None
    assert len(result.mixture) == 5


# ---- Formats ------------------------------------------------------------------------------------


@pytest.fixture
def seen(person):
    """Open files and show nothing but the image; return the colours on the canvas."""
    person.press("Ctrl+L")

    def opened(path):
        person.drop(path)
        person.wait_for_image(path)
        person.press("Ctrl+4")
        return person.image_as_painted()

    return opened


@pytest.fixture
def colours():
    """Every pixel of (6, 9) in another colour."""
    return np.random.default_rng(5).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def test_every_format_is_seen_as_it_is(seen, tmp_path, colours):
    options = {"webp": {"lossless": True}, "jpg": {"quality": 100, "subsampling": 0}}
    for ending in ("png", "tif", "bmp", "ppm", "webp", "gif", "jpg"):
        path = tmp_path / f"colours.{ending}"
        Pillow.fromarray(colours).save(path, **options.get(ending, {}))
        # JPEG rounds; the others keep every bit, GIF because it has room for these 54 colours.
        tolerance = 8 if ending == "jpg" else 0
        np.testing.assert_allclose(seen(path), colours, atol=tolerance, err_msg=ending)


def write_png(path, pixels):
    path.write_bytes(png_encode(pixels))


@pytest.mark.parametrize(
    ("name", "write"), [("deep.png", write_png), ("deep.tif", tifffile.imwrite)], ids=["png", "tif"]
)
@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "rgb"])
def test_sixteen_bits_are_kept_and_stretched_for_the_eye(
    person, seen, tmp_path, name, write, channels
):
    pixels = np.linspace(1000, 1200, 8 * 10 * channels).astype(np.uint16)
    pixels = pixels.reshape(8, 10, channels) if channels == 3 else pixels.reshape(8, 10)
    write(tmp_path / name, pixels)
    shown = seen(tmp_path / name)
    # A fiftieth of the range of 16 bits, yet seen from black to white.
    assert (shown.min(), shown.max()) == (0, 255)
    assert (np.diff(shown[:, :, 0].ravel()) >= 0).all()
    values = " ".join(str(value) for value in np.atleast_1d(pixels[3, 4]))
    said = person.point_at(3, 4)
    assert " ".join(word for word in said.split("·")[1].split() if word.isdigit()) == values


def test_clear_pixels_and_holes_show_a_checkerboard_and_are_no_data(person, seen, tmp_path):
    path = tmp_path / "clear.png"
    pixels = np.full((40, 60, 4), (200, 40, 40, 255), np.uint8)
    pixels[:, 30:, 3] = 0
    Pillow.fromarray(pixels).save(path)
    shown = seen(path)
    assert (shown[:, :30] == (200, 40, 40)).all()
    squares = np.unique(shown[:, 30:].reshape(-1, 3), axis=0)
    assert len(squares) == 2
    assert (squares == squares[:, :1]).all(), "the checkerboard has no tint"
    assert "no data" in person.point_at(20, 45)
    assert "red 200" in person.point_at(20, 10)


def test_five_channels_are_read_and_told(person, tmp_path):
    path = tmp_path / "bands.tif"
    bands = np.random.default_rng(4).integers(0, 256, (30, 40, 5), dtype=np.uint8)
    options = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": [0] * 4}
    tifffile.imwrite(path, bands, **options)
    person.drop(path)
    person.wait_for_image(path)
    assert person.wait_for_result().mixture.means.shape == (4, 5)
    person.point_at(7, 9)
    for number, value in enumerate(bands[7, 9], start=1):
        assert f"channel {number} {value}" in person.status


def test_a_float_image_with_holes_is_segmented_around_them(person, tmp_path):
    path = tmp_path / "heights.tif"
    values = np.random.default_rng(3).normal(0, 0.01, (40, 60)).astype(np.float32)
    values[:, 30:] += 1
    values[10:20, 10:20] = np.nan
    values[0, 0] = np.inf
    tifffile.imwrite(path, values)
    person.drop(path)
    person.wait_for_image(path)
    labels = person.wait_for_result().labels
    np.testing.assert_array_equal(labels == 0, ~np.isfinite(values))
    assert "no data" in person.point_at(15, 15)
    assert f"grey {values[30, 30]:.4g}" in person.point_at(30, 30)
    assert "Class" in person.status


def test_a_photo_stands_upright(seen, tmp_path):
    upright = np.zeros((20, 30, 3), np.uint8)
    upright[:, :15], upright[10:, :15] = (255, 0, 0), (0, 0, 255)
    for orientation, turns in {1: 0, 3: 2, 6: 1, 8: 3}.items():
        exif = Pillow.Exif()
        exif[0x0112] = orientation
        path = tmp_path / f"photo {orientation}.png"
        stored = np.ascontiguousarray(np.rot90(upright, turns))
        Pillow.fromarray(stored).save(path, exif=exif)
        np.testing.assert_array_equal(seen(path), upright, err_msg=path.name)


# ---- Through a folder ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Three images, and a file between them that only looks like one."""
    random = np.random.default_rng(0)
    for name in ("1.png", "2.png", "10.png"):
        pixels = random.integers(0, 255, (24, 32), dtype=np.uint8)
        Pillow.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "3.png").write_bytes(b"no image")
    return tmp_path


def test_keys_lead_through_the_images_of_a_folder(person, folder):
    person.drop(folder / "1.png")
    person.wait_for_image(folder / "1.png")
    for keys, name in (("Ctrl+PgDown", "2"), ("Ctrl+PgDown", "10"), ("Ctrl+PgUp", "2")):
        person.press(keys)
        person.wait_for_image(folder / f"{name}.png")
    person.wait_for_result()


def test_at_the_end_of_a_folder_the_image_stays(person, folder):
    person.drop(folder / "10.png")
    person.wait_for_image(folder / "10.png")
    person.press("Ctrl+PgDown")
    person.wait(lambda: person.state.failure)
    assert person.state.failure == "There is no image after 10.png in its folder."
    assert person.state.image.path == folder / "10.png"
    assert not person.state.opening
    person.wait_for_result()
