"""Terms: CURIEs and IRIs, labels, hierarchy, DPV 2.3 and the library's own concepts, dated facts."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import resources
from typing import Any, Final, NamedTuple

import orjson

from ropa.errors import ModelError
from ropa.model import Record
from ropa.prefixes import OWN, PREFIXES
from ropa.text import slug

DPV_VERSION: Final = "https://w3id.org/dpv/2.3"
CHECKED: Final = "checked"


class Entry(NamedTuple):
    """One term: its DPV types, its parents, its labels, and whether the fi and sv labels were second-read."""

    types: tuple[str, ...]
    parents: tuple[str, ...]
    labels: Mapping[str, str]
    label_status: str
    status: str
    synonyms: tuple[str, ...]


@functools.cache
def data() -> dict[str, Any]:
    """Return the built index (`_data/vocab.json`)."""
    loaded: dict[str, Any] = orjson.loads(resources.files("ropa").joinpath("_data/vocab.json").read_bytes())
    return loaded


def entry(curie: str) -> Entry | None:
    """Return what is known of a term of DPV 2.3 or `ropa:`, or None."""
    raw = data()["terms"].get(curie)
    if raw is None:
        return None
    types, parents, labels, label_status, status, synonyms = raw
    return Entry(tuple(types), tuple(parents), labels, label_status, status, tuple(synonyms))


def known(curie: str) -> bool:
    """Say whether DPV 2.3 or `ropa:` has the term."""
    return curie in data()["terms"]


def renamed(curie: str) -> str | None:
    """Return the present name of a term that an older DPV had, or that 2.3 means to drop."""
    found: str | None = data()["renamed"].get(curie)
    return found


def outdated(curie: str) -> bool:
    """Say whether the term is an older DPV's, or sunset in 2.3."""
    raw = data()["terms"].get(curie)
    return renamed(curie) is not None or (raw is not None and raw[4] in ("sunset", "deprecated", "removed"))


@functools.cache
def ancestors(curie: str) -> frozenset[str]:
    """Return the term and everything above it: parents, types, and what is above those."""
    found: set[str] = set()
    queue = [curie]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        raw = data()["terms"].get(name)
        if raw is not None:
            queue += raw[0] + raw[1]
    return frozenset(found)


def is_a(curie: str, *roots: str) -> bool:
    """Say whether the term is one of the roots, or below one in DPV's or the library's hierarchy."""
    return not ancestors(curie).isdisjoint(roots)


def label(curie: str, language: str, *, draft: bool = False) -> str | None:
    """Return the label in a language; a Finnish or Swedish one only if it was second-read, unless `draft`."""
    found = entry(curie)
    if found is None or (language != "en" and not draft and found.label_status != CHECKED):
        return None
    return found.labels.get(language)


@functools.lru_cache(maxsize=8192)
def _expanded(curie: str) -> str | None:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else None


def expand(curie: str, prefixes: Mapping[str, str] | None = None) -> str:
    """Return the IRI of a CURIE; ModelError if the prefix is unknown."""
    found = _expanded(curie)
    if found is not None:
        return found
    prefix, _, local = curie.partition(":")
    namespace = (prefixes or {}).get(prefix)
    if namespace is None:
        raise ModelError([("", f"the prefix {prefix!r} of {curie} is unknown: declare it in `prefixes`")])
    return namespace + local


@functools.cache
def _by_length() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(PREFIXES.items(), key=lambda pair: -len(pair[1])))


