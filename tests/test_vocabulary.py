"""Terms, labels, hierarchy, facts; and that every DPV IRI that can be written is right."""

from __future__ import annotations

import csv
import datetime
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import records

import ropa
from ropa import ontology, vocab
from ropa.rdf.terms import RDF_TYPE, Lit, Triple
from ropa.rdf.write import below, triples
from ropa.spec import NARROWED, classes, slots, spec_of

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))
DPV = {name for name in vocab.PREFIXES if vocab.PREFIXES[name].startswith("https://w3id.org/dpv")}
GONE = ("sunset", "deprecated", "removed")


def known_term(name: str) -> bool:
    entry = vocab.entry(name)
    return entry is not None and entry.status not in GONE


def known_property(name: str) -> bool:
    return name in vocab.data()["properties"]


def dpv_faults(found: list[Triple]) -> list[str]:
    """Return every DPV IRI that 2.3 does not have (or drops), and every object outside its property's range."""
    types: dict[str, set[str]] = {}
    for s, p, o in found:
        if p == RDF_TYPE and isinstance(o, str):
            types.setdefault(s, set()).add(vocab.compact(o) or o)
    faults = []
    for _, p, o in found:
        property_ = vocab.compact(p) or p
        if property_.partition(":")[0] in DPV and not known_property(property_):
            faults.append(f"property {property_}")
        if isinstance(o, Lit):
            if property_.partition(":")[0] in DPV and vocab.data()["properties"].get(property_, ([], []))[0]:
                faults.append(f"{property_} has a literal")
            continue
        name = vocab.compact(o) or o
        if name.partition(":")[0] in DPV and "#" not in name and not known_term(name):
            faults.append(f"term {name}")
        wanted = vocab.data()["properties"].get(property_, ([], []))[0]
        if wanted and not in_range(name, types.get(o, set()), wanted):
            faults.append(f"{property_} → {name} ({sorted(types.get(o, set()))}) not in {wanted}")
    return faults


def in_range(name: str, types: set[str], wanted: list[str]) -> bool:
    """Say whether an object is in a range, as DPV's own practice has it (asserted types, then the hierarchy)."""
    above = {up for kind in {name, *types} for up in vocab.ancestors(kind)}
    return bool(above & set(wanted))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_use_dpv_rightly(path: Path) -> None:
    assert dpv_faults(triples(ropa.load(path))) == []


@given(record=records())
@settings(max_examples=100)
def test_generated_records_use_dpv_rightly(record: ropa.Record) -> None:
    # What a dangling reference points at is nowhere described: that is finding 903.
    assert [fault for fault in dpv_faults(triples(record)) if "#~missing/" not in fault] == []


def test_a_wrong_iri_or_a_wrong_range_is_seen() -> None:
    a, b = "https://example.org/a", "https://example.org/b"
    assert dpv_faults([(a, vocab.expand("dpv:hasTechnology"), b)])
    assert dpv_faults([(a, vocab.expand("dpv:hasPurpose"), vocab.expand("pd:Name"))])
    assert dpv_faults([(a, vocab.expand("dpv:hasPurpose"), vocab.expand("dpv:NoSuchPurpose"))])
    assert dpv_faults([(a, RDF_TYPE, vocab.expand("dpv:PersonalDataHandling"))])
    assert dpv_faults([(a, vocab.expand("dpv:hasPurpose"), Lit("laskutus"))])


def test_every_declared_property_and_class_exists() -> None:
    named = set()
    for cls in classes():
        named |= set(spec_of(cls).types) | {value for pair in spec_of(cls).constants for value in pair}
        for slot in slots(cls):
            term = slot.term
            named |= {term.property or slot.key, *slot.roots, *(x for pair in term.implies.values() for x in pair)}
            if term.via:
                named |= {term.via.property, *term.via.types}
    for name in sorted(named):
        if name.partition(":")[0] in DPV:
            assert known_term(name) or known_property(name), name


def test_nothing_narrows_outside_the_closed_list() -> None:
    assert (
        frozenset(
            {
                "dpv:hasRecipient",
                "dpv:hasTechnicalOrganisationalMeasure",
                "dpv:hasOrganisationalMeasure",
                "dpv:hasAssessment",
            }
        )
        == NARROWED
    )
    assert "dpv:hasDataProcessor" in below("dpv:hasRecipient")


def test_an_own_property_has_one_parent() -> None:
    properties = ontology.own_properties()
    for name, (parent, labels) in properties.items():
        assert set(labels) == {"en", "fi", "sv"}, name
        if parent is not None and parent.startswith("dpv:"):
            assert known_property(parent), parent


