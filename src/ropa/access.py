"""Reading and changing a record by paths, and its three states."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias, TypeVar

import attrs

from ropa.errors import PathError
from ropa.model import Base, Record
from ropa.model.settle import rebuilt
from ropa.spec import Slot, node_slots, slot_map, slots

T = TypeVar("T")


class State(enum.Enum):
    """The three states of a field."""

    NOT_STATED = "not stated"
    NONE = "none"
    STATED = "stated"


def each(values: Iterable[T] | None) -> tuple[T, ...]:
    """Return the values to loop over: nothing for `None` (not stated) and for `()` (stated none).

    For reading only. Never write `x or ()` into a record: it turns "not stated" into "none".
    """
    return () if values is None else tuple(values)


def state(node: Base, field: str) -> State:
    """Say whether the source says nothing of a field, says that there is none, or says what it is.

    Raises PathError if the class has no such field.
    """
    if field not in slot_map(type(node)):
        raise PathError(f"{type(node).__name__} has no field {field!r}")
    value = getattr(node, field)
    if value is None:
        return State.NOT_STATED
    return State.NONE if value == () else State.STATED


class Place(NamedTuple):
    """A node, its path in the record (no leading "registers/"), the field that holds it, and its parent."""

    node: Any
    path: str
    slot: Slot | None
    parent: Any


def join(path: str, *parts: str) -> str:
    """Return the path with parts added; the record's own path is ""."""
    return "/".join(part for part in (path, *parts) if part)


def walk(record: Record) -> Iterator[Place]:
    """Go through every node with its path, parents first."""
    stack: list[Place] = [Place(record, "", None, None)]
    while stack:
        place = stack.pop()
        yield place
        children: list[Place] = []
        for slot in node_slots(type(place.node)):
            value = getattr(place.node, slot.name)
            if value is None:
                continue
            head = "" if place.slot is None and slot.name == "registers" else slot.name
            for child in value if slot.many else (value,):
                children.append(Place(child, join(place.path, head, child.id), slot, place.node))
        stack += reversed(children)


def _step(node: Any, field: str, name: str, path: str) -> Any:
    value = getattr(node, field)
    candidates = each(value) if isinstance(value, tuple) else ((value,) if value is not None else ())
    for child in candidates:
        if child.id == name:
            return child
    known = ", ".join(child.id for child in candidates) or "nothing"
    raise PathError(f"{path}: no {name!r} in {field} ({known} there)")


def _trail(record: Record, path: str) -> tuple[list[tuple[Any, str, str]], Any, str | None]:
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] not in slot_map(Record):
        parts.insert(0, "registers")
    trail: list[tuple[Any, str, str]] = []
    node: Any = record
    while len(parts) >= 2:
        field, name = parts[:2]
        slot = slot_map(type(node)).get(field)
        if slot is None or slot.kind != "node":
            raise PathError(f"{path}: {type(node).__name__} has no nodes in {field!r}")
        trail.append((node, field, name))
        node = _step(node, field, name, path)
        parts = parts[2:]
    if parts and parts[0] not in slot_map(type(node)):
        raise PathError(f"{path}: {type(node).__name__} has no field {parts[0]!r}")
    return trail, node, parts[0] if parts else None


def get(record: Record, path: str) -> Any:
    """Return the node or the field's value at a path such as `asiakas/recipients/perinta/kind`.

    A path is the node's IRI fragment without the leading `registers/`; "" is
    the record. Raises PathError if it leads nowhere.
    """
    _, node, field = _trail(record, path)
    return node if field is None else getattr(node, field)


def replace(record: Record, path: str, **changes: Any) -> Record:
    """Return a copy of the record in which the node at `path` has other field values.

    Raises PathError for a path or a field that does not exist, ModelError for
    a value that the field cannot take.
    """
    trail, node, field = _trail(record, path)
    if field is not None:
        raise PathError(f"{path} is a field: give the path of its node, and {field}=… as the change")
    for name in changes:
        if name not in slot_map(type(node)):
            raise PathError(f"{type(node).__name__} has no field {name!r}")
    new = attrs.evolve(node, **changes)
    for parent, name, _ in reversed(trail):
        value = getattr(parent, name)
        value = tuple(new if child is node else child for child in value) if isinstance(value, tuple) else new
        node, new = parent, rebuilt(parent, {name: value})
    made: Record = attrs.evolve(new)
    return made


class Related(NamedTuple):
    """Nodes that the record pairs with a node, and the rest, of which it does not say."""

    paired: tuple[Any, ...]
    possible: tuple[Any, ...]


def _names(node: Any, target: str) -> frozenset[str]:
    ids: set[str] = set()
    for slot in slots(type(node)):
        if slot.kind == "ref" and slot.ref == target:
            value = getattr(node, slot.name)
            ids.update(value if isinstance(value, tuple) else () if value is None else (value,))
    return frozenset(ids)


def related(record: Record, path: str, field: str) -> Related:
    """Return what `field` of the register holds for the node at `path`: paired with it, or possibly so.

    Paired is what a `Pairing`, or the node itself, or the other node, joins by
    id. Everything else in the field is possible, unless it is joined to other
    nodes of the same kind only.
    """
    trail, node, rest = _trail(record, path)
    if rest is not None or len(trail) != 2 or trail[0][1] != "registers":
        raise PathError(f"{path}: give the path of a node in a register, for example asiakas/data_categories/mittari")
    register, own = trail[1][0], type(node).__name__
    slot = slot_map(type(register)).get(field)
    if slot is None or slot.kind != "node" or slot.range is None:
        raise PathError(f"a register has no nodes in {field!r}")
    other = slot.range.__name__
    paired, possible = [], []
    value = getattr(register, field)
    for candidate in each(value) if slot.many else ((value,) if value is not None else ()):
        joins = [p for p in each(register.pairings) if candidate.id in _names(p, other) and _names(p, own)]
        here, there = _names(node, other), _names(candidate, own)
        if candidate.id in here or node.id in there or any(node.id in _names(p, own) for p in joins):
            paired.append(candidate)
        elif not joins and not there and not here:
            possible.append(candidate)
    return Related(tuple(paired), tuple(possible))


Targets: TypeAlias = dict[str, dict[str, dict[str, list[Place]]]]
"""Class name → id → register id ("" for the record) → places: what references can point at."""


def targets(record: Record) -> Targets:
    """Return the index of a record's nodes, in document order."""
    found: Targets = {}
    for place in walk(record):
        by_id = found.setdefault(type(place.node).__name__, {})
        by_id.setdefault(place.node.id, {}).setdefault(register_of(place.path), []).append(place)
    return found


def register_of(path: str) -> str:
    """Return the register id with which a path begins, or "" for a path of the record."""
    head = path.partition("/")[0]
    return "" if head in slot_map(Record) else head


def resolve(index: Targets, slot: Slot, name: str, path: str) -> list[Place]:
    """Return what a reference in a node at `path` means: the node in its register, else in the record.

    From the record into its registers (a system's purposes), every register's node of that id.
    """
    found = index.get(slot.ref or "", {}).get(name)
    if found is None:
        return []
    home = register_of(path)
    near = found.get(home) or found.get("")
    # An organisation may be a joint controller of another register only.
    if near is None and (not home or slot.ref == "Organisation"):
        return [place for places in found.values() for place in places]
    return near or []
