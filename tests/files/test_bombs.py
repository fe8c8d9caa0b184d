"""Small files that claim to be enormous images."""

import json
import subprocess
import sys

import pytest
from hostile_files import bombs
from places import REPOSITORY

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


@pytest.fixture
def paths(tmp_path):
    for name, content in bombs().items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in bombs()]


def test_bombs_are_refused_from_the_header_without_taking_memory(paths):
    answer = json.loads(
        subprocess.run(
            [sys.executable, "-c", BOMB_READER, *paths],
            cwd=REPOSITORY, check=True, capture_output=True, timeout=100,
        ).stdout
    )  # fmt: skip
    assert len(answer["said"]) == len(paths), answer["said"]
    assert answer["megabytes"] < 50
