"""Every rule with its own bad and good example: the bad one gives its finding on its path, the good one none.

The examples (`vocab/rules/*.toml`) were written from the catalogue, not from the rules.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import ropa
from ropa.rules.check import check_record
from ropa.rules.registry import RULES, words
from ropa.rules.registry import _texts as texts
from ropa.yamlread import load as load_yaml

DAY = datetime.date(2026, 11, 22)
CODES = sorted({rule.code for rule in RULES})
LANGUAGES = ("en", "fi", "sv")
KEYS = ("title", "message", "hint", "what", "why")
NO_RECORD = {900, 907}


def record(fragment: str) -> ropa.Record:
    data: dict[str, Any] = load_yaml(fragment)[0]
    return ropa.from_dict({"ropa": 1, "id": "https://example.org/x", "language": "fi", **data})


def paths(code: int, fragment: str) -> list[str]:
    found = check_record(record(fragment), texts()[str(code)]["profiles"], DAY, language="en")
    return [finding.path for finding in found if finding.code == f"ROPA{code}"]


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_gives_the_finding_on_its_path(code: int) -> None:
    assert paths(code, texts()[str(code)]["bad"]) == [texts()[str(code)]["path"]]


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_does_not(code: int) -> None:
    assert paths(code, texts()[str(code)]["good"]) == []


@pytest.mark.parametrize("code", [*CODES, *sorted(NO_RECORD)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_its_texts_in_three_languages(code: int, language: str) -> None:
    raw = texts()[str(code)]
    for key in KEYS:
        assert raw[key][language].strip(), (code, key)
        told = raw[key][language].lower()
        assert "compliant" not in told
        assert "määräystenmukai" not in told
    assert words(code, language).title == raw["title"][language]


@pytest.mark.parametrize("code", CODES)
def test_languages_have_the_same_placeholders(code: int) -> None:
    raw = texts()[str(code)]
    for key in ("message", "hint"):
        fields = [{name for _, name, _, _ in Formatter().parse(raw[key][tag]) if name} for tag in LANGUAGES]
        assert fields[0] == fields[1] == fields[2], (code, key)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_fills_every_placeholder(code: int, language: str) -> None:
    raw = texts()[str(code)]
    found = check_record(record(raw["bad"]), raw["profiles"], DAY, language=language)
    for finding in found:
        if finding.code == f"ROPA{code}":
            assert not re.search(r"\{[a-z_]+\}", finding.message + finding.hint), finding
            assert finding.hint


def test_codes_names_and_strengths_are_the_catalogues(shared: Path) -> None:
    text = (shared / "RULES.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| (\d{3}) \| ([a-z0-9-]+) \|", text))
    assert {rule.code for rule in RULES} | NO_RECORD == {int(code) for code in rows}
    assert len(rows) == 104
    for rule in RULES:
        assert rows[str(rule.code)] == rule.name
