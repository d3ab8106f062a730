"""Rules about recipients and processors."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Recipient, Register
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST, NO_RECIPIENTS


@rule(402, "processor-agreement-missing", Recipient, record=(ASKED, "28(3)"))
def agreement(context: Context, recipient: Recipient, path: str) -> Iterator[Hit]:
    """A recipient is stated to be a processor and no agreement is stated; stated none is graver."""
    if context.terms.is_a(recipient.kind, "dpv:DataProcessor") and not each(recipient.agreements):
        yield Hit(path, {"id": recipient.id}, strength=MUST if recipient.agreements == () else None)


@rule(403, "recipient-data-not-stated", Register, record=(GOOD, ""))
def recipient_data(context: Context, register: Register, path: str) -> Iterator[Hit]:  # every rule has this form
    """It is not stated which data a recipient receives."""
    paired = {
        name
        for pairing in each(register.pairings)
        if each(pairing.data_categories)
        for name in each(pairing.recipients)
    }
    for recipient in each(register.recipients):
        if (
            not context.terms.means(recipient.kind, *NO_RECIPIENTS)
            and not each(recipient.data_categories)
            and recipient.id not in paired
        ):
            yield Hit(join(path, "recipients", recipient.id), {"id": recipient.id})


@rule(
    404,
    "vendor-not-a-recipient",
    Register,
    record=(GOOD, "4(9), 28"),
    notice=(GOOD, "4(9), 28, 13(1)(e)"),
)
def vendor(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """A vendor that hosts or can access the data is not among the recipients."""
    if register.recipients is None:  # then 401 says it
        return
    known = {recipient.organisation for recipient in each(register.recipients)}
    for place in context.systems(register, path):
        system = place.node
        service = context.terms.is_a(system.provision, "tech:ProvidedAsService")
        hosts = system.vendor_access is True or (service and system.vendor_access is None)
        if system.vendor is not None and hosts and system.vendor not in known:
            yield Hit(place.path, {"id": system.id, "vendor": system.vendor})


@rule(
    405,
    "recipients-contradictory",
    Register,
    record=(MUST, "4(9), 30(1)(d), 5(1)(a)"),
    notice=(MUST, "4(9), 13(1)(e), 5(1)(a)"),
)
def contradictory(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """Recipients are stated none, yet a recipient, a processor or a transfer is named."""
    if register.recipients != ():
        return
    transfers = (t for t in each(register.transfers) if not context.only_to_subjects(t, join(path, "transfers", t.id)))
    found = [join(path, "transfers", transfer.id) for transfer in transfers]
    found += [join(path, "pairings", pairing.id) for pairing in each(register.pairings) if each(pairing.recipients)]
    found += [
        join(path, "sources", source.id)
        for source in each(register.sources)
        if context.terms.any_is(source.concepts, "ropa:ProcessorDataSource")
    ]
    if found:
        yield Hit(join(path, "recipients"), {"where": found[0]})


@rule(
    406,
    "sub-processor-authorisation-missing",
    Recipient,
    record=(ASKED, "28(2), 28(4)"),
    processor=(ASKED, "28(2), 28(4)"),
)
def authorisation(context: Context, recipient: Recipient, path: str) -> Iterator[Hit]:
    """A sub-processor is named, and the controller's authorisation is not stated."""
    if context.terms.is_a(recipient.kind, "dpv:DataSubProcessor") and recipient.authorisation is None:
        yield Hit(path, {"id": recipient.id})
