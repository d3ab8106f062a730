"""Plain data ↔ model: strict, without coercion, every fault with its path.

cattrs walks the classes; what a single value may be is decided by the same
converters that the classes apply to Python callers (`ropa.prepare`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import attrs
from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ropa.errors import ModelError, ReadError
from ropa.findings import Finding, malformed
from ropa.model import Record
from ropa.spec import MAPS, Slot, classes, slots
from ropa.text import FrozenMap, Text, is_id

FORMAT = 1
"""Version of the JSON and YAML form; every file says it: `ropa: 1`."""
MAX_DEPTH = 64
"""How deep a document may be nested; the model itself needs 9."""
_NUMBER = re.compile(r"-?(0|[1-9]\d*)\Z")
_FLOAT = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z")


class Plain(str):
    """A YAML scalar without quotes: its type is the field's to say."""

    __slots__ = ()


def _scalar(kind: str, value: Any) -> Any:
    """Give a plain YAML scalar the type that its field asks for; leave everything else alone."""
    if not isinstance(value, Plain):
        return value
    text = str(value)
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    if kind == "int" and _NUMBER.match(text) and len(text) <= 20:
        return int(text)
    if kind == "extra":
        if text in ("true", "false"):
            return text == "true"
        if _NUMBER.match(text) and len(text) <= 20:
            return int(text)
        if _FLOAT.match(text):
            return float(text)
    return text


