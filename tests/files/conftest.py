import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segmenter.engine.outcome import Result, Stop
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Image, Mixture


@pytest.fixture
def found(tmp_path):
    """(result, image) of three classes on 6 x 8 pixels; the last column is no data."""
    rng = np.random.default_rng(1)
    samples = rng.dirichlet([0.5] * 3, 48).astype(np.float32).T
    samples[:, 47] = (0, 1, 0)
    index = np.arange(48, dtype=np.int32).reshape(6, 8)
    index[:, 7] = -1
    labels = (samples.argmax(axis=0) + 1).astype(np.uint8).reshape(6, 8)
    labels[:, 7] = 0
    mixture = Mixture(
        np.array([0.2, 0.3, 0.5]),
        rng.normal(100, 20, (3, 3)),
        np.stack([np.diag([1.5, 2.5, 3.5])] * 3),
        ("red", "green", "blue"),
    )
    result = Result(
        labels, np.ascontiguousarray(samples), index, mixture,
        Settings(components=3, features=(FeatureKind.RGB,)),
        (-3.5, -3.1), Stop.CONVERGED,
    )  # fmt: skip
    path = tmp_path / "input" / "photo.png"
    pixels = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return result, Image(pixels, labels > 0, ("red", "green", "blue"), 8, path=path)


@pytest.fixture
def classes():
    return (
        ClassStyle("Ground", (10, 20, 30)),
        ClassStyle("Été 日本", (40, 50, 60)),
        ClassStyle("=SUM(A1)", (70, 80, 90)),
    )


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
