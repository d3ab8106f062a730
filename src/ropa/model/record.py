"""The record that holds everything, and an organisation's own concepts."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Date, Document, Node
from ropa.model.data import System
from ropa.model.law import LawReference
from ropa.model.parties import Contact, Organisation
from ropa.model.register import Register
from ropa.model.settle import settle
from ropa.prepare import convert_fields, prepare
from ropa.spec import MUST, Choice, Format, In, need, node, term
from ropa.text import FrozenMap, Text, as_text


@node("skos:Concept", label=("Own concept", "Oma käsite", "Eget begrepp"), name="skos:altLabel", id_from=("labels",))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Concept(Node):
    """An organisation's own term; other fields name it `own:<id>`. DPV: `skos:Concept` below a DPV term."""

    scheme: Annotated[
        str | None, term("skos:inScheme", "Scheme", "Käsitteistö", "Begreppssamling", typed=True), Format("concept")
    ] = None
    """The DPV root that it falls under: `dpv:PersonalData`, `dpv:Purpose` …"""
    broader: Annotated[
        Concepts, Format("concept"), term("skos:broader", "Broader", "Yläkäsitteet", "Överordnade begrepp")
    ] = None
    """Wider terms."""
    labels: Annotated[Text | None, term("skos:prefLabel", "Labels", "Nimet", "Etiketter")] = attrs.field(
        default=None, converter=as_text
    )
    """Its labels."""


@node("dct:Dataset", label=("Record", "Tietosuojatiedosto", "Register över behandling"), name="dct:title", id_from=())
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Record(Node):
    """What one organisation keeps (Art. 30), or one published notice (Art. 13-14).

    DPV: `dpv:ROPA`, if it serves as a record of processing.
    """

    id: Annotated[str, Format("iri"), term("dct:identifier", "Id", "Tunnus", "Id")]
    """Absolute IRI without fragment; a `tag:` IRI will do."""
    language: Annotated[str, Format("language"), term("dct:language", "Language", "Kieli", "Språk")]
    """BCP 47 tag of plain strings."""
    serves: Annotated[
        tuple[str, ...] | None,
        Choice(("record", "notice")),
        term("ropa:serves", "Serves as", "Asiakirjan tehtävä", "Fungerar som", articles="30(1), 13, 14", none=False),
    ] = None
    """Which documents this is to be: `record` (Art. 30), `notice` (Art. 13-14), or both."""
    controller: Annotated[
        Organisation | None,
        term(
            "dpv:hasDataController",
            "Controller",
            "Rekisterinpitäjä",
            "Personuppgiftsansvarig",
            articles="30(1)(a), 13(1)(a), 14(1)(a)",
            needs=[need(101, record=(MUST, "30(1)(a)"), notice=(MUST, "13(1)(a)"))],
            down=True,
        ),
    ] = None
    """Who decides purposes and means."""
    processor: Annotated[
        Organisation | None,
        term(
            "dpv:hasDataProcessor",
            "Processor",
            "Henkilötietojen käsittelijä",
            "Personuppgiftsbiträde",
            articles="30(2)(a)",
            needs=[need(101, processor=(MUST, "30(2)(a)"))],
        ),
    ] = None
    """In a processor's record: who processes on behalf of others."""
    representatives: Annotated[
        tuple[Contact, ...] | None,
        term(
            "dpv:hasRepresentative",
            "Representative",
            "Edustaja",
            "Företrädare",
            articles="27(1)-(2), 13(1)(a), 30(1)(a)",
        ),
    ] = None
    """The representative of Art. 27; `()` if the source says that there is none."""
    data_protection_officers: Annotated[
        tuple[Contact, ...] | None,
        term(
            "dpv:hasDataProtectionOfficer",
            "Data protection officer",
            "Tietosuojavastaava",
            "Dataskyddsombud",
            articles="37(1), 13(1)(b), 30(1)(a)",
            down=True,
        ),
    ] = None
    """The data protection officer; `()` if the source says that there is none."""
    supervisory_authority: Annotated[
        Organisation | None,
        term(
            "dpv:hasAuthority",
            "Supervisory authority",
            "Valvontaviranomainen",
            "Tillsynsmyndighet",
            articles="13(2)(d), 77(1)",
        ),
    ] = None
    """The authority that the source names."""
    organisations: Annotated[
        tuple[Organisation, ...] | None,
        term("dct:hasPart", "Organisations", "Organisaatiot", "Organisationer", none=False),
    ] = None
    """Other organisations, declared once and referred to by id."""
    systems: Annotated[
        tuple[System, ...] | None,
        term("dct:hasPart", "Systems", "Järjestelmät", "System", none=False, key="ropa:declaredSystems"),
    ] = None
    """Systems, declared once."""
    laws: Annotated[
        tuple[LawReference, ...] | None,
        term("dct:hasPart", "Laws", "Säädökset", "Författningar", none=False, key="ropa:declaredLaws"),
    ] = None
    """Laws, decisions and terms, declared once."""
    documents: Annotated[
        tuple[Document, ...] | None, term("dct:source", "Documents", "Lähdeasiakirjat", "Källdokument", none=False)
    ] = None
    """The texts that the record was read from."""
    created: Annotated[Date, term("dct:created", "Created", "Laadittu", "Upprättad")] = None
    """When it was drawn up."""
    modified: Annotated[Date, term("dct:modified", "Modified", "Päivitetty", "Uppdaterad")] = None
    """When it was last changed."""
    version: Annotated[str | None, term("dcat:version", "Version", "Versio", "Version")] = None
    """Its version, as written."""
    status: Annotated[str | None, In.of("ropa:RecordStatus"), term("ropa:status", "Status", "Tila", "Status")] = None
    """`ropa:Draft`, `ropa:Approved`, `ropa:Published`, `ropa:Retired`."""
    next_review: Annotated[
        Date, term("ropa:nextReview", "Next review", "Seuraava tarkistus", "Nästa översyn", articles="5(2)")
    ] = None
    """When it is to be looked at again."""
    prefixes: Annotated[FrozenMap[str] | None, Format("prefixes"), term(None, "Prefixes", "Etuliitteet", "Prefix")] = (
        None
    )
    """Prefixes of own keys and of foreign terms, with their IRIs."""
    concepts: Annotated[
        tuple[Concept, ...] | None,
        term("dct:hasPart", "Own concepts", "Omat käsitteet", "Egna begrepp", none=False, key="ropa:ownConcepts"),
    ] = None
    """The organisation's own terms."""
    remarks: Annotated[
        FrozenMap[Text] | None, Format("remarks"), term(None, "Remarks", "Huomautukset", "Noteringar")
    ] = None
    """Remarks about a path; a finding there quotes them."""
    registers: Annotated[
        tuple[Register, ...] | None,
        term("dpv:hasProcess", "Registers", "Rekisterit", "Register", articles="30(1)", none=False),
    ] = None
    """The registers."""

    def __attrs_post_init__(self) -> None:
        """Convert and check every field; give plain strings the record's language, and every node its id."""
        convert_fields(self)
        settle(self)
