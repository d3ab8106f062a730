"""One node of a foreign graph → the fields of a class: a loop over its declarations."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from ropa import values
from ropa.errors import ModelError
from ropa.model import (
    Assessment,
    AutomatedDecision,
    Contact,
    DataCategory,
    DataItem,
    DataSource,
    LawReference,
    LegalBasis,
    Notice,
    Organisation,
    Recipient,
    Record,
    Register,
    RetentionRule,
    RightsProcedure,
    RightStatement,
    System,
    Transfer,
)
from ropa.model.parties import CONTACT_KEY, CONTACT_POINT
from ropa.rdf.foreign import BROADER, EMAIL, NONE, PHONE, TYPE, Edge, View, words_of
from ropa.rdf.lengths import period, retention
from ropa.rdf.terms import Lit, Object
from ropa.rdf.write import below, ranges
from ropa.spec import MAPS, Slot, slot_map, slots, spec_of
from ropa.text import clean, language_tag
from ropa.vocab import ancestors, data, entry, expand, is_a, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NAMES: Final = ("skos:prefLabel", "dct:title", "dpv:hasName", "rdfs:label", "schema:name", "foaf:name")
DESCRIPTIONS: Final = ("dct:description", "rdfs:comment", "skos:definition", "skos:note", "schema:description")
ENTITY: Final = "dpv:Entity"
PARTIES: Final = (Organisation, Contact, Recipient)
ORGANISED: Final = ("dpv:hasName", "dpv:hasAddress", "dpv:hasContact", "dpv:hasIdentifier", "schema:contactPoint")
"""Details that only an organisation has: a category of recipients has a label."""
ORG_ROLES: Final = ("dpv:hasDataController", "dpv:hasAuthority", "tech:hasProvider", "dpv:isOrganisationalUnitOf")
KIND_ROOTS: Final[dict[type, tuple[str, ...]]] = {
    Organisation: ("dpv:Organisation", "dpv:OrganisationalUnit"),
    Recipient: (
        *("dpv:DataProcessor", "dpv:ThirdParty", "dpv:Authority", "dpv:DataController", "dpv:DataImporter"),
        *("dpv:OrganisationalUnit", "dpv:HumanSubject", "dpv:InternationalOrganisation"),
    ),
}
"""Which of an entity's types its kind is made of; the others say what it is somewhere else."""
VAGUE: Final = frozenset({ENTITY, "dpv:LegalEntity", "dpv:Recipient", "eu-gdpr:Recipient", "dpv:Organisation"})
NARROWER: Final = frozenset({"dpv:hasCountry", "dpv:hasStatus", "dpv:hasRecipient", "dpv:hasAssessment"})
"""Properties of fields that are read from their sub-properties too."""
ALSO_FROM: Final[dict[tuple[type, str], tuple[str, ...]]] = {
    (Transfer, "countries"): ("dpv:hasLocation",),
    (Transfer, "safeguards"): ("dpv:hasLegalMeasure",),
    (System, "countries"): ("dpv:hasLocation",),
    (DataItem, "necessity"): ("dpv:hasContext",),
}
UNFILLED: Final = frozenset(
    {
        ("Transfer", "interest"),  # a justification of a transfer need not be a compelling interest
        ("RightsProcedure", "response_time"),  # how long a notice lasts is no promise to answer
        ("RightsProcedure", "refusal_grounds"),
        ("RetentionRule", "period"),  # all forms of a length are read together
        ("RetentionRule", "until"),
        ("RetentionRule", "extensions"),
        ("System", "purposes"),  # a system does not give purposes to a register
    }
)
EXISTING: Final = (AutomatedDecision, Notice, Transfer, RightsProcedure, Assessment)
"""Classes of which it says something that there is one, without any detail."""
ONCE: Final = frozenset({"date", "duration", "bool", "int", "language"})
"""Kinds of values of which two are a conflict; of two addresses, one is still right."""
DIGITS: Final = 19
DEEPEST: Final = 32
"""How long a chain of units within organisations is followed."""
REFUSED: Final[dict[type, set[str]]] = {RetentionRule: {"dpv:StorageLocation", "dpv:StorageRestoration"}}
"""What is no node of the class, though DPV's hierarchy says so: where data lie is no length of time."""


