"""Rules about data subjects' rights."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import AutomatedDecision, Organisation, Record, Register, RightStatement
from ropa.rules.context import DIRECT_MARKETING, Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST

CITED: Final = {f"eu-gdpr:A{number}": str(number) for number in range(15, 23)}
EACH_NOTICE: Final = ("eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "eu-gdpr:A18")
"""Access, rectification, erasure, restriction: Art. 13(2)(b) names them for every notice."""


@rule(702, "right-missing", Register, notice=(MUST, "13(2)(b)"))
def right_missing(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Access, rectification, erasure or restriction is not mentioned: one finding each."""
    points = context.points(register)
    for right in EACH_NOTICE:
        if context.mentions(register, right):
            continue
        erasure = right == "eu-gdpr:A17"
        yield Hit(
            join(path, "rights"),
            {"right": right},
            # Art. 17(3)(b): erasure yields to a legal obligation or a public task.
            strength=ASKED if erasure and points and points <= {"c", "e"} else None,
            articles=("13(2)(b)", "17(3)(b)") if erasure else None,
        )


@rule(703, "portability-missing", Register, notice=(MUST, "13(2)(b), 20(1)"))
def portability(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """The basis is consent or contract, the processing is automated, and portability is not mentioned."""
    automated = "ropa:Electronic" in each(register.materials) or bool(context.systems(register, path))
    if automated and context.points(register) & {"a", "b"} and not context.mentions(register, "eu-gdpr:A20"):
        yield Hit(join(path, "rights"), {"right": "eu-gdpr:A20"})


@rule(704, "objection-missing", Register, notice=(MUST, "13(2)(b), 21(1), 21(4)"))
def objection(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """The basis is Art. 6(1)(e) or (f), and the right to object is not mentioned."""
    if context.points(register) & {"e", "f"} and not context.mentions(register, "eu-gdpr:A21"):
        yield Hit(join(path, "rights"), {"right": "eu-gdpr:A21"})


@rule(705, "marketing-objection-missing", Register, notice=(MUST, "21(2), 21(4)"))
def marketing_objection(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """There is direct marketing, and the right to object to it is not mentioned."""
    marketing = any(context.terms.any_is(purpose.concepts, *DIRECT_MARKETING) for purpose in each(register.purposes))
    # Art. 21(4) wants this right told by itself: the general one of 21(1) does not say it.
    named = any(context.terms.is_a(right.right, "ropa:A21-2") for right in each(register.rights))
    if marketing and not named:
        yield Hit(join(path, "rights"), {"right": "ropa:A21-2"})


def _of(context: Context, register: Register, right: str) -> list[RightStatement]:
    return [statement for statement in each(register.rights) if context.terms.means(statement.right, right)]


@rule(707, "complaint-authority-not-named", Register, notice=(GOOD, "13(2)(d)"))
def authority(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """The complaint is mentioned and no supervisory authority is named."""
    if context.record.supervisory_authority is None:
        for statement in _of(context, register, "eu-gdpr:A77")[:1]:
            yield Hit(join(path, "rights", statement.id), {"id": statement.id})


@rule(708, "right-denied-without-ground", Register, notice=(ASKED, "12(2), 13(2)(b)"))
def denied(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """A right is denied, no ground in law is stated, and the stated bases do not exclude it."""
    points = context.points(register)
    for statement in each(register.rights):
        if statement.granted is not False or each(statement.laws) or statement.right is None:
            continue
        means = functools.partial(context.terms.means, statement.right)
        excluded = (means("eu-gdpr:A22") and register.automated_decisions == ()) or (
            bool(points)
            and (
                (means("eu-gdpr:A20") and not points & {"a", "b"})
                or (means("eu-gdpr:A21") and not points & {"e", "f"})
                or (means("eu-gdpr:A17") and points <= {"c", "e"})
                or (means("eu-gdpr:A7-3") and "a" not in points)
            )
        )
        if not excluded:
            article = CITED.get(statement.right)
            cited = ("12(2)", "13(2)(b)", *((article,) if article else ()))
            words = {"id": statement.id, "right": statement.right}
            yield Hit(join(path, "rights", statement.id), words, articles=cited)


@rule(709, "right-without-route", Register, notice=(ASKED, "12(2)"))
def route(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Nothing says how any right is exercised, nor whom to turn to."""
    rights = each(register.rights)
    told = any(statement.how is not None or each(statement.forms) for statement in rights)
    controller = context.record.controller
    reachable = controller is not None and any(
        value is not None for value in (controller.email, controller.phone, controller.address, controller.contact_form)
    )
    contacts = each(register.contacts) or each(context.record.data_protection_officers)
    if rights and not told and register.rights_procedure is None and not contacts and not reachable:
        yield Hit(join(path, "rights"))


HARD: Final = {"ropa:SignedRequest", "ropa:PaperRequest", "ropa:Visit"}


@rule(713, "right-form-required", Register, notice=(ASKED, "12(2), 12(6)"))
def form_required(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A signature, paper or a visit is the only way to exercise a right."""
    for statement in each(register.rights):
        forms = set(each(statement.forms))
        if forms and forms <= HARD:
            yield Hit(join(path, "rights", statement.id), {"id": statement.id})


@rule(715, "complaint-place-not-told", Register, notice=(GOOD, "77(1)"))
def complaint_place(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """It is not told that one may complain where one lives, works, or where it happened."""
    for statement in _of(context, register, "eu-gdpr:A77")[:1]:
        if not each(statement.forums):
            yield Hit(join(path, "rights", statement.id), {"id": statement.id})


@rule(716, "authority-contact-outdated", Record, fi=(GOOD, "12(1)"))
def outdated_address(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """An address of the authority stands somewhere that is out of date on the day of the check."""
    rows = context.facts.tables["authorities"]
    current = next((row["address"] for row in rows if not row.get("valid_until")), "")
    old = [row for row in rows if row.get("valid_until") and row["valid_until"] < context.as_of.isoformat()]
    for place, texts in context.texts:
        # Others may have their offices in the same street, or in the same house.
        if isinstance(place.node, Organisation) and not place.path.startswith("supervisory_authority"):
            continue
        for field, text in texts:
            flat = " ".join(text.replace(",", " ").split()).casefold()
            for row in old:
                whole = all(_has(flat, part.casefold()) for part in row["address"].split(", "))
                if whole or _has(flat, _street(row["address"])):
                    words = {"address": row["address"], "current": current}
                    yield Hit(join(place.path, field), words)
                    break


def _has(text: str, part: str) -> bool:
    """Say whether a part of an address stands in a text; number 9 is not number 91."""
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None


def _street(address: str) -> str:
    """Return the street and number of an address, or something that no text holds for a post box."""
    street = address.partition(",")[0].casefold()
    return street if not street.startswith("pl ") else "\0"


def _significant(decision: AutomatedDecision) -> bool:
    effects = {"ropa:LegalEffect", "ropa:SimilarlySignificantEffect"}
    return decision.solely_automated is True and bool(effects & set(each(decision.effects)))


@rule(711, "automated-decision-logic-missing", Register, notice=(MUST, "13(2)(f), 22(1), 22(4)"))
def decision_logic(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A solely automated decision with legal or similar effect lacks logic, significance or consequences."""
    for decision in each(register.automated_decisions):
        if _significant(decision) and None in (decision.logic, decision.significance, decision.consequences):
            yield Hit(join(path, "automated_decisions", decision.id), {"id": decision.id})


@rule(
    712,
    "automated-decision-without-ground",
    Register,
    record=(MUST, "22(2), 22(4)"),
    notice=(MUST, "22(2), 22(4)"),
    fi=(MUST, "434/2003 53 e §"),
)
def decision_ground(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Such a decision has no ground of Art. 22(2); of a Finnish authority section 53 e asks it too."""
    public = context.is_public(context.record.controller)
    profiles = None if public else frozenset({"record", "notice"})
    for decision in each(register.automated_decisions):
        if _significant(decision) and not each(decision.grounds) and not each(decision.laws):
            yield Hit(join(path, "automated_decisions", decision.id), {"id": decision.id}, profiles=profiles)


@rule(
    714,
    "automated-decision-safeguards-missing",
    Register,
    record=(ASKED, "22(3)"),
    notice=(ASKED, "22(3)"),
)
def decision_safeguards(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A decision on contract or consent, with neither human intervention nor a way to contest it."""
    for decision in each(register.automated_decisions):
        rests = {"ropa:A22-2-a", "ropa:A22-2-c"} & set(each(decision.grounds))
        if rests and not {"eu-gdpr:A22-3-a", "eu-gdpr:A22-3-c"} & set(each(decision.safeguards)):
            yield Hit(join(path, "automated_decisions", decision.id), {"id": decision.id})
