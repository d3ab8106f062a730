"""Strengths, profiles and articles of every rule, exactly: a table written from the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ropa.rules.registry import PAIRS, RULES, paired

LETTER = {"R": "record", "N": "notice", "P": "processor", "FI": "fi", "H": "hygiene"}
STRENGTHS = {"must", "asked", "good"}


def test_profiles_are_the_catalogues(shared: Path) -> None:
    text = (shared / "RULES.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (\d{3}) \| [a-z0-9-]+ \| [^|]* \| [^|]* \| ([RNPFIH ]+) \|", text)
    assert len(rows) == 104
    for code, profiles in rows:
        have = {profile for rule in RULES if rule.code == int(code) for profile in rule.strength}
        wanted = {LETTER[one] for one in profiles.split()}
        if int(code) not in (900, 907):
            # fi may add its own citation beside record and notice
            assert have - {"fi"} == wanted - {"fi"}, code
            assert wanted <= have, code


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}")
def test_articles_are_cited_to_paragraph_and_letter(rule: object) -> None:
    form = re.compile(
        r"\d{1,2}(\(\d{1,2}\)(\([a-j]\))?( second subparagraph)?)?\Z"
        r"|\d+/\d{4} \d+( [a-z])? §\Z|\(EU\) \d{4}/\d+ Art\. \d+\Z"
    )
    for profile, articles in rule.articles.items():  # type: ignore[attr-defined]
        assert rule.strength[profile] in STRENGTHS  # type: ignore[attr-defined]
        for article in articles:
            assert form.match(article), article


@pytest.mark.parametrize(
    ("thirteen", "fourteen"),
    [
        ("13(1)(a)", "14(1)(a)"),
        ("13(1)(b)", "14(1)(b)"),
        ("13(1)(c)", "14(1)(c)"),
        ("13(1)(d)", "14(2)(b)"),
        ("13(1)(e)", "14(1)(e)"),
        ("13(1)(f)", "14(1)(f)"),
        ("13(2)(a)", "14(2)(a)"),
        ("13(2)(b)", "14(2)(c)"),
        ("13(2)(c)", "14(2)(d)"),
        ("13(2)(d)", "14(2)(e)"),
        ("13(2)(f)", "14(2)(g)"),
    ],
)
def test_articles_13_and_14_are_paired(thirteen: str, fourteen: str) -> None:
    assert paired((thirteen,), frozenset()) == (thirteen, fourteen)
    assert paired((thirteen,), frozenset({"eu-gdpr:A13"})) == (thirteen,)
    assert paired((thirteen,), frozenset({"eu-gdpr:A14"})) == (fourteen,)


def test_what_has_no_pair_stands_alone() -> None:
    assert len(PAIRS) == 11
    for article in ("13(2)(e)", "14(1)(d)", "14(2)(f)"):
        assert paired((article,), frozenset()) == (article,)
