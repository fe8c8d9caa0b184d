"""The page *How EM works*, with pictures that the engine makes when it is opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from segmenter.app.lesson import lesson
from segmenter.app.runner import Runner
from segmenter.ui.lesson_pictures import HEIGHT, WIDTH, painted, waiting
from segmenter.ui.lesson_text import TEXT, TITLE
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QHideEvent, QImage

    from segmenter.app.lesson import Scene, Scores
    from segmenter.app.runner import Lanes

SAMPLE = "coffee.png"
PLACE = re.compile(r"\{([a-z-]+)\}")
NAMES = tuple(dict.fromkeys(PLACE.findall(TEXT)))
MAKING = "This picture is being made …"
WITHOUT_SAMPLE = "The sample image is not installed."


class LessonDialog(QDialog):
    """Tells in plain words and pictures what the program does; readable before they are there."""

    def __init__(self, lanes: Lanes, samples: list[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self._scenes: dict[str, Scene | Scores] = {}
        self._lacking = MAKING
        self.page = QTextBrowser(self)
        self.page.setAccessibleName(TITLE)
        self.page.document().setDocumentMargin(16)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.page)
        column.addWidget(buttons)
        self.resize(2 * WIDTH + 104, 760)
        self._runner = Runner(lanes.lane("lesson"), self)
        self._runner.progressed.connect(self._on_scenes)
        self._runner.finished.connect(self._on_scenes)
        self._runner.failed.connect(self._on_failed)
        sample = next((path for path in samples if path.name == SAMPLE), None)
        if sample is None:
            self._lacking = WITHOUT_SAMPLE
        else:
            self._runner.start(lesson(sample))
        self._show()

    def picture(self, name: str) -> QImage:
        """Return what stands at a place of the page now."""
        kind = QTextDocument.ResourceType.ImageResource.value
        found: QImage = self.page.document().resource(kind, _address(name))
        return found

    def _on_scenes(self, scenes: tuple[Scene | Scores, ...]) -> None:
        fresh = [scene for scene in scenes if scene.name not in self._scenes]
        if fresh:
            self._scenes |= {scene.name: scene for scene in fresh}
            self._show()

    def _on_failed(self, failure: str) -> None:
        self._lacking = failure
        self._show()

    def _show(self) -> None:
        """Lay the page out with the pictures there are, and stay where it is being read."""
        bar = self.page.verticalScrollBar()
        read = bar.value()
        document = self.page.document()
        kind = QTextDocument.ResourceType.ImageResource.value
        self.page.setHtml(PLACE.sub(self._placed, TEXT))
        for name in NAMES:
            document.addResource(kind, _address(name), self._painted(name))
        bar.setValue(read)

    def _painted(self, name: str) -> QImage:
        ratio = self.devicePixelRatioF()
        if name in self._scenes:
            return painted(self._scenes[name], self.palette(), ratio)
        return waiting(self.palette(), ratio, self._lacking)

    def _placed(self, place: re.Match[str]) -> str:
        name = place.group(1)
        caption = self._scenes[name].caption if name in self._scenes else self._lacking
        image = f"<img src='{_address(name).toString()}' width='{WIDTH}' height='{HEIGHT}'>"
        return f"{image}<br><small>{plain_tip(caption)}</small>"

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_runner"):
            self._show()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Make no more pictures: the page is closed, or the window that it belongs to."""
        if not event.spontaneous():
            self._runner.cancel()
        super().hideEvent(event)


def _address(name: str) -> QUrl:
    return QUrl(f"picture:{name}")
