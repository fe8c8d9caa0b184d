"""Images that lack some of their values, from the file to what is written."""

import numpy as np
import pytest
import tifffile
from command import finish, start
from PIL import Image as Pillow


@pytest.fixture
def truth():
    return np.repeat(np.repeat(np.random.default_rng(0).integers(0, 3, (6, 8)), 8, 0), 8, 1)


@pytest.fixture
def values(truth):
    """(48, 64, 3) three kinds of pixel with noise; the first row of all is missing."""
    means = np.array([[40.0, 40, 90], [150, 110, 150], [95, 190, 220]])
    noisy = means[truth] + np.random.default_rng(1).normal(0, 6, (*truth.shape, 3))
    noisy[np.random.default_rng(2).random(noisy.shape) < 0.25] = np.nan
    noisy[0] = np.nan
    return noisy.astype(np.float32)


def agreement(labels, truth):
    most = sum(np.bincount(truth[labels == k], minlength=3).max() for k in np.unique(labels) if k)
    return most / np.count_nonzero(labels)


def labels_in(folder):
    (path,) = folder.glob("*_labels.png")
    with Pillow.open(path) as opened:
        return np.asarray(opened)


def test_a_file_with_holes_in_its_channels_is_segmented_and_restored(values, truth, tmp_path):
    tifffile.imwrite(tmp_path / "scan.tif", values, photometric="rgb")
    code, _, err = finish(start(
        "run", tmp_path / "scan.tif", "--out", tmp_path / "out", "--components", "3",
        "--products", "labels,restored,denoised", cwd=tmp_path,
    ))  # fmt: skip
    assert code == 0, err
    labels = labels_in(tmp_path / "out")
    np.testing.assert_array_equal(labels == 0, np.isnan(values).all(axis=2))
    assert agreement(labels, truth) > 0.97
    whole = tifffile.imread(tmp_path / "out/scan_restored.tif")
    known = ~np.isnan(values)
    np.testing.assert_array_equal(whole[known], values[known])
    np.testing.assert_array_equal(np.isnan(whole).any(axis=2), labels == 0)
    assert tifffile.imread(tmp_path / "out/scan_denoised.tif").dtype == np.float32
