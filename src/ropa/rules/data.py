"""Rules about data, where they come from, and whether people must give them."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST


@rule(302, "data-categories-missing", Register, notice=(MUST, "14(1)(d)"))
def categories_of_others(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Some data do not come from the data subject, and the categories of data are not stated."""
    others = context.from_others(register) or "eu-gdpr:A14" in context.under(register)
    if others and not each(register.data_categories):
        yield Hit(join(path, "data_categories"), {"field": "data_categories"})


@rule(304, "provision-not-stated", Register, notice=(MUST, "13(2)(e)"))
def provision(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Some data come from the data subject, and nothing says whether giving them is a requirement."""
    if context.from_subject(register) and not any(p.requirement is not None for p in each(register.provisions)):
        yield Hit(join(path, "provisions"))


@rule(305, "sources-not-stated", Register, notice=(ASKED, "14(2)(f)"))
def sources(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Sources are not stated; a must if Art. 14 is declared."""
    if register.sources is None:
        yield Hit(join(path, "sources"), strength=MUST if "eu-gdpr:A14" in context.under(register) else None)


@rule(307, "provision-consequence-missing", Register, notice=(MUST, "13(2)(e)"))
def consequence(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """The requirement to give data is stated, what follows if they are not given is not."""
    for provided in each(register.provisions):
        if provided.requirement is not None and provided.consequence is None:
            yield Hit(join(path, "provisions", provided.id), {"id": provided.id})
