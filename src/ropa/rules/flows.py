"""Rules about transfers to third countries."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Final

from ropa.access import each, join, register_of
from ropa.model import Register, Transfer
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST, NO_RECIPIENTS

ADEQUACY: Final = {
    "ropa:Adequacy-EU-KR": ("KR", ""),
    "ropa:Adequacy-EU-BR": ("BR", ""),
    "ropa:Adequacy-EU-EPO": ("EPO", ""),
    "ropa:Adequacy-EU-US-DPF": ("US", "Data Privacy Framework"),
    "ropa:Adequacy-EU-US-PrivacyShield": ("US", "Privacy Shield"),
    "ropa:Adequacy-EU-US-SafeHarbour": ("US", "Safe Harbour"),
}
"""Adequacy decisions that DPV has no term for: destination, and framework if it has several."""
OLD_CLAUSES: Final = {
    "ropa:SCC-2001-497": "2001/497/EC",
    "ropa:SCC-2004-915": "2004/915/EC",
    "ropa:SCC-2010-87": "2010/87/EU",
}
LAST_DAY_OF_OLD_CLAUSES: Final = datetime.date(2022, 12, 27)
TOOLS: Final = (
    "eu-gdpr:StandardContractualClauses",
    "eu-gdpr:BindingCorporateRules",
    "eu-gdpr:AdHocContractualClauses",
    "eu-gdpr:CodesOfConductForDataTransfers",
    "eu-gdpr:CertificationMechanismsForDataTransfers",
)
"""Tools of Art. 46 and 47."""


def _to_organisation(context: Context, transfer: Transfer, path: str) -> bool:
    """Say whether a recipient of the transfer is stated to be an international organisation."""
    for recipient in context.follow(transfer, "recipients", path):
        kinds = [recipient.node.kind]
        kinds += [place.node.kind for place in context.follow(recipient.node, "organisation", recipient.path)]
        if any(context.terms.is_a(kind, "dpv:InternationalOrganisation") for kind in kinds):
            return True
    return False


def _conditional(transfer: Transfer) -> bool:
    """Say whether a transfer is told with a condition only: no destination and no safeguard."""
    return (
        transfer.condition is not None
        and not each(transfer.countries)
        and not each(transfer.mechanisms)
        and not each(transfer.safeguards)
    )


@rule(
    502,
    "transfer-destination-missing",
    Transfer,
    record=(MUST, "30(1)(e)"),
    processor=(MUST, "30(2)(c)"),
    notice=(ASKED, "13(1)(f)"),
)
def destination(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """A transfer names no country and no international organisation."""
    if (
        not each(transfer.countries)
        and not _to_organisation(context, transfer, path)
        and not context.only_to_subjects(transfer, path)
    ):
        yield Hit(path, {"id": transfer.id})


@rule(
    503,
    "transfer-safeguard-missing",
    Transfer,
    notice=(MUST, "44, 45, 46, 47, 49, 13(1)(f)"),
    record=(ASKED, "44, 45, 46, 47, 49, 30(1)(e)"),
    processor=(ASKED, "44, 45, 46, 47, 49, 30(2)(c)"),
)
def safeguard(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """A transfer names no ground of Chapter V and no tool of Art. 46; an adequacy decision has to be told as well."""
    told = each(transfer.mechanisms) or context.terms.any_is(transfer.safeguards, *TOOLS)
    inside = [context.facts.in_eea(country, context.as_of) for country in each(transfer.countries)]
    # Within the EEA there is nothing that Chapter V asks.
    if not told and not (inside and all(inside)) and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(504, "transfer-conditional", Transfer, notice=(MUST, "13(1)(f), 12(1)"), record=(MUST, "30(1)(e)"))
def conditional(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """Data are transferred "if needed", and neither destination nor safeguard is told."""
    if _conditional(transfer) and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(
    505,
    "transfers-contradictory",
    Register,
    record=(MUST, "30(1)(e), 5(1)(a)"),
    notice=(MUST, "13(1)(f), 5(1)(a)"),
    processor=(MUST, "30(2)(c), 5(1)(a)"),
)
def contradictory(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Transfers are stated none, yet a recipient or a system is stated to be outside the EEA."""
    if register.transfers != ():
        return
    for where, outside in _outside(context, register, path):
        yield Hit(join(path, "transfers"), {"where": where, "countries": ", ".join(outside)})
        return


