"""Whose and which data: data subjects, data categories and items, sources, systems, measures."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Node, Refs
from ropa.prepare import prepare
from ropa.spec import In, Ref, node, term
from ropa.text import Text, as_text


@node("dpv:DataSubject", label=("Data subjects", "Rekisteröidyt", "Registrerade"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class DataSubjectCategory(Node):
    """A category of data subjects. Art. 30(1)(c). DPV: `dpv:DataSubject` below a `dpv:HumanSubject`."""

    concepts: Annotated[Concepts, In.of("dpv:HumanSubject"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = (
        None
    )
    """DPV or `ropa:` categories that it falls under."""
    scale: Annotated[
        str | None,
        In.of("dpv:DataSubjectScale"),
        term("dpv:hasDataSubjectScale", "Scale", "Määrä", "Omfattning", articles="35(3)"),
    ] = None
    """How many they are, if stated."""


@node("dpv:PersonalData", label=("Data item", "Tieto", "Uppgift"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class DataItem(Node):
    """One item of a data category. DPV: `dpv:PersonalData`."""

    concepts: Annotated[Concepts, In.of("dpv:PersonalData"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = (
        None
    )
    """`pd:` or `ropa:` terms that it falls under."""
    necessity: Annotated[
        str | None,
        In.of("dpv:Necessity"),
        term("dpv:hasNecessity", "Necessity", "Pakollisuus", "Nödvändighet", articles="13(2)(e)"),
    ] = None
    """`dpv:Required` or `dpv:Optional`, if stated."""
    applies_to: Annotated[Text | None, term("ropa:appliesTo", "Applies to", "Keitä koskee", "Gäller")] = attrs.field(
        default=None, converter=as_text
    )
    """Whom it concerns, where it is not everybody ("some customers")."""
    stored_as: Annotated[
        tuple[str, ...] | None, term("ropa:storedAs", "Stored as", "Tallennettu nimellä", "Lagras som", none=False)
    ] = None
    """Names of the fields or columns that store it (`billing.customer.email`)."""


@node("dpv:PersonalData", label=("Data category", "Henkilötietoryhmä", "Kategori av personuppgifter"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class DataCategory(Node):
    """A category of personal data with its items. Art. 30(1)(c), 14(1)(d). DPV: `dpv:PersonalData`."""

    concepts: Annotated[Concepts, In.of("dpv:PersonalData"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = (
        None
    )
    """`pd:` or `ropa:` terms that it falls under."""
    items: Annotated[
        tuple[DataItem, ...] | None,
        term("dct:hasPart", "Items", "Tiedot", "Uppgifter", articles="30(1)(c)", none=False, beside=True),
    ] = None
    """Its single items."""
    data_subjects: Annotated[
        Refs,
        Ref("DataSubjectCategory"),
        term("dpv:hasDataSubject", "Data subjects", "Rekisteröidyt", "Registrerade", articles="30(1)(c)"),
    ] = None
    """Whose data they are."""
    systems: Annotated[
        Refs,
        Ref("System"),
        term("dpv:isImplementedUsingTechnology", "Systems", "Järjestelmät", "System"),
    ] = None
    """In which systems they are stored."""


@node("dpv:DataSource", label=("Source", "Tietolähde", "Uppgiftskälla"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class DataSource(Node):
    """Where the data come from. Art. 14(2)(f). DPV: `dpv:DataSource`."""

    concepts: Annotated[Concepts, In.of("dpv:DataSource"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = None
    """Two are usual: whose source it is, and whether it is public."""
    organisation: Annotated[
        str | None, Ref("Organisation"), term("dpv:hasEntity", "Organisation", "Organisaatio", "Organisation")
    ] = None
    """The organisation that gives the data."""
    method: Annotated[Text | None, term("ropa:method", "How", "Miten", "Hur")] = attrs.field(
        default=None, converter=as_text
    )
    """The form, contract, meter card, remote reading … by which they come."""
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
    """What comes from it."""


@node("dpv:TechnicalOrganisationalMeasure", label=("Measure", "Suojatoimi", "Skyddsåtgärd"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class SecurityMeasure(Node):
    """A technical or organisational measure. Art. 30(1)(g), 32(1). DPV: `dpv:TechnicalOrganisationalMeasure`."""

    concepts: Annotated[
        Concepts,
        In.of("dpv:TechnicalOrganisationalMeasure"),
        term("skos:broader", "Terms", "Käsitteet", "Begrepp", typed=True),
    ] = None
    """DPV or `ropa:` measures that it falls under."""
    material: Annotated[
        str | None, In.of("ropa:MaterialForm"), term("ropa:material", "Material", "Aineisto", "Material")
    ] = None
    """Whether it protects electronic or manual material, where the source tells them apart."""


@node("dpv:Technology", label=("System", "Järjestelmä", "System"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class System(Node):
    """A system, an application, a cookie; declared once a record. DPV: `dpv:Technology`."""

    concepts: Annotated[Concepts, In.of("dpv:Technology"), term("skos:broader", "Terms", "Käsitteet", "Begrepp")] = None
    """`tech:` or `ropa:` terms that it falls under; cookies are `tech:Cookie`."""
    vendor: Annotated[
        str | None,
        Ref("Organisation"),
        term("tech:hasProvider", "Vendor", "Toimittaja", "Leverantör", articles="4(9), 28(1)"),
    ] = None
    """Who supplies or runs it."""
    vendor_access: Annotated[
        bool | None,
        term(
            "ropa:vendorAccess",
            "Vendor has access",
            "Toimittajalla pääsy tietoihin",
            "Leverantören har åtkomst",
            articles="28(1)",
        ),
    ] = None
    """Whether the source says that the vendor hosts or can access the data."""
    countries: Annotated[
        Concepts, In.of("dpv:Country"), term("dpv:hasCountry", "Countries", "Maat", "Länder", articles="44")
    ] = None
    """Countries in which it is, if stated."""
    provision: Annotated[
        str | None,
        In.of("tech:ProvisionMethod"),
        term("tech:hasProvisionMethod", "Provided as", "Toimitustapa", "Tillhandahålls som"),
    ] = None
    """How it is provided: as a service, as software …"""
    purposes: Annotated[Refs, Ref("Purpose"), term("dpv:hasPurpose", "Purposes", "Käyttötarkoitukset", "Ändamål")] = (
        None
    )
    """Purposes of the registers that it serves."""
    consent: Annotated[
        str | None,
        In.of("ropa:ConsentMechanism"),
        term("ropa:consent", "Consent", "Suostumus", "Samtycke", articles="6(1)(a)"),
    ] = None
    """For cookies and the like: whether consent is asked, or the browser's settings are pointed to."""