@functools.cache
def homes() -> dict[str, tuple[type, Slot]]:
    """Return where the nodes of a class are kept that references point at: class name → owner and field."""
    found: dict[str, tuple[type, Slot]] = {}
    for owner in (Register, Record):  # the record's own lists win
        for slot in slots(owner):
            if slot.range is not None and slot.many and slot.range not in (Organisation, Contact):
                found[slot.range.__name__] = (owner, slot)
    return found


@functools.cache
def _countries() -> dict[str, str]:
    """Return the names of countries in every language, in small letters, with their terms."""
    terms = data()["terms"]
    named: dict[str, set[str]] = {}
    for term in terms:
        for words in terms[term][2].values() if is_a(term, "dpv:Country") else ():
            named.setdefault(words.lower(), set()).add(term)
    return {words: term for words, (term, *others) in named.items() if not others}


@functools.cache
def _shown(cls: type) -> tuple[Slot, ...]:
    """Return the fields that hold what a node falls under: its broader terms, its kind."""
    found = [slot for slot in slots(cls) if slot.kind == "concept"]
    return tuple(slot for slot in found if slot.key == BROADER or slot.term.typed or slot.name == "same_as")


@functools.cache
def _bare(cls: type) -> frozenset[str]:
    """Return the classes that say no more than that a node is of the model's class."""
    roots = {*spec_of(cls).types, *(root for slot in _shown(cls) for root in slot.roots)}
    roots |= {name.replace("dpv:", "eu-gdpr:") for name in roots}
    return frozenset(roots | VAGUE if cls in PARTIES else roots)


@functools.cache
def _fitting(cls: type) -> frozenset[str]:
    """Return the classes one of which a typed node must be to be read as the model's class."""
    entities = {ENTITY} if cls in PARTIES or cls is DataSource else set[str]()
    return _bare(cls) | entities | ({"dpv:Processing"} if cls is Transfer else set())


class Part:
    """A node of the record that is being made; it holds other parts until their ids are known."""

    __slots__ = ("cls", "data", "id", "key", "nodes", "roles")

    def __init__(self, cls: type, *nodes: Object) -> None:
        """Start with the nodes of the graph that it is read from."""
        self.cls = cls
        self.nodes = list(nodes)
        self.data: dict[str, Any] = {}
        self.roles: set[str] = set()
        self.id = ""
        self.key: tuple[str, object] = ("", None)

    def put(self, slot: Slot, part: Part) -> None:
        """Hold another part, as a child or as a reference."""
        if not slot.many:
            self.data.setdefault(slot.name, part)
        elif part not in self.data.setdefault(slot.name, []):
            self.data[slot.name].append(part)


