"""Foreign DPV graphs: what is read of them, and what is left unread.

Each fixture in `tests/foreign` shows one way in which graphs differ from our
form. A test states every path of the record with its value, and every triple
that stays unread (blank nodes as `[]`, literals without datatype): what it does
not list, the record must not have.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import orjson
import pytest
from rdflib import Graph

import ropa
from ropa import vocab
from ropa.codec import to_dict
from ropa.errors import ReadError
from ropa.model import Record
from ropa.rdf import formats, read, write
from ropa.rdf.adopt import adopt, read_graph
from ropa.rdf.foreign import present
from ropa.rdf.lengths import period
from ropa.rdf.terms import RDF_TYPE, Lit, lang
from ropa.rdf.write import below, ranges
from ropa.spec import slots
from ropa.vocab import compact, expand

HERE = Path(__file__).parent / "foreign"
FIXTURES = sorted(path.stem for path in HERE.glob("*.ttl"))
SHORT = {
    "ex": "https://example.org/heat#",
    "dpvs": "https://w3id.org/dpv/dpv-skos#",
    "legal1": "https://w3id.org/dpv/dpv-legal#",
}
EX = SHORT["ex"]
PROCESS = (f"{EX}p", RDF_TYPE, expand("dpv:Process"))


def triples_of(name):
    return formats.parse((HERE / f"{name}.ttl").read_bytes(), "turtle")


def lines(data, path=""):
    """Go through the plain data as lines `path = value`; a node without fields is its path alone."""
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                yield from lines(item, f"{path}{key}/{item['id']}/") if len(item) > 1 else [f"{path}{key}/{item['id']}"]
        elif isinstance(value, dict) and "id" in value:
            yield from lines(value, f"{path}{key}/{value['id']}/") if len(value) > 1 else [f"{path}{key}/{value['id']}"]
        elif isinstance(value, dict):
            yield f"{path}{key} = {' | '.join(f'{tag}: {words}' for tag, words in sorted(value.items()))}"
        elif isinstance(value, list):
            yield f"{path}{key} = {' '.join(value) or 'none'}"
        elif key != "ropa" and (key != "id" or not path):
            yield f"{path}{key} = {value}"


def name_of(term):
    if isinstance(term, Lit):
        return f'"{term.value}"'
    return "[]" if term.startswith("_:") else compact(term, SHORT) or term


def shown(triples):
    return sorted(" ".join(name_of(term) for term in triple) for triple in triples)


def block(text):
    return [line for line in textwrap.dedent(text).strip().splitlines() if line]


def assert_read(name, said, left):
    data, unread = adopt(triples_of(name))
    assert list(lines(data)) == block(said)
    assert shown(unread) == block(left)
    ropa.from_dict(data)


# -- one fixture each --------------------------------------------------------


def test_terms_as_objects_and_nodes_below_them():
    assert_read(
        "concepts",
        """
        id = urn:ropa:adopted
        registers/heat-contracts/name = en: Heat contracts | fi: Lämpösopimukset
        registers/heat-contracts/purposes/invoicing-of-heat/name = en: Invoicing of heat | fi: Lämmön laskutus
        registers/heat-contracts/purposes/invoicing-of-heat/concepts = dpv:LegalCompliance dpv:PaymentManagement
        registers/heat-contracts/purposes/customermanagement/concepts = dpv:CustomerManagement
        registers/heat-contracts/legal_bases/a6-1-b/basis = eu-gdpr:A6-1-b
        registers/heat-contracts/legal_bases/bookkeeping-duty/name = en: Bookkeeping duty
        registers/heat-contracts/legal_bases/bookkeeping-duty/basis = dpv:LegalObligation
        registers/heat-contracts/data_categories/meterdata/concepts = dpv:SensitivePersonalData
        registers/heat-contracts/data_categories/neverdescribed
        registers/heat-contracts/data_categories/name/concepts = pd:Name
        registers/heat-contracts/data_categories/bankaccount/concepts = pd:BankAccount
        registers/heat-contracts/measures/passwordauthentication/concepts = dpv:PasswordAuthentication
        registers/heat-contracts/measures/yearly-course/name = en: Yearly course
        registers/heat-contracts/measures/yearly-course/concepts = dpv:StaffTraining
        registers/heat-contracts/rights/a15/right = eu-gdpr:A15
        registers/heat-contracts/rights/a20/right = eu-gdpr:A20
        registers/heat-contracts/assessments/dpia/kind = dpv:DPIA
        registers/heat-contracts/assessments/dpia/date = 2024-03-05
        registers/heat-contracts/operations = dpv:Collect dpv:Store
        language = en
        """,
        """
        ex:Invoicing skos:editorialNote "ask Finance"
        ex:MeterData skos:broader ex:Consumption
        ex:contracts dpv:hasPurpose dpv:Collect
        ex:contracts dpv:hasPurpose dpv:NoSuchPurpose
        ex:contracts ex:costCentre "4711"
        """,
    )


def test_literals_where_a_node_is_meant():
    assert_read(
        "literals",
        """
        id = urn:ropa:adopted
        controller/example-heat-ltd/name = en: Example Heat Ltd
        data_protection_officers/privacy-heat-example/email = privacy@heat.example
        registers/newsletter/name = en: Newsletter
        registers/newsletter/purposes/send-the-letter-to-subscribers/name = en: Send the letter to subscribers
        registers/newsletter/data_subjects/subscribers/name = en: Subscribers
        registers/newsletter/data_categories/e-mail-address/name = en: E-mail address
        registers/newsletter/recipients/the-mailing-house/name = en: The mailing house
        registers/newsletter/transfers/ca/countries = loc:CA
        registers/newsletter/retention_rules/retention-rule/period = P90D
        registers/newsletter/retention_rules/while-the-letter-is-wanted/name = en: while the letter is wanted
        registers/newsletter/rights/a21/right = eu-gdpr:A21
        registers/newsletter/rights/a21/how = en: by the link in each letter
        registers/newsletter/notices/notice/url = https://heat.example/letter
        language = en
        """,
        """
        [] dpv:hasLocation "somewhere in Asia"
        ex:newsletter dpv:hasJurisdiction "Finnish law"
        ex:newsletter dpv:hasLocation "Finland"
        ex:newsletter dpv:hasPurpose "   "
        """,
    )


def test_data_subjects_in_every_spelling():
    assert_read(
        "data-subjects",
        """
        id = urn:ropa:adopted
        registers/customers/data_subjects/guardians-of-minors/name = en: Guardians of minors
        registers/customers/data_subjects/customer/concepts = dpv:Customer
        registers/customers/data_subjects/child/concepts = dpv:Child
        registers/customers/data_subjects/child/scale = dpv:SmallScaleOfDataSubjects
        registers/customers/data_subjects/fitters/name = en: Fitters
        registers/customers/data_subjects/fitters/concepts = dpv:Employee
        registers/customers/data_subjects/subscriber/concepts = dpv:Subscriber
        language = en
        """,
        """
        ex:customers dpv:hasHumanSubject dpv:Visitor
        """,
    )


def test_recipients_of_a_notice_are_no_recipients_of_data():
    assert_read(
        "notices",
        """
        id = urn:ropa:adopted
        registers/customer-support/name = en: Customer support
        registers/customer-support/recipients/call-centre/name = en: Call centre
        registers/customer-support/rights/a15/right = eu-gdpr:A15
        registers/customer-support/rights/a15/how = en: Write to the service desk.
        registers/customer-support/rights_procedure/requests/description = en: Write to the service desk.
        registers/customer-support/rights_procedure/requests/fee = dpv:FeeNotRequired
        registers/customer-support/notices/leaflet/name = en: Leaflet
        registers/customer-support/notices/how-we-treat-your-data/language = en
        registers/customer-support/notices/how-we-treat-your-data/name = en: How we treat your data
        registers/customer-support/notices/how-we-treat-your-data/url = https://heat.example/privacy
        registers/customer-support/notices/how-we-treat-your-data/issued = 2023-09-01
        language = en
        """,
        """
        [] dpv:hasPurpose dpv:IdentityVerification
        [] dpv:hasRecipient dpv:Customer
        [] dpv:hasRecipient ex:Identifier
        [] rdf:type dpv:DataBreachNotice
        [] rdf:type dpv:DataSubject
        [] rdf:type dpv:Process
        ex:leaflet dpv:hasRecipient []
        ex:leaflet rdf:type eu-gdpr:DirectDataCollectionNotice
        ex:page dpv:hasRecipient dpv:Customer
        ex:requests dpv:hasProcess []
        ex:requests dpv:hasRecipient dpv:DataSubject
        ex:support dpv:hasNotice []
        """,
    )


def test_every_form_of_a_duration():
    assert_read(
        "durations",
        """
        id = urn:ropa:adopted
        registers/logs/data_categories/name/concepts = pd:Name
        registers/logs/retention_rules/a/period = P10Y
        registers/logs/retention_rules/b/period = P6M
        registers/logs/retention_rules/c/period = P730D
        registers/logs/retention_rules/d/period = P730DT12H
        registers/logs/retention_rules/e/period = P1Y6M
        registers/logs/retention_rules/g/period = P1Y
        registers/logs/retention_rules/h/until = en: the lease ends
        registers/logs/retention_rules/i/description = en: thirty days from the last reading
        registers/logs/retention_rules/i/period = P30D
        registers/logs/retention_rules/j/permanent = True
        registers/logs/retention_rules/k/criterion = en: while it is needed
        registers/logs/retention_rules/l/until = en: 2031-12-31
        registers/logs/retention_rules/q/description = en: ten years after the end
        registers/logs/retention_rules/q/data_categories = name
        language = en
        """,
        """
        [] rdf:type dpv:FixedOccurrencesDuration
        [] rdf:type dpv:IndeterminateDuration
        [] rdf:type dpv:UntilEventDuration
        [] rdf:value "3"
        ex:f dpv:hasDuration "10"
        ex:f rdf:type dpv:StorageDuration
        ex:i rdf:type dpv:StorageDeletion
        ex:logs dpv:hasStorageCondition ex:f
        ex:logs dpv:hasStorageCondition ex:m
        ex:logs dpv:hasStorageCondition ex:n
        ex:logs dpv:hasStorageCondition ex:o
        ex:logs dpv:hasStorageCondition ex:p
        ex:logs dpv:hasStorageCondition ex:r
        ex:m dpv:hasLocation loc:FI
        ex:m rdf:type dpv:StorageLocation
        ex:n dpv:hasDuration []
        ex:n rdf:type dpv:StorageDuration
        ex:o dpv:hasDuration "P1Y"
        ex:o dpv:hasDuration "P2Y"
        ex:o rdf:type dpv:StorageDuration
        ex:p dpv:hasDuration dpv:IndeterminateDuration
        ex:p rdf:type dpv:StorageDuration
        ex:r dpv:hasDuration "-P1Y"
        ex:r dpv:hasDuration "P1.5Y"
        ex:r rdf:type dpv:StorageDuration
        """,
    )


def test_necessity_of_single_data():
    assert_read(
        "necessity",
        """
        id = urn:ropa:adopted
        registers/signup/data_categories/birthday
        registers/signup/data_categories/e-mail/name = en: E-mail
        registers/signup/data_categories/e-mail/concepts = pd:EmailAddress
        registers/signup/data_categories/e-mail/items/e-mail/name = en: E-mail
        registers/signup/data_categories/e-mail/items/e-mail/concepts = pd:EmailAddress
        registers/signup/data_categories/e-mail/items/e-mail/necessity = dpv:Required
        registers/signup/data_categories/phone/concepts = pd:TelephoneNumber
        registers/signup/data_categories/phone/items/phone/concepts = pd:TelephoneNumber
        registers/signup/data_categories/phone/items/phone/necessity = dpv:Optional
        registers/signup/data_categories/name/concepts = pd:Name
        registers/signup/provisions/required/requirement = dpv:Required
        registers/signup/provisions/required/consequence = en: no contract can be made
        registers/signup/provisions/required/data_categories = name
        language = en
        """,
        """
        ex:birthday dpv:hasNecessity dpv:Optional
        ex:birthday dpv:hasNecessity dpv:Required
        ex:signup dpv:hasContext dpv:Required
        """,
    )


def test_none_and_unknown():
    assert_read(
        "none",
        """
        id = urn:ropa:adopted
        registers/archive
        registers/visits/data_categories = none
        registers/visits/sources/publicdatasource/concepts = dpv:PublicDataSource
        registers/visits/recipients = none
        registers/visits/transfers = none
        registers/visits/rights/a20/right = eu-gdpr:A20
        registers/visits/rights/a20/granted = False
        registers/visits/rights/a20/reason = en: nothing is kept in a file
        registers/visits/automated_decisions = none
        registers/visits/exclusions/marketing/operations = dpv:Disclose
        registers/visits/exclusions/marketing/purposes = dpv:Marketing
        language = en
        """,
        """
        [] dct:description "save for credit checks"
        [] dpv:hasApplicability dpv:NotApplicable
        [] dpv:hasApplicability dpv:NotApplicable
        [] dpv:hasApplicability dpv:NotApplicable
        [] dpv:hasApplicability dpv:NotApplicable
        [] dpv:hasApplicability dpv:NotAvailable
        [] dpv:hasPersonalData pd:Name
        [] dpv:hasProcessing dpv:CrossBorderTransfer
        [] dpv:hasProcessing dpv:Share
        [] dpv:hasPurpose dpv:Advertising
        [] dpv:hasThirdCountry loc:US
        [] rdf:type dpv:AutomatedDecisionMaking
        [] rdf:type dpv:LegalBasis
        [] rdf:type dpv:Process
        [] rdf:type dpv:Process
        [] rdf:type dpv:Process
        [] rdf:type dpv:Prohibition
        [] rdf:type dpv:StorageDuration
        [] skos:broader dpv:Consent
        ex:archive dpv:hasContext []
        ex:archive dpv:hasProcess []
        ex:visits dpv:hasDataSource dpv:NotApplicable
        ex:visits dpv:hasDataSubject dpv:NotApplicable
        ex:visits dpv:hasDataSubject dpv:UnknownApplicability
        ex:visits dpv:hasLegalBasis []
        ex:visits dpv:hasProcess []
        ex:visits dpv:hasProhibition []
        ex:visits dpv:hasPurpose dpv:NotAvailable
        ex:visits dpv:hasStorageCondition []
        ex:visits dpv:hasTechnicalMeasure dpv:NotApplicable
        """,
    )


def test_roles_by_property_and_joint_controllers():
    assert_read(
        "roles",
        """
        id = urn:ropa:adopted
        controller/example-heat-ltd/name = en: Example Heat Ltd
        controller/example-heat-ltd/description = en: open on weekdays
        controller/example-heat-ltd/business_id = 1234567-8
        controller/example-heat-ltd/kind = dpv:ForProfitOrganisation
        controller/example-heat-ltd/address = Pipe street 1, 00100 Helsinki
        controller/example-heat-ltd/email = info@heat.example
        controller/example-heat-ltd/phone = +358 9 123 4567
        controller/example-heat-ltd/country = loc:FI
        representatives/example-agents/name = en: Example Agents
        representatives/example-agents/email = eu@agents.example
        data_protection_officers/privacy-office/name = en: Privacy office
        data_protection_officers/privacy-office/email = dpo@heat.example
        supervisory_authority/dpa-fi/same_as = legal-fi:DPA-FI
        organisations/example-print/name = en: Example Print
        registers/billing/joint_controllers/example-city/name = en: Example City
        registers/billing/joint_controllers/example-city/kind = dpv:GovernmentalOrganisation
        registers/billing/recipients/debt-collector/name = en: Debt collector
        registers/billing/recipients/debt-collector/kind = dpv:ThirdParty
        registers/billing/recipients/portal/kind = dpv:DataProcessor
        registers/billing/recipients/print/kind = dpv:DataSubProcessor
        registers/billing/recipients/print/organisation = example-print
        registers/billing/recipients/print/agreements/printing-terms/kind = dpv:SubProcessorAgreement
        registers/billing/recipients/print/agreements/printing-terms/title = en: Printing terms
        registers/billing/recipients/tax/kind = dpv:DataController
        registers/billing/recipients/police/name = en: Police
        registers/billing/recipients/police/kind = dpv:Authority
        language = en
        """,
        """
        ex:billing dpv:hasDataImporter ex:Portal
        ex:billing dpv:hasThirdParty ex:Landlord
        """,
    )


def test_transfers_and_what_only_looks_like_one():
    assert_read(
        "transfers",
        """
        id = urn:ropa:adopted
        organisations/example-hosting/name = en: Example Hosting
        registers/cloud/legal_bases/consent/basis = dpv:Consent
        registers/cloud/recipients/host/kind = dpv:DataProcessor
        registers/cloud/recipients/host/organisation = example-hosting
        registers/cloud/transfers/crossbordertransfer/recipients = host
        registers/cloud/transfers/crossbordertransfer/countries = loc:CH
        registers/cloud/transfers/crossbordertransfer/mechanisms = eu-gdpr:A45-3
        registers/letters/name = en: Letters
        registers/letters/purposes/paymentmanagement/concepts = dpv:PaymentManagement
        registers/letters/purposes/personalisation/concepts = dpv:Personalisation
        registers/letters/purposes/serviceprovision/concepts = dpv:ServiceProvision
        registers/letters/legal_bases/a6-1-b/basis = eu-gdpr:A6-1-b
        registers/letters/data_categories/name/concepts = pd:Name
        registers/letters/recipients/printing-house/name = en: Printing house
        registers/letters/recipients/printing-house/kind = dpv:DataImporter
        registers/letters/recipients/sister-company/name = en: Sister company
        registers/letters/transfers/tojapan/countries = loc:JP
        registers/letters/transfers/printing-abroad/name = en: Printing abroad
        registers/letters/transfers/printing-abroad/recipients = printing-house
        registers/letters/transfers/printing-abroad/countries = loc:US
        registers/letters/transfers/printing-abroad/mechanisms = eu-gdpr:A46-2-c
        registers/letters/transfers/printing-abroad/safeguards = eu-gdpr:SCCByCommission
        registers/letters/transfers/printing-abroad/data_categories = name
        registers/letters/transfers/printing-abroad/assessments = datatransferimpactassessment
        registers/letters/transfers/in/countries = loc:IN
        registers/letters/assessments/datatransferimpactassessment/kind = dpv:DataTransferImpactAssessment
        registers/letters/pairings/inside/purposes = paymentmanagement
        registers/letters/pairings/inside/recipients = sister-company
        registers/letters/pairings/reading-of-meters/name = en: Reading of meters
        registers/letters/pairings/reading-of-meters/purposes = serviceprovision
        registers/letters/pairings/reading-of-meters/legal_bases = a6-1-b
        registers/letters/pairings/tous/purposes = personalisation
        registers/letters/pairings/tous/legal_bases = a6-1-b
        registers/letters/pairings/tous/transfers = printing-abroad
        registers/letters/operations = dpv:Transfer dpv:Use
        language = en
        """,
        """
        [] dpv:hasLocation loc:SE
        ex:cloud dpv:hasCountry loc:FI
        ex:inside dpv:hasLocation loc:DE
        ex:inside dpv:hasProcessing dpv:Transfer
        ex:reading dpv:hasProcessing dpv:Collect
        """,
    )


def test_sources_systems_laws_and_parts_on_parts():
    assert_read(
        "parts",
        """
        id = https://example.org/ropa
        serves = record
        name = en: Record of Example Heat
        controller/heat
        organisations/registry-office/name = en: Registry office
        organisations/example-meters/name = en: Example Meters
        systems/database/concepts = tech:Database
        systems/meter-system/name = en: Meter system
        systems/meter-system/concepts = tech:Application
        systems/meter-system/vendor = example-meters
        systems/meter-system/countries = loc:FI
        systems/meter-system/provision = tech:ProvidedAsSaaS
        laws/heat-act/title = en: Heat Act
        laws/heat-act/jurisdiction = loc:FI
        laws/law-gdpr/name = en: General Data Protection Regulation (GDPR)
        created = 2024-01-02
        registers/laws-2/legal_bases/a6-1-c/basis = eu-gdpr:A6-1-c
        registers/laws-2/legal_bases/a6-1-c/laws = heat-act law-gdpr
        registers/laws-2/legal_bases/a6-1-f/basis = eu-gdpr:A6-1-f
        registers/laws-2/legal_bases/a6-1-f/interest = en: safe pipes
        registers/laws-2/legal_bases/consent/basis = dpv:Consent
        registers/laws-2/legal_bases/consent/withdrawals = a7-3
        registers/laws-2/recipients/vendor/organisation = example-meters
        registers/laws-2/rights/a7-3/right = eu-gdpr:A7-3
        registers/meters/purposes/balancing-the-net/name = en: Balancing the net
        registers/meters/legal_bases/a6-1-e/basis = eu-gdpr:A6-1-e
        registers/meters/data_categories/readings
        registers/meters/sources/registry/organisation = registry-office
        registers/meters/sources/datasubject/concepts = dpv:DataSubjectDataSource
        registers/meters/sources/meter/name = en: Meter
        registers/meters/sources/meter/data_categories = readings
        registers/meters/sources/population-register/name = en: Population register
        registers/meters/sources/population-register/concepts = dpv:PublicDataSource dpv:ThirdPartyDataSource
        registers/meters/sources/population-register/organisation = registry-office
        registers/meters/retention_rules/retention-rule/data_categories = readings
        registers/meters/retention_rules/retention-rule/period = P3Y
        registers/meters/systems = database meter-system
        registers/meters/pairings/balancing/purposes = balancing-the-net
        registers/meters/pairings/balancing/legal_bases = a6-1-e
        language = en
        """,
        """
        [] dpv:hasJustification "asked at the desk"
        [] dpv:hasRight eu-gdpr:A15
        ex:readings dpv:hasRecipient ex:Vendor
        https://example.org/ropa dct:publisher ex:Heat
        """,
    )


def test_names_of_dpv_0_and_1():
    assert_read(
        "dpv-1",
        """
        id = https://example.org/catalogue
        name = fi: Käsittelyt
        systems/jasenrekisteri/name = fi: Jäsenrekisteri
        registers/jasenyys/name = fi: Jäsenyys
        registers/jasenyys/joint_controllers/club
        registers/jasenyys/joint_controllers/league
        registers/jasenyys/purposes/marketing/concepts = dpv:Marketing
        registers/jasenyys/legal_bases/a6-1-a/basis = eu-gdpr:A6-1-a
        registers/jasenyys/legal_bases/a6-1-f/basis = eu-gdpr:A6-1-f
        registers/jasenyys/data_subjects/child/concepts = dpv:Child
        registers/jasenyys/data_categories/emailaddress/concepts = pd:EmailAddress
        registers/jasenyys/data_categories/name/concepts = pd:Name
        registers/jasenyys/data_categories/favouritefood/concepts = pd:FavouriteFood
        registers/jasenyys/transfers/no/countries = loc:NO loc:US
        registers/jasenyys/retention_rules/retention-rule/period = P1Y
        registers/jasenyys/systems = jasenrekisteri
        registers/jasenyys/operations = dpv:Erase
        language = fi
        """,
        """
        ex:membership dpvs:hasStorage legal1:Nowhere
        https://example.org/catalogue rdf:type dcat:Catalog
        """,
    )


def test_names_of_dpv_2_0_to_2_2():
    assert_read(
        "dpv-2",
        """
        id = urn:ropa:adopted
        organisations/example-hospital/name = en: Example Hospital
        organisations/laboratory/name = en: Laboratory
        organisations/laboratory/kind = dpv:OrganisationalUnit
        organisations/laboratory/unit_of = example-hospital
        systems/patient-portal/name = en: Patient portal
        systems/patient-portal/provision = tech:ProvidedAsSaaS
        registers/clinic/purposes/rightsfulfilment/concepts = dpv:RightsFulfilment
        registers/clinic/data_categories/birthplace/concepts = pd:BirthPlace
        registers/clinic/data_categories/criminaloffence/concepts = pd:CriminalOffence
        registers/clinic/data_categories/haircolour/concepts = pd:HairColour
        registers/clinic/data_categories/browsingbehaviour/concepts = pd:BrowsingBehaviour
        registers/clinic/recipients/unit/kind = dpv:OrganisationalUnit
        registers/clinic/recipients/unit/organisation = laboratory
        registers/clinic/systems = patient-portal
        language = en
        """,
        """
        ex:clinic dpv:hasPurpose dpv:CreditChecking
        """,
    )


# -- what holds for every graph ----------------------------------------------


def relabelled(triples, seed):
    """Return the same graph: other names of blank nodes, another order."""
    rnd = random.Random(seed)  # noqa: S311  # an order, no secret
    names = {}

    def other(term):
        if isinstance(term, str) and term.startswith("_:"):
            return names.setdefault(term, f"_:n{rnd.randrange(10**9)}")
        return term

    made = [(other(s), p, other(o)) for s, p, o in triples]
    rnd.shuffle(made)
    return made


@pytest.mark.parametrize("name", FIXTURES)
def test_the_same_graph_gives_the_same_bytes(name):
    given = triples_of(name)
    data, unread = adopt(given)
    for seed in range(3):
        again, left = adopt(relabelled(given, seed))
        assert orjson.dumps(again) == orjson.dumps(data)
        assert [" ".join(map(name_of, triple)) for triple in left] == [" ".join(map(name_of, t)) for t in unread]


def test_the_same_bytes_in_every_process():
    program = (
        "import sys; from ropa.rdf import formats; from ropa.rdf.adopt import read_graph; import ropa\n"
        "for path in sys.argv[1:]:\n"
        "    draft = read_graph(formats.parse(open(path, 'rb').read(), 'turtle'))\n"
        "    print(ropa.dumps(draft.record), [p for _, p, _ in draft.unread])\n"
    )
    paths = [str(HERE / f"{name}.ttl") for name in FIXTURES]
    found = {
        subprocess.run(
            [sys.executable, "-c", program, *paths],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(found) == 1


def values_of(data, cls=Record):
    """Go through (kind, value) of every field of the plain data."""
    for slot in slots(cls):
        value = data.get(slot.name)
        if value is None or slot.name == "id":
            continue
        if slot.kind == "node":
            for child in value if slot.many else [value]:
                yield from values_of(child, slot.range)
        elif slot.kind == "text":
            yield from (("text", words) for words in value.values())
        elif slot.kind not in ("ref", "choice"):
            yield from ((slot.kind, one) for one in (value if slot.many else [value]))


def lost(triples, data, unread):
    """Return the used triples with a literal that the record does not have."""
    said = {str(value) for _, value in values_of(data)}
    used = [triple for triple in triples if triple not in set(unread)]
    return [
        (s, p, o)
        for s, p, o in used
        if isinstance(o, Lit)
        and o.value not in said
        and period(o) not in said
        and compact(p) not in ("dct:language", "rdf:value")
        and not p.endswith(("numericDuration", "hasCountry"))
    ]


def invented(triples, data):
    """Return the values of the record that no triple of the graph says."""
    terms, words, places = set(), set(), set()
    for s, p, o in triples:
        terms |= {present(s), present(p)}
        # A narrower property says the recipient's role; a role that is a source is the source of that role.
        terms |= set(ranges(present(p))) if present(p) in below("dpv:hasRecipient") else set()
        if isinstance(o, Lit):
            words |= {o.value, o.value.removeprefix("mailto:"), period(o)}
            places.add(o.value)
        else:
            terms |= {present(o), f"{present(o)}DataSource"}
            words |= {o, o.removeprefix("mailto:")}
    labels = {label for term in terms if (found := vocab.entry(term)) for label in found.labels.values()}
    found = []
    for kind, value in values_of({key: value for key, value in data.items() if key != "language"}):
        if kind == "concept":
            named = vocab.entry(value)
            known = value in terms or bool(named and places & set(named.labels.values()))
        elif kind == "duration":
            known = value in words or any("numericDuration" in p for _, p, _ in triples)
        else:
            known = kind == "bool" or value in words or value in labels
        found += [] if known else [(kind, value)]
    return found


@pytest.mark.parametrize("name", FIXTURES)
def test_every_triple_is_used_or_unread_and_nothing_is_invented(name):
    given = triples_of(name)
    data, unread = adopt(given)
    assert len(set(unread)) == len(unread)
    assert set(unread) <= set(given)
    assert len(set(given) - set(unread)) + len(unread) == len(set(given))
    assert lost(given, data, unread) == []
    assert invented(given, data) == []


def test_the_checks_of_loss_and_invention_can_fail():
    given = triples_of("literals")
    data, unread = adopt(given)
    register = data["registers"][0]
    assert lost(given, {**data, "registers": [{**register, "purposes": []}]}, unread)
    assert invented(given, {**data, "registers": [{**register, "operations": ["dpv:Share"]}]}) == [
        ("concept", "dpv:Share")
    ]


def above(name):
    """Return a DPV property's super-properties, at any depth."""
    return {other for other in vocab.data()["properties"] if name in below(other)}


