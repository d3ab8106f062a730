"""What the five registers must show, and must not: both columns of the catalogue, for the rules there are."""

from __future__ import annotations

from pathlib import Path

import pytest

import ropa
from ropa.rules.registry import RULES

EXAMPLES = Path(__file__).parents[1] / "examples"
IMPLEMENTED = {rule.code for rule in RULES}

# register: (must be found, must not be found), profiles record and notice, as of 2026-11-22.
TABLE: dict[str, tuple[str, str]] = {
    "kajaanin-vesi": (
        "204 304 606 609 703 710 716 805",
        "101 102 103 106 202 203 205 208 215 217 305 401 405 501 504 601 602 603 701 702 704 706 707 709",
    ),
    "kauhajoen-vesihuolto": (
        "102 103 108 204 207 210 211 307 501 602 609 702 703 704 706 710 805",
        "106 202 203 205 208 215 217 304 305 401 405 705",
    ),
    "mikkelin-vesiliikelaitos": (
        "112 203 304 604 610 707 708",
        "102 103 107 202 210 211 215 217 305 401 501 504 505 602 701 702 703 704 706 710",
    ),
    "humppilan-vesihuolto": (
        "103 106 113 114 216 219 304 504 603 710 713 716",
        "104 202 204 207 208 215 305 401 501 505 601 602 606 701 702 703 704 705 706 707 805",
    ),
    "enonkosken-kaukolampo": (
        "107 112 304 602 701 706 710",
        "102 103 106 111 202 203 204 205 210 211 215 217 302 305 401 405 501 504 702 703 704 805",
    ),
}
# Where the finding must stand, for the rules whose place is not the field alone.
PLACES = {
    ("kauhajoen-vesihuolto", 207): {"asiakasrekisteri/legal_bases/oikeutettu-etu"},
    ("kauhajoen-vesihuolto", 210): {"asiakasrekisteri/legal_bases/suostumus"},
    ("humppilan-vesihuolto", 504): {"asiakasrekisteri/transfers/tekninen-toteutus"},
    ("humppilan-vesihuolto", 603): {"asiakasrekisteri/retention_rules/asiakassuhde"},
    ("enonkosken-kaukolampo", 112): {"data_protection_officers/tietosuojavastaava"},
    ("enonkosken-kaukolampo", 602): {"kaukolampoasiakkaat/retention_rules/rekisteritiedot"},
}


def codes(text: str) -> set[int]:
    return {int(code) for code in text.split()} & IMPLEMENTED


def found(name: str) -> list[ropa.Finding]:
    return ropa.check(EXAMPLES / f"{name}.json", ["record", "notice"], "2026-11-22")


@pytest.mark.parametrize("name", TABLE)
def test_what_must_be_found_is_found(name: str) -> None:
    have = {int(f.code.removeprefix("ROPA")) for f in found(name)}
    assert codes(TABLE[name][0]) <= have


@pytest.mark.parametrize("name", TABLE)
def test_what_must_not_be_found_is_not(name: str) -> None:
    have = {int(f.code.removeprefix("ROPA")) for f in found(name)}
    assert not codes(TABLE[name][1]) & have


@pytest.mark.parametrize(("name", "code"), PLACES)
def test_the_finding_stands_on_the_right_node(name: str, code: int) -> None:
    assert {f.path for f in found(name) if f.code == f"ROPA{code}"} == PLACES[name, code]


def test_kauhajoki_lacks_erasure_and_restriction_and_no_other_right_of_rule_702() -> None:
    rights = [f.hint for f in found("kauhajoen-vesihuolto") if f.code == "ROPA702"]
    assert sorted(term for term in ("A15", "A16", "A17", "A18") for hint in rights if f"eu-gdpr:{term}`" in hint) == [
        "A17",
        "A18",
    ]


@pytest.mark.parametrize("name", TABLE)
def test_every_finding_has_file_line_column_and_hint(name: str) -> None:
    for f in found(name):
        assert f.file is not None
        assert f.line is not None
        assert f.column is not None
        assert f.hint
        assert "compliant" not in f.message.lower()


def test_the_table_can_fail() -> None:
    record = ropa.load(EXAMPLES / "kajaanin-vesi.json")
    decided = ropa.replace(record, "asiakasrekisteri", automated_decisions=())
    have = {f.code for f in ropa.check(decided, ["record", "notice"], "2026-11-22")}
    assert "ROPA710" not in have
