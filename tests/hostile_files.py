"""Make files that no reader should trust: damaged, misnamed, boastful, strangely called."""

from __future__ import annotations

import io
import os
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image as Pillow

NAMES = {
    "newline": "a\nb.png",
    "format": "%s{0}%n.png",
    "right to left": "a\u202egnp.png",
    "leading dash": "-rf.png",
    "no text": os.fsdecode(b"\xff\xfe.png"),
    "quotes": "'\"; ls.png",
    "escape": "\x1b[2J.png",
    "space": " .png",
}


def picture(kind="PNG"):
    """A small picture with noise, as the bytes of a file."""
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, kind)
    return file.getvalue()


def chunk(kind, content):
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(side, content=b"\0", bits=8):
    """A PNG that claims to be `side` pixels wide and high."""
    header = struct.pack(">IIBBBBB", side, side, bits, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(content, 9))
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IEND", b"")


def tiff(side):
    """A TIFF that claims to be `side` pixels wide and high."""
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((9, 9), np.uint8), compression="zlib", metadata=None)
    file.seek(0)
    with tifffile.TiffFile(file, mode="r+b") as opened:
        for tag in ("ImageWidth", "ImageLength", "RowsPerStrip"):
            opened.pages[0].tags[tag].overwrite(side, dtype="I")
        return file.getvalue()


def gif():
    """A GIF of 65535 x 65535 pixels."""
    frame = b"!\xf9\x04\x08\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;"
    return b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff" + frame


def bmp(side):
    """A BMP that claims to be `side` pixels wide and high."""
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 99, 0, 0, 54) + header + bytes(99)


def damaged():
    """Names and contents of files that hold no whole picture."""
    whole, jpeg = picture(), picture("JPEG")
    in_the_middle = bytearray(whole)
    in_the_middle[len(whole) // 2] ^= 0x10
    wrong_check = bytearray(whole)
    wrong_check[29] ^= 1  # of the header
    return {
        "half.png": whole[: len(whole) // 2],
        "half.jpg": jpeg[: len(jpeg) // 3],
        "half.tif": picture("TIFF")[:200],
        "half.bmp": picture("BMP")[:300],
        "half.gif": picture("GIF")[:400],
        "half.webp": picture("WEBP")[:100],
        "only its beginning.png": whole[:8],
        "bit flipped.png": bytes(in_the_middle),
        "header flipped.png": bytes(wrong_check),
        "nothing.png": b"",
        "zeros.png": bytes(4096),
        "zeros.tif": bytes(4096),
        "text.png": b"This is no picture.\n" * 9,
        "page.tif": b"<html><body>404</body></html>",
        "program.jpg": b"\x7fELF" + bytes(99),
        "archive.png": b"PK\x03\x04" + bytes(99),
        "no size.png": png(0),
        "odd size.bmp": bmp(-5)[:60],
        "without pages.tif": b"II*\0" + struct.pack("<I", 0),
        "page outside.tif": b"II*\0" + struct.pack("<I", 10**6),
        "page that is itself.tif": b"II*\0" + struct.pack("<IHI", 8, 0, 8),
    }


def bombs():
    """Names and contents of small files that claim to be enormous pictures."""
    return {
        "claim.png": png(2**31 - 1),
        "bits.png": png(20_000, bytes(10**6), bits=1),
        "bytes.png": png(12_000, bytes(10**6)),
        "claim.tif": tiff(2**31 - 1),
        "large.tif": tiff(10_000),
        "claim.gif": gif(),
        "claim.bmp": bmp(2**31 - 1),
        "large.bmp": bmp(30_000),
        "large.ppm": b"P6 40000 40000 255\n" + bytes(99),
    }


def misnamed():
    """Names and contents of whole pictures whose names say something else."""
    return {
        "a jpeg.png": picture("JPEG"),
        "a png.jpg": picture(),
        "a tiff.png": picture("TIFF"),
        "a png.tif": picture(),
        "a gif.bmp": picture("GIF"),
        "more behind.png": picture() + b"<?php echo 1; ?>" * 99,
    }
