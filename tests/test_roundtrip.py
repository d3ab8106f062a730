"""Nothing is lost: every format gives back the record, and JSON-LD is the writer's graph."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pyld.jsonld
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import data_of_records, records

import ropa
from ropa.rdf import formats
from ropa.rdf.terms import LANG_STRING, STRING, Lit, Triple, ntriples
from ropa.rdf.write import triples
from ropa.schema import json_schema
from ropa.spec import MAPS, slot_map

FORMATS = ("json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml")
VALIDATOR = Draft202012Validator(json_schema())
EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


@pytest.mark.parametrize("format_", FORMATS)
@given(record=records())
def test_every_format_gives_back_the_record(format_: str, record: ropa.Record) -> None:
    text = ropa.dumps(record, format_)
    assert ropa.loads(text, format_) == record
    assert ropa.dumps(ropa.loads(text, format_), format_) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("format_", FORMATS)
def test_the_examples_survive_every_format(format_: str, path: Path) -> None:
    record = ropa.load(path)
    assert ropa.loads(ropa.dumps(record, format_), format_) == record


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_in_canonical_form(path: Path) -> None:
    assert ropa.dumps(ropa.load(path)) == path.read_text(encoding="utf-8")


@given(data=data_of_records())
def test_from_dict_and_to_dict_are_inverse(data: dict[str, Any]) -> None:
    record = ropa.from_dict(data)
    assert ropa.from_dict(ropa.to_dict(record)) == record


@given(record=records())
def test_graph_objects_give_back_the_record(record: ropa.Record) -> None:
    assert ropa.from_graph(ropa.to_graph(record)) == record


@given(record=records())
def test_the_json_schema_accepts_every_dump(record: ropa.Record) -> None:
    VALIDATOR.validate(json.loads(ropa.dumps(record)))


def _spelled_out(data: Any, language: str) -> Any:
    """Write every plain text as a mapping, and every one-language mapping of the record's language plain."""
    if isinstance(data, list):
        return [_spelled_out(item, language) for item in data]
    if not isinstance(data, dict):
        return data
    made = {}
    for key, value in data.items():
        if key in TEXT_FIELDS and isinstance(value, str):
            made[key] = {language: value}
        elif key in TEXT_FIELDS and isinstance(value, dict) and list(value) == [language]:
            made[key] = value[language]
        else:
            made[key] = _spelled_out(value, language) if key not in MAPS else value
    return made


def _text_fields() -> set[str]:
    from ropa.spec import classes  # noqa: PLC0415

    kinds: dict[str, set[str]] = {}
    for cls in classes():
        for slot in slot_map(cls).values():
            kinds.setdefault(slot.name, set()).add(slot.kind)
    return {name for name, found in kinds.items() if found == {"text"}}


TEXT_FIELDS = _text_fields()


@given(data=data_of_records())
def test_both_spellings_of_a_text_are_the_same_value(data: dict[str, Any]) -> None:
    record = ropa.from_dict(data)
    other = ropa.from_dict(_spelled_out(data, data["language"]))
    assert other == record
    assert ropa.dumps(other) == ropa.dumps(record)


# -- JSON-LD -------------------------------------------------------------------


def _no_loader(url: str, _: Any) -> Any:
    raise AssertionError(f"{url} was asked for: JSON-LD must expand offline")


def _lit(term: ox.Literal) -> Lit:
    if term.language:
        return Lit(term.value, LANG_STRING, term.language)
    return Lit(term.value, term.datatype.value if term.datatype else STRING)


def _by_oxigraph(data: str, format_: ox.RdfFormat) -> set[Triple]:
    return {
        (t.subject.value, t.predicate.value, _lit(t.object) if isinstance(t.object, ox.Literal) else t.object.value)
        for t in ox.parse(data.encode(), format=format_)
    }


@given(record=records())
def test_json_ld_expanded_by_pyoxigraph_is_the_writers_graph(record: ropa.Record) -> None:
    assert _by_oxigraph(ropa.dumps(record, "jsonld"), ox.RdfFormat.JSON_LD) == set(triples(record))


