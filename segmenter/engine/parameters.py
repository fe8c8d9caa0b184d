"""The fields of `Settings` as editors, options, messages and tables need them, and their words."""

from __future__ import annotations

from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from segmenter.engine.settings import BY_ENTROPY, LARGEST, NOT_JOINED, Group, Settings
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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


def changed_words(settings: Settings) -> str:
    """Return every setting that is not at its default, with its value, as in 'Seed: 3; Cut: on'."""
    values = ((each, getattr(settings, each.name)) for each in parameters())
    return "; ".join(
        f"{each.label}: {each.spelled(value)} {each.unit}".rstrip()
        for each, value in values
        if value != each.default
    )


def deciding_samples(settings: Settings) -> dict[str, object]:
    """Return what decides the samples that EM sees of an image."""
    groups = {Group.FEATURES, Group.DATA}
    return settings.model_dump(include={each.name for each in parameters() if each.group in groups})


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
