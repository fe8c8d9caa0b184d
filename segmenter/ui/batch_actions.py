"""The commands for many images."""

from __future__ import annotations

from operator import methodcaller

from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

BATCH_MENU = Menu(
    "&Batch",
    Action(
        "process-folder",
        "Process &folder…",
        "Segment every image of a folder in the background.",
        methodcaller("open_batch"),
        Icon.BATCH,
        "Ctrl+B",
    ),
)
