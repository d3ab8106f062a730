"""Rules about transfers to third countries."""

from __future__ import annotations

from collections.abc import Iterator

from ropa.access import each, join
from ropa.model import Register, Transfer
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST


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
    if not each(transfer.mechanisms) and not each(transfer.safeguards) and not context.only_to_subjects(transfer, path):
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
    found = list(context.systems(register, path))
    for recipient in each(register.recipients):
        if recipient.kind == "dpv:DataSubject":
            continue
        here = join(path, "recipients", recipient.id)
        # The recipient's own seat counts; the nationality of a system's vendor does not.
        countries = [
            *each(recipient.countries),
            *(p.node.country for p in context.follow(recipient, "organisation", here) if p.node.country),
        ]
        if context.outside(countries):
            yield Hit(join(path, "transfers"), {"where": here, "countries": ", ".join(context.outside(countries))})
            return
    for system in found:
        outside = context.outside(system.node.countries)
        if outside:
            yield Hit(join(path, "transfers"), {"where": system.path, "countries": ", ".join(outside)})
            return
