"""The rules that the shapes say, in Python and by pySHACL: the same findings, the times side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import orjson
from common import Case, arguments, begin, interleaved, plain_record, ratios, require
from pyshacl import Validator, validate
from pyshacl.graph_abstraction import DataGraph
from rdflib import SH, Graph

import ropa
from ropa import shapes
from ropa.rules import RULES, Rule, check_record, completeness

PROFILES: Final = ("record", "notice")
DAY: Final = dt.date(2024, 6, 1)
DECLARED: Final[list[Rule]] = [rule for rule in RULES if rule.look.__module__ == completeness.__name__]
SAID: Final[list[Rule]] = [
    *DECLARED,
    *(rule for rule in RULES if rule not in DECLARED and rule.code in {one.code for one in shapes.CONDITIONAL}),
]
"""The rules that the shapes say: those of the declarations, and those about one node."""
BASE: Final = "ropa, the rules of the shapes"


def of_rules(record: ropa.Record, profile: str) -> set[tuple[int, str]]:
    """Return the code and path of each finding of the rules that the shapes say."""
    found = check_record(record, [profile], DAY, rules=SAID)
    return {(int(finding.code.removeprefix("ROPA")), finding.path) for finding in found}


def of_shacl(report: Any, record: ropa.Record, profile: str) -> set[tuple[int, str]]:
    """Return the same of a SHACL report."""
    classes = {shapes.shape_iri(one, profile): one.cls for one in completeness.declared()}
    found = set()
    for result in report.subjects(SH.focusNode):
        shape = str(report.value(result, SH.sourceShape)).removesuffix("-property")
        focus, path = str(report.value(result, SH.focusNode)), report.value(result, SH.resultPath)
        place = shapes.path_of(record.id, focus, path and str(path), classes.get(shape, ropa.Register))
        found.add((shapes.code_of(shape), place))
    return found


def measure(nodes: int, profile: str, rounds: int) -> None:
    record = ropa.loads(orjson.dumps(plain_record(nodes, gaps=True)))
    graph = ropa.to_graph(record)
    shape_graph = Graph().parse(data=shapes.turtle(profile), format="turtle")
    report = validate(graph, shacl_graph=shape_graph, inference="none")[1]
    ours, theirs = of_rules(record, profile), of_shacl(report, record, profile)
    require(ours == theirs, f"{profile}: other findings: {sorted(ours ^ theirs)[:5]}")
    again = Validator(DataGraph.from_rdflib(graph), shacl_graph=shape_graph, options={"inference": "none"})
    raw, turtle = ropa.dumps(record), ropa.dumps(record, "turtle")
    cases = [
        Case(BASE, lambda: check_record(record, [profile], DAY, rules=SAID)),
        Case("ropa, all rules", lambda: check_record(record, [profile], DAY)),
        Case("pySHACL, graph and shapes in memory", lambda: validate(graph, shacl_graph=shape_graph, inference="none")),
        Case("pySHACL, one Validator used again", again.run),
        Case("ropa, from JSON, all rules", lambda: check_record(ropa.loads(raw), [profile], DAY)),
        Case(
            "pySHACL, from Turtle, shapes in memory",
            lambda: validate(Graph().parse(data=turtle, format="turtle"), shacl_graph=shape_graph, inference="none"),
        ),
    ]
    print(f"{nodes} nodes, {len(graph)} triples, profile {profile}, {len(ours)} findings, the same by both:\n")
    ratios(interleaved(cases, rounds), BASE)
    print()


def misspelt(nodes: int, rounds: int) -> None:
    """Measure what a term costs that nobody knows: the message names those that are most like it."""
    data = plain_record(nodes)
    right = ropa.loads(orjson.dumps(data))
    categories = data["registers"][0]["data_categories"]
    for number, category in enumerate(categories):
        category["concepts"] = [f"pd:Telphone{number}Numbr"]
    wrong = ropa.loads(orjson.dumps(data))
    cases = [
        Case("every term known", lambda: check_record(right, ["record"], DAY)),
        Case(f"{len(categories)} terms misspelt", lambda: check_record(wrong, ["record"], DAY)),
    ]
    print(f"{nodes} nodes, profile record:\n")
    ratios(interleaved(cases, rounds), cases[0].name)
    print()


def main() -> None:
    asked = arguments(__doc__)
    begin("Checking", "rdflib", "pyshacl")
    print(f"{len(RULES)} rules in all, {len(SAID)} of them in the shapes, {len(DECLARED)} from the declarations.\n")
    for nodes in (60,) if asked.quick else (60, 600):
        for profile in PROFILES:
            measure(nodes, profile, asked.rounds or (3 if asked.quick else 9))
    misspelt(60, asked.rounds or (3 if asked.quick else 9))


if __name__ == "__main__":
    main()
