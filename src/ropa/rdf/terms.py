"""Neutral triples: what the writer yields and the reader takes, without any RDF library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from ropa.prefixes import PREFIXES

XSD: Final = PREFIXES["xsd"]
RDF_TYPE: Final = PREFIXES["rdf"] + "type"
STRING: Final = XSD + "string"
DECIMAL: Final = XSD + "decimal"
LANG_STRING: Final = PREFIXES["rdf"] + "langString"


class Lit(NamedTuple):
    """A literal: lexical form, datatype IRI, language tag (lower case, "" if none)."""

    value: str
    datatype: str = STRING
    language: str = ""


Subject: TypeAlias = str
Object: TypeAlias = "str | Lit"
Triple: TypeAlias = "tuple[str, str, Object]"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_TO_ESCAPE = re.compile(r'[\\"\n\r]')


def decimal(value: str) -> str:
    """Return one spelling of a decimal number, in full and with a point; anything else is left alone."""
    try:
        digits = format(Decimal(value), "f")
    except (ArithmeticError, ValueError):
        return value
    return digits if "." in digits else f"{digits}.0"


def lang(value: str, language: str) -> Lit:
    """Make a language-tagged literal."""
    return Lit(value, LANG_STRING, language)


def nt_term(term: Object) -> str:
    """Return a term in N-Triples; blank nodes keep their `_:` name."""
    if isinstance(term, Lit):
        quoted = '"' + _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], term.value) + '"'
        if term.language:
            return f"{quoted}@{term.language}"
        return quoted if term.datatype == STRING else f"{quoted}^^<{term.datatype}>"
    return term if term.startswith("_:") else f"<{term}>"


def ntriples(triples: Iterable[Triple]) -> str:
    """Return sorted N-Triples: the same triples give the same bytes."""
    lines = sorted({f"{nt_term(s)} <{p}> {nt_term(o)} ." for s, p, o in triples})
    return "".join(f"{line}\n" for line in lines)
