"""Triples ↔ bytes: N-Triples, JSON-LD and RDF/XML written here, Turtle and all reading by rdflib."""

from __future__ import annotations

import functools
import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson

from ropa import jsonread
from ropa.codec import MAX_DEPTH
from ropa.errors import ReadError
from ropa.findings import Finding, malformed
from ropa.prefixes import PREFIXES
from ropa.rdf.terms import DECIMAL, LANG_STRING, RDF_TYPE, STRING, Lit, Object, Triple, decimal, nt_term, ntriples

if TYPE_CHECKING:
    from rdflib import Graph

FORMATS: Final = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
"""Our names of the RDF formats → rdflib's."""
_SPLIT = re.compile(r"(.*[/#:])([^\W\d][\w.\-]*)\Z", re.DOTALL)


def _prefixes(triples: Iterable[Triple], extra: dict[str, str]) -> dict[str, str]:
    """Return the prefixes that the triples use."""
    every = {**extra, **PREFIXES}
    terms = {term for s, p, o in triples for term in (s, p, o.datatype if isinstance(o, Lit) else o)}
    used = (pair for pair in every.items() if any(term.startswith(pair[1]) for term in terms))
    return dict(sorted(used))


def to_rdflib(triples: Iterable[Triple], prefixes: dict[str, str] | None = None) -> Graph:
    """Return the triples as an `rdflib.Graph` with the library's prefixes bound."""
    from rdflib import BNode, Graph, Literal, URIRef  # noqa: PLC0415  # rdflib takes 130 ms to import

    graph = Graph(bind_namespaces="none")
    made = list(triples)
    for prefix, namespace in _prefixes(made, prefixes or {}).items():
        graph.bind(prefix, namespace)

    @functools.cache
    def node(term: str) -> Any:
        return BNode(term[2:]) if term.startswith("_:") else URIRef(term)

    for s, p, o in made:
        if not isinstance(o, Lit):
            value: Any = node(o)
        elif o.language:
            value = Literal(o.value, lang=o.language)
        elif o.datatype == STRING:
            value = Literal(o.value)
        else:
            value = Literal(o.value, datatype=node(o.datatype), normalize=False)
        graph.add((node(s), node(p), value))
    return graph


def from_rdflib(graph: Graph) -> list[Triple]:
    """Return the triples of an `rdflib.Graph`; blank nodes get their `_:` name."""
    from rdflib import BNode, Literal  # noqa: PLC0415  # as above

    def term(node: Any) -> Object:
        if isinstance(node, Literal):
            words = str(node).replace("\r\n", "\n").replace("\r", "\n")  # as the model does
            if node.language:
                return Lit(words, LANG_STRING, node.language.lower())
            if str(node.datatype) == DECIMAL:  # the Turtle parser respells small ones (1E-38)
                return Lit(decimal(words), DECIMAL)
            return Lit(words, str(node.datatype) if node.datatype else STRING)
        return f"_:{node}" if isinstance(node, BNode) else str(node)

    return [(str(term(s)), str(p), term(o)) for s, p, o in graph]


def to_pyoxigraph(triples: Iterable[Triple]) -> list[Any]:
    """Return the triples as `pyoxigraph.Triple`s; needs the extra `fast`."""
    from ropa.errors import MissingExtraError  # noqa: PLC0415

    try:
        import pyoxigraph as ox  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtraError("fast", "pyoxigraph", "to_pyoxigraph") from None

    def node(term: str) -> Any:
        return ox.BlankNode(term[2:]) if term.startswith("_:") else ox.NamedNode(term)

    def value(term: Object) -> Any:
        if not isinstance(term, Lit):
            return node(term)
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))

    return [ox.Triple(node(s), ox.NamedNode(p), value(o)) for s, p, o in dict.fromkeys(triples)]


# -- writing -------------------------------------------------------------------


def jsonld_context(prefixes: dict[str, str] | None = None) -> dict[str, str]:
    """Return the inline context of our JSON-LD: prefixes only, so that a key has one meaning."""
    return dict(sorted({**(prefixes or {}), **PREFIXES}.items()))


def _json_value(value: Object, short: Any) -> dict[str, str]:
    if not isinstance(value, Lit):
        return {"@id": short(value)}
    if value.language:
        return {"@language": value.language, "@value": value.value}
    return (
        {"@value": value.value} if value.datatype == STRING else {"@type": short(value.datatype), "@value": value.value}
    )


