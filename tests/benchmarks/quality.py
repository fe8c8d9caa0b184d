"""Measure how right the segmentations are, beside what others reach on the same images.

Run by hand: ``python tests/benchmarks/quality.py --data FOLDER [--only CASE,...] [--quick]
[--peers PYTHON]``, with the folder that holds ``synthetic``, ``brain_mritc``, ``grabcut``,
``dsb2018``, ``nasa_micro`` and ``bsds``; cases are the names that a wrong one lists. ``--quick``
draws the synthetic noise once rather than six times; ``--peers PYTHON`` also times other programs,
in a Python that has them: ``pip install antspyx dipy``. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import quality_brain
import quality_micrographs
import quality_photos
import quality_speed
import quality_synthetic
from quality_rows import HEAD, attempted

CASES = ("synthetic", "brain", "lasso", "nuclei", "superalloy", "people", "speed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--peers", type=Path, metavar="PYTHON")
    asked = parser.parse_args()
    wanted = asked.only.split(",")
    if not set(wanted) <= set(CASES):
        parser.error(f"cases are {', '.join(CASES)}")
    makers = {
        "synthetic": partial(quality_synthetic.rows, asked.data, quick=asked.quick),
        "brain": partial(quality_brain.rows, asked.data),
        "lasso": partial(quality_photos.lasso_rows, asked.data),
        "nuclei": partial(quality_micrographs.nuclei_rows, asked.data),
        "superalloy": partial(quality_micrographs.superalloy_rows, asked.data),
        "people": partial(quality_photos.people_rows, asked.data),
        "speed": partial(quality_speed.rows, asked.data, asked.peers),
    }
    print(HEAD)
    for case in wanted:
        for row in attempted(case, makers[case]):
            print(row, flush=True)


if __name__ == "__main__":
    main()