def materialised(triples):
    """Return the triples with those that RDFS entails by DPV's sub-properties and classes."""
    made = dict.fromkeys(triples)
    for s, p, o in triples:
        made |= {(s, expand(other), o): None for other in above(compact(p) or "")}
        kind = compact(o) if p == RDF_TYPE else None
        if kind and vocab.known(kind) and not vocab.entry(kind).types:
            classes = [name for name in vocab.ancestors(kind) if not vocab.entry(name).types]
            made |= {(s, p, expand(name)): None for name in classes}
    return list(made)


@pytest.mark.parametrize("name", FIXTURES)
def test_what_a_reasoner_adds_changes_nothing(name):
    given = triples_of(name)
    assert adopt(materialised(given))[0] == adopt(given)[0]


def test_a_vocabulary_in_the_graph_changes_nothing():
    given = triples_of("concepts")
    terms = [
        (expand("dpv:PaymentManagement"), RDF_TYPE, expand("dpv:Purpose")),
        (expand("dpv:PaymentManagement"), expand("skos:prefLabel"), lang("Payment Management", "en")),
        (expand("pd:Name"), RDF_TYPE, expand("dpv:PersonalData")),
        (expand("legal-fi:DPA-FI"), RDF_TYPE, expand("eu-gdpr:DataProtectionAuthority")),
    ]
    data, unread = adopt([*given, *terms])
    assert data == adopt(given)[0]
    assert set(terms) <= set(unread)


