"""Rules about data subjects' rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST

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
