"""The rules that the declarations give: a field that a document must state, and does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ropa.access import each, join
from ropa.rules.context import Context
from ropa.rules.registry import RULES, Hit, Rule, name_of
from ropa.spec import Need, Slot, classes, slots
from ropa.vocab import Terms


class Declared(NamedTuple):
    """A completeness rule where it is declared."""

    cls: type
    slot: Slot
    need: Need


def declared() -> list[Declared]:
    """Return every completeness rule of the declarations."""
    return [Declared(cls, slot, need) for cls in classes() for slot in slots(cls) for need in slot.term.needs]


def counts(need: Need, value: Any, terms: Terms) -> bool:
    """Say whether one value answers the rule."""
    if need.only is not None:
        return terms.means(getattr(value, need.only[0]), *need.only[1])
    if need.ignore is not None:
        return not terms.means(getattr(value, need.ignore[0]), *need.ignore[1])
    return True


def answered(need: Need, value: Any, terms: Terms) -> bool:
    """Say whether a field's value answers the rule; a stated none only where the law lets it."""
    if value is None:
        return False
    if value == ():
        return need.none_answers
    return any(counts(need, one, terms) for one in (each(value) if isinstance(value, tuple) else (value,)))


def _rule(cls: type, slot: Slot, need: Need) -> Rule:
    def look(context: Context, node: Any, path: str) -> Iterator[Hit]:
        value = getattr(node, slot.name)
        if not answered(need, value, context.terms):
            yield Hit(join(path, slot.name), {"field": slot.name})

    articles: Mapping[str, tuple[str, ...]] = need.articles
    return Rule(
        code=need.code,
        name=name_of(need.code),
        on=cls,
        strength=need.strength,
        articles=articles,
        look=look,
        doc=f"{slot.term.label.en}: not stated.",
    )


RULES.extend(_rule(*found) for found in declared())