@given(record=records())
@settings(max_examples=25)
def test_json_ld_expanded_by_pyld_is_the_writers_graph(record: ropa.Record) -> None:
    data = json.loads(ropa.dumps(record, "jsonld"))
    quads = pyld.jsonld.to_rdf(data, {"documentLoader": _no_loader, "format": "application/n-quads"})
    expected = _by_oxigraph(ropa.dumps(record, "ntriples"), ox.RdfFormat.N_TRIPLES)
    assert _by_oxigraph(quads, ox.RdfFormat.N_TRIPLES) == expected


@given(record=records())
@settings(max_examples=25)
def test_turtle_and_rdf_xml_are_the_writers_graph_for_pyoxigraph_too(record: ropa.Record) -> None:
    expected = set(triples(record))
    for format_, kind in (("turtle", ox.RdfFormat.TURTLE), ("rdfxml", ox.RdfFormat.RDF_XML)):
        assert _by_oxigraph(ropa.dumps(record, format_), kind) == expected


@given(record=records())
@settings(max_examples=25)
def test_pyoxigraph_takes_every_triple(record: ropa.Record) -> None:
    assert len(formats.to_pyoxigraph(triples(record))) == len(set(triples(record)))


def test_a_missing_triple_is_seen(examples: Path) -> None:
    """The sabotage twin: the comparison above must fail when the writer drops one triple."""
    record = ropa.load(examples / "enonkosken-kaukolampo.json")
    less = set(list(dict.fromkeys(triples(record)))[:-1])
    assert _by_oxigraph(ropa.dumps(record, "jsonld"), ox.RdfFormat.JSON_LD) != less


def test_a_triple_that_would_be_lost_stops_the_reader(examples: Path) -> None:
    record = ropa.load(examples / "enonkosken-kaukolampo.json")
    extra = (record.id, "https://example.org/unheard-of", Lit("x"))
    with pytest.raises(ropa.ReadError, match="1 triples"):
        ropa.loads(ntriples([*triples(record), extra]), "ntriples")


# -- one field, one key, its triples --------------------------------------------

# Fields whose removal may add triples, with the reason.
ADDING = {
    "language": "the record's language is in every plain text",
    "pairings": "what a pairing joins hangs on the register again when the pairing goes",
    "data_categories": "a node that names its own categories counts as a pairing",
    "purposes": "as data_categories",
    "kind": "an internal unit or the data subject is written as an entity, any other recipient as a recipient",
    "evidence": "proves, and says nothing of its own",
}
# Fields that others refer to by id: without them the references point at nothing, which the graph says.
TARGETS = {
    "organisations",
    "controller",
    "processor",
    "supervisory_authority",
    "joint_controllers",
    "systems",
    "laws",
    "documents",
    "legal_bases",
    "data_subjects",
    "sources",
    "recipients",
    "transfers",
    "retention_rules",
    "measures",
    "automated_decisions",
    "rights",
    "assessments",
    "concepts",
    "prefixes",
    "registers",
}


@given(record=records(), picked=st.data())
@settings(max_examples=150)
def test_removing_a_field_removes_its_key_and_at_least_one_triple_and_adds_none(
    record: ropa.Record, picked: st.DataObject
) -> None:
    from ropa.access import walk  # noqa: PLC0415

    places = [
        (place, slot)
        for place in walk(record)
        for slot in slot_map(type(place.node)).values()
        if not slot.required and slot.name != "id" and getattr(place.node, slot.name) is not None
        if slot.name not in ADDING and slot.name not in TARGETS
    ]
    if not places:
        return
    place, slot = picked.draw(st.sampled_from(places))
    without = ropa.replace(record, place.path, **{slot.name: None})
    before, after = set(triples(record)), set(triples(without))
    assert after < before
    data, less = ropa.to_dict(record), ropa.to_dict(without)
    node, node_less = _at(data, place.path), _at(less, place.path)
    assert slot.name in node
    assert slot.name not in node_less
    del node[slot.name]
    assert data == less


def _at(data: dict[str, Any], path: str) -> dict[str, Any]:
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] not in slot_map(ropa.Record):
        parts.insert(0, "registers")
    node: Any = data
    while parts:
        field, name = parts.pop(0), parts.pop(0)
        node = node[field]
        if isinstance(node, list):
            node = next(item for item in node if item["id"] == name)
    found: dict[str, Any] = node
    return found


def test_copying_a_record_keeps_it(examples: Path) -> None:
    record = ropa.load(examples / "kajaanin-vesi.json")
    assert copy.deepcopy(record) == record
    assert hash(copy.copy(record)) == hash(record)
