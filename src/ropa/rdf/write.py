"""Record → triples: one loop over the declarations.

The read property of a field (`ropa:…` for nodes and references) is what the
reader uses; the DPV triple is written beside it for everyone else. See
`docs/rdf.md` for the ten points behind the form.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ropa.access import Place, each, join, resolve, targets, walk
from ropa.errors import ModelError, WriteError
from ropa.findings import Finding, Severity
from ropa.model import Record, Register
from ropa.rdf.terms import DECIMAL, RDF_TYPE, STRING, XSD, Lit, Object, Triple, decimal, lang
from ropa.spec import MAPS, NARROWED, NO_RECIPIENTS, NOT_NARROWED_TO, Slot, slot_map, slots, spec_of
from ropa.text import Text
from ropa.vocab import DPV_VERSION, Terms, ancestors, data, entry, expand

FORMAT_VERSION = Lit("1", XSD + "integer")
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}


@functools.cache
def ranges(property_: str) -> tuple[str, ...]:
    """Return the classes that DPV names as a property's range."""
    return tuple(data()["properties"].get(property_, ([], []))[0])


@functools.cache
def below(property_: str) -> tuple[str, ...]:
    """Return the sub-properties of a DPV property, at any depth."""
    direct = [name for name, (_, parents) in data()["properties"].items() if property_ in parents]
    return tuple(sorted({*direct, *(name for child in direct for name in below(child))}))


def literal(kind: str, value: Any) -> Lit:
    """Return the literal of a plain value."""
    if kind == "bool":
        return Lit("true" if value else "false", XSD + "boolean")
    if kind == "int":
        return Lit(str(value), XSD + "integer")
    if kind == "date":
        return Lit(value, XSD + _DATES[len(value)])
    if kind == "duration":
        return Lit(value, XSD + "duration")
    return Lit(value, STRING)


def free_literal(value: str | bool | float) -> Lit:
    """Return the literal of an own key's value."""
    if isinstance(value, bool | int):
        return literal(type(value).__name__, value)
    if isinstance(value, float):
        # xsd:decimal, in full: rdflib rounds doubles to six digits in Turtle, PyLD respells them.
        return Lit(decimal(repr(value)), DECIMAL)
    return Lit(value)


def fragment(path: str) -> str:
    """Return the IRI fragment of a node's path: with the leading `registers/` that paths leave out."""
    head = path.partition("/")[0]
    return path if not path or head in slot_map(Record) or head.startswith("~") else f"registers/{path}"


