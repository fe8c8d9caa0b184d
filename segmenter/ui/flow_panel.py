"""The panel *Step through EM*: the flow chart, what is being done, and how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.playing import PAUSES
from segmenter.app.relevance import idle
from segmenter.app.state import has_scribbles
from segmenter.engine.settings import Start
from segmenter.ui import theme
from segmenter.ui.flow_chart import FlowChart
from segmenter.ui.flow_words import numbers_of, steps_of, words_of
from segmenter.ui.k_means_words import step_beside, texts_beside

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.command_set import CommandSet

BUTTONS = ("step", "play", "run", "restart", "compare", "how-em-works")
"""Commands in two columns, row by row."""
FAR_OFF = "Begin at pixels drawn by chance, far from the end, and not where a search has led"


class FlowPanel(QScrollArea):
    """Shows EM at work, half a step at a time."""

    def __init__(
        self, session: Session, commands: CommandSet, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.chart = FlowChart(self)
        self.sentence, self.formula, self.numbers = (_label(self) for _ in range(3))
        self.beside = tuple(_label(self) for _ in range(3))
        theme.use_tabular_figures(self.numbers)
        theme.use_tabular_figures(self.beside[-1])
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setMaximum(len(PAUSES) - 1)
        self.speed.setPageStep(1)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How soon one half step follows the other while EM plays")
        self.pace = QLabel(self)
        self.pace.setMinimumWidth(self.pace.fontMetrics().horizontalAdvance("every 0.35 s"))
        self.far_off = QCheckBox("Random start", self)
        self.paired = QCheckBox("k-means beside", self)
        # A box shows in every palette whether it is ticked; the command is the same.
        self._command = commands.by_id["k-means"]
        self.buttons = {name: _button(commands, name, self) for name in BUTTONS}
        self._lay_out()
        self.speed.valueChanged.connect(self._on_speed_moved)
        self.far_off.clicked.connect(self._on_far_off_clicked)
        self.paired.clicked.connect(session.show_k_means)
        self._command.changed.connect(self._show_command)
        session.changed.connect(self.show_state)
        self._show(session.state)
        self._show_speed(session.state)
        self._show_start(session.state)
        self._show_command()

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.chart)
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, name in enumerate(BUTTONS):
            grid.addWidget(self.buttons[name], *divmod(place, 2))
        column.addLayout(grid)
        row = QHBoxLayout()
        for widget in (QLabel("Speed", inside), self.speed, self.pace):
            row.addWidget(widget)
        column.addLayout(row)
        ticks = QHBoxLayout()
        for box in (self.far_off, self.paired):
            ticks.addWidget(box)
        column.addLayout(ticks)
        for label in (self.sentence, self.formula, self.numbers, *self.beside):
            column.addWidget(label)
        column.addStretch(1)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        # Words are now longer, now shorter: what stands above them must not change its width.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setWidget(inside)
        inside.setBackgroundRole(QPalette.ColorRole.Window)

    def _on_speed_moved(self, place: int) -> None:
        self._session.set_pause(PAUSES[place])

    def _on_far_off_clicked(self, is_ticked: bool) -> None:
        self._session.begin_at(Start.RANDOM if is_ticked else Start.SEARCHED)

    def show_state(self, before: State, after: State) -> None:
        """Show the step, its words and the speed where they differ."""
        if _told(before) != _told(after):
            self._show(after)
        if before.inputs.settings is not after.inputs.settings:
            self._show_start(after)
        if before.pause != after.pause:
            self._show_speed(after)

    def _show(self, state: State) -> None:
        self.chart.light(steps_of(state))
        words = words_of(state)
        texts = (words.sentence, words.formula, numbers_of(state))
        self.chart.show_beside(step_beside(state), is_paired=state.look.k_means)
        labels = (self.sentence, self.formula, self.numbers, *self.beside)
        for label, text in zip(labels, (*texts, *texts_beside(state)), strict=True):
            if text != label.text():
                label.setText(text)
                label.setVisible(bool(text))

    def _show_command(self) -> None:
        """Let the box be what the command is."""
        self.paired.setEnabled(self._command.isEnabled())
        self.paired.setChecked(self._command.isChecked())
        self.paired.setToolTip(self._command.toolTip())

    def _show_start(self, state: State) -> None:
        settings = state.inputs.settings
        self.far_off.setChecked(settings.start is Start.RANDOM)
        reason = idle(settings, scribbled=has_scribbles(state)).get("start", "")
        self.far_off.setEnabled(not reason)
        self.far_off.setToolTip(reason or FAR_OFF)

    def _show_speed(self, state: State) -> None:
        with QSignalBlocker(self.speed):
            self.speed.setValue(min(PAUSES.index(state.pause), self.speed.maximum()))
        self.pace.setText(describe_pause(state.pause))


def describe_pause(milliseconds: int) -> str:
    """Say how soon one half step follows the other."""
    return f"every {milliseconds / 1000:g} s" if milliseconds else "at once"


def _told(state: State) -> tuple[object, ...]:
    """Return what the words are made from; arrays compare by identity."""
    found = id(state.progress), id(state.result), id(state.image)
    return *found, state.stepping, state.look.k_means


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent, wordWrap=True, textFormat=Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(commands: CommandSet, name: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setDefaultAction(commands.by_id[name])
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
