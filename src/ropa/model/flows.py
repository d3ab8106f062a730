"""Where data go and how long they stay: recipients, transfers, retention, what is not done."""

import datetime
from typing import Annotated

import attrs

from ropa.model.base import Concepts, Duration, Node, Refs
from ropa.model.due import Due, due
from ropa.model.law import INTEREST
from ropa.model.parties import Agreement
from ropa.prepare import prepare
from ropa.spec import In, Ref, Via, node, term
from ropa.text import Text, as_text

DURATION = Via("duration", "dpv:hasDuration", ("dpv:TemporalDuration",))
UNTIL = Via("until", "dpv:hasDuration", ("dpv:UntilEventDuration",))
_INDETERMINATE = ("dpv:hasDuration", "dpv:IndeterminateDuration")


@node("dpv:Entity", label=("Recipient", "Vastaanottaja", "Mottagare"), id_from=("name", "concepts", "kind"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Recipient(Node):
    """Who receives data, or has them in hand: processors included. Art. 4(9), 13(1)(e), 30(1)(d).

    DPV: `dpv:hasRecipient`; for an internal unit, or the data subject himself, `dpv:hasEntity`.
    """

    kind: Annotated[
        str | None,
        In.of("dpv:Entity"),
        term("dct:type", "Role", "Rooli", "Roll", articles="4(8)-(10)", typed=True),
    ] = None
    """`dpv:DataProcessor` only where the source says so; `dpv:ThirdParty`, `dpv:Authority`,
    `dpv:JointDataControllers`, `dpv:OrganisationalUnit` (internal), `dpv:DataSubject` …"""
    concepts: Annotated[Concepts, In.of("dpv:Recipient"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = None
    """Categories of recipients: `ropa:DebtCollectionAgency` …"""
    organisation: Annotated[
        str | None, Ref("Organisation"), term("dpv:hasEntity", "Organisation", "Organisaatio", "Organisation")
    ] = None
    """The organisation, where the source names it."""
    countries: Annotated[
        Concepts, In.of("dpv:Country"), term("dpv:hasCountry", "Countries", "Maat", "Länder", articles="30(1)(e)")
    ] = None
    """Countries in which it receives the data, if stated."""
    data_categories: Annotated[
        Refs,
        Ref("DataCategory"),
        term(
            "dpv:hasPersonalData",
            "Data categories",
            "Henkilötietoryhmät",
            "Kategorier av personuppgifter",
            on_process=True,
        ),
    ] = None
    """What it receives."""
    purposes: Annotated[
        Refs, Ref("Purpose"), term("dpv:hasPurpose", "Purposes", "Käyttötarkoitukset", "Ändamål", on_process=True)
    ] = None
    """What for."""
    condition: Annotated[Text | None, term("ropa:condition", "Condition", "Ehto", "Villkor")] = attrs.field(
        default=None, converter=as_text
    )
    """When or on what condition, in the source's words ("on request")."""
    agreements: Annotated[
        tuple[Agreement, ...] | None,
        term("dpv:hasLegalMeasure", "Agreements", "Sopimukset", "Avtal", articles="28(3)"),
    ] = None
    """Agreements with it; `()` if the source says that there is none."""
    authorisation: Annotated[
        Text | None, term("ropa:authorisation", "Authorisation", "Lupa", "Tillstånd", articles="28(2), 28(4)")
    ] = attrs.field(default=None, converter=as_text)
    """For a sub-processor: the controller's specific or general authorisation."""


@node(
    "dpv:Process",
    "dpv:PersonalDataProcess",
    label=("Transfer", "Siirto kolmanteen maahan", "Överföring till tredjeland"),
    id_from=("name", "countries", "recipients"),
    constants=(("dpv:hasProcessing", "dpv:CrossBorderTransfer"),),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Transfer(Node):
    """A transfer outside the EEA, or to an international organisation. Art. 13(1)(f), 30(1)(e), 44-49.

    DPV: a nested `dpv:Process` with `dpv:CrossBorderTransfer`.
    """

    recipients: Annotated[
        Refs,
        Ref("Recipient"),
        term("dpv:hasRecipient", "Recipients", "Vastaanottajat", "Mottagare", articles="30(1)(e)"),
    ] = None
    """Who receives the data there."""
    countries: Annotated[
        Concepts,
        In.of("dpv:Country"),
        term("dpv:hasCountry", "Countries", "Maat", "Länder", articles="30(1)(e), 13(1)(f)"),
    ] = None
    """The countries of destination."""
    mechanisms: Annotated[
        Concepts,
        In.of("dpv:LegalBasis"),
        term(
            "dpv:hasLegalBasis",
            "Mechanisms",
            "Siirtoperusteet",
            "Överföringsgrunder",
            articles="44-49, 13(1)(f)",
            none=True,
        ),
    ] = None
    """Grounds of Chapter V: `eu-gdpr:A45-3`, `eu-gdpr:A46-2-c`, `eu-gdpr:A49-1-b` …"""
    safeguards: Annotated[
        Concepts,
        In.of("dpv:OrganisationalMeasure"),
        term(
            "dpv:hasOrganisationalMeasure",
            "Safeguards",
            "Suojatoimet",
            "Skyddsåtgärder",
            articles="46, 49(1)",
            none=True,
        ),
    ] = None
    """Tools such as `eu-gdpr:SCCByCommission`."""
    copy_from: Annotated[
        Text | None, term("ropa:copyFrom", "Copy from", "Jäljennöksen saa", "Kopia fås från", articles="13(1)(f)")
    ] = attrs.field(default=None, converter=as_text)
    """Where a copy of the safeguards can be had."""
    condition: Annotated[
        Text | None, term("ropa:condition", "Condition", "Ehto", "Villkor", articles="12(1), 13(1)(f)")
    ] = attrs.field(default=None, converter=as_text)
    """When it happens, in the source's words ("only invoices to the customers themselves")."""
    regular: Annotated[
        bool | None, term("ropa:regular", "Regular", "Säännöllinen", "Regelbunden", articles="49(1)")
    ] = None
    """Whether the source says that it is regular."""
    importer_status: Annotated[
        str | None,
        In.of("ropa:ImporterStatus"),
        term(
            "ropa:importerStatus",
            "Importer's status",
            "Vastaanottajan asema",
            "Importörens ställning",
            articles="45(3)",
        ),
    ] = None
    """For a decision of limited scope: whether the importer is within it."""
    interest: Annotated[
        Text | None,
        term(
            "dct:description",
            "Compelling interest",
            "Pakottava etu",
            "Tvingande intresse",
            articles="49(1)",
            via=INTEREST,
        ),
    ] = attrs.field(default=None, converter=as_text)
    """The compelling legitimate interest of Art. 49(1) second subparagraph."""
    laws: Annotated[
        Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar", articles="45(3)")
    ] = None
    """The decision relied on."""
    data_categories: Annotated[
        Refs,
        Ref("DataCategory"),
        term(
            "dpv:hasPersonalData",
            "Data categories",
            "Henkilötietoryhmät",
            "Kategorier av personuppgifter",
            on_process=True,
        ),
    ] = None
    """What is transferred."""
    assessments: Annotated[
        Refs, Ref("Assessment"), term("dpv:hasAssessment", "Assessments", "Arvioinnit", "Bedömningar", articles="46(1)")
    ] = None
    """Its transfer impact assessment."""


@node("dpv:StorageCondition", label=("Extension", "Pidennys", "Förlängning"), id_from=("name", "condition"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Extension(Node):
    """When data may be kept longer than the rule says; without a period it is open. Art. 13(2)(a)."""

    condition: Annotated[Text | None, term("ropa:condition", "Condition", "Ehto", "Villkor", articles="13(2)(a)")] = (
        attrs.field(default=None, converter=as_text)
    )
    """In what case."""
    laws: Annotated[Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar")] = (
        None
    )
    """Laws that ask for it."""
    period: Annotated[Duration, term("rdf:value", "Period", "Aika", "Tid", articles="13(2)(a)", via=DURATION)] = None
    """How much longer at most."""


@node(
    "dpv:StorageCondition",
    label=("Retention rule", "Säilytyssääntö", "Lagringsregel"),
    id_from=("name", "data_categories"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class RetentionRule(Node):
    """How long data are kept, and what ends it. Art. 5(1)(e), 13(2)(a), 30(1)(f). DPV: `dpv:StorageCondition`."""

    data_categories: Annotated[
        Refs,
        Ref("DataCategory"),
        term(
            "dpv:hasPersonalData",
            "Data categories",
            "Henkilötietoryhmät",
            "Kategorier av personuppgifter",
            articles="30(1)(f)",
            on_process=True,
        ),
    ] = None
    """What it is about; a rule that names none is about all."""
    period: Annotated[
        Duration,
        term("rdf:value", "Period", "Säilytysaika", "Lagringstid", articles="13(2)(a), 30(1)(f)", via=DURATION),
    ] = None
    """ISO 8601 duration."""
    bound: Annotated[
        str | None,
        In.of("ropa:RetentionBound"),
        term("ropa:bound", "Bound", "Vähintään vai enintään", "Minst eller högst", articles="5(1)(e)"),
    ] = None
    """`ropa:ExactPeriod`, `ropa:MinimumPeriod` or `ropa:MaximumPeriod`."""
    starts: Annotated[Text | None, term("ropa:starts", "Starts", "Alkaa", "Börjar", articles="13(2)(a)")] = attrs.field(
        default=None, converter=as_text
    )
    """The event from which the period runs."""
    until: Annotated[
        Text | None, term("dct:description", "Until", "Kunnes", "Tills", articles="13(2)(a)", via=UNTIL)
    ] = attrs.field(default=None, converter=as_text)
    """The event that ends it."""
    permanent: Annotated[
        bool | None,
        term(
            "ropa:permanent",
            "Permanent",
            "Pysyvä",
            "Permanent",
            articles="5(1)(e), 89(1)",
            implies={"true": ("dpv:hasDuration", "dpv:EndlessDuration")},
        ),
    ] = None
    """Whether it is kept for ever."""
    criterion: Annotated[
        Text | None, term("ropa:criterion", "Criterion", "Kriteeri", "Kriterium", articles="13(2)(a)")
    ] = attrs.field(default=None, converter=as_text)
    """What decides, where there is no period."""
    criterion_kind: Annotated[
        str | None,
        In.of("ropa:CriterionKind"),
        term(
            "ropa:criterionKind",
            "Kind of criterion",
            "Kriteerin laji",
            "Typ av kriterium",
            articles="13(2)(a)",
            implies={
                f"ropa:{kind}": _INDETERMINATE for kind in ("CircularCriterion", "UntilFurtherNotice", "UnnamedPolicy")
            },
        ),
    ] = None
    """Whether the criterion is circular ("as long as necessary"), open, an unnamed policy, or one of its own."""
    extensions: Annotated[
        tuple[Extension, ...] | None,
        term("dpv:hasStorageCondition", "Extensions", "Pidennykset", "Förlängningar", articles="13(2)(a)"),
    ] = None
    """When data may be kept longer."""
    review: Annotated[Text | None, term("ropa:review", "Review", "Tarkistus", "Översyn", articles="5(1)(e)")] = (
        attrs.field(default=None, converter=as_text)
    )
    """How often the need is looked at."""
    laws: Annotated[Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar")] = (
        None
    )
    """Laws, archive decisions or plans that the source names."""
    disposals: Annotated[
        Concepts,
        In.of("dpv:Processing"),
        term("dpv:hasProcessing", "Disposal", "Hävittäminen", "Gallring", articles="5(1)(e)-(f)", none=True),
    ] = None
    """What is done at the end: `dpv:Erase`, `dpv:Destruct`, `dpv:Anonymise`, `ropa:TransferToArchive` …"""

    def due(self, start: datetime.date) -> Due:
        """Return when the period ends for a case whose starting event was on `start`: earliest, latest, reason."""
        return due(self, start)


@node(
    "dpv:Process",
    label=("Exclusion", "Mitä ei tehdä", "Vad som inte görs"),
    id_from=("name", "purposes", "recipients", "operations"),
    constants=(("dpv:hasApplicability", "dpv:NotApplicable"),),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Exclusion(Node):
    """What the source says is not done ("not disclosed for marketing"). It answers no completeness rule."""

    operations: Annotated[
        Concepts, In.of("dpv:Processing"), term("dpv:hasProcessing", "Operations", "Käsittelytoimet", "Behandlingar")
    ] = None
    """What is not done: `dpv:Disclose` …"""
    purposes: Annotated[
        Concepts,
        In.of("dpv:Purpose"),
        term("dpv:hasPurpose", "Purposes", "Käyttötarkoitukset", "Ändamål", key="dpv:hasPurpose"),
    ] = None
    """For what it is not done (terms, not ids: the register has no such purpose)."""
    recipients: Annotated[
        Concepts,
        In.of("dpv:Recipient", "dpv:Entity"),
        term("dpv:hasEntity", "Recipients", "Vastaanottajat", "Mottagare"),
    ] = None
    """To whom it is not done (terms)."""
    exceptions: Annotated[Text | None, term("ropa:exceptions", "Exceptions", "Poikkeukset", "Undantag")] = attrs.field(
        default=None, converter=as_text
    )
    """"Except …", in the source's words."""
    commitment: Annotated[bool | None, term("ropa:commitment", "Commitment", "Sitoumus", "Åtagande")] = None
    """Whether it is told as a promise rather than as a fact."""
