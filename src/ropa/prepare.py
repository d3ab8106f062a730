"""Every field's converter, from its annotation: the rules for values, the same for Python and for files."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from ropa import values
from ropa.errors import ModelError
from ropa.prefixes import PREFIXES, RESERVED
from ropa.spec import Choice, Shape, Term, remembered, shape_of
from ropa.text import FrozenMap, Text, as_text, clean, is_id, language_tag


def _extra_value(key: str, value: object) -> None:
    if not isinstance(value, str | bool | int | float):
        raise ModelError([(key, "a value of extra is a string, a number, true or false")])
    if isinstance(value, float) and not math.isfinite(value):
        raise ModelError([(key, "not a finite number")])
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise ModelError([(key, "the number is too large (64 bits)")])


def _extra(value: object) -> FrozenMap[Any]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected own keys with values: prefix:name → string, number, true, false")])
    result: dict[str, Any] = {}
    for key, item in value.items():
        prefix, colon, local = str(key).partition(":")
        if not colon or not values.is_prefix(prefix) or not values.is_ncname(local):
            raise ModelError([(str(key), "an own key is prefix:name, with the prefix declared in `prefixes`")])
        if prefix in RESERVED:
            raise ModelError([(str(key), f"{prefix}: has a fixed meaning: an own key needs a prefix of your own")])
        _extra_value(key, item)
        result[key] = clean(item) if isinstance(item, str) else item
    return FrozenMap(result)


def _remarks(value: object) -> FrozenMap[Text]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected paths with texts")])
    result: dict[str, Text] = {}
    for path, words in value.items():
        if not isinstance(path, str) or not all(
            part.replace("_", "-").strip("~") and is_id(part.replace("_", "-")) for part in path.split("/") if path
        ):
            raise ModelError([(str(path), "a remark is about a path such as legal_bases or recipients/perinta")])
        try:
            result[path] = _typed(Text, "a text")(as_text(words))
        except ModelError as error:
            raise ModelError([(path, error.problems[0][1])]) from None
    return FrozenMap(result)


def _prefixes(value: object) -> FrozenMap[str]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected prefixes with IRIs")])
    for prefix in value:
        if not isinstance(prefix, str) or not values.is_prefix(prefix):
            raise ModelError([(str(prefix), "a prefix is small letters, digits and hyphens, a letter first")])
    made = {prefix: values.iri(namespace) for prefix, namespace in value.items()}
    _unambiguous(made)
    return FrozenMap(made)


def _unambiguous(made: Mapping[str, str]) -> None:
    """Refuse prefixes with which one IRI could be written in two ways."""
    known = dict(PREFIXES)
    for prefix, namespace in made.items():
        if prefix in RESERVED:
            raise ModelError([(prefix, "the prefix has a fixed meaning: take another")])
        for other, taken in known.items():
            rest = max(namespace, taken, key=len).removeprefix(min(namespace, taken, key=len))
            if namespace == taken or (
                (namespace.startswith(taken) or taken.startswith(namespace)) and values.is_ncname(rest)
            ):
                raise ModelError(
                    [(prefix, f"the namespace is, or begins like, that of {other}: names would be ambiguous")]
                )
        known[prefix] = namespace


def _typed(expected: type, words: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not expected:
            raise ModelError([("", f"expected {words}, not {said(value)}")])
        return value

    return check


def said(value: object) -> str:
    """Name a wrong value in a message."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"{value!r:.60}"


def _string(value: Any) -> str:
    text = clean(_typed(str, "a string")(value))
    if not text.strip():
        raise ModelError([("", "the string is empty: leave the field out if the source does not say")])
    return text


def _ref(value: Any) -> str:
    if not isinstance(value, str) or not is_id(value):
        raise ModelError([("", f"{said(value)} is no id (small letters, digits, single hyphens)")])
    return value


def _id(value: Any) -> str:
    return "" if value == "" else _ref(value)


_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": lambda value: _typed(Text, "a text")(as_text(value)),
    "string": _string,
    "date": values.date,
    "duration": values.duration,
    "language": lambda value: language_tag(_typed(str, "a language tag")(value)),
    "iri": values.iri,
    "id": _id,
    "concept": values.curie,
    "ref": _ref,
    "bool": _typed(bool, "true or false"),
    "int": _typed(int, "a whole number"),
    "extra": _extra,
    "remarks": _remarks,
    "prefixes": _prefixes,
}


def _one(shape: Shape) -> Callable[[Any], Any]:
    marked = {type(mark): mark for mark in shape.marks}
    if shape.kind == "node":
        expected = shape.range
        assert expected is not None
        return _typed(expected, f"a {expected.__name__}")
    if shape.kind == "choice":
        words = marked[Choice].words

        def choose(value: Any) -> Any:
            if value not in words:
                raise ModelError([("", f"{said(value)} is none of: {', '.join(words)}")])
            return value

        return choose
    return _CHECKS[shape.kind]


def _many(shape: Shape, one: Callable[[Any], Any], *, none_ok: bool) -> Callable[[Any], Any]:
    ordered = shape.kind == "node"

    def convert(value: Any) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            raise ModelError([("", f"expected a list, not {said(value)}")])
        problems, items = [], []
        for index, item in enumerate(value):
            try:
                items.append(one(item))
            except ModelError as error:
                problems += [(f"{index}/{path}".rstrip("/"), message) for path, message in error.problems]
        if problems:
            raise ModelError(problems)
        if not items and not none_ok:
            raise ModelError([("", "an empty list says nothing here: leave the field out")])
        return tuple(items) if ordered else tuple(sorted(set(items)))

    return convert


def _of_field(name: str, shape: Shape, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(value: Any) -> Any:
        if value is None and shape.optional:
            return None
        try:
            return convert(value)
        except ModelError as error:
            raise ModelError([(f"{name}/{path}".rstrip("/"), words) for path, words in error.problems]) from None

    return guarded


@remembered
def converters(cls: type) -> Mapping[str, Callable[[Any], Any]]:
    """Return for each field of a class what makes its value of what a user, or a file, gives.

    A list becomes a tuple, concepts and references become sorted sets; a bare
    string for a tuple, a wrong type or a wrong syntax raises `ModelError` with
    the field's name as path.
    """
    fields: Any = attrs.fields(cls)
    found = {}
    for field in fields:
        shape = shape_of(field.type, field.name)
        declared = next(mark for mark in shape.marks if isinstance(mark, Term))
        convert = _one(shape)
        if shape.many:
            none_ok = declared.none if declared.none is not None else shape.kind == "node"
            convert = _many(shape, convert, none_ok=none_ok)
        found[field.name] = _of_field(field.name, shape, convert)
    return found


def convert_fields(node: Any) -> None:
    """Convert every field of a node that is being built; raise ModelError with all that is wrong."""
    problems: list[tuple[str, str]] = []
    for name, convert in converters(type(node)).items():
        given = getattr(node, name)
        try:
            value = convert(given)
        except ModelError as error:
            problems += error.problems
        else:
            if value is not given:
                object.__setattr__(node, name, value)
    if problems:
        raise ModelError(problems)


def prepare(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:  # noqa: ARG001  # attrs calls it so
    """Leave the converting to `convert_fields` (an attrs `field_transformer`).

    The `converter=` in the declarations is for type checkers; one compiled into
    each of 350 fields would cost every start of the program 60 ms.
    """
    return [field.evolve(converter=None) for field in fields]
