"""YAML → plain data, strictly: no tags, no anchors, no repeated keys, bounded depth, types left to the fields."""

from __future__ import annotations

from typing import Any, NamedTuple

from ropa.codec import MAX_DEPTH, Plain
from ropa.errors import ReadError
from ropa.findings import malformed

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Marks(NamedTuple):
    """Where the value at each path starts: (keys and indexes) → (line, column), from 1."""

    at: dict[tuple[str | int, ...], tuple[int, int]]


def _stop(message: str, mark: Any, hint: str = "") -> ReadError:
    line = None if mark is None else mark.line + 1
    column = None if mark is None else mark.column + 1
    return ReadError([malformed(message, hint=hint, line=line, column=column)])


class _Builder:
    """Builds data from parser events with a stack of its own: depth costs no recursion."""

    def __init__(self, *, mark: bool) -> None:
        self.mark = mark
        self.marks: dict[tuple[str | int, ...], tuple[int, int]] = {}
        self.root: Any = None
        self.stack: list[tuple[Any, str | None]] = []
        self.path: list[str | int] = []

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
        if not isinstance(value, str):
            raise _stop("a key must be a word", event.start_mark)
        key = str(value)
        if key in container:
            raise _stop(f"the key {key!r} stands twice", event.start_mark, "keep one of them")
        container[key] = None
        self.stack[-1] = (container, key)
        self.path[-1] = key
        self.note(event)

    def note(self, event: Any) -> None:
        """Remember where a key or an item stands."""
        if self.mark:
            self.marks[tuple(self.path)] = (event.start_mark.line + 1, event.start_mark.column + 1)

    def open(self, value: Any, event: Any) -> None:
        """Enter a list or a mapping."""
        if event.tag is not None and not event.implicit:
            raise _stop(f"the tag {event.tag} is not taken", event.start_mark, "remove it: the field gives the type")
        if len(self.stack) >= MAX_DEPTH:
            raise _stop(f"nested more than {MAX_DEPTH} deep", event.start_mark)
        if self.stack and isinstance(self.stack[-1][0], dict) and self.stack[-1][1] is None:
            raise _stop("a key must be a word, not a list or a mapping", event.start_mark)
        self.add(value, event)
        self.stack.append((value, None))
        self.path.append(0)

    def close(self) -> None:
        """Leave a list or a mapping."""
        self.stack.pop()
        self.path.pop()


def load(text: str, *, mark: bool = False) -> tuple[Any, Marks]:
    """Return the data of a YAML document, with `mark` also where each value stands.

    Scalars without quotes are `Plain` strings (their type is the field's to
    say) or None. Raises ReadError, with line and column.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  # JSON needs none of it
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415  # as above
    from ruamel.yaml.events import (  # noqa: PLC0415  # as above
        AliasEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    builder, documents = _Builder(mark=mark), 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
                raise _stop("anchors and aliases are not taken", event.start_mark, "write the value out")
            if isinstance(event, ScalarEvent):
                builder.add(_scalar(event), event)
            elif isinstance(event, MappingStartEvent):
                builder.open({}, event)
            elif isinstance(event, SequenceStartEvent):
                builder.open([], event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                builder.close()
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _stop("a file holds one document", event.start_mark, "split the file at ---")
    except MarkedYAMLError as error:
        mark_ = error.problem_mark or error.context_mark
        raise _stop(f"not YAML: {error.problem or error.context or 'syntax'}", mark_) from None
    except YAMLError as error:
        raise _stop(f"not YAML: {str(error).splitlines()[0]}", None) from None
    except (RecursionError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise _stop(f"not YAML: {error}", None) from None
    return builder.root, Marks(builder.marks)


def _scalar(event: Any) -> str | None:
    if event.tag is not None and event.tag != "!":
        raise _stop(f"the tag {event.tag} is not taken", event.start_mark, "remove it: the field gives the type")
    if event.style is None or event.style == "":
        return None if event.value in NULLS else Plain(event.value)
    return str(event.value)