@pytest.mark.parametrize("name", FIXTURES)
def test_an_adopted_record_goes_round_in_our_own_form(name):
    record = read_graph(triples_of(name)).record
    assert read.read(write.triples(record)) == record
    assert ropa.loads(ropa.dumps(record)) == record


# -- ids, record, controller -------------------------------------------------


def test_ids_are_unique_and_in_the_order_of_iris():
    label = expand("skos:prefLabel")
    given = [PROCESS]
    for node, words in ((f"{EX}b", "Bank"), (f"{EX}a", "Bank"), ("_:x", "Bank"), ("_:y", "Post")):
        given += [(f"{EX}p", expand("dpv:hasRecipient"), node), (node, label, lang(words, "en"))]
    given.append((f"{EX}a", expand("dct:description"), lang("the first", "en")))
    given.append((f"{EX}p", expand("dpv:hasRecipient"), "https://example.org/people/J%C3%A4rvi/"))
    recipients = adopt(given)[0]["registers"][0]["recipients"]
    assert [node["id"] for node in recipients] == ["bank", "bank-2", "jarvi", "bank-3", "post"]
    assert recipients[0]["description"] == {"en": "the first"}


def test_blank_nodes_that_say_the_same_are_one_node():
    given = [PROCESS]
    for node in ("_:x", "_:y"):
        inner = f"{EX}{node[2:]}"
        given += [
            (f"{EX}p", expand("dpv:hasProcess"), inner),
            (inner, expand("dpv:hasRecipient"), node),
            (node, RDF_TYPE, expand("dpv:Recipient")),
            (node, expand("skos:prefLabel"), lang("Bank", "en")),
        ]
    data, unread = adopt(given)
    register = data["registers"][0]
    assert [node["id"] for node in register["recipients"]] == ["bank"]
    assert [pairing["recipients"] for pairing in register["pairings"]] == [["bank"], ["bank"]]
    assert unread == []


