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
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from ropa import values
from ropa.codec import FORMAT, from_dict
from ropa.errors import ModelError, ReadError
from ropa.findings import malformed
from ropa.model import (
    DataCategory,
    Exclusion,
    LegalBasis,
    Organisation,
    Pairing,
    Purpose,
    Recipient,
    Record,
    Register,
    RetentionRule,
    Transfer,
)
from ropa.rdf import formats, read
from ropa.rdf.foreign import NONE, TYPE, Edge, View, tag_of
from ropa.rdf.gather import NAMES, Gatherer, Part, homes
from ropa.rdf.terms import RDF_TYPE, Lit, Object, Triple
from ropa.rdf.write import below, ranges
from ropa.spec import Slot, slot_map, slots, spec_of
from ropa.text import language_tag, slug
from ropa.vocab import ancestors, entry, expand, is_a, known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph

NO_RECORD: Final = "urn:ropa:adopted"
"""Id of a record whose graph has no node of its own for it."""
RECORDS: Final = frozenset({"dpv:ROPA", "dpv:RecordsOfActivities", "dpv:DataProcessingRecord", "dcat:Catalog"})
PROCESS: Final = "dpv:Process"
NESTED: Final = ("dpv:hasProcess", "dpv:hasPersonalDataProcess")
LISTED: Final = (*NESTED, "dct:hasPart", "dcat:dataset", "dcat:record")
PROCESSING: Final = "dpv:hasProcessing"
CROSSING: Final = "dpv:CrossBorderTransfer"
CONTROLLER: Final = "dpv:hasDataController"
JOINT: Final = "dpv:hasJointDataControllers"
RECIPIENT: Final = "dpv:hasRecipient"
OUTSIDE: Final = frozenset({"loc:non-EEA", "loc:non-EU"})

ROUTED: Final = (
    "joint_arrangements purposes legal_bases data_subjects data_categories sources recipients retention_rules measures "
    "systems rights rights_procedure automated_decisions provisions assessments notices operations"
).split()
"""Fields of a register that are read from the properties of its process."""
BROAD: Final = tuple(
    f"dpv:has{name}" for name in "Data ProcessingCondition OrganisationalMeasure TechnicalOrganisationalMeasure".split()
)
"""Properties that are read as a narrower one where the object's type says which."""
NO_MEASURES: Final = frozenset(
    f"dpv:{name}"
    for name in "hasLegalMeasure hasNotice hasAssessment hasImpactAssessment hasRiskAssessment hasRecordOfActivity "
    "isMitigatedByMeasure hasEntityControl".split()
)
"""Sub-properties of the measures' property whose objects do not protect data."""
COLLECTED: Final = frozenset({"eu-gdpr:DirectDataCollectionNotice", "eu-gdpr:IndirectDataCollectionNotice"})
NOTICES: Final = COLLECTED | {"dpv:PrivacyNotice"}
WANTS: Final = {
    "automated_decisions": {"dpv:AutomatedDecisionMaking"},
    "rights_procedure": {"dpv:RightExerciseNotice"},
    "notices": NOTICES,
    "assessments": {"dpv:Assessment"},
    "joint_arrangements": {"dpv:JointDataControllersAgreement"},
}
"""What an object must be, where several fields share a property."""
LOOSE: Final = {"notices": "dpv:Notice", "assessments": "dpv:Assessment"}
"""Fields that also take, from their own property, what is said to be no more than this."""
REFUSES: Final = {
    "rights_procedure": {"dpv:RightFulfilmentNotice", "dpv:RightNonFulfilmentNotice"},
    "measures": {
        *("dpv:Notice", "dpv:Assessment", "dpv:LegalMeasure", "dpv:LegalBasis", "dpv:RecordsOfActivities"),
        *("dpv:RightExerciseActivity", "eu-gdpr:DataTransferTool"),
    },
}
"""What an object must not be: a contract or a notice protects nobody's data."""
PAIRED: Final = {slot.ref: slot for slot in slots(Pairing) if slot.ref}
CROSSED: Final = (Purpose, DataCategory, LegalBasis, RetentionRule)
"""Parts on which graphs hang other parts, though DPV would have them on the process."""


@functools.cache
def _routes() -> dict[str, list[Slot]]:
    """Return property → fields of a register, those that declare the property itself first."""
    found: dict[str, list[tuple[int, Slot]]] = {}
    for slot in (slot_map(Register)[name] for name in ROUTED):
        own = slot.term.property or ""
        narrow = [name for name in below(own) if slot.name != "measures" or name not in NO_MEASURES]
        wide = [name for name in BROAD if own in below(name)]
        for rank, names in enumerate(([own], narrow, wide)):
            for name in names:
                if name.startswith("dpv:") and all(slot != other for _, other in found.get(name, ())):
                    found.setdefault(name, []).append((rank, slot))
    return {name: [slot for _, slot in sorted(ranked, key=lambda pair: pair[0])] for name, ranked in found.items()}


def _outside_eea(country: str) -> bool:
    """Say whether a country is outside the EEA by the vocabulary: its own membership counts, or that of its state."""
    found = entry(country)
    above = [entry(name) for name in (found.parents if found else ()) if name != "dpv:Country"]
    members = [one for one in (found, *above) if one and is_a(country, "dpv:Country")]
    return is_a(country, "dpv:Country") and not any("loc:EEA" in one.parents for one in members)


