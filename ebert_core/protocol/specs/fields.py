"""What a field of a spec says of itself: its rule, its unit and what it means.

A spec writes it once, in the annotation of the field. The check, the flags of a command, the rows of a form,
`ebert spec` and docs/specs.md read it here.
"""

import math
import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from ebert_core.protocol.terms.errors import InvalidRequest

# What a text, or each text of a list, stands for. A path may be relative; a checkpoint may also be one of the
# program's own, by its name; a region is a place, or a file of places; a colour is `#rrggbb`.
Holds = Literal["text", "name", "path", "checkpoint", "region", "colour"]
# The parts of a form, in their order.
Group = Literal["What it can find", "How it learns", "How it runs"]

_LARGEST = 2**63 - 1  # as TOML says
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_WORDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    list: "a list",
    tuple: "a list",
    dict: "a table",
}


class Says(NamedTuple):
    """What a field says beyond what msgspec's Meta holds; `field` explains each of them."""

    holds: Holds = "text"
    empty: str = ""
    hint: str = ""
    unit: str = ""
    step: float = 0.0
    usual: tuple[float, float] | None = None
    group: str | None = None
    tick: str = ""
    words: Mapping[Any, str] = {}  # Any: keys are values of the field, which are texts or numbers
    only_with: str = ""
    only_without: str = ""
    example: object = None
    metavar: str = ""


def field(
    meaning: str,
    *,
    title: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    multiple_of: int | None = None,
    **says: Any,  # Any: the fields of Says, which checks them
) -> msgspec.Meta:
    """The annotation of a field of a spec.

    Args:
        meaning: what the value means, as a part of a sentence in Markdown; documents, `ebert spec` and help show it.
        title: the label of its row in a form, with `&` before the letter of its shortcut.
        ge: the least value.
        gt: what the value must be above.
        le: the largest value.
        lt: what the value must be below.
        multiple_of: what divides the value.
        says: what else it says of itself:
            `holds`, what a text stands for; `empty`, what 0 or nothing means, in a word or two; `metavar`, what stands
            for the value in help; `example`, what documents show in place of the default;
            in a form: `group`, the part that it is in, for fields that the form makes by itself; `hint`, a line beside
            it; `unit`, `step` and `usual` range of a number, which still shows others that its rule allows; `tick`, the
            words beside a box; `words`, what to call each value; `only_with` and `only_without`, another field with or
            without which it has an effect, or `field=value` where that field must have one value.
    """
    bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt, "multiple_of": multiple_of}
    # Any: msgspec allows some of them together, which its stub spells out.
    rule: dict[str, Any] = {name: value for name, value in bounds.items() if value is not None}
    return msgspec.Meta(**rule, title=title or None, description=meaning, extra={"says": Says(**says)})


