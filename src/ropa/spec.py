"""The one reader of field declarations: `term()` and `node()` write them, `slots()` resolves them.

A field is declared once, in `ropa.model`. Its type says the shape, its markers
(`In`, `Ref`, `Format`, `Choice`) what the plain values mean, and its `term()`
the RDF property, the articles, the labels and the completeness rules. Every
format, the schema, the shapes and the documentation are loops over `slots()`.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin

import attrs

from ropa.text import Text

T = TypeVar("T")

MUST: Final = "must"
"""The law says that this document shall contain it: an error."""
ASKED: Final = "asked"
"""The law says "where possible" or "if any", or an authority asks: a warning."""
GOOD: Final = "good"
"""Good practice: a note."""


class Label(NamedTuple):
    """A label in the three languages of the library."""

    en: str
    fi: str
    sv: str


class In(NamedTuple):
    """Marks a CURIE: a term below one of these DPV roots."""

    roots: tuple[str, ...]

    @staticmethod
    def of(*roots: str) -> In:
        """Make the marker from its roots."""
        return In(roots)


class Ref(NamedTuple):
    """Marks a reference: the id of a node of this class."""

    target: str


class Format(NamedTuple):
    """Marks a string with a syntax of its own: date, duration, language, iri, id."""

    name: str


class Choice(NamedTuple):
    """Marks a string that is one of a few words."""

    words: tuple[str, ...]


class Via(NamedTuple):
    """A structure node between a node and a value: `<node>/~<name>`, linked by `property`, with `types`."""

    name: str
    property: str
    types: tuple[str, ...]


class Need(NamedTuple):
    """A completeness rule that a declaration gives: the field must be stated in a profile.

    `strength` and `articles` are per profile (record, notice, processor).
    `none_answers` says whether a stated none is an answer in law.
    `only` keeps the values that count: those whose field is one of the terms;
    `ignore` drops the values whose field is one of the terms.
    """

    code: int
    strength: Mapping[str, str]
    articles: Mapping[str, tuple[str, ...]]
    none_answers: bool = False
    only: tuple[str, tuple[str, ...]] | None = None
    ignore: tuple[str, tuple[str, ...]] | None = None


def need(
    code: int,
    *,
    record: tuple[str, str] | None = None,
    notice: tuple[str, str] | None = None,
    processor: tuple[str, str] | None = None,
    none_answers: bool = False,
    only: tuple[str, tuple[str, ...]] | None = None,
    ignore: tuple[str, tuple[str, ...]] | None = None,
) -> Need:
    """Declare a completeness rule: per profile its strength and its articles (comma-separated)."""
    given = {"record": record, "notice": notice, "processor": processor}
    return Need(
        code,
        {profile: pair[0] for profile, pair in given.items() if pair},
        {
            profile: tuple(part.strip() for part in pair[1].split(",") if part.strip())
            for profile, pair in given.items()
            if pair
        },
        none_answers,
        only,
        ignore,
    )


class Term(NamedTuple):
    """What a field means; see `term()`."""

    property: str | None
    label: Label
    articles: tuple[str, ...]
    needs: tuple[Need, ...]
    key: str | None
    via: Via | None
    also: str | None
    typed: bool
    implies: Mapping[str, tuple[str, str]]
    on_process: bool
    none: bool | None
    beside: bool
    down: bool


def term(  # noqa: PLR0913  # everything that a field means is said here, and only here
    property_: str | None,
    en: str,
    fi: str,
    sv: str,
    *,
    articles: str = "",
    needs: Iterable[Need] = (),
    key: str | None = None,
    via: Via | None = None,
    also: str | None = None,
    typed: bool = False,
    implies: Mapping[str, tuple[str, str]] | None = None,
    on_process: bool = False,
    none: bool | None = None,
    beside: bool = False,
    down: bool = False,
) -> Term:
    """Declare what a field means.

    `property_`: the DPV, DCT, SKOS, schema.org or `ropa:` property (a CURIE).
    `en`, `fi`, `sv`: its labels. `articles`: GDPR articles, comma-separated.
    `needs`: its completeness rules. `key`: another read property than the usual
    (`ropa:<fieldName>` for nodes and references, `property_` for values).
    `via`: the structure node that DPV puts between. `also`: a second property
    that repeats the literal for DPV-only readers. `typed`: the concept, or its
    DPV types, are written as `rdf:type` too. `implies`: value → a DPV triple
    that this value means. `on_process`: naming it makes its node a pairing.
    `none`: whether `()`, stated none, is allowed (default: for nodes only).
    `beside`: the children are linked wherever their parent is, by its property.
    `down`: what the record states is written on each register too.
    """
    split = tuple(part.strip() for part in articles.split(",") if part.strip())
    return Term(
        property_,
        Label(en, fi, sv),
        split,
        tuple(needs),
        key,
        via,
        also,
        typed,
        implies or {},
        on_process,
        none,
        beside,
        down,
    )


class NodeSpec(NamedTuple):
    """What a class means in RDF and to a reader."""

    types: tuple[str, ...]
    label: Label
    name_property: str
    id_from: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]


_NODES: dict[type, NodeSpec] = {}


def node(
    *types_: str,
    label: tuple[str, str, str],
    name: str = "skos:prefLabel",
    id_from: tuple[str, ...] = ("name", "concepts"),
    constants: tuple[tuple[str, str], ...] = (),
) -> Callable[[type[T]], type[T]]:
    """Register a model class: its DPV types, labels, name property, and which fields its id can come from."""

    def register(cls: type[T]) -> type[T]:
        _NODES[cls] = NodeSpec((*types_, f"ropa:{cls.__name__}"), Label(*label), name, id_from, constants)
        return cls

    return register


def classes() -> tuple[type, ...]:
    """Return every model class, in the order of declaration."""
    return tuple(_NODES)


def spec_of(cls: type) -> NodeSpec:
    """Return what `node()` declared for the class."""
    return _NODES[cls]


@attrs.frozen
class Slot:
    """One field, fully resolved.

    `kind` is one of text, string, date, duration, language, iri, id, choice,
    concept, ref, bool, int, node, extra, remarks, prefixes.
    """

    name: str
    kind: str
    many: bool
    required: bool
    none_ok: bool
    range: type | None
    roots: tuple[str, ...]
    ref: str | None
    words: tuple[str, ...]
    term: Term
    key: str

    @property
    def is_edge(self) -> bool:
        """Say whether the values are nodes or references to nodes."""
        return self.kind in {"node", "ref"}


MAPS: Final = {"extra", "remarks", "prefixes"}
_FIRST = ("id", "language", "serves", "name", "description")
_LAST = ("remarks", "evidence", "prefixes", "extra")


def camel(name: str) -> str:
    """Return `snake_case` as `camelCase`, the local name of a field's own property."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