@pytest.mark.parametrize(
    ("iri", "id_"),
    [
        ("https://example.org/ropa", "https://example.org/ropa"),
        ("https://example.org/data#ropa", "urn:ropa:adopted"),
        ("_:r", "urn:ropa:adopted"),
    ],
)
def test_the_record_has_the_iri_of_its_node(iri, id_):
    data, unread = adopt([(iri, RDF_TYPE, expand("dpv:ROPA")), (iri, expand("dpv:hasProcess"), f"{EX}p"), PROCESS])
    assert (data["id"], data["serves"], unread) == (id_, ["record"], [])


def test_the_language_is_the_most_frequent_one_and_plain_words_are_in_it():
    given = [PROCESS, (f"{EX}p", expand("dct:title"), Lit("Kunder"))]
    given += [(f"{EX}p", expand("dpv:hasPurpose"), lang(words, "sv")) for words in ("ett", "två")]
    given += [(f"{EX}p", expand("dpv:hasPurpose"), lang("one", "en"))]
    data, _ = adopt(given)
    assert data["language"] == "sv"
    assert data["registers"][0]["name"] == {"sv": "Kunder"}
    assert adopt([PROCESS])[0]["language"] == "en"


def test_a_controller_of_one_process_is_not_the_controller_of_the_record():
    controller = expand("dpv:hasDataController")
    one = [PROCESS, (f"{EX}p", controller, f"{EX}Heat"), (f"{EX}Heat", expand("dpv:hasName"), Lit("Heat"))]
    other = [(f"{EX}q", RDF_TYPE, expand("dpv:Process"))]
    assert adopt(one)[0]["controller"] == {"id": "heat", "name": {"en": "Heat"}}
    data, unread = adopt([*one, *other])
    assert "controller" not in data
    assert set(unread) == set(one[1:])
    assert "controller" in adopt([*one, *other, (f"{EX}q", controller, f"{EX}Heat")])[0]
    assert "controller" not in adopt([*one, *other, (f"{EX}q", controller, f"{EX}City")])[0]


