"""SHACL shapes of the completeness rules that the declarations give: one named shape a rule and profile.

The shapes target `ropa:<Class>`, with the field's read property as path. A
stated none counts only where the law lets it answer. `path_of` is the map
from a result's focus node and path to a finding's path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ropa.rdf.formats import serialize
from ropa.rdf.terms import RDF_TYPE, XSD, Lit, Triple, lang
from ropa.rules.completeness import Declared, declared
from ropa.rules.registry import words
from ropa.spec import slot_map, slots
from ropa.vocab import NS, expand

PROFILES: Final = ("record", "notice", "processor")
SEVERITY: Final = {"must": "sh:Violation", "asked": "sh:Warning", "good": "sh:Info"}
LANGUAGES: Final = ("en", "fi", "sv")


def shape_iri(found: Declared, profile: str) -> str:
    """Return the name of a rule's shape in a profile."""
    return f"{NS}ROPA{found.need.code}-{profile}-{found.cls.__name__}-{found.slot.name}"


def _list(base: str, items: Iterable[str]) -> tuple[str, list[Triple]]:
    """Return the head and the triples of an RDF list with named cells."""
    made: list[Triple] = []
    names = list(items)
    for index, item in enumerate(names):
        cell = f"{base}-{index}"
        rest = f"{base}-{index + 1}" if index + 1 < len(names) else expand("rdf:nil")
        made += [(cell, expand("rdf:first"), item), (cell, expand("rdf:rest"), rest)]
    return f"{base}-0", made


def _counting(found: Declared, name: str) -> list[Triple]:
    """Return the shape of a value that counts: no stated none unless it answers, and only the fitting terms."""
    need, slot = found.need, found.slot
    stated = f"{name}-stated"
    made: list[Triple] = []
    if need.only is not None or need.ignore is not None:
        field, terms = need.only or need.ignore or ("", ())
        assert slot.range is not None
        key = expand(slot_map(slot.range)[field].key)
        head, cells = _list(f"{name}-terms", (expand(term) for term in terms))
        inner = f"{name}-term"
        made += [
            *cells,
            (inner, RDF_TYPE, expand("sh:PropertyShape")),
            (inner, expand("sh:path"), key),
            (inner, expand("sh:in"), head),
        ]
        made.append((inner, expand("sh:minCount"), Lit("1", XSD + "integer")))
        if need.only is not None:
            made.append((name, expand("sh:property"), inner))
        else:
            made.append((name, expand("sh:not"), inner))
    if not need.none_answers and slot.none_ok:
        made += [(stated, expand("sh:class"), expand("ropa:StatedNone")), (name, expand("sh:not"), stated)]
    return made


def triples(profile: str) -> list[Triple]:
    """Return the shapes of a profile (record, notice, processor)."""
    made: list[Triple] = []
    for found in declared():
        need, slot = found.need, found.slot
        if profile not in need.strength:
            continue
        shape = shape_iri(found, profile)
        inner = f"{shape}-property"
        made += [
            (shape, RDF_TYPE, expand("sh:NodeShape")),
            (shape, expand("sh:targetClass"), f"{NS}{found.cls.__name__}"),
            (shape, expand("sh:property"), inner),
            (inner, RDF_TYPE, expand("sh:PropertyShape")),
            (inner, expand("sh:path"), expand(slot.key)),
            (inner, expand("sh:severity"), expand(SEVERITY[need.strength[profile]])),
            (inner, expand("sh:name"), Lit(f"ROPA{need.code}")),
        ]
        made += [(inner, expand("sh:message"), lang(words(need.code, tag).title, tag)) for tag in LANGUAGES]
        value = f"{shape}-value"
        counting = _counting(found, value)
        if counting:
            made += [
                *counting,
                (value, RDF_TYPE, expand("sh:NodeShape")),
                (inner, expand("sh:qualifiedValueShape"), value),
            ]
            made.append((inner, expand("sh:qualifiedMinCount"), Lit("1", XSD + "integer")))
        else:
            made.append((inner, expand("sh:minCount"), Lit("1", XSD + "integer")))
    return made


def turtle(profile: str | None = None) -> str:
    """Return the shapes in Turtle, of one profile or of all three."""
    found = [triple for name in (PROFILES if profile is None else (profile,)) for triple in triples(name)]
    return serialize(found, "turtle")


def code_of(shape: str) -> int:
    """Return the rule's code of a shape's IRI."""
    return int(shape.removeprefix(f"{NS}ROPA").partition("-")[0])


def path_of(record_iri: str, focus: str, property_: str, cls: type) -> str:
    """Return a finding's path from a SHACL result: the focus node's IRI and the property of the path.

    The fragment without the leading `registers/`, then the field whose read
    property it is.
    """
    field = next(slot.name for slot in slots(cls) if expand(slot.key) == property_)
    fragment = focus.removeprefix(record_iri).removeprefix("#").removeprefix("registers/")
    return f"{fragment}/{field}" if fragment else field
