"""Rules about controllers, contacts and data protection officers."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Record, Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import GOOD, MUST


@rule(
    102,
    "controller-contact-missing",
    Record,
    record=(MUST, "30(1)(a)"),
    notice=(MUST, "13(1)(a)"),
    processor=(MUST, "30(2)(a)"),
)
def controller_contact(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """The controller (in a processor's record, the processor) has no address, e-mail, phone or contact form."""
    field = "processor" if "processor" in context.profiles else "controller"
    party = getattr(record, field)
    if party is not None and all(
        value is None for value in (party.address, party.email, party.phone, party.contact_form)
    ):
        yield Hit(join(path, field, party.id), {"id": party.id, "field": field})


@rule(
    103,
    "dpo-not-stated",
    Record,
    record=(GOOD, "37(1)(a), 30(1)(a)"),
    notice=(GOOD, "37(1)(a), 13(1)(b)"),
    processor=(GOOD, "37(1)(a), 30(2)(a)"),
)
def dpo_not_stated(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """The data protection officer is not stated; or a public body says that it has none."""
    public = context.is_public(context.party)
    officers = record.data_protection_officers
    if officers is None or (officers == () and public):
        yield Hit(join(path, "data_protection_officers"), strength=MUST if public else None)


@rule(109, "register-contact-missing", Register, fi=(GOOD, "12(2)"))
def register_contact(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Nobody is named to turn to in matters of the register."""
    if not each(register.contacts):
        yield Hit(join(path, "contacts"), {"register": register.id})


@rule(
    111,
    "dpo-contact-missing",
    Record,
    record=(MUST, "37(7), 30(1)(a)"),
    notice=(MUST, "37(7), 13(1)(b)"),
    processor=(MUST, "37(7), 30(2)(a)"),
)
def dpo_contact(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """The data protection officer is stated without any contact detail."""
    for officer in each(record.data_protection_officers):
        if all(value is None for value in (officer.email, officer.phone, officer.address, officer.url)):
            yield Hit(join(path, "data_protection_officers", officer.id), {"id": officer.id})


@rule(112, "dpo-name-missing", Record, record=(MUST, "30(1)(a)"), processor=(MUST, "30(2)(a)"))
def dpo_name(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """The data protection officer has no name; a name that is withheld is one."""
    for officer in each(record.data_protection_officers):
        if officer.name is None and officer.name_withheld is not True:
            yield Hit(join(path, "data_protection_officers", officer.id), {"id": officer.id})


@rule(
    805,
    "record-undated",
    Record,
    record=(GOOD, "5(2)"),
    notice=(GOOD, "5(2)"),
    processor=(GOOD, "5(2)"),
)
def undated(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Neither the record nor one of its notices has a date."""
    dates = [record.created, record.modified]
    for register in each(record.registers):
        for notice in each(register.notices):
            dates += [notice.issued, notice.modified]
    if not any(dates):
        yield Hit(join(path, "created"))