def test_a_record_of_a_processor():
    record = "https://example.org/ropa"
    given = [
        (record, RDF_TYPE, expand("dpv:ROPA")),
        (record, expand("dpv:hasDataProcessor"), f"{EX}Print"),
        (record, expand("dpv:hasProcess"), f"{EX}p"),
        PROCESS,
        (f"{EX}p", expand("dpv:hasDataController"), f"{EX}Heat"),
    ]
    data, unread = adopt(given)
    assert data["processor"] == {"id": "print"}
    assert data["registers"][0]["on_behalf_of"] == ["heat"]
    assert "controller" not in data
    assert unread == []


def test_a_negative_with_limits_is_no_negative():
    given = triples_of("none")
    archive = ropa.get(read_graph(given).record, "archive")
    assert archive.transfers is None
    assert archive.automated_decisions is None
    assert archive.exclusions is None


# -- what is said of one thing is not told of another ------------------------


def graph_of(text):
    prefixes = {**vocab.PREFIXES, "ex": EX}
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    return formats.parse((head + textwrap.dedent(text)).encode(), "turtle")


def assert_graph(text, said, left=""):
    data, unread = adopt(graph_of(text))
    found = [line for line in lines(data) if line not in ("id = urn:ropa:adopted", "language = en")]
    assert found == block(said)
    assert shown(unread) == block(left)