class Gatherer:
    """Makes parts of nodes; what it understands is marked as used in the view."""

    def __init__(self, view: View, language: str) -> None:
        """Start with an empty record."""
        self.view = view
        self.language = language
        self.record = Part(Record)
        self.orgs: dict[object, Part] = {}
        self.made: dict[tuple[Part, str, object], Part] = {}
        self.depth = 0

    # -- nodes ---------------------------------------------------------------

    def make(self, owner: Part, slot: Slot, edge: Edge, register: Part) -> Part | None:
        """Return the part for an edge's object in a field, made at need; None if the object is not understood."""
        cls, key, before = slot.range, (owner, slot.name, self.view.identity(edge)), len(self.view.used)
        assert cls is not None  # node fields only
        part = self.made.get(key)
        if part is None:
            if not self.accepts(cls, edge) or (not slot.many and slot.name in owner.data):
                return None
            part = self.made[key] = Part(cls, self.node(edge))
            part.key = key[1:]
            part.roles.update(ranges(slot.term.property or ""))
            self.read(part, edge, register)
            if self.is_empty(part, edge):
                self.view.back(before)
                del self.made[key]
                return None
            owner.put(slot, part)
        else:
            self.again(part, edge, register)
        if cls is not Recipient or self.role(part, edge):
            self.view.use(edge)
        return part

    def node(self, edge: Edge) -> Object:
        """Return the node that a part is read from; a term by its present IRI."""
        return expand(edge.term) if known(edge.term) else edge.value

    def is_empty(self, part: Part, edge: Edge) -> bool:
        """Say whether a part would say nothing: a blank node without details, a condition that is not about time."""
        blank = isinstance(edge.value, str) and edge.value.startswith("_:")
        role = edge.name in below("dpv:hasRecipient")
        return not part.data and part.cls not in EXISTING and not role and (blank or part.cls is RetentionRule)

    def again(self, part: Part, edge: Edge, register: Part) -> None:
        """Use what another blank node says in the same words."""
        if self.node(edge) not in part.nodes:
            part.nodes.append(self.node(edge))
            self.read(Part(part.cls), edge, register)

    def organisation(self, edge: Edge, role: str = "") -> Part | None:
        """Return the organisation that an edge names; the edge's property gives the role."""
        key = self.view.identity(edge)
        part = self.orgs.get(key)
        if part is not None:
            self.again(part, edge, self.record)
        elif self.depth < DEEPEST and self.accepts(Organisation, edge):
            part = self.orgs[key] = Part(Organisation, self.node(edge))
            self.depth += 1
            self.read(part, edge, self.record)
            self.depth -= 1
            if self.is_empty(part, edge):
                del self.orgs[key]
                return None
        else:
            return None
        part.roles.update({role} if role else ())
        self.view.use(edge)
        return part

    def accepts(self, cls: type, edge: Edge) -> bool:
        """Say whether an object can be read as a class; what is of no known type can."""
        if isinstance(edge.value, Lit):
            page = "url" in slot_map(cls) and _page(edge.value.value)
            return bool(words_of(edge.value) or page or (cls is RetentionRule and period(edge.value)))
        if known(edge.term):
            return self.concept(cls, edge) is not None
        mark, kinds = self.view.marker(edge), self.view.closure(edge.value)
        if mark and not self.denied(cls, edge):
            return False
        if edge.is_lost and not self.view.edges(edge.value):
            return False
        return kinds.isdisjoint(REFUSED.get(cls, ())) and (not kinds or not kinds.isdisjoint(_fitting(cls)))

    def denied(self, cls: type, edge: Edge) -> bool:
        """Say whether a node is one right that does not apply: a statement, unlike rights that do not apply at all."""
        return cls is RightStatement and self.view.marker(edge) == NONE and bool(self.kinds(cls, "right", edge.value))

    def read(self, part: Part, edge: Edge, register: Part) -> None:
        """Fill a part from an edge's object: a literal, a term, or a node."""
        cls, value = part.cls, edge.value
        mail = EMAIL.match(value.value if isinstance(value, Lit) else value)
        if mail and cls in (Organisation, Contact):
            part.data["email"] = mail[1]
        elif isinstance(value, Lit):
            length = period(value) if cls is RetentionRule else None
            page = _page(value.value) if "url" in slot_map(cls) else None
            text = {"url": page} if page else {"name": self.view.text([edge], self.language)}
            part.data.update({"period": length} if length else text)
        elif known(edge.term):
            part.data.update(self.concept(cls, edge) or {})
        else:
            named = self.is_entity(value) if cls is DataSource else cls is Recipient and self.is_organisation(value)
            organisation = self.organisation(edge) if named else None
            if organisation is not None:
                part.data["organisation"] = organisation
            if organisation is None or cls is Recipient:
                self.fill(part, value, register)

    def is_entity(self, node: Object) -> bool:
        """Say whether a node is an entity rather than a source of data."""
        kinds = self.view.closure(node)
        return "dpv:DataSource" not in kinds and (ENTITY in kinds or self.is_organisation(node))

    def is_organisation(self, node: Object) -> bool:
        """Say whether a node is one organisation, not a category: it has an address and the like, or a role of one."""
        return bool(self.view.edges(node, *ORGANISED) or self.view.into(node, *ORG_ROLES))

    def role(self, part: Part, edge: Edge) -> bool:
        """Give a recipient the role that a property means; say whether the recipient now says it."""
        if edge.name not in below("dpv:hasRecipient"):
            return True
        role, kind = ranges(edge.name)[0], part.data.get("kind")
        if kind is None or is_a(role, kind):
            part.data["kind"] = role
            return True
        return is_a(kind, role)

    # -- terms ---------------------------------------------------------------

    def concept(self, cls: type, edge: Edge) -> dict[str, Any] | None:
        """Return the fields that say a term of a vocabulary, or None if the class cannot say it."""
        term, found = edge.term, entry(edge.term)
        source = f"{term}DataSource"
        if cls is DataSource and known(source):  # "the data subject" for "the data subject as a source"
            return {"concepts": [source]}
        if cls is LawReference and found and is_a(term, "dpv:Law") and found.types:
            return {"name": {"en": found.labels["en"]}}
        # A taxonomy's term is a concept or an individual; a class is a kind.
        fields = sorted(_shown(cls), key=lambda slot: (slot.name == "kind") == bool(found and found.types))
        for slot in fields:
            if is_a(term, *slot.roots) and term not in _bare(cls):
                return {slot.name: [term] if slot.many else term}
        constants = (name for _, value in spec_of(cls).constants for name in ancestors(value))
        return {} if term in (*spec_of(cls).types, *constants) and term not in ranges(edge.name) else None

    def kinds(self, cls: type, name: str, node: Object) -> list[Edge]:
        """Return the types and broader terms of a node that a field can say."""
        slot = slot_map(cls)[name]
        roots = KIND_ROOTS.get(cls, slot.roots) if name == "kind" else slot.roots
        names = (TYPE, BROADER, "dct:type") if slot.term.typed else (TYPE, BROADER)
        found = [edge for edge in self.view.edges(node, *names) if is_a(edge.term, *roots) and known(edge.term)]
        found = [edge for edge in found if edge.term not in _bare(cls)]
        if cls is Recipient:
            found = [edge for edge in found if self.is_said(edge, node, name)]
        terms = {edge.term for edge in found}
        return [edge for edge in found if edge.name != TYPE or not _above(edge.term, terms)]

    def is_said(self, edge: Edge, node: Object, name: str) -> bool:
        """Say whether a recipient's type is about the recipient; a role that another property gives is not."""
        found = entry(edge.term)
        if name == "concepts":
            return bool(found and found.types)
        roles = {edge.term, *(found.parents if found and edge.term.startswith("eu-gdpr:") else ())}
        return all(roles.isdisjoint(ranges(other.name)) for other in self.view.into(node))

    def concepts(self, part: Part, slot: Slot, subject: str) -> Any:
        """Return the terms of a field, and use their edges."""
        if slot.key == BROADER or slot.term.typed:
            edges = self.kinds(part.cls, slot.name, subject)
            pairs = [(edge.term, [edge]) for edge in edges]
        else:
            names = [slot.key, *(below(slot.key) if slot.key in NARROWER else ())]
            edges = self.view.edges(subject, *names, *ALSO_FROM.get((part.cls, slot.name), ()))
            if slot.none_ok and edges and all(self.is_none(edge, slot) for edge in edges):
                self.view.use(*edges)
                return []
            pairs = [pair for edge in edges for pair in self.named(edge) if is_a(pair[0], *slot.roots)]
            pairs = [pair for pair in pairs if self.is_meant(part, slot, pair[0])]
        terms = sorted({term for term, _ in pairs})
        if not slot.many:
            narrow = [term for term in terms if not _above(term, set(terms))]
            # Several broader terms are one thing that is all of them; several values of another field are a conflict.
            terms = narrow[:1] if slot.key == BROADER or slot.term.typed or len(narrow) == 1 else []
        self.view.use(*(edge for term, edges in pairs if term in terms for edge in edges))
        return (terms if slot.many else terms[0]) if terms else None

    def named(self, edge: Edge) -> list[tuple[str, list[Edge]]]:
        """Return the terms that an object is: itself, a country by its exact name, or what a node falls under."""
        if isinstance(edge.value, Lit):
            country = _countries().get(edge.value.value.strip().lower())
            return [(country, [edge])] if country else []
        if known(edge.term):
            return [(edge.term, [edge])]
        return [] if self.view.marker(edge) else [(kind.term, [edge, kind]) for kind in self.view.kinds(edge.value)]

    def is_none(self, edge: Edge, slot: Slot) -> bool:
        """Say whether an edge states that there is none of a field: nothing narrower, nothing besides."""
        return edge.name == slot.term.property and edge.term == NONE

    def is_meant(self, part: Part, slot: Slot, term: str) -> bool:
        """Say whether a field means a term of its property, where the property says more than the field."""
        if (part.cls, slot.name) == (Transfer, "mechanisms"):
            return is_a(term, "dpv:DataTransferLegalBasis")
        if (part.cls, slot.name) == (Transfer, "safeguards"):
            return not is_a(term, "dpv:Notice", "dpv:Assessment")
        return term not in slot.roots

    # -- fields --------------------------------------------------------------

    def fill(self, part: Part, subject: str, register: Part, only: Iterable[str] | None = None) -> None:
        """Fill the fields of a part from what is said of a subject."""
        cls = part.cls
        for slot in slots(cls):
            if slot.name in part.data or slot.kind in MAPS or (cls.__name__, slot.name) in UNFILLED:
                continue
            if slot.name in ("id", "evidence") or (only is not None and slot.name not in only):
                continue
            if part.data.get("organisation") and cls is Recipient and slot.name in ("name", "description", "countries"):
                continue  # the organisation says it
            value = self.value(part, slot, subject, register)
            if value not in (None, {}):
                part.data[slot.name] = value
        if cls is RetentionRule and only is None:
            retention(self.view, part.data, subject, self.language)
        if cls in (Organisation, Contact):
            self.contact(part, subject)
        if cls is DataCategory:
            self.necessity(part, subject)

    def value(self, part: Part, slot: Slot, subject: str, register: Part) -> Any:
        """Return the value of one field, or None."""
        if slot.kind == "text":
            return self.words(part, slot, subject)
        if slot.kind == "concept":
            return self.concepts(part, slot, subject)
        if slot.is_edge:
            return self.parts(part, slot, subject, register)
        for value, (property_, term) in slot.term.implies.items():
            meant = [edge for edge in self.view.edges(subject, property_) if expand(term) == edge.value]
            if slot.kind == "bool" and meant:
                self.view.use(*meant)
                return value == "true"
        found: list[Any] = []
        edges: list[Edge] = []
        for leaf, chain in self.leaves(part, slot, subject):
            plain = _plain(slot, leaf.value)
            if plain is not None and (slot.many or plain in found or not found or slot.kind in ONCE):
                edges += [leaf, *chain]
                found.append(plain)
        if slot.kind in ONCE and len(set(found)) > 1:
            return None  # one of two dates would be wrong
        self.view.use(*edges)
        return (sorted(set(found)) if slot.many else found[0]) if found else None

    def words(self, part: Part, slot: Slot, subject: str) -> dict[str, str]:
        """Return the texts of a field by language."""
        others = {other.key for other in slots(part.cls) if other.name != slot.name}
        names = {"name": NAMES, "description": DESCRIPTIONS}.get(slot.name, ())
        pairs = self.leaves(part, slot, subject)
        for name in dict.fromkeys(names):
            if name != slot.key and name not in others:
                pairs += [(edge, ()) for edge in self.view.edges(subject, name)]
        found = self.view.text([leaf for leaf, _ in pairs], self.language)
        self.view.use(*(edge for leaf, chain in pairs if leaf.triple in self.view.used for edge in chain))
        return found

    def leaves(self, part: Part, slot: Slot, subject: str) -> list[tuple[Edge, tuple[Edge, ...]]]:
        """Return the edges to a field's values, each with the edges of the structure node on the way."""
        via, view = slot.term.via, self.view
        if not self.is_open(part, slot):
            return []
        if via is None:
            found = view.edges(subject, slot.key)
            return [(edge, ()) for edge in found if slot.name != "eli" or "/eli/" in str(edge.value)]
        point = via is CONTACT_POINT
        pairs: list[tuple[Edge, tuple[Edge, ...]]] = []
        pairs += [(edge, ()) for edge in view.edges(subject, slot.key) if point and slot.kind == "string"]
        above = frozenset[str]().union(*(ancestors(name) for name in via.types))
        for link in view.edges(subject, via.property, *((CONTACT_KEY,) if point else ())):
            if isinstance(link.value, Lit):
                pairs += [] if point else [(link, ())]
            elif not known(link.term) and not view.marker(link):
                types = [kind for kind in view.kinds(link.value) if kind.term in above or kind.term in via.types]
                types += [edge for edge in view.edges(link.value, TYPE) if edge.term in via.types]
                pairs += [(edge, (link, *types)) for edge in view.edges(link.value, slot.key)]
        return pairs

    def is_open(self, part: Part, slot: Slot) -> bool:
        """Say whether a field can be read: not every justification is an interest, or a reason to deny."""
        if (part.cls, slot.name) == (LegalBasis, "interest"):
            return is_a(part.data.get("basis", ""), "dpv:LegitimateInterest")
        return (part.cls, slot.name) != (RightStatement, "reason") or part.data.get("granted") is False

    def parts(self, part: Part, slot: Slot, subject: str, register: Part) -> Any:
        """Return the nodes of a field: children are made in their place, references are held."""
        own = slot.term.property or slot.key
        edges = self.view.edges(subject, own, *(below(own) if own in NARROWER else ()))
        if slot.none_ok and edges and all(self.is_none(edge, slot) for edge in edges):
            self.view.use(*edges)
            return []
        found: list[Part] = []
        for edge in edges:
            if slot.kind == "node":
                self.make(part, slot, edge, register)
            elif (part.cls, slot.name) != (LegalBasis, "withdrawals") or edge.term == "eu-gdpr:A7-3":
                target = self.target(slot.ref or "", edge, register)
                found += [target] if target is not None and target not in found else []
        return (found if slot.many else found[0]) if found else None

    def target(self, name: str, edge: Edge, register: Part) -> Part | None:
        """Return the part that a reference points at; a node of the record points at no part of a register."""
        if name == Organisation.__name__:
            return self.organisation(edge, next(iter(ranges(edge.name)), ""))
        owner, home = homes()[name]
        if owner is Register and register is self.record:
            return None
        return self.make(self.record if owner is Record else register, home, edge, register)

    def contact(self, part: Part, subject: str) -> None:
        """Read DPV's one contact property: an address, a number, or other words."""
        for edge in self.view.edges(subject, CONTACT_KEY):
            said = edge.value.value.strip() if isinstance(edge.value, Lit) else edge.value
            mail, phone = EMAIL.match(said), PHONE.match(said)
            field = "email" if mail else "phone" if phone and sum(map(str.isdigit, said)) > 4 else ""
            match = mail or phone
            if field and match:
                if part.data.setdefault(field, match[1].strip()) == match[1].strip():
                    self.view.use(edge)
            elif isinstance(edge.value, Lit) and "description" not in part.data:
                part.data.update({"description": text} if (text := self.view.text([edge], self.language)) else {})
            elif part.cls is Contact and edge.is_node and _plain(slot_map(Contact)["url"], edge.value):
                self.view.use(*([edge] if part.data.setdefault("url", said) == said else []))

    def necessity(self, part: Part, subject: str) -> None:
        """Make an item of a category that is said to be required or optional: only items can say it."""
        item = Part(DataItem, subject)
        self.fill(item, subject, part, ("necessity",))
        if item.data:
            item.data.update({name: part.data[name] for name in ("name", "concepts") if name in part.data})
            part.put(slot_map(DataCategory)["items"], item)


