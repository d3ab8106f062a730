"""Helpers for other projects' tests: a build fails when what a system does drifts from what its register says."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ropa import io
from ropa.access import each, related, targets
from ropa.errors import PathError
from ropa.findings import Severity
from ropa.model import Recipient, Record, Register
from ropa.rules import check
from ropa.rules.secrets import masked
from ropa.spec import NO_RECIPIENTS
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

    `fail_on`: error, warning or note. `ignore`: codes (`ROPA204`) or names of
    rules. A rule that failed (ROPA900) cannot be ignored.
    """
    limit = Severity(fail_on).rank
    skip = {ignore} if isinstance(ignore, str) else set(ignore)
    found = [
        finding
        for finding in check(record, profiles, as_of)
        if finding.code == "ROPA900" or (finding.severity.rank <= limit and not skip & {finding.code, finding.rule})
    ]
    if found:
        raise AssertionError(
            f"{_counted(len(found), 'finding')}:\n" + "\n".join(f"  {masked(str(finding))}" for finding in found)
        )


def assert_described(
    record: Record | str | Path,
    register: str,
    *,
    stored: Iterable[str] | None = None,
    sent: Mapping[str, Iterable[str] | None] | None = None,
) -> None:
    """Raise AssertionError if a register and the code it describes say different things.

    `stored`: the fields or columns that the code stores, as `DataItem.stored_as`
    names them. `sent`: recipient (id, name, or name of its organisation) → the
    fields that the code sends to it; `[]` if it sends nothing, None if the data
    go there by another way, so that this recipient is not compared. What the
    code does and the register does not say is named, and the reverse, with the
    YAML to add.
    """
    told = described(record, register, stored=stored, sent=sent)
    if told:
        raise AssertionError(f"{_counted(len(told), 'difference')}:\n" + "\n".join(f"- {line}" for line in told))


def described(
    record: Record | str | Path,
    register: str,
    *,
    stored: Iterable[str] | None = None,
    sent: Mapping[str, Iterable[str] | None] | None = None,
) -> list[str]:
    """Return what code and register say differently, each with the YAML to add; see `assert_described`."""
    if stored is None and sent is None:
        raise TypeError("give stored, sent or both: with neither, nothing is compared")
    loaded = record if isinstance(record, Record) else io.load(record)
    found = next((one for one in each(loaded.registers) if one.id == register), None)
    if found is None:
        known = ", ".join(one.id for one in each(loaded.registers))
        raise PathError(f"there is no register {register!r}: give the id of one ({known or 'the record has none'})")
    names = None if stored is None else _fields(stored, "stored")
    sends = {name: None if to is None else _fields(to, f"sent[{name!r}]") for name, to in (sent or {}).items()}
    said = _stored(found)
    gone = [] if names is None else sorted(set(said) - names.union(*filter(None, sends.values())))
    told = _new(found, names or set(), sends, said)
    for name in gone:
        paths = ", ".join(f"{found.id}/data_categories/{category}" for category in said[name])
        told.append(f"{name} ({paths}) is in the register, and nothing stores it: remove it from stored_as")
    return told if sent is None else told + _sent(loaded, found, said, sends)


Sends = Mapping[str, "set[str] | None"]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _fields(names: Iterable[str], where: str) -> set[str]:
    if isinstance(names, str):
        raise TypeError(f"{where}: give a list of names, not one string")
    return set(names)


def _stored(register: Register) -> dict[str, list[str]]:
    """Return what the register says is stored: name of a field or column → ids of its data categories."""
    found: dict[str, list[str]] = {}
    for category in each(register.data_categories):
        for name in dict.fromkeys(name for item in each(category.items) for name in each(item.stored_as)):
            found.setdefault(name, []).append(category.id)
    return found


def _scalar(text: str) -> str:
    """Return a string as YAML: plain where no reader can take it for anything else, else quoted."""
    plain = re.fullmatch(r"[^\W\d][\w.-]*( [\w.-]+)*", text) and text.casefold() not in (
        *("true", "false", "null", "yes", "no", "on", "off", "y", "n"),
    )
    return text if plain else json.dumps(text, ensure_ascii=False)


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, names))}]"


def _free(wanted: str, taken: Collection[str]) -> str:
    """Return an id that is not taken, made of a name."""
    made = slug(wanted) or "new"
    return next(one for n in itertools.count(1) if (one := made if n == 1 else f"{made}-{n}") not in taken)


def _add(lines: Iterable[str]) -> str:
    """Return YAML as it stands in a register."""
    return "\n".join(f"    {line}" for line in lines)


