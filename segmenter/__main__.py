"""The `segmenter` command: the window, or the command line when a command is named."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from segmenter import doctor

# Known here so that the window opens without the command line's libraries.
COMMANDS = ("run", "batch", "doctor")
NOTHING_TO_DO = (
    "Give images to segment without a window: segmenter run IMAGE... --out DIR "
    "(segmenter --help says more)."
)


def main() -> int:
    """Start what the arguments ask for and return the exit code."""
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else ""
    if first in COMMANDS or (first.startswith("-") and first != "--"):
        from segmenter import cli

        return cli.main(arguments)
    if options := _options_among(arguments):
        from segmenter import cli, terminal

        terminal.complain(f"{options[0]} needs a command. Use: segmenter run IMAGE... {options[0]}")
        return cli.WRONG_USAGE
    return _window_or_run(arguments)


def window() -> int:
    """Start the window with the named images and return the exit code."""
    return _window_or_run(sys.argv[1:])


def _options_among(arguments: list[str]) -> list[str]:
    """Return the options before '--': images alone open the window."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return [argument for argument in before if argument.startswith("-")]


def _window_or_run(arguments: list[str]) -> int:
    names = [*arguments]
    if "--" in names:
        names.remove("--")
    problem = doctor.why_no_window()
    if not problem:
        try:
            application = import_module("segmenter.ui.application")
        except ImportError as error:
            problem = _explained(error)
        else:
            return int(application.start([Path(name) for name in names]))
    return _run_instead(names, problem)


def _explained(error: ImportError) -> str:
    """Return why Qt cannot be loaded; what is not about a library is a fault of ours."""
    library = str(error).partition(":")[0]
    if ".so" in library:
        return doctor.complaint([library])
    if (error.name or "").partition(".")[0] == "PySide6":
        return "PySide6 is not installed. Run: pip install PySide6-Essentials"
    raise error


def _run_instead(names: list[str], problem: str) -> int:
    """Do without a window what it would be opened for, and say so."""
    from segmenter import cli, terminal

    terminal.forgive_encodings()
    terminal.complain(problem)
    if not names:
        terminal.complain(NOTHING_TO_DO)
        return cli.NOTHING_STARTED
    terminal.complain("Without a window, this does the same as: segmenter run")
    return cli.main(["run", "--", *names])


if __name__ == "__main__":
    sys.exit(main())
