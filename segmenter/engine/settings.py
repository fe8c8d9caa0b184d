"""Settings: every parameter that decides a result, declared once.

The window's editor, the command-line options, the recipe keys, the error messages and the table in
the README are all made from the fields below.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Covariance(StrEnum):
    """The shape that the components may take."""

    FULL = "full"
    TIED = "tied"
    DIAG = "diag"
    SPHERICAL = "spherical"


class FeatureKind(StrEnum):
    """A group of features that can be switched on."""

    GREY = "grey"
    RGB = "rgb"
    LAB = "lab"
    HSV = "hsv"
    CHANNELS = "channels"
    TEXTURE = "texture"
    POSITION = "position"


class Spatial(StrEnum):
    """How the class of a pixel depends on the classes beside it."""

    NONE = "none"
    FIELD = "field"
    CHAIN = "chain"


class Start(StrEnum):
    """Where EM begins."""

    SEARCHED = "searched"
    RANDOM = "random"


class Criterion(StrEnum):
    """What decides how many components there are."""

    BIC = "bic"
    ICL = "icl"


class Group(StrEnum):
    """Where the editor shows a parameter: in sight, or folded."""

    CLASSES = "Classes"
    SPACE = "Space"
    FEATURES = "Features"
    DATA = "Data"
    FITTING = "Fitting"


Auto = Literal["auto"]
AUTO: Auto = "auto"
NOT_JOINED, BY_ENTROPY = "none", "entropy"
UpTo32 = Annotated[int, Field(ge=1, le=32)]
UpTo50 = Annotated[float, Field(ge=0, le=50)]
LARGEST = sys.float_info.max
Finite = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
_BY_HAND = re.compile(r"\d+(\+\d+)+( \d+(\+\d+)+)*")


def _parameter(
    default: object,
    label: str,
    text: str,
    *,
    group: Group,
    unit: str = "",
    **limits: Any,  # noqa: ANN401 - handed on to pydantic
) -> Any:  # noqa: ANN401 - as pydantic's Field is declared
    """Declare one parameter: default, label, help, group, unit and limits (ge, gt, le)."""
    extra: dict[str, Any] = {"group": group.value, "unit": unit}
    return Field(default, title=label, description=text, json_schema_extra=extra, **limits)


class Settings(BaseModel):
    """Everything that decides a result, frozen and saved with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    components: UpTo32 | Auto = _parameter(
        4,
        "Components",
        "How many kinds of pixel to look for; auto lets the data decide.",
        group=Group.CLASSES,
    )
    criterion: Criterion = _parameter(
        Criterion.BIC,
        "Criterion",
        "What decides on the number of components where that is auto: bic finds every kind that "
        "the data tell apart, icl only those that hardly overlap.",
        group=Group.CLASSES,
    )
    most_components: int = _parameter(
        12,
        "Most components",
        "How many components there may be where their number is auto.",
        group=Group.CLASSES,
        ge=1,
        le=32,
    )
    join: str = _parameter(
        NOT_JOINED,
        "Join",
        "Which components make one class: none, those that overlap (entropy), or numbers as in "
        "2+3 5+6. A skewed kind of pixel needs several components.",
        group=Group.CLASSES,
    )
    classes: UpTo32 | Auto = _parameter(
        AUTO,
        "Classes",
        "How many classes the components make up where they are joined by entropy or scribbled; "
        "auto is where joining more would mix what is apart, or one for each component.",
        group=Group.CLASSES,
    )
    noise_class: bool = _parameter(
        False,
        "Noise class",
        "Whether a class of its own, equally likely everywhere, takes the pixels that suit none.",
        group=Group.CLASSES,
    )
    covariance: Covariance = _parameter(
        Covariance.FULL,
        "Covariance",
        "The shape of a component: any ellipsoid (full), the same ellipsoid for all (tied), "
        "aligned with the features (diag), or round (spherical).",
        group=Group.CLASSES,
    )
    spatial: Spatial = _parameter(
        Spatial.NONE,
        "Spatial",
        "Whether pixels side by side tend to be of one class: as a random field, which is "
        "strongest, or as a chain along a curve through the image.",
        group=Group.SPACE,
    )
    spatial_strength: UpTo50 | Auto = _parameter(
        AUTO,
        "Spatial strength",
        "How strongly the pixels of a field hold together; auto estimates it.",
        group=Group.SPACE,
    )
    neighbours: Literal[4, 8] = _parameter(
        4,
        "Neighbours",
        "How many neighbours a pixel of a field has: 4 beside it, or 8 with the diagonal ones.",
        group=Group.SPACE,
    )
    contrast: bool = _parameter(
        False,
        "Contrast",
        "Whether the pixels of a field hold together less across an edge in the image.",
        group=Group.SPACE,
    )
    cut: bool = _parameter(
        False,
        "Cut",
        "Whether the label map of a field is the likeliest as a whole, by a maximum flow: whole "
        "regions may turn over. Good with scribbles, contrast and a strength of 10 to 30.",
        group=Group.SPACE,
    )
    features: tuple[FeatureKind, ...] = _parameter(
        (),
        "Features",
        "What the mixture sees of every pixel. None chosen means automatic: lab for colour "
        "images, channels otherwise.",
        group=Group.FEATURES,
    )
    smoothing: float = _parameter(
        0.0,
        "Smoothing",
        "Gaussian blur before the features are taken: calms noise, softens edges.",
        group=Group.FEATURES,
        unit="px",
        ge=0,
        le=20,
    )
    position_weight: float = _parameter(
        0.5,
        "Position weight",
        "How much the place of a pixel counts beside its other features: 0 not at all, 1 fully.",
        group=Group.FEATURES,
        ge=0,
        le=10,
    )
    texture_scale: float = _parameter(
        2.0,
        "Texture scale",
        "Size of the neighbourhood in which texture is measured.",
        group=Group.FEATURES,
        unit="px",
        gt=0,
        le=50,
    )
    shading: bool = _parameter(
        False,
        "Shading",
        "Whether uneven light, smooth over the image, is estimated and taken out.",
        group=Group.DATA,
    )
    no_data: Finite | None = _parameter(
        None,
        "No-data value",
        "A pixel value that stands for a missing measurement; none if there is no such value.",
        group=Group.DATA,
    )
    saturated: bool = _parameter(
        False,
        "Saturated is missing",
        "Whether the smallest and the largest value of an integer image count as missing.",
        group=Group.DATA,
    )
    start: Start = _parameter(
        Start.SEARCHED,
        "Start",
        "Where EM begins: at the best of many short runs (searched), or at pixels drawn by chance "
        "(random), which shows all of its way and may end worse. With auto it is searched.",
        group=Group.FITTING,
    )
    restarts: int = _parameter(
        4,
        "Restarts",
        "How hard to look for a start: each restart adds tries, and the most likely one goes on.",
        group=Group.FITTING,
        ge=1,
        le=100,
    )
    max_iterations: int = _parameter(
        200,
        "Most iterations",
        "EM stops here even if it has not converged.",
        group=Group.FITTING,
        ge=1,
        le=100_000,
    )
    tolerance: float = _parameter(
        1e-5,
        "Tolerance",
        "EM has converged when no more than this is left to gain.",
        group=Group.FITTING,
        unit="nats per pixel",
        gt=0,
        le=1,
    )
    seed: int = _parameter(
        0,
        "Seed",
        "What the last restart draws, and a random start; the other restarts always draw the same. "
        "Equal seeds, equal results.",
        group=Group.FITTING,
        ge=0,
        le=2**31 - 1,
    )

    @field_validator("features", mode="after")
    @classmethod
    def _in_declared_order(cls, kinds: tuple[FeatureKind, ...]) -> tuple[FeatureKind, ...]:
        """Drop repetitions and sort, so that equal choices are equal settings."""
        return tuple(kind for kind in FeatureKind if kind in kinds)

    @field_validator("join", mode="after")
    @classmethod
    def _tidy(cls, text: str) -> str:
        """Accept the two words and groups of numbers, with one space between."""
        text = " ".join(re.sub(r"\s*\+\s*", "+", text.replace(",", " ")).split())
        if text not in {NOT_JOINED, BY_ENTROPY} and not _BY_HAND.fullmatch(text):
            raise ValueError("neither a word nor groups of numbers")
        return text

    @property
    def at_most(self) -> int:
        """The most components that there can be."""
        return self.most_components if self.components == AUTO else int(self.components)

    @property
    def joined_by_hand(self) -> tuple[tuple[int, ...], ...]:
        """Groups of component numbers, from 1, that the user made one class each."""
        if self.join in {NOT_JOINED, BY_ENTROPY}:
            return ()
        return tuple(tuple(map(int, group.split("+"))) for group in self.join.split())

    def of_mixture(self) -> Settings:
        """Return what decides the plain mixture; the rest, at its default, comes after it."""
        defaults = type(self).model_fields
        later = {name: defaults[name].default for name in _AFTER_THE_MIXTURE}
        return self.model_copy(update=later)


