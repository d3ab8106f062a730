"""A finding: what a rule says about a place of a record."""

from __future__ import annotations

import enum
from typing import Any

import attrs

FORMAT_VERSION = 1
"""Version of the JSON form of findings."""


class Severity(enum.StrEnum):
    """How grave a finding is: error, warning or note."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for error, 1 for warning, 2 for note."""
        return ("error", "warning", "note").index(self.value)


SEVERITY = {"must": Severity.ERROR, "asked": Severity.WARNING, "good": Severity.NOTE}
"""What a rule's strength becomes."""


@attrs.frozen(kw_only=True, order=False)
class Finding:
    """What a rule says about a place of a record.

    `code`: `ROPA101` …; `rule`: its name; `articles`: cited exactly, to the
    letter; `path`: the node's IRI fragment without the leading `registers/`,
    then the field; `hint`: what to write, and where; `file`, `line`, `column`:
    where it stands, if it was read from a file (line and column from 1).
    """

    code: str
    rule: str
    severity: Severity
    message: str
    articles: tuple[str, ...] = ()
    path: str = ""
    hint: str = ""
    profiles: tuple[str, ...] = ()
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return one line: place, code, message, hint."""
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        path = f" {self.path}:" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where + ': ' if where else ''}{self.code}{path} {self.message}{hint}"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data; what is absent is left out."""
        data = attrs.asdict(self)
        data["severity"] = self.severity.value
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in data.items()
            if value is not None and value not in ("", ())
        }


def sort_key(finding: Finding) -> tuple[Any, ...]:
    """Order findings by file, place in it, code and message."""
    return (finding.file or "", finding.line or 0, finding.path, finding.code, finding.message)


def malformed(
    message: str, *, path: str = "", hint: str = "", line: int | None = None, column: int | None = None
) -> Finding:
    """Make a ROPA907: a document that cannot become the classes."""
    return Finding(
        code="ROPA907",
        rule="malformed-document",
        severity=Severity.ERROR,
        message=message,
        path=path,
        hint=hint,
        line=line,
        column=column,
    )
