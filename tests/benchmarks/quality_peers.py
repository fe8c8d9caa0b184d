"""Run another program's field on one image, in the Python where that program is installed.

``python quality_peers.py atropos|dipy IN.npz OUT.npz``: IN holds ``pixels`` (rows, columns), NaN
where there is no data, and ``classes``; OUT gets ``labels`` from 1, 0 where there is no data, and
``seconds``, and ``broken`` if the program divided by nothing on the way, so that what it found says
nothing of how good it is. Settings are the programs' own defaults or their documentation's example.
Needs ``pip install antspyx dipy``, neither beside ours nor imported by it.
"""

from __future__ import annotations

import sys
import warnings
from time import perf_counter

import numpy as np

DIPY_BETA = 0.1  # its tutorial's


def atropos(pixels: np.ndarray, classes: int) -> tuple[np.ndarray, float]:
    import ants

    inside = np.isfinite(pixels)
    image = ants.from_numpy(np.where(inside, pixels, 0).astype(np.float32))
    mask = ants.from_numpy(inside.astype(np.float32))
    began = perf_counter()
    found = ants.atropos(a=image, x=mask, i=f"Kmeans[{classes}]", m="[0.2,1x1]", c="[5,0]")
    seconds = perf_counter() - began
    return np.rint(found["segmentation"].numpy()).astype(np.uint8), seconds


def dipy(pixels: np.ndarray, classes: int) -> tuple[np.ndarray, float]:
    from dipy.segment.tissue import TissueClassifierHMRF

    # It takes volumes with a background of zeros and everything else above.
    inside = np.isfinite(pixels)
    low, high = np.nanmin(pixels), np.nanmax(pixels)
    lifted = np.where(inside, 0.1 + 0.9 * (pixels - low) / (high - low), 0)
    framed = np.pad(lifted, 64)[:, :, None].astype(np.float64)
    began = perf_counter()
    found = TissueClassifierHMRF(verbose=False).classify(framed, classes, DIPY_BETA)[1]
    seconds = perf_counter() - began
    labels = found[64:-64, 64:-64, 0].astype(np.uint8)
    return np.where(inside, labels, 0), seconds


def main() -> None:
    name, source, target = sys.argv[1:]
    with np.load(source) as given:
        pixels, classes = given["pixels"], int(given["classes"])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", RuntimeWarning)
        labels, seconds = {"atropos": atropos, "dipy": dipy}[name](pixels, classes)
    broken = any("invalid value" in str(each.message) for each in warned)
    np.savez(target, labels=labels, seconds=seconds, broken=broken)


if __name__ == "__main__":
    main()
