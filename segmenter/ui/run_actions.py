"""The commands for runs."""

from __future__ import annotations

from segmenter.app import reasons
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

RUN_MENU = Menu(
    "&Run",
    Action(
        "run",
        "&Run",
        "Segment the image with the settings as they stand; a run by half steps goes to its end.",
        lambda window: window.session.run(),
        Icon.RUN,
        "F5",
        why_not=reasons.no_image,
    ),
    Action(
        "stop",
        "&Stop",
        "End the run and keep the best so far.",
        lambda window: window.session.stop(),
        Icon.STOP,
        "Esc",
        why_not=reasons.no_run,
    ),
    "-",
    Action(
        "step-through",
        "Step t&hrough EM",
        "Show the panel in which EM is followed step by step.",
        lambda window: window.panels.show_flow(),
        Icon.FLOW,
        "F9",
    ),
    Action(
        "step",
        "Half a s&tep",
        "Do half a step of EM, colours or mixture, and wait; a finished run starts anew.",
        lambda window: window.session.step(),
        Icon.STEP,
        "F10",
        why_not=reasons.no_image,
    ),
    Action(
        "play",
        "&Play",
        "Go on by half steps without being asked, or wait again.",
        lambda window: window.session.play(),
        Icon.PLAY,
        "Ctrl+F10",
        why_not=reasons.no_image,
    ),
    Action(
        "restart",
        "&Back to start",
        "Begin the run anew and wait where EM begins.",
        lambda window: window.session.restart(),
        Icon.RESTART,
        "Shift+F5",
        why_not=reasons.no_image,
    ),
    Action(
        "k-means",
        "&k-means beside",
        "Let k-means do its half steps beside those of EM: on the canvas, in plots, in the chart.",
        lambda window: window.session.show_k_means(not window.session.state.look.k_means),
        Icon.K_MEANS,
        "K",
        why_not=reasons.no_image,
        checked=lambda state: state.look.k_means,
    ),
    "-",
    Action(
        "live",
        "&Live",
        "Run by itself whenever a setting changes.",
        lambda window: window.session.set_live(not window.session.state.live),
        Icon.LIVE,
        "Ctrl+L",
        checked=lambda state: state.live,
    ),
)