class _Writer:
    def __init__(self, record: Record) -> None:
        self.record = record
        self.terms = Terms(record)
        self.index = targets(record)
        self.made: list[Triple] = []
        self.types: dict[str, set[str]] = {}
        self.iris = {"": record.id}

    # -- small pieces --------------------------------------------------------

    def iri(self, path: str) -> str:
        found = self.iris.get(path)
        if found is None:
            found = self.iris[path] = f"{self.record.id}#{fragment(path)}"
        return found

    def add(self, subject: str, property_: str, value: Object) -> None:
        self.made.append((subject, expand(property_), value))

    def typed(self, subject: str, *classes: str) -> None:
        known = self.types.setdefault(subject, set())
        for name in classes:
            if name not in known:
                known.add(name)
                self.made.append((subject, RDF_TYPE, self.terms.expand(name)))

    def structure(self, place: Place, slot: Slot) -> tuple[str, str]:
        """Return the subject that carries the value: the node itself, or its structure node."""
        via = slot.term.via
        here = self.iri(place.path)
        if via is None:
            return here, place.path
        path = join(place.path, f"~{via.name}")
        there = self.iri(path)
        self.typed(there, *via.types)
        self.add(here, via.property, there)
        return there, path

    def node_types(self, place: Place) -> tuple[str, ...]:
        """Return the classes of a node: its own, and those that its terms mean."""
        node = place.node
        found = list(spec_of(type(node)).types)
        if isinstance(node, Record) and "record" in each(node.serves):
            found += ["dpv:ROPA", "dpv:OrganisationalMeasure"]
        for slot in slots(type(node)):
            if slot.kind != "concept" or not slot.term.typed:
                continue
            value = getattr(node, slot.name)
            for name in value if isinstance(value, tuple) else () if value is None else (value,):
                known = entry(name)
                asserted = [
                    kind
                    for kind in (known.types if known else ())
                    if self.terms.is_a(kind, *slot.roots) or not slot.roots
                ]
                if known and not known.types:  # a schema class: its instances are of its superclasses too
                    asserted += [
                        kind
                        for kind in ancestors(name)
                        if kind.startswith("dpv:") and ancestors(kind) & set(slot.roots)
                    ]
                found += asserted if slot.many else [name, *asserted]
        return tuple(dict.fromkeys(found))

    # -- edges ---------------------------------------------------------------

    def link(self, subject: str, property_: str, target: Place) -> None:
        """Write the DPV triple to a node, its narrower ones, and the types that they ask of it."""
        kind = getattr(target.node, "kind", None)
        if property_ == "dpv:hasRecipient" and self.terms.means(kind, *NO_RECIPIENTS):
            property_ = "dpv:hasEntity"
        there = self.iri(target.path)
        written = [property_]
        if property_ in NARROWED:
            closure = {name for own in self.node_types(target) for name in self.terms.ancestors(own)}
            written += [
                name
                for name in below(property_)
                if name not in NOT_NARROWED_TO and any(kind in closure for kind in ranges(name))
            ]
        for name in written:
            self.add(subject, name, there)
            self.typed(there, *ranges(name))
        for slot in slots(type(target.node)):
            if slot.term.beside:
                for child in each(getattr(target.node, slot.name)):
                    self.link(
                        subject, property_, Place(child, join(target.path, slot.name, child.id), slot, target.node)
                    )

    def refer(self, place: Place, slot: Slot, subject: str) -> None:
        value = getattr(place.node, slot.name)
        for name in value if isinstance(value, tuple) else (value,):
            found = resolve(self.index, slot, name, place.path)
            if not found:
                self.add(self.iri(place.path), slot.key, self.iri(f"~missing/{slot.ref}/{name}"))
            for target in found:
                self.add(self.iri(place.path), slot.key, self.iri(target.path))
                if slot.term.property is not None:
                    self.link(subject, slot.term.property, target)

    def children(self, place: Place, slot: Slot, *, silent: frozenset[tuple[str, str]]) -> None:
        value = getattr(place.node, slot.name)
        head = "" if place.path == "" and slot.name == "registers" else slot.name
        here = self.iri(place.path)
        for position, child in enumerate(value if slot.many else (value,), 1):
            target = Place(child, join(place.path, head, child.id), slot, place.node)
            there = self.iri(target.path)
            self.add(here, slot.key, there)
            if slot.many:
                self.add(there, "ropa:position", Lit(str(position), XSD + "integer"))
            if slot.term.property is None or (slot.name, child.id) in silent:
                continue
            subject, _ = self.structure(place, slot)
            self.link(subject, slot.term.property, target)
            if isinstance(place.node, Register):
                self.add(here, "ropa:granularity", Lit("register"))
            if slot.term.down:
                for register in each(self.record.registers):
                    self.link(self.iri(register.id), slot.term.property, target)
        if value and slot.term.via is not None:
            self.complete(place, slot)

    def complete(self, place: Place, slot: Slot) -> None:
        """Name the record's own in a group too: the joint controllers are the others and the controller."""
        subject, property_ = self.structure(place, slot)[0], slot.term.property
        for own in slots(Record):
            one = getattr(self.record, own.name)
            if own.term.down and property_ is not None and own.term.property == property_ and one is not None:
                self.link(subject, property_, Place(one, join(own.name, one.id), own, self.record))

    def none(self, place: Place, slot: Slot) -> None:
        here = self.iri(place.path)
        there = self.iri(join(place.path, slot.name, "~none"))
        via = slot.term.via  # none of a group, say joint controllers, is no controller
        property_ = via.property if via else slot.term.property
        self.typed(there, "ropa:StatedNone", *(via.types if via else ranges(property_) if property_ else ()))
        self.add(there, "dpv:hasApplicability", expand("dpv:NotApplicable"))
        if slot.range is not None:  # "no transfer", not "no process": what there is none of
            spec = spec_of(slot.range)
            self.typed(there, *(name for name in spec.types if not name.startswith("ropa:")))
            for constant, value in spec.constants:
                self.add(there, constant, expand(value))
        self.add(here, slot.key, there)
        if property_ is not None and property_ != slot.key:
            self.add(here, property_, there)

    # -- values --------------------------------------------------------------

    def values(self, place: Place, slot: Slot) -> None:
        value = getattr(place.node, slot.name)
        subject, _ = self.structure(place, slot)
        for one in value if slot.many else (value,):
            written: list[Object]
            if isinstance(one, Text):
                written = [lang(words, tag) for tag, words in one.pairs]
            elif slot.kind == "concept":
                written = [self.terms.expand(one)]
            elif slot.kind == "iri":
                written = [one]
            else:
                written = [literal(slot.kind, one)]
            for item in written:
                self.add(subject, slot.key, item)
                if slot.term.also is not None:
                    self.add(self.iri(place.path), slot.term.also, item)
            meaning = slot.term.implies.get(str(one).lower() if isinstance(one, bool) else str(one))
            if meaning is not None:
                self.add(self.iri(place.path), meaning[0], expand(meaning[1]))

    def mapped(self, place: Place, slot: Slot) -> None:
        here = self.iri(place.path)
        for key, value in getattr(place.node, slot.name).pairs:
            if slot.kind == "extra":
                self.made.append((here, self.terms.expand(key), free_literal(value)))
                continue
            there = self.iri(join(place.path, f"~{slot.kind}", key) if key else join(place.path, f"~{slot.kind}"))
            if slot.kind == "prefixes":
                self.add(here, "sh:declare", there)
                self.add(there, "sh:prefix", Lit(key))
                self.add(there, "sh:namespace", Lit(value, XSD + "anyURI"))
            else:
                self.add(here, "ropa:remark", there)
                self.add(there, "ropa:about", Lit(key))
                for tag, words in value.pairs:
                    self.add(there, "dct:description", lang(words, tag))

    # -- the whole -----------------------------------------------------------

    def joined(self, register: Any) -> frozenset[tuple[str, str]]:
        """Return (field, id) of every node of a register that a pairing joins, the node's own included."""
        found: set[tuple[str, str]] = set()
        fields = {slot.range.__name__: slot.name for slot in slots(Register) if slot.kind == "node" and slot.range}
        for slot in slots(Register):
            if slot.kind != "node" or not slot.many:
                continue
            for child in each(getattr(register, slot.name)):
                process = slot.name == "pairings"
                for ref in slots(type(child)):
                    if ref.kind != "ref" or not (process or ref.term.on_process) or ref.ref not in fields:
                        continue
                    names = each(getattr(child, ref.name))
                    found |= {(fields[ref.ref], name) for name in names}
                    if names and ref.term.on_process and "dpv:Process" not in spec_of(type(child)).types:
                        found.add((slot.name, child.id))
        return frozenset(found)

    def node(self, place: Place, silent: frozenset[tuple[str, str]]) -> None:
        node, cls = place.node, type(place.node)
        here = self.iri(place.path)
        self.typed(here, *self.node_types(place))
        for property_, value in spec_of(cls).constants:
            self.add(here, property_, expand(value))
        for slot in slots(cls):
            value = getattr(node, slot.name)
            if value is None or slot.name == "id":
                continue
            if slot.kind in MAPS:
                self.mapped(place, slot)
            elif value == () and slot.many:
                self.none(place, slot)
            elif slot.kind == "node":
                self.children(place, slot, silent=silent)
            elif slot.kind == "ref":
                self.refer(place, slot, self.process_of(place) if slot.term.on_process else here)
            else:
                self.values(place, slot)

    def process_of(self, place: Place) -> str:
        """Return the process on which a node pairs itself with its own categories and purposes."""
        here = self.iri(place.path)
        if "dpv:Process" in spec_of(type(place.node)).types:
            return here
        there = self.iri(join(place.path, "~process"))
        if there not in self.types:
            self.typed(there, "dpv:Process", "dpv:PersonalDataProcess")
            self.add(self.iri(place.path.partition("/")[0]), "dpv:hasProcess", there)
            assert place.slot is not None
            assert place.slot.term.property is not None
            self.link(there, place.slot.term.property, place)
        return there

    def write(self) -> list[Triple]:
        record = self.record
        self.add(record.id, "dct:conformsTo", DPV_VERSION)
        self.add(record.id, "ropa:format", FORMAT_VERSION)
        silent = {register.id: self.joined(register) for register in each(record.registers)}
        for place in walk(record):
            self.node(place, silent.get(place.path, frozenset()))
        return self.made


def _blocking(record: Record) -> Iterator[Finding]:
    def finding(code: str, rule: str, path: str, message: str) -> Finding:
        return Finding(code=code, rule=rule, severity=Severity.ERROR, path=path, message=message)

    seen: set[str] = set()
    terms = Terms(record)
    for place in walk(record):
        if place.path in seen:
            yield finding(
                "ROPA904", "duplicate-id", place.path, "two nodes here have the same id: an IRI needs one each"
            )
        seen.add(place.path)
        for slot in slots(type(place.node)):
            value = getattr(place.node, slot.name)
            names: tuple[str, ...] = ()
            if slot.kind == "concept" and value is not None:
                names = value if slot.many else (value,)
            elif slot.kind == "extra" and value is not None:
                names = tuple(value)
            for name in names:
                try:
                    terms.expand(name)
                except ModelError as error:
                    yield finding("ROPA901", "unknown-term", join(place.path, slot.name), error.problems[0][1])


def triples(record: Record) -> list[Triple]:
    """Return the record's triples (without order, repeats possible).

    Raises WriteError for a duplicate id or an unknown prefix: no graph could
    say such a record without loss.
    """
    found = list(_blocking(record))
    if found:
        raise WriteError(found)
    return _Writer(record).write()
