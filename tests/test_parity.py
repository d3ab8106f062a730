"""SHACL shapes and Python rules say the same, and both what a hand-written table says.

The table (`completeness_cases.yaml`) was written from the rule catalogue
before either ran, by a person who had not seen rules or shapes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from strategies import records

import ropa
from ropa import shapes
from ropa.rdf import formats
from ropa.rdf.terms import Triple
from ropa.rdf.write import triples
from ropa.rules.check import check_record
from ropa.rules.completeness import declared
from ropa.rules.registry import RULES, Rule
from ropa.rules.registry import _texts as texts
from ropa.yamlread import load as load_yaml

pyshacl = pytest.importorskip("pyshacl", reason="pySHACL (extra: shacl) runs the shapes")

CODES = {found.need.code for found in declared()}
DECLARED = [rule for rule in RULES if rule.doc.endswith(": not stated.") and rule.code in CODES]
HERE = Path(__file__).parent
SHAPES = {profile: formats.to_rdflib(shapes.triples(profile)) for profile in shapes.PROFILES}
CLASS = {shapes.shape_iri(found, profile): found.cls for found in declared() for profile in shapes.PROFILES}
EXAMPLES = sorted((HERE.parent / "examples").glob("*.json"))
Found = set[tuple[int, str]]


def by_python(record: ropa.Record, profile: str, rules: list[Rule] = DECLARED) -> Found:
    """Run the declared rules only: without what one rule silences of another."""
    found = check_record(record, [profile], language="en", rules=rules)
    return {(int(f.code.removeprefix("ROPA")), f.path) for f in found}


def by_shacl(
    record: ropa.Record,
    profile: str,
    graph: Graph | None = None,
    data: list[Triple] | None = None,
    kind: str = "declared",
) -> Found:
    written = triples(record) if data is None else data
    _, report, _ = pyshacl.validate(formats.to_rdflib(written), shacl_graph=graph or SHAPES[profile])
    found: Found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = str(report.value(result, SH.sourceShape)).removesuffix("-property")
        focus, property_ = str(report.value(result, SH.focusNode)), report.value(result, SH.resultPath)
        path = shapes.path_of(record.id, focus, property_ and str(property_), CLASS.get(shape, ropa.Register))
        if (shapes.code_of(shape) in CODES) == (kind == "declared"):
            found.add((shapes.code_of(shape), path))
    return found


def cases() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = load_yaml((HERE / "completeness_cases.yaml").read_text(encoding="utf-8"))[0]
    return loaded


CASES = cases()


def expected(case: dict[str, Any], profile: str) -> Found:
    return {(int(code), str(path)) for code, path in case["expect"][profile]}


def record_of(case: dict[str, Any]) -> ropa.Record:
    return ropa.from_dict(case["record"])


def test_there_are_enough_cases_and_every_declared_rule_is_in_them() -> None:
    assert len(CASES) >= 60
    told = {code for case in CASES for profile in shapes.PROFILES for code, _ in expected(case, profile)}
    assert told == CODES


@pytest.mark.parametrize("profile", shapes.PROFILES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_python_says_what_the_table_says(case: dict[str, Any], profile: str) -> None:
    assert by_python(record_of(case), profile) == expected(case, profile)


@pytest.mark.parametrize("profile", shapes.PROFILES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_shacl_says_what_the_table_says(case: dict[str, Any], profile: str) -> None:
    assert by_shacl(record_of(case), profile) == expected(case, profile)


@pytest.mark.parametrize("profile", shapes.PROFILES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_both_agree_on_the_examples(path: Path, profile: str) -> None:
    record = ropa.load(path)
    assert by_shacl(record, profile) == by_python(record, profile)


@pytest.mark.parametrize("profile", shapes.PROFILES)
@given(record=records())
@settings(max_examples=25)
def test_both_agree_on_generated_records(profile: str, record: ropa.Record) -> None:
    assert by_shacl(record, profile) == by_python(record, profile)


# -- rules about one node -------------------------------------------------------

ONE_NODE = {rule.code for rule in shapes.CONDITIONAL}
FUNCTIONS = [rule for rule in RULES if rule.code in ONE_NODE]


def in_python(record: ropa.Record, profile: str) -> Found:
    return {pair for pair in by_python(record, profile, FUNCTIONS) if pair[0] in ONE_NODE}


@pytest.mark.parametrize("profile", shapes.PROFILES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_rules_about_one_node_agree_on_the_examples(path: Path, profile: str) -> None:
    record = ropa.load(path)
    assert by_shacl(record, profile, kind="one node") == in_python(record, profile)


@pytest.mark.parametrize("code", sorted(ONE_NODE))
@pytest.mark.parametrize("which", ["bad", "good"])
def test_rules_about_one_node_agree_on_their_examples(code: int, which: str) -> None:
    raw = texts()[str(code)]
    record = ropa.from_dict({"ropa": 1, "id": "https://example.org/x", "language": "fi", **load_yaml(raw[which])[0]})
    for profile in set(raw["profiles"]) & set(shapes.PROFILES):
        found = by_shacl(record, profile, kind="one node")
        assert found == in_python(record, profile)
        assert (code in {one for one, _ in found}) == (which == "bad")


@pytest.mark.parametrize("profile", shapes.PROFILES)
@given(record=records())
@settings(max_examples=25)
def test_rules_about_one_node_agree_on_generated_records(profile: str, record: ropa.Record) -> None:
    assert by_shacl(record, profile, kind="one node") == in_python(record, profile)


# -- sabotage twins: what the tests above compare must be able to differ --------


@pytest.mark.parametrize("code", sorted(CODES))
def test_without_its_shape_a_rule_is_missed(code: int) -> None:
    missed = False
    for profile in shapes.PROFILES:
        kept = [t for t in shapes.triples(profile) if f"#ROPA{code}-" not in t[0]]
        graph = formats.to_rdflib(kept)
        for case in CASES:
            want = expected(case, profile)
            if any(found == code for found, _ in want):
                missed |= by_shacl(record_of(case), profile, graph) != want
                break
    assert missed


@pytest.mark.parametrize("code", sorted(CODES))
def test_without_its_rule_python_misses_it(code: int) -> None:
    rules = [rule for rule in DECLARED if rule.code != code]
    assert any(
        by_python(record_of(case), profile, rules) != expected(case, profile)
        for case in CASES
        for profile in shapes.PROFILES
    )


def test_without_one_triple_shacl_says_otherwise() -> None:
    record = ropa.load(HERE.parent / "examples" / "kajaanin-vesi.json")
    register = f"{record.id}#registers/{record.registers[0].id}"  # type: ignore[index]
    less = [t for t in triples(record) if not (t[0] == register and t[1].endswith("ns#transfers"))]
    assert by_shacl(record, "record", data=less) != by_python(record, "record")


def test_every_shape_is_a_named_node_with_a_severity_and_messages() -> None:
    for profile, graph in SHAPES.items():
        assert not any((s is None) or str(s).startswith("_:") for s in graph.subjects())
        for shape in graph.subjects(RDF.type, SH.NodeShape):
            if graph.value(shape, SH.targetClass) is not None:
                named = URIRef(f"{shape}-property")
                inner = named if (named, None, None) in graph else shape
                assert graph.value(inner, SH.severity) is not None, (profile, shape)
                assert {str(m.language) for m in graph.objects(inner, SH.message)} >= {"en"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", sorted(ONE_NODE))
def test_without_its_shape_a_rule_about_one_node_is_missed(code: int) -> None:
    raw = texts()[str(code)]
    record = ropa.from_dict({"ropa": 1, "id": "https://example.org/x", "language": "fi", **load_yaml(raw["bad"])[0]})
    profile = next(one for one in raw["profiles"] if one in shapes.PROFILES)
    kept = [t for t in shapes.triples(profile) if f"#ROPA{code}-" not in t[0]]
    found = by_shacl(record, profile, formats.to_rdflib(kept), kind="one node")
    assert found != in_python(record, profile)