def test_what_hangs_on_a_shared_category_is_not_told_of_each_register():
    assert_graph(
        """
        ex:p a dpv:Process ; dpv:hasPersonalData ex:Email ; dpv:hasPurpose dpv:PaymentManagement .
        ex:q a dpv:Process ; dpv:hasPersonalData ex:Email ; dpv:hasPurpose dpv:Marketing .
        ex:Email a dpv:PersonalData ; dpv:hasPurpose dpv:Marketing ; dpv:hasDataSource dpv:PublicDataSource .
        """,
        """
        registers/p/purposes/paymentmanagement/concepts = dpv:PaymentManagement
        registers/p/data_categories/email
        registers/q/purposes/marketing/concepts = dpv:Marketing
        registers/q/data_categories/email
        registers/q/pairings/email/purposes = marketing
        registers/q/pairings/email/data_categories = email
        """,
        "ex:Email dpv:hasDataSource dpv:PublicDataSource",
    )


def test_an_officer_of_one_process_is_not_the_officer_of_the_record():
    assert_graph(
        """
        ex:p a dpv:Process ; dpv:hasDataProtectionOfficer "dpo@heat.example" .
        ex:q a dpv:Process ; dpv:hasAuthority legal-fi:DPA-FI .
        """,
        """
        registers/p
        registers/q
        """,
        """
        ex:p dpv:hasDataProtectionOfficer "dpo@heat.example"
        ex:q dpv:hasAuthority legal-fi:DPA-FI
        """,
    )


