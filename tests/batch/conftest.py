import numpy as np
import pytest
from PIL import Image as Pillow


@pytest.fixture
def folder(tmp_path):
    """An empty folder for images."""
    made = tmp_path / "images"
    made.mkdir()
    return made


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def photo(folder, image):
    """Save the known image under a name in `folder`, made a little different by `shift`."""

    def save(name, shift=0):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(np.roll(image.pixels, shift, axis=1)).save(path)
        return path

    return save


@pytest.fixture
def file(folder):
    """Make a file that nobody will read, by its name."""

    def touch(name):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        return path

    return touch
