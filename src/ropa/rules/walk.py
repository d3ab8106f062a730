"""The texts of a node, for rules that look at words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ropa.spec import slots
from ropa.text import Text


def texts_of(node: Any) -> Iterator[tuple[str, str]]:
    """Return (field, text) for every text and string of a node, each language apart, remarks and own keys included."""
    for slot in slots(type(node)):
        value = getattr(node, slot.name)
        if value is None:
            continue
        if isinstance(value, Text):
            yield from ((slot.name, words) for _, words in value.pairs)
        elif slot.kind == "string":
            yield from ((slot.name, words) for words in (value if isinstance(value, tuple) else (value,)))
        elif slot.kind == "remarks":
            yield from ((slot.name, words) for text in value.values() for words in text.values())
        elif slot.kind == "extra":
            yield from ((slot.name, words) for words in value.values() if isinstance(words, str))
