"""Rules about legal bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import DataSubjectCategory, LawReference, Purpose, Record, Register
from ropa.rules.context import CRIMINAL, DIRECT_MARKETING, PUBLIC, SPECIAL, Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST, slots

ID_PURPOSES: Final = (
    "dpv:PaymentManagement",
    "ropa:DebtCollection",
    "dpv:CustomerSolvencyMonitoring",
    "dpv:PersonnelManagement",
)
"""Purposes for which section 29 of the Data Protection Act names a ground: payment, collection, credit, employment."""
TRACKING: Final = ("dpv:ServiceUsageAnalytics", "dpv:Advertising", "dpv:Marketing", "dpv:ServiceOptimisation")


@rule(
    203,
    "legal-basis-without-article-6-point",
    Register,
    notice=(MUST, "6(1), 13(1)(c)"),
    record=(ASKED, "6(1), 5(2)"),
)
def without_point(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Bases or laws are stated, and none of them is a point of Art. 6(1)."""
    if each(register.legal_bases) and not context.points(register):
        yield Hit(join(path, "legal_bases"))


@rule(
    204,
    "legal-basis-not-linked-to-purpose",
    Register,
    notice=(ASKED, "13(1)(c), 6(1)"),
    record=(ASKED, "6(1)"),
)
def not_linked(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """There are several purposes and several points of Art. 6(1), and nothing says which goes with which."""
    purposes, points = each(register.purposes), context.points(register) - {"a"}
    if len(purposes) < 2 or len(points) < 2:
        return
    linked = {
        name for pairing in each(register.pairings) if each(pairing.legal_bases) for name in each(pairing.purposes)
    }
    if any(purpose.id not in linked for purpose in purposes):
        yield Hit(
            join(path, "legal_bases"),
            {"points": ", ".join(f"6(1)({point})" for point in sorted(points)), "count": len(purposes)},
        )


@rule(207, "legitimate-interest-not-named", Register, notice=(MUST, "13(1)(d)"))
def interest_not_named(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Art. 6(1)(f) is relied on and no interest is named, or only a relationship."""
    for basis in each(register.legal_bases):
        if context.point(basis.basis) == "f" and (
            basis.interest is None or basis.interest_kind == "ropa:RelationshipOnly"
        ):
            yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


@rule(210, "consent-withdrawal-missing", Register, notice=(MUST, "7(3), 13(2)(c)"))
def withdrawal(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Consent is a basis, and nothing is said of withdrawing it."""
    if context.mentions(register, "eu-gdpr:A7-3"):
        return
    for basis in each(register.legal_bases):
        consent = context.point(basis.basis) == "a" or context.terms.is_a(basis.basis, "eu-gdpr:A9-2-a")
        if consent and not each(basis.withdrawals):
            yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


_NOT_CREATING: Final = frozenset({"2016/679", "1050/2018"})
"""The GDPR and the Finnish Data Protection Act allow processing; they do not create the controller's obligation."""


_NO_LAW: Final = ("ropa:ContractTerms", "ropa:InternalPolicy", "ropa:CollectiveAgreement")
_BESIDE_LAW: Final = {"b": "ropa:CollectiveAgreement", "h": "ropa:ContractTerms"}
"""What Art. 9(2) lets stand in for a law: a collective agreement, a contract with a health professional."""


def _is_law(context: Context, law: LawReference, *, beside: str | None = None) -> bool:
    """Say whether a reference is to Union or Member State law: no terms, no plan of one's own, but for `beside`."""
    return (law.kind == beside or law.kind not in _NO_LAW) and (
        law.jurisdiction is None
        or law.jurisdiction in ("loc:EU", "loc:EEA")
        or context.facts.in_eea(law.jurisdiction, context.as_of) is True
    )


def _grounded(context: Context, register: Register, path: str, point: str, without: frozenset[str]) -> Iterator[Hit]:
    for basis in each(register.legal_bases):
        if context.point(basis.basis) == point:
            here = join(path, "legal_bases", basis.id)
            laws = (law for law in context.laws(basis, here) if _is_law(context, law))
            if not any(law.number not in without for law in laws):
                yield Hit(here, {"id": basis.id})


@rule(
    205,
    "legal-obligation-without-law",
    Register,
    record=(ASKED, "6(3)"),
    notice=(ASKED, "6(3), 13(1)(c)"),
)
def obligation(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Art. 6(1)(c) is relied on and no law of the Union or of a Member State is named."""
    yield from _grounded(context, register, path, "c", _NOT_CREATING)


@rule(206, "public-task-without-law", Register, record=(ASKED, "6(3)"), notice=(ASKED, "6(3), 13(1)(c)"))
def public_task(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Art. 6(1)(e) is relied on and no such law is named; in Finland section 4 of the Data Protection Act counts."""
    yield from _grounded(context, register, path, "e", frozenset({"2016/679"}))


@rule(
    208,
    "legitimate-interest-of-public-authority",
    Register,
    record=(ASKED, "6(1) second subparagraph"),
    notice=(ASKED, "6(1) second subparagraph"),
)
def interest_of_authority(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """A public authority relies on Art. 6(1)(f), which its tasks exclude (6(1), second subparagraph)."""
    if context.is_public(context.record.controller):
        for basis in each(register.legal_bases):
            if context.point(basis.basis) == "f":
                yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


@rule(209, "legitimate-interest-unassessed", Register, record=(GOOD, "5(2), 6(1)(f)"))
def unassessed(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Art. 6(1)(f) is relied on and no balancing test is stated."""
    roots = ("dpv:LegitimateInterestAssessment", "eu-gdpr:BalancingTest")
    if any(context.terms.is_a(one.kind, *roots) for one in each(register.assessments)):
        return
    for basis in each(register.legal_bases):
        if context.point(basis.basis) == "f":
            yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


@rule(
    211,
    "consent-scope-not-stated",
    Register,
    record=(ASKED, "6(1)(a), 4(11)"),
    notice=(ASKED, "6(1)(a), 4(11)"),
)
def consent_scope(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Consent is one of several bases and is tied to no purpose."""
    if len(context.points(register)) < 2 or not each(register.purposes):
        return
    tied = {name for pairing in each(register.pairings) if each(pairing.purposes) for name in each(pairing.legal_bases)}
    for basis in each(register.legal_bases):
        if context.point(basis.basis) == "a" and basis.id not in tied:
            yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


def _article_9(context: Context, basis: str | None) -> bool:
    return basis is not None and any(name.startswith("eu-gdpr:A9-2") for name in context.terms.ancestors(basis))


@rule(
    212,
    "special-category-without-article-9-exception",
    Register,
    record=(ASKED, "9(1), 9(2), 5(2)"),
    notice=(ASKED, "9(1), 9(2), 13(1)(c)"),
    fi=(ASKED, "1050/2018 6 §"),
)
def special_category(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Special categories of data are stated, and no exception of Art. 9(2)."""
    found = context.data_of(register, *SPECIAL)
    if found and not any(_article_9(context, basis.basis) for basis in each(register.legal_bases)):
        yield Hit(join(path, "legal_bases"), {"data": ", ".join(found)})


@rule(
    213,
    "article-9-without-article-6",
    Register,
    notice=(MUST, "6(1), 9(2), 13(1)(c)"),
    record=(ASKED, "6(1), 9(2)"),
)
def without_article_6(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """An exception of Art. 9(2) is stated, and no point of Art. 6(1)."""
    bases = each(register.legal_bases)
    if any(_article_9(context, basis.basis) for basis in bases) and not context.points(register):
        yield Hit(join(path, "legal_bases"))


@rule(
    214,
    "criminal-data-without-article-10-ground",
    Register,
    record=(ASKED, "10"),
    notice=(ASKED, "10"),
    fi=(ASKED, "1050/2018 7 §"),
)
def criminal(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Convictions or offences are stated, the controller is no official authority, and no law is named."""
    found = context.data_of(register, *CRIMINAL)
    if not found or context.terms.is_a(getattr(context.record.controller, "kind", None), *PUBLIC):
        return
    bases = each(register.legal_bases)
    grounds = any(
        context.terms.is_a(b.basis, "ropa:A10-official-authority", "ropa:A10-authorised-by-law") for b in bases
    )
    laws = any(
        law.number != "2016/679" and _is_law(context, law)
        for basis in bases
        for law in context.laws(basis, join(path, "legal_bases", basis.id))
    )
    if not grounds and not laws:
        yield Hit(join(path, "legal_bases"), {"data": ", ".join(found)})


@rule(215, "national-id-without-ground", Register, fi=(GOOD, "87, 5(2), 1050/2018 29 §"))
def national_id(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """National identification numbers are stated and no ground of section 29 is stated or evident."""
    found = context.data_of(register, "ropa:NationalIdentificationNumber")
    if not found or context.points(register) & {"a", "c"}:
        return
    purposes = any(context.terms.any_is(purpose.concepts, *ID_PURPOSES) for purpose in each(register.purposes))
    bases = each(register.legal_bases)
    stated = any(
        law.number == "1050/2018" and "29" in (law.section or "")
        for basis in bases
        for law in context.laws(basis, join(path, "legal_bases", basis.id))
    ) or any(context.terms.is_a(basis.basis, "ropa:A87") for basis in bases)
    if not purposes and not stated:
        yield Hit(join(path, "legal_bases"), {"data": ", ".join(found)})


@rule(216, "marketing-on-contract", Register, record=(ASKED, "6(1)(b)"), notice=(ASKED, "6(1)(b)"))
def marketing_on_contract(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Direct marketing or behavioural advertising rests on contract only."""
    for purpose in each(register.purposes):
        if not context.terms.any_is(purpose.concepts, *DIRECT_MARKETING):
            continue
        points = {context.point(basis.basis) for basis in context.linked(register, purpose.id)} - {None}
        if points == {"b"}:
            yield Hit(join(path, "purposes", purpose.id), {"id": purpose.id})


@rule(217, "repealed-law-cited", Record, hygiene=(ASKED, "5(1)(a), 6(3)"))
def repealed(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """A law that is cited is not in force on the day of the check; one that no ground refers to is a note."""
    used = {
        id(target.node)
        for place in context.places
        if any(slot.name == "laws" and slot.kind == "ref" for slot in slots(type(place.node)))
        for target in context.follow(place.node, "laws", place.path)
    }
    for law in each(record.laws):
        jurisdiction = (law.jurisdiction or "").removeprefix("loc:")
        numbers = [row for row in context.facts.tables["laws"] if row["number"] == law.number]
        row = next((one for one in numbers if jurisdiction in ("", one["jurisdiction"])), None)
        if row is None:
            continue  # a law that is not listed: nothing is known
        begins, ends = row.get("in_force") or "0001-01-01", row.get("repealed") or "9999-12-31"
        if not begins <= context.as_of.isoformat() < ends:
            day = context.as_of.isoformat()
            words = {"id": law.id, "law": str(law.name or law.title or law.number), "day": day}
            yield Hit(join(path, "laws", law.id), words, strength=None if id(law) in used else GOOD)


MESSAGES: Final = {"ropa:EmailChannel", "ropa:TextMessageChannel", "ropa:AutomatedCallChannel"}


def _addressed(register: Register, purpose: str) -> list[DataSubjectCategory]:
    """Return the data subjects that pairings join to a purpose, else all of the register."""
    people = each(register.data_subjects)
    joined = {
        name
        for pairing in each(register.pairings)
        if purpose in each(pairing.purposes)
        for name in each(pairing.data_subjects)
    }
    return [subject for subject in people if subject.id in joined] if joined else list(people)


@rule(218, "electronic-marketing-without-consent", Register, fi=(ASKED, "917/2014 200 §"))
def electronic_marketing(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Marketing by e-mail, text message or automated call, with neither consent nor existing customers stated."""
    for purpose in each(register.purposes):
        marketing = context.terms.any_is(purpose.concepts, "dpv:Marketing")
        if not marketing or not MESSAGES & set(each(purpose.channels)):
            continue
        consent = any(context.point(basis.basis) == "a" for basis in context.linked(register, purpose.id))
        people = _addressed(register, purpose.id)
        customers = people and all(context.terms.any_is(subject.concepts, "dpv:Customer") for subject in people)
        if not consent and not customers:
            yield Hit(join(path, "purposes", purpose.id), {"id": purpose.id})


def _on_consent(context: Context, register: Register, purpose: Purpose) -> bool:
    """Say whether a pairing puts a purpose on consent."""
    paired = any(purpose.id in each(pairing.purposes) for pairing in each(register.pairings))
    return paired and any(context.point(basis.basis) == "a" for basis in context.linked(register, purpose.id))


@rule(219, "terminal-data-without-consent", Register, fi=(ASKED, "917/2014 205 §"))
def terminal_data(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Cookies for analytics or advertising, and consent is not asked; the browser's settings are none."""
    for place in context.systems(register, path):
        system = place.node
        if system.consent == "ropa:ConsentAsked" or not context.terms.any_is(system.concepts, "tech:Cookie"):
            continue
        found = context.follow(system, "purposes", place.path)
        mine = [target.node for target in found if target.path.startswith(f"{path}/")] or each(register.purposes)
        tracking = [purpose for purpose in mine if context.terms.any_is(purpose.concepts, *TRACKING)]
        if tracking and not (system.consent is None and all(_on_consent(context, register, p) for p in tracking)):
            yield Hit(place.path, {"id": system.id})


@rule(
    220,
    "child-consent-age",
    Register,
    record=(ASKED, "8(1)"),
    notice=(ASKED, "8(1)"),
    fi=(ASKED, "1050/2018 5 §"),
)
def child_consent(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """An online service is offered to children on consent, and no age or guardian rule is stated."""
    online = {"ropa:WebChannel", "ropa:AppChannel"}
    children = any(context.terms.any_is(subject.concepts, "dpv:Child") for subject in each(register.data_subjects))
    if not children or not any(online & set(each(purpose.channels)) for purpose in each(register.purposes)):
        return
    for basis in each(register.legal_bases):
        if context.point(basis.basis) == "a" and basis.age_rule is None:
            yield Hit(join(path, "legal_bases", basis.id), {"id": basis.id})


@rule(
    221,
    "article-9-exception-without-law",
    Register,
    record=(ASKED, "9(2)"),
    notice=(ASKED, "9(2)"),
    fi=(ASKED, "1050/2018 6 §"),
)
def exception_without_law(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """An exception that needs a law, Art. 9(2)(b) or (g)-(j), is stated without one."""
    for basis in each(register.legal_bases):
        letter = next((x for x in "bghij" if context.terms.is_a(basis.basis, f"eu-gdpr:A9-2-{x}")), None)
        here = join(path, "legal_bases", basis.id)
        if letter is None:
            continue
        beside = _BESIDE_LAW.get(letter)
        laws = (law for law in context.laws(basis, here) if _is_law(context, law, beside=beside))
        if not any(law.number != "2016/679" for law in laws):
            yield Hit(here, {"id": basis.id}, articles=(f"9(2)({letter})",))
