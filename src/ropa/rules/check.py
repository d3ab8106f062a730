"""Running the rules over a record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import attrs

from ropa import io
from ropa.access import register_of
from ropa.errors import RopaError
from ropa.findings import SEVERITY, Finding, Severity, sort_key
from ropa.model import Record
from ropa.rules import bases, completeness, data, flows, governance, hygiene, parties, recipients, retention, rights
from ropa.rules.context import Context
from ropa.rules.registry import HYGIENE, PROFILES, RULES, Hit, Rule, load_own, name_of, paired, words
from ropa.vocab import Facts, label

MODULES: Final = (bases, completeness, data, flows, governance, hygiene, parties, recipients, retention, rights)
"""Importing them registers their rules."""

SILENCES: Final[Mapping[int, frozenset[int]]] = {
    102: frozenset({109}),
    401: frozenset({403}),
    504: frozenset({502, 503}),
    601: frozenset({605}),
    701: frozenset({702, 703, 704, 705, 708, 709, 713}),
    706: frozenset({707, 715}),
}
"""A finding of the first code makes those of the others, in the same register (504: on the same node), needless."""
SAME_NODE: Final = frozenset({504})
WHOLE_RECORD: Final = frozenset({102})
"""What is told of the record silences what stands in its registers."""
LANGUAGES: Final = ("en", "fi", "sv")


class Found(NamedTuple):
    """A hit of a rule in one profile."""

    rule: Rule
    hit: Hit
    profile: str


def profiles_of(record: Record) -> frozenset[str]:
    """Return the profiles that a record asks for by what it says it serves."""
    serves = record.serves or ()
    found = set()
    if "notice" in serves:
        found.add("notice")
    if record.processor is not None and ("record" in serves or not serves):
        found.add("processor")
    elif "record" in serves:
        found.add("record")
    return frozenset(found or {"record", "notice"})


def _asked(record: Record, profiles: Iterable[str] | None) -> frozenset[str]:
    given = frozenset((profiles,) if isinstance(profiles, str) else profiles or ())
    unknown = given - set(PROFILES)
    if unknown:
        raise RopaError(f"unknown profile {', '.join(sorted(unknown))}: there are {', '.join(PROFILES)}")
    # fi goes beside record or notice; alone it is laid over what the record serves.
    return given | profiles_of(record) if given <= {"fi"} else given


def _run(context: Context, rule: Rule, profiles: list[str]) -> Iterator[Found]:
    for place in context.by_class.get(rule.on, []):
        for hit in rule.look(context, place.node, place.path):
            for profile in profiles:
                if hit.profiles is None or profile in hit.profiles:
                    yield Found(rule, hit, profile)


def _crash(rule: Rule, error: Exception) -> Finding:
    return Finding(
        code="ROPA900",
        rule=name_of(900),
        severity=Severity.ERROR,
        message=words(900, "en").message.format(rule=rule.id, error=f"{type(error).__name__}: {error}"),
        hint=words(900, "en").hint,
    )


def _scope(code: int, path: str) -> str:
    """Return within what a rule silences: its node, its register, or the record."""
    return path if code in SAME_NODE else "" if code in WHOLE_RECORD else register_of(path)


def _silenced(found: list[Found]) -> list[Found]:
    told = {(item.rule.code, _scope(item.rule.code, item.hit.path)) for item in found if item.rule.code in SILENCES}
    silencers = {
        code: [one for one, codes in SILENCES.items() if code in codes] for item in found for code in [item.rule.code]
    }
    return [
        item
        for item in found
        if not any((code, _scope(code, item.hit.path)) in told for code in silencers[item.rule.code])
    ]


def _finding(context: Context, group: list[Found], language: str) -> Finding:
    """Make one finding of what several profiles ask alike: all articles, the higher severity."""
    first = group[0]
    register = register_of(first.hit.path)
    node = context.registers.get(register)
    under = context.under(node) if node is not None else frozenset()
    severities: list[Severity] = []
    articles: list[str] = []
    for item in group:
        strength = item.hit.strength or item.rule.strength[item.profile]
        severities.append(SEVERITY[strength])
        own = None if item.profile == "fi" else item.hit.articles
        cited = own or item.rule.articles[item.profile]
        articles += paired(cited, under) if item.profile == "notice" else cited
    texts = words(first.rule.code, language)
    filled = _filled(first.hit.words, language)
    return Finding(
        code=first.rule.id,
        rule=first.rule.name,
        severity=min(severities, key=lambda severity: severity.rank),
        message=texts.message.format_map(filled),
        articles=tuple(dict.fromkeys(articles)),
        path=first.hit.path,
        hint=texts.hint.format_map(filled),
        profiles=tuple(sorted({item.profile for item in group} - {HYGIENE})),
    )


class _Filled(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _filled(given: Mapping[str, Any], language: str) -> _Filled:
    filled = _Filled(given)
    if "right" in given:
        name = str(given["right"])
        filled["right"] = label(name, language, draft=True) or label(name, "en") or name
        filled["term"] = name
    return filled


def check_record(
    record: Record,
    profiles: Iterable[str] | None = None,
    as_of: datetime.date | None = None,
    *,
    language: str | None = None,
    facts: Facts | None = None,
    rules: Iterable[Rule] | None = None,
) -> list[Finding]:
    """Return the findings of a record in memory; see `check`."""
    if rules is None:
        load_own()
    asked = _asked(record, profiles)
    day = as_of or datetime.datetime.now().astimezone().date()
    # Asked of both, a record is checked twice: as the processor's, and as the controller's.
    facts = facts or Facts()
    controllers, processors = asked & {"record", "notice"}, asked & {"processor"}
    contexts = [Context(record, day, facts, profiles_) for profiles_ in (controllers, processors) if profiles_]
    context = contexts[0]
    # Finnish law stands beside record or notice; a processor's record has its closed list.
    finnish = {"fi"} if controllers and (context.is_finnish or "fi" in asked) else set()
    speak = language or (record.language if record.language in LANGUAGES else "en")
    found: list[Found] = []
    crashes: list[Finding] = []
    for rule in RULES if rules is None else rules:
        try:
            for side in contexts:
                always = {HYGIENE, *finnish} if side is context else set()
                wanted = [profile for profile in rule.strength if profile in side.profiles | always]
                found += list(_run(side, rule, wanted)) if wanted else []
        except Exception as error:  # noqa: BLE001  # a rule that fails must not hide what the others find
            crashes.append(_crash(rule, error))
    groups: dict[tuple[int, str, str | None, tuple[tuple[str, Any], ...]], list[Found]] = {}
    for item in _silenced(found):
        words_ = tuple(sorted((k, str(v)) for k, v in item.hit.words.items()))
        key = (item.rule.code, item.hit.path, item.hit.strength, words_)
        groups.setdefault(key, []).append(item)
    made = []
    for group in groups.values():
        try:
            made.append(_remarked(context, _finding(context, group, speak)))
        except Exception as error:  # noqa: BLE001  # as above: texts of a rule from elsewhere may be wrong
            crashes.append(_crash(group[0].rule, error))
    return sorted(made + crashes, key=lambda finding: (finding.severity.rank, *sort_key(finding)))


def _remarked(context: Context, finding: Finding) -> Finding:
    """Quote a remark that the record makes about the place of a finding."""
    register = register_of(finding.path)
    holder = context.registers.get(register)
    remarks = [
        words_
        for source, path in (
            (context.record.remarks, finding.path),
            (holder and holder.remarks, finding.path.partition("/")[2]),
        )
        if source
        for about, words_ in source.items()
        if about and (path == about or path.startswith(f"{about}/"))
    ]
    if not remarks:
        return finding
    return attrs.evolve(finding, message=f"{finding.message} [{'; '.join(str(words_) for words_ in remarks)}]")


def check(
    record: Record | str | Path,
    profiles: Iterable[str] | None = None,
    as_of: datetime.date | str | None = None,
    *,
    language: str | None = None,
    facts: Facts | None = None,
) -> list[Finding]:
    """Return the findings of a record, or of the record in a file or folder; gravest first.

    `profiles`: of record (Art. 30(1)), notice (Art. 13-14), processor
    (Art. 30(2)), fi; left out, what the record says it serves. `as_of`: the
    day for which dated facts are looked up (default today). `language`: of the
    messages (default the record's). `facts`: dated facts of your own.

    Raises ReadError if a file cannot be read, RopaError for a day, language
    or profile that is none. No findings means that these
    rules found nothing, not that the law is followed.
    """
    if language is not None and language not in LANGUAGES:
        raise RopaError(f"language {language!r}: one of {', '.join(LANGUAGES)}")
    try:
        day = datetime.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError:
        raise RopaError(f"as_of is a day (2027-01-31), not {as_of!r}") from None
    if isinstance(record, Record):
        return check_record(record, profiles, day, language=language, facts=facts)
    loaded, source = io.read_path(record)
    return io.locate(check_record(loaded, profiles, day, language=language, facts=facts), source)
