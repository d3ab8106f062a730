"""Every statement of the five notices is where the table, written before the examples, expects it.

`tests/statements/*.csv`: number, own short wording, path, what is expected
there, and the reason wherever another term is used than the first reading
proposed. Disagreements between table and example are kept in
`tests/statements/disagreements.md`.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import ropa
from ropa.spec import slots

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
ROWS = {
    "kajaanin-vesi": 85,
    "kauhajoen-vesihuolto": 56,
    "mikkelin-vesiliikelaitos": 65,
    "humppilan-vesihuolto": 60,
    "enonkosken-kaukolampo": 30,
}


def table(name: str) -> list[dict[str, str]]:
    with (HERE / "statements" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def terms_of(node: object) -> set[str]:
    found: set[str] = set()
    for slot in slots(type(node)):
        value = getattr(node, slot.name)
        if slot.kind == "concept" and value is not None:
            found.update(value if isinstance(value, tuple) else (value,))
    return found


def fault(record: ropa.Record, path: str, expect: str) -> str | None:
    """Say what is wrong at a path, or None."""
    try:
        value = ropa.get(record, path)
    except ropa.PathError as error:
        return None if expect == "unstated" else str(error)
    if expect == "unstated":
        return None if value is None else f"stated: {value!r:.80}"
    if expect == "none":
        return None if value == () else f"not none: {value!r:.80}"
    if value is None or value == ():
        return f"nothing there ({value!r})"
    if expect in ("", "stated"):
        return None
    if expect in ("true", "false"):
        return None if value is (expect == "true") else f"{value!r:.80}"
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        words = {node.id for node in value}
    elif isinstance(value, tuple):
        words = set(value)
    elif isinstance(value, str | ropa.Text):
        words = {str(value)}
    else:
        words = terms_of(value)
    if expect.startswith("="):
        wanted = expect[1:]
        same = words in ({wanted}, set(wanted.split()))
        return None if same else f"{sorted(words)} is not {wanted!r}"
    missing = set(expect.split()) - words
    return f"{sorted(missing)} not among {sorted(words)}" if missing else None


@pytest.mark.parametrize("name", ROWS)
def test_every_statement_is_in_the_example(name: str) -> None:
    record = ropa.load(EXAMPLES / f"{name}.json")
    faults = [
        f"{row['no']} {row['path']} {row['expect']}: {found}"
        for row in table(name)
        if (found := fault(record, row["path"], row["expect"]))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("name", "count"), ROWS.items())
def test_the_table_has_every_statement(name: str, count: int) -> None:
    assert {int(row["no"]) for row in table(name)} == set(range(1, count + 1))


def test_there_are_296_statements() -> None:
    assert sum(ROWS.values()) == 296


def test_the_table_can_fail() -> None:
    record = ropa.load(EXAMPLES / "kajaanin-vesi.json")
    register = record.registers[0].id  # type: ignore[index]
    without = ropa.replace(record, register, purposes=None)
    broken = [row for row in table("kajaanin-vesi") if fault(without, row["path"], row["expect"])]
    assert any("/purposes/" in row["path"] for row in broken)
