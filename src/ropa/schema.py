"""JSON Schema 2020-12 of the JSON form, and the JSON-LD context, from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ropa.codec import FORMAT
from ropa.model import Record
from ropa.spec import Slot, classes, slots, spec_of
from ropa.vocab import data, is_a

_ID = {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$"}
_TEXT = {
    "anyOf": [
        {"type": "string", "pattern": r"\S"},
        {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": {"type": "string", "pattern": r"\S"}},
            "additionalProperties": False,
        },
    ]
}
_SHAPES: Mapping[str, Any] = {
    "text": {"$ref": "#/$defs/Text"},
    "string": {"type": "string", "pattern": r"\S"},
    "date": {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"},
    "duration": {
        "type": "string",
        "pattern": r"^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
    },
    "language": {"type": "string", "pattern": r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
    "iri": {"type": "string", "pattern": r'^[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>"{}|\\^`]+$'},
    "id": _ID,
    "ref": _ID,
    "concept": {"type": "string", "pattern": r"^[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9._-]*$"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "extra": {
        "type": "object",
        "propertyNames": {"pattern": r"^[a-z][a-z0-9-]*:[^\s:]+$"},
        "additionalProperties": {"type": ["string", "number", "boolean"]},
    },
    "remarks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Text"}},
    "prefixes": {
        "type": "object",
        "propertyNames": {"pattern": r"^[a-z][a-z0-9-]*$"},
        "additionalProperties": {"type": "string"},
    },
}
SUGGESTED = 60
"""Up to how many terms of a scheme an editor is offered as examples."""


def _one(slot: Slot) -> dict[str, Any]:
    if slot.kind == "node":
        assert slot.range is not None
        return {"$ref": f"#/$defs/{slot.range.__name__}"}
    if slot.kind == "choice":
        return {"type": "string", "enum": list(slot.words)}
    shape = dict(_SHAPES[slot.kind])
    if slot.kind == "concept" and slot.roots:
        names = sorted(name for name in data()["terms"] if name not in slot.roots and is_a(name, *slot.roots))
        shape["description"] = f"a term below {', '.join(slot.roots)}"
        if len(names) <= SUGGESTED:
            shape["examples"] = names
    return shape


def _property(slot: Slot, doc: str) -> dict[str, Any]:
    one = _one(slot)
    if slot.many:
        made: dict[str, Any] = {"type": "array", "items": one, **({} if slot.none_ok else {"minItems": 1})}
    else:
        made = one if "$ref" not in one else {"allOf": [one]}
    title = slot.term.label.en
    comment = {"$comment": "GDPR " + ", ".join(slot.term.articles)} if slot.term.articles else {}
    return {"title": title, **({"description": doc} if doc else {}), **comment, **made}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record in JSON."""
    from ropa.fields import field_docs  # noqa: PLC0415  # reads source text, which only documentation needs

    defs: dict[str, Any] = {"Text": _TEXT}
    for cls in classes():
        docs = field_docs(cls)
        properties = {slot.name: _property(slot, docs.get(slot.name, "")) for slot in slots(cls)}
        required = [slot.name for slot in slots(cls) if slot.required]
        if cls is Record:
            properties |= {"ropa": {"const": FORMAT, "title": "Version of this form"}, "$schema": {"type": "string"}}
        defs[cls.__name__] = {
            "type": "object",
            "title": spec_of(cls).label.en,
            "description": (cls.__doc__ or "").strip().splitlines()[0],
            "properties": properties,
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/gdpr-ropa/schema.json",
        "title": "Record of processing (ropa)",
        "$ref": "#/$defs/Record",
        "$defs": defs,
    }


def context() -> dict[str, Any]:
    """Return the JSON-LD context that our JSON-LD writes inline."""
    from ropa.rdf.formats import jsonld_context  # noqa: PLC0415  # `import ropa` needs no RDF

    return {"@context": jsonld_context()}


def schema_errors(instance: Any) -> list[tuple[str, str]]:
    """Return (path, message) for every fault that the JSON Schema finds in data made elsewhere."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # takes 120 ms to import

    validator = Draft202012Validator(json_schema())
    found = sorted(validator.iter_errors(instance), key=lambda error: list(map(str, error.absolute_path)))
    return [("/".join(map(str, error.absolute_path)), error.message) for error in found]
