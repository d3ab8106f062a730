"""A foreign DPV graph under its present names: what is said of a node, and which triples were used."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from ropa.errors import ModelError
from ropa.prefixes import PREFIXES
from ropa.rdf.terms import LANG_STRING, STRING, Lit, Object, Triple, nt_term
from ropa.rdf.write import below
from ropa.text import clean, language_tag
from ropa.vocab import ancestors, compact, known, renamed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TYPE: Final = "rdf:type"
BROADER: Final = "skos:broader"
NONE: Final = "dpv:NotApplicable"
UNKNOWN: Final = "dpv:UnknownApplicability"
MARKERS: Final = frozenset({NONE, UNKNOWN, "dpv:NotAvailable"})
"""What is said instead of a value."""
EMAIL: Final = re.compile(r"(?:mailto:)?([^\s@:]+@[^\s@]+\.[^\s@]+)\Z")
PHONE: Final = re.compile(r"(?:tel:)?(\+?[\d\s()./-]{5,})\Z")
_ROUNDS = 64

# Every namespace that DPV has had: v0 under www.w3.org/ns, v1 with dpv- before each part, the SKOS and OWL flavours.
_DPV = re.compile(r"https?://(?:www\.w3\.org/ns|(?:www\.)?w3id\.org)/dpv(?:[/-](?P<path>[^#]+))?#(?P<local>.+)\Z")
_FLAVOURS = frozenset({"", "owl", "skos", "dpv-owl", "dpv-skos"})
_MOVED = {"gdpr": ("legal/eu/gdpr",), "legal": ("loc", "legal/eu", "legal/fi")}


@functools.lru_cache(maxsize=65536)
def present(iri: str) -> str:
    """Return the CURIE that an IRI has in DPV 2.3 or another known vocabulary, or the IRI itself.

    Older namespaces, the OWL and SKOS flavours, and renamed terms are brought up to date.
    """
    match = _DPV.match(iri)
    if match is None:
        return compact(iri.replace("http://schema.org/", "https://schema.org/", 1)) or iri
    parts = [part.removeprefix("dpv-") for part in (match["path"] or "").split("/") if part not in _FLAVOURS]
    path = "/".join(parts)
    names = []
    for place in _MOVED.get(path, (path,)):
        curie = compact(f"https://w3id.org/dpv{'/' if place else ''}{place}#{match['local']}")
        names += [renamed(curie) or curie] if curie is not None else []
    # DPV 0 kept the categories of data in its main namespace.
    names += [f"pd:{match['local']}"] if not path else []
    return next((name for name in names if known(name)), names[0] if names else iri)


class Edge(NamedTuple):
    """What one triple says of its subject.

    `name`: the property under its present name; `value`: the object; `term`: its present name, "" for a literal.
    """

    name: str
    value: Object
    term: str
    triple: Triple

    @property
    def is_node(self) -> bool:
        """Say whether the object is a node of the graph, neither a literal nor a term of a vocabulary."""
        return not isinstance(self.value, Lit) and not known(self.term)

    @property
    def is_lost(self) -> bool:
        """Say whether the object is a name in a vocabulary's namespace that the vocabulary does not have."""
        return self.is_node and self.term.partition(":")[0] in PREFIXES


def _colours(triples: Collection[Triple]) -> dict[str, str]:
    """Return a name for each blank node that is made of what is said about it, not of its label."""
    about: dict[str, list[tuple[str, str, Object]]] = {}
    for s, p, o in triples:
        if s.startswith("_:"):
            about.setdefault(s, []).append((">", p, o))
        if isinstance(o, str) and o.startswith("_:"):
            about.setdefault(o, []).append(("<", p, s))
    colours = dict.fromkeys(about, "")
    # Rounds end when no two nodes can be told apart that could not before; the cap is for graphs made to be slow.
    for _ in range(_ROUNDS):
        before = len(set(colours.values()))

        def key(term: Object, now: Mapping[str, str] = colours) -> str:
            return f"_:{now[term]}" if isinstance(term, str) and term in now else nt_term(term)

        colours = {
            node: hashlib.sha256("\n".join(sorted(f"{way} {p} {key(o)}" for way, p, o in said)).encode()).hexdigest()
            for node, said in about.items()
        }
        if len(set(colours.values())) == before:
            break
    return colours