def test_every_field_has_labels_in_three_languages_and_a_text() -> None:
    from ropa.fields import rows  # noqa: PLC0415

    for cls in classes():
        for row in rows(cls):
            assert row["label_en"]
            assert row["label_fi"]
            assert row["label_sv"]
            if cls is not ropa.Pairing:
                assert row["doc"], (cls.__name__, row["field"])


# -- own concepts and labels ----------------------------------------------------


def concepts() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = tomllib.loads((ROOT / "vocab" / "concepts.toml").read_text("utf-8"))
    return found


DOMAIN = [
    "PropertyIdentifier",
    "PropertyInformation",
    "BuildingInformation",
    "BuildingPlans",
    "LeaseContract",
    "ConsumptionSiteIdentifier",
    "ConsumptionSiteAddress",
    "MeterInformation",
    "MeterReadingData",
    "UtilityConsumption",
    "ConsumptionEstimate",
    "ConnectionContract",
    "ConnectionPoint",
    "ConnectionFee",
    "ServiceContractData",
    "PermitData",
    "SepticSludgeServiceData",
    "ClaimData",
    "CustomerNumber",
    "InvoiceData",
    "BillingAddress",
    "EInvoiceAddress",
    "DirectDebitIdentifier",
    "NationalIdentificationNumber",
    "BusinessIdentifier",
    "RepresentedOrganisation",
    "ContactHistory",
    "WebsiteAddress",
    "CookieIdentifier",
    "OrganisationData",
    "WaterSupplyService",
    "WastewaterService",
    "DistrictHeatingService",
    "ConnectionManagement",
    "ConnectionPricing",
    "MeterDataManagement",
    "MeterReading",
    "ServiceDisruptionNotification",
    "NetworkManagement",
    "Invoicing",
    "PaymentMonitoring",
    "DebtCollection",
    "ContractManagement",
    "CustomerDataMaintenance",
    "Archiving",
    "StatisticalPurpose",
    "Telemarketing",
    "MarketAndOpinionResearch",
    "SystemTesting",
    "Payer",
    "PropertyOwner",
    "Resident",
    "Tenant",
    "OrganisationContactPerson",
    "FormerCustomer",
    "AuthorityRegisterDataSource",
    "BankDataSource",
    "RemoteMeterReading",
    "DocumentDataSource",
    "InternalSystemDataSource",
    "JointControllerDataSource",
    "ProcessorDataSource",
    "DebtCollectionAgency",
    "PrintingServiceProvider",
    "MailingServiceProvider",
    "AccountingServiceProvider",
    "CreditInformationProvider",
    "RealEstateAgent",
    "Installer",
    "Firewall",
    "AuditLogging",
    "PatchManagement",
    "ScreenLock",
    "SecureDocumentDestruction",
    "StrongElectronicIdentification",
    "NetworkInformationSystem",
    "NotificationSystem",
    "CustomerInformationSystem",
]


@pytest.mark.parametrize("name", DOMAIN)
def test_every_missing_domain_term_is_there(name: str) -> None:
    concept = concepts()[name]
    above = vocab.ancestors(f"ropa:{name}")
    assert any(up.partition(":")[0] in DPV for up in above)
    assert concept["status"] == "checked"


def test_own_concepts_look_like_dpvs() -> None:
    made = ontology.concept_triples(concepts())
    by_subject: dict[str, set[str]] = {}
    for s, p, _ in made:
        by_subject.setdefault(s, set()).add(vocab.compact(p) or p)
    for iri, properties in by_subject.items():
        wanted = {"rdf:type", "skos:prefLabel", "skos:definition", "dct:created", "rdfs:isDefinedBy", "skos:broader"}
        assert wanted <= properties, iri
        assert ontology.STATUS in {vocab.expand(p) if ":" in p and not p.startswith("http") else p for p in properties}


def test_laws_of_the_domain_are_among_the_facts_and_the_terms() -> None:
    facts = vocab.Facts()
    for number in ("119/2001", "1050/2018", "621/1999", "906/2019", "1336/1997"):
        assert facts.law("FI", number) is not None
        name = f"ropa:law-fi-{number.replace('/', '-')}"
        assert vocab.is_a(name, "dpv:Law")
        found = vocab.entry(name)
        assert found is not None
        assert set(found.labels) == {"en", "fi", "sv"}


def used_terms() -> set[str]:
    found = set()
    from ropa.access import walk  # noqa: PLC0415

    records_ = [ropa.load(path) for path in EXAMPLES]
    records_ += [ropa.load(path) for path in sorted((ROOT / "src/ropa/_data/starters").glob("*.yaml"))]
    for record in records_:
        for place in walk(record):
            for slot in slots(type(place.node)):
                value = getattr(place.node, slot.name)
                if slot.kind == "concept" and value is not None:
                    found |= set(value if isinstance(value, tuple) else (value,))
    return {name for name in found if not name.startswith("own:")}


