"""The error tree: everything the library raises on purpose is a `RopaError`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ropa.findings import Finding


class RopaError(Exception):
    """Root of the library's errors."""


class ModelError(RopaError, ValueError):
    """A value cannot become a node of the model.

    `problems` holds (path, message) pairs; the path is relative to the node
    that was being built, with "/" between its parts.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        """Keep the (path, message) pairs; the first ones make the message."""
        self.problems = tuple(problems)
        shown = "; ".join(f"{path}: {message}" if path else message for path, message in self.problems[:5])
        more = f" (+{len(self.problems) - 5} more)" if len(self.problems) > 5 else ""
        super().__init__(shown + more)


class _FindingsError(RopaError):
    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings[:5]))


class ReadError(_FindingsError):
    """A document cannot become the classes; `findings` are ROPA907, with path and line."""


class WriteError(_FindingsError):
    """A record cannot be written in the chosen form; `findings` say where and why."""


class PathError(RopaError, LookupError):
    """A path leads nowhere in the record."""


class MissingExtraError(RopaError, ImportError):
    """An optional dependency is absent; the message names the extra that brings it."""

    def __init__(self, extra: str, package: str, what: str) -> None:
        """Name the extra that would bring `package`, and what it is for."""
        super().__init__(f"{what} needs the package {package}: pip install 'gdpr-ropa[{extra}]'", name=package)