_AFTER_THE_MIXTURE = (
    "join", "classes", "spatial", "spatial_strength", "neighbours", "contrast",
    "cut",
)  # fmt: skip


class Parameter(NamedTuple):
    """One field of `Settings` as editors, options and tables need it.

    ``word`` may be given in place of a number; it is empty where there is none, and stands for
    the value ``meaning``.
    """

    name: str
    label: str
    help: str
    unit: str
    group: Group
    default: Any
    kind: type
    low: float | None
    high: float | None
    low_is_allowed: bool
    options: tuple[int, ...] = ()
    word: str = ""
    meaning: Any = None

    @property
    def choices(self) -> tuple[Any, ...]:
        """What may be chosen, for parameters that are a choice; else empty."""
        return tuple(self.kind) if issubclass(self.kind, StrEnum) else self.options

    @property
    def many(self) -> bool:
        """Whether several choices may be made at once."""
        return isinstance(self.default, tuple)

    @property
    def values(self) -> str:
        """The permitted values in words, as the README's table says them."""
        if self.choices:
            words = ", ".join(f"`{choice}`" for choice in self.choices)
            return f"any of {words}" if self.many else words
        if self.kind is bool:
            return "`on`, `off`"
        if self.kind is str:
            return f"`{NOT_JOINED}`, `{BY_ENTROPY}`, or numbers such as `2+3 5+6`"
        unit = f" {self.unit}" if self.unit else ""
        low = "" if self.low_is_allowed else "above "
        numbers = f"{low}{self.low:g} to {self.high:,.12g}{unit}".replace(",", " ")
        if self.high == LARGEST:
            numbers = "any number"
        return f"`{self.word}`, or {numbers}" if self.word else numbers

    def spelled(self, value: Any) -> str:  # noqa: ANN401 - any value of any parameter
        """Return a value as tables, options and messages write it."""
        if self.word and value == self.meaning:
            return self.word
        if isinstance(value, bool):
            return "on" if value else "off"
        if self.many:
            return ", ".join(value)
        return str(value) if isinstance(value, str) else f"{value:g}"

    def read(self, text: str) -> Any:  # noqa: ANN401 - any value of any parameter
        """Return what a word of the command line says; what cannot be read comes back as it is."""
        if self.many:
            return tuple(word.strip() for word in text.split(",") if word.strip())
        if self.word and text.strip().lower() == self.word:
            return self.meaning
        if self.kind is bool:
            return {"on": True, "off": False}.get(text.strip().lower(), text)
        if self.options and text.strip().isdigit():
            return int(text)
        return text


