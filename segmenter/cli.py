"""The command line: run, batch and doctor. It shows and asks; the batch layer does the work."""

import os
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from segmenter import __version__, doctor, terminal
from segmenter.batch.plan import Existing, Plan, Work, make_plan
from segmenter.batch.run import BatchProgress, BatchReport
from segmenter.batch.run import run as run_plan
from segmenter.batch.summary import JobState
from segmenter.engine.parameters import make_settings, parameters
from segmenter.engine.settings import Settings
from segmenter.engine.types import SegmenterError
from segmenter.files.recipes import Recipe, read_recipe, write_recipe
from segmenter.options import Order, with_options

ALL_DONE, SOME_FAILED, WRONG_USAGE, NOTHING_STARTED = 0, 1, 2, 3
INTERRUPTED, TERMINATED = 130, 143

app = typer.Typer(
    name="segmenter",
    help="Find the kinds of pixel in an image and save them as masks.\n\n"
    "segmenter [IMAGE]... opens the window; without a display it does the same as run.\n\n"
    "segmenter run|batch|doctor ... works in the terminal.",
    subcommand_metavar="[IMAGE]... | COMMAND [ARGS]...",
    options_metavar="",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _Terminated(KeyboardInterrupt):
    """The process was asked to end."""


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code; usage errors end with 2."""
    terminal.forgive_encodings()
    try:
        with _ending_on_request():
            code = app(args=list(arguments), prog_name="segmenter", standalone_mode=False)
    except TyperException as error:
        terminal.complain(_usage(error, arguments))
        return WRONG_USAGE
    except SegmenterError as error:
        terminal.complain(str(error))
        return NOTHING_STARTED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else ALL_DONE


def _usage(error: TyperException, arguments: Sequence[str]) -> str:
    """Return in one line what is wrong with the arguments, and where to read more."""
    # What pydantic says of a word begins with what kind of error it is.
    message = " ".join(error.format_message().replace("Value error, ", "").split())
    ending = "" if message.endswith((".", "?")) else "."
    named = [word for word in arguments[:1] if word in command_names()]
    return f"{message}{ending} See: {' '.join(['segmenter', *named, '--help'])}"


@contextmanager
def _ending_on_request() -> Generator[None, None, None]:
    """Let a request to end arrive as Ctrl+C does, so that nothing is left half written."""

    def end(*_: object) -> NoReturn:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def command_names() -> tuple[str, ...]:
    """Return the words that, as the first argument, name a command."""
    return tuple(str(command.name) for command in app.registered_commands)


# ---- Commands ---------------------------------------------------------------------------------


@app.command("run", options_metavar="[OPTIONS]")
@with_options
def run(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE", help="Image files.")],
    order: Order,
    *,
    recipe: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings, and a mixture, to start from (JSON)."),
    ] = None,
    page: Annotated[int, typer.Option(min=0, help="Page of files that hold several.")] = 0,
) -> None:
    """Segment single images and write their products."""
    for path in images:
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a folder. Use: segmenter batch {path}")
    work = _work(order, recipe, page=page, existing=Existing.OVERWRITE)
    raise typer.Exit(_do(make_plan(images, order.out, work)))


@app.command("batch", options_metavar="[OPTIONS]")
@with_options
def batch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with images.")],
    order: Order,
    *,
    fit: Annotated[
        str,
        typer.Option(
            metavar="each|RECIPE.json",
            help="Fit each image by itself, or label all with the recipe's mixture.",
        ),
    ] = "each",
    pattern: Annotated[str, typer.Option(help="Only file names like this, as *.png.")] = "*",
    recursive: Annotated[bool, typer.Option("--recursive", help="Sub-folders, too.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do images again whose products are up to date.")
    ] = False,
) -> None:
    """Segment all images of a folder; go on where an earlier run stopped."""
    recipe = None if fit == "each" else Path(fit)
    existing = Existing.OVERWRITE if force else Existing.SKIP
    work = _work(order, recipe, page=0, existing=existing)
    plan = make_plan(folder, order.out, work, pattern=pattern, recursive=recursive)
    raise typer.Exit(_do(plan))


@app.command("doctor", options_metavar="")
def examine() -> None:
    """Say versions, the cache folder, the Qt platform and missing system libraries."""
    for what, value in doctor.report():
        terminal.answer(f"{what + ':':20}{value}")
    if problem := doctor.missing_line():
        terminal.answer(problem)


def _show_version(wanted: bool) -> None:
    if wanted:
        terminal.answer(f"segmenter {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Hold the options that come before a command."""


# ---- Doing it ---------------------------------------------------------------------------------


def _work(order: Order, recipe: Path | None, *, page: int, existing: Existing) -> Work:
    found = Recipe(Settings()) if recipe is None else read_recipe(recipe)
    settings, mixture = _overridden(found.settings, order.given), found.mixture
    if mixture is not None and settings != found.settings:
        terminal.complain("Options change the recipe's settings: every image is fitted by itself.")
        mixture = None
    if order.save_recipe is not None:
        write_recipe(order.save_recipe, Recipe(settings, classes=found.classes))
    return Work(settings, mixture, order.products, found.classes, page, order.scribbles, existing)


def _overridden(settings: Settings, given: dict[str, object]) -> Settings:
    declared = {parameter.name: parameter for parameter in parameters()}
    given = {
        name: declared[name].read(value) if isinstance(value, str) else value
        for name, value in given.items()
    }
    try:
        return make_settings({**settings.model_dump(), **given})
    except SegmenterError as error:
        raise typer.BadParameter(str(error)) from error


def _do(plan: Plan) -> int:
    """Do a plan before the user's eyes and return the exit code."""
    try:
        with terminal.Display() as display:
            report = _driven(run_plan(plan), display.show)
    except KeyboardInterrupt as interrupt:
        terminal.complain(f"Interrupted. Finished images are in {plan.folder_out}{os.sep}.")
        return TERMINATED if isinstance(interrupt, _Terminated) else INTERRUPTED
    terminal.answer(terminal.last_line(report))
    if report.problem:
        terminal.complain(report.problem)
    return SOME_FAILED if report.problem or report.count(JobState.FAILED) else ALL_DONE


def _driven(
    running: Generator[BatchProgress, None, BatchReport], show: Callable[[BatchProgress], None]
) -> BatchReport:
    with closing(running):
        while True:
            try:
                progress = next(running)
            except StopIteration as end:
                report: BatchReport = end.value
                return report
            show(progress)
