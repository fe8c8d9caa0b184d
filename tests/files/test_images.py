import os
import subprocess
import sys
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


@pytest.fixture
def saved(tmp_path):
    """Save an array by Pillow and return the path."""

    def save(array, name, **options):
        path = tmp_path / name
        picture = array if isinstance(array, Pillow.Image) else Pillow.fromarray(array)
        picture.save(path, **options)
        return path

    return save


@pytest.fixture
def tiff(tmp_path):
    """Save an array by tifffile and return the path."""

    def save(array, name="x.tif", **options):
        options.setdefault("photometric", "rgb" if array.shape[-1] == 3 else "minisblack")
        tifffile.imwrite(tmp_path / name, array, **options)
        return tmp_path / name

    return save


def pixels(path, **options):
    return read_image(path, **options).pixels.squeeze()


# ---- Formats, depths, channels -----------------------------------------------------------------


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


@pytest.mark.parametrize(
    "kind", ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", ">u2", ">f4"]
)
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)], ids=["grey", "rgb"])
def test_tiff_keeps_every_type(tiff, kind, shape):
    values = np.random.default_rng(0).integers(0, 100, shape).astype(kind)
    image = read_image(tiff(values, byteorder=">" if kind.startswith(">") else "<"))
    assert image.pixels.dtype == np.dtype(kind).newbyteorder("=")
    assert image.pixels.dtype.isnative
    np.testing.assert_array_equal(image.pixels.squeeze(), values)


def test_half_floats_become_floats(tiff):
    image = read_image(tiff((GREY / 255).astype(np.float16)))
    assert (image.pixels.dtype, image.bit_depth) == (np.float32, 32)


def test_signed_numbers_have_one_bit_less(tiff):
    assert read_image(tiff(np.array([[-5, 7]], np.int16))).bit_depth == 15


def test_twelve_bits_are_told(tmp_path):
    bits = b"".join(bytes([0xAB, 0xC1, 0x23]) for _ in range(2))
    tags = [(256, 4), (257, 1), (258, 12), (259, 1), (262, 1), (273, 200), (277, 1), (278, 1)]
    tags += [(279, len(bits))]
    entries = b"".join(
        t.to_bytes(2, "little") + b"\4\0\1\0\0\0" + v.to_bytes(4, "little") for t, v in tags
    )
    head = b"II*\0\x08\0\0\0" + len(tags).to_bytes(2, "little") + entries + bytes(4)
    (tmp_path / "x.tif").write_bytes(head.ljust(200, b"\0") + bits)
    image = read_image(tmp_path / "x.tif")
    assert image.bit_depth == 12
    assert image.pixels.ravel().tolist() == [0xABC, 0x123, 0xABC, 0x123]


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


def test_bands_that_are_not_alpha_are_kept(tiff):
    values = np.random.default_rng(0).integers(0, 9, (4, 5, 4)).astype(np.uint8)
    image = read_image(tiff(values, photometric="rgb", extrasamples=["unspecified"]))
    assert image.channel_names == (*COLOURS, "channel 4")
    np.testing.assert_array_equal(image.pixels, values)


def test_five_bands_are_only_numbered(tiff):
    image = read_image(tiff(np.zeros((4, 6, 5), np.uint8), planarconfig="contig"))
    assert image.channel_names == tuple(f"channel {k}" for k in range(1, 6))


