"""Settings of a check: `[tool.ropa]` in `pyproject.toml`, or `ropa.toml`; and the baseline of a pile that exists."""

from __future__ import annotations

import datetime
import fnmatch
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import orjson

from ropa import vocab
from ropa.errors import RopaError
from ropa.findings import Finding, Severity
from ropa.rules.registry import PROFILES, RULES, load_own, name_of
from ropa.vocab import Facts

LEVELS: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}
FILES: Final = ("ropa.toml", "pyproject.toml")
BASELINE_VERSION: Final = 1
KEPT: Final = ("ROPA900", "ROPA907")
"""What nothing hides: a rule that failed, and what cannot be read."""
DAYS: Final = frozenset({"from", "until", "adopted", "valid_until", "in_force", "applies_from", "repealed"})
"""Columns of facts that hold a day, or nothing."""
NEEDED: Final = {**Facts.KEYS, "adequacy": ("decision", "destination")}
"""Columns of facts that hold something."""


class ConfigError(RopaError):
    """The settings cannot be understood; the message says which, and what is known."""


@attrs.frozen
class Suppression:
    """Findings that are not to be shown: of a rule, at paths and files that fit, for a reason, until a day."""

    rule: str
    reason: str
    path: str = "*"
    file: str = "*"
    until: datetime.date | None = None

    def covers(self, finding: Finding, day: datetime.date) -> bool:
        """Say whether the suppression holds for a finding on a day; its last day is `until`."""
        return (
            (self.until is None or day <= self.until)
            and matches(self.rule, finding)
            and fnmatch.fnmatchcase(finding.path, self.path)
            and fnmatch.fnmatchcase((finding.file or "").replace("\\", "/"), self.file)
        )


@attrs.frozen(kw_only=True)
class Settings:
    """What `[tool.ropa]` may say; see `docs/checking.md`."""

    profiles: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = attrs.field(factory=dict)
    suppress: tuple[Suppression, ...] = ()
    fail_on: str | None = None
    lang: str | None = None
    baseline: str | None = None
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    file: str | None = None

    def expired(self, day: datetime.date) -> list[Suppression]:
        """Return the suppressions whose last day has passed."""
        return [one for one in self.suppress if one.until is not None and one.until < day]

    def suppresses(self, finding: Finding, day: datetime.date) -> bool:
        """Say whether a suppression holds for a finding on a day."""
        return finding.code not in KEPT and any(one.covers(finding, day) for one in self.suppress)

    def apply(self, findings: Iterable[Finding], day: datetime.date) -> list[Finding]:
        """Return the findings that are selected and not suppressed, with the severities that the user chose.

        What cannot be read (ROPA907) and a rule that failed (ROPA900) cannot be
        hidden. A severity for a rule goes before one for its group.
        """
        levels = sorted(self.severity.items(), key=lambda pair: _code(pair[0]).endswith("XX"))
        kept = []
        for finding in findings:
            if finding.code in KEPT:
                kept.append(finding)
                continue
            if self.select and not any(matches(rule, finding) for rule in self.select):
                continue
            if any(matches(rule, finding) for rule in self.ignore):
                continue
            if self.suppresses(finding, day):
                continue
            level = next((level for rule, level in levels if matches(rule, finding)), finding.severity)
            kept.append(attrs.evolve(finding, severity=level))
        return kept


def _code(rule: str) -> str:
    return rule.upper().removeprefix("ROPA")


def matches(rule: str, finding: Finding) -> bool:
    """Say whether a rule, by code (`ROPA204`, `204`), group (`2xx`) or name, is the finding's."""
    code = _code(rule)
    return (
        finding.code == f"ROPA{code}"
        or finding.rule == rule
        or (code.endswith("XX") and finding.code.removeprefix("ROPA")[:-2] == code[:-2])
    )