def test_every_term_of_examples_and_starters_has_checked_labels() -> None:
    lacking = [
        name for name in sorted(used_terms()) if vocab.label(name, "fi") is None or vocab.label(name, "sv") is None
    ]
    assert lacking == []


def test_every_legal_basis_right_and_data_subject_category_has_checked_labels() -> None:
    lacking = [
        name
        for name in vocab.data()["terms"]
        if vocab.is_a(name, "dpv:LegalBasis", "dpv:Right") or "dpv:HumanSubject" in vocab.data()["terms"][name][0]
        if known_term(name) and vocab.label(name, "fi") is None
    ]
    assert lacking == []


def test_some_300_terms_are_checked_and_drafts_are_not_printed() -> None:
    terms = vocab.data()["terms"]
    checked = [name for name, raw in terms.items() if raw[3] == "checked"]
    assert len(checked) >= 300
    draft = next(name for name, raw in terms.items() if raw[3] == "draft" and "fi" in raw[2])
    assert vocab.label(draft, "fi") is None
    assert vocab.label(draft, "fi", draft=True)


# -- search, hierarchy, facts -----------------------------------------------------


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("henkilötunnus", "ropa:NationalIdentificationNumber"),
        ("Laskutus", "ropa:Invoicing"),
        ("personbeteckning", "ropa:NationalIdentificationNumber"),
        ("email address", "pd:EmailAddress"),
        ("dpv:Marketing", "dpv:Marketing"),
    ],
)
def test_search_finds_a_term_in_three_languages(query: str, term: str) -> None:
    assert term in [hit.curie for hit in vocab.search(query)][:3]


def test_search_below_a_root_leaves_the_rest_out() -> None:
    assert all(vocab.is_a(hit.curie, "dpv:PersonalData") for hit in vocab.search("osoite", root="dpv:PersonalData"))


def test_nearest_names_for_a_slip() -> None:
    assert "dpv:Marketing" in vocab.nearest("dpv:Marketting")


def test_hierarchy() -> None:
    assert vocab.is_a("ropa:MeterReadingData", "dpv:PersonalData")
    assert vocab.is_a("eu-gdpr:A6-1-b-enter-into-contract", "eu-gdpr:A6-1-b")
    assert vocab.is_a("pd:Religion", "dpv:SpecialCategoryPersonalData")
    assert not vocab.is_a("dpv:RightsFulfilment", "dpv:LegalBasis"), "a slip of DPV 2.3 that is cut"
    assert not vocab.is_a("legal-fi:DPA-FI", "dpv:Law"), "as above"
    assert not vocab.is_a("dpv:Marketing", "dpv:PersonalData")


DAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("country", "day", "inside"),
    [
        ("loc:FI", DAY, True),
        ("loc:AX", DAY, True),
        ("loc:NO", DAY, True),
        ("loc:CH", DAY, False),
        ("loc:SJ", DAY, False),
        ("loc:GL", DAY, False),
        ("loc:FO", DAY, False),
        ("loc:JE", DAY, False),
        ("loc:PF", DAY, False),
        ("loc:GB", DAY, False),
        ("loc:GB", datetime.date(2020, 12, 31), True),
        ("loc:GB", datetime.date(2021, 1, 1), False),
        ("loc:US", DAY, False),
        ("dpv:Marketing", DAY, None),
    ],
)
def test_the_eea_on_a_day(country: str, day: datetime.date, inside: bool | None) -> None:
    assert vocab.Facts().in_eea(country, day) is inside


def test_adequacy_on_a_day() -> None:
    facts = vocab.Facts()
    assert [row["framework"] for row in facts.adequacy("US", DAY)] == ["Data Privacy Framework"]
    assert [row["framework"] for row in facts.adequacy("US", datetime.date(2020, 7, 16))] == ["Privacy Shield"]
    assert facts.adequacy("US", datetime.date(2020, 7, 17)) == []
    assert facts.adequacy("KR", DAY)


def test_facts_can_be_overlaid() -> None:
    facts = vocab.Facts({"places": [{"place": "EEA", "code": "CH", "from": "2026-01-01", "until": ""}]})
    assert facts.in_eea("loc:CH", DAY) is True
    assert vocab.Facts().in_eea("loc:CH", DAY) is False


def test_the_generated_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "vocab" / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_index_is_what_dpvs_files_say(shared: Path, tmp_path: Path) -> None:
    """The committed facts are those of DPV 2.3's own files, where these are at hand."""
    with (shared / "dpv" / "terms.csv").open(encoding="utf-8") as file:
        theirs = {f"{row['vocab']}:{row['local_name']}" for row in csv.DictReader(file) if row["kind"] != "property"}
    ours = {name for name in vocab.data()["terms"] if not name.startswith("ropa:")}
    assert theirs <= ours
    assert not tmp_path.is_file()
