"""The processes of a foreign graph → the registers of a record."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ropa.model import (
    DataCategory,
    Exclusion,
    LegalBasis,
    Pairing,
    Purpose,
    Register,
    RetentionRule,
    Transfer,
)
from ropa.rdf.foreign import NONE, TYPE, Edge, View
from ropa.rdf.gather import NAMES, Gatherer, Part, homes
from ropa.rdf.terms import Object, Triple
from ropa.rdf.write import below, ranges
from ropa.spec import Slot, slot_map, slots, spec_of
from ropa.vocab import ancestors, entry, is_a, known

PROCESS: Final = "dpv:Process"
NESTED: Final = ("dpv:hasProcess", "dpv:hasPersonalDataProcess")
LISTED: Final = (*NESTED, "dct:hasPart", "dcat:dataset", "dcat:record")
PROCESSING: Final = "dpv:hasProcessing"
CROSSING: Final = "dpv:CrossBorderTransfer"
CONTROLLER: Final = "dpv:hasDataController"
LEGAL_BASIS: Final = "dpv:hasLegalBasis"
RECIPIENT: Final = "dpv:hasRecipient"
OUTSIDE: Final = frozenset({"loc:non-EEA", "loc:non-EU"})

ROUTED: Final = (
    *("joint_arrangements", "purposes", "legal_bases", "data_subjects", "data_categories", "sources", "recipients"),
    *("retention_rules", "measures", "systems", "rights", "rights_procedure", "automated_decisions", "provisions"),
    *("assessments", "notices", "operations"),
)
"""Fields of a register that are read from the properties of its process."""
BROAD: Final = (
    *("dpv:hasData", "dpv:hasProcessingCondition"),
    *("dpv:hasOrganisationalMeasure", "dpv:hasTechnicalOrganisationalMeasure"),
)
"""Properties that are read as a narrower one where the object's type says which."""
NO_MEASURES: Final = frozenset(
    {
        *("dpv:hasLegalMeasure", "dpv:hasNotice", "dpv:hasRecordOfActivity", "dpv:isMitigatedByMeasure"),
        *("dpv:hasAssessment", "dpv:hasImpactAssessment", "dpv:hasRiskAssessment", "dpv:hasEntityControl"),
    }
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
FACETS: Final = (
    ("countries", ("dpv:hasThirdCountry",), "dpv:Country"),
    ("mechanisms", (LEGAL_BASIS,), "dpv:DataTransferLegalBasis"),
    ("safeguards", (*BROAD[2:], "dpv:hasLegalMeasure"), "eu-gdpr:DataTransferTool"),
)
"""What on a process can only be about its transfer: field, properties, root."""
EXCLUDED: Final = {
    PROCESSING: "operations",
    "dpv:hasPurpose": "purposes",
    **dict.fromkeys(("dpv:hasEntity", RECIPIENT, *below(RECIPIENT)), "recipients"),
}
"""What is said to be not done: property → field of an exclusion."""
PAIRED: Final = {slot.ref: slot for slot in slots(Pairing) if slot.ref}
CROSSING_FIELDS: Final = frozenset(
    {
        *("purposes", "legal_bases", "data_subjects", "data_categories"),
        *("sources", "retention_rules", "measures", "systems"),
    }
)
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
    if found is None or "dpv:Country" not in found.types:
        return False
    # A union is no state: what was in an earlier one (loc:EEA31) need not be in today's.
    states = [one for name in found.parents if (one := entry(name)) and "dpv:Country" in one.types]
    return not any("loc:EEA" in one.parents for one in (found, *states))


def _target(slot: Slot) -> str:
    """Return the name of the class whose nodes a field holds or names."""
    return slot.ref or (slot.range.__name__ if slot.range else "")


class Processes:
    """Reads processes into registers."""

    def __init__(self, view: View, gather: Gatherer, record_node: str | None) -> None:
        """Start with no register."""
        self.view = view
        self.gather = gather
        self.record = gather.record
        self.record_node = record_node
        self.nones: list[tuple[Part, Slot, list[Edge]]] = []
        self.blocked: set[tuple[Part, str]] = set()
        self.pairs: dict[Part, Part] = {}

    # -- which there are -----------------------------------------------------

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
        names = [*_routes(), CONTROLLER]
        if self.record_node is not None:
            # A record may be its only process; and what it lists is a process if it has the properties of one.
            if self.children(self.record_node) or not view.edges(self.record_node, *_routes()):
                found.pop(self.record_node, None)
            listed = [edge for edge in view.edges(self.record_node, *LISTED) if view.edges(edge.value, *_routes())]
            found.update(dict.fromkeys(str(edge.value) for edge in listed))
        if not found and self.record_node is None:
            # Nothing is typed: what has the properties of a process, and is nothing of another node's, looks like one.
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
        skip = set() if into else self.direct_transfer(register, subject)
        # The importer's role says less than any other: let the others give theirs first.
        for edge in sorted(self.view.edges(subject), key=lambda edge: edge.name == "dpv:hasDataImporter"):
            slot = None if edge.triple in skip else self.route(edge)
            if slot is None or (into is not None and (_target(slot) not in PAIRED or self.is_held(into, edge))):
                continue
            mark = self.view.marker(edge)
            if mark and not (slot.range and self.gather.denied(slot.range, edge)):
                none = self.none_edges(edge, slot) if mark == NONE and slot.none_ok and not into else []
                self.nones += [(register, slot, none)] if none else []
                understood = bool(none)
            elif slot.kind == "concept":
                understood = self.operation(register, slot, edge)
            else:
                owner, place = (self.record, homes()["System"][1]) if slot.kind == "ref" else (register, slot)
                part = self.gather.make(owner, place, edge, register)
                understood = part is not None
                if part is not None and into is not None:
                    self.join(register, into, part)
                elif part is not None and slot.kind == "ref":
                    register.put(slot, part)
            if not understood and not (mark == NONE and into):
                self.blocked.add((register, slot.name))

    def is_held(self, into: Part, edge: Edge) -> bool:
        """Say whether a transfer says an edge itself: its ground, its safeguards."""
        said = {term for name in ("mechanisms", "safeguards") for term in into.data.get(name, ())}
        return into.cls is Transfer and any(term in said for term, _ in self.gather.named(edge))

    def join(self, register: Part, into: Part, part: Part) -> None:
        """Let a pairing name a part; a transfer names what it has a field for, a pairing beside it the rest."""
        name = part.cls.__name__
        own = next((slot for slot in slots(into.cls) if slot.ref == name), None)
        if own is None:
            pairing = self.pairs.get(into)
            if pairing is None:
                pairing = self.pairs[into] = Part(Pairing, *into.nodes[:1])
                pairing.put(PAIRED[into.cls.__name__], into)
                register.put(slot_map(Register)["pairings"], pairing)
            into, own = pairing, PAIRED[name]
        into.put(own, part)

    def none_edges(self, edge: Edge, slot: Slot) -> list[Edge]:
        """Return the edges that state that there is none of a field; nothing if more is said, or something narrower."""
        own = slot.term.property or ""
        classes = {*ranges(own), *(spec_of(slot.range).types if slot.range else ())}
        bare = frozenset[str]().union(*(ancestors(name) for name in classes))
        inner = self.view.edges(edge.value) if edge.is_node else []
        plain = all(one.name == "dpv:hasApplicability" or (one.name == TYPE and one.term in bare) for one in inner)
        return [edge, *inner] if plain and edge.name == own else []

    def operation(self, register: Part, slot: Slot, edge: Edge) -> bool:
        """Read what is done with the data: an operation, or a transfer."""
        kinds = self.view.closure(edge.value)
        if edge.is_node and (CROSSING in kinds or ("dpv:Transfer" in kinds and self.abroad(edge.value))):
            return self.gather.make(register, slot_map(Register)["transfers"], edge, register) is not None
        found = [pair for pair in self.gather.named(edge) if is_a(pair[0], *slot.roots) and pair[0] not in slot.roots]
        kinds_said = [kind for kind in self.view.kinds(edge.value) if kind.term in slot.roots and edge.is_node]
        for term, edges in found:
            self.view.use(*edges, *kinds_said)
            if term not in register.data.setdefault(slot.name, []):
                register.data[slot.name].append(term)
        return bool(found)

    # -- transfers, nested processes -----------------------------------------

    def abroad(self, node: Object) -> bool:
        """Say whether a node names a third country, or a ground of Chapter V."""
        view = self.view
        places = view.edges(node, "dpv:hasCountry", "dpv:hasLocation")
        return (
            any(not view.marker(edge) for edge in view.edges(node, "dpv:hasThirdCountry"))
            or any(_outside_eea(term) for edge in places for term, _ in self.gather.named(edge))
            or any("dpv:DataTransferLegalBasis" in view.closure(edge.value) for edge in view.edges(node, LEGAL_BASIS))
        )

    def transfers(self, subject: Object) -> bool:
        """Say whether a nested process is a transfer; moving data inside the EEA is none."""
        doing = self.view.edges(subject, PROCESSING)
        kinds = frozenset[str]().union(*(self.view.closure(edge.value) for edge in doing))
        moved = "dpv:Transfer" in kinds and any(self.abroad(node) for node in (subject, *(e.value for e in doing)))
        third = any(not self.view.marker(edge) for edge in self.view.edges(subject, "dpv:hasThirdCountry"))
        return CROSSING in kinds or moved or third

    def direct_transfer(self, register: Part, subject: str) -> set[Triple]:
        """Read a transfer that is said of the register itself, with what can only belong to it."""
        third = any(not self.view.marker(edge) for edge in self.view.edges(subject, "dpv:hasThirdCountry"))
        moving = {CROSSING, "dpv:Transfer"} if third else {CROSSING}
        used: list[Edge] = []
        found: list[Part] = []
        for edge in self.view.edges(subject, PROCESSING):
            if self.view.closure(edge.value).isdisjoint(moving) or self.abroad(edge.value):
                continue
            part = self.gather.make(register, slot_map(Register)["transfers"], edge, register)
            if part is not None:
                found.append(part)
                used.append(edge)
        for name, properties, root in FACETS if found else ():
            for edge in self.view.edges(subject, *properties):
                for term, edges in self.gather.named(edge):
                    if is_a(term, root):
                        used += edges
                        for part in found:
                            part.data[name] = sorted({*part.data.get(name, ()), term})
        for edge in self.view.edges(subject, "dpv:hasDataImporter") if found else ():
            importer = self.gather.make(register, slot_map(Register)["recipients"], edge, register)
            for part in found:
                if importer is not None:
                    part.put(slot_map(Transfer)["recipients"], importer)
        self.view.use(*used)
        return {edge.triple for edge in used}

    def nested(self, register: Part, root: str) -> None:
        """Read the processes in a process: transfers, what is not done, and what belongs together."""
        seen: set[Object] = {root}
        queue: list[tuple[str, Part | None]] = [(root, None)]
        found: list[tuple[Part, Edge]] = []
        while queue:
            subject, into = queue.pop(0)
            for edge in self.children(subject):
                child, mark = str(edge.value), self.view.marker(edge)
                if child in seen or (self.barred(child) and not mark):
                    continue
                seen.add(child)
                part = None
                if mark:
                    understood = mark == NONE and self.not_done(register, edge)
                    self.blocked |= {(register, "transfers")} if not understood and self.transfers(child) else set()
                    continue
                if self.transfers(child):
                    self.transfer(register, edge, into)
                else:
                    part = Part(Pairing, child)
                    self.process(register, child, part)
                    found.append((part, edge))
                queue.append((child, part))
        for part, edge in found:
            if part.data:
                self.gather.fill(part, str(edge.value), register, ("name", "description", "condition"))
                register.put(slot_map(Register)["pairings"], part)
                # How pairings are nested in one another, the model does not say.
                self.view.use(*([edge] if edge.triple[0] == root else []))

    def transfer(self, register: Part, edge: Edge, into: Part | None) -> None:
        """Read a nested process that is a transfer."""
        part = self.gather.make(register, slot_map(Register)["transfers"], edge, register)
        if part is None:
            self.blocked.add((register, "transfers"))
            return
        for doing in self.view.edges(edge.value, PROCESSING):
            said = [kind for kind in self.view.kinds(doing.value) if is_a(CROSSING, kind.term)] if doing.is_node else []
            if said or is_a(CROSSING, doing.term):
                self.view.use(doing, *said)
            if doing.is_node:
                self.gather.fill(part, str(doing.value), register, ("countries", "mechanisms", "recipients"))
        self.process(register, str(edge.value), part)
        if into is not None:
            self.join(register, into, part)

    def not_done(self, register: Part, edge: Edge) -> bool:
        """Read a nested process that does not apply: no transfer at all, or what else is not done.

        Every triple of it must be understood: a negative without its limits would say too much.
        """
        inner = self.view.edges(edge.value)
        types = {one.term for one in inner if one.name == TYPE}
        said = [one for one in inner if one.name not in (TYPE, "dpv:hasApplicability")]
        doing = {one.term for one in said if one.name == PROCESSING}
        places = {one.term for one in said if one.name in ("dpv:hasLocation", "dpv:hasJurisdiction")}
        if not types <= {PROCESS, "dpv:PersonalDataProcess"}:
            return False
        whole = all(one.name in (PROCESSING, "dpv:hasLocation", "dpv:hasJurisdiction") for one in said)
        if whole and places <= OUTSIDE and (doing == {CROSSING} or (doing == {"dpv:Transfer"} and places)):
            self.nones.append((register, slot_map(Register)["transfers"], [edge, *inner]))
            return True
        part = Part(Exclusion, edge.value)
        texts = [one for one in said if one.name in ("dct:description", "dct:title", *NAMES)]
        for one in (one for one in said if one not in texts):
            name = EXCLUDED.get(one.name)
            if name is None or not known(one.term) or not is_a(one.term, *slot_map(Exclusion)[name].roots):
                return False
            part.data.setdefault(name, []).append(one.term)
        if not part.data:
            return False
        self.gather.fill(part, str(edge.value), register, ("name", "description"))
        self.view.use(edge, *(one for one in inner if one not in texts))
        register.put(slot_map(Register)["exclusions"], part)
        return True

    # -- parts on parts ------------------------------------------------------

    def crossed(self, registers: Iterable[Part]) -> None:
        """Read parts that hang on parts: the source of a category, the basis of a purpose."""
        homed = Counter(key[1:] for key in self.gather.made if key[0].cls is Register)
        for register in registers:
            queue = [part for value in register.data.values() if isinstance(value, list) for part in value]
            seen: set[Part] = set()
            while queue:
                part = queue.pop(0)
                if isinstance(part, Part) and part.cls in CROSSED and part not in seen:
                    seen.add(part)
                    for node in part.nodes:
                        queue += self.crossings(register, part, node, shared=homed[part.key] > 1)

    def crossings(self, register: Part, part: Part, node: Object, *, shared: bool) -> list[Part]:
        """Read the parts that hang on one part."""
        found = []
        named = {slot.term.property for slot in slots(part.cls) if slot.kind == "ref"}
        for edge in self.view.edges(node) if isinstance(node, str) else []:
            slot = self.route(edge)
            if slot is None or edge.name in named or slot.name not in CROSSING_FIELDS or self.view.marker(edge):
                continue
            owner, place = (self.record, homes()["System"][1]) if slot.kind == "ref" else (register, slot)
            if shared and (owner, place.name, self.view.identity(edge)) not in self.gather.made:
                continue  # said of the part in whatever register: not that this register has it
            other = self.gather.make(owner, place, edge, register)
            if other is None or other.cls is part.cls:
                continue
            back = next((ref for ref in slots(other.cls) if ref.ref == part.cls.__name__), None)
            if back is not None:
                other.put(back, part)
            else:
                self.join(register, part, other)
            found.append(other)
        return found

    # -- all of a register ---------------------------------------------------

    def register(self, register: Part, subject: str) -> None:
        """Read a process that no other one has."""
        self.process(register, subject, None)
        self.nested(register, subject)
        for edge in self.view.into(subject, *NESTED):
            told = edge.triple[0]
            if not self.view.closure(told).isdisjoint(NOTICES):  # a notice names the processes that it is about
                about = Edge("dpv:hasNotice", told, told, edge.triple)
                self.gather.make(register, slot_map(Register)["notices"], about, register)

    def none(self) -> None:
        """Write down what is stated to be none, where nothing else was said of it."""
        for register, slot, edges in self.nones:
            if (register, slot.name) not in self.blocked and not register.data.get(slot.name):
                register.data[slot.name] = []
                self.view.use(*edges)
