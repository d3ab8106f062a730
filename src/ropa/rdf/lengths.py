"""How long: every form in which DPV graphs say it → the fields of a retention rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ropa.errors import ModelError
from ropa.rdf.foreign import Edge, View, tag_of, words_of
from ropa.rdf.terms import XSD, Lit, Object
from ropa.values import duration
from ropa.vocab import ancestors

TIME: Final = "http://www.w3.org/2006/time#"
UNITS: Final = {
    f"{TIME}unit{unit}": form
    for unit, form in {
        "Year": "P{}Y",
        "Month": "P{}M",
        "Week": "P{}W",
        "Day": "P{}D",
        "Hour": "PT{}H",
        "Minute": "PT{}M",
        "Second": "PT{}S",
    }.items()
}
DAY: Final = 86400
ENDLESS: Final = "dpv:EndlessDuration"
UNTIL_TIME: Final = "dpv:UntilTimeDuration"
ALONE: Final = {"dpv:UntilEventDuration": "until", "dpv:IndeterminateDuration": "criterion"}
"""What the text of a duration is, where no period stands beside it: the event, or the criterion."""
MEANT: Final = {"period": "dpv:TemporalDuration", "permanent": ENDLESS, "until": "dpv:UntilEventDuration"}
"""What a field says of the duration's type."""
_INTEGERS = frozenset(f"{XSD}{name}" for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"))
_WHOLE = re.compile(r"\+?(\d+)(?:\.0*)?\Z", re.ASCII)
_TRIED = re.compile(r"-?P?[\d.,YMWDTHS]*\Z", re.ASCII)


class Said(NamedTuple):
    """A field and a value, and the edges that say it."""

    field: str
    value: Any
    edges: tuple[Edge, ...]


def period(value: Object) -> str | None:
    """Return the canonical duration that a literal says, whatever its datatype; a number typed as one is seconds."""
    if not isinstance(value, Lit):
        return None
    text = value.value.strip()
    if value.datatype in _INTEGERS:
        number = _WHOLE.match(text)
        if number is None:
            return None
        # Whole days first: a year and more in seconds is longer than a canonical part may be.
        days, rest = divmod(int(number[1]), DAY)
        text = f"P{days}DT{rest}S"
    try:
        return duration(text)
    except ModelError:
        return None


def counted(number: Object, unit: str) -> str | None:
    """Return the duration of an OWL-Time number and unit, or None if one of them is not whole or not known."""
    match = _WHOLE.match(number.value.strip()) if isinstance(number, Lit) else None
    form = UNITS.get(unit)
    return period(Lit(form.format(match[1]))) if match and form else None


def retention(view: View, made: dict[str, Any], subject: str, language: str) -> None:
    """Add what a storage condition says of its length: `period`, `until`, `permanent`, `criterion`, `description`.

    Where two lengths are said, neither is taken: one of them would be wrong.
    """
    found = list(_condition(view, subject, language))
    for field in dict.fromkeys(said.field for said in found):
        values = [said.value for said in found if said.field == field]
        if all(value == made.get(field, values[0]) for value in values):
            made[field] = values[0]
            view.use(*(edge for said in found if said.field == field for edge in said.edges))


def _condition(view: View, subject: str, language: str) -> Iterator[Said]:
    """Go through what a storage condition says."""
    yield from _counted(view, subject)
    for edge in view.edges(subject, "dpv:hasDuration", "rdf:value"):
        if isinstance(edge.value, Lit):
            yield from _literal(edge, language)
        elif edge.term == ENDLESS:
            yield Said("permanent", True, (edge,))
        elif edge.is_node and not view.marker(edge):
            for said in _node(view, edge.value, language):
                yield said._replace(edges=(edge, *said.edges))


def _literal(edge: Edge, language: str) -> Iterator[Said]:
    """Read a literal: a period, or words about one."""
    found, words = period(edge.value), words_of(edge.value)
    if found is not None:
        yield Said("period", found, (edge,))
    elif words and not _TRIED.match(words):  # a duration that went wrong is no text
        yield from _text("description", edge, language)


def _text(field: str, edge: Edge, language: str) -> Iterator[Said]:
    words = words_of(edge.value)
    tag = tag_of(edge.value, language) if isinstance(edge.value, Lit) else None
    if words and tag:
        yield Said(field, {tag: words}, (edge,))


def _counted(view: View, subject: str) -> Iterator[Said]:
    """Read OWL-Time's number and unit."""
    for number in view.edges(subject, f"{TIME}numericDuration"):
        for unit in view.edges(subject, f"{TIME}unitType"):
            found = counted(number.value, unit.term)
            if found is not None:
                yield Said("period", found, (number, unit))


def _node(view: View, node: str, language: str) -> Iterator[Said]:
    """Go through what a duration says that is a node."""
    kinds = view.closure(node)
    values = view.edges(node, "rdf:value", "dpv:hasDuration")
    found = list(_counted(view, node))
    if "dpv:FixedOccurrencesDuration" in kinds:  # a count is no length of time
        return
    if ENDLESS in kinds:
        found.append(Said("permanent", True, ()))
    for edge in values:
        if UNTIL_TIME in kinds:
            if isinstance(edge.value, Lit) and edge.value.datatype == f"{XSD}date":
                found.append(Said("until", {language: edge.value.value}, (edge,)))
        else:
            found += _literal(edge, language)
    fields = {said.field for said in found}
    field = next((ALONE[kind] for kind in ALONE if kind in kinds and "period" not in fields), "description")
    whole: dict[str, str] = {}
    told: list[Edge] = []
    for edge in view.edges(node, "dct:description", "skos:prefLabel"):
        for said in _text(field, edge, language):
            tag, words = next(iter(said.value.items()))
            told += [edge] if whole.setdefault(tag, words) == words else []
    if whole and field not in fields:
        found.append(Said(field, whole, tuple(told)))
    for said in found:
        meant = UNTIL_TIME if said.field == "until" and UNTIL_TIME in kinds else MEANT.get(said.field)
        types = [kind for kind in view.kinds(node) if meant and kind.term in ancestors(meant)]
        types += [kind for kind in view.edges(node, "rdf:type") if kind.term.startswith(TIME)]
        yield said._replace(edges=(*said.edges, *types))
