import os
from contextlib import suppress

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from segmenter.engine.types import SegmenterError
from segmenter.files import by_tifffile, decoded
from segmenter.files.images import is_readable_name, read_image

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
RGB = np.stack([GREY, GREY[::-1], 255 - GREY], axis=2)
COLOURS = ("red", "green", "blue")


def pixels(path, **options):
    return read_image(path, **options).pixels.squeeze()


@pytest.mark.parametrize("name", ["x.png", "x.bmp", "x.tif", "x.ppm", "x.webp"])
def test_lossless_colour_is_read_exactly(saved, name):
    image = read_image(saved(RGB, name, **({"lossless": True} if "webp" in name else {})))
    np.testing.assert_array_equal(image.pixels, RGB)
    assert (image.channel_names, image.bit_depth, image.page_count) == (COLOURS, 8, 1)
    assert image.valid.all()
    assert image.pixels.flags.c_contiguous


@pytest.mark.parametrize("name", ["x.png", "x.bmp", "x.tif", "x.pgm", "x.gif"])
def test_lossless_grey_has_one_channel(saved, name):
    image = read_image(saved(GREY, name))
    assert image.channel_names == ("grey",)
    np.testing.assert_array_equal(image.pixels[:, :, 0], GREY)
    assert image.valid.all()


def test_jpeg_is_read_nearly(saved):
    flat = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    assert np.abs(pixels(saved(flat, "x.jpg")).astype(int) - flat).max() < 4


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.pgm"])
def test_sixteen_bit_grey_keeps_its_values(saved, name):
    deep = GREY.astype(np.uint16) * 257 + 3
    image = read_image(saved(deep, name))
    assert (image.pixels.dtype, image.bit_depth) == (np.uint16, 16)
    np.testing.assert_array_equal(image.pixels[:, :, 0], deep)