def _outside(context: Context, register: Register, path: str) -> Iterator[tuple[str, list[str]]]:
    """Return the recipients and systems that are stated to be outside the EEA, with the countries."""
    for recipient in each(register.recipients):
        here = join(path, "recipients", recipient.id)
        if context.terms.means(recipient.kind, *NO_RECIPIENTS):
            continue
        # The recipient's own seat counts; the nationality of a system's vendor does not.
        seats = [place.node.country for place in context.follow(recipient, "organisation", here)]
        countries = each(recipient.countries) or [seat for seat in seats if seat is not None]
        outside = context.outside(countries)
        if outside:
            yield here, outside
    for place in context.systems(register, path):
        outside = context.outside(place.node.countries)
        if outside:
            yield place.path, outside


def _decisions(transfer: Transfer) -> list[tuple[str, str]]:
    """Return (destination code, framework or "") of the adequacy decisions that a transfer relies on by name."""
    return [ADEQUACY[name] for name in each(transfer.mechanisms) if name in ADEQUACY] + [
        (name.removeprefix("legal-eu:Adequacy-EU-"), "")
        for name in each(transfer.mechanisms)
        if name.startswith("legal-eu:Adequacy-EU-")
    ]


def _general_adequacy(transfer: Transfer) -> bool:
    return any(name in ("eu-gdpr:A45-3", "eu-gdpr:AdequacyDecision") for name in each(transfer.mechanisms))


def _in_force(context: Context, transfer: Transfer) -> list[Mapping[str, str]]:
    """Return the decisions in force on the day that the transfer can rely on."""
    named = _decisions(transfer)
    found = [
        row
        for code, framework in named
        for row in context.facts.adequacy(code, context.as_of)
        if framework in ("", row["framework"])
    ]
    if _general_adequacy(transfer):
        for country in context.outside(transfer.countries):
            found += context.facts.adequacy(country.removeprefix("loc:"), context.as_of)
    return found


@rule(
    506,
    "adequacy-not-in-force",
    Transfer,
    record=(MUST, "45(1), 45(3), 45(9), 30(1)(e)"),
    notice=(MUST, "45(1), 45(3), 45(9), 13(1)(f)"),
    processor=(MUST, "45(1), 45(3), 45(9), 30(2)(c)"),
)
def not_in_force(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The adequacy decision relied on does not exist, or is not in force on the day of the check."""
    for code, framework in _decisions(transfer):
        rows = context.facts.adequacy(code, context.as_of)
        if not any(framework in ("", row["framework"]) for row in rows):
            yield Hit(path, {"id": transfer.id, "decision": framework or code, "day": context.as_of.isoformat()})
            return
    if _general_adequacy(transfer) and not _decisions(transfer):
        codes = [country.removeprefix("loc:") for country in context.outside(transfer.countries)]
        without = [code for code in codes if not context.facts.adequacy(code, context.as_of)]
        # With another ground beside it, nobody says that every country has a decision.
        other = len(each(transfer.mechanisms)) > 1 or context.terms.any_is(transfer.safeguards, *TOOLS)
        if without and (len(without) == len(codes) or not other):
            yield Hit(path, {"id": transfer.id, "decision": without[0], "day": context.as_of.isoformat()})


@rule(
    507,
    "adequacy-limited-scope",
    Transfer,
    record=(ASKED, "45(3)"),
    notice=(ASKED, "45(3)"),
    processor=(ASKED, "45(3)"),
)
def limited_scope(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The decision covers some importers only, and the importer's status is not stated."""
    scopes = [row["scope"] for row in _in_force(context, transfer) if row.get("scope")]
    if scopes and transfer.importer_status is None and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id, "scope": scopes[0]})


DEROGATIONS: Final = ("eu-gdpr:A49-1-b", "eu-gdpr:A49-1-c", "eu-gdpr:A49-1-e", "eu-gdpr:A49-2")
CITED: Final = {
    "eu-gdpr:A49-1-a": "49(1)(a)",
    "eu-gdpr:A49-1-b": "49(1)(b)",
    "eu-gdpr:A49-1-c": "49(1)(c)",
    "eu-gdpr:A49-1-e": "49(1)(e)",
    "eu-gdpr:A49-2": "49(1) second subparagraph",
}
"""DPV names the second subparagraph of Art. 49(1) A49-2."""


@rule(
    508,
    "derogation-for-regular-transfer",
    Transfer,
    record=(ASKED, "49(1)"),
    notice=(ASKED, "49(1)"),
    processor=(ASKED, "49(1)"),
)
def regular(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """A derogation that is for occasional transfers, and the transfer is stated to be regular."""
    found = [name for name in DEROGATIONS if name in each(transfer.mechanisms)]
    if found and transfer.regular is True and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id}, articles=tuple(CITED[name] for name in found))


