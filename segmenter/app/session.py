"""The session: what is opened, saved and exported, on the window's background lanes."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segmenter.app import tasks
from segmenter.app.classes import classes_of
from segmenter.app.comparing import Comparing
from segmenter.app.correcting import Correcting
from segmenter.app.displaying import Displaying
from segmenter.app.drawings import left
from segmenter.app.explaining import Explaining
from segmenter.app.fitted import Fitted
from segmenter.app.listed import are_listed
from segmenter.app.listing import Listing
from segmenter.app.picturing import Picturing
from segmenter.app.playing import Playing
from segmenter.app.plotting import Clouding, Lassoing
from segmenter.app.runner import Runner
from segmenter.app.sides import sides_without_runs
from segmenter.app.state import State, can_export
from segmenter.files.names import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject

    from segmenter.app.scribbles import Scribbles
    from segmenter.app.tasks import Drawn, Opened
    from segmenter.files.recipes import Recipe

FOLLOWERS = (Comparing, Correcting, Displaying, Picturing, Listing, Explaining, Clouding, Lassoing)


class Session(Fitted):
    """Image, settings, classes, run and result of one window.

    Panels call its methods and listen to ``changed``, which carries the state before and after.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runners: list[Runner] = []
        self._reads = self._runner("reading", self._on_opened, self._on_open_failed)
        self._recipes = self._runner("reading", self._on_recipe_read)
        self._scribbles = self._runner("reading", self._on_scribbles_read)
        failed = self._on_write_failed
        self._saves = self._runner("exporting", self._on_scribbles_written, failed)
        self._tables = self._runner("exporting", self._on_written, failed)
        self._unwritten: deque[tuple[Runner, Generator[None, None, object]]] = deque()
        self._exports = self._runner("exporting", self._on_exported, self._on_export_failed)
        self._playing = Playing(self)
        self._followers = tuple(follower(self) for follower in FOLLOWERS)

    def _runner(
        self,
        lane: str,
        finished: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> Runner:
        runner = Runner(self.lanes.lane(lane), self)
        runner.finished.connect(finished)
        runner.failed.connect(failed or self.fail)
        self._runners.append(runner)
        return runner

    def cancel(self) -> None:
        """Give up all work."""
        super().cancel()
        self._unwritten.clear()
        for each in (*self._followers, *self._runners):
            each.cancel()

    def close(self) -> bool:
        """Give up all work and wait, two seconds at most; return whether all lanes are at rest."""
        self.cancel()
        return self.lanes.come_to_rest()

    # ---- The image ------------------------------------------------------------------------

    def open(self, path: Path, page: int = 0) -> None:
        """Read an image in the background; until it is there, the last one stays."""
        self._change(opening=printable(path.name), failure="", notice="")
        self._reads.start(tasks.read(path, page))

    def open_first(self, paths: Sequence[Path]) -> None:
        """Read the first of `paths` that can be read, in the background."""
        self._change(opening=printable(paths[0].name), failure="", notice="")
        self._reads.start(tasks.read_first(paths))

    def open_beside(self, steps: int) -> None:
        """Read the next image of the folder (or the one before, if negative), in the background."""
        image = self._state.image
        if image is not None and image.path is not None:
            self._change(opening="the image beside", failure="", notice="")
            self._reads.start(tasks.read_beside(image.path, steps))

    def _on_opened(self, opened: Opened) -> None:
        self._begin_anew()
        # What is still being read was drawn on the image before.
        self._scribbles.cancel()
        self.undo_stack.clear()
        self._become(_with_image(self._state, opened))
        if self._state.live:
            self.run()

    def _on_open_failed(self, failure: str) -> None:
        self._change(opening="", failure=failure)

    # ---- Inputs ---------------------------------------------------------------------------

    def load_recipe(self, path: Path) -> None:
        """Take settings and classes over from a recipe, read in the background."""
        self._change(failure="")
        self._recipes.start(tasks.read_recipe(path))

    def _on_recipe_read(self, recipe: Recipe) -> None:
        self.edit("Recipe", settings=recipe.settings, classes=recipe.classes)
        self._change(notice="The settings are those of the recipe.")

    def load_scribbles(self, path: Path) -> None:
        """Take the scribbles of a file in place of those there are, read in the background."""
        if self._state.image is not None:
            self._change(failure="")
            self._scribbles.start(tasks.read_scribbles(path, self._state.image))

    def _on_scribbles_read(self, scribbles: Scribbles) -> None:
        self.edit("Load scribbles", scribbles=scribbles)
        assert self._state.image is not None
        filed = self._state.drawings.with_filed(self._state.image, scribbles)
        self._change(drawings=filed)
        self._change(notice="The scribbles are those of the file.")

    # ---- Products -------------------------------------------------------------------------

    def save_scribbles(self, path: Path) -> None:
        """Write the scribbles to a file in the background."""
        if self._state.image is not None:
            self._write(self._saves, tasks.write_scribbles(path, self._state))

    def _on_scribbles_written(self, drawn: Drawn) -> None:
        filed = self._state.drawings.with_filed(drawn.image, drawn.scribbles)
        self._change(drawings=filed)
        self._on_written(drawn.path)

    def save_regions(self, path: Path) -> None:
        """Write the listed regions of the chosen class to a file in the background."""
        if are_listed(self._state):
            self._write(self._tables, tasks.write_regions(path, self._state))

    def _write(self, runner: Runner, task: Generator[None, None, object]) -> None:
        """Write a file once those that were to be written before it are there."""
        self._change(failure="")
        self._unwritten.append((runner, task))
        self._write_next()

    def _write_next(self) -> None:
        if self._unwritten and not (self._saves.is_busy or self._tables.is_busy):
            runner, task = self._unwritten.popleft()
            runner.start(task)

    def _on_written(self, path: Path) -> None:
        self._change(notice=f"Wrote {printable(path.name)} to {path.parent}")
        self._write_next()

    def _on_write_failed(self, failure: str) -> None:
        self.fail(failure)
        self._write_next()

    def export(self, folder: Path, products: Sequence[str], *, stem: str | None = None) -> None:
        """Write products into `folder` in the background; `stem` begins their names.

        Without it they begin with the image's own name.
        """
        if can_export(self._state):
            self._change(exporting=True, failure="", notice=f"Writing to {folder} …")
            self._exports.start(tasks.export(self._state, folder, products, stem=stem))

    def _on_exported(self, paths: list[Path]) -> None:
        files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
        self._change(exporting=False, notice=f"Wrote {files} to {paths[0].parent}")

    def _on_export_failed(self, failure: str) -> None:
        self._change(exporting=False, failure=failure, notice="")


def _with_image(state: State, opened: Opened) -> State:
    """Return the state in which an image begins: what was of the one before it is gone.

    What was drawn on it earlier in the session is there again.
    """
    drawings = left(state)
    inputs = replace(state.inputs, scribbles=drawings.of(opened.image), start=None, named_on=None)
    known = classes_of(State(inputs=inputs))
    classes = tuple(replace(style, visible=True) for style in known)
    plots = replace(state.look.plots, lasso=None)
    sides = sides_without_runs(state.look.sides)
    return State(
        image=opened.image,
        shown=opened.shown,
        inputs=replace(inputs, classes=classes),
        drawings=drawings,
        look=replace(state.look, chosen=1, pinned=None, sides=sides, plots=plots, display=None),
        hand=state.hand,
        live=state.live,
        pause=state.pause,
        exporting=state.exporting,
        undo_text=state.undo_text,
        redo_text=state.redo_text,
        failure=state.failure,
        notice=" ".join(opened.image.notes),
    )
