"""What people may ask, and what decides about them: rights, provision, automated decisions, notices."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Date, Duration, Language, Node, Refs, Url
from ropa.prepare import prepare
from ropa.spec import In, Ref, Via, node, term
from ropa.text import Text, as_text

RESPONSE = Via("response", "dpv:hasDuration", ("dpv:TemporalDuration",))
EXERCISE = Via("exercise", "dpv:isExercisedAt", ("dpv:OrganisationalMeasure", "dpv:RightExerciseNotice"))
REASON = Via("reason", "dpv:hasJustification", ("dpv:Justification",))
CONSEQUENCE = Via("consequence", "dpv:hasConsequence", ("dpv:Consequence",))
LOGIC = Via("logic", "dpv:hasAlgorithmicLogic", ("dpv:AlgorithmicLogic",))
CHANGES = Via("changes", "dpv:hasPolicy", ("dpv:OrganisationalMeasure", "dpv:Policy"))


@node(
    "dpv:OrganisationalMeasure",
    "dpv:Notice",
    "dpv:RightExerciseNotice",
    label=("Procedure for requests", "Pyyntöjen käsittely", "Hantering av begäran"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class RightsProcedure(Node):
    """How requests are dealt with. Art. 12(2)-(6). DPV: `dpv:RightExerciseNotice`."""

    response_time: Annotated[
        Duration, term("rdf:value", "Response time", "Vastausaika", "Svarstid", articles="12(3)", via=RESPONSE)
    ] = None
    """ISO 8601 duration within which an answer is promised."""
    identification: Annotated[
        Text | None,
        term(
            "ropa:identification", "Identification", "Henkilöllisyyden todentaminen", "Identifiering", articles="12(6)"
        ),
    ] = attrs.field(default=None, converter=as_text)
    """How the person's identity is established."""
    fee: Annotated[
        str | None, In.of("dpv:FeeRequirement"), term("dpv:hasFee", "Fee", "Maksu", "Avgift", articles="12(5)")
    ] = None
    """`dpv:FeeNotRequired` or `dpv:FeeRequired`."""
    refusal_grounds: Annotated[
        Concepts,
        In.of("dpv:Justification"),
        term(
            "dpv:hasJustification",
            "Grounds of refusal",
            "Kieltäytymisperusteet",
            "Skäl att vägra",
            articles="12(5)",
            none=True,
        ),
    ] = None
    """When a request may be refused, or a fee asked."""


