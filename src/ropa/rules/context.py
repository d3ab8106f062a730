"""What every rule may ask of the record: one index, made once."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ropa.access import Place, each, resolve, targets, walk
from ropa.model import LegalBasis, Organisation, Record, Register, Transfer
from ropa.rules.walk import texts_of
from ropa.spec import Slot, slot_map, slots
from ropa.vocab import Facts, Terms

PUBLIC: Final = ("dpv:PublicSectorBody", "dpv:GovernmentalOrganisation", "dpv:Authority")
"""Kinds that make an organisation a public authority or body; stated, never inferred."""

LARGE: Final = ("dpv:LargeScaleOfDataSubjects", "dpv:HugeScaleOfDataSubjects")
SPECIAL: Final = (
    "dpv:SpecialCategoryPersonalData",
    "eu-gdpr:HealthData",
    "eu-gdpr:GeneticData",
    "eu-gdpr:BiometricData",
)
CRIMINAL: Final = ("pd:Criminal",)
UNSAID: Final = frozenset(
    {"dpv:DataSource", "dpv:NonPublicDataSource", "ropa:DocumentDataSource", "ropa:InternalSystemDataSource"}
)
"""Sources that do not say whether the data come from the data subject or from others."""
DIRECT_MARKETING: Final = ("dpv:DirectMarketing", "dpv:PersonalisedAdvertising", "ropa:Telemarketing")
"""Marketing addressed to people; market research is none."""

_POINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "a": ("dpv:Consent",),
    "b": ("dpv:Contract",),
    "c": ("dpv:LegalObligation",),
    "d": ("dpv:VitalInterest",),
    "e": ("dpv:PublicInterest", "dpv:OfficialAuthorityOfController"),
    "f": ("dpv:LegitimateInterest",),
}


def _concepts(places: Iterable[Place]) -> Iterator[tuple[Place, Slot, str]]:
    for place in places:
        for slot in slots(type(place.node)):
            if slot.kind == "concept":
                value = getattr(place.node, slot.name)
                for name in value if isinstance(value, tuple) else () if value is None else (value,):
                    yield place, slot, name


class Context:
    """One check of one record."""

    def __init__(self, record: Record, as_of: datetime.date, facts: Facts, profiles: frozenset[str]) -> None:
        """Walk the record once."""
        self.record = record
        self.as_of = as_of
        self.facts = facts
        self.profiles = profiles
        self.terms = Terms(record)
        self.places: tuple[Place, ...] = tuple(walk(record))
        self.index = targets(record)
        self.by_class: dict[type, list[Place]] = {}
        for place in self.places:
            self.by_class.setdefault(type(place.node), []).append(place)

    @functools.cached_property
    def registers(self) -> Mapping[str, Register]:
        """Return the registers by id."""
        return {place.path: place.node for place in self.by_class.get(Register, [])}

    # -- terms ---------------------------------------------------------------

    def point(self, basis: str | None) -> str | None:
        """Return the letter of Art. 6(1) that a basis is, or None."""
        if basis is None:
            return None
        above = self.terms.ancestors(basis)
        for letter in _POINTS:
            if f"eu-gdpr:A6-1-{letter}" in above:
                return letter
        # A generic DPV term is a point; another article's term (9(2), 46, 49 …) is none.
        if basis.startswith(("dpv:", "own:")) and not any(name.startswith(("eu-gdpr:", "ropa:")) for name in above):
            return next((letter for letter, roots in _POINTS.items() if not above.isdisjoint(roots)), None)
        return None

    def points(self, register: Register) -> frozenset[str]:
        """Return the letters of Art. 6(1) among the register's bases."""
        return frozenset(point for basis in each(register.legal_bases) if (point := self.point(basis.basis)))

    def mentions(self, register: Register, right: str) -> bool:
        """Say whether the register speaks of a right (`eu-gdpr:A15`); a part of it such as A21(2) is not the whole."""
        return any(
            self.terms.means(statement.right, right) or (statement.right or "").startswith(f"{right}-")
            for statement in each(register.rights)
        )

    def linked(self, register: Register, purpose: str) -> list[LegalBasis]:
        """Return the bases that go with a purpose: those that a pairing joins to it, else all of the register."""
        bases = each(register.legal_bases)
        joined = {
            name
            for pairing in each(register.pairings)
            if purpose in each(pairing.purposes)
            for name in each(pairing.legal_bases)
        }
        return [basis for basis in bases if basis.id in joined] if joined else list(bases)

    def laws(self, node: Any, path: str) -> list[Any]:
        """Return the laws that a node refers to."""
        return [place.node for place in self.follow(node, "laws", path)]

    def data_of(self, register: Register, *roots: str) -> list[str]:
        """Return the ids of the data categories with a term, or an item with one, at or below the roots."""
        found = []
        for category in each(register.data_categories):
            terms = [*each(category.concepts), *(name for item in each(category.items) for name in each(item.concepts))]
            if self.terms.any_is(terms, *roots):
                found.append(category.id)
        return found

    def large(self, register: Register) -> bool:
        """Say whether a category of data subjects is stated to be of large scale."""
        return any(subject.scale in LARGE for subject in each(register.data_subjects))

    # -- parties -------------------------------------------------------------

    @property
    def party(self) -> Organisation | None:
        """Return who the record is about: the processor in a processor's record, else the controller."""
        return self.record.processor if "processor" in self.profiles else self.record.controller

    def is_public(self, organisation: Organisation | None) -> bool:
        """Say whether an organisation is stated to be a public authority or body, or an unincorporated unit of one."""
        seen: set[int] = set()
        while organisation is not None and id(organisation) not in seen:
            seen.add(id(organisation))
            if self.terms.is_a(organisation.kind, *PUBLIC):
                return True
            # A company or association that a municipality owns is none; two organisations of one id name nobody.
            own_body = organisation.kind is not None and not self.terms.is_a(
                organisation.kind, "dpv:OrganisationalUnit"
            )
            places = self.index.get("Organisation", {}).get(organisation.unit_of or "", {})
            above = [] if own_body else [place.node for found in places.values() for place in found]
            organisation = above[0] if len(above) == 1 else None
        return False

    # -- data and flows ------------------------------------------------------

    def from_subject(self, register: Register) -> bool:
        """Say whether the register says that some data come from the data subject."""
        return any(self.terms.any_is(source.concepts, "dpv:DataSubjectDataSource") for source in each(register.sources))

    def from_others(self, register: Register) -> bool:
        """Say whether the register names a source other than the data subject and his or her meters."""
        return any(
            source.concepts is not None
            and not self.terms.any_is(source.concepts, "dpv:DataSubjectDataSource")
            and not set(source.concepts) <= UNSAID
            for source in each(register.sources)
        )

    def under(self, register: Register) -> frozenset[str]:
        """Return which of Art. 13 and 14 the register's notices are declared under."""
        return frozenset(name for notice in each(register.notices) for name in each(notice.under))

    def follow(self, node: Any, field: str, path: str) -> list[Place]:
        """Return the nodes that a reference field of a node means."""
        value = getattr(node, field)
        slot = slot_map(type(node))[field]
        names = value if isinstance(value, tuple) else () if value is None else (value,)
        return [place for name in names for place in resolve(self.index, slot, name, path)]

    def only_to_subjects(self, transfer: Transfer, path: str) -> bool:
        """Say whether a transfer only sends data subjects their own data: then it is none in law."""
        found = self.follow(transfer, "recipients", path)
        return bool(found) and all(self.terms.means(place.node.kind, "dpv:DataSubject") for place in found)

    def outside(self, countries: Iterable[str] | None) -> list[str]:
        """Return the countries that are not in the EEA on the day of the check."""
        return [country for country in each(tuple(countries or ())) if self.facts.in_eea(country, self.as_of) is False]

    def systems(self, register: Register, path: str) -> list[Place]:
        """Return the systems that the register, or one of its data categories, uses."""
        found = self.follow(register, "systems", path)
        for category in each(register.data_categories):
            found += self.follow(category, "systems", f"{path}/data_categories/{category.id}")
        return list({place.path: place for place in found}.values())

    @functools.cached_property
    def texts(self) -> list[tuple[Place, list[tuple[str, str]]]]:
        """Return every node that has texts with its (field, text) pairs."""
        return [(place, found) for place in self.places if (found := list(texts_of(place.node)))]

    @functools.cached_property
    def concepts(self) -> list[tuple[Place, Slot, str]]:
        """Return every term with its place and field."""
        return list(_concepts(self.places))

    @functools.cached_property
    def is_finnish(self) -> bool:
        """Say whether Finnish law is in play, as the record states it."""
        authority, controller = self.record.supervisory_authority, self.record.controller
        return (
            (controller is not None and controller.country == "loc:FI")
            or (authority is not None and "legal-fi:DPA-FI" in each(authority.same_as))
            or any(law.jurisdiction == "loc:FI" for law in each(self.record.laws))
        )