def _appropriate(context: Context, transfer: Transfer) -> bool:
    """Say whether a transfer rests on Art. 46 or 47: by its ground, or by a tool of them."""
    named = any(name.startswith("eu-gdpr:A46") for name in each(transfer.mechanisms))
    return named or context.terms.any_is(transfer.safeguards, *TOOLS)


@rule(509, "safeguard-copy-missing", Transfer, notice=(MUST, "13(1)(f)"))
def copy(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The transfer rests on Art. 46, 47 or 49(1) second subparagraph, and no means to obtain a copy is told."""
    relies = _appropriate(context, transfer) or "eu-gdpr:A49-2" in each(transfer.mechanisms)
    if relies and transfer.copy_from is None and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(
    510,
    "article-49-safeguards-undocumented",
    Transfer,
    record=(MUST, "49(6), 49(1) second subparagraph, 30(1)(e)"),
    processor=(MUST, "49(6), 49(1) second subparagraph, 30(2)(c)"),
)
def undocumented(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The transfer rests on Art. 49(1) second subparagraph, and no safeguards are documented."""
    relies = "eu-gdpr:A49-2" in each(transfer.mechanisms)
    if relies and not each(transfer.safeguards) and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(
    511,
    "derogation-by-public-authority",
    Transfer,
    record=(ASKED, "49(3)"),
    notice=(ASKED, "49(3)"),
    processor=(ASKED, "49(3)"),
)
def by_authority(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """A public authority relies on a derogation that is not for the exercise of public powers."""
    names = ("eu-gdpr:A49-1-a", "eu-gdpr:A49-1-b", "eu-gdpr:A49-1-c", "eu-gdpr:A49-2")
    relies = context.is_public(context.party) and set(names) & set(each(transfer.mechanisms))
    if relies and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(
    512,
    "compelling-interest-transfer-not-told",
    Transfer,
    notice=(MUST, "49(1) second subparagraph"),
)
def compelling(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The transfer rests on compelling legitimate interests, and they are not told."""
    relies = "eu-gdpr:A49-2" in each(transfer.mechanisms)
    if relies and transfer.interest is None and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id})


@rule(
    513,
    "standard-clauses-repealed",
    Transfer,
    record=(MUST, "46(2)(c), (EU) 2021/914 Art. 4"),
    notice=(MUST, "46(2)(c), (EU) 2021/914 Art. 4"),
    processor=(MUST, "46(2)(c), (EU) 2021/914 Art. 4"),
)
def repealed_clauses(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """Standard clauses are relied on that could be used until 2022-12-27 at the latest ((EU) 2021/914, Art. 4)."""
    if context.as_of <= LAST_DAY_OF_OLD_CLAUSES:
        return
    named = {*each(transfer.safeguards), *each(transfer.mechanisms)} & set(OLD_CLAUSES)
    numbers = {OLD_CLAUSES[name] for name in named}
    laws = {str(law.number).replace("/EY", "/EC").replace("/EG", "/EC") for law in context.laws(transfer, path)}
    found = sorted(numbers | laws & set(OLD_CLAUSES.values()))
    if found and not context.only_to_subjects(transfer, path):
        yield Hit(path, {"id": transfer.id, "decision": ", ".join(found)})


@rule(
    514,
    "transfer-assessment-missing",
    Transfer,
    record=(ASKED, "46(1)"),
    processor=(ASKED, "46(1)"),
)
def assessment(context: Context, transfer: Transfer, path: str) -> Iterator[Hit]:
    """The transfer rests on a tool of Art. 46, and no transfer impact assessment is stated."""
    if not _appropriate(context, transfer) or context.only_to_subjects(transfer, path):
        return
    found = [place.node for place in context.follow(transfer, "assessments", path)]
    if transfer.assessments is None:
        found = list(each(context.registers[register_of(path)].assessments))
    if not any(context.terms.is_a(one.kind, "dpv:DataTransferImpactAssessment") for one in found):
        yield Hit(path, {"id": transfer.id})


@rule(
    515,
    "third-country-without-transfer",
    Register,
    record=(ASKED, "30(1)(e)"),
    notice=(ASKED, "13(1)(f)"),
)
def without_transfer(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """A recipient or a system is stated to be outside the EEA, and no transfer names it."""
    if register.transfers == ():  # then 505 says it
        return
    told = {country for transfer in each(register.transfers) for country in each(transfer.countries)}
    recipients = {name for transfer in each(register.transfers) for name in each(transfer.recipients)}
    for where, countries in _outside(context, register, path):
        named = where.rpartition("/")[2] in recipients and "/recipients/" in where
        if not named and not set(countries) <= told:
            yield Hit(join(path, "transfers"), {"where": where, "countries": ", ".join(countries)})
            return