def _above(term: str, terms: Iterable[str]) -> bool:
    """Say whether a term is above another one of the terms."""
    return any(term != other and is_a(other, term) for other in terms)


def _page(text: str) -> str | None:
    """Return a web address that stands where a node is meant."""
    try:
        return values.iri(text.strip()) if text.strip().startswith(("https://", "http://")) else None
    except ModelError:
        return None


def _plain(slot: Slot, value: Object) -> Any:
    """Return what a literal or an IRI says in a field, or None if the field cannot hold it."""
    text = value.value.strip() if isinstance(value, Lit) else value
    try:
        if slot.kind == "iri":
            return None if text.startswith("_:") else values.iri(text)
        if slot.kind == "string" and text.startswith(("mailto:", "tel:")):
            return clean(text.partition(":")[2])
        if not isinstance(value, Lit) or not text:
            return None
        readers: dict[str, Callable[[str], str]] = {
            "string": clean,
            "date": values.date,
            "duration": values.duration,
            "language": language_tag,
        }
        if slot.kind in readers:
            return readers[slot.kind](text)
        if slot.kind == "bool":
            return {"true": True, "1": True, "false": False, "0": False}.get(text)
        return int(text) if slot.kind == "int" and text.isascii() and text.isdigit() and len(text) < DIGITS else None
    except ModelError:
        return None