def parameters() -> tuple[Parameter, ...]:
    """Return every parameter in the order of declaration."""
    return tuple(_described(name, field) for name, field in Settings.model_fields.items())


def make_settings(values: Mapping[str, object]) -> Settings:
    """Build settings from a mapping, or raise a `SegmenterError` that names what is wrong."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        # A number or a word is complained about once for each.
        raise SegmenterError("; ".join(dict.fromkeys(_complaints(error)))) from error


def _complaints(error: ValidationError) -> Iterator[str]:
    described = {parameter.name: parameter for parameter in parameters()}
    for complaint in error.errors():
        name = str(complaint["loc"][0]) if complaint["loc"] else "settings"
        if name not in described:
            known = ", ".join(described)
            yield f"There is no setting '{name}'. Settings are: {known}."
        else:
            given = complaint["input"]
            allowed = described[name].values.replace("`", "")
            yield f"Setting '{name}' cannot be {given!r}. Give {allowed}."


def _described(name: str, field: FieldInfo) -> Parameter:
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    kind, options, word, meaning = _sort_of(field.annotation)
    limits = {type(limit).__name__: limit for limit in (*field.metadata, *_limits_in(kind))}
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    low = limits.get("Ge") or limits.get("Gt")
    return Parameter(
        name=name,
        label=str(field.title),
        help=str(field.description),
        unit=str(extra["unit"]),
        group=Group(str(extra["group"])),
        default=field.default,
        kind=kind,
        low=None if low is None else getattr(low, "ge", getattr(low, "gt", None)),
        high=getattr(limits.get("Le"), "le", None),
        low_is_allowed="Gt" not in limits,
        options=options,
        word=word,
        meaning=meaning,
    )


def _sort_of(annotation: Any) -> tuple[type, tuple[int, ...], str, Any]:  # noqa: ANN401 - a type
    """Return the plain type, the numbers to choose from, and the word beside numbers."""
    inner = get_args(annotation)
    if not inner:
        return annotation, (), "", None
    if get_origin(annotation) is Literal:
        return int, inner, "", None
    if NoneType in inner:
        return inner[0], (), "none", None
    if get_origin(inner[1]) is Literal:
        (word,) = get_args(inner[1])
        return inner[0], (), word, word
    return inner[0], (), "", None


def _limits_in(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type
    if get_origin(kind) is not Annotated:
        return ()
    declared = get_args(kind)[1]
    assert isinstance(declared, FieldInfo)
    return tuple(declared.metadata)
