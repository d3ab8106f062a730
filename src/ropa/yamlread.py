"""YAML → plain data, strictly: no tags, no anchors, no repeated keys, bounded depth, types left to the fields."""

from __future__ import annotations

from typing import Any, TypeAlias

from ropa.codec import MAX_DEPTH, Plain
from ropa.errors import ReadError
from ropa.findings import malformed

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

HINTS = {
    "mapping values are not allowed": "put a text that has a colon in quotes; or the line is indented too far",
    "that cannot start any token": "indent with spaces, not tabs; put a text that begins with a sign in quotes",
    "expected <block end>": "lines of one list or one node begin in the same column",
    "end of stream": "a quote that was opened somewhere above is not closed",
}
"""What to do about the parser's commonest complaints."""

Keys: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""
Places: TypeAlias = dict[Keys, tuple[int, int]]
"""Where a key or an item stands: line and column, from 1."""


def spelled(keys: Keys) -> str:
    """Return keys and indexes as the path of a finding: `[2]/name`."""
    return "/".join(f"[{key}]" if isinstance(key, int) else key for key in keys).removeprefix("registers/")


def _stop(message: str, mark: Any, hint: str = "", path: str = "") -> ReadError:
    line = None if mark is None else mark.line + 1
    column = None if mark is None else mark.column + 1
    return ReadError([malformed(message, path=path, hint=hint, line=line, column=column)])


class _Builder:
    """Builds data from parser events with a stack of its own: depth costs no recursion."""

    def __init__(self) -> None:
        self.places: Places = {}
        self.root: Any = None
        self.stack: list[tuple[Any, str | None]] = []
        self.path: list[str | int] = []

    def stop(self, message: str, event: Any, hint: str = "") -> ReadError:
        """Return the error that says what is wrong where the parser is."""
        depth = len(self.path) - bool(self.stack and self.waits)
        return _stop(message, event.start_mark, hint, spelled(tuple(self.path[:depth])))

    @property
    def waits(self) -> bool:
        """Say whether a key or an item comes next, not a key's value."""
        container, key = self.stack[-1]
        return isinstance(container, list) or key is None

    def add(self, value: Any, event: Any) -> None:
        """Put a value where the parser is: as a key, behind a key, into a list, or as the root."""
        if not self.stack:
            self.root = value
            self.note(event)
            return
        container, key = self.stack[-1]
        if isinstance(container, list):
            self.path[-1] = len(container)
            container.append(value)
            self.note(event)
        elif key is None:
            self.key(container, value, event)
        else:
            container[key] = value
            self.stack[-1] = (container, None)

    def key(self, container: dict[str, Any], value: Any, event: Any) -> None:
        """Take a mapping's key."""
        if not isinstance(value, str) or any("\ud800" <= char <= "\udfff" for char in value):
            raise self.stop("a key must be a word", event)
        key = str(value)
        again = key in container
        container.setdefault(key, None)
        self.stack[-1] = (container, key)
        self.path[-1] = key
        if again:
            raise self.stop(f"the key {key!r} stands twice", event, "keep one of them")
        self.note(event)

    def note(self, event: Any) -> None:
        """Remember where a key or an item stands."""
        self.places[tuple(self.path)] = (event.start_mark.line + 1, event.start_mark.column + 1)

    def open(self, value: Any, event: Any) -> None:
        """Enter a list or a mapping."""
        if event.tag is not None and not event.implicit:
            raise self.stop(f"the tag {event.tag} is not taken", event, "remove it: the field gives the type")
        if len(self.stack) >= MAX_DEPTH:
            raise _stop(f"nested more than {MAX_DEPTH} deep", event.start_mark)
        if self.stack and isinstance(self.stack[-1][0], dict) and self.stack[-1][1] is None:
            raise self.stop("a key must be a word, not a list or a mapping", event)
        self.add(value, event)
        self.stack.append((value, None))
        self.path.append(0)

    def close(self) -> None:
        """Leave a list or a mapping."""
        self.stack.pop()
        self.path.pop()

    def scalar(self, event: Any) -> str | None:
        """Return a scalar: `Plain` without quotes, a string with them, None for null."""
        if event.tag is not None and event.tag != "!":
            raise self.stop(f"the tag {event.tag} is not taken", event, "remove it: the field gives the type")
        if event.style is None or event.style == "":
            return None if event.value in NULLS else Plain(event.value)
        return str(event.value)


def load(text: str) -> tuple[Any, Places]:
    """Return the data of a YAML document, and where each key and item stands.

    Scalars without quotes are `Plain` strings (their type is the field's to
    say) or None. Raises ReadError, with line and column.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  # JSON needs none of it
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415  # as above
    from ruamel.yaml.events import (  # noqa: PLC0415  # as above
        AliasEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    builder, documents, event = _Builder(), 0, None
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
                raise builder.stop("anchors and aliases are not taken", event, "write the value out")
            if isinstance(event, ScalarEvent):
                builder.add(builder.scalar(event), event)
            elif isinstance(event, MappingStartEvent):
                builder.open({}, event)
            elif isinstance(event, SequenceStartEvent):
                builder.open([], event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                builder.close()
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise builder.stop("a file holds one document", event, "split the file at ---")
    except ReadError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "syntax"
        hint = next((hint for sign, hint in HINTS.items() if sign in problem), "")
        raise _stop(f"not YAML: {problem}", mark, hint) from None
    except Exception as error:  # noqa: BLE001  # the parser stumbles over odd escapes in ways of its own
        words = (str(error).splitlines() or [type(error).__name__])[0]
        position = getattr(error, "position", None)  # of a character that YAML forbids
        at = text.count("\n", 0, position) + 1 if isinstance(position, int) else event.end_mark.line + 1 if event else 1
        raise ReadError([malformed(f"not YAML: {words}", line=at)]) from None
    return builder.root, builder.places
