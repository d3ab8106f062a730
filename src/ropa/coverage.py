"""How much of what a record has to say it says: answered of required for this record, by article.

Of the rules that ask for a field (the declared ones) and the conditional ones
that hold for this record. A stated none counts where the law lets it. What
answers everything reaches 100 %. It is a count, and says nothing of the law
being followed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from ropa.access import Place, each, walk
from ropa.model import Record, Register
from ropa.rules.check import check_record, profiles_of
from ropa.rules.completeness import answered, declared
from ropa.rules.registry import paired
from ropa.spec import GOOD
from ropa.vocab import Terms

GAPS: Final = frozenset(
    {102, 103, 105, 106, 111, 112, 113, 114, 205, 206, 207, 210, 302, 304, 305, 307, 502, 503}
    | {509, 510, 512, 702, 703, 704, 705, 711, 712}
)
"""Conditional rules that ask for something: each of their findings is one more thing required and not answered."""


class Row(NamedTuple):
    """One article: how many things it asks of this record, how many of them are answered, and what is open."""

    article: str
    required: int
    answered: int
    open: tuple[tuple[str, str], ...]


class Coverage(NamedTuple):
    """The count over all, and by article."""

    required: int
    answered: int
    rows: tuple[Row, ...]

    @property
    def share(self) -> float:
        """Return answered of required, 1.0 if nothing is required."""
        return self.answered / self.required if self.required else 1.0


def coverage(record: Record, profiles: Iterable[str] | None = None, as_of: datetime.date | None = None) -> Coverage:
    """Return how much of what this record has to say it says, in its profiles (or the given ones).

    A record without registers has what a register must say still to say.
    """
    asked = frozenset(profiles or ()) - {"fi"} or profiles_of(record)
    items: dict[tuple[int, str], tuple[bool, list[str]]] = {}
    places = list(walk(record))
    if not record.registers:
        places.append(Place(Register(), "registers", None, record))
    terms = Terms(record)
    for place in places:
        under = frozenset(name for notice in each(getattr(place.node, "notices", None)) for name in each(notice.under))
        for found in declared():
            if found.cls is not type(place.node):
                continue
            mine = [name for name in found.need.strength if name in asked and found.need.strength[name] != GOOD]
            if mine:
                path = f"{place.path}/{found.slot.name}".lstrip("/")
                value: Any = getattr(place.node, found.slot.name)
                cited: list[str] = []
                for name in mine:
                    asks = found.need.articles[name]
                    cited += paired(asks, under) if name == "notice" else asks
                items[found.need.code, path] = (answered(found.need, value, terms), list(dict.fromkeys(cited)))
    for finding in check_record(record, asked, as_of, language="en"):
        code = int(finding.code.removeprefix("ROPA"))
        if code in GAPS and (finding.severity.value != "note"):
            # A declared gap is there already; another profile may ask for the same by a rule of its own.
            _, cited = items.pop((code, finding.path), (False, []))
            key = (code, finding.path) if cited else (code, f"{finding.path}#{len(items)}")
            items[key] = (False, list(dict.fromkeys([*cited, *finding.articles])))
    rows: dict[str, list[tuple[tuple[int, str], bool]]] = {}
    for key, (done, articles) in items.items():
        for article in articles:
            rows.setdefault(article, []).append((key, done))
    table = tuple(
        Row(
            article,
            len(found_),
            sum(done for _, done in found_),
            tuple((f"ROPA{code}", path.partition("#")[0]) for (code, path), done in found_ if not done),
        )
        for article, found_ in sorted(rows.items(), key=lambda pair: _order(pair[0]))
    )
    done_all = sum(done for done, _ in items.values())
    return Coverage(len(items), done_all, table)


def _order(article: str) -> tuple[int, str]:
    head = article.partition("(")[0].split(" ")[0]
    return (int(head) if head.isdigit() else 999, article)
