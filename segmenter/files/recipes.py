"""Recipes: settings, and optionally a fitted mixture, in a JSON file that people can read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segmenter import __version__
from segmenter.engine.parameters import make_settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Mixture, Noise, SegmenterError
from segmenter.files.atomic import replacing
from segmenter.files.cells import colour_text
from segmenter.files.names import printable
from segmenter.files.refused import RefusedError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

VERSION = 1
LARGEST_FILE = 2**26  # bytes; 255 classes of 100 features need less
_WEIGHT_TOLERANCE = 1e-6

Number = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What is needed to do the same again.

    Parameters
    ----------
    mixture
        The fitted parameters to label by; None to fit each image anew.
    classes
        Names and colours; may be empty.
    log_likelihoods
        Nats per pixel after each iteration of the fit.
    version
        The version of the file's layout.
    program
        The version of Segmenter that wrote the file.
    """

    settings: Settings
    mixture: Mixture | None = None
    classes: tuple[ClassStyle, ...] = ()
    log_likelihoods: tuple[float, ...] = ()
    version: int = VERSION
    program: str = __version__


class _StoredNoise(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    share: Number = Field(ge=0, le=1)
    density: Number = Field(gt=0)


class _StoredMixture(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    weights: list[Number]
    means: list[list[Number]]
    covariances: list[list[list[Number]]]
    features: list[str] = []
    classes: list[int] | None = None
    noise: _StoredNoise | None = None


class _StoredClass(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    colour: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    visible: bool = True
    noise: bool = False


class _StoredRecipe(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: int = Field(ge=1)
    program: str = ""
    settings: dict[str, Any]
    classes: list[_StoredClass] = []
    mixture: _StoredMixture | None = None
    log_likelihoods: list[Number] = []


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; whatever is wrong with the file raises one `SegmenterError`."""
    try:
        return _recipe(_parsed(path))
    except RefusedError as error:
        reason, advice = error.reason, error.advice
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "Check the name and the folder"
    except ValidationError as error:
        reason, advice = _complaint(error), "Correct it, or save the recipe again"
    # SegmenterError comes from the settings, ValueError from JSON and from the checks below.
    except (SegmenterError, ValueError, RecursionError) as error:
        reason, advice = _reason(error), "Correct it, or save the recipe again"
    raise SegmenterError(f"Cannot read recipe {printable(path.name)}: {reason}. {advice}.")


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Write a recipe; the old file stays if that fails."""
    with replacing(path) as file:
        file.write(recipe_text(recipe).encode())


def recipe_text(recipe: Recipe) -> str:
    """Return the JSON text of a recipe; reading it gives back the same numbers, bit for bit."""
    stored = _StoredRecipe(
        version=recipe.version,
        program=recipe.program,
        settings=recipe.settings.model_dump(mode="json"),
        classes=[_stored_class(style) for style in recipe.classes],
        mixture=None if recipe.mixture is None else _stored_mixture(recipe.mixture),
        log_likelihoods=list(recipe.log_likelihoods),
    )
    text = json.dumps(stored.model_dump(), indent=2, allow_nan=False)
    # Rows of numbers on one line each: a person can read the matrices. A line break directly
    # after a bracket cannot be inside a string.
    return re.sub(r"\[\n[\s\d.,eE+-]*\]", _on_one_line, text) + "\n"


def _on_one_line(row: re.Match[str]) -> str:
    return "[" + " ".join(row[0][1:-1].split()) + "]"


def _parsed(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ValueError("there is no such file" if not path.exists() else "it is not a file")
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("it is far too large for a recipe")
    content = json.loads(
        path.read_bytes().decode("utf-8-sig"),
        parse_constant=_refuse_constant,
        object_pairs_hook=_without_repetition,
    )
    if not isinstance(content, dict):
        raise ValueError("it holds no recipe")  # noqa: TRY004 - the file is wrong, not the caller
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise RefusedError("it was made by a newer version", "Install that version of Segmenter")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"it has {name} in place of a number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("it says the same key twice")
    return mapping


def _recipe(content: dict[str, Any]) -> Recipe:
    stored = _StoredRecipe.model_validate(content)
    return Recipe(
        settings=make_settings(stored.settings),
        mixture=None if stored.mixture is None else _mixture(stored.mixture),
        classes=tuple(_class_style(style) for style in stored.classes),
        log_likelihoods=tuple(stored.log_likelihoods),
        version=stored.version,
        program=stored.program,
    )


def _mixture(stored: _StoredMixture) -> Mixture:
    count = len(stored.weights)
    dimensions = len(stored.means[0]) if stored.means else 0
    if not count or not dimensions:
        raise ValueError("its mixture is empty")
    if stored.features and len(stored.features) != dimensions:
        raise ValueError("its mixture has not as many features as its means have numbers")
    weights = _array(stored.weights, (count,), "weights")
    covariances = _array(stored.covariances, (count, dimensions, dimensions), "covariances")
    if weights.min() < 0 or abs(weights.sum() - 1) > _WEIGHT_TOLERANCE:
        raise ValueError("the weights of its mixture do not sum to 1")
    _check_covariances(covariances)
    means = _array(stored.means, (count, dimensions), "means")
    noise = None if stored.noise is None else Noise(stored.noise.share, stored.noise.density)
    classes = np.arange(count) if stored.classes is None else _classes(stored.classes, count)
    return Mixture(weights, means, covariances, tuple(stored.features), classes, noise)


def _classes(stored: list[int], count: int) -> NDArray[np.intp]:
    """Return the class of each component, from 0; recipes count them from 1."""
    if len(stored) != count or set(stored) != set(range(1, max(stored, default=0) + 1)):
        raise ValueError("the classes of its components are not numbered from 1 without gaps")
    return np.array(stored, np.intp) - 1


def _array(values: object, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    try:
        array = np.array(values, np.float64)
    except ValueError:
        array = np.empty(0)
    if array.shape != shape:
        raise ValueError(f"the {name} of its mixture have not the shape {shape}")
    return array


def _check_covariances(covariances: NDArray[np.float64]) -> None:
    turned = covariances.transpose(0, 2, 1)
    if not np.allclose(covariances, turned, rtol=1e-9, atol=0):
        raise ValueError("a covariance of its mixture is not symmetric")
    try:
        np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError as error:
        raise ValueError("a covariance of its mixture is not positive definite") from error


def _stored_mixture(mixture: Mixture) -> _StoredMixture:
    is_one_each = np.array_equal(mixture.classes, np.arange(len(mixture)))
    return _StoredMixture(
        weights=mixture.weights.tolist(),
        means=mixture.means.tolist(),
        covariances=mixture.covariances.tolist(),
        features=list(mixture.features),
        classes=None if is_one_each else (mixture.classes + 1).tolist(),
        noise=mixture.noise
        and _StoredNoise(share=mixture.noise.share, density=mixture.noise.density),
    )


def _stored_class(style: ClassStyle) -> _StoredClass:
    return _StoredClass(
        name=style.name,
        colour=colour_text(style.colour),
        visible=style.visible,
        noise=style.is_noise,
    )


def _class_style(stored: _StoredClass) -> ClassStyle:
    red, green, blue = bytes.fromhex(stored.colour[1:])
    return ClassStyle(stored.name, (red, green, blue), stored.visible, is_noise=stored.noise)


def _complaint(error: ValidationError) -> str:
    """Say what the first complaint is, and where."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    message = first["msg"]
    return f"'{printable(place)[:80]}': {message[:1].lower()}{message[1:]}"


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON, from line {error.lineno}, column {error.colno}"
    return printable(str(error))[:300].rstrip(".")
