"""Plain data ↔ model: strict, without coercion, every fault with its path.

One loop over the declarations in each direction. What a single value may be is
decided by the same converters that the classes apply to Python callers
(`ropa.prepare`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ropa.errors import ModelError, ReadError
from ropa.findings import Finding, malformed
from ropa.model import Record
from ropa.model.settle import built
from ropa.prepare import converters, said
from ropa.spec import MAPS, Slot, slot_map, slots
from ropa.text import Text, is_id, language_tag

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


def _language(value: Any) -> str | None:
    try:
        return language_tag(str(value)) if isinstance(value, str) else None
    except ModelError:
        return None


class _Structurer:
    """Builds nodes of plain data, and gathers every fault with its path."""

    def __init__(self, language: str | None) -> None:
        """Plain texts get the record's language at once, where it is known to be one."""
        self.problems: list[tuple[str, str]] = []
        self.language = language

    def wrong(self, path: str, message: str) -> None:
        self.problems.append((path, message))

    def values(self, cls: type, data: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Return the converted fields of a node; what is wrong with them goes to `problems`."""
        known, convert = slot_map(cls), converters(cls)
        made: dict[str, Any] = {}
        for key, raw in data.items():
            slot = known.get(key)
            place = f"{path}/{key}" if path else str(key)
            if slot is None:
                self.wrong(place, _unknown(cls, str(key)))
            elif raw is None:
                self.wrong(place, "null is no statement: leave the field out, or write [] for none")
            elif slot.kind == "node":
                made[key] = self.nodes(slot, raw, place)
            else:
                given = _unplain(slot.kind, raw)
                if slot.kind == "text" and self.language and isinstance(given, str):
                    given = {self.language: given}
                try:
                    made[key] = convert[key](given)
                except ModelError as error:
                    self.problems += [(f"{path}/{where}".strip("/"), words) for where, words in error.problems]
        if cls is Record:  # no other class has fields that have to be there
            for slot in slots(cls):
                if slot.required and slot.name not in data:
                    self.wrong(slot.name, "this field is required")
        return made

    def nodes(self, slot: Slot, raw: Any, path: str) -> Any:
        cls = slot.range
        assert cls is not None
        if not slot.many:
            return self.node(cls, raw, path)
        if not isinstance(raw, list | tuple):
            self.wrong(path, f"expected a list, not {said(raw)}")
            return None
        if not raw and not slot.none_ok:
            self.wrong(path, "an empty list says nothing here: leave the field out")
        return tuple(self.node(cls, item, f"{path}/{_name(item, index)}") for index, item in enumerate(raw))

    def node(self, cls: type, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.wrong(path, f"expected a mapping (a {cls.__name__}), not {said(raw)}")
            return None
        return built(cls, self.values(cls, raw, path))


def _name(item: Any, index: int) -> str:
    """Name an item in a path: by its id if it writes one, else by its place in the list."""
    found = item.get("id") if isinstance(item, Mapping) else None
    return str(found) if isinstance(found, str) and is_id(found) else f"[{index}]"


def _unknown(cls: type, key: str) -> str:
    near = get_close_matches(key, list(slot_map(cls)), 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else "own keys go to extra: prefix:name"
    return f"{cls.__name__} has no field {key!r}: {hint}"


def _plain_text(value: Text, language: str) -> Any:
    return value[language] if list(value) == [language] else dict(value.pairs)


def _plain(node: Any, language: str) -> dict[str, Any]:
    """Return a node as plain data: what it states, in the order of the declarations."""
    made: dict[str, Any] = {}
    for slot in slots(type(node)):
        value = getattr(node, slot.name)
        if value is None:
            continue
        if slot.kind == "text":
            made[slot.name] = _plain_text(value, language)
        elif slot.kind in MAPS:
            pairs = value.pairs
            made[slot.name] = {k: _plain_text(v, language) if isinstance(v, Text) else v for k, v in pairs}
        elif slot.kind == "node":
            made[slot.name] = [_plain(item, language) for item in value] if slot.many else _plain(value, language)
        else:
            made[slot.name] = list(value) if slot.many else value
    return made


def to_dict(record: Record) -> dict[str, Any]:
    """Return the record as plain data: what JSON and YAML write.

    Fields that the source does not state are absent, a stated none is `[]`.
    """
    return {"ropa": FORMAT, **_plain(record, record.language)}


def structured(data: Any) -> Record:
    """Return the record that plain data describe, or raise ModelError with every fault and its path."""
    if not isinstance(data, Mapping):
        raise ModelError([("", "a record is a mapping (an object) with id, language, registers …")])
    left = {key: value for key, value in data.items() if key not in ("ropa", "$schema")}
    version = data.get("ropa", FORMAT)
    problems = []
    if str(version) != str(FORMAT) or not (type(version) is int or isinstance(version, Plain)):
        problems.append(("ropa", f"format version {version!r} is not known here: this library reads ropa: {FORMAT}"))
    schema = data.get("$schema", "")
    if not isinstance(schema, str):
        problems.append(("$schema", "expected the address of a schema"))
    structurer = _Structurer(_language(left.get("language")))
    structurer.problems += problems
    values = structurer.values(Record, left, "")
    if structurer.problems:
        raise ModelError(structurer.problems)
    return Record(**values)


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