def _known(rule: object, where: str) -> str:
    load_own()
    codes = {str(one.code) for one in RULES} | {f"{one.code // 100}XX" for one in RULES}
    names = {one.name for one in RULES}
    if isinstance(rule, str) and (f"ROPA{_code(rule)}" in KEPT or rule in map(name_of, (900, 907))):
        raise ConfigError(f"{where}: {rule} cannot be hidden, nor its severity changed")
    if not isinstance(rule, str) or (_code(rule) not in codes and rule not in names):
        raise ConfigError(
            f"{where}: there is no rule {rule!r} (a code such as ROPA204, a group such as 2xx, or a name)"
        )
    return rule


def _list(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{key}: a list of strings is expected")
    return tuple(value)


def _suppression(table: Mapping[str, Any]) -> Suppression:
    unknown = set(table) - {"rule", "reason", "path", "file", "until"}
    if unknown:
        raise ConfigError(f"suppress: unknown {', '.join(sorted(unknown))}")
    rule = _known(table.get("rule"), "suppress")
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigError(f"suppress {rule}: a reason is needed")
    until = table.get("until")
    try:
        day = datetime.date.fromisoformat(until) if isinstance(until, str) else until
    except ValueError:
        day = ...
    if day is not None and type(day) is not datetime.date:
        raise ConfigError(f"suppress {rule}: until is a day (2027-01-31)")
    path, file = table.get("path", "*"), table.get("file", "*")
    if not isinstance(path, str) or not isinstance(file, str):
        raise ConfigError(f"suppress {rule}: path and file are patterns, in quotes")
    return Suppression(rule, reason, path, file, day)


def _facts(tables: object) -> dict[str, list[dict[str, str]]]:
    """Return rows of facts with every column that the built-in ones have."""
    if not isinstance(tables, Mapping) or not set(tables) <= set(Facts.KEYS):
        raise ConfigError(f"facts: tables {', '.join(Facts.KEYS)}, with rows as in vocab/facts")
    return {name: [_fact(name, row) for row in _tables(tables[name], f"facts.{name}")] for name in tables}


def _fact(name: str, row: Mapping[str, Any]) -> dict[str, str]:
    columns = vocab.data()["facts"][name][0].keys()
    filled = {**dict.fromkeys(columns, ""), **row}
    filled = {key: value.isoformat() if type(value) is datetime.date else value for key, value in filled.items()}
    if filled.keys() != columns or not all(isinstance(value, str) for value in filled.values()):
        raise ConfigError(f"facts.{name}: a row has strings or days under {', '.join(columns)}")
    if not all(filled[key] for key in NEEDED[name]):
        raise ConfigError(f"facts.{name}: a row needs {', '.join(NEEDED[name])}")
    for key in DAYS & {key for key, value in filled.items() if value}:
        try:
            filled[key] = datetime.date.fromisoformat(filled[key]).isoformat()
        except ValueError:
            raise ConfigError(f"facts.{name}: {key} is a day (2027-01-31), not {filled[key]!r}") from None
    return filled


def _tables(value: object, where: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise ConfigError(f"{where}: tables are expected ([[{where}]])")
    return value


def settings_of(data: Mapping[str, Any], file: str | None = None) -> Settings:
    """Return the settings in a table. Raises ConfigError for what is not understood."""
    plain = {key.replace("-", "_"): value for key, value in data.items()}
    unknown = set(plain) - {field.name for field in attrs.fields(Settings)} | set(plain) & {"file"}
    if unknown:
        raise ConfigError(f"unknown settings: {', '.join(sorted(unknown))}")
    profiles = _list(plain, "profiles")
    if not set(profiles) <= set(PROFILES):
        raise ConfigError(f"profiles: known are {', '.join(PROFILES)}")
    for key, allowed in (("fail_on", ("error", "warning", "never")), ("lang", ("en", "fi", "sv"))):
        if plain.get(key) is not None and plain[key] not in allowed:
            raise ConfigError(f"{key}: one of {', '.join(allowed)}")
    levels = plain.get("severity", {})
    if not isinstance(levels, Mapping) or not all(isinstance(one, str) and one in LEVELS for one in levels.values()):
        raise ConfigError(f"severity: rule = one of {', '.join(LEVELS)}")
    if not isinstance(plain.get("baseline", ""), str):
        raise ConfigError("baseline: the name of a file is expected")
    return Settings(
        profiles=profiles,
        select=tuple(_known(rule, "select") for rule in _list(plain, "select")),
        ignore=tuple(_known(rule, "ignore") for rule in _list(plain, "ignore")),
        severity={_known(rule, "severity"): LEVELS[level] for rule, level in levels.items()},
        suppress=tuple(_suppression(one) for one in _tables(plain.get("suppress", []), "suppress")),
        fail_on=plain.get("fail_on"),
        lang=plain.get("lang"),
        baseline=plain.get("baseline"),
        facts=_facts(plain.get("facts", {})),
        file=file,
    )


def settings_in(path: str | Path) -> Settings:
    """Return the settings of one file: a `ropa.toml`, or any TOML file with `[tool.ropa]`. Raises ConfigError."""
    found = _table(Path(path))
    return Settings() if found is None else found


def load_settings(start: str | Path = ".") -> Settings:
    """Return the settings of the nearest `ropa.toml`, or `pyproject.toml` with `[tool.ropa]`, upwards from a folder."""
    here = Path(start).resolve()
    for folder in (here, *here.parents):
        for name in FILES:
            found = _table(folder / name) if (folder / name).is_file() else None
            if found is not None:
                return found
    return Settings()


def _table(path: Path) -> Settings | None:
    """Return the settings of a file, or None if it is a `pyproject.toml` that has none."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        tool = data.get("tool")
        table = tool.get("ropa") if isinstance(tool, Mapping) else None
        if table is None and path.name == "pyproject.toml":
            return None
        if not isinstance(table, Mapping | None):
            raise ConfigError("tool.ropa: a table is expected")
        return settings_of(data if table is None else table, str(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from None


# -- baseline --------------------------------------------------------------------


def baseline_key(record: str, finding: Finding) -> tuple[str, str, str]:
    """Return by what a baseline knows a finding: record, rule and id path."""
    return (record, finding.code, finding.path)


def baseline_of(findings: Iterable[tuple[str, Finding]]) -> str:
    """Return a baseline of (record id, finding) pairs: by rule and id path, so that lines may move."""
    counts = Counter(baseline_key(record, finding) for record, finding in findings if finding.code not in KEPT)
    rows = [
        {"record": record, "code": code, "path": path, **({"count": count} if count > 1 else {})}
        for (record, code, path), count in sorted(counts.items())
    ]
    data = {"version": BASELINE_VERSION, "findings": rows}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() + "\n"


def read_baseline(path: str | Path) -> Counter[tuple[str, str, str]]:
    """Return how often each finding of a baseline file may occur. Raises ConfigError."""
    try:
        data = orjson.loads(Path(path).read_bytes())
        if data["version"] != BASELINE_VERSION:
            raise ConfigError(f"{path}: baseline version {data['version']!r} is not known")
        rows = {(row["record"], row["code"], row["path"]): row.get("count", 1) for row in data["findings"]}
        if not all(type(count) is int for count in rows.values()):
            raise TypeError("a count is a number")
        return Counter(rows)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}: write it with --update-baseline") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: no baseline of this program ({error})") from None


def beyond(baseline: Counter[tuple[str, str, str]], record: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of a record that the baseline does not hold, and what nothing hides."""
    left = Counter({key: count for key, count in baseline.items() if key[0] == record})
    kept = []
    for finding in findings:
        key = baseline_key(record, finding)
        if left[key] > 0 and finding.code not in KEPT:
            left[key] -= 1
        else:
            kept.append(finding)
    return kept
