"""Canonical forms of the plain values: dates, durations, CURIEs, IRIs."""

from __future__ import annotations

import datetime
import re

from ropa.errors import ModelError

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z", re.ASCII
)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z", re.ASCII)
_CURIE = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NCNAME = re.compile(r"[^\W\d][\w.\-\u00b7]*\Z")
_PREFIX = re.compile(r"[a-z][a-z0-9-]*\Z")
# Absolute IRI: a scheme, then none of the characters that N-Triples forbids inside <>.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\ud800-\udfff\ufffe\uffff]+\Z")
_LONGEST = 6


def _wrong(message: str) -> ModelError:
    return ModelError([("", message)])


def duration(value: object) -> str:
    """Return an ISO 8601 duration in canonical form (P120M → P10Y, P2W → P14D).

    Raises ModelError for anything else: negative, empty (`P`), with fractions,
    or with a part of more than six digits.
    """
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()) or str(value).endswith("T"):
        raise _wrong(f"{value!r:.80} is no ISO 8601 duration without sign or fractions (for example P10Y, P6M, P30D)")
    if any(len(part) > _LONGEST for part in match.groups() if part):
        raise _wrong(f"{value!r:.80} has a part of more than {_LONGEST} digits")
    years, months, weeks, days, hours, minutes, seconds = (int(part) if part else 0 for part in match.groups())
    years, months = years + months // 12, months % 12
    minutes, seconds = minutes + seconds // 60, seconds % 60
    hours, minutes = hours + minutes // 60, minutes % 60
    days, hours = days + 7 * weeks + hours // 24, hours % 24
    date = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (days, "D")) if n)
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{date}{'T' + time if time else ''}" if date or time else "P0D"


def date(value: object) -> str:
    """Return an ISO 8601 date: `2022-04-08`, or what the source tells of it, `2022-04` or `2022`.

    A `datetime.date` is taken as well. Raises ModelError for a day that does not exist.
    """
    if isinstance(value, datetime.datetime):
        raise _wrong("a date is expected, without a time")
    text = value.isoformat() if isinstance(value, datetime.date) else value
    if isinstance(text, str) and _DATE.match(text):
        try:
            datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
        except ValueError:
            pass
        else:
            return text
    raise _wrong(f"{value!r:.80} is no date (ISO 8601: 2022-04-08, or 2022-04, or 2022)")


def curie(value: object) -> str:
    """Return a compact IRI such as `dpv:Purpose`, or raise ModelError."""
    if not isinstance(value, str) or not _CURIE.match(value):
        raise _wrong(f"{value!r:.80} is no term (prefix:Name, for example dpv:Customer)")
    return value


def iri(value: object) -> str:
    """Return an absolute IRI that RDF can carry, or raise ModelError."""
    if not isinstance(value, str) or not _IRI.match(value):
        raise _wrong(f"{value!r:.80} is no absolute IRI (for example https://example.org/x)")
    return value


def is_prefix(value: str) -> bool:
    """Say whether `value` can be a prefix: small letters, digits, hyphens, a letter first."""
    return bool(_PREFIX.match(value))


def is_ncname(value: str) -> bool:
    """Say whether `value` is an XML NCName, as RDF/XML needs of every property's local name."""
    return bool(_NCNAME.match(value))
