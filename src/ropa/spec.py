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
from typing import Annotated, Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from ropa import values
from ropa.errors import ModelError
from ropa.text import FrozenMap, Text, as_text, clean, is_id, language_tag

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
        {profile: tuple(part.strip() for part in pair[1].split(",") if part.strip()) for profile, pair in given.items() if pair},
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


def term(
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
_BY_NAME: dict[str, type] = {}


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
        _BY_NAME[cls.__name__] = cls
        return cls

    return register


def classes() -> tuple[type, ...]:
    """Return every model class, in the order of declaration."""
    return tuple(_NODES)


def class_named(name: str) -> type:
    """Return the model class of that name."""
    return _BY_NAME[name]


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


class _Shape(NamedTuple):
    kind: str
    many: bool
    optional: bool
    range: type | None
    marks: tuple[Any, ...]


def _shape(annotation: Any, name: str) -> _Shape:
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
    return _Shape(kind, many, optional, annotation if kind == "node" else None, marks)


def _slot(cls: type, name: str, annotation: Any, required: bool) -> Slot:
    shape = _shape(annotation, name)
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


@functools.cache
def slots(cls: type) -> tuple[Slot, ...]:
    """Return the resolved fields of a model class, id and name first, evidence and extra last.

    Raises TypeError if two fields would be read from the same property: the
    graph could not tell them apart.
    """
    hints = get_type_hints(cls, include_extras=True)
    found = [
        _slot(cls, field.name, hints[field.name], field.default is attrs.NOTHING) for field in attrs.fields(cls)
    ]
    seen: dict[tuple[str, str], str] = {}
    for slot in found:
        place = (slot.term.via.name if slot.term.via and not slot.is_edge else "", slot.key)
        if slot.kind not in MAPS and slot.name != "id" and seen.setdefault(place, slot.name) != slot.name:
            raise TypeError(f"{cls.__name__}: {slot.name} and {seen[place]} are both read from {slot.key}")
    rank = {name: -len(_FIRST) + i for i, name in enumerate(_FIRST)} | {name: i + 1 for i, name in enumerate(_LAST)}
    return tuple(sorted(found, key=lambda slot: rank.get(slot.name, 0)))


@functools.cache
def slot_map(cls: type) -> Mapping[str, Slot]:
    """Return the fields of a class by name."""
    return {slot.name: slot for slot in slots(cls)}


@functools.cache
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


# -- values ------------------------------------------------------------------


def _extra_value(key: str, value: object) -> None:
    if not isinstance(value, str | bool | int | float):
        raise ModelError([(key, "a value of extra is a string, a number, true or false")])
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise ModelError([(key, "not a finite number")])
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise ModelError([(key, "the number is too large (64 bits)")])


def _extra(value: object) -> FrozenMap[Any]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected own keys with values: prefix:name → string, number, true, false")])
    result: dict[str, Any] = {}
    for key, item in value.items():
        prefix, colon, local = str(key).partition(":")
        if not colon or not values.is_prefix(prefix) or not values.is_ncname(local):
            raise ModelError([(str(key), "an own key is prefix:name, with the prefix declared in `prefixes`")])
        _extra_value(key, item)
        result[key] = clean(item) if isinstance(item, str) else item
    return FrozenMap(result)


def _remarks(value: object) -> FrozenMap[Text]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected paths with texts")])
    result: dict[str, Text] = {}
    for path, words in value.items():
        if not isinstance(path, str) or not all(
            part.replace("_", "-").strip("~") and is_id(part.replace("_", "-")) for part in path.split("/") if path
        ):
            raise ModelError([(str(path), "a remark is about a path such as legal_bases or recipients/perinta")])
        try:
            text = as_text(words)
        except ModelError as error:
            raise ModelError([(path, error.problems[0][1])]) from None
        if text is None:
            raise ModelError([(path, "a remark needs a text")])
        result[path] = text
    return FrozenMap(result)


def _prefixes(value: object) -> FrozenMap[str]:
    if not isinstance(value, Mapping):
        raise ModelError([("", "expected prefixes with IRIs")])
    for prefix in value:
        if not isinstance(prefix, str) or not values.is_prefix(prefix):
            raise ModelError([(str(prefix), "a prefix is small letters, digits and hyphens, a letter first")])
    return FrozenMap({prefix: values.iri(namespace) for prefix, namespace in value.items()})


def _typed(expected: type, words: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not expected:
            raise ModelError([("", f"expected {words}, not {_said(value)}")])
        return value

    return check


def _said(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"{value!r:.60}"


def _string(value: Any) -> str:
    text = clean(_typed(str, "a string")(value))
    if not text.strip():
        raise ModelError([("", "the string is empty: leave the field out if the source does not say")])
    return text


def _ref(value: Any) -> str:
    if not isinstance(value, str) or not is_id(value):
        raise ModelError([("", f"{_said(value)} is no id (small letters, digits, single hyphens)")])
    return value


def _id(value: Any) -> str:
    return "" if value == "" else _ref(value)


_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": lambda value: _typed(Text, "a text")(as_text(value)),
    "string": _string,
    "date": values.date,
    "duration": values.duration,
    "language": lambda value: language_tag(_typed(str, "a language tag")(value)),
    "iri": values.iri,
    "id": _id,
    "concept": values.curie,
    "ref": _ref,
    "bool": _typed(bool, "true or false"),
    "int": _typed(int, "a whole number"),
    "extra": _extra,
    "remarks": _remarks,
    "prefixes": _prefixes,
}


def _one(shape: _Shape) -> Callable[[Any], Any]:
    marked = {type(mark): mark for mark in shape.marks}
    if shape.kind == "node":
        expected = shape.range
        assert expected is not None
        return _typed(expected, f"a {expected.__name__}")
    if shape.kind == "choice":
        words = marked[Choice].words

        def choose(value: Any) -> Any:
            if value not in words:
                raise ModelError([("", f"{_said(value)} is none of: {', '.join(words)}")])
            return value

        return choose
    return _CHECKS[shape.kind]


def _many(shape: _Shape, one: Callable[[Any], Any], *, none_ok: bool) -> Callable[[Any], Any]:
    ordered = shape.kind == "node"

    def convert(value: Any) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            raise ModelError([("", f"expected a list, not {_said(value)}")])
        problems, items = [], []
        for index, item in enumerate(value):
            try:
                items.append(one(item))
            except ModelError as error:
                problems += [(f"{index}/{path}".rstrip("/"), message) for path, message in error.problems]
        if problems:
            raise ModelError(problems)
        if not items and not none_ok:
            raise ModelError([("", "an empty list says nothing here: leave the field out")])
        return tuple(items) if ordered else tuple(sorted(set(items)))

    return convert


def prepare(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Give every field the converter that its annotation asks for (an attrs `field_transformer`).

    So Python callers and files are held to the same rules: a list becomes a
    tuple, concepts and references become sorted sets, a bare string for a
    tuple, a wrong type or a wrong syntax raises `ModelError`.
    """

    def ready(field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
        if field.inherited:
            return field
        shape = _shape(field.type, field.name)
        declared = next(mark for mark in shape.marks if isinstance(mark, Term))
        convert = _one(shape)
        if shape.many:
            none_ok = declared.none if declared.none is not None else shape.kind == "node"
            convert = _many(shape, convert, none_ok=none_ok)

        def guarded(value: Any) -> Any:
            if value is None and shape.optional:
                return None
            try:
                return convert(value)
            except ModelError as error:
                raise ModelError([(f"{field.name}/{path}".rstrip("/"), words) for path, words in error.problems]) from None

        return field.evolve(converter=guarded)

    return [ready(field) for field in fields]