class Shape(NamedTuple):
    """What an annotation says of the values: kind, number, whether absent, class, markers."""

    kind: str
    many: bool
    optional: bool
    range: type | None
    marks: tuple[Any, ...]


def shape_of(annotation: Any, name: str) -> Shape:
    """Return the shape that an annotation means. Raises TypeError for one that the model does not have."""
    marks: tuple[Any, ...] = ()
    many = optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            marks += tuple(more)
        elif origin in (Union, types.UnionType):
            inner = [arg for arg in get_args(annotation) if arg is not type(None)]
            if len(inner) != 1:
                raise TypeError(f"{name}: a union of {inner} is no shape of the model")
            annotation, optional = inner[0], True
        elif origin is tuple:
            annotation, many = get_args(annotation)[0], True
        else:
            break
    marked = {type(mark): mark for mark in marks}
    if Format in marked:
        kind = marked[Format].name
    elif annotation is str:
        kind = next((k for m, k in ((In, "concept"), (Ref, "ref"), (Choice, "choice")) if m in marked), "string")
    elif annotation in (bool, int):
        kind = annotation.__name__
    elif annotation is Text:
        kind = "text"
    else:
        kind = "node"
    return Shape(kind, many, optional, annotation if kind == "node" else None, marks)


def _slot(cls: type, name: str, annotation: Any, required: bool) -> Slot:
    shape = shape_of(annotation, name)
    marked = {type(mark): mark for mark in shape.marks}
    declared: Term = marked[Term]
    if name == "name":
        declared = declared._replace(property=spec_of(cls).name_property)
    edge = shape.kind in {"node", "ref"}
    none_ok = shape.many and (declared.none if declared.none is not None else shape.kind == "node")
    key = declared.key or (f"ropa:{camel(name)}" if edge or declared.property is None else declared.property)
    return Slot(
        name=name,
        kind=shape.kind,
        many=shape.many,
        required=required,
        none_ok=none_ok,
        range=shape.range,
        roots=marked[In].roots if In in marked else (),
        ref=marked[Ref].target if Ref in marked else None,
        words=marked[Choice].words if Choice in marked else (),
        term=declared,
        key=key,
    )


def remembered(function: Callable[[type], T]) -> Callable[[type], T]:
    """Ask a function once for each class."""
    known: dict[int, T] = {}  # by identity: the classes live as long as the program

    @functools.wraps(function)
    def ask(cls: type) -> T:
        found = known.get(id(cls))
        if found is None:
            found = known[id(cls)] = function(cls)
        return found

    return ask


@remembered
def slots(cls: type) -> tuple[Slot, ...]:
    """Return the resolved fields of a model class, id and name first, evidence and extra last.

    Raises TypeError if two fields would be read from the same property: the
    graph could not tell them apart.
    """
    fields: Any = attrs.fields(cls)
    found = [_slot(cls, field.name, field.type, field.default is attrs.NOTHING) for field in fields]
    seen: dict[tuple[str, str], str] = {}
    for slot in found:
        place = (slot.term.via.name if slot.term.via and not slot.is_edge else "", slot.key)
        if slot.kind not in MAPS and slot.name != "id" and seen.setdefault(place, slot.name) != slot.name:
            raise TypeError(f"{cls.__name__}: {slot.name} and {seen[place]} are both read from {slot.key}")
    rank = {name: -len(_FIRST) + i for i, name in enumerate(_FIRST)} | {name: i + 1 for i, name in enumerate(_LAST)}
    return tuple(sorted(found, key=lambda slot: rank.get(slot.name, 0)))


@remembered
def slot_map(cls: type) -> Mapping[str, Slot]:
    """Return the fields of a class by name."""
    return {slot.name: slot for slot in slots(cls)}


@remembered
def node_slots(cls: type) -> tuple[Slot, ...]:
    """Return the fields that hold child nodes."""
    return tuple(slot for slot in slots(cls) if slot.kind == "node")


NARROWED: Final = frozenset(
    {
        "dpv:hasRecipient",
        "dpv:hasTechnicalOrganisationalMeasure",
        "dpv:hasOrganisationalMeasure",
        "dpv:hasAssessment",
    }
)
"""Properties beside which the writer adds their sub-properties for a child of the fitting type.

A closed list: under others this would write falsehoods (`dpv:isOutsideOfLocation`).
"""
NOT_NARROWED_TO: Final = frozenset({"dpv:hasRecordOfActivity"})
NO_RECIPIENTS: Final = ("dpv:OrganisationalUnit", "dpv:DataSubject")
"""Kinds of `Recipient` that are none in the sense of Art. 4(9): internal units, and the data subject himself."""
