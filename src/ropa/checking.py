"""Checking files: what `ropa check` does between its options and its output."""

from __future__ import annotations

import datetime
import glob
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from ropa import __version__, io
from ropa.config import Settings, baseline_key, beyond, read_baseline
from ropa.errors import ReadError
from ropa.findings import Finding
from ropa.model import Record
from ropa.output import Result, Run
from ropa.rules import check_record
from ropa.vocab import Facts

LANGUAGES = ("en", "fi", "sv")
LINES = ".jsonl"
Progress = Callable[[Sequence[str]], Iterable[str]]
Reader = Callable[[str], tuple[Record, io.Source]]


def expanded(paths: Iterable[str]) -> list[str]:
    """Return the paths with patterns (`*`, `?`, `[…]`) written out, for shells that do not."""
    found: list[str] = []
    for path in paths:
        pattern = any(sign in path for sign in "*?[") and not Path(path).exists()
        found += sorted(glob.glob(path, recursive=True)) or [path] if pattern else [path]  # noqa: PTH207  # absolute ones too
    return list(dict.fromkeys(found))


def _lines(path: str) -> Iterator[tuple[str, bytes, int]]:
    """Return the records of a JSON Lines file, one a line."""
    with Path(path).open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield f"{path}:{number}", raw, number


class Checker:
    """One run of the check, with its settings."""

    def __init__(
        self,
        settings: Settings,
        day: datetime.date,
        *,
        profiles: Sequence[str] = (),
        language: str | None = None,
        baseline: str | None = None,
    ) -> None:
        """Options of the command line go before settings of a file."""
        self.settings = settings
        self.day = day
        self.profiles = tuple(profiles) or settings.profiles
        self.language = language or settings.lang
        self.facts = Facts(settings.facts)
        self.baseline = read_baseline(baseline) if baseline else None
        self.every: list[tuple[str, Finding]] = []
        self.languages: set[str] = set()
        self.files: dict[str, list[str]] = {}
        self.suppressed = self.known = 0

    def found(self, record: Record, source: io.Source) -> list[Finding]:
        """Return the findings of one record: selected, not suppressed, beyond the baseline."""
        self.languages.add(record.language)
        raw = check_record(record, self.profiles, self.day, language=self.language, facts=self.facts)
        placed = io.locate(raw, source)
        self.suppressed += sum(self.settings.suppresses(finding, self.day) for finding in placed)
        kept = self.settings.apply(placed, self.day)
        kept.sort(key=lambda finding: (finding.severity.rank, finding.line or 0))
        self.every += [(record.id, finding) for finding in kept]
        if self.baseline is None:
            return kept
        shown = beyond(self.baseline, record.id, kept)
        # What a baseline holds is used once: the same record in a second file is new.
        every, new = (Counter(baseline_key(record.id, finding) for finding in some) for some in (kept, shown))
        self.baseline.subtract(every - new)
        self.known += len(kept) - len(shown)
        return shown

    def one(self, name: str, read: Callable[[], tuple[Record, io.Source]]) -> Result:
        """Check one record; one that cannot be read is a result too."""
        try:
            record, source = read()
        except ReadError as error:
            return Result(name, error.findings, readable=False)
        self.files.setdefault(record.id, []).append(name)
        return Result(name, self.found(record, source), readable=True, record=record.id)

    def lines(self, path: str) -> Iterator[Result]:
        """Check the records of a JSON Lines file; a finding's line is the record's."""
        for name, raw, number in _lines(path):
            result = self.one(name, lambda raw=raw: io.read_bytes(raw, "json", path))  # type: ignore[misc]  # raw is bound now
            placed = [
                attrs.evolve(finding, file=path, line=number, column=finding.column) for finding in result.findings
            ]
            yield result._replace(findings=placed)

    def run(self, paths: Sequence[str], read: Reader, progress: Progress) -> Run:
        """Check everything under some paths."""
        named = expanded(path for path in paths if path != "-")
        lines = [path for path in named if path.endswith(LINES)]
        found, skipped = io.record_paths(path for path in named if not path.endswith(LINES))
        names = [*map(str, found), *lines, *(["-"] if "-" in paths else [])]
        results: list[Result] = []
        for name in progress(names):
            if name in lines:
                try:
                    results += self.lines(name)
                except OSError as error:
                    results.append(Result(name, [io.unreadable(name, error)], readable=False))
            else:
                results.append(self.one(name, lambda name=name: read(name)))  # type: ignore[misc]  # name is bound now
        return Run(results, self.day, skipped, self.facts.verified, __version__, self.notes())

    @property
    def speaks(self) -> str:
        """Return the language of what is said of the run: the chosen one, else that of its records, else English."""
        found = [self.language] if self.language else sorted(self.languages)
        one = found[0] if len(found) == 1 else "en"
        return one if one in LANGUAGES else "en"

    def notes(self) -> list[str]:
        """Return what the reader of any output should know of the run."""
        told = [
            f"suppression of {one.rule} ({one.reason}) ended on {one.until}" for one in self.settings.expired(self.day)
        ]
        if self.suppressed or self.known:
            told.append(f"not shown: {self.suppressed} suppressed, {self.known} in the baseline")
        told += [
            f"the id {name} is in {len(files)} files: {', '.join(files)}"
            for name, files in self.files.items()
            if len(files) > 1
        ]
        if self.day.isoformat() > self.facts.verified:
            told.append(
                f"dated facts were last verified on {self.facts.verified}: what changed since is not known here"
            )
        return told