def test_a_role_elsewhere_is_no_role_here():
    assert_graph(
        """
        ex:p a dpv:Process ; dpv:hasDataProcessor ex:Print .
        ex:q a dpv:Process ; dpv:hasRecipient ex:Print .
        ex:Print a dpv:DataProcessor .
        """,
        """
        registers/p/recipients/print/kind = dpv:DataProcessor
        registers/q/recipients/print
        """,
    )


def test_a_representative_that_is_typed_as_an_officer_is_an_officer():
    assert_graph(
        "ex:p a dpv:Process ; dpv:hasRepresentative [ a dpv:DataProtectionOfficer ; dpv:hasName 'Office' ] .",
        """
        data_protection_officers/office/name = en: Office
        registers/p
        """,
    )


def test_none_of_a_controller_s_officers_and_an_unknown_representative():
    assert_graph(
        """
        ex:p a dpv:Process ; dpv:hasDataController ex:Heat .
        ex:Heat dpv:hasDataProtectionOfficer dpv:NotApplicable ; dpv:hasRepresentative dpv:NotAvailable .
        """,
        """
        controller/heat
        data_protection_officers = none
        registers/p
        """,
        "ex:Heat dpv:hasRepresentative dpv:NotAvailable",
    )


@pytest.mark.parametrize(
    ("place", "transfer"),
    [
        ("dpv:hasThirdCountry loc:US", "transfers/transfer/countries = loc:US"),
        ("dpv:hasCountry loc:US", "operations = dpv:Transfer"),
        ("dpv:hasThirdCountry dpv:NotApplicable", "operations = dpv:Transfer"),
    ],
)
def test_moving_data_is_a_transfer_only_to_a_third_country(place, transfer):
    text = f"ex:p a dpv:Process ; dpv:hasProcessing dpv:Transfer ; {place} ."
    left = "" if "transfers" in transfer else f"ex:p {place}"
    assert_graph(text, f"registers/p/{transfer}", left)


@pytest.mark.parametrize(("country", "found"), [("AX", False), ("NO", False), ("GB", True), ("IN", True)])
def test_membership_of_the_eea_is_direct_or_of_the_state(country, found):
    given = graph_of(f"ex:p a dpv:Process ; dpv:hasProcessing [ a dpv:Transfer ; dpv:hasLocation loc:{country} ] .")
    assert ("transfers" in adopt(given)[0]["registers"][0]) is found


def test_measures_are_what_protects():
    assert_graph(
        """
        ex:p a dpv:Process ;
            dpv:hasOrganisationalMeasure dpv:DPIA, dpv:StaffTraining, dpv:NDA, eu-gdpr:SCCByCommission,
                [ a dpv:PrivacyNotice ] ;
            dpv:hasLegalMeasure dpv:ControllerProcessorAgreement ;
            dpv:hasTechnicalOrganisationalMeasure dpv:Encryption ;
            dpv:hasRecordOfActivity ex:record .
        """,
        """
        registers/p/measures/encryption/concepts = dpv:Encryption
        registers/p/measures/stafftraining/concepts = dpv:StaffTraining
        registers/p/assessments/dpia/kind = dpv:DPIA
        registers/p/notices/notice
        """,
        """
        ex:p dpv:hasLegalMeasure dpv:ControllerProcessorAgreement
        ex:p dpv:hasOrganisationalMeasure dpv:NDA
        ex:p dpv:hasOrganisationalMeasure eu-gdpr:SCCByCommission
        ex:p dpv:hasRecordOfActivity ex:record
        """,
    )


def test_an_empty_node_says_nothing():
    assert_graph(
        """
        ex:p a dpv:Process ;
            dpv:hasPurpose [ a dpv:Purpose ], dpv:Purpose ;
            dpv:hasPersonalData dpv:PersonalData ;
            dpv:hasDataController [ a dpv:DataController ] ;
            dpv:hasDataProcessor [ a dpv:DataProcessor ] .
        """,
        "registers/p/recipients/dataprocessor/kind = dpv:DataProcessor",
        """
        [] rdf:type dpv:DataController
        [] rdf:type dpv:Purpose
        ex:p dpv:hasDataController []
        ex:p dpv:hasPersonalData dpv:PersonalData
        ex:p dpv:hasPurpose []
        ex:p dpv:hasPurpose dpv:Purpose
        """,
    )


