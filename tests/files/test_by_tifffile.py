"""What a TIFF may hold, read as the program reads it."""

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
RGB = np.stack([GREY, GREY[::-1], 255 - GREY], axis=2)
COLOURS = ("red", "green", "blue")


def pixels(path, **options):
    return read_image(path, **options).pixels.squeeze()


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


def test_nan_and_infinity_are_missing_and_zero(tiff):
    values = (RGB / 255).astype(np.float32)
    values[0, 0, 1], values[1, 2, 0], values[2, 3, 2] = np.nan, np.inf, -np.inf
    values[2, 0] = np.nan, -np.inf, np.nan
    image = read_image(tiff(values))
    assert np.argwhere(~image.valid).tolist() == [[2, 0]]
    assert np.argwhere(image.missing).tolist() == [[0, 0, 1], [1, 2, 0], [2, 3, 2]]
    assert (image.pixels[image.missing | ~image.valid[:, :, None]] == 0).all()


def test_colours_multiplied_by_their_alpha_are_restored(tiff):
    alpha = np.full(GREY.shape, 128, np.uint8)
    dimmed = np.rint(RGB * (128 / 255)).astype(np.uint8)
    path = tiff(np.dstack([dimmed, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(pixels(path).astype(int) - RGB).max() <= 1


def test_the_files_own_no_data_value_is_no_data(tiff):
    image = read_image(tiff(GREY, extratags=[(42113, "s", 0, "40", True)]))
    np.testing.assert_array_equal(image.valid, GREY != 40)
    assert image.missing is None


def test_a_channel_with_the_files_no_data_value_is_missing(tiff):
    image = read_image(tiff(RGB, extratags=[(42113, "s", 0, str(RGB[1, 2, 1]), True)]))
    np.testing.assert_array_equal(image.missing, RGB[1, 2, 1] == RGB)
    assert image.valid.all()


@pytest.mark.parametrize("said", ["-9999", "1e300", "none", ""])
def test_a_no_data_value_that_no_pixel_can_have_says_nothing(tiff, said):
    values = GREY * (GREY > 40)
    image = read_image(tiff(values, extratags=[(42113, "s", 0, said, True)]))
    assert image.valid.all()


def test_the_no_data_value_is_one_of_the_stored_values(tiff):
    tags = [(42113, "s", 0, "20", True)]
    turned = read_image(tiff(GREY, photometric="miniswhite", extratags=tags))
    np.testing.assert_array_equal(turned.valid, GREY != 20)
    palette = np.stack([np.arange(256)] * 2 + [np.full(256, 20)]).astype(np.uint16) * 257
    coloured = read_image(tiff(GREY, photometric="palette", colormap=palette, extratags=tags))
    np.testing.assert_array_equal(coloured.valid, GREY != 20)
    assert coloured.missing is None


def test_alpha_has_no_missing_values(tiff):
    tags = [(42113, "s", 0, "200", True)]
    both = np.dstack([RGB, np.full(GREY.shape, 200, np.uint8)])
    path = tiff(both, photometric="rgb", extrasamples=["unassalpha"], extratags=tags)
    np.testing.assert_array_equal(read_image(path).missing, RGB == 200)


@pytest.mark.parametrize("orientation", [*range(1, 9), 77])
def test_orientation_of_tiff_is_applied_once(tiff, orientation):
    path = tiff(RGB, extratags=[(274, "H", 1, orientation, True)])
    with Pillow.open(path) as opened:
        opened.load()  # turns a TIFF by itself
        np.testing.assert_array_equal(pixels(path), np.asarray(opened))


def test_pages_of_different_kinds_are_told_apart(tmp_path):
    with tifffile.TiffWriter(tmp_path / "x.tif") as writer:
        writer.write(GREY, photometric="minisblack")
        writer.write(RGB, photometric="rgb")
    first, second = (read_image(tmp_path / "x.tif", page=page) for page in (0, 1))
    assert (first.channel_names, second.channel_names) == (("grey",), COLOURS)
    assert (second.page, second.page_count) == (1, 2)
    assert second.notes == ("Page 2 of 2 is read.",)


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


def test_complex_numbers_are_refused(tiff):
    with pytest.raises(SegmenterError, match="complex64"):
        read_image(tiff(GREY.astype(np.complex64)))
