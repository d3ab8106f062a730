"""The register, and what joins its parts."""

from typing import Annotated

import attrs

from ropa.model.base import Concepts, Node, Refs
from ropa.model.data import DataCategory, DataSource, DataSubjectCategory, SecurityMeasure
from ropa.model.flows import Exclusion, Recipient, RetentionRule, Transfer
from ropa.model.law import Assessment, LegalBasis, Purpose
from ropa.model.parties import Contact, JointArrangement, Organisation
from ropa.model.rights import AutomatedDecision, Notice, Provision, RightsProcedure, RightStatement
from ropa.prepare import prepare
from ropa.spec import ASKED, GOOD, MUST, NO_RECIPIENTS, Format, In, Ref, Via, need, node, term
from ropa.text import FrozenMap, Text, as_text

JOINT = Via("joint-controllers", "dpv:hasJointDataControllers", ("dpv:JointDataControllers",))
"""DPV makes one group node of joint controllers."""

RIGHTS_15_22 = (
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A19",
    "eu-gdpr:A20",
    "eu-gdpr:A21",
    "eu-gdpr:A22",
    "eu-gdpr:A22-3-a",
    "eu-gdpr:A22-3-b",
    "eu-gdpr:A22-3-c",
    "ropa:A21-2",
)


@node(
    "dpv:Process",
    "dpv:PersonalDataProcess",
    label=("Pairing", "Yhteenliittäminen", "Koppling"),
    name="dct:title",
    id_from=("name",),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Pairing(Node):
    """Which parts of a register belong together, where the source says so. DPV: a nested `dpv:Process`.

    Nothing pairs by itself: a purpose and a basis in one register are two lists.
    """

    condition: Annotated[Text | None, term("ropa:condition", "Condition", "Ehto", "Villkor")] = attrs.field(
        default=None, converter=as_text
    )
    """When it holds."""
    purposes: Annotated[
        Refs, Ref("Purpose"), term("dpv:hasPurpose", "Purposes", "Käyttötarkoitukset", "Ändamål", articles="13(1)(c)")
    ] = None
    legal_bases: Annotated[
        Refs,
        Ref("LegalBasis"),
        term("dpv:hasLegalBasis", "Legal bases", "Oikeusperusteet", "Rättsliga grunder", articles="13(1)(c)"),
    ] = None
    data_subjects: Annotated[
        Refs, Ref("DataSubjectCategory"), term("dpv:hasDataSubject", "Data subjects", "Rekisteröidyt", "Registrerade")
    ] = None
    data_categories: Annotated[
        Refs,
        Ref("DataCategory"),
        term("dpv:hasPersonalData", "Data categories", "Henkilötietoryhmät", "Kategorier av personuppgifter"),
    ] = None
    sources: Annotated[
        Refs, Ref("DataSource"), term("dpv:hasDataSource", "Sources", "Tietolähteet", "Uppgiftskällor")
    ] = None
    recipients: Annotated[
        Refs, Ref("Recipient"), term("dpv:hasRecipient", "Recipients", "Vastaanottajat", "Mottagare")
    ] = None
    transfers: Annotated[
        Refs,
        Ref("Transfer"),
        term("dpv:hasProcess", "Transfers", "Siirrot kolmansiin maihin", "Överföringar till tredjeland"),
    ] = None
    retention_rules: Annotated[
        Refs, Ref("RetentionRule"), term("dpv:hasStorageCondition", "Retention", "Säilytys", "Lagring")
    ] = None
    measures: Annotated[
        Refs,
        Ref("SecurityMeasure"),
        term("dpv:hasTechnicalOrganisationalMeasure", "Measures", "Suojatoimet", "Skyddsåtgärder"),
    ] = None
    systems: Annotated[
        Refs, Ref("System"), term("dpv:isImplementedUsingTechnology", "Systems", "Järjestelmät", "System")
    ] = None
    automated_decisions: Annotated[
        Refs,
        Ref("AutomatedDecision"),
        term("dpv:hasContext", "Automated decisions", "Automaattiset päätökset", "Automatiserade beslut"),
    ] = None


@node(
    "dpv:Process",
    "dpv:PersonalDataProcess",
    label=("Register", "Rekisteri", "Register"),
    name="dct:title",
    id_from=("name",),
)
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Register(Node):
    """One filing system or processing activity: what others call an activity or a treatment.

    Art. 4(6), 30(1). DPV: `dpv:PersonalDataProcess`.
    """

    name: Annotated[
        Text | None,
        term(
            "dct:title",
            "Name of the register",
            "Rekisterin nimi",
            "Registrets namn",
            needs=[need(108, record=(GOOD, ""))],
        ),
    ] = attrs.field(default=None, converter=as_text)
    """The name that the source uses."""
    joint_controllers: Annotated[
        tuple[Organisation, ...] | None,
        term(
            "dpv:hasDataController",
            "Joint controllers",
            "Yhteisrekisterinpitäjät",
            "Gemensamt personuppgiftsansvariga",
            articles="26(1), 13(1)(a), 30(1)(a)",
            via=JOINT,
        ),
    ] = None
    """The others with whom the controller decides purposes and means."""
    joint_arrangements: Annotated[
        tuple[JointArrangement, ...] | None,
        term(
            "dpv:hasLegalMeasure",
            "Joint arrangement",
            "Yhteisrekisterinpitäjien järjestely",
            "Gemensamt arrangemang",
            articles="26(1)-(2)",
        ),
    ] = None
    """How they share their duties; at most one is usual."""
    joint_contact_point: Annotated[
        Contact | None,
        term(
            "dpv:hasContact", "Joint contact point", "Yhteinen yhteyspiste", "Gemensam kontaktpunkt", articles="26(1)"
        ),
    ] = None
    """The contact point of the joint controllers."""
    on_behalf_of: Annotated[
        Refs,
        Ref("Organisation"),
        term(
            "dpv:hasDataController",
            "On behalf of",
            "Kenen lukuun",
            "För vems räkning",
            articles="30(2)(a)",
            none=True,
            needs=[need(110, processor=(MUST, "30(2)(a)"))],
        ),
    ] = None
    """In a processor's record: the controllers for whom it is done."""
    materials: Annotated[
        Concepts, In.of("ropa:MaterialForm"), term("ropa:materials", "Material", "Aineisto", "Material")
    ] = None
    """`ropa:Electronic`, `ropa:Manual`."""
    contacts: Annotated[
        tuple[Contact, ...] | None,
        term("dpv:hasEntity", "Contacts", "Yhteyshenkilöt", "Kontaktpersoner", articles="12(2)"),
    ] = None
    """To whom people turn in matters of the register."""
    purposes: Annotated[
        tuple[Purpose, ...] | None,
        term(
            "dpv:hasPurpose",
            "Purposes",
            "Käyttötarkoitukset",
            "Ändamål",
            articles="30(1)(b), 13(1)(c), 14(1)(c)",
            needs=[need(201, record=(MUST, "30(1)(b)"), notice=(MUST, "13(1)(c)"))],
        ),
    ] = None
    """What the data are used for."""
    legal_bases: Annotated[
        tuple[LegalBasis, ...] | None,
        term(
            "dpv:hasLegalBasis",
            "Legal bases",
            "Oikeusperusteet",
            "Rättsliga grunder",
            articles="6(1), 13(1)(c), 14(1)(c)",
            needs=[need(202, record=(ASKED, "5(2), 6(1)"), notice=(MUST, "13(1)(c), 6(1)"))],
        ),
    ] = None
    """Why the processing is lawful."""
    data_subjects: Annotated[
        tuple[DataSubjectCategory, ...] | None,
        term(
            "dpv:hasDataSubject",
            "Data subjects",
            "Rekisteröityjen ryhmät",
            "Kategorier av registrerade",
            articles="30(1)(c)",
            needs=[need(301, record=(MUST, "30(1)(c)"))],
        ),
    ] = None
    """Whose data they are."""
    data_categories: Annotated[
        tuple[DataCategory, ...] | None,
        term(
            "dpv:hasPersonalData",
            "Data categories",
            "Henkilötietoryhmät",
            "Kategorier av personuppgifter",
            articles="30(1)(c), 14(1)(d)",
            needs=[need(302, record=(MUST, "30(1)(c)"))],
        ),
    ] = None
    """Which data they are."""
    sources: Annotated[
        tuple[DataSource, ...] | None,
        term("dpv:hasDataSource", "Sources", "Tietolähteet", "Uppgiftskällor", articles="14(2)(f)"),
    ] = None
    """Where the data come from."""
    recipients: Annotated[
        tuple[Recipient, ...] | None,
        term(
            "dpv:hasRecipient",
            "Recipients",
            "Vastaanottajat",
            "Mottagare",
            articles="30(1)(d), 13(1)(e), 14(1)(e)",
            needs=[
                need(
                    401,
                    record=(MUST, "30(1)(d)"),
                    notice=(ASKED, "13(1)(e)"),
                    none_answers=True,
                    ignore=("kind", NO_RECIPIENTS),
                )
            ],
        ),
    ] = None
    """Who receives the data, processors included; `()` if the source says that nobody does."""
    recipients_exhaustive: Annotated[
        bool | None,
        term(
            "ropa:recipientsExhaustive", "Recipients complete", "Vastaanottajat tyhjentävästi", "Mottagarna uttömmande"
        ),
    ] = None
    """Whether the source says that there are no other recipients."""
    transfers: Annotated[
        tuple[Transfer, ...] | None,
        term(
            "dpv:hasProcess",
            "Transfers",
            "Siirrot kolmansiin maihin",
            "Överföringar till tredjeland",
            articles="30(1)(e), 13(1)(f), 14(1)(f)",
            needs=[
                need(
                    501,
                    record=(ASKED, "30(1)(e)"),
                    notice=(ASKED, "13(1)(f)"),
                    processor=(ASKED, "30(2)(c)"),
                    none_answers=True,
                )
            ],
        ),
    ] = None
    """Transfers outside the EEA; `()` if the source says that there are none."""
    retention_rules: Annotated[
        tuple[RetentionRule, ...] | None,
        term(
            "dpv:hasStorageCondition",
            "Retention",
            "Säilytys",
            "Lagring",
            articles="13(2)(a), 14(2)(a), 30(1)(f)",
            needs=[need(601, record=(ASKED, "30(1)(f)"), notice=(MUST, "13(2)(a)"))],
        ),
    ] = None
    """How long the data are kept."""
    measures: Annotated[
        tuple[SecurityMeasure, ...] | None,
        term(
            "dpv:hasTechnicalOrganisationalMeasure",
            "Measures",
            "Suojatoimet",
            "Skyddsåtgärder",
            articles="30(1)(g), 32(1)",
            needs=[need(801, record=(ASKED, "30(1)(g), 32(1)"), processor=(ASKED, "30(2)(d)"))],
        ),
    ] = None
    """How the data are protected."""
    systems: Annotated[
        Refs, Ref("System"), term("dpv:isImplementedUsingTechnology", "Systems", "Järjestelmät", "System")
    ] = None
    """Systems of the record that the register uses."""
    rights: Annotated[
        tuple[RightStatement, ...] | None,
        term(
            "dpv:hasRight",
            "Rights",
            "Rekisteröidyn oikeudet",
            "Den registrerades rättigheter",
            articles="13(2)(b)-(d), 14(2)(c)-(e)",
            needs=[
                need(701, notice=(MUST, "13(2)(b)"), only=("right", RIGHTS_15_22)),
                need(706, notice=(MUST, "13(2)(d), 77(1)"), only=("right", ("eu-gdpr:A77",))),
            ],
        ),
    ] = None
    """What the source says of each right; a denied right is a statement with `granted=False`."""
    rights_procedure: Annotated[
        RightsProcedure | None,
        term(
            "dpv:hasNotice",
            "Procedure for requests",
            "Pyyntöjen käsittely",
            "Hantering av begäran",
            articles="12(2)-(6)",
        ),
    ] = None
    """How requests are dealt with."""
    automated_decisions: Annotated[
        tuple[AutomatedDecision, ...] | None,
        term(
            "dpv:hasContext",
            "Automated decisions",
            "Automaattiset päätökset",
            "Automatiserade beslut",
            articles="13(2)(f), 14(2)(g), 22",
            needs=[need(710, notice=(GOOD, "13(2)(f)"), none_answers=True)],
        ),
    ] = None
    """Automated decisions and profiling; `()` if the source says that there are none."""
    provisions: Annotated[
        tuple[Provision, ...] | None,
        term(
            "dpv:hasContext",
            "Provision of data",
            "Tietojen antaminen",
            "Tillhandahållande av uppgifter",
            articles="13(2)(e)",
        ),
    ] = None
    """Whether people must give the data."""
    exclusions: Annotated[
        tuple[Exclusion, ...] | None,
        term("dpv:hasProcess", "Not done", "Mitä ei tehdä", "Vad som inte görs"),
    ] = None
    """What the source says is not done."""
    assessments: Annotated[
        tuple[Assessment, ...] | None,
        term("dpv:hasAssessment", "Assessments", "Arvioinnit", "Bedömningar", articles="35(1), 6(1)(f), 46(1)"),
    ] = None
    """Impact assessments, balancing tests, transfer impact assessments."""
    notices: Annotated[
        tuple[Notice, ...] | None,
        term("dpv:hasNotice", "Notices", "Tietosuojaselosteet", "Dataskyddsbeskrivningar", articles="12(1), 13, 14"),
    ] = None
    """Published notices of the register."""
    pairings: Annotated[
        tuple[Pairing, ...] | None, term("dpv:hasProcess", "Pairings", "Yhteenliittämiset", "Kopplingar", none=False)
    ] = None
    """Which parts belong together; it classifies, and may not be `()`."""
    operations: Annotated[
        Concepts,
        In.of("dpv:Processing"),
        term(
            "dpv:hasProcessing",
            "Operations",
            "Käsittelytoimet",
            "Behandlingar",
            articles="4(2), 30(2)(b)",
            none=True,
            needs=[need(116, processor=(MUST, "30(2)(b)"))],
        ),
    ] = None
    """What is done with the data; for a processor: the categories of processing."""
    remarks: Annotated[
        FrozenMap[Text] | None, Format("remarks"), term(None, "Remarks", "Huomautukset", "Noteringar")
    ] = None
    """Remarks about a path of the register; a finding there quotes them."""