@pytest.mark.parametrize("channels", [2, 3, 4], ids=["LA", "RGB", "RGBA"])
def test_sixteen_bit_png_keeps_its_values(tmp_path, channels):
    import imagecodecs

    deep = np.random.default_rng(0).integers(0, 65536, (5, 7, channels)).astype(np.uint16)
    (tmp_path / "x.png").write_bytes(imagecodecs.png_encode(deep))
    image = read_image(tmp_path / "x.png")
    colours = channels if channels == 3 else channels - 1
    assert image.pixels.dtype == np.uint16
    np.testing.assert_array_equal(image.pixels[image.valid], deep[:, :, :colours][image.valid])


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.bmp", "x.pbm"])
def test_single_bits_become_black_and_white(saved, name):
    image = read_image(saved(Pillow.fromarray(GREY > 100), name))
    np.testing.assert_array_equal(image.pixels[:, :, 0], np.where(GREY > 100, 255, 0))
    assert image.pixels.dtype == np.uint8


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.bmp"])
def test_palettes_of_greys_become_grey(saved, name):
    indexed = Pillow.fromarray(GREY // 20)
    indexed.putpalette(np.repeat(np.arange(0, 240, 20, dtype=np.uint8), 3).tobytes())
    image = read_image(saved(indexed, name))
    assert image.channel_names == ("grey",)
    np.testing.assert_array_equal(image.pixels[:, :, 0], GREY)


@pytest.mark.parametrize("name", ["x.png", "x.gif", "x.tif", "x.bmp"])
def test_palettes_become_colours(saved, name):
    few = Pillow.fromarray(RGB).quantize(8)
    np.testing.assert_array_equal(pixels(saved(few, name)), np.asarray(few.convert("RGB")))


def test_transparent_colour_of_a_palette_is_no_data(saved):
    indices = Pillow.fromarray(RGB).quantize(8)
    image = read_image(saved(indices, "x.png", transparency=2))
    np.testing.assert_array_equal(image.valid, np.asarray(indices) != 2)


@pytest.mark.parametrize("name", ["x.tif", "x.jpg"])
def test_cmyk_becomes_rgb(saved, name):
    inks = Pillow.fromarray(np.full((16, 16, 3), (10, 120, 240), np.uint8)).convert("CMYK")
    image = read_image(saved(inks, name))
    assert image.channel_names == COLOURS
    assert np.abs(image.pixels.astype(int) - (10, 120, 240)).max() < 6


def test_lab_tiff_becomes_rgb(saved):
    flat = Pillow.new("LAB", (4, 4), (136, 128, 128))
    grey = pixels(saved(flat, "x.tif"))
    assert np.ptp(grey[0, 0].astype(int)) < 4
    assert 110 < grey.mean() < 150


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.webp"])
def test_only_full_transparency_is_no_data(saved, name):
    alpha = np.full(GREY.shape, 128, np.uint8)
    alpha[1, 1], alpha[2, 2] = 0, 255
    image = read_image(saved(np.dstack([RGB, alpha]), name))
    np.testing.assert_array_equal(image.valid, alpha > 0)
    assert image.channel_names == COLOURS
    assert any("transparent" in note for note in image.notes)


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.webp"])
@pytest.mark.parametrize("orientation", [*range(1, 9), 77, 0])
def test_orientation_is_applied_once(saved, name, orientation):
    """Pillow's transposing is the twin."""
    from PIL import ImageOps

    exif = Pillow.Exif()
    exif[0x112] = orientation
    path = saved(np.repeat(np.repeat(RGB, 8, 0), 8, 1), name, exif=exif)
    with Pillow.open(path) as opened:
        upright = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    np.testing.assert_array_equal(pixels(path), upright)


@pytest.mark.parametrize(("orientation", "quarters"), [(1, 0), (8, 1), (3, 2), (6, 3)])
def test_orientation_is_applied_once_where_pillow_converts_a_tiff(saved, orientation, quarters):
    exif = Pillow.Exif()
    exif[0x112] = orientation
    path = saved(Pillow.fromarray(RGB).convert("CMYK"), "x.tif", exif=exif)
    np.testing.assert_array_equal(pixels(path), np.rot90(RGB, quarters))


@pytest.mark.parametrize("name", ["x.gif", "x.webp", "x.png"])
def test_frames_of_animations_are_pages(saved, name):
    other = Pillow.fromarray(255 - RGB)
    path = saved(RGB, name, save_all=True, append_images=[other], lossless=True)
    assert read_image(path).page_count == 2
    assert np.abs(pixels(path, page=1).astype(int) - (255 - RGB)).max() < 3


@pytest.mark.parametrize("page", [-1, 1, 99])
@pytest.mark.parametrize("name", ["x.png", "x.tif"])
def test_a_page_that_is_not_there_is_refused(saved, name, page):
    with pytest.raises(SegmenterError, match=f"there is no page {page}.*1 page"):
        read_image(saved(GREY, name), page=page)


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.tif", "x.gif", "x.bmp", "x.webp"])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.8])
def test_half_a_file_is_refused_every_time(saved, name, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    path = saved(noise, name)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for _ in range(2):
        with pytest.raises(SegmenterError, match=r"^Cannot read x\.\w+: .+\. .+\.$"):
            read_image(path)


def test_a_damaged_png_never_becomes_zeros(saved):
    path = saved(RGB, "x.png")
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 10] ^= 255
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(SegmenterError, match="damaged"):
            read_image(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 4096, "not an image"),
        (b"<!DOCTYPE html><html>404</html>", "not an image"),
        (b"II*\0", "damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ],
    ids=["empty", "zeros", "html", "tiff header", "postscript"],
)
def test_what_is_no_image_is_refused(tmp_path, content, reason):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(SegmenterError, match=reason):
        read_image(tmp_path / "x.png")


def test_content_decides_not_the_suffix(saved, tmp_path):
    saved(RGB, "x.png").rename(tmp_path / "x.jpg")
    np.testing.assert_array_equal(pixels(tmp_path / "x.jpg"), RGB)


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "fifo.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "dangling.png").symlink_to("missing.png")
    (tmp_path / "device.png").symlink_to("/dev/zero")
    paths = [*tmp_path.iterdir(), tmp_path / "missing.png", tmp_path / "x" / "y.png"]
    for path in [*paths, tmp_path / "nul\0.png"]:
        with pytest.raises(SegmenterError, match="Cannot read"):
            read_image(path)


def test_a_file_that_may_not_be_read_is_refused(saved, monkeypatch):
    path = saved(RGB, "x.png")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(SegmenterError, match="not permitted"):
        read_image(path)


def test_a_hostile_name_stays_on_one_line(tmp_path):
    with pytest.raises(SegmenterError) as raised:
        read_image(tmp_path / "new\nline\u202e\x1b[31m.png")
    assert str(raised.value).startswith(r"Cannot read new\nline\u202e\x1b[31m.png: ")


def test_an_undecodable_name_is_read(saved, tmp_path):
    hostile = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    os.rename(saved(RGB, "x.png"), hostile)  # noqa: PTH104 - bytes
    np.testing.assert_array_equal(pixels(os.fsdecode(hostile)), RGB)


def test_too_little_memory_is_said_before_decoding(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(decoded, "available_bytes", lambda: 10)
    tifffile.imwrite(
        tmp_path / "x.ome.tif",
        np.zeros((2, 3, 4), np.uint8),
        photometric="minisblack",
        metadata={"axes": "CYX"},
    )
    paths = [saved(RGB, "x.png"), saved(RGB, "x.tif"), tmp_path / "x.ome.tif"]
    for path in paths:
        with pytest.raises(SegmenterError, match=r"4 x 3 pixels.*GB of memory"):
            read_image(path)


def test_a_tiff_that_tifffile_cannot_read_is_tried_by_pillow(tiff, monkeypatch):
    def fail(*_):
        raise ValueError("unknown compression")

    monkeypatch.setattr(by_tifffile, "read_plane", fail)
    np.testing.assert_array_equal(pixels(tiff(GREY)), GREY)


def test_running_out_of_memory_is_an_ordinary_problem(tiff, monkeypatch):
    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr(by_tifffile, "read_plane", exhausted)
    monkeypatch.setattr("segmenter.files.images.decode_by_pillow", exhausted)
    with pytest.raises(SegmenterError, match="does not fit into memory"):
        read_image(tiff(GREY))


def test_a_large_image_that_is_no_bomb_is_read(saved):
    noise = np.random.default_rng(0).integers(0, 256, (1, 2**20)).astype(np.uint8)
    assert read_image(saved(noise, "x.png")).shape == (1, 2**20)


@pytest.mark.logs_errors
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_damage_raises_anything_but_our_own_error(tmp_path, data):
    """Some bytes of a good file are changed; what is read still keeps every promise."""
    kind = data.draw(st.sampled_from(["PNG", "TIFF", "GIF", "JPEG", "BMP", "WEBP", "PPM"]))
    path = tmp_path / "x"
    Pillow.fromarray(RGB).save(path, kind)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(SegmenterError):
        image = read_image(path)
        assert image.pixels.shape == (*image.valid.shape, len(image.channel_names))


@pytest.mark.parametrize(
    ("name", "readable"),
    [("a.PNG", True), ("a.tiff", True), ("a.jpeg", True), ("a.txt", False), ("png", False),
     (".hidden.png", False), ("a.png.txt", False)],
)  # fmt: skip
def test_names_of_images_are_told_by_their_suffix(name, readable):
    assert is_readable_name(name) is readable
