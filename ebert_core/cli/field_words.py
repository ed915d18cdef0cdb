"""How a field of a spec is written down: what it may hold, its default, its values; for `ebert spec` and documents."""

import json

import tomli_w

from ebert_core.protocol.specs.fields import Field

_NOUNS = {"checkpoint": "path"}


def kind_words(field: Field) -> str:
    """What a field may hold, in Markdown: `whole number, at least 1`, `names`, or its choices."""
    if field.type is bool:
        return "true or false"
    if field.choices:
        return field.allowed if field.type is int else ", ".join(f"`{choice}`" for choice in field.choices)
    if not field.is_text:
        bounds = [bound for bound in (field.rule.ge, field.rule.gt, field.rule.le, field.rule.lt) if bound is not None]
        is_share = field.type is float and len(bounds) == 2 and all(0 <= bound <= 1 for bound in bounds)
        noun = "share" if is_share else "number" if field.type is float else "whole number"
        return f"{noun}, {field.allowed}" if field.allowed else noun
    one = _NOUNS.get(field.says.holds, field.says.holds)
    if field.is_either:
        return f"{one} or {one}s"
    return f"{one}s" if field.is_list else one


def default_words(field: Field) -> str:
    """The default of a field, in Markdown: `needed` where there is none, `all` or `none` where it is empty."""
    match field.default:
        case _ if field.is_needed:
            return "needed"
        case bool():
            return str(field.default).lower()
        case "" | ():
            return field.says.empty or "none"
        case str():
            return f"`{field.default}`"
        case tuple():
            return ", ".join(f"`{each}`" for each in field.default)
        case _:
            return f"{field.default:g}" if field.default else str(field.default)


def as_written(name: str, value: object) -> str:
    """A line of TOML: the key and its value, a list in one line."""
    if isinstance(value, (list, tuple)):
        return f"{name} = [{', '.join(json.dumps(each, ensure_ascii=False) for each in value)}]"
    return tomli_w.dumps({name: value}).rstrip("\n")
