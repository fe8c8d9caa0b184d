"""Small files that claim to be enormous images."""

import json
import struct
import subprocess
import sys
import zlib

import numpy as np
import tifffile

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
