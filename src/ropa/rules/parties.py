"""Rules about controllers, contacts and data protection officers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import Contact, Organisation, Record, Register
from ropa.rules.context import CRIMINAL, SPECIAL, Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST


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


@rule(104, "dpo-conflict-of-interests", Record, record=(ASKED, "38(6)"), notice=(ASKED, "38(6)"))
def dpo_conflict(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """The officer is senior management too, or decides purposes and means; being the register's contact is allowed."""
    for officer in each(record.data_protection_officers):
        found = set(each(officer.positions))
        if officer.name is not None:
            for register in each(record.registers):
                same = (contact for contact in each(register.contacts) if contact.name == officer.name)
                found |= {name for contact in same for name in each(contact.positions)}
        conflict = found & {"ropa:SeniorManagement", "ropa:DecidesPurposes"}
        if conflict:
            here = join(path, "data_protection_officers", officer.id)
            yield Hit(here, {"id": officer.id, "position": ", ".join(sorted(conflict))})


@rule(
    105,
    "representative-missing",
    Record,
    record=(ASKED, "27(1), 27(2), 3(2), 30(1)(a)"),
    notice=(ASKED, "27(1), 27(2), 3(2), 13(1)(a)"),
    processor=(ASKED, "27(1), 27(2), 3(2), 30(2)(a)"),
)
def representative(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """The controller or processor is outside the EEA with no establishment in it, and no representative is stated."""
    party = context.party
    if party is None or record.representatives is not None or context.is_public(party):
        return
    seat = [] if party.country is None else [party.country]
    inside = any(context.facts.in_eea(country, context.as_of) for country in each(party.established_in))
    if context.outside(seat) and not inside:
        yield Hit(join(path, "representatives"))


@rule(106, "joint-controller-arrangement-missing", Register, record=(ASKED, "26(1)"))
def arrangement(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """There are joint controllers, and neither an arrangement nor a law that shares their duties is stated."""
    if each(register.joint_controllers) and not each(register.joint_arrangements):
        yield Hit(join(path, "joint_arrangements"), strength=MUST if register.joint_arrangements == () else None)


_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}\Z")
_PHONE: Final = re.compile(r"(?:[^\W\d]+\.?:?\s*)?[+(]?\d[\d\s()/.\-–]+[\d)](?:\s*\S.*)?\Z")
_READABLE: Final = re.compile(r"\s*[\[(]\s*(?:at|ät|a)\s*[\])]\s*", re.IGNORECASE)
_Y_TUNNUS: Final = re.compile(r"(\d{7})-(\d)\Z")


def _is_business_id(value: str, abroad: bool) -> bool:  # one flag
    """Say whether a number can be a business id: a Finnish one has to have its check digit."""
    match = _Y_TUNNUS.match(value.strip())
    if match is None:
        # Other countries' numbers have other forms; one of Finland's length with a slip is malformed.
        return abroad or not re.fullmatch(r"\d{5,9}-\d{1,2}|\d{7,8}-?", value.strip())
    rest = sum(int(digit) * weight for digit, weight in zip(match[1], (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return rest != 1 and (11 - rest) % 11 == int(match[2])


def _malformed(node: Organisation | Contact) -> Iterator[tuple[str, str]]:
    if node.email is not None and not _EMAIL.match(_READABLE.sub("@", node.email.strip())):
        yield "email", node.email
    if node.phone is not None and not _PHONE.match(node.phone.strip()):
        yield "phone", node.phone
    for field in ("url", "contact_form"):
        value = getattr(node, field, None)
        if value is not None and not re.match(r"https?://[^/\s]+\.[^/\s]+|mailto:\S+@\S+", value):
            yield field, value
    abroad = isinstance(node, Organisation) and node.country not in (None, "loc:FI")
    if (
        isinstance(node, Organisation)
        and node.business_id is not None
        and not _is_business_id(node.business_id, abroad)
    ):
        yield "business_id", node.business_id


@rule(107, "contact-malformed", Record, hygiene=(GOOD, "12(1)"))
def malformed(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """An e-mail, phone, web address or business id cannot be one; "(at)" and the like are readable."""
    for place in context.places:
        if isinstance(place.node, Organisation | Contact):
            for field, value in _malformed(place.node):
                yield Hit(join(place.path, field), {"field": field, "value": value})


@rule(
    113,
    "joint-controller-contact-missing",
    Register,
    record=(MUST, "30(1)(a)"),
    notice=(ASKED, "13(1)(a), 26(1)"),
)
def joint_contact(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A joint controller has no contact detail (in a notice: and there is no joint contact point)."""
    for other in each(register.joint_controllers):
        if any(value is not None for value in (other.address, other.email, other.phone, other.contact_form)):
            continue
        here = join(path, "joint_controllers", other.id)
        told = register.joint_contact_point is not None
        yield Hit(here, {"id": other.id}, profiles=frozenset({"record"}) if told else None)


@rule(114, "joint-arrangement-essence-missing", Register, notice=(ASKED, "26(2)"))
def essence(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """There are joint controllers, and the essence of their arrangement, or where to get it, is not told."""
    if not each(register.joint_controllers):
        return
    arrangements = each(register.joint_arrangements)
    if any(one.essence is not None or one.available_from is not None for one in arrangements):
        return
    here = join(path, "joint_arrangements")
    yield Hit(join(here, arrangements[0].id) if arrangements else here)


@rule(
    115,
    "dpo-need-unassessed",
    Record,
    record=(ASKED, "37(1)(b), 37(1)(c)"),
    processor=(ASKED, "37(1)(b), 37(1)(c)"),
)
def dpo_need(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """A body that is not public monitors people, or holds Art. 9 or 10 data, on a large scale, and has no officer."""
    if each(record.data_protection_officers) or context.party is None or context.is_public(context.party):
        return
    for register in each(record.registers):
        monitored = (
            context.terms.any_is(register.operations, "dpv:Profiling")
            or any(context.terms.any_is(p.concepts, "dpv:PersonnelMonitoring") for p in each(register.purposes))
            or any(context.terms.any_is(s.concepts, "ropa:RemoteMeterReading") for s in each(register.sources))
        )
        if context.large(register) and (monitored or context.data_of(register, *SPECIAL, *CRIMINAL)):
            yield Hit(join(path, "data_protection_officers"), {"register": register.id})
            return