def jsonld(triples: Iterable[Triple], prefixes: dict[str, str] | None = None) -> str:
    """Return flattened JSON-LD; any processor expands it, offline, to exactly these triples."""
    made = list(dict.fromkeys(triples))
    # A processor takes a prefix for one only if its namespace ends so.
    used = {key: name for key, name in _prefixes(made, prefixes or {}).items() if name[-1] in ":/?#[]@"}

    longest = sorted(used.items(), key=lambda pair: (-len(pair[1]), pair[0]))

    @functools.cache
    def short(iri: str) -> str:
        for prefix, namespace in longest:
            local = iri.removeprefix(namespace)
            if local != iri and local and not local.startswith("//"):
                return f"{prefix}:{local}"
        return iri

    nodes: dict[str, dict[str, Any]] = {}
    for s, p, o in sorted(made, key=lambda t: (t[0], t[1], nt_term(t[2]))):
        node = nodes.setdefault(s, {"@id": s if "#" in s or "/" in s else short(s)})
        if p == RDF_TYPE and not isinstance(o, Lit):
            node.setdefault("@type", []).append(short(o))
        else:
            node.setdefault(short(p), []).append(_json_value(o, short))
    data = {"@context": used, "@graph": list(nodes.values())}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() + "\n"


def rdfxml(triples: Iterable[Triple], prefixes: dict[str, str] | None = None) -> str:
    """Return RDF/XML, subjects and properties sorted."""
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415  # brings half of urllib with it

    made = sorted(dict.fromkeys(triples), key=lambda t: (t[0], t[1], nt_term(t[2])))
    names = {namespace: prefix for prefix, namespace in {**(prefixes or {}), **PREFIXES}.items()}
    used: dict[str, str] = {PREFIXES["rdf"]: "rdf"}
    for _, p, _ in made:
        match = _SPLIT.match(p)
        if match is None:
            raise ValueError(f"<{p}> cannot be a property in RDF/XML")
        used.setdefault(match[1], names.get(match[1]) or f"ns{len(used)}")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<rdf:RDF"]
    lines += [
        f"  xmlns:{prefix}={quoteattr(namespace)}" for namespace, prefix in sorted(used.items(), key=lambda x: x[1])
    ]
    lines[-1] += ">"
    subject = None
    for s, p, o in made:
        if s != subject:
            lines += ["  </rdf:Description>"] if subject is not None else []
            lines.append(f"  <rdf:Description rdf:about={quoteattr(s)}>")
            subject = s
        match = _SPLIT.match(p)
        assert match is not None
        tag = f"{used[match[1]]}:{match[2]}"
        if not isinstance(o, Lit):
            lines.append(f"    <{tag} rdf:resource={quoteattr(o)}/>")
            continue
        kind = (
            f' xml:lang="{o.language}"'
            if o.language
            else ""
            if o.datatype == STRING
            else f" rdf:datatype={quoteattr(o.datatype)}"
        )
        lines.append(f"    <{tag}{kind}>{escape(o.value)}</{tag}>")
    lines += ["  </rdf:Description>"] if subject is not None else []
    return "\n".join([*lines, "</rdf:RDF>", ""])


def serialize(triples: Iterable[Triple], format_: str, prefixes: dict[str, str] | None = None) -> str:
    """Return the triples in `turtle`, `ntriples`, `jsonld` or `rdfxml`; the same triples, the same bytes."""
    if format_ == "ntriples":
        return ntriples(triples)
    if format_ == "jsonld":
        return jsonld(triples, prefixes)
    if format_ == "rdfxml":
        return rdfxml(triples, prefixes)
    ordered = sorted(dict.fromkeys(triples), key=lambda t: (t[0], t[1], nt_term(t[2])))
    return to_rdflib(ordered, prefixes).serialize(format="turtle")


# -- reading -------------------------------------------------------------------


def _wrong(message: str, data: bytes, offset: int, hint: str = "") -> ReadError:
    return ReadError([malformed(message, hint=hint, line=_line(data, offset))])


def _guard_jsonld(data: bytes) -> None:
    """Refuse what would make a processor open a connection: a context that is named, not written out."""
    stack = [("", jsonread.load(data))]
    while stack:
        key, item = stack.pop()
        if isinstance(item, dict):
            stack += item.items()
        elif isinstance(item, list):
            stack += [(key, inner) for inner in item]
        elif isinstance(item, str) and key in ("@context", "@import"):
            message = "the JSON-LD names a remote context, and nothing here opens a connection"
            raise _wrong(message, data, max(data.find(key.encode()), 0), "write the context inline")


