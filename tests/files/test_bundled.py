import pytest
from places import REPOSITORY

from segmenter.engine.types import SegmenterError
from segmenter.files.bundled import resource, sample_images
from segmenter.files.images import read_image


def test_sample_images_are_all_readable_and_nothing_else():
    paths = sample_images()
    assert len(paths) >= 8
    for path in paths:
        assert read_image(path).valid.any()
    assert "README.md" not in {path.name for path in paths}


def test_a_resource_is_found():
    assert resource("segmenter.svg").samefile(REPOSITORY / "resources" / "segmenter.svg")


@pytest.mark.parametrize("name", ["missing.svg", "."])
def test_a_missing_resource_is_said(name):
    with pytest.raises(SegmenterError, match="missing"):
        resource(name)
