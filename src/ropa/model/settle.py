"""What only the record knows of its nodes: the language of plain strings, and ids made of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from ropa.errors import ModelError
from ropa.spec import Slot, remembered, slot_map, slots, spec_of
from ropa.text import FrozenMap, Text, slug

N = TypeVar("N")


def built(cls: type[N], values: Mapping[str, Any]) -> N:
    """Return a node of converted values, without converting them again; absent fields are not stated."""
    node = cls.__new__(cls)
    for name, default in _fields(cls):
        object.__setattr__(node, name, values.get(name, default))
    return node


def rebuilt(node: N, changes: dict[str, Any]) -> N:
    """Return a copy of a frozen node with fields changed; the values are known to be right."""
    cls = type(node)
    copy = cls.__new__(cls)
    for name, _ in _fields(cls):
        object.__setattr__(copy, name, changes[name] if name in changes else getattr(node, name))
    return copy


def made_of(words: str, slot: Slot | None) -> str:
    """Return the id that a name, or the local part of a term, gives; "" if nothing is left of it."""
    term = slot is not None and slot.kind in ("concept", "iri")
    return slug(words.rpartition(":")[2] if term else words)


def derived_id(node: Any, language: str) -> str:
    """Return the slug of the name in the record's language, else of the first concept, kind … that is there."""
    for name in spec_of(type(node)).id_from:
        value = getattr(node, name, None)
        if isinstance(value, Text):
            value = value.best(language)
        elif isinstance(value, tuple):
            value = value[0] if value else None
        if value is None:
            continue
        if made := made_of(str(value), slot_map(type(node)).get(name)):
            return made
    return ""


@remembered
def _open(cls: type) -> tuple[Slot, ...]:
    """Return the fields that the record has to finish."""
    return tuple(slot for slot in slots(cls) if slot.kind in {"text", "node", "remarks"})


@remembered
def _fields(cls: type) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a class with their defaults."""
    return tuple((field.name, field.default) for field in attrs.fields(cls))


class _Settler:
    def __init__(self, language: str) -> None:
        self.language = language
        self.problems: list[tuple[str, str]] = []

    def text(self, value: Text, path: str) -> Text:
        try:
            return value.settled(self.language)
        except ModelError as error:
            self.problems.append((path, error.problems[0][1]))
            return value

    def node(self, node: Any, path: str, *, root: bool = False, index: int | None = None) -> Any:
        changes: dict[str, Any] = {}
        if not root and not node.id:
            changes["id"] = derived_id(node, self.language)
            if not changes["id"]:
                fields = " or ".join(name for name in spec_of(type(node)).id_from if hasattr(node, name))
                place = path if index is None else f"{path}/[{index}]"
                self.problems.append((f"{place}/id", f"no id can be made, there is no {fields}: write `id`"))
        here = path if root else f"{path}/{node.id or changes.get('id', '')}".lstrip("/")
        for slot in _open(type(node)):
            value = getattr(node, slot.name)
            if value is None:
                continue
            place = f"{here}/{slot.name}".lstrip("/")
            new: Any
            if slot.kind == "text":
                new = self.text(value, place)
            elif slot.kind == "remarks":
                new = self.remarks(value, place)
            elif slot.many:
                settled = [self.node(child, place, index=index) for index, child in enumerate(value)]
                same = all(a is b for a, b in zip(settled, value, strict=True))
                new = value if same else tuple(settled)
            else:
                new = self.node(value, place)
            if new is not value:
                changes[slot.name] = new
        return rebuilt(node, changes) if changes and not root else (changes if root else node)

    def remarks(self, value: FrozenMap[Text], path: str) -> FrozenMap[Text]:
        settled = {key: self.text(words, f"{path}/{key}") for key, words in value.items()}
        return FrozenMap(settled) if any(settled[key] is not value[key] for key in settled) else value


def settle(record: Any) -> None:
    """Finish a record in place while it is being built; raise ModelError for what cannot be finished."""
    if "#" in record.id:
        raise ModelError([("id", "the record's id has no fragment (#…): its nodes get one each")])
    taken = {slot.name for slot in slots(type(record))}
    settler = _Settler(record.language)
    changes = settler.node(record, "", root=True)
    for index, register in enumerate(changes.get("registers", record.registers) or ()):
        if register.id in taken:  # paths leave `registers/` out, so a register's id must not look like a field
            settler.problems.append(
                (
                    f"registers/[{index}]/id",
                    f"{register.id} is the name of a field of the record: choose another id",
                )
            )
    if settler.problems:
        raise ModelError(settler.problems)
    for name, value in changes.items():
        object.__setattr__(record, name, value)
