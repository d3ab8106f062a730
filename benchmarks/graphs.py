"""Record to RDF and back, beside rdflib's own serialisers and parsers of the same graph."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson
from common import Case, arguments, begin, interleaved, plain_record, ratios, require
from rdflib import Graph

import ropa
from ropa.rdf import formats, write

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES: Final = {"ntriples": "nt", "turtle": "turtle", "jsonld": "json-ld", "rdfxml": "xml"}
"""Our names of the formats, and rdflib's."""


def parsed(text: str, format_: str) -> Graph:
    return Graph(bind_namespaces="none").parse(data=text, format=format_)


def oxigraph_read(text: bytes | None, kind: Any) -> list[Any]:
    import pyoxigraph  # noqa: PLC0415  # an extra

    return list(pyoxigraph.parse(text, format=kind))


def oxigraph(triples: list[Any]) -> list[tuple[str, Callable[[], object], Callable[[], object]]]:
    """Return (format, write, read) by pyoxigraph if it is installed."""
    try:
        import pyoxigraph  # noqa: PLC0415  # an extra
    except ImportError:
        return []
    kinds = {"ntriples": pyoxigraph.RdfFormat.N_TRIPLES, "turtle": pyoxigraph.RdfFormat.TURTLE}
    given = formats.to_pyoxigraph(triples)
    found: list[tuple[str, Callable[[], object], Callable[[], object]]] = []
    for name, kind in kinds.items():
        text = pyoxigraph.serialize(given, format=kind)
        found.append(
            (
                name,
                partial(pyoxigraph.serialize, given, format=kind),
                partial(oxigraph_read, text, kind),
            )
        )
    return found


def writing(record: ropa.Record, graph: Graph, triples: list[Any], rounds: int) -> None:
    found = interleaved(
        [
            Case("record to triples", lambda: write.triples(record)),
            Case("record to rdflib.Graph (to_graph)", lambda: ropa.to_graph(record)),
        ],
        rounds,
    )
    ratios(found, "record to triples", "first steps")
    fast = {name: run for name, run, _ in oxigraph(triples)}
    for name, theirs in NAMES.items():
        base = f"rdflib, Graph to {theirs}"
        cases = [
            Case(f"ropa, record to {name} (dumps)", partial(ropa.dumps, record, name)),
            Case(f"ropa, triples to {name}", partial(formats.serialize, triples, name)),
            Case(base, partial(graph.serialize, format=theirs)),
        ]
        if name in fast:
            cases.append(Case(f"pyoxigraph, triples to {name}", fast[name]))
        print()
        ratios(interleaved(cases, rounds), base, f"write {name}")


def reading(record: ropa.Record, graph: Graph, triples: list[Any], rounds: int) -> None:
    fast = {name: run for name, _, run in oxigraph(triples)}
    for name, theirs in NAMES.items():
        text = ropa.dumps(record, name)
        require(ropa.loads(text, name) == record, f"{name}: another record came back")
        require(set(parsed(text, theirs)) == set(graph), f"{name}: rdflib reads another graph")
        base = f"rdflib, {theirs} to Graph"
        cases = [
            Case(f"ropa, {name} to record (loads)", partial(ropa.loads, text, name)),
            Case(base, partial(parsed, text, theirs)),
        ]
        if name in fast:
            cases.append(Case(f"pyoxigraph, {name} to triples", fast[name]))
        print()
        ratios(interleaved(cases, rounds), base, f"read {name}")


def main() -> None:
    asked = arguments(__doc__)
    begin("Graphs", "rdflib", "pyoxigraph", "orjson")
    for nodes in (60,) if asked.quick else (60, 600):
        record = ropa.loads(orjson.dumps(plain_record(nodes)))
        triples = list(dict.fromkeys(write.triples(record)))
        graph = ropa.to_graph(record)
        require(len(graph) == len(triples), "rdflib and the writer count differently")
        print(f"{nodes} nodes, {len(triples)} triples\n")
        rounds = asked.rounds or (3 if asked.quick else 9)
        writing(record, graph, triples, rounds)
        reading(record, graph, triples, rounds)
        print()


if __name__ == "__main__":
    main()
