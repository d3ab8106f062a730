"""Foreign DPV graphs → records: what real graphs say, in our form, and the triples that were not understood.

What is not understood stays unread; no purpose, basis, role, country or period
is inferred. A statement that the record could only make of more than the graph
says it of (a controller of one of several processes) stays unread too.

What becomes of IRIs: the IRI of the record's node is the record's id, if it has
no fragment. The IRI of any other node gives its id, where no label does, and
nothing else: the IRI itself is not kept. Terms of DPV and `ropa:` are kept as
terms, an organisation that is such a term in `same_as`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from ropa import values
from ropa.codec import FORMAT, from_dict
from ropa.errors import ModelError, ReadError
from ropa.findings import malformed
from ropa.model import Organisation, Recipient, Record, Register, RetentionRule
from ropa.rdf import formats, read
from ropa.rdf.foreign import NONE, TYPE, Edge, View, present
from ropa.rdf.gather import Gatherer, Part
from ropa.rdf.processes import CONTROLLER, LISTED, PROCESS, Processes
from ropa.rdf.terms import RDF_TYPE, Lit, Object, Triple
from ropa.spec import slot_map, slots, spec_of
from ropa.text import language_tag, slug
from ropa.vocab import ancestors, entry, expand, is_a, known

if TYPE_CHECKING:
    from rdflib import Graph

NO_RECORD: Final = "urn:ropa:adopted"
"""Id of a record whose graph has no node of its own for it."""
RECORDS: Final = frozenset({"dpv:ROPA", "dpv:RecordsOfActivities", "dpv:DataProcessingRecord", "dcat:Catalog"})
JOINT: Final = "dpv:hasJointDataControllers"
OFFICER: Final = "dpv:hasDataProtectionOfficer"
OFFICER_CLASS: Final = "dpv:DataProtectionOfficer"


class _Adopter:
    def __init__(self, triples: Iterable[Triple]) -> None:
        self.view = View(triples)
        self.record_node = self._record_node()
        self.gather = Gatherer(self.view, self._language())
        self.processes = Processes(self.view, self.gather, self.record_node)
        self.record = self.gather.record
        self.registers: dict[str, Part] = {}

    def _record_node(self) -> str | None:
        """Return the one node that is a record of processing, or lists the processes; two records are no record."""
        found = []
        for subject in self.view.subjects():
            types = {edge.term for edge in self.view.edges(subject, TYPE)} & RECORDS
            if types and (types != {"dcat:Catalog"} or self.view.edges(subject, *LISTED)):
                found.append(subject)
        return found[0] if len(found) == 1 else None

    def _language(self) -> str:
        """Return the language that the record names, else the most frequent one."""
        for edge in self.view.edges(self.record_node or "", "dct:language"):
            try:
                language = language_tag(edge.value.value) if isinstance(edge.value, Lit) else None
            except ModelError:
                language = None
            if language:
                self.view.use(edge)
                return language
        return self.view.language()

    # -- who -----------------------------------------------------------------

    def is_group(self, edge: Edge) -> bool:
        """Say whether an edge leads to a group of joint controllers."""
        kinds = {kind.term for kind in self.view.kinds(edge.value)}
        return edge.name == JOINT or "dpv:JointDataControllers" in kinds

    def controllers(self, subject: str) -> list[Edge]:
        """Return the edges to a node's controllers, groups left out."""
        return [edge for edge in self.view.edges(subject, CONTROLLER) if not self.is_group(edge)]

    def representatives(self, subject: str, *, officers: bool) -> list[Edge]:
        """Return the edges to data protection officers, or to representatives that are none."""
        found = self.view.edges(subject, OFFICER, "dpv:hasRepresentative")
        kinds = {edge: self.view.closure(edge.value) for edge in found}
        return [edge for edge in found if (edge.name == OFFICER or OFFICER_CLASS in kinds[edge]) == officers]

    def lifted(self, said: Callable[[str], list[Edge]], *places: Object | None) -> list[Edge]:
        """Return what can be said of the whole record: what its node says, or every process alike."""
        edges = [edge for place in places if isinstance(place, str) for edge in said(place)]
        rooted = [said(root) for root in self.registers]
        alike = [{self.view.identity(edge) for edge in found} for found in rooted]
        if not edges and rooted and all(one == alike[0] for one in alike):
            edges = rooted[0]
        keys = {self.view.identity(edge) for edge in edges}
        everywhere = [edge for found in rooted for edge in found if self.view.identity(edge) in keys]
        return list(dict.fromkeys([*edges, *everywhere]))

    def whole(self, name: str, edges: list[Edge], role: str) -> None:
        """Fill a field of the record that holds an organisation, or contacts."""
        slot = slot_map(Record)[name]
        stated = [edge for edge in edges if not self.view.marker(edge)]
        if slot.none_ok and edges and all(edge.term == NONE for edge in edges):
            self.record.data[name] = []
            self.view.use(*edges)
        elif slot.many:
            for edge in stated:
                part = self.gather.make(self.record, slot, edge, self.record)
                if part is not None:
                    part.roles.add(role)
        elif len({self.view.identity(edge) for edge in stated}) == 1:
            for edge in stated:
                organisation = self.gather.organisation(edge, role)
                if organisation is not None:
                    self.record.data[name] = organisation

    def people(self) -> None:
        """Read who is responsible for the whole, and with whom a register's controller decides."""
        view, node = self.view, self.record_node
        processors = view.edges(node or "", "dpv:hasDataProcessor")
        controllers = self.controllers(node or "")
        if processors and not controllers:  # a processor's record: its processes name those for whom it acts
            self.whole("processor", processors, "dpv:DataProcessor")
            for subject, register in self.registers.items():
                for edge in self.controllers(subject):
                    organisation = self.gather.organisation(edge, "dpv:DataController")
                    if organisation is not None:
                        register.put(slot_map(Register)["on_behalf_of"], organisation)
        else:
            self.whole("controller", self.lifted(self.controllers, node), "dpv:DataController")
        if not self.registers and node is None:
            typed = [s for s in view.subjects() if "dpv:DataController" in view.closure(s)]
            about = [Edge("", subject, subject, (subject, RDF_TYPE, subject)) for subject in typed]
            self.whole("controller", about if len(about) == 1 else [], "dpv:DataController")
        main = self.record.data.get("controller")
        places = [node, *(main.nodes if main else ())]
        officers = self.lifted(functools.partial(self.representatives, officers=True), *places)
        self.whole("data_protection_officers", officers, OFFICER_CLASS)
        others = self.lifted(functools.partial(self.representatives, officers=False), *places)
        self.whole("representatives", others, "dpv:Representative")
        authorities = self.lifted(lambda subject: view.edges(subject, "dpv:hasAuthority"), *places)
        self.whole("supervisory_authority", authorities, "dpv:Authority")
        for subject, register in self.registers.items():
            self.joint(register, subject, main)

    def joint(self, register: Part, subject: str, main: Part | None) -> None:
        """Read the others with whom the controller decides: the members of a group, or each one named."""
        for edge in [*self.view.edges(subject, JOINT), *self.view.edges(subject, CONTROLLER)]:
            if not self.is_group(edge) or self.view.marker(edge):
                continue
            members = self.view.edges(edge.value, CONTROLLER)
            kinds = [kind for kind in self.view.kinds(edge.value) if is_a("dpv:JointDataControllers", kind.term)]
            if not members and kinds:
                continue  # a group of nobody that is named
            found = [self.gather.organisation(member, "dpv:DataController") for member in members or [edge]]
            for part in found:
                if part is not None and part is not main:
                    register.put(slot_map(Register)["joint_controllers"], part)
            self.view.use(*([edge, *kinds] if any(found) and members else []))

    # -- the whole -----------------------------------------------------------

    def adopt(self) -> Part:
        """Read the graph."""
        for subject in self.processes.roots():
            register = self.registers[subject] = Part(Register, subject)
            self.gather.fill(register, subject, register, ("name", "description"))
            self.record.put(slot_map(Record)["registers"], register)
        self.people()
        for subject, register in self.registers.items():
            self.processes.register(register, subject)
        self.processes.crossed(self.registers.values())
        self.processes.none()
        if self.record_node is not None:
            self.about(self.record_node)
        for part in self.gather.made.values():  # an organisation in one place is one in every place
            organisation = self.gather.orgs.get(part.key[1]) if part.cls is Recipient else None
            if organisation is not None:
                part.data.setdefault("organisation", organisation)
        placed = {self.record.data.get(name) for name in ("controller", "processor", "supervisory_authority")}
        placed |= {part for register in self.registers.values() for part in register.data.get("joint_controllers", ())}
        others = [part for part in self.gather.orgs.values() if part not in placed]
        self.record.data.update({"organisations": others} if others else {})
        return self.record

    def about(self, node: str) -> None:
        """Read what the record's node says of itself."""
        view = self.view
        self.record.nodes.append(node)
        plain = [slot.name for slot in slots(Record) if not slot.is_edge and slot.name != "language"]
        self.gather.fill(self.record, node, self.record, plain)
        view.use(*(edge for edge in view.edges(node, *LISTED) if edge.value in self.registers))
        if any(edge.term == "dpv:ROPA" for edge in view.edges(node, TYPE)):
            self.record.data["serves"] = ["record"]
            self.record.roles.add("dpv:ROPA")


