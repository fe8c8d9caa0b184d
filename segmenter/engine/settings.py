"""Settings: every parameter that decides a result, declared once.

The window's editor, the command-line options, the recipe keys, the error messages and the table in
the README are all made from the fields below.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo


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


class Group(StrEnum):
    """Where the editor shows a parameter: in sight, or folded."""

    CLASSES = "Classes"
    FEATURES = "Features"
    FITTING = "Fitting"


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

    components: int = _parameter(
        4, "Components", "How many kinds of pixel to look for.", group=Group.CLASSES, ge=1, le=32
    )
    covariance: Covariance = _parameter(
        Covariance.FULL,
        "Covariance",
        "The shape of a component: any ellipsoid (full), the same ellipsoid for all (tied), "
        "aligned with the features (diag), or round (spherical).",
        group=Group.CLASSES,
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
        "What the last restart draws; the others always draw the same. Equal seeds, equal results.",
        group=Group.FITTING,
        ge=0,
        le=2**31 - 1,
    )

    @field_validator("features", mode="after")
    @classmethod
    def _in_declared_order(cls, kinds: tuple[FeatureKind, ...]) -> tuple[FeatureKind, ...]:
        """Drop repetitions and sort, so that equal choices are equal settings."""
        return tuple(kind for kind in FeatureKind if kind in kinds)


class Parameter(NamedTuple):
    """One field of `Settings` as editors, options and tables need it."""

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

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that may be chosen, for parameters that are a choice; else empty."""
        return tuple(self.kind) if issubclass(self.kind, StrEnum) else ()

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
        unit = f" {self.unit}" if self.unit else ""
        low = "" if self.low_is_allowed else "above "
        return f"{low}{self.low:g} to {self.high:,.12g}{unit}".replace(",", " ")


def parameters() -> tuple[Parameter, ...]:
    """Return every parameter in the order of declaration."""
    return tuple(_described(name, field) for name, field in Settings.model_fields.items())


def make_settings(values: Mapping[str, object]) -> Settings:
    """Build settings from a mapping, or raise a `SegmenterError` that names what is wrong."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        raise SegmenterError("; ".join(_complaints(error))) from error


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
    limits = {type(limit).__name__: limit for limit in field.metadata}
    annotation = field.annotation
    low = limits.get("Ge") or limits.get("Gt")
    return Parameter(
        name=name,
        label=str(field.title),
        help=str(field.description),
        unit=str(extra["unit"]),
        group=Group(str(extra["group"])),
        default=field.default,
        kind=(get_args(annotation) or (annotation,))[0],
        low=None if low is None else getattr(low, "ge", getattr(low, "gt", None)),
        high=getattr(limits.get("Le"), "le", None),
        low_is_allowed="Gt" not in limits,
    )
