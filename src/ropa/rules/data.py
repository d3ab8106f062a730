"""Rules about data, where they come from, and whether people must give them."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Organisation, Record, Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.rules.secrets import IDENTITY_CODE, personal
from ropa.spec import ASKED, GOOD, MUST


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
    """Sources are not stated; a must if Art. 14 is declared, where a stated none names none either."""
    declared = "eu-gdpr:A14" in context.under(register)
    if register.sources is None or (register.sources == () and declared):
        yield Hit(join(path, "sources"), strength=MUST if declared else None)


@rule(307, "provision-consequence-missing", Register, notice=(MUST, "13(2)(e)"))
def consequence(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """The requirement to give data is stated, what follows if they are not given is not."""
    for provided in each(register.provisions):
        if provided.requirement is not None and provided.consequence is None:
            yield Hit(join(path, "provisions", provided.id), {"id": provided.id})


@rule(303, "data-category-unclassified", Register, hygiene=(GOOD, ""))
def unclassified(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A data category has no term, and none of its items has one."""
    for category in each(register.data_categories):
        if category.concepts is None and not any(item.concepts for item in each(category.items)):
            yield Hit(join(path, "data_categories", category.id), {"id": category.id})


@rule(306, "personal-data-in-record", Record, hygiene=(ASKED, "5(1)(c), 5(1)(f)"))
def personal_data(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A text holds a personal identity code, a card number or an account number; the message never repeats it."""
    for place, texts in context.texts:
        for field, text in texts:
            kind = personal(text, accounts=not isinstance(place.node, Organisation))
            if kind is not None:
                strength = MUST if kind == IDENTITY_CODE else None
                yield Hit(join(place.path, field), {"kind": kind}, strength=strength)
