"""Rules about the document itself: terms, references, ids, leftovers. They hold in every profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ropa.access import each, join, register_of, resolve
from ropa.model import Record
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST, node_slots, slots
from ropa.vocab import nearest, outdated, renamed

LEFTOVER: Final = re.compile(
    r"</?[a-zA-Z][^<>]*>|&(?:nbsp|amp|lt|gt|#\d+);|\{\{|\}\}|\blorem ipsum\b|"
    r"(?-i:\bTODO\b|\bTBD\b|\bX{3,}\b)|\bxx\.xx\.|"
    r"\[\s*(?:täydennä|lisää|kirjoita|fyll i|ange|insert|fill in|add|your)\b[^\]]*\]|"
    r"\[\s*(?:nimi|name|namn|…|\.\.\.|_+)\s*\]|\((?:s-postiosoite|e-postadress|e-mail address)\)|_{4,}",
    re.IGNORECASE,
)
"""Placeholders and raw markup."""


@rule(901, "unknown-term", Record, hygiene=(MUST, ""))
def unknown_term(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A term is not in DPV 2.3, not the library's, and not the record's own."""
    for place, slot, name in context.concepts:
        if not context.terms.known(name) and renamed(name) is None:
            near = nearest(name, extra=context.terms.own)
            yield Hit(join(place.path, slot.name), {"term": name, "near": ", ".join(near)})


@rule(902, "term-outside-taxonomy", Record, hygiene=(MUST, ""))
def outside_taxonomy(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A term is of another kind than the field takes, for example a purpose where a data category belongs."""
    for place, slot, name in context.concepts:
        if slot.roots and context.terms.known(name) and not context.terms.is_a(name, *slot.roots):
            yield Hit(join(place.path, slot.name), {"term": name, "roots": ", ".join(slot.roots)})


@rule(903, "dangling-reference", Record, hygiene=(MUST, ""))
def dangling(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """An id refers to nothing."""
    for place in context.places:
        for slot in slots(type(place.node)):
            if slot.kind != "ref":
                continue
            value = getattr(place.node, slot.name)
            for name in value if isinstance(value, tuple) else () if value is None else (value,):
                if not resolve(context.index, slot, name, place.path):
                    home = register_of(place.path)
                    known = [
                        other
                        for other, places in context.index.get(slot.ref or "", {}).items()
                        if not places.keys().isdisjoint(("", home))
                    ]
                    yield Hit(
                        join(place.path, slot.name),
                        {"name": name, "target": slot.ref, "known": ", ".join(sorted(known)[:8]) or "–"},
                    )


@rule(904, "duplicate-id", Record, hygiene=(MUST, ""))
def duplicate(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Two nodes of one collection have the same id."""
    for place in context.places:
        for slot in node_slots(type(place.node)):
            value = getattr(place.node, slot.name)
            seen: set[str] = set()
            told: set[str] = set()
            for child in each(value) if slot.many else ():
                if child.id in seen and child.id not in told:
                    told.add(child.id)
                    head = "" if place.path == "" and slot.name == "registers" else slot.name
                    yield Hit(join(place.path, head, child.id), {"name": child.id, "field": slot.name})
                seen.add(child.id)


@rule(905, "outdated-term", Record, hygiene=(ASKED, ""))
def outdated_term(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A term was renamed since an older DPV, or DPV 2.3 means to drop it."""
    for place, slot, name in context.concepts:
        if name not in context.terms.own and outdated(name):
            yield Hit(join(place.path, slot.name), {"term": name, "new": renamed(name) or "–"})


@rule(906, "template-leftover", Record, hygiene=(GOOD, "12(1)"))
def leftover(context: Context, record: Record, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A placeholder or raw markup was left in a text."""
    for place, texts in context.texts:
        told: set[str] = set()
        for field, words in texts:
            match = LEFTOVER.search(words)
            if match and field not in told:
                told.add(field)
                yield Hit(join(place.path, field), {"found": match[0][:40]})
