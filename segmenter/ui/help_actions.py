"""The commands for help."""

from __future__ import annotations

from operator import methodcaller

from segmenter.app import reasons
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

HELP_MENU = Menu(
    "&Help",
    Action(
        "how-em-works",
        "How &EM works",
        "What the program does, in plain words and pictures.",
        methodcaller("show_lesson"),
        Icon.LESSON,
    ),
    Action(
        "shortcuts",
        "&Keyboard shortcuts",
        "Every command and its key.",
        methodcaller("show_shortcuts"),
        Icon.KEYBOARD,
        "F1",
    ),
    Action(
        "hints",
        "&First hints",
        "Show above the image what to try first.",
        methodcaller("show_hints"),
        Icon.HINT,
        why_not=reasons.no_image,
    ),
    Action("about", "&About", "Version and system.", methodcaller("show_about"), Icon.ABOUT),
)
