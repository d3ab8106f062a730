"""Why it is allowed: purposes, legal bases, laws, assessments."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Date, Node, Refs, Url
from ropa.prepare import prepare
from ropa.spec import In, Ref, Via, node, term
from ropa.text import Text, as_text

INTEREST = Via("interest", "dpv:hasJustification", ("dpv:Justification",))
"""DPV tells an interest as a justification with a text."""


@node("dpv:Purpose", label=("Purpose", "Käyttötarkoitus", "Ändamål"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Purpose(Node):
    """What personal data are used for. Art. 5(1)(b), 13(1)(c), 30(1)(b). DPV: `dpv:Purpose`."""

    concepts: Annotated[Concepts, In.of("dpv:Purpose"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = None
    """DPV or `ropa:` purposes that it falls under."""
    channels: Annotated[Concepts, In.of("ropa:Channel"), term("ropa:channels", "Channels", "Kanavat", "Kanaler")] = None
    """How people are reached, where the source says so."""


@node("dpv:LegalBasis", label=("Legal basis", "Oikeusperuste", "Rättslig grund"), id_from=("name", "basis"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class LegalBasis(Node):
    """Why the processing is lawful, as the source says. Art. 6(1), 9(2), 10, 13(1)(c)-(d). DPV: `dpv:LegalBasis`."""

    basis: Annotated[
        str | None,
        In.of("dpv:LegalBasis"),
        term("skos:broader", "Basis", "Peruste", "Grund", articles="6(1), 9(2), 13(1)(c), 14(1)(c)"),
    ] = None
    """`eu-gdpr:A6-1-b` …; unstated where the source names none."""
    laws: Annotated[
        Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar", articles="6(3)")
    ] = None
    """Laws that the source cites for it."""
    interest: Annotated[
        Text | None,
        term("dct:description", "Interest", "Etu", "Intresse", articles="13(1)(d), 14(2)(b)", via=INTEREST),
    ] = attrs.field(default=None, converter=as_text)
    """The legitimate interest, in the source's words."""
    interest_kind: Annotated[
        str | None,
        In.of("ropa:InterestKind"),
        term("ropa:interestKind", "Kind of interest", "Edun laji", "Typ av intresse", articles="13(1)(d)"),
    ] = None
    """Whether an interest is named, or only a relationship ("you are our customer")."""
    interest_of: Annotated[
        str | None,
        In.of("dpv:LegitimateInterest"),
        term("ropa:interestOf", "Whose interest", "Kenen etu", "Vems intresse", articles="6(1)(f)"),
    ] = None
    """`dpv:LegitimateInterestOfController` or `dpv:LegitimateInterestOfThirdParty`."""
    withdrawals: Annotated[
        Refs,
        Ref("RightStatement"),
        term("dpv:hasRight", "Withdrawal", "Suostumuksen peruuttaminen", "Återkallelse", articles="7(3), 13(2)(c)"),
    ] = None
    """The rights of the register that tell how consent is withdrawn."""
    age_rule: Annotated[Text | None, term("ropa:ageRule", "Age rule", "Ikäraja", "Åldersregel", articles="8(1)")] = (
        attrs.field(default=None, converter=as_text)
    )
    """From what age a child's own consent is enough, or whose consent is asked."""


@node(
    "dpv:Law",
    label=("Law", "Säädös", "Författning"),
    id_from=("name", "title", "number"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class LawReference(Node):
    """A law, decision or terms that the source cites; declared once a record. DPV: `dpv:Law`."""

    title: Annotated[Text | None, term("dct:title", "Title", "Nimike", "Rubrik")] = attrs.field(
        default=None, converter=as_text
    )
    """Its title."""
    number: Annotated[str | None, term("schema:legislationIdentifier", "Number", "Numero", "Nummer")] = None
    """Number in the collection of statutes (`119/2001`) or of the Union (`2016/679`)."""
    section: Annotated[str | None, term("ropa:section", "Section", "Pykälä", "Paragraf")] = None
    """Section or article, as the source cites it."""
    kind: Annotated[str | None, In.of("ropa:LawKind"), term("dct:type", "Kind", "Laji", "Typ")] = None
    """Statute, regulation, authority's decision, terms …"""
    eli: Annotated[Url, term("rdfs:seeAlso", "ELI", "ELI", "ELI")] = None
    """European Legislation Identifier: an absolute IRI."""
    jurisdiction: Annotated[
        str | None,
        In.of("dpv:Location"),
        term("dpv:hasJurisdiction", "Jurisdiction", "Oikeudenkäyttöalue", "Jurisdiktion"),
    ] = None
    """`loc:FI`, `loc:EU` …"""


@node("dpv:OrganisationalMeasure", label=("Assessment", "Arviointi", "Bedömning"), id_from=("name", "kind"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Assessment(Node):
    """A DPIA, a balancing test, a transfer impact assessment. Art. 35, 6(1)(f), 46(1). DPV: `dpv:hasAssessment`."""

    kind: Annotated[
        str | None,
        In.of("dpv:Assessment"),
        term("dct:type", "Kind", "Laji", "Typ", typed=True),
    ] = None
    """`dpv:DPIA`, `dpv:LegitimateInterestAssessment`, `dpv:DataTransferImpactAssessment` …"""
    outcome: Annotated[
        str | None, In.of("dpv:Status"), term("dpv:hasStatus", "Outcome", "Tulos", "Resultat", articles="35(7), 36(1)")
    ] = None
    """For example `eu-gdpr:DPIANotRequired`, `eu-gdpr:DPIAOutcomeRisksMitigated`."""
    date: Annotated[Date, term("dct:date", "Date", "Päivämäärä", "Datum")] = None
    """When it was made."""
    url: Annotated[Url, term("foaf:page", "Address", "Osoite", "Adress")] = None
    """Where it can be read."""
