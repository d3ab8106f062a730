"""Findings as text for a terminal, in English, Finnish and Swedish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import click

from ropa.findings import Finding, Severity
from ropa.output import Result, Run, safe, summary
from ropa.rules.registry import words
from ropa.rules.secrets import masked
from ropa.text import printable

SHOWN: Final = 5
"""How many findings of a file are shown without --full."""
WIDEST: Final = 100
RIGHT: Final = re.compile(r"right: [\w:-]+")
COLOR: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
WORDS: Final = {
    "en": {
        "error": ("error", "errors"),
        "warning": ("warning", "warnings"),
        "note": ("note", "notes"),
        "none": "nothing found",
        "unreadable": "cannot be read",
        "more": "{n} more: --full shows all, with examples",
        "checked": "{n} checked",
        "skipped": "{n} other files skipped",
        "facts": "Facts as of {day}.",
        "end": "No finding is not the same as lawful.",
        "rules": "By rule:",
        "always": "every profile",
    },
    "fi": {
        "error": ("virhe", "virhettä"),
        "warning": ("varoitus", "varoitusta"),
        "note": ("huomio", "huomiota"),
        "none": "ei havaintoja",
        "unreadable": "ei voida lukea",
        "more": "vielä {n}: --full näyttää kaikki esimerkkeineen",
        "checked": "{n} tarkastettu",
        "skipped": "{n} ohitettu",
        "facts": "Tiedot päivän {day} mukaan.",
        "end": "Havaintojen puuttuminen ei tarkoita, että lakia noudatetaan.",
        "rules": "Säännöittäin:",
        "always": "jokainen profiili",
    },
    "sv": {
        "error": ("fel", "fel"),
        "warning": ("varning", "varningar"),
        "note": ("anmärkning", "anmärkningar"),
        "none": "inga iakttagelser",
        "unreadable": "kan inte läsas",
        "more": "{n} till: --full visar alla, med exempel",
        "checked": "{n} har kontrollerats",
        "skipped": "{n} har hoppats över",
        "facts": "Fakta per {day}.",
        "end": "Att inget hittas betyder inte att lagen följs.",
        "rules": "Per regel:",
        "always": "varje profil",
    },
}


def counted(findings: Sequence[Finding], language: str) -> str:
    """Return "2 errors, 1 note"."""
    parts = []
    for severity in Severity:
        count = sum(finding.severity is severity for finding in findings)
        if count:
            one, many = WORDS[language][severity.value]
            parts.append(f"{count} {one if count == 1 else many}")
    return ", ".join(parts) or str(WORDS[language]["none"])


def _caret(finding: Finding, sources: dict[str, list[str]]) -> Iterator[str]:
    """Return the line of the source and a caret under the place."""
    lines = sources.get(finding.file or "")
    if not lines or finding.line is None or finding.line > len(lines):
        return
    line = masked(lines[finding.line - 1].rstrip("\r"))  # before it is cut: a part of a number must not show
    if not any(char.isalnum() for char in line):  # a lone bracket shows nothing
        return
    column = (finding.column or 1) - 1
    start = max(0, column - WIDEST // 2) if len(line) > WIDEST else 0
    number = f"{finding.line:>6} | "
    yield click.style(number, dim=True) + printable(line[start : start + WIDEST].replace("\t", " "))
    yield click.style(" " * (len(number) + column - start) + "^", fg=COLOR[finding.severity])


def _finding(finding: Finding, language: str, sources: dict[str, list[str]], *, full: bool) -> Iterator[str]:
    articles = f"  Art. {', '.join(finding.articles)}" if finding.articles else ""
    one = str(WORDS[language][finding.severity.value][0])
    yield f"  {click.style(one, fg=COLOR[finding.severity])} {finding.code} {finding.rule}{articles}"
    place = ":".join(str(part) for part in (finding.line, finding.column) if part is not None)
    where = f"{place}  {finding.path}".strip()
    # The path says already which node it is.
    message = finding.message.removeprefix(f"{finding.path.rpartition('/')[2]}: ")
    yield "    " + printable(f"{where}: {message}" if where else message)
    yield from _caret(finding, sources)
    if finding.hint:
        yield "    " + printable(f"→ {finding.hint}")
    example = words(int(finding.code.removeprefix("ROPA")), language).example if full else ""
    asked = RIGHT.search(finding.hint)  # the right that is missing, not the example's
    example = RIGHT.sub(asked[0], example) if asked else example
    yield from (f"      {line}" for line in example.strip().splitlines())


def _result(result: Result, language: str, sources: dict[str, list[str]], *, full: bool) -> Iterator[str]:
    text = WORDS[language]
    told = counted(result.findings, language) if result.readable else str(text["unreadable"])
    yield click.style(f"{printable(result.file)}: {told}", bold=True)
    shown = result.findings if full or not result.readable else result.findings[:SHOWN]
    for finding in map(safe, shown):
        other = finding.file != result.file and not result.file.startswith(f"{finding.file}:")
        if other and finding.file is not None:
            yield f"  {printable(finding.file)}"
        yield from _finding(finding, language, sources, full=full and result.readable)
    if len(result.findings) > len(shown):
        yield "  … " + str(text["more"]).format(n=len(result.findings) - len(shown))


def as_text(run: Run, language: str, sources: dict[str, list[str]], *, full: bool) -> Iterator[str]:
    """Return the lines of the text output; `sources` gives the lines of the files, for carets."""
    text = WORDS[language]
    for result in run.results:
        yield from _result(result, language, sources, full=full)
    every = [finding for result in run.results for finding in result.findings]
    if full and len(run.results) > 1 and every:
        yield str(text["rules"])
        yield from (f"  {count:>4}  {code} {rule}" for code, rule, count in summary(every))
    yield from (f"! {note}" for note in run.notes)
    skipped = f", {str(text['skipped']).format(n=run.skipped)}" if run.skipped else ""
    head = str(text["checked"]).format(n=len(run.results))
    yield (
        f"{head}{skipped}: {counted(every, language)}. {str(text['facts']).format(day=run.as_of.isoformat())} "
        f"{text['end']}"
    )
