"""Triples → record: the mirror of the writer, by the same declarations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ropa.codec import FORMAT, Plain, findings_of, structured
from ropa.errors import ModelError, ReadError
from ropa.findings import malformed
from ropa.model import Record
from ropa.prefixes import OWN, PREFIXES
from ropa.rdf.terms import RDF_TYPE, XSD, Lit, Object, Triple, nt_term
from ropa.rdf.write import triples as written
from ropa.spec import MAPS, Slot, slots
from ropa.text import is_id
from ropa.values import is_ncname
from ropa.vocab import compact, expand

Index = dict[str, dict[str, list[Object]]]
SHOWN = 5


def index_of(triples: Iterable[Triple]) -> Index:
    """Return subject → property → objects, each list sorted."""
    found: Index = {}
    for subject, property_, value in dict.fromkeys(triples):
        found.setdefault(subject, {}).setdefault(property_, []).append(value)
    for facts in found.values():
        for values in facts.values():
            values.sort(key=nt_term)
    return found


class _Reader:
    def __init__(self, index: Index, record_iri: str) -> None:
        self.index = index
        self.base = record_iri
        self.problems: list[tuple[str, str]] = []
        self.prefixes: dict[str, str] = {}

    def wrong(self, path: str, message: str) -> Any:
        """Note a fault and return None, in place of the value."""
        self.problems.append((path, message))
        return None

    def objects(self, subject: str, property_: str) -> list[Object]:
        return self.index.get(subject, {}).get(expand(property_), [])

    def curie(self, iri: str, path: str) -> str | None:
        own = f"{self.base}#concepts/"
        if iri.startswith(own):
            return f"{OWN}:{iri.removeprefix(own)}"
        found = compact(iri, self.prefixes)
        if found is None:
            self.wrong(path, f"<{iri}> is no term: no prefix of the record or of the library fits")
        return found

    # -- values --------------------------------------------------------------

    def text(self, values: list[Object], path: str) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for value in values:
            if not isinstance(value, Lit):
                self.wrong(path, f"a text is expected, not <{value}>")
            elif found.setdefault(value.language or "und", value.value) != value.value:
                self.wrong(path, f"two texts for the language {value.language or 'und'}")
        return found or None

    def plain(self, slot: Slot, value: Object, path: str) -> Any:
        if slot.kind == "concept":
            if not isinstance(value, Lit):
                return self.curie(value, path)
            self.wrong(path, "a term is expected, not a literal")
            return None
        if slot.kind == "iri":
            return value.value if isinstance(value, Lit) else value
        if not isinstance(value, Lit):
            return self.wrong(path, f"a literal is expected, not <{value}>")
        if slot.kind == "bool":
            return {"true": True, "1": True, "false": False, "0": False}.get(value.value, value.value)
        if slot.kind == "int":
            digits = value.value.removeprefix("-")
            return int(value.value) if digits.isascii() and digits.isdigit() and len(digits) < 20 else value.value
        return value.value

    def reference(self, value: Object, path: str) -> str | None:
        name = "" if isinstance(value, Lit) else value.rpartition("/")[2]
        if isinstance(value, Lit) or not value.startswith(f"{self.base}#") or not is_id(name):
            self.wrong(path, f"a node of the record is expected, not {nt_term(value)}")
            return None
        return name

    def is_none(self, subject: str, slot: Slot, value: Object) -> bool:
        return (
            not isinstance(value, Lit)
            and value == self.child_iri(subject, slot.name, "~none")
            and expand("ropa:StatedNone") in self.index.get(value, {}).get(RDF_TYPE, [])
        )

    def child_iri(self, subject: str, *parts: str) -> str:
        return f"{subject}{'/' if '#' in subject else '#'}{'/'.join(parts)}"

    def field(self, subject: str, slot: Slot, path: str) -> Any:
        via = slot.term.via
        source = self.child_iri(subject, f"~{via.name}") if via and not slot.is_edge else subject
        values = self.objects(source, slot.key)
        if slot.name == "under" or (slot.key == "dct:conformsTo"):
            values = [value for value in values if not (isinstance(value, str) and "/dpv/2" in value)]
        if not values:
            return None
        if slot.many and any(self.is_none(subject, slot, value) for value in values):
            if len(values) > 1:
                self.wrong(path, "stated none and values at once")
            return []
        if slot.kind == "text":
            return self.text(values, path)
        if slot.kind == "node":
            return self.nodes(subject, slot, values, path)
        if slot.kind == "ref":
            found = [self.reference(value, path) for value in values]
        else:
            found = [self.plain(slot, value, path) for value in values]
        found = [value for value in dict.fromkeys(found) if value is not None]
        if slot.many:
            return found
        if len(found) > 1:
            self.wrong(path, f"one value is expected, not {len(found)}")
        return found[0] if found else None

    def nodes(self, subject: str, slot: Slot, values: list[Object], path: str) -> Any:
        assert slot.range is not None
        placed: list[tuple[int, str, str]] = []
        for value in values:
            if isinstance(value, Lit):
                self.wrong(path, "a node is expected, not a literal")
                continue
            name = value.rpartition("/")[2]
            if value != self.child_iri(subject, slot.name, name) or not is_id(name):
                self.wrong(
                    path,
                    f"<{value}> is not where a node of {slot.name} is: {self.child_iri(subject, slot.name, '<id>')}",
                )
                continue
            place = next(
                (
                    int(o.value)
                    for o in self.objects(value, "ropa:position")
                    if isinstance(o, Lit) and o.value.isdigit()
                ),
                0,
            )
            placed.append((place, value, name))
        made = [self.node(slot.range, value, f"{path}/{name}") | {"id": name} for _, value, name in sorted(placed)]
        if slot.many:
            return made
        if len(made) > 1:
            self.wrong(path, f"one node is expected, not {len(made)}")
        return made[0] if made else None

    # -- mappings ------------------------------------------------------------

    def mapped(self, subject: str, slot: Slot, path: str) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        if slot.kind == "extra":
            for property_, values in self.index.get(subject, {}).items():
                name = self.extra_name(property_)
                if name is not None:
                    if len(values) > 1:
                        self.wrong(f"{path}/{name}", "one value is expected")
                    found[name] = self.free(values[0], path)
            return found or None
        link, key, value = (
            ("sh:declare", "sh:prefix", "sh:namespace")
            if slot.kind == "prefixes"
            else ("ropa:remark", "ropa:about", "dct:description")
        )
        for there in self.objects(subject, link):
            if isinstance(there, Lit):
                self.wrong(path, "a node is expected, not a literal")
                continue
            names, values = self.objects(there, key), self.objects(there, value)
            if len(names) != 1 or not isinstance(names[0], Lit) or not values:
                self.wrong(path, f"<{there}> needs one {key} and a {value}")
                continue
            first = values[0]
            text = (
                self.text(values, path) if slot.kind == "remarks" else first.value if isinstance(first, Lit) else first
            )
            if text is not None:
                found[names[0].value] = text
        return found or None

    def extra_name(self, property_: str) -> str | None:
        for prefix, namespace in sorted(self.prefixes.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            local = property_.removeprefix(namespace)
            if local != property_ and is_ncname(local):
                return f"{prefix}:{local}"
        return None

    def free(self, value: Object, path: str) -> Any:
        if not isinstance(value, Lit):
            return self.wrong(path, "a literal is expected")
        kind = value.datatype.removeprefix(XSD)
        try:
            if kind == "boolean":
                return {"true": True, "1": True, "false": False, "0": False}[value.value]
            if kind == "integer":
                return int(value.value)
            if kind in ("double", "decimal", "float"):
                return float(value.value)
        except (KeyError, ValueError):
            self.wrong(path, f"{value.value!r} is no {kind}")
        return value.value

    def node(self, cls: type, subject: str, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for slot in slots(cls):
            if slot.name == "id":
                continue
            place = f"{path}/{slot.name}".lstrip("/")
            value = self.mapped(subject, slot, place) if slot.kind in MAPS else self.field(subject, slot, place)
            if value is not None:
                made[slot.name] = value
        return made


def _record_iri(index: Index) -> str:
    found = [s for s, facts in index.items() if expand("ropa:Record") in facts.get(RDF_TYPE, [])]
    if len(found) != 1:
        message = (
            "the graph has no ropa:Record" if not found else f"the graph has {len(found)} records: a file holds one"
        )
        hint = "read other DPV graphs with ropa.read_graph, or `ropa convert`" if not found else "split the file"
        raise ReadError([malformed(message, hint=hint)])
    return found[0]


def read(triples: Iterable[Triple]) -> Record:
    """Return the record that triples in our own form describe.

    Raises ReadError for what cannot become the classes.
    """
    index = index_of(triples)
    base = _record_iri(index)
    reader = _Reader(index, base)
    declared = reader.mapped(base, next(s for s in slots(Record) if s.kind == "prefixes"), "prefixes")
    reader.prefixes = {k: v for k, v in (declared or {}).items() if k not in PREFIXES}
    made = reader.node(Record, base, "")
    version = reader.objects(base, "ropa:format")
    head = {"ropa": Plain(version[0].value) if version and isinstance(version[0], Lit) else FORMAT, "id": base}
    problems = list(reader.problems)
    try:
        record = structured({**head, **made})
    except ModelError as error:
        raise ReadError(findings_of(ModelError([*problems, *error.problems]))) from None
    if problems:
        raise ReadError(findings_of(ModelError(problems)))
    return record


def unread(record: Record, triples: Iterable[Triple]) -> list[Triple]:
    """Return the triples that the record does not say: what reading them would lose."""
    known = set(written(record))
    return sorted(set(triples) - known, key=lambda t: (t[0], t[1], nt_term(t[2])))


def read_whole(triples: Iterable[Triple]) -> Record:
    """Return the record, or raise ReadError if a triple would be lost."""
    given = list(triples)
    record = read(given)
    left = unread(record, given)
    if left:
        shown = "; ".join(f"{nt_term(s)} <{p}> {nt_term(o)}" for s, p, o in left[:SHOWN])
        more = f" (+{len(left) - SHOWN} more)" if len(left) > SHOWN else ""
        raise ReadError(
            [
                malformed(
                    f"{len(left)} triples are not of the record's form and would be lost: {shown}{more}",
                    hint="ropa.read_graph returns them in .unread",
                )
            ]
        )
    return record