@node("dpv:Right", label=("Right", "Oikeus", "Rättighet"), id_from=("name", "right"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class RightStatement(Node):
    """What the source says of one right. Art. 13(2)(b)-(d), 15-22, 77. DPV: `dpv:hasRight`."""

    right: Annotated[
        str | None,
        In.of("dpv:Right"),
        term("skos:broader", "Right", "Oikeus", "Rättighet", articles="13(2)(b)-(d), 14(2)(c)-(e)"),
    ] = None
    """`eu-gdpr:A15` …, `eu-gdpr:A77` (complaint), `eu-gdpr:A7-3` (withdrawal of consent)."""
    granted: Annotated[
        bool | None,
        term(
            "ropa:granted",
            "Granted",
            "Myönnetään",
            "Beviljas",
            articles="13(2)(b)",
            implies={"false": ("dpv:hasApplicability", "dpv:NotApplicable")},
        ),
    ] = None
    """True if the source says that people have it, False if it denies it."""
    how: Annotated[Text | None, term("dct:description", "How", "Miten", "Hur", articles="12(2)", via=EXERCISE)] = (
        attrs.field(default=None, converter=as_text)
    )
    """How it is exercised."""
    forms: Annotated[
        Concepts, In.of("ropa:RequestForm"), term("ropa:forms", "Forms", "Muodot", "Former", articles="12(2), 12(6)")
    ] = None
    """In what form a request is taken."""
    reason: Annotated[Text | None, term("dct:description", "Reason", "Syy", "Skäl", articles="12(4)", via=REASON)] = (
        attrs.field(default=None, converter=as_text)
    )
    """Why it is denied or limited."""
    laws: Annotated[
        Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar", articles="23(1)")
    ] = None
    """Laws on which the source rests."""
    forums: Annotated[
        Concepts,
        In.of("ropa:ComplaintForum"),
        term("ropa:forums", "Where to complain", "Valituspaikat", "Var klagomål lämnas", articles="77(1)"),
    ] = None
    """For a complaint: where, besides the authority named."""


@node(
    "dpv:Context",
    label=("Provision of data", "Tietojen antaminen", "Tillhandahållande av uppgifter"),
    id_from=("name", "requirement"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Provision(Node):
    """Whether people must give the data, and what follows if they do not. Art. 13(2)(e). DPV: `dpv:hasNecessity`."""

    requirement: Annotated[
        str | None,
        In.of("dpv:Necessity"),
        term("dpv:hasNecessity", "Requirement", "Vaatimus", "Krav", articles="13(2)(e)"),
    ] = None
    """`ropa:StatutoryRequirement`, `ropa:ContractualRequirement`, `ropa:RequiredToEnterContract`,
    `ropa:VoluntaryProvision`."""
    consequence: Annotated[
        Text | None, term("dct:description", "Consequence", "Seuraus", "Följd", articles="13(2)(e)", via=CONSEQUENCE)
    ] = attrs.field(default=None, converter=as_text)
    """What follows if the data are not given."""
    data_categories: Annotated[
        Refs,
        Ref("DataCategory"),
        term("dpv:hasPersonalData", "Data categories", "Henkilötietoryhmät", "Kategorier av personuppgifter"),
    ] = None
    """Which data it is about."""


@node("dpv:AutomatedDecisionMaking", label=("Automated decision", "Automaattinen päätös", "Automatiserat beslut"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class AutomatedDecision(Node):
    """An automated decision or profiling. Art. 13(2)(f), 22. DPV: `dpv:AutomatedDecisionMaking`."""

    solely_automated: Annotated[
        bool | None,
        term(
            "ropa:solelyAutomated",
            "Solely automated",
            "Yksinomaan automaattinen",
            "Enbart automatiserat",
            articles="22(1)",
        ),
    ] = None
    """Whether no person decides."""
    effects: Annotated[
        Concepts,
        In.of("ropa:DecisionEffect"),
        term("ropa:effects", "Effects", "Vaikutukset", "Verkningar", articles="22(1)", none=True),
    ] = None
    """Whether it has legal or similarly significant effects."""
    logic: Annotated[
        Text | None, term("dct:description", "Logic", "Logiikka", "Logik", articles="13(2)(f)", via=LOGIC)
    ] = attrs.field(default=None, converter=as_text)
    """The logic involved."""
    significance: Annotated[
        Text | None, term("ropa:significance", "Significance", "Merkittävyys", "Betydelse", articles="13(2)(f)")
    ] = attrs.field(default=None, converter=as_text)
    """What it means for the person."""
    consequences: Annotated[
        Text | None,
        term(
            "dct:description",
            "Consequences",
            "Mahdolliset seuraukset",
            "Förutsedda följder",
            articles="13(2)(f)",
            via=CONSEQUENCE,
        ),
    ] = attrs.field(default=None, converter=as_text)
    """What is expected to follow."""
    grounds: Annotated[
        Concepts,
        In.of("dpv:LegalBasis"),
        term("dpv:hasLegalBasis", "Grounds", "Perusteet", "Grunder", articles="22(2), 22(4)"),
    ] = None
    """`ropa:A22-2-a` …"""
    laws: Annotated[
        Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar", articles="22(2)")
    ] = None
    """The law that authorises it."""
    safeguards: Annotated[
        Concepts,
        In.of("dpv:Right"),
        term(
            "dpv:hasRight",
            "Safeguards",
            "Suojatoimet",
            "Skyddsåtgärder",
            articles="22(3)",
            none=True,
            key="dpv:hasRight",
        ),
    ] = None
    """`eu-gdpr:A22-3-a` (human intervention), `-b` (own view), `-c` (contest)."""


@node(
    "dpv:OrganisationalMeasure",
    "dpv:Notice",
    "dpv:PrivacyNotice",
    label=("Notice", "Tietosuojaseloste", "Dataskyddsbeskrivning"),
    name="dct:title",
    id_from=("name", "language"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Notice(Node):
    """A published notice of the register. Art. 12-14. DPV: `dpv:PrivacyNotice`."""

    language: Annotated[Language, term("dct:language", "Language", "Kieli", "Språk", articles="12(1)")] = None
    """BCP 47 tag."""
    url: Annotated[Url, term("foaf:page", "Address", "Osoite", "Adress")] = None
    """Where it is published: an absolute IRI."""
    issued: Annotated[Date, term("dct:issued", "Issued", "Laadittu", "Upprättad")] = None
    """When it was drawn up or published."""
    modified: Annotated[Date, term("dct:modified", "Modified", "Päivitetty", "Uppdaterad")] = None
    """When it was last changed."""
    under: Annotated[
        Concepts,
        In.of("dpv:Right"),
        term("dct:conformsTo", "Under", "Informointivelvoite", "Enligt artikel", articles="13, 14"),
    ] = None
    """`eu-gdpr:A13`, `eu-gdpr:A14`: which duty it says to fulfil."""
    change_policy: Annotated[
        Text | None, term("dct:description", "Changes", "Muuttaminen", "Ändringar", articles="13(3)", via=CHANGES)
    ] = attrs.field(default=None, converter=as_text)
    """When and how it is changed."""
