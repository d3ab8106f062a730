"""Helpers for other projects' tests: a build fails when what a system does drifts from what its register says."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from ropa import io
from ropa.access import each, get, related
from ropa.errors import PathError
from ropa.findings import Severity
from ropa.model import Recipient, Record, Register
from ropa.rules import check
from ropa.text import slug


def assert_no_findings(
    record: Record | str | Path,
    *,
    profiles: Iterable[str] | None = None,
    as_of: datetime.date | str | None = None,
    fail_on: str = "error",
    ignore: Collection[str] = (),
) -> None:
    """Raise AssertionError, naming each, if the check finds anything at or above `fail_on`.

    `fail_on`: error, warning or note. `ignore`: codes (`ROPA204`) or names of rules.
    """
    limit = Severity(fail_on).rank
    found = [
        finding
        for finding in check(record, profiles, as_of)
        if finding.severity.rank <= limit and finding.code not in ignore and finding.rule not in ignore
    ]
    if found:
        raise AssertionError(f"{len(found)} findings:\n" + "\n".join(f"  {finding}" for finding in found))


def _stored(register: Register) -> dict[str, str]:
    """Return what the register says is stored: name of a field or column → id of its data category."""
    return {
        name: category.id
        for category in each(register.data_categories)
        for item in each(category.items)
        for name in each(item.stored_as)
    }


def _recipients(record: Record, register: Register) -> dict[str, Recipient]:
    """Return the recipients by every name that code may use: id, name, name of the organisation."""
    organisations = {one.id: one for one in each(record.organisations)}
    found: dict[str, Recipient] = {}
    for recipient in each(register.recipients):
        names: list[Any] = [recipient.id, *(recipient.name or {}).values()]
        organisation = organisations.get(recipient.organisation or "")
        if organisation is not None:
            names += [organisation.id, *(organisation.name or {}).values()]
        for name in names:
            found.setdefault(str(name), recipient)
    return found


def _yaml(lines: Iterable[str]) -> str:
    return "\n".join(f"      {line}" for line in lines)


def described(
    record: Record | str | Path,
    register: str,
    *,
    stored: Iterable[str] | None = None,
    sent: Mapping[str, Iterable[str]] | None = None,
) -> list[str]:
    """Return what code and register say differently, each with the YAML to add; see `assert_described`."""
    loaded = record if isinstance(record, Record) else io.load(record)
    found = get(loaded, register)
    if not isinstance(found, Register):
        raise PathError(f"{register}: give the id of a register")
    said = _stored(found)
    told: list[str] = []
    if stored is not None:
        names = set(stored)
        for name in sorted(names - set(said)):
            item = name.rpartition(".")[2]
            add = _yaml(
                [
                    "data_categories:",
                    "  - name: …",
                    "    items:",
                    f"      - name: {item}",
                    f"        stored_as: [{name}]",
                ]
            )
            told.append(f"{name} is stored, and {register} does not say so. Add:\n{add}")
        told += [
            f"{name} ({register}/data_categories/{said[name]}) is in the register, and nothing stores it: remove it from stored_as"
            for name in sorted(set(said) - names)
        ]
    if sent is not None:
        told += _sent(loaded, found, said, {name: set(fields) for name, fields in sent.items()})
    return told


def _sent(record: Record, register: Register, said: Mapping[str, str], sent: Mapping[str, set[str]]) -> list[str]:
    told: list[str] = []
    known = _recipients(record, register)
    met: set[str] = set()
    for name, fields in sorted(sent.items()):
        recipient = known.get(name)
        categories = sorted({said[field] for field in fields if field in said})
        if recipient is None:
            add = _yaml(
                ["recipients:", f"  - id: {slug(name)}", f"    name: {name}", f"    data_categories: {categories}"]
            )
            told.append(f"{name} receives data, and is no recipient of {register.id}. Add:\n{add}")
            continue
        met.add(recipient.id)
        allowed = _allowed(record, register, recipient)
        for field in sorted(fields):
            if field not in said:
                told.append(f"{field} is sent to {name}, and {register.id} does not say that it is stored (stored_as)")
            elif allowed is not None and said[field] not in allowed:
                add = _yaml(
                    [
                        "recipients:",
                        f"  - id: {recipient.id}",
                        f"    data_categories: {sorted(allowed | {said[field]})}",
                    ]
                )
                told.append(
                    f"{field} ({said[field]}) is sent to {name}, and the register does not say so. Change:\n{add}"
                )
        reached = {said[field] for field in fields if field in said}
        told += [
            f"{register.id}/recipients/{recipient.id} is said to receive {category}, and nothing of it is sent"
            for category in sorted((allowed or set()) - reached)
            if category in said.values()
        ]
    told += [
        f"{register.id}/recipients/{recipient.id} is in the register, and nothing is sent to it"
        for recipient in each(register.recipients)
        if recipient.id not in met and recipient.kind not in ("dpv:OrganisationalUnit", "dpv:DataSubject")
    ]
    return told


def _allowed(record: Record, register: Register, recipient: Recipient) -> set[str] | None:
    """Return the data categories that the register gives a recipient, or None if it does not say which."""
    paired = {
        category.id
        for category in each(register.data_categories)
        if recipient.id
        in {one.id for one in related(record, f"{register.id}/data_categories/{category.id}", "recipients").paired}
    }
    return paired or None


def assert_described(
    record: Record | str | Path,
    register: str,
    *,
    stored: Iterable[str] | None = None,
    sent: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Raise AssertionError if a register and the code it describes say different things.

    `stored`: the fields or columns that the code stores, as `DataItem.stored_as`
    names them. `sent`: recipient (id, name, or name of its organisation) →
    the fields that are sent to it. What the code does and the register does
    not say is named, and the reverse, with the YAML to add.
    """
    told = described(record, register, stored=stored, sent=sent)
    if told:
        raise AssertionError(f"{len(told)} differences:\n" + "\n".join(f"- {line}" for line in told))