# -- ids and plain data --------------------------------------------------------


def _text(value: Any, language: str) -> str:
    """Return a text in a language, or in the first that is there."""
    return str(value.get(language) or value[min(value)]) if isinstance(value, dict) and value else ""


def _base(part: Part, language: str) -> str:
    """Return what an id is made of: the label, else the local name of the IRI, else what it falls under."""
    node = part.nodes[0] if part.nodes and isinstance(part.nodes[0], str) else ""
    last = re.split("[/#:]", node.rstrip("/#:"))[-1]
    local = "" if node.startswith("_:") else slug(unquote(last))
    label = slug(_text(part.data.get("name"), language)) or slug(_text(part.data.get("title"), language))
    made = local if known(present(node)) else label or local
    for name in spec_of(part.cls).id_from if not made else ():
        value = part.data.get(name)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, str):
            made = made or slug(first.rpartition(":")[2])
        elif isinstance(first, dict):
            made = made or slug(_text(first, language))
    return made or slug(spec_of(part.cls).label.en)


class _Finisher:
    """Gives ids, marks the types that the record says, and makes plain data."""

    def __init__(self, view: View, language: str) -> None:
        self.view = view
        self.language = language

    def name(self, parts: list[Part], taken: set[str]) -> None:
        """Give ids that are unique in their collection, in the order of the nodes; the parts are put in that order."""

        def order(part: Part) -> tuple[tuple[int, str], str]:
            place = self.view.order(part.nodes[0]) if part.nodes else (3, "")
            return ((place[0], "" if place[0] == 1 else place[1]), _base(part, self.language) + place[1])

        parts.sort(key=order)
        for part in parts:
            base = _base(part, self.language)
            part.id, count = base, 1
            while part.id in taken:
                count += 1
                part.id = f"{base}-{count}"
            taken.add(part.id)

    def names(self, part: Part, organisations: Iterable[Part]) -> None:
        """Give ids to every node below a part; organisations are named together, as references resolve among all."""
        if part.cls is Record:
            self.name(list(organisations), set())
        for slot in slots(part.cls):
            value = part.data.get(slot.name)
            if slot.kind != "node" or not value:
                continue
            children = value if isinstance(value, list) else [value]
            if slot.range is not Organisation:
                # A register's id is the first part of its paths: no field of the record may have the same name.
                self.name(children, set(slot_map(Record)) if slot.range is Register else set())
            children.sort(key=lambda child: self.view.order(child.nodes[0]) if slot.range is Organisation else (0, ""))
            for child in children:
                self.names(child, ())

    def plain(self, part: Part) -> dict[str, Any]:
        """Return plain data, and use the types that the record says."""
        self.types(part)
        made: dict[str, Any] = {"id": part.id}
        for slot in slots(part.cls):
            value = part.data.get(slot.name)
            if value is None:
                continue
            if slot.kind == "node":
                made[slot.name] = [self.plain(child) for child in value] if slot.many else self.plain(value)
            elif slot.kind == "ref":
                made[slot.name] = sorted({target.id for target in value}) if slot.many else value.id
            else:
                made[slot.name] = sorted(value) if isinstance(value, list) else value
        return made

    def types(self, part: Part) -> None:
        """Use the types and broader terms that the part's class, terms and roles mean."""
        spec, said = spec_of(part.cls), set(part.roles)
        said |= {*spec.types, *(value for _, value in spec.constants)}
        for slot in slots(part.cls):
            value = part.data.get(slot.name) if slot.kind == "concept" else None
            said |= set(value) if isinstance(value, list) else {value} if value else set()
        if part.cls is RetentionRule:  # a rule is about time
            said.add("dpv:StorageDuration")
        meant = frozenset[str]().union(*(ancestors(name) for name in said))
        nodes = [node for node in part.nodes if isinstance(node, str) and not known(present(node))]
        for edge in (edge for node in nodes for edge in self.view.kinds(node)):
            if edge.triple not in self.view.used:
                found = entry(edge.term)
                same = edge.term.startswith("eu-gdpr:") and found and not found.types and said & set(found.parents)
                if edge.term in meant or same:
                    self.view.use(edge)