class _Adopter:
    def __init__(self, triples: Iterable[Triple]) -> None:
        self.view = View(triples)
        self.record_node = self._record_node()
        self.gather = Gatherer(self.view, self._language())
        self.record = self.gather.record
        self.registers: dict[str, Part] = {}
        self.nones: list[tuple[Part, Slot, list[Edge]]] = []
        self.blocked: set[tuple[Part, str]] = set()
        self.pairs: dict[Part, Part] = {}

    # -- what there is -------------------------------------------------------

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

    def children(self, subject: str) -> list[Edge]:
        """Return the edges to the processes that are nested in a node."""
        found = self.view.edges(subject, *NESTED)
        return [edge for edge in found if edge.is_node and edge.value != subject and not edge.is_lost]

    def barred(self, subject: str) -> bool:
        """Say whether a process is none of the organisation's facts: a rule, or what is done with a request."""
        view = self.view
        kinds = view.closure(subject)
        above = [parent.triple[0] for parent in view.into(subject, *NESTED)]
        asked = any(
            not view.closure(parent).isdisjoint({"dpv:RightExerciseNotice", "dpv:RightExerciseActivity"})
            and view.closure(parent).isdisjoint(COLLECTED)
            for parent in above
        )
        ruled = bool(view.into(subject, "dpv:hasRule", *below("dpv:hasRule")))
        marked = bool(view.edges(subject, "dpv:hasApplicability"))
        return ruled or asked or marked or not kinds.isdisjoint({"dpv:Rule", "dpv:NonPersonalDataProcess"})

    def roots(self) -> list[str]:
        """Return the processes that no other process has."""
        view = self.view
        found = dict.fromkeys(subject for subject in view.subjects() if PROCESS in view.closure(subject))
        for subject in view.subjects():
            found.update(dict.fromkeys(str(edge.value) for edge in self.children(subject)))
        if self.record_node is not None:
            found.pop(self.record_node, None)
        if not found and self.record_node is None:
            # Nothing is typed: what has the properties of a process, and is nothing of another node's, looks like one.
            names = [*_routes(), CONTROLLER]
            plain = [s for s in view.subjects() if not view.edges(s, TYPE) and not view.into(s)]
            found = dict.fromkeys(subject for subject in plain if view.edges(subject, *names))
        inner = {edge.value for subject in found for edge in self.children(subject)}
        order = sorted(found, key=view.order)
        roots = [subject for subject in order if subject not in inner]
        reached: set[Object] = set()
        for subject in [*roots, *order]:  # processes that have one another have no root: the first one is
            if subject not in reached:
                roots += [] if subject in roots else [subject]
                queue = [subject]
                while queue:
                    here = queue.pop()
                    reached.add(here)
                    queue += [str(edge.value) for edge in self.children(here) if edge.value not in reached]
        return [subject for subject in roots if not self.barred(subject)]

    # -- processes -----------------------------------------------------------

    def suits(self, slot: Slot, edge: Edge) -> bool:
        """Say whether an object is for a field, where its property leads to several."""
        kinds = self.view.closure(edge.value)
        own = slot.term.property or ""
        if slot.name == "provisions":
            return bool(self.view.edges(edge.value, "dpv:hasNecessity"))
        if not kinds.isdisjoint(REFUSES.get(slot.name, ())):
            return False
        wanted = WANTS.get(slot.name)
        if edge.name != own and edge.name not in below(own):
            wanted = wanted or set(ranges(own))
        elif slot.name in LOOSE and kinds <= ancestors(LOOSE[slot.name]):
            return True
        return wanted is None or not kinds.isdisjoint(wanted)

    def route(self, edge: Edge) -> Slot | None:
        """Return the field of a register that an edge of its process fills."""
        found = _routes().get(edge.name, [])
        if edge.term == NONE:  # "none" of a property that only one field has
            exact = [slot for slot in found if slot.term.property == edge.name and slot.none_ok]
            return exact[0] if len(exact) == 1 else None
        return next((slot for slot in found if self.suits(slot, edge)), None)

    def process(self, register: Part, subject: str, into: Part | None) -> None:
        """Read the parts of a process: into the register's lists, and into what joins them."""
        view, gather = self.view, self.gather
        skip = self.direct_transfer(register, subject) if into is None else set()
        # The importer's role says less than any other: let the others give theirs first.
        for edge in sorted(view.edges(subject), key=lambda edge: edge.name == "dpv:hasDataImporter"):
            slot = None if edge.triple in skip else self.route(edge)
            if slot is None or (into is not None and self.held(into, slot) is None):
                continue
            mark = view.marker(edge)
            if mark and not (slot.range and gather.denied(slot.range, edge)):
                none = self.none_edges(edge, slot) if mark == NONE and into is None else None
                self.nones += [(register, slot, none)] if none and slot.none_ok else []
                self.blocked |= set() if none else {(register, slot.name)}
            elif slot.kind == "concept":
                self.operation(register, slot, edge)
            else:
                owner = self.record if slot.kind == "ref" else register
                part = gather.make(owner, homes()[slot.ref or ""][1] if slot.kind == "ref" else slot, edge, register)
                self.blocked |= set() if part else {(register, slot.name)}
                if part is not None and (into is not None or slot.kind == "ref"):
                    (into or register).put(self.held(into, slot) or slot, part) if into is None else self.join(into, part)

    def held(self, into: Part, slot: Slot) -> Slot | None:
        """Return the field of a pairing, or of a transfer's pairing, that joins the parts of a register's field."""
        name = slot.ref or (slot.range.__name__ if slot.range else "")
        own = next((ref for ref in slots(into.cls) if ref.kind == "ref" and ref.ref == name), None)
        return own or PAIRED.get(name)
