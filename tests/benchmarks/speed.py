"""Time the engine beside its peers and beside the same pass written in C.

Run by hand: ``python tests/benchmarks/speed.py [--quick] [--peer]``; ``--peer`` lets scikit-learn
segment the whole photo too, which takes it half an hour. The same samples, the same start, the
same number of iterations, two threads, medians of interleaved runs; prints Markdown tables.
Peers: scikit-learn; OpenCV (``pip install "opencv-python-headless<5"``); Armadillo (Debian's
libarmadillo-dev and g++); the limit is ``limit.c`` by gcc. What is missing says so.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import peers
import photos
import starting

from segmenter.engine.threads import set_thread_count

THREADS = "2"
# Threads that wait must not spin on the core of the other side.
FAIR = {"OMP_NUM_THREADS": THREADS, "OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": THREADS}


def versions() -> str:
    names = ("numpy", "numba", "scikit-learn", "opencv-python-headless")
    known = []
    for name in names:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"no {name}")
    return (
        f"{platform.machine()}, {THREADS} threads, Python {platform.python_version()}, "
        + ", ".join(known)
    )


def main() -> None:
    if os.environ.get("OMP_WAIT_POLICY") != FAIR["OMP_WAIT_POLICY"]:
        # Libraries read these when they are loaded, so begin again with them set.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | FAIR)
    set_thread_count(int(THREADS))
    quick = "--quick" in sys.argv
    print(versions() + "\n\n" + peers.HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for case in peers.QUICK if quick else peers.CASES:
            print(peers.row(case, Path(folder), 3 if quick else 7), flush=True)
    tables = [photos.order_rows, starting.start_rows, photos.memory_rows]
    if not quick:
        tables.append(photos.growth_rows)
    print("", *photos.photo_rows(with_peer="--peer" in sys.argv), sep="\n", flush=True)
    for table in tables:
        print("", *table(), sep="\n", flush=True)


if __name__ == "__main__":
    main()
