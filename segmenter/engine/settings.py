"""Settings: every parameter that decides a result, declared once.

The window's editor, the command-line options, the recipe keys, the error messages and the table in
the README are all made from the fields below, by way of ``parameters``.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


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
    CLEANUP = "Clean-up"


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
    smallest_region: int = _parameter(
        0,
        "Smallest region",
        "Connected regions of fewer pixels take the class that surrounds them most. Soft masks "
        "stay as they are.",
        group=Group.CLEANUP,
        unit="px",
        ge=0,
        le=1_000_000,
    )
    fill_holes: int = _parameter(
        0,
        "Fill holes",
        "Holes in a class of up to so many pixels are filled, whatever is in them. Soft masks "
        "stay as they are.",
        group=Group.CLEANUP,
        unit="px",
        ge=0,
        le=1_000_000,
    )
    smooth_borders: int = _parameter(
        0,
        "Smooth borders",
        "Every pixel takes the class of most pixels in a disc of this radius. Soft masks stay as "
        "they are.",
        group=Group.CLEANUP,
        unit="px",
        ge=0,
        le=20,
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

    def before_cleanup(self) -> Settings:
        """Return what decides the label map before it is cleaned up; the rest at its default."""
        defaults = type(self).model_fields
        return self.model_copy(update={name: defaults[name].default for name in _CLEANUP})


_CLEANUP = ("smallest_region", "fill_holes", "smooth_borders")
_AFTER_THE_MIXTURE = (
    "join", "classes", "spatial", "spatial_strength", "neighbours", "contrast",
    "cut", *_CLEANUP,
)  # fmt: skip
