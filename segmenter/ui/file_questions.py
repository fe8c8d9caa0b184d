"""The questions for a file to read or to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from segmenter.app.places import nearest_folder, products_folder
from segmenter.files.names import SCRIBBLES_ENDING

if TYPE_CHECKING:
    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session

IMAGES = (
    "Images (*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.gif *.webp *.ppm *.pgm *.pnm);;All files (*)"
)
SCRIBBLES = "Scribbles (*.png)"
TABLES = "Tables (*.csv)"


class FileQuestions:
    """Asks over a window for files, and has the session do what they are meant for."""

    def __init__(self, session: Session, preferences: Preferences, window: QWidget) -> None:
        self._session = session
        self._preferences = preferences
        self._window = window

    def choose_image(self) -> None:
        """Ask for a file and open it."""
        image = self._session.state.image
        known = image.path if image is not None else next(iter(self._preferences.recent), None)
        folder = str(known.parent) if known is not None else ""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open an image", folder, IMAGES)
        if name:
            self._session.open(Path(name))

    def choose_scribbles(self) -> None:
        """Ask for a file with scribbles and take them over."""
        place = str(self._place(SCRIBBLES_ENDING))
        name, _ = QFileDialog.getOpenFileName(self._window, "Load scribbles", place, SCRIBBLES)
        if name:
            self._session.load_scribbles(Path(name))

    def save_scribbles(self) -> None:
        """Ask where to write the scribbles."""
        path = self._ask_where("Save scribbles", SCRIBBLES_ENDING, SCRIBBLES)
        if path is not None:
            self._session.save_scribbles(path)

    def save_regions(self) -> None:
        """Ask where to write the regions of the chosen class."""
        ending = f"_regions_{self._session.state.look.chosen}.csv"
        path = self._ask_where("Save regions", ending, TABLES)
        if path is not None:
            self._session.save_regions(path)

    def _ask_where(self, title: str, ending: str, kinds: str) -> Path | None:
        place = self._place(ending)
        dialog = QFileDialog(self._window, title, str(place.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(place.suffix[1:])
        dialog.selectFile(place.name)
        chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
        dialog.deleteLater()
        if chosen is not None:
            self._preferences.last_folder = chosen.parent
        return chosen

    def _place(self, ending: str) -> Path:
        image = self._session.state.image
        assert image is not None
        folder = nearest_folder(products_folder(image.path, self._preferences.last_folder))
        return folder / f"{image.path.stem if image.path else 'image'}{ending}"
