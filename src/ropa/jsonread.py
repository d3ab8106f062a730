"""JSON → plain data: orjson reads, a second look finds repeated keys, a third the places for findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from ropa.codec import MAX_DEPTH
from ropa.errors import ReadError
from ropa.findings import malformed
from ropa.yamlread import Marks

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_STRING_AND_COLON = re.compile(rb'"(?:[^"\\]|\\.)*+"(\s*:)?')


def load(raw: bytes) -> Any:
    """Return the data of a JSON document. Raises ReadError with line and column."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = error.msg.partition(":")[0] if ": line" in error.msg else error.msg
        raise ReadError([malformed(f"not JSON: {message}", line=error.lineno, column=error.colno)]) from None
    written = sum(1 for match in _STRING_AND_COLON.finditer(raw) if match[1])
    if _keys(data) != written:
        raise ReadError([_repeated(raw)])
    return data


def _keys(data: Any) -> int:
    """Count the keys in parsed data; raise ReadError if it is nested too deeply."""
    count, level = 0, [data]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                count += len(item)
                below.extend(item.values())
            else:
                below.extend(item)
        level = [item for item in below if isinstance(item, dict | list)] if level is not data else []
        if not level:
            return count
    raise ReadError([malformed(f"nested more than {MAX_DEPTH} deep")])


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Return the tokens of a JSON text with their offsets."""
    return ((match[0], match.start()) for match in _TOKEN.finditer(text))


def _places(text: str) -> Iterator[tuple[tuple[str | int, ...], int, bool]]:
    """Return the path and offset of every key and item; the flag says that the key stood before."""
    path: list[str | int] = []
    seen: list[set[str] | None] = []
    key = False
    for token, offset in tokens(text):
        head = token[0]
        if head in "}]":
            seen.pop()
            path.pop()
            key = False
        elif head == ",":
            if seen and seen[-1] is None:
                path[-1] = int(path[-1]) + 1
            key = bool(seen) and seen[-1] is not None
        elif head == ":":
            key = False
        elif key:
            name = orjson.loads(token)
            names = seen[-1]
            assert names is not None
            path[-1] = name
            yield tuple(path), offset, name in names
            names.add(name)
        else:
            if not seen or seen[-1] is None:
                yield tuple(path), offset, False
            if head in "{[":
                seen.append(set() if head == "{" else None)
                path.append("" if head == "{" else 0)
                key = head == "{"


def _line_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _repeated(raw: bytes) -> Any:
    text = raw.decode("utf-8")
    for path, offset, again in _places(text):
        if again:
            line, column = _line_column(text, offset)
            return malformed(f"the key {path[-1]!r} stands twice", hint="keep one of them", line=line, column=column)
    return malformed("a key stands twice", hint="keep one of them")


def marks(raw: bytes) -> Marks:
    """Return where each value stands."""
    text = raw.decode("utf-8")
    line, start, found = 1, 0, {}
    for path, offset, _ in _places(text):
        breaks = text.count("\n", start, offset)
        line, start = line + breaks, offset
        found[path] = (line, offset - text.rfind("\n", 0, offset))
    return Marks(found)
