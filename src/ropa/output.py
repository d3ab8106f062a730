"""Findings for other programs: JSON, SARIF 2.1.0, JUnit XML, GitHub annotations. Identity codes are masked."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

import attrs
import orjson

from ropa.errors import RopaError
from ropa.findings import FORMAT_VERSION, Finding, Severity
from ropa.rules.registry import FIRST_OWN, RULES, name_of, words
from ropa.rules.secrets import masked

LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
GITHUB: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
PAGES: Final = "https://w3id.org/gdpr-ropa/rules/"


class Result(NamedTuple):
    """What was found in one file."""

    file: str
    findings: Sequence[Finding]
    readable: bool
    record: str | None = None


class Run(NamedTuple):
    """One run of the check over files."""

    results: Sequence[Result]
    as_of: datetime.date
    skipped: int
    facts_verified: str
    version: str
    notes: Sequence[str] = ()

    @property
    def stale(self) -> bool:
        """Say whether the day of the check is past the day on which the facts were last verified."""
        return self.as_of.isoformat() > self.facts_verified


def safe(finding: Finding) -> Finding:
    """Return the finding with identity codes, card and account numbers masked."""
    return attrs.evolve(finding, message=masked(finding.message), hint=masked(finding.hint), path=masked(finding.path))


def _json(data: Any) -> str:
    """Return data as JSON; names of files that are no UTF-8 are escaped."""
    try:
        return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() + "\n"
    except TypeError:  # lone surrogates
        return json.dumps(data, indent=2) + "\n"


def as_json(run: Run) -> str:
    """Return the findings as JSON: see `docs/checking.md` for the form."""
    data = {
        "version": FORMAT_VERSION,
        "as_of": run.as_of.isoformat(),
        "facts_verified": run.facts_verified,
        "skipped": run.skipped,
        "notes": [masked(note) for note in run.notes],
        "files": [
            {
                "file": result.file,
                "readable": result.readable,
                **({"record": result.record} if result.record else {}),
                "findings": [safe(finding).to_dict() for finding in result.findings],
            }
            for result in run.results
        ],
    }
    return _json(data)


def _uri(file: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415  # only for SARIF

    path = PurePath(file)
    name = quote(path.as_posix().encode("utf-8", "surrogateescape"))
    return f"file://{name}" if path.is_absolute() else name


def as_sarif(run: Run) -> str:
    """Return SARIF 2.1.0; the day of the check and the facts' day stand in the run's properties."""
    rules: dict[str, dict[str, Any]] = {}
    for code in sorted({one.code for one in RULES} | {900, 907}):
        text = words(code, "en")
        rules[f"ROPA{code}"] = {
            "id": f"ROPA{code}",
            "name": "".join(part.capitalize() for part in name_of(code).split("-")),
            "shortDescription": {"text": text.title or name_of(code)},
            "fullDescription": {"text": text.what or text.title or name_of(code)},
            **({"helpUri": f"{PAGES}ROPA{code}"} if code < FIRST_OWN else {}),
            "help": {"text": text.hint or text.title or name_of(code)},
        }
    index = {code: place for place, code in enumerate(rules)}
    results = []
    for result in run.results:
        for finding in map(safe, result.findings):
            region = {"startLine": finding.line, "startColumn": finding.column or 1} if finding.line else None
            location: dict[str, Any] = {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.file or result.file)},
                    **({"region": region} if region else {}),
                }
            }
            if finding.path:
                location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "element"}]
            told = f"{finding.message} → {finding.hint}" if finding.hint else finding.message
            results.append(
                {
                    "ruleId": finding.code,
                    "ruleIndex": index[finding.code],
                    "level": LEVELS[finding.severity],
                    "message": {"text": told},
                    "locations": [location],
                    "partialFingerprints": {"ropa/v1": f"{result.record or result.file}#{finding.path}:{finding.code}"},
                    "properties": {"articles": list(finding.articles)},
                }
            )
    data = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ropa",
                        "version": run.version,
                        "informationUri": "https://w3id.org/gdpr-ropa/",
                        "rules": list(rules.values()),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "properties": {"asOf": run.as_of.isoformat(), "factsVerified": run.facts_verified},
                "results": results,
            }
        ],
    }
    return _json(data)


def as_junit(run: Run) -> str:
    """Return JUnit XML: a suite a file, a failure an error or warning; notes stand in system-out."""
    from xml.sax.saxutils import escape as plain  # noqa: PLC0415  # brings half of urllib with it
    from xml.sax.saxutils import quoteattr as quoted  # noqa: PLC0415  # as above

    def escape(text: str) -> str:
        return plain(_NOT_XML.sub(lambda match: ascii(match[0])[1:-1], text))

    def quoteattr(text: str) -> str:
        return quoted(_NOT_XML.sub(lambda match: ascii(match[0])[1:-1], text))

    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    suites, tests, failures, errors = [], 0, 0, 0
    for result in run.results:
        cases = []
        failed = broken = 0
        for finding in map(safe, result.findings):
            place = ":".join(str(part) for part in (finding.line, finding.column) if part is not None)
            name = f"{finding.code} {finding.path}".strip()
            body = escape(f"{result.file}{':' + place if place else ''}\n{finding.message}\n{finding.hint}".strip())
            head = f"    <testcase classname={quoteattr(result.file)} name={quoteattr(name)}>"
            if not result.readable:
                broken += 1
                inner = f"<error message={quoteattr(finding.message)} type={quoteattr(finding.rule)}>{body}</error>"
            elif finding.severity is Severity.NOTE:
                inner = f"<system-out>{body}</system-out>"
            else:
                failed += 1
                kind = quoteattr(f"{finding.severity}: {finding.rule}")
                inner = f"<failure message={quoteattr(finding.message)} type={kind}>{body}</failure>"
            cases.append(f"{head}{inner}</testcase>")
        if not cases:
            cases.append(f'    <testcase classname={quoteattr(result.file)} name="no findings"/>')
        suites += [
            f'  <testsuite name={quoteattr(result.file)} tests="{len(cases)}" failures="{failed}" errors="{broken}">',
            f'    <properties><property name="as_of" value="{run.as_of.isoformat()}"/></properties>',
            *cases,
            "  </testsuite>",
        ]
        tests, failures, errors = tests + len(cases), failures + failed, errors + broken
    lines.append(f'<testsuites name="ropa" tests="{tests}" failures="{failures}" errors="{errors}">')
    return "\n".join([*lines, *suites, "</testsuites>", ""])


def _escape(text: str, *, value: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def as_github(run: Run) -> str:
    """Return GitHub workflow commands, one a finding."""
    lines = []
    for result in run.results:
        for finding in map(safe, result.findings):
            place = [f"file={_escape(finding.file or result.file, value=True)}"]
            place += [f"line={finding.line}"] if finding.line else []
            place += [f"col={finding.column}"] if finding.column else []
            place.append(f"title={_escape(f'{finding.code} {finding.rule}', value=True)}")
            path = f"{finding.path}: " if finding.path else ""
            hint = f" → {finding.hint}" if finding.hint else ""
            lines.append(f"::{GITHUB[finding.severity]} {','.join(place)}::{_escape(path + finding.message + hint)}")
    lines.append(f"::notice title=ropa::{_escape(f'facts as of {run.as_of.isoformat()}')}")
    return "\n".join(lines) + "\n"


WRITERS: Final = {"json": as_json, "sarif": as_sarif, "junit": as_junit, "github": as_github}


def rendered(run: Run, format_: str) -> str:
    """Return a run in json, sarif, junit or github."""
    if format_ not in WRITERS:
        raise RopaError(f"the format {format_!r} is not known: {', '.join(WRITERS)}")
    return WRITERS[format_](run)


def summary(findings: Iterable[Finding]) -> list[tuple[str, str, int]]:
    """Return (code, rule, count), most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        counts[finding.code, finding.rule] = counts.get((finding.code, finding.rule), 0) + 1
    return [(code, rule, count) for (code, rule), count in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]
