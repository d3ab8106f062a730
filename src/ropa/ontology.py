"""The published vocabulary `ropa.ttl`: own concepts, and one property for every field read by its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ropa.prefixes import NS, PREFIXES
from ropa.rdf.formats import serialize
from ropa.rdf.terms import RDF_TYPE, XSD, Lit, Triple, lang
from ropa.spec import classes, slots, spec_of
from ropa.vocab import DPV_VERSION, expand

CREATED = Lit("2026-11-22", XSD + "date")
STATUS = "http://www.w3.org/2003/06/sw-vocab-status/ns#term_status"
SCHEME = NS + "concepts"
STRUCTURAL = {
    "ropa:position": "place of a node among its siblings, from 1",
    "ropa:granularity": "whether what hangs on a process is stated for the register as a whole",
    "ropa:remark": "a remark about a path of the record",
    "ropa:format": "version of the record's form",
}
"""Properties of the form itself, with what they mean."""


def _labels(subject: str, property_: str, words: Mapping[str, str]) -> list[Triple]:
    return [(subject, expand(property_), lang(text, tag)) for tag, text in words.items()]


def concept_triples(concepts: Mapping[str, Any]) -> list[Triple]:
    """Return the own concepts, in the form of DPV's own terms."""
    made: list[Triple] = []
    for name, concept in concepts.items():
        iri = NS + name
        made += [(iri, RDF_TYPE, PREFIXES["rdfs"] + "Class"), (iri, expand("rdfs:isDefinedBy"), NS.rstrip("#"))]
        made += [(iri, expand("dct:created"), CREATED), (iri, STATUS, lang("proposed", "en"))]
        if "type" in concept:
            made += [
                (iri, RDF_TYPE, expand("skos:Concept")),
                (iri, RDF_TYPE, expand(concept["type"])),
                (iri, expand("skos:inScheme"), SCHEME),
            ]
        else:
            made += [(iri, expand("rdfs:subClassOf"), expand(parent)) for parent in concept["broader"]]
        made += [(iri, expand("skos:broader"), expand(parent)) for parent in concept["broader"]]
        made += _labels(iri, "skos:prefLabel", concept["label"]) + _labels(
            iri, "skos:definition", concept["definition"]
        )
        for tag, words in concept.get("synonyms", {}).items():
            made += [(iri, expand("skos:altLabel"), lang(word, tag)) for word in words]
    return made


def own_properties() -> dict[str, tuple[str | None, Mapping[str, str]]]:
    """Return each own property with its parent (None if there is none) and its labels.

    Raises TypeError if two fields would give one property two parents.
    """
    found: dict[str, tuple[str | None, Mapping[str, str]]] = {}
    for cls in classes():
        for slot in slots(cls):
            if not slot.key.startswith("ropa:") or slot.kind in {"extra", "remarks", "prefixes"}:
                continue
            parent = slot.term.property if slot.term.property != slot.key else None
            known = found.get(slot.key)
            if known is not None and known[0] != parent:
                raise TypeError(f"{slot.key} would be below {known[0]} and {parent} ({cls.__name__}.{slot.name})")
            found.setdefault(slot.key, (parent, slot.term.label._asdict()))
    return found


def property_triples() -> list[Triple]:
    """Return the own properties, each below its DPV property."""
    made: list[Triple] = []
    for name, (parent, words) in own_properties().items():
        iri = expand(name)
        made += [(iri, RDF_TYPE, PREFIXES["rdf"] + "Property"), (iri, expand("rdfs:isDefinedBy"), NS.rstrip("#"))]
        if parent is not None:
            made.append((iri, expand("rdfs:subPropertyOf"), expand(parent)))
        made += _labels(iri, "skos:prefLabel", words)
    for name, meaning in STRUCTURAL.items():
        made += [
            (expand(name), RDF_TYPE, PREFIXES["rdf"] + "Property"),
            (expand(name), expand("skos:definition"), lang(meaning, "en")),
        ]
    for cls in classes():
        iri = f"{NS}{cls.__name__}"
        made += [(iri, RDF_TYPE, PREFIXES["rdfs"] + "Class"), (iri, expand("rdfs:isDefinedBy"), NS.rstrip("#"))]
        made += [
            (iri, expand("rdfs:subClassOf"), expand(parent))
            for parent in spec_of(cls).types
            if not parent.startswith("ropa:")
        ]
        made += _labels(iri, "skos:prefLabel", spec_of(cls).label._asdict())
    return made


def turtle(concepts: Mapping[str, Any]) -> str:
    """Return the vocabulary in Turtle."""
    head: list[Triple] = [
        (NS.rstrip("#"), RDF_TYPE, expand("owl:Ontology")),
        (NS.rstrip("#"), expand("dct:title"), lang("Terms of the library ropa", "en")),
        (NS.rstrip("#"), expand("dct:conformsTo"), DPV_VERSION),
        (SCHEME, RDF_TYPE, expand("skos:ConceptScheme")),
    ]
    return serialize(
        [*head, *concept_triples(concepts), *property_triples()], "turtle", {"sw": STATUS.rpartition("#")[0] + "#"}
    )
