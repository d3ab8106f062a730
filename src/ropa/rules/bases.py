"""Rules about legal bases."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST


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
