"""The options that commands share, made from the settings and the products."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from segmenter.engine.parameters import Parameter, parameters
from segmenter.engine.threads import set_thread_count
from segmenter.files.names import OUT_NAME
from segmenter.files.products import PRODUCTS


@dataclass(frozen=True)
class Order:
    """What the options say that every command takes."""

    out: Path
    products: tuple[str, ...]
    save_recipe: Path | None = None
    scribbles: Path | None = None
    given: dict[str, object] = field(default_factory=dict)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all take, handed over as its argument `order`."""
    own = [
        parameter
        for name, parameter in inspect.signature(command).parameters.items()
        if name != "order"
    ]

    @wraps(command)
    def wrapper(**options: Any) -> None:  # noqa: ANN401 - whatever the options hold
        its_own = {parameter.name: options.pop(parameter.name) for parameter in own}
        set_thread_count(options.pop("threads"))
        products = listed(options.pop("products"))
        out, save_recipe = options.pop("out"), options.pop("save_recipe")
        scribbles = options.pop("scribbles")
        given = {name: value for name, value in options.items() if value is not None}
        command(**its_own, order=Order(out, products, save_recipe, scribbles, given))

    common = [*_common_options(), *(_setting_option(parameter) for parameter in parameters())]
    named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    wrapper.__signature__ = inspect.Signature([*named, *common])  # type: ignore[attr-defined]
    return wrapper


def _common_options() -> list[inspect.Parameter]:
    out = typer.Option("--out", metavar="DIR", help="Folder for the products.")
    products = typer.Option(
        "--products",
        metavar="A,B,...",
        help=f"What to write, separated by commas: {', '.join(PRODUCTS)}.",
        callback=_checked_products,
    )
    save_recipe = typer.Option(
        "--save-recipe",
        metavar="FILE.json",
        help="Save the settings as they are given here, to use them again.",
        callback=_checked_recipe,
    )
    scribbles = typer.Option(
        "--scribbles",
        metavar="FILE.png|DIR",
        help="Pixels whose class you say: a PNG of the image's size whose pixel values are class "
        "numbers, 0 unsaid; for several images a folder with a NAME_scribbles.png for each.",
    )
    threads = typer.Option("--threads", min=0, help="Threads to use; 0 is one per processor.")
    return [
        _keyword("out", Path, option=out, default=Path(OUT_NAME)),
        _keyword("products", str, option=products, default="labels,soft"),
        _keyword("save_recipe", Path | None, option=save_recipe, default=None),
        _keyword("scribbles", Path | None, option=scribbles, default=None),
        _keyword("threads", int, option=threads, default=0),
    ]


def _setting_option(parameter: Parameter) -> inspect.Parameter:
    """Make the option of one setting; None means that it was not given."""
    dashed = parameter.name.replace("_", "-")
    option = typer.Option(
        f"--{dashed}",
        help=_help_of(parameter),
        show_default=False,
        metavar=_metavar_of(parameter),
        min=parameter.low if parameter.low_is_allowed and not parameter.word else None,
        max=None if parameter.word else parameter.high,
        rich_help_panel=parameter.group.value,
    )
    # Typer checks plain numbers and words; the settings check what else there is.
    is_plain = not (parameter.many or parameter.word or parameter.options or parameter.kind is bool)
    kind = parameter.kind if is_plain else str
    return _keyword(parameter.name, kind | None, option=option, default=None)


def _metavar_of(parameter: Parameter) -> str | None:
    if parameter.many:
        return "A,B,..."
    if parameter.kind is bool:
        return "on|off"
    if parameter.options:
        return "|".join(map(str, parameter.options))
    kind = {int: "INTEGER", float: "NUMBER"}.get(parameter.kind, "")
    return f"{parameter.word}|{kind}" if parameter.word else None


def _help_of(parameter: Parameter) -> str:
    if parameter.many:
        return f"{parameter.help} Separated by commas: {', '.join(parameter.choices)}."
    default = parameter.spelled(parameter.default)
    return f"{parameter.help} Default: {f'{default} {parameter.unit}'.strip()}."


def _keyword(name: str, kind: object, *, option: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, option],
    )


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a list separated by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _checked_products(text: str) -> str:
    words = listed(text)
    unknown = [word for word in words if word not in PRODUCTS]
    if unknown or not words:
        wrong = ", ".join(unknown) or text
        raise typer.BadParameter(f"There is no '{wrong}'. Choose of: {', '.join(PRODUCTS)}.")
    return text


def _checked_recipe(path: Path | None) -> Path | None:
    # An image named by mistake would be replaced.
    if path is not None and path.suffix.lower() != ".json":
        raise typer.BadParameter(f"{path} does not end in .json. Give the recipe such a name.")
    return path