class View:
    """A graph by subject, under present names; `used` are the triples that the record says."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Index the triples."""
        self.triples = list(dict.fromkeys(triples))
        self.used: dict[Triple, None] = {}
        self._colours = _colours(self.triples)
        self._out: dict[str, list[Edge]] = {}
        self._in: dict[str, list[Edge]] = {}
        self._closures: dict[str, frozenset[str]] = {}
        for triple in self.triples:
            s, p, o = triple
            edge = Edge(present(p), o, "" if isinstance(o, Lit) else present(o), triple)
            self._out.setdefault(s, []).append(edge)
            if not isinstance(o, Lit):
                self._in.setdefault(o, []).append(edge)
        for edges in self._out.values():
            edges.sort(key=lambda edge: (edge.name, self.order(edge.value)))
        for edges in self._in.values():
            edges.sort(key=lambda edge: (edge.name, self.order(edge.triple[0])))
        self._narrower = self._entailed()

    def _entailed(self) -> dict[Triple, list[Triple]]:
        """Return each triple that another one entails by a sub-property, as a reasoner writes them, with that one."""
        found: dict[Triple, list[Triple]] = {}
        for edges in self._out.values():
            same: dict[Object, list[Edge]] = {}
            for edge in edges:
                same.setdefault(edge.value, []).append(edge)
            for group in same.values():
                names = {edge.name for edge in group}
                for edge in group:
                    narrow = names.intersection(below(edge.name)) if len(names) > 1 else set()
                    if narrow:
                        found[edge.triple] = [other.triple for other in group if other.name in narrow]
        return found

    def order(self, term: Object) -> tuple[int, str]:
        """Return a sort key: IRIs by name, then blank nodes by content, then literals."""
        if isinstance(term, Lit):
            return 2, nt_term(term)
        return (1, self._colours[term]) if term in self._colours else (0, term)

    # -- what is said --------------------------------------------------------

    def subjects(self) -> list[str]:
        """Return the subjects in order, without the terms of a vocabulary that the graph may bring along."""
        return sorted((s for s in self._out if not known(present(s))), key=self.order)

    def edges(self, subject: Object, *names: str) -> list[Edge]:
        """Return what is said of a subject, of these properties if any are named; the narrowest property only."""
        if isinstance(subject, Lit):
            return []
        found = self._out.get(subject, [])
        return [edge for edge in found if (not names or edge.name in names) and edge.triple not in self._narrower]

    def into(self, node: Object, *names: str) -> list[Edge]:
        """Return the edges of these properties that lead to a node."""
        found = [] if isinstance(node, Lit) else self._in.get(node, [])
        return [edge for edge in found if not names or edge.name in names]

    def kinds(self, node: Object) -> list[Edge]:
        """Return the types and broader terms that are asserted of a node, known ones only."""
        return [edge for edge in self.edges(node, TYPE, BROADER) if known(edge.term)]

    def closure(self, node: Object) -> frozenset[str]:
        """Return every known class and term that a node is, or falls under."""
        if isinstance(node, Lit):
            return frozenset()
        if node not in self._closures:
            found: set[str] = set()
            queue, seen = [node], {node}
            while queue:
                here = queue.pop()
                if known(present(here)):
                    found |= ancestors(present(here))
                    continue
                for edge in self.edges(here, TYPE, BROADER):
                    if known(edge.term):
                        found |= ancestors(edge.term)
                    elif edge.name == BROADER and isinstance(edge.value, str) and edge.value not in seen:
                        seen.add(edge.value)
                        queue.append(edge.value)
            self._closures[node] = frozenset(found)
        return self._closures[node]

    def marker(self, edge: Edge) -> str | None:
        """Return what is said instead of a value: that it does not apply, is not available, or is unknown."""
        if edge.term in MARKERS:
            return edge.term
        found = {mark.term for mark in self.edges(edge.value, "dpv:hasApplicability")} if edge.is_node else set()
        return None if not found else found.pop() if len(found) == 1 else UNKNOWN

    def identity(self, edge: Edge) -> object:
        """Return what makes the object one with another: its term, its IRI, or all that is said of a blank node."""
        if isinstance(edge.value, Lit) or not edge.value.startswith("_:"):
            return edge.value if isinstance(edge.value, Lit) else edge.term
        said = [(other.name, other.value) for other in self._out.get(edge.value, [])]
        if not said or any(isinstance(value, str) and value.startswith("_:") for _, value in said):
            return edge.value
        return tuple(sorted((name, nt_term(value)) for name, value in said))

    def language(self) -> str:
        """Return the most frequent language tag, or "en"."""
        tags: Counter[str] = Counter()
        for subject in self.subjects():
            for edge in self._out[subject]:
                if isinstance(edge.value, Lit) and tag_of(edge.value, ""):
                    tags[tag_of(edge.value, "") or ""] += 1
        return min(tags, key=lambda tag: (-tags[tag], tag)) if tags else "en"

    # -- what is used --------------------------------------------------------

    def use(self, *edges: Edge) -> None:
        """Note that the record says these."""
        self.used.update((edge.triple, None) for edge in edges)

    def back(self, count: int) -> None:
        """Forget what was used after the first `count`: the attempt came to nothing."""
        while len(self.used) > count:
            self.used.popitem()

    def text(self, edges: Iterable[Edge], language: str) -> dict[str, str]:
        """Return the texts by language and use their edges; a second, other text of a language stays unused."""
        found: dict[str, str] = {}
        for edge in edges:
            words = words_of(edge.value)
            tag = tag_of(edge.value, language) if isinstance(edge.value, Lit) else None
            if words and tag and found.setdefault(tag, words) == words:
                self.use(edge)
        return found

    def unread(self) -> list[Triple]:
        """Return the triples that were not used, in an order that does not depend on blank nodes' labels."""
        for broad, narrow in self._narrower.items():
            if any(triple in self.used for triple in narrow):
                self.used[broad] = None
        left = [triple for triple in self.triples if triple not in self.used]
        return sorted(left, key=lambda t: (self.order(t[0]), t[1], self.order(t[2])))


def words_of(value: Object) -> str | None:
    """Return the words of a plain or tagged literal, or None for anything that no text field can hold."""
    if not isinstance(value, Lit) or value.datatype not in (STRING, LANG_STRING) or tag_of(value, "en") is None:
        return None
    try:
        return clean(value.value) if value.value.strip() else None
    except ModelError:
        return None


def tag_of(value: Lit, default: str) -> str | None:
    """Return the language tag of a literal, the default if it has none, or None if the tag is no tag."""
    try:
        return language_tag(value.language) if value.language else default
    except ModelError:
        return None