def test_two_dates_or_periods_are_none():
    assert_graph(
        """
        ex:p a dpv:Process ;
            dpv:hasAssessment [ a dpv:DPIA ; dct:date "2024-01-01"^^xsd:date, "2024-02-02"^^xsd:date ] ;
            dpv:hasStorageCondition [ a dpv:StorageDuration ; skos:prefLabel "Bills"@en ;
                dpv:hasDuration "P1Y", "P12M" ] .
        """,
        """
        registers/p/retention_rules/bills/name = en: Bills
        registers/p/retention_rules/bills/period = P1Y
        registers/p/assessments/dpia/kind = dpv:DPIA
        """,
        """
        [] dct:date "2024-01-01"
        [] dct:date "2024-02-02"
        """,
    )


def test_two_records_in_a_graph_are_no_record():
    assert_graph(
        """
        ex:a a dpv:ROPA ; dct:title "A" ; dpv:hasProcess ex:p .
        ex:b a dpv:ROPA ; dct:title "B" ; dpv:hasProcess ex:q .
        ex:p a dpv:Process . ex:q a dpv:Process .
        """,
        """
        registers/p
        registers/q
        """,
        """
        ex:a dct:title "A"
        ex:a dpv:hasProcess ex:p
        ex:a rdf:type dpv:ROPA
        ex:b dct:title "B"
        ex:b dpv:hasProcess ex:q
        ex:b rdf:type dpv:ROPA
        """,
    )


def test_nested_processes_are_pairings_and_keep_what_only_they_have():
    assert_graph(
        """
        ex:p a dpv:Process ; dpv:hasPurpose dpv:Marketing ; dpv:hasProcess ex:q .
        ex:q a dpv:Process ; dct:title "Letters"@en ; dpv:hasPurpose dpv:Marketing ; dpv:hasProcess ex:r ;
            dpv:hasRight eu-gdpr:A21 .
        ex:r a dpv:Process ; dpv:hasPersonalData pd:Name ; dpv:hasRecipient dpv:NotApplicable .
        """,
        """
        registers/p/purposes/marketing/concepts = dpv:Marketing
        registers/p/data_categories/name/concepts = pd:Name
        registers/p/pairings/letters/name = en: Letters
        registers/p/pairings/letters/purposes = marketing
        registers/p/pairings/r/data_categories = name
        """,
        """
        ex:q dpv:hasProcess ex:r
        ex:q dpv:hasRight eu-gdpr:A21
        ex:r dpv:hasRecipient dpv:NotApplicable
        """,
    )


# -- read_graph --------------------------------------------------------------


def test_read_graph_takes_rdflib_and_neutral_triples():
    class Own(Graph):
        """Some programs have their own subclass."""

    path = HERE / "parts.ttl"
    expected = read_graph(triples_of("parts"))
    for graph in (Graph().parse(path), Own().parse(path)):
        draft = read_graph(graph)
        assert draft.record == expected.record
        assert shown(draft.unread) == shown(expected.unread)
    assert isinstance(draft.record, ropa.Record)
    assert to_dict(draft.record)["id"] == "https://example.org/ropa"


def test_a_graph_of_our_own_form_is_read_strictly():
    record = ropa.Record(id="https://example.org/a", language="fi", registers=(ropa.Register(name="Vesi"),))
    more = ("https://example.org/a#registers/vesi", f"{EX}costCentre", Lit("4711"))
    draft = read_graph([*write.triples(record), more])
    assert draft.record == record
    assert draft.unread == (more,)


@pytest.mark.parametrize(
    "triples",
    [
        [],
        [(f"{EX}a", f"{EX}b", f"{EX}c")],
        [(f"{EX}a", RDF_TYPE, expand("dpv:Risk"))],
        [(expand("dpv:Marketing"), RDF_TYPE, expand("dpv:Purpose"))],
    ],
)
def test_a_graph_without_a_process_a_record_or_a_controller_is_refused(triples):
    with pytest.raises(ReadError, match="process, a record or a controller") as error:
        read_graph(triples)
    assert error.value.findings[0].code == "ROPA907"


@pytest.mark.parametrize(
    "triples",
    [
        [PROCESS],
        [(f"{EX}r", RDF_TYPE, expand("dpv:ROPA"))],
        [(f"{EX}c", RDF_TYPE, expand("dpv:DataController"))],
        [(f"{EX}p", expand("dpv:hasPurpose"), expand("dpv:Marketing"))],
        [PROCESS, (f"{EX}p", expand("dpv:hasProcess"), f"{EX}p")],
        [PROCESS, (f"{EX}p", expand("dpv:hasProcess"), f"{EX}q"), (f"{EX}q", expand("dpv:hasProcess"), f"{EX}p")],
        [PROCESS, (f"{EX}p", expand("dpv:hasPurpose"), Lit("\x00"))],
        [PROCESS, (f"{EX}p", expand("dct:title"), lang("x", "no language tag"))],
        [PROCESS, (f"{EX}p", expand("dpv:hasStorageCondition"), Lit("P1234567Y"))],
    ],
)
def test_an_incomplete_graph_is_read(triples):
    draft = read_graph(triples)
    assert set(draft.unread) <= set(triples)


def test_processes_in_processes_without_end_are_read():
    given = []
    for number in range(1500):
        here, there = f"_:p{number}", f"_:p{number + 1}"
        given += [(here, RDF_TYPE, expand("dpv:Process")), (here, expand("dpv:hasProcess"), there)]
        given += [(here, expand("dpv:isOrganisationalUnitOf"), there)]
    given.append(("_:p1500", expand("dpv:hasPurpose"), expand("dpv:Marketing")))
    register = read_graph(given).record.registers[0]
    assert [purpose.concepts for purpose in register.purposes] == [("dpv:Marketing",)]


# -- DPV's own examples ------------------------------------------------------


def test_the_examples_of_dpv_are_read_without_invention(shared):
    paths = sorted((shared / "samples" / "dpv").glob("*.ttl"))
    if not paths:
        pytest.skip("the examples of DPV are not in the shared folder")
    prefixes = {**vocab.PREFIXES, "ex": "https://example.com/ns#"}
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    for path in paths:
        given = formats.parse((head + path.read_text(encoding="utf-8")).encode(), "turtle")
        data, unread = adopt(given)
        ropa.from_dict(data)
        assert invented(given, data) == [], path.name
        assert lost(given, data, unread) == [], path.name
        assert data["registers"], path.name