class Field(NamedTuple):
    """A field of a spec; `default` is NODEFAULT where it is needed."""

    name: str
    # Any: types are values here; the first is the one that msgspec checks a value against.
    ruled_type: Any
    type: Any
    default: Any
    rule: msgspec.Meta

    @property
    def says(self) -> Says:
        """What it says beyond its rule."""
        says = (self.rule.extra or {}).get("says", Says())
        assert isinstance(says, Says)
        return says

    @property
    def is_needed(self) -> bool:
        """Whether a spec must have it."""
        return self.default is msgspec.NODEFAULT

    @property
    def title(self) -> str:
        """Its label in a form, with `&` before a letter."""
        return self.rule.title or self.name.replace("_", " ").capitalize()

    @property
    def meaning(self) -> str:
        """What it means, in Markdown."""
        return self.rule.description or ""

    @property
    def plain_meaning(self) -> str:
        """What it means, without the marks of Markdown."""
        return _LINK.sub(r"\1", self.meaning).replace("`", "")

    @property
    def is_either(self) -> bool:
        """Whether it holds one value or several."""
        return len(_alternatives(self.type)) > 1

    @property
    def is_list(self) -> bool:
        """Whether it may hold several values."""
        return any((get_origin(each) or each) is tuple for each in _alternatives(self.type))

    @property
    def is_text(self) -> bool:
        """Whether it holds texts: what is written on a command line is then meant as it stands."""
        return self.is_list or self.type is str or get_origin(self.type) is Literal

    @property
    def choices(self) -> tuple[Any, ...]:
        """The only values that it may have; nothing where there are others."""
        if get_origin(self.type) is Literal:
            return tuple(value for value in get_args(self.type) if value != "")
        # A text may have others than those that a form has words for.
        return tuple(sorted(self.says.words)) if self.type is int else ()

    @property
    def allowed(self) -> str:
        """What a number may be: `at least 0 and below 1`; empty where any may stand."""
        if self.choices:
            return " or ".join(map(str, self.choices))
        rule, divisor = self.rule, self.rule.multiple_of
        bounds = (("at least", rule.ge), ("above", rule.gt), ("at most", rule.le), ("below", rule.lt))
        said = [f"{word} {bound}" for word, bound in bounds if bound is not None]
        if divisor is None:
            return " and ".join(said)
        return f"a multiple of {divisor}" + (f", or 0 for {self.says.empty}" if self.says.empty else "")

    def has_effect(self, spec: msgspec.Struct) -> bool:
        """Whether the value matters beside the other values of a spec."""
        needs, forbids = self.says.only_with, self.says.only_without
        return (not needs or _is_met(needs, spec)) and not (forbids and _is_met(forbids, spec))

    def objection(self, value: object) -> str:
        """Why it cannot have this value, in a part of a sentence that names it; empty where it can.

        Lists of TOML are taken as those of Python are.
        """
        name = self.name
        if isinstance(value, int) and abs(value) > _LARGEST:
            # In another base than ten a number may be longer than Python writes out.
            said = str(value) if value.bit_length() < 1_000 else f"a number of {value.bit_length():,} bits"
            return f"{name} is {said}; whole numbers go up to {_LARGEST}"
        if isinstance(value, float) and not math.isfinite(value):
            return f"{name} is {value}; it must be a finite number"
        texts = value if isinstance(value, (list, tuple)) else (value,)
        if self.says.holds in ("path", "checkpoint") and any(isinstance(text, str) and "\0" in text for text in texts):
            return f"{name} holds a NUL character, which no path can"
        try:
            if _is_of(value, self.ruled_type):
                return ""
            if get_origin(self.type) is Literal and isinstance(value, str):
                return f"{name}: there is no {value!r}; choose from {', '.join(map(str, self.choices))}"
            if _is_of(value, self.type):
                return f"{name} is {_figure(value)}; it must be {self.allowed}"
        except UnicodeEncodeError:  # bytes of a command line that are no UTF-8, where no path is wanted
            return f"{name} is {value!r}, which is no text of UTF-8"
        return f"{name}: expected {self._wanted(value)}"

    def _wanted(self, value: object) -> str:
        """What kind of value it takes, and what it got."""
        alternatives = _alternatives(self.type)
        if self.is_list and isinstance(value, (list, tuple)):
            of_list = next(each for each in alternatives if (get_origin(each) or each) is tuple)
            wanted = _WORDS[get_args(of_list)[0]]
            value = next(each for each in value if not _is_of(each, get_args(of_list)[0]))
        else:
            wanted = " or ".join(_WORDS.get(get_origin(each) or each, "a text in quotes") for each in alternatives)
        return f"{wanted}, got {_WORDS.get(type(value), 'a date')}"


def _is_met(condition: str, spec: msgspec.Struct) -> bool:
    name, equals, wanted = condition.partition("=")
    value = getattr(spec, name)
    return str(value) == wanted if equals else bool(value)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _is_of(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _figure(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@cache
def fields_of(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a kind of spec, in its order."""
    return tuple(_field_of(info) for info in msgspec.structs.fields(kind))


def _field_of(info: msgspec.structs.FieldInfo) -> Field:
    kind, rule = info.type, msgspec.Meta()
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(info.type)
        rule = next(note for note in notes if isinstance(note, msgspec.Meta))
    return Field(info.name, info.type, kind, info.default, rule)


def field_of(kind: type[msgspec.Struct], name: str) -> Field:
    """The field of this name."""
    return next(each for each in fields_of(kind) if each.name == name)


def check_fields(spec: msgspec.Struct) -> None:
    """Refuses values that their fields do not allow, whoever made the spec.

    Raises:
        InvalidRequest: names the first of them and what it may be.
    """
    for each in fields_of(type(spec)):
        if said := each.objection(getattr(spec, each.name)):
            raise InvalidRequest(f"{said}.")
