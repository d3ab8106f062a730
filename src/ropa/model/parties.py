"""Who is involved: organisations, contacts, joint controllers' arrangements, agreements."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Date, Node, Refs, Url
from ropa.prepare import prepare
from ropa.spec import In, Ref, Via, node, term
from ropa.text import Text, as_text

CONTACT_POINT = Via("contact", "schema:contactPoint", ("schema:ContactPoint",))
"""schema.org's node for e-mail, phone and form; DPV has one literal for all."""
CONTACT_KEY = "dpv:hasContact"


@node(
    "dpv:Organisation",
    label=("Organisation", "Organisaatio", "Organisation"),
    name="dpv:hasName",
    id_from=("name", "business_id", "same_as"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Organisation(Node):
    """A controller, a processor, a vendor, an authority: the property that leads to it gives the role.

    Art. 4(7)-(8), 30(1)(a). DPV: `dpv:Organisation`, `dpv:hasName`, `dpv:hasAddress`, `dpv:hasContact`.
    """

    business_id: Annotated[str | None, term("dpv:hasIdentifier", "Business id", "Y-tunnus", "FO-nummer")] = None
    """Business or company number, as published."""
    kind: Annotated[
        str | None,
        In.of("dpv:Entity"),
        term("dct:type", "Kind of organisation", "Organisaation laji", "Typ av organisation", typed=True),
    ] = None
    """What it is (`ropa:Municipality`, `ropa:MunicipalEnterprise`, `ropa:Company` …): stated, never inferred."""
    unit_of: Annotated[
        str | None,
        Ref("Organisation"),
        term("dpv:isOrganisationalUnitOf", "Unit of", "Osa organisaatiota", "Enhet inom"),
    ] = None
    """The organisation of which it is a part without own legal personality."""
    address: Annotated[
        str | None, term("dpv:hasAddress", "Postal address", "Postiosoite", "Postadress", articles="13(1)(a), 30(1)(a)")
    ] = None
    """Postal or street address, in one line."""
    email: Annotated[
        str | None,
        term(
            "schema:email",
            "E-mail",
            "Sähköposti",
            "E-post",
            articles="13(1)(a), 30(1)(a)",
            via=CONTACT_POINT,
            also=CONTACT_KEY,
        ),
    ] = None
    """E-mail address, as published: "(at)" is written "@", a missing "@" stays missing."""
    phone: Annotated[
        str | None,
        term(
            "schema:telephone",
            "Phone",
            "Puhelin",
            "Telefon",
            articles="13(1)(a), 30(1)(a)",
            via=CONTACT_POINT,
            also=CONTACT_KEY,
        ),
    ] = None
    """Telephone number, as published."""
    url: Annotated[Url, term("foaf:homepage", "Website", "Verkkosivu", "Webbplats")] = None
    """Website: an absolute IRI."""
    contact_form: Annotated[
        Url,
        term(
            "schema:url", "Contact form", "Yhteydenottolomake", "Kontaktformulär", via=CONTACT_POINT, also=CONTACT_KEY
        ),
    ] = None
    """Address of a contact form: an absolute IRI."""
    country: Annotated[str | None, In.of("dpv:Country"), term("dpv:hasCountry", "Country", "Maa", "Land")] = None
    """Country of the seat (`loc:FI`), if stated."""
    established_in: Annotated[
        Concepts,
        In.of("dpv:Country"),
        term("ropa:establishedIn", "Established in", "Sijoittautumismaat", "Etablerad i", articles="3(1), 27(1)"),
    ] = None
    """Countries in which it has an establishment."""
    same_as: Annotated[Concepts, In.of("dpv:Entity"), term("owl:sameAs", "Same as", "Sama kuin", "Samma som")] = None
    """The same organisation elsewhere, for example `legal-fi:DPA-FI`."""


@node(
    "dpv:Agent",
    label=("Contact", "Yhteyshenkilö", "Kontaktperson"),
    name="dpv:hasName",
    id_from=("role", "name", "email"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Contact(Node):
    """A person, a role or an office to turn to; data protection officers and representatives too.

    Art. 13(1)(a)-(b), 37(7). DPV: `dpv:Agent`, `dpv:hasName`, `dpv:hasContact`.
    """

    role: Annotated[Text | None, term("schema:jobTitle", "Role", "Tehtävä", "Uppgift")] = attrs.field(
        default=None, converter=as_text
    )
    """Office or task, as published."""
    name_withheld: Annotated[
        bool | None, term("ropa:nameWithheld", "Name withheld", "Nimi jätetty pois", "Namnet utelämnat")
    ] = None
    """The source names a person and the record does not repeat the name; answers rule 112."""
    email: Annotated[
        str | None,
        term(
            "schema:email", "E-mail", "Sähköposti", "E-post", articles="13(1)(b)", via=CONTACT_POINT, also=CONTACT_KEY
        ),
    ] = None
    """E-mail address, as published."""
    phone: Annotated[
        str | None,
        term(
            "schema:telephone", "Phone", "Puhelin", "Telefon", articles="13(1)(b)", via=CONTACT_POINT, also=CONTACT_KEY
        ),
    ] = None
    """Telephone number, as published."""
    address: Annotated[
        str | None, term("dpv:hasAddress", "Postal address", "Postiosoite", "Postadress", articles="13(1)(b)")
    ] = None
    """Postal or street address, in one line."""
    url: Annotated[
        Url, term("schema:url", "Web address", "Verkko-osoite", "Webbadress", via=CONTACT_POINT, also=CONTACT_KEY)
    ] = None
    """Web page or form: an absolute IRI."""
    positions: Annotated[
        Concepts, In.of("ropa:Position"), term("ropa:positions", "Positions", "Asemat", "Ställningar", articles="38(6)")
    ] = None
    """What the source tells of the person's position (`ropa:SeniorManagement` …)."""
    organisation: Annotated[
        str | None,
        Ref("Organisation"),
        term("schema:worksFor", "Organisation", "Organisaatio", "Organisation", key="ropa:worksFor"),
    ] = None
    """The organisation to which the contact belongs."""


@node(
    "dpv:LegalMeasure",
    "dpv:JointDataControllersAgreement",
    label=("Joint arrangement", "Yhteisrekisterinpitäjien järjestely", "Gemensamt arrangemang"),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class JointArrangement(Node):
    """How joint controllers share their duties. Art. 26(1)-(2). DPV: `dpv:JointDataControllersAgreement`."""

    laws: Annotated[
        Refs, Ref("LawReference"), term("dpv:hasApplicableLaw", "Laws", "Säädökset", "Författningar", articles="26(1)")
    ] = None
    """Laws that share the duties."""
    essence: Annotated[
        Text | None, term("ropa:essence", "Essence", "Keskeinen sisältö", "Väsentligt innehåll", articles="26(2)")
    ] = attrs.field(default=None, converter=as_text)
    """The essence of the arrangement, as told to the data subjects."""
    available_from: Annotated[
        Text | None, term("ropa:availableFrom", "Available from", "Saatavissa", "Fås från", articles="26(2)")
    ] = attrs.field(default=None, converter=as_text)
    """Where the essence can be had."""


@node("dpv:LegalMeasure", label=("Agreement", "Sopimus", "Avtal"), id_from=("title", "name", "kind"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Agreement(Node):
    """An agreement with a recipient, as a rule with a processor. Art. 28(3). DPV: `dpv:hasLegalMeasure`."""

    kind: Annotated[
        str | None,
        In.of("dpv:LegalMeasure"),
        term("dct:type", "Kind", "Laji", "Typ", articles="28(3)", typed=True),
    ] = None
    """`dpv:ControllerProcessorAgreement`, `dpv:SubProcessorAgreement` …"""
    title: Annotated[Text | None, term("dct:title", "Title", "Otsikko", "Titel")] = attrs.field(
        default=None, converter=as_text
    )
    """Its title."""
    date: Annotated[Date, term("dct:date", "Date", "Päivämäärä", "Datum")] = None
    """When it was made."""
    url: Annotated[Url, term("foaf:page", "Address", "Osoite", "Adress")] = None
    """Where it can be read."""