def adopt(triples: Iterable[Triple]) -> tuple[dict[str, Any], list[Triple]]:
    """Return the record that a foreign DPV graph describes, as plain data, and the triples that it did not use.

    The data are those of `ropa.from_dict`; the same graph gives the same data,
    whatever its blank nodes are called. Nothing is inferred. IRIs give ids:
    the record's node its whole IRI (without fragment; else `urn:ropa:adopted`),
    other nodes the local name where they have no label. Terms of DPV stay
    terms; other IRIs are not kept.

    Raises ReadError if nothing in the graph looks like a process, a record or a
    controller.
    """
    adopter = _Adopter(triples)
    view, language = adopter.view, adopter.gather.language
    record = adopter.adopt()
    kinds = frozenset[str]().union(*(view.closure(subject) for subject in view.subjects()))
    if not record.data and not record.nodes and kinds.isdisjoint({PROCESS, "dpv:DataController", *RECORDS}):
        hint = "a DPV graph has nodes typed dpv:Process, dpv:ROPA or dpv:DataController"
        raise ReadError([malformed("nothing in the graph looks like a process, a record or a controller", hint=hint)])
    finisher = _Finisher(view, language)
    finisher.names(record, adopter.gather.orgs.values())
    data = finisher.plain(record)
    iri = adopter.record_node or ""
    try:
        data["id"] = values.iri(iri) if "#" not in iri and not iri.startswith("_:") else NO_RECORD
    except ModelError:
        data["id"] = NO_RECORD
    return {"ropa": FORMAT, **data, "language": language}, view.unread()


class Draft(NamedTuple):
    """A record that was read from a graph, and the triples that it does not say."""

    record: Record
    unread: tuple[Triple, ...]


def read_graph(graph: Graph | Iterable[Triple]) -> Draft:
    """Return the record in an `rdflib.Graph` or in neutral triples, and the triples that were not understood.

    A graph of our own form is read strictly, any other one is adopted (see
    `adopt`). Incomplete records are read; ReadError is raised if nothing looks
    like a record, or if a graph of our own form is malformed.
    """
    foreign = any(cls.__module__.partition(".")[0] == "rdflib" for cls in type(graph).__mro__)
    triples: list[Triple] = formats.from_rdflib(graph) if foreign else list(graph)  # type: ignore[arg-type]  # as just asked
    own = expand("ropa:Record")
    if any(p == RDF_TYPE and o == own for _, p, o in triples):
        record = read.read(triples)
        return Draft(record, tuple(read.unread(record, triples)))
    data, left = adopt(triples)
    return Draft(from_dict(data), tuple(left))