def _new(register: Register, stored: set[str], sends: Sends, said: dict[str, list[str]]) -> list[str]:
    """Tell which names the register does not know, by table, and add to `said` where the YAML puts them."""
    told: list[str] = []
    taken = {category.id for category in each(register.data_categories)}
    new = stored.union(*filter(None, sends.values())) - set(said)
    for table, names in itertools.groupby(sorted(new, key=_split), key=lambda name: _split(name)[0]):
        fields = list(names)
        category = _free(table, taken)
        taken.add(category)
        said.update({name: [category] for name in fields})
        lines = [
            "data_categories:",
            f"  - id: {_scalar(category)}",
            f"    name: {_scalar(table or 'new')}  # write names for people",
            "    items:",
        ]
        items: set[str] = set()
        for name in fields:
            field = _split(name)[1]
            item = _free(field, items)
            items.add(item)
            head = (
                [f"- name: {_scalar(field)}"] if item == slug(field) else [f"- id: {item}", f"  name: {_scalar(field)}"]
            )
            lines += [f"      {line}" for line in (*head, f"  stored_as: {_listed([name])}")]
        verb = "stored" if stored.issuperset(fields) else "stored or sent" if stored & set(fields) else "sent"
        told.append(
            f"{', '.join(fields)} {'is' if len(fields) == 1 else 'are'} {verb}, and {register.id} does not say so."
            f" Add:\n{_add(lines)}"
        )
    return told


def _split(name: str) -> tuple[str, str]:
    """Return table and field."""
    table, _, field = name.rpartition(".")
    return table, field or name


def _recipients(record: Record, register: Register, name: str) -> list[Recipient]:
    """Return the recipients that a name in the code can mean: by id, else by name, else by organisation."""
    known = each(register.recipients)
    organisations = {
        id_
        for id_, places in targets(record).get("Organisation", {}).items()
        if name == id_ or any(name in (p.node.name or {}).values() for found in places.values() for p in found)
    }
    return (
        [one for one in known if one.id in (name, slug(name))]
        or [one for one in known if name in (one.name or {}).values()]
        or [one for one in known if one.organisation in organisations]
    )


def _sent(record: Record, register: Register, said: Mapping[str, list[str]], sends: Sends) -> list[str]:
    told: list[str] = []
    taken = {recipient.id for recipient in each(register.recipients)}
    known: dict[str, set[str] | None] = {}
    for name, fields in sorted(sends.items()):
        meant = _recipients(record, register, name)
        if not meant and fields == set():
            told.append(f"{name} is no recipient of {register.id}, and nothing is sent to it: remove it from sent")
        elif not meant:
            new = _free(name, taken)
            taken.add(new)
            categories = sorted({said[field][0] for field in fields or ()})
            lines = ["recipients:", f"  - id: {_scalar(new)}", f"    name: {_scalar(name)}"]
            lines += [f"    data_categories: {_listed(categories)}"] if categories else []
            told.append(f"{name} receives data, and is no recipient of {register.id}. Add:\n{_add(lines)}")
        elif len(meant) > 1:
            ids = ", ".join(one.id for one in meant)
            told.append(f"{name} can be several recipients of {register.id}: use an id ({ids})")
        for one in meant:
            before = known.get(one.id, set())
            skip = len(meant) > 1 or fields is None or before is None
            known[one.id] = None if skip else (before or set()) | (fields or set())
    for recipient in each(register.recipients):
        path = f"{register.id}/recipients/{recipient.id}"
        if recipient.id not in known:
            if recipient.kind not in NO_RECIPIENTS:
                told.append(f"{path} is in the register, and nothing is sent to it")
        elif (reached := known[recipient.id]) is not None:
            allowed = {one.id for one in related(record, path, "data_categories").paired}
            if allowed:  # without, the register does not say which data it receives
                told += _received(path, allowed, said, reached)
    return told


def _received(path: str, allowed: set[str], said: Mapping[str, list[str]], fields: set[str]) -> list[str]:
    """Compare the data categories that the register gives a recipient with the fields that are sent to it."""
    reached = {category for field in fields for category in said[field]}
    stored = {category for categories in said.values() for category in categories}
    unsent = sorted((allowed & stored) - reached)
    more = [field for field in sorted(fields) if allowed.isdisjoint(said[field])]
    told = [f"{path} is said to receive {category}, and nothing of it is sent: remove it there" for category in unsent]
    if more:
        named = ", ".join(f"{field} ({' or '.join(said[field])})" for field in more)
        categories = sorted(allowed.difference(unsent).union(said[field][0] for field in more))
        told.append(
            f"{named} {'is' if len(more) == 1 else 'are'} sent to {path}, and the register does not say so."
            f" Write there:\n{_add([f'    data_categories: {_listed(categories)}'])}"
        )
    return told