def test_separate_planes_are_joined(tiff):
    planes = np.moveaxis(RGB, 2, 0)
    path = tiff(planes, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(pixels(path), RGB)


@pytest.mark.parametrize("compression", ["zlib", "lzw", "zstd", "packbits", "lzma"])
def test_compressed_tiff_is_read(tiff, compression):
    np.testing.assert_array_equal(pixels(tiff(RGB, compression=compression)), RGB)


def test_white_is_zero_is_turned_once(tiff):
    np.testing.assert_array_equal(pixels(tiff(GREY, photometric="miniswhite")), 255 - GREY)


# ---- No data -----------------------------------------------------------------------------------


def test_nan_and_infinity_are_no_data_and_zero(tiff):
    values = (RGB / 255).astype(np.float32)
    values[0, 0, 1], values[1, 2, 0], values[2, 3, 2] = np.nan, np.inf, -np.inf
    image = read_image(tiff(values))
    expected = np.ones(GREY.shape, bool)
    expected[[0, 1, 2], [0, 2, 3]] = False
    np.testing.assert_array_equal(image.valid, expected)
    assert (image.pixels[~image.valid] == 0).all()


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.webp"])
def test_only_full_transparency_is_no_data(saved, name):
    alpha = np.full(GREY.shape, 128, np.uint8)
    alpha[1, 1], alpha[2, 2] = 0, 255
    image = read_image(saved(np.dstack([RGB, alpha]), name))
    np.testing.assert_array_equal(image.valid, alpha > 0)
    assert image.channel_names == COLOURS
    assert any("transparent" in note for note in image.notes)


def test_colours_multiplied_by_their_alpha_are_restored(tiff):
    alpha = np.full(GREY.shape, 128, np.uint8)
    dimmed = np.rint(RGB * (128 / 255)).astype(np.uint8)
    path = tiff(np.dstack([dimmed, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(pixels(path).astype(int) - RGB).max() <= 1


def test_the_files_own_no_data_value_is_no_data(tiff):
    image = read_image(tiff(GREY, extratags=[(42113, "s", 0, "40", True)]))
    np.testing.assert_array_equal(image.valid, GREY != 40)


# ---- Orientation, pages, sizes -----------------------------------------------------------------


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


@pytest.mark.parametrize("orientation", [*range(1, 9), 77])
def test_orientation_of_tiff_is_applied_once(tiff, orientation):
    path = tiff(RGB, extratags=[(274, "H", 1, orientation, True)])
    with Pillow.open(path) as opened:
        opened.load()  # turns a TIFF by itself
        np.testing.assert_array_equal(pixels(path), np.asarray(opened))


@pytest.mark.parametrize(("orientation", "quarters"), [(1, 0), (8, 1), (3, 2), (6, 3)])
def test_orientation_is_applied_once_where_pillow_converts_a_tiff(saved, orientation, quarters):
    exif = Pillow.Exif()
    exif[0x112] = orientation
    path = saved(Pillow.fromarray(RGB).convert("CMYK"), "x.tif", exif=exif)
    np.testing.assert_array_equal(pixels(path), np.rot90(RGB, quarters))


def test_a_turned_image_has_a_turned_pixel_size(tiff):
    path = tiff(
        GREY, resolution=(1e4, 2e4), resolutionunit="CENTIMETER", extratags=[(274, "H", 1, 6, True)]
    )
    assert read_image(path).pixel_size == pytest.approx((1.0, 0.5))


def test_pages_of_different_kinds_are_told_apart(tmp_path):
    with tifffile.TiffWriter(tmp_path / "x.tif") as writer:
        writer.write(GREY, photometric="minisblack")
        writer.write(RGB, photometric="rgb")
    first, second = (read_image(tmp_path / "x.tif", page=page) for page in (0, 1))
    assert (first.channel_names, second.channel_names) == (("grey",), COLOURS)
    assert (second.page, second.page_count) == (1, 2)
    assert second.notes == ("Page 2 of 2 is read.",)


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


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_channels_of_a_stack_belong_together(tmp_path, kind, compression):
    stack = np.random.default_rng(0).integers(0, 999, (3, 2, 6, 8)).astype(np.uint16)
    path = tmp_path / ("x.ome.tif" if kind == "ome" else "x.tif")
    options = {"imagej": True} if kind == "imagej" else {}
    metadata = {"axes": "ZCYX"}
    tifffile.imwrite(path, stack, metadata=metadata, compression=compression, **options)
    image = read_image(path, page=2)
    assert (image.page_count, image.channel_names) == (3, ("channel 1", "channel 2"))
    np.testing.assert_array_equal(image.pixels, np.moveaxis(stack[2], 0, -1))


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


# ---- Refusals ----------------------------------------------------------------------------------


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


def test_complex_numbers_are_refused(tiff):
    with pytest.raises(SegmenterError, match="complex64"):
        read_image(tiff(GREY.astype(np.complex64)))


def test_too_little_memory_is_said_before_decoding(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(decoded, "available_memory", lambda: 100)
    tifffile.imwrite(
        tmp_path / "x.ome.tif", np.zeros((2, 3, 4), np.uint8), metadata={"axes": "CYX"}
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


BOMB_READER = """
import json, resource, sys
from pathlib import Path
from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
start = used()
said = []
for path in sys.argv[1:]:
    try:
        read_image(path)
    except SegmenterError as error:
        said.append(str(error))
print(json.dumps({"megabytes": used() - start, "said": said}))
"""


def test_bombs_are_refused_from_the_header_without_taking_memory(tmp_path):
    import json

    paths = [*_png_bombs(tmp_path), *_tiff_bombs(tmp_path), _gif_bomb(tmp_path)]
    answer = json.loads(
        subprocess.run(
            [sys.executable, "-c", BOMB_READER, *paths],
            check=True, capture_output=True, timeout=100,
        ).stdout
    )  # fmt: skip
    assert len(answer["said"]) == len(paths)
    assert answer["megabytes"] < 50


def _png_bombs(folder):
    import struct
    import zlib

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    for name, side, bits in (("claim", 2**31 - 1, 8), ("bits", 20_000, 1), ("bytes", 12_000, 8)):
        header = struct.pack(">IIBBBBB", side, side, bits, 0, 0, 0, 0)
        content = zlib.compress(bytes(min(side, 9999) * 100), 9)
        path = folder / f"{name}.png"
        chunks = chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
        yield path


def _tiff_bombs(folder):
    for name, side in (("claim", 2**31 - 1), ("large", 10_000)):
        path = folder / f"{name}.tif"
        tifffile.imwrite(path, np.zeros((9, 9), np.uint8), compression="zlib", metadata=None)
        with tifffile.TiffFile(path, mode="r+b") as tiff:
            for tag in ("ImageWidth", "ImageLength", "RowsPerStrip"):
                tiff.pages[0].tags[tag].overwrite(side, dtype="I")
        yield path


def _gif_bomb(folder):
    path = folder / "x.gif"
    frame = b"!\xf9\x04\x08\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;"
    path.write_bytes(b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff" + frame)
    return path


def test_a_large_image_that_is_no_bomb_is_read(saved):
    noise = np.random.default_rng(0).integers(0, 256, (1, 2**20)).astype(np.uint8)
    assert read_image(saved(noise, "x.png")).shape == (1, 2**20)


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