def compact(iri: str, prefixes: Mapping[str, str] | None = None) -> str | None:
    """Return the CURIE of an IRI, or None if no prefix fits."""
    own = sorted((prefixes or {}).items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for prefix, namespace in (*_by_length(), *own):
        if iri.startswith(namespace) and len(iri) > len(namespace):
            local = iri[len(namespace) :]
            if "/" not in local and "#" not in local:
                return f"{prefix}:{local}"
    return None


def _hay(curie: str, found: Entry) -> list[str]:
    return [curie, *found.labels.values(), *found.synonyms]


NEAR: Final = 4
"""Rank of a term that has not the word, but one like it."""


class Hit(NamedTuple):
    """A term that a search found, and how well it fits: 0 is best, NEAR has only a word that is like it."""

    curie: str
    rank: int
    labels: Mapping[str, str]


def search(query: str, *, root: str | None = None, limit: int = 20) -> list[Hit]:
    """Find terms by name, label or synonym in English, Finnish or Swedish; best first.

    `root` keeps the terms below a DPV root such as `dpv:PersonalData`.
    """
    wanted = slug(query).replace("-", " ")
    hits = []
    for curie in data()["terms"]:
        if root is not None and not is_a(curie, root):
            continue
        found = entry(curie)
        assert found is not None
        ranks = []
        for words in _hay(curie, found):
            plain = slug(words).replace("-", " ")
            if plain == wanted or words == query:
                ranks.append(0)
            elif plain.startswith(wanted):
                ranks.append(1)
            elif f" {wanted}" in plain:
                ranks.append(2)
            elif wanted and wanted in plain:
                ranks.append(3)
        if ranks:
            hits.append(Hit(curie, min(ranks), found.labels))
    if not hits:
        near = [name for name in nearest(query, limit) if root is None or is_a(name, root)]
        hits = [Hit(name, NEAR, entry(name).labels) for name in near]  # type: ignore[union-attr]  # nearest names exist
    return sorted(hits, key=lambda hit: (hit.rank, len(hit.curie), hit.curie))[:limit]


@functools.cache
def _folded() -> Mapping[str, str]:
    """Map names and labels, lower case, to CURIEs: what `nearest` looks among."""
    table: dict[str, str] = {}
    for curie in data()["terms"]:
        found = entry(curie)
        assert found is not None
        for words in (curie, curie.partition(":")[2], *found.labels.values(), *found.synonyms):
            table.setdefault(words.lower(), curie)
    return table


@functools.cache
def _pairs() -> Mapping[str, tuple[str, ...]]:
    """Map each pair of letters to the names that have it."""
    table: dict[str, list[str]] = {}
    for name in _folded():
        for pair in {name[place : place + 2] for place in range(len(name) - 1)}:
            table.setdefault(pair, []).append(name)
    return {pair: tuple(names) for pair, names in table.items()}


def _close(word: str, own: Iterable[str], limit: int, cutoff: float) -> list[str]:
    """Return the names most like a word, of those that share most pairs of letters with it."""
    pairs = {word[place : place + 2] for place in range(len(word) - 1)}
    shared = Counter(name for pair in pairs for name in _pairs().get(pair, ()))
    return get_close_matches(word, [*(name for name, _ in shared.most_common(300)), *own], limit, cutoff)


def nearest(word: str, limit: int = 3, extra: Iterable[str] = ()) -> list[str]:
    """Return the known terms whose name or label is most like `word`."""
    own = {name.lower(): name for name in extra}
    folded = word.lower()
    close = _close(folded, own, limit * 3, 0.6)
    local = _close(folded.partition(":")[2] or folded, own, limit * 3, 0.7)
    return list(dict.fromkeys(own.get(name) or _folded()[name] for name in (*close, *local)))[:limit]


class Terms:
    """The vocabulary as one record sees it: DPV, `ropa:`, and the record's own concepts."""

    def __init__(self, record: Record) -> None:
        """Index the record's own concepts."""
        self.prefixes: Mapping[str, str] = record.prefixes or {}
        self.own = {f"{OWN}:{concept.id}": concept for concept in (record.concepts or ())}
        self._own_iri = f"{record.id}#concepts/"

    def known(self, curie: str) -> bool:
        """Say whether DPV 2.3, `ropa:` or the record has the term."""
        return curie in self.own or known(curie)

    def ancestors(self, curie: str) -> frozenset[str]:
        """Return the term and everything above it."""
        if curie not in self.own:
            return ancestors(curie)
        found: set[str] = set()
        queue = [curie]
        while queue:
            name = queue.pop()
            if name in found:
                continue
            found.add(name)
            concept = self.own.get(name)
            if concept is None:
                found |= ancestors(name)
            else:
                queue += [*(concept.broader or ()), *((concept.scheme,) if concept.scheme else ())]
        return frozenset(found)

    def is_a(self, curie: str | None, *roots: str) -> bool:
        """Say whether the term is one of the roots, or below one."""
        return curie is not None and not self.ancestors(curie).isdisjoint(roots)

    def means(self, curie: str | None, *names: str) -> bool:
        """Say whether the term is one of the names, or the record's own and below one; DPV's narrower ones are not."""
        return curie in names or (curie in self.own and self.is_a(curie, *names))

    def any_is(self, curies: Iterable[str] | None, *roots: str) -> bool:
        """Say whether one of the terms is at or below one of the roots."""
        return any(self.is_a(curie, *roots) for curie in curies or ())

    def expand(self, curie: str) -> str:
        """Return the IRI; ModelError for an unknown prefix."""
        prefix, _, local = curie.partition(":")
        return self._own_iri + local if prefix == OWN else expand(curie, self.prefixes)


# -- dated facts ---------------------------------------------------------------


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


class Facts:
    """Dated facts: who is in the EEA, which laws and decisions are in force.

    `overlay` adds rows, or replaces rows of the same key, per table (`places`,
    `adequacy`, `laws`, `authorities`), in the columns of `vocab/facts/*.csv`.
    """

    KEYS: Final = {
        "places": ("place", "code"),
        "adequacy": ("decision",),
        "laws": ("jurisdiction", "number"),
        "authorities": ("authority", "address"),
    }

    def __init__(self, overlay: Mapping[str, Iterable[Mapping[str, str]]] | None = None) -> None:
        """Take the built-in facts, and what the user lays over them."""
        built = data()["facts"]
        self.verified: str = built["verified"]
        self.tables: dict[str, list[dict[str, str]]] = {}
        for name, keys in self.KEYS.items():
            rows = {tuple(row.get(key, "") for key in keys): dict(row) for row in built[name]}
            for row in (overlay or {}).get(name, ()):
                rows[tuple(row.get(key, "") for key in keys)] = dict(row)
            self.tables[name] = list(rows.values())

    def in_eea(self, country: str, day: datetime.date) -> bool | None:
        """Say whether a country (`loc:FI`) was in the EEA on a day; None if it is no country."""
        prefix, _, code = country.partition(":")
        if prefix != "loc" or not is_a(country, "dpv:Country"):
            return None
        return any(
            row["code"] == code and _within(day, row.get("from"), row.get("until"))
            for row in self.tables["places"]
            if row["place"] == "EEA"
        )

    def law(self, jurisdiction: str, number: str) -> Mapping[str, str] | None:
        """Return the row of a law, or None if it is not listed."""
        for row in self.tables["laws"]:
            if row["jurisdiction"] == jurisdiction and row["number"] == number:
                return row
        return None

    def adequacy(self, destination: str, day: datetime.date) -> list[Mapping[str, str]]:
        """Return the adequacy decisions for a destination (`US`, `EPO`) in force on a day."""
        return [
            row
            for row in self.tables["adequacy"]
            if row["destination"] == destination and _within(day, row.get("adopted"), row.get("valid_until"))
        ]


def _within(day: datetime.date, start: str | None, end: str | None) -> bool:
    first, last = _day(start), _day(end)
    return (first is None or first <= day) and (last is None or day <= last)
