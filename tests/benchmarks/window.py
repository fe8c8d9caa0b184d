"""How quickly the window answers: frames, opening, starting, and what a fit leaves of it.

Run by hand: ``python tests/benchmarks/window.py [part ...]`` with any of frames, opening, work and
cycles; without, all of them. It paints on the offscreen platform unless told otherwise, with Qt's
own software painter, as on a screen.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from window_cycles import cycle_rows
from window_frames import frame_rows
from window_opening import opening_rows
from window_rows import in_table
from window_work import work_rows

PARTS = {
    "frames": frame_rows,
    "opening": opening_rows,
    "work": work_rows,
    "cycles": cycle_rows,
}


def main() -> None:
    """Measure the parts that are asked for and print a Markdown table."""
    rows = [row for name in sys.argv[1:] or PARTS for row in PARTS[name]()]
    print(in_table(rows))


if __name__ == "__main__":
    main()
