"""From a clean record, one change at a time: exactly what follows from it is found, and nothing else.

The cases (`mutations/*_cases.yaml`) were written from the rule catalogue, with
what they expect, before the rules ran. `mutations/disagreements.md` keeps
where the first run differed, and how it ended.
"""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from typing import Any

import pytest

import ropa
from ropa.rules.check import check_record
from ropa.rules.registry import RULES
from ropa.yamlread import load as load_yaml

HERE = Path(__file__).parent / "mutations"
PROFILES = {"controller": ["record", "notice"], "processor": ["processor"]}
AS_OF = "2026-11-22"


def plain(name: str) -> Any:
    return load_yaml((HERE / name).read_text(encoding="utf-8"))[0]


CLEAN = {name: ropa.load(HERE / f"{name}.yaml") for name in PROFILES}
CASES = [(name, case) for name in PROFILES for case in plain(f"{name}_cases.yaml")]
BY_NAME = [pytest.param(name, case, id=f"{name}: {case['name']}") for name, case in CASES]


def node_at(data: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the node of plain data at a path of ids."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] not in data:
        parts.insert(0, "registers")
    node: Any = data
    while parts:
        node = node[parts.pop(0)]
        name = parts.pop(0)
        if isinstance(node, list):
            node = next(item for item in node if item["id"] == name)
    found: dict[str, Any] = node
    return found


def changed(name: str, case: dict[str, Any]) -> ropa.Record:
    """Return the clean record with a case's changes."""
    data = copy.deepcopy(ropa.to_dict(CLEAN[name]))
    for change in case["change"]:
        node = node_at(data, change.get("path") or "")
        for field, value in (change.get("set") or {}).items():
            if value is None:
                node.pop(field, None)
            else:
                node[field] = value
        for field, items in (change.get("add") or {}).items():
            node[field] = [*node.get(field, []), *items]
    return ropa.from_dict(data)


def found(record: ropa.Record, name: str, as_of: str) -> list[tuple[int, str]]:
    findings = ropa.check(record, PROFILES[name], as_of, language="en")
    return sorted((int(one.code.removeprefix("ROPA")), one.path) for one in findings)


def expected(case: dict[str, Any]) -> list[tuple[int, str]]:
    return sorted((int(code), path or "") for code, path in case["expect"])


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_found_in_a_clean_record(name: str) -> None:
    assert found(CLEAN[name], name, AS_OF) == []


@pytest.mark.parametrize("name", PROFILES)
def test_there_are_enough_cases(name: str) -> None:
    assert sum(one == name for one, _ in CASES) >= 80
    names = [case["name"] for one, case in CASES if one == name]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "case"), BY_NAME)
def test_a_change_gives_exactly_what_follows(name: str, case: dict[str, Any]) -> None:
    assert found(changed(name, case), name, case.get("as_of") or AS_OF) == expected(case), case["why"]


def test_every_rule_fires_in_some_case() -> None:
    told = {code for _, case in CASES for code, _ in expected(case)}
    assert {rule.code for rule in RULES} - told == set()


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES}))
def test_without_its_rule_a_case_fails(code: int) -> None:
    """The sabotage twin: each rule is missed by some case when it is taken away."""
    rules = [rule for rule in RULES if rule.code != code]
    for name, case in CASES:
        if any(one == code for one, _ in expected(case)):
            day = datetime.date.fromisoformat(case.get("as_of") or AS_OF)
            left = check_record(changed(name, case), PROFILES[name], day, language="en", rules=rules)
            assert all(one.code != f"ROPA{code}" for one in left)
            return
    pytest.fail(f"no case has {code}")
