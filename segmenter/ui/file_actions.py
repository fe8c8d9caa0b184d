"""The commands for files: images, scribbles, products."""

from __future__ import annotations

from operator import methodcaller

from segmenter.app import reasons
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

FILE_MENU = Menu(
    "&File",
    Action(
        "open",
        "&Open…",
        "Open an image.",
        lambda window: window.questions.choose_image(),
        Icon.OPEN,
        "Ctrl+O",
    ),
    "@samples",
    "@recent",
    "@pages",
    "-",
    Action(
        "next-image",
        "&Next image",
        "Open the next image of the folder.",
        lambda window: window.session.open_beside(1),
        Icon.NEXT,
        "Ctrl+PgDown",
        why_not=reasons.no_file,
    ),
    Action(
        "previous-image",
        "Pre&vious image",
        "Open the image before this one in the folder.",
        lambda window: window.session.open_beside(-1),
        Icon.PREVIOUS,
        "Ctrl+PgUp",
        why_not=reasons.no_file,
    ),
    "-",
    Action(
        "load-scribbles",
        "Load s&cribbles…",
        "Take the scribbles of a PNG in place of those there are.",
        lambda window: window.questions.choose_scribbles(),
        Icon.LOAD,
        "Ctrl+Shift+O",
        why_not=reasons.no_image,
    ),
    Action(
        "save-scribbles",
        "S&ave scribbles…",
        "Write the scribbles to a PNG whose pixel values are class numbers.",
        lambda window: window.questions.save_scribbles(),
        Icon.SAVE,
        "Ctrl+Shift+S",
        why_not=reasons.no_scribbles,
    ),
    "-",
    Action(
        "export",
        "&Export…",
        "Write masks, tables and overlays.",
        methodcaller("open_export"),
        Icon.EXPORT,
        "Ctrl+E",
        why_not=reasons.no_export,
    ),
    "-",
    Action("quit", "&Quit", "Close Segmenter.", methodcaller("close"), Icon.QUIT, "Ctrl+Q"),
)
