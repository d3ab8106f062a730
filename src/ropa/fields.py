"""The field reference, from the declarations."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Mapping
from typing import Any

from ropa.spec import Slot, classes, slots, spec_of


@functools.cache
def _module_docs(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return class → field → the text under its declaration."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[str, dict[str, str]] = {}
    for cls in tree.body:
        if not isinstance(cls, ast.ClassDef):
            continue
        docs = found.setdefault(cls.name, {})
        for field, text in zip(cls.body, cls.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
            ):
                docs[field.target.id] = inspect.cleandoc(str(text.value.value)).replace("\n", " ")
    return found


def field_docs(cls: type) -> dict[str, str]:
    """Return field → the text that stands under its declaration, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("ropa.model."):
            found |= _module_docs(base.__module__).get(base.__name__, {})
    return found


def shape_of(slot: Slot) -> str:
    """Say in words what a field holds."""
    words = {
        "text": "text",
        "string": "string",
        "date": "date (ISO 8601, may be partial)",
        "duration": "duration (ISO 8601)",
        "language": "language tag (BCP 47)",
        "iri": "IRI",
        "id": "id",
        "bool": "true or false",
        "int": "whole number",
        "extra": "own keys",
        "remarks": "path → text",
        "prefixes": "prefix → IRI",
    }
    if slot.kind == "node":
        assert slot.range is not None
        one = slot.range.__name__
    elif slot.kind == "ref":
        one = f"id of a {slot.ref}"
    elif slot.kind == "concept":
        one = "term" + (f" below {', '.join(slot.roots)}" if slot.roots else "")
    else:
        one = ", ".join(slot.words) if slot.kind == "choice" else words[slot.kind]
    return f"list of {one}" if slot.many else one


def rows(cls: type) -> list[dict[str, Any]]:
    """Return the fields of a class as plain rows: name, shape, labels, articles, property, states, rules, doc."""
    docs = field_docs(cls)
    return [
        {
            "field": slot.name,
            "shape": shape_of(slot),
            "states": 3 if slot.none_ok else 2,
            "required": slot.required,
            "label_en": slot.term.label.en,
            "label_fi": slot.term.label.fi,
            "label_sv": slot.term.label.sv,
            "articles": list(slot.term.articles),
            "property": slot.term.property or "",
            "read_from": slot.key,
            "rules": [f"ROPA{need.code}" for need in slot.term.needs],
            "doc": docs.get(slot.name, ""),
        }
        for slot in slots(cls)
    ]


def markdown() -> str:
    """Return the field reference as Markdown."""
    lines = [
        "# Field reference",
        "",
        "Generated from the declarations in `src/ropa/model`; do not edit.",
        "",
        "*States*: 3 = not stated, none (`[]`), values; 2 = not stated, values.",
    ]
    for cls in classes():
        label = spec_of(cls).label
        doc = inspect.cleandoc(cls.__doc__ or "")
        lines += ["", f"## {cls.__name__}", "", f"{label.en} · {label.fi} · {label.sv}", "", doc, ""]
        lines += [
            "| field | holds | states | fi | sv | GDPR | DPV | rules | |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for row in rows(cls):
            cells = [
                f"`{row['field']}`" + (" *" if row["required"] else ""),
                row["shape"],
                str(row["states"]),
                row["label_fi"],
                row["label_sv"],
                ", ".join(row["articles"]),
                f"`{row['property']}`" if row["property"] else "",
                ", ".join(row["rules"]),
                row["doc"].replace("|", "\\|"),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])