def _unplain(kind: str, value: Any) -> Any:
    if isinstance(value, Plain):
        return _scalar(kind, value)
    if isinstance(value, Mapping):
        return {str(key): _unplain(kind, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unplain(kind, item) for item in value]
    return value


def _leaf(slot: Slot, cls: type) -> Callable[[Any, Any], Any]:
    convert: Any = attrs.fields_dict(cls)[slot.name].converter

    def structure(value: Any, _: Any) -> Any:
        if value is None:
            raise ModelError([(slot.name, "null is no statement: leave the field out, or write [] for none")])
        return convert(_unplain(slot.kind, value))

    return structure


def _nodes(slot: Slot, converter: Converter) -> Callable[[Any, Any], Any]:
    inner: type = slot.range  # type: ignore[assignment]  # a node slot has a range

    def one(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            said = "null" if value is None else "a list" if isinstance(value, list) else repr(value)[:60]
            raise ModelError([(path, f"expected a mapping (a {inner.__name__}), not {said}")])
        try:
            return converter.structure(value, inner)
        except (BaseValidationError, ModelError) as error:
            raise ModelError(list(_problems(error, path))) from None

    def structure(value: Any, _: Any) -> Any:
        if not slot.many:
            return one(value, slot.name)
        if not isinstance(value, list | tuple):
            said = "null" if value is None else "a mapping" if isinstance(value, Mapping) else repr(value)[:60]
            raise ModelError([(slot.name, f"expected a list, not {said}")])
        if not value and not slot.none_ok:
            raise ModelError([(slot.name, "an empty list says nothing here: leave the field out")])
        problems: list[tuple[str, str]] = []
        found = []
        for index, item in enumerate(value):
            try:
                found.append(one(item, f"{slot.name}/{_name(item, index)}"))
            except ModelError as error:
                problems += error.problems
        if problems:
            raise ModelError(problems)
        return tuple(found)

    return structure


def _name(item: Any, index: int) -> str:
    """Name an item in a path: by its id if it writes one, else by its place in the list."""
    found = item.get("id") if isinstance(item, Mapping) else None
    return str(found) if isinstance(found, str) and is_id(found) else f"[{index}]"


def _problems(error: BaseException, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _problems(inner, path)
    elif isinstance(error, ModelError):
        for place, message in error.problems:
            yield f"{path}/{place}".strip("/"), message
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [slot.name for slot in slots(error.cl)]
        for key in sorted(error.extra_fields):
            near = get_close_matches(str(key), known, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else "own keys go to extra: prefix:name"
            yield f"{path}/{key}".strip("/"), f"{error.cl.__name__} has no field {key!r}: {hint}"
    elif isinstance(error, KeyError):
        yield f"{path}/{error.args[0]}".strip("/"), "this field is required"
    else:
        raise error


def _structure_fn(converter: Converter, cls: type) -> Callable[[Any, Any], Any]:
    hooks: dict[str, Any] = {
        slot.name: override(struct_hook=_nodes(slot, converter) if slot.kind == "node" else _leaf(slot, cls))
        for slot in slots(cls)
    }
    return make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True, **hooks)


def _unstructure_fn(converter: Converter, cls: type, language: str) -> Callable[[Any], dict[str, Any]]:
    def text(value: Text | None) -> Any:
        if value is None:
            return None
        return value[language] if list(value) == [language] else dict(value.pairs)

    def mapped(value: FrozenMap[Any] | None) -> Any:
        return None if value is None else {k: text(v) if isinstance(v, Text) else v for k, v in value.pairs}

    def node(value: Any) -> Any:
        return None if value is None else converter.unstructure(value)

    def nodes(value: Any) -> Any:
        return None if value is None else [converter.unstructure(item) for item in value]

    def hook(slot: Slot) -> Callable[[Any], Any] | None:
        if slot.kind == "text":
            return text
        if slot.kind in MAPS:
            return mapped
        if slot.kind == "node":
            return nodes if slot.many else node
        return (lambda value: None if value is None else list(value)) if slot.many else (lambda value: value)

    hooks: dict[str, Any] = {slot.name: override(unstruct_hook=hook(slot)) for slot in slots(cls)}
    order = [slot.name for slot in slots(cls)]
    plain: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
        cls, converter, _cattrs_omit_if_default=True, **hooks
    )

    def unstructure(value: Any) -> dict[str, Any]:
        made = plain(value)
        return {key: made[key] for key in order if key in made}

    return unstructure


@functools.cache
def _reader() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    for cls in classes():
        converter.register_structure_hook_func(
            lambda candidate, cls=cls: candidate is cls,  # type: ignore[misc]  # mypy cannot infer the default
            _structure_fn(converter, cls),
        )
    return converter


@functools.lru_cache(maxsize=32)
def _writer(language: str) -> Converter:
    converter = Converter()
    for cls in classes():
        converter.register_unstructure_hook(cls, _unstructure_fn(converter, cls, language))
    return converter


def to_dict(record: Record) -> dict[str, Any]:
    """Return the record as plain data: what JSON and YAML write.

    Fields that the source does not state are absent, a stated none is `[]`.
    """
    made: dict[str, Any] = _writer(record.language).unstructure(record)
    return {"ropa": FORMAT, **made}


def structured(data: Any) -> Record:
    """Return the record that plain data describe, or raise ModelError with every fault and its path."""
    if not isinstance(data, Mapping):
        raise ModelError([("", "a record is a mapping (an object) with id, language, registers …")])
    left = {key: value for key, value in data.items() if key not in ("ropa", "$schema")}
    version = data.get("ropa", FORMAT)
    problems = []
    if str(version) != str(FORMAT) or isinstance(version, bool | float):
        problems.append(("ropa", f"format version {version!r} is not known here: this library reads ropa: {FORMAT}"))
    schema = data.get("$schema", "")
    if not isinstance(schema, str):
        problems.append(("$schema", "expected the address of a schema"))
    try:
        record: Record = _reader().structure(left, Record)
    except (BaseValidationError, ModelError) as error:
        raise ModelError(problems + list(_problems(error, ""))) from None
    if problems:
        raise ModelError(problems)
    return record


def from_dict(data: Mapping[str, Any]) -> Record:
    """Return the record that plain data describe.

    Raises ReadError with one ROPA907 for every fault, with its path.
    """
    try:
        return structured(data)
    except ModelError as error:
        raise ReadError(findings_of(error)) from None


def findings_of(error: ModelError) -> list[Finding]:
    """Return a ROPA907 for each problem of a ModelError."""
    return [malformed(message, path=path.removeprefix("registers/")) for path, message in error.problems]