# No possessive groups: up to Python 3.11.4 they skip a branch (only single classes may be possessive).
_BRACKETS = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*(?:"""|\Z)|"(?:[^"\\\n]++|\\.)*"?|'
    rb"'''(?:[^'\\]++|\\.|'(?!''))*(?:'''|\Z)|'(?:[^'\\\n]++|\\.)*'?|"
    rb'<[^<>"{}|^`\\\s]*+>|#[^\n]*+|\\.|([\[({])|[\])}]',
    re.DOTALL,
)


def _guard_turtle(data: bytes) -> None:
    """Refuse deep nesting before rdflib's parser, which is recursive, sees it."""
    depth = 0
    for match in _BRACKETS.finditer(data):
        depth += 1 if match[1] else -1 if match[0] in (b"]", b")", b"}") else 0
        if depth > MAX_DEPTH:
            raise _wrong(f"nested more than {MAX_DEPTH} deep", data, match.start())


def _guard_rdfxml(data: bytes) -> None:
    """Refuse document types (so all entities), other encodings and deep nesting."""
    from xml.parsers import expat  # noqa: PLC0415  # only RDF/XML needs it

    parser, depth = expat.ParserCreate(), 0

    def wrong(message: str, hint: str = "") -> ReadError:
        return _wrong(message, data, parser.CurrentByteIndex, hint)

    def declared(_: str, encoding: str | None, *__: Any) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise wrong(f"not UTF-8: the encoding is said to be {encoding}", "save the file as UTF-8")

    def doctype(*_: Any) -> None:
        raise wrong("the RDF/XML declares a document type or entities: refused", "remove the <!DOCTYPE …>")

    def opened(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > 2 * MAX_DEPTH:  # a node and its property are an element each
            raise wrong(f"nested more than {2 * MAX_DEPTH} deep")

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = declared, doctype
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(data, True)  # the argument has no name
    except expat.ExpatError as error:
        message = f"not rdfxml: {expat.ErrorString(error.code)}"
        raise ReadError([malformed(message, line=error.lineno, column=error.offset + 1)]) from None


_GUARDS: Final = {"jsonld": _guard_jsonld, "turtle": _guard_turtle, "rdfxml": _guard_rdfxml}
"""What looks at a document before rdflib does."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging what the reader reports itself."""
    logger = logging.getLogger("rdflib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals (`01` to `1`): what a file says is what is read."""
    import rdflib  # noqa: PLC0415  # as above

    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def parse(data: bytes, format_: str) -> list[Triple]:
    """Return the triples of a document. Raises ReadError, with the line where the parser tells it."""
    from rdflib import Graph  # noqa: PLC0415  # as above

    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
        if format_ in _GUARDS:
            _GUARDS[format_](data)
        graph = Graph(bind_namespaces="none")
        with _quiet(), _as_written():
            graph.parse(io.BytesIO(data), format=FORMATS[format_], publicID="https://w3id.org/gdpr-ropa/base/")
            return from_rdflib(graph)
    except ReadError:
        raise
    except UnicodeDecodeError as error:
        raise ReadError(
            [malformed(f"not UTF-8: {error.reason} at byte {error.start}", line=_line(data, error.start))]
        ) from None
    except RecursionError:
        raise ReadError([malformed("the document is nested too deeply")]) from None
    except Exception as error:  # noqa: BLE001  # rdflib's parsers raise whatever they stumble over
        raise ReadError([_parse_error(error, format_, data)]) from None


def numbered(triples: Iterable[Triple]) -> list[Triple]:
    """Name blank nodes by the order in which they occur: rdflib gives them other names in every run."""
    names: dict[str, str] = {}

    def named(term: Object) -> Object:
        if isinstance(term, Lit) or not term.startswith("_:"):
            return term
        return names.setdefault(term, f"_:b{len(names)}")

    return [(str(named(s)), p, named(o)) for s, p, o in triples]


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _parse_error(error: Exception, format_: str, data: bytes) -> Finding:
    found = re.search(r"line (\d+)", str(error))
    first = str(error).strip().splitlines()
    why = str(getattr(error, "_why", first[0][:200] if first else type(error).__name__))
    line = int(found[1]) if found else None
    at = getattr(error, "_i", None)
    if isinstance(at, int):  # rdflib's BadSyntax: its own count of lines counts some twice
        text = data.decode("utf-8").rstrip()
        line = text.count("\n", 0, len(text) - len(text[at:].lstrip())) + 1
    elif isinstance(error, IndexError) and format_ == "turtle":  # rdflib ran over the end
        why, line = "it ends too early", data.rstrip().count(b"\n") + 1
    elif format_ == "ntriples" and line is None:
        line = _nt_line(data)
    return malformed(f"not {format_}: {why}", line=line)


_NT = re.compile(
    rb'\s*((<[^>]*>|_:[^\s<"]+)\s*<[^>]*>\s*(<[^>]*>|_:[^\s<"]+|"([^"\\]++|\\.)*"(@[\w-]+|\^\^<[^>]*>)?)\s*\.\s*)?(#.*)?\r?\n?\Z'
)


def _nt_line(data: bytes) -> int | None:
    return next((number for number, line in enumerate(data.splitlines(), 1) if not _NT.match(line)), None)
