"""JSON → plain data: orjson reads, a second look finds repeated keys, a third the places for findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from ropa.codec import MAX_DEPTH
from ropa.errors import ReadError
from ropa.findings import Finding, malformed
from ropa.yamlread import Keys, Places, spelled

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

# Possessive: a long string costs no memory, and what cannot match fails at once.
# No possessive group: up to Python 3.11.4 it skips a branch.
_STRING = rb'"(?:[^"\\]++|\\.)*"'
_STRINGS = re.compile(_STRING + rb"(\s*+:)?", re.DOTALL)
_MEMBER = re.compile(
    rb"[\s,]*+(?:(" + _STRING + rb")\s*+:\s*+)?(?:(" + _STRING + rb'|[^\s"{}\[\],]++)|([{\[])|([}\]]))', re.DOTALL
)


def load(raw: bytes) -> Any:
    """Return the data of a JSON document. Raises ReadError with line and column."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = error.msg.partition(":")[0] if ": line" in error.msg else error.msg
        raise ReadError([malformed(f"not JSON: {message}", line=error.lineno, column=error.colno)]) from None
    strings = _STRINGS.findall(raw)
    if _keys(data, raw) != len(strings) - strings.count(b""):
        raise ReadError([_repeated(raw)])
    return data


def _keys(data: Any, raw: bytes) -> int:
    """Count the keys in parsed data; raise ReadError if it is nested too deeply."""
    count, level = 0, [data] if isinstance(data, dict | list) else []
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                count += len(item)
                below.extend(value for value in item.values() if isinstance(value, dict | list))
            else:
                below.extend(value for value in item if isinstance(value, dict | list))
        level = below
        if not level:
            return count
    raise ReadError([_too_deep(raw)])


def _too_deep(raw: bytes) -> Finding:
    depth = 0
    for match in _MEMBER.finditer(raw):
        depth += bool(match[3]) - bool(match[4])
        if depth > MAX_DEPTH:
            break
    line, column = _line_column(raw, match.start(3))
    return malformed(f"nested more than {MAX_DEPTH} deep", line=line, column=column)


def _places(raw: bytes) -> Iterator[tuple[Keys, int, bool]]:
    """Return keys and offset of every key and item of valid JSON; the flag says that the key stood before."""
    path: list[str | int] = []
    seen: list[set[str] | None] = []
    for match in _MEMBER.finditer(raw):
        key, _, opened, closed = match.groups()
        if closed:
            seen.pop()
            path.pop()
            continue
        names = seen[-1] if seen else None
        if key is not None and names is not None:
            name = orjson.loads(key)
            path[-1] = name
            yield tuple(path), match.start(1), name in names
            names.add(name)
        else:
            if seen:
                path[-1] = int(path[-1]) + 1
            yield tuple(path), match.start(match.lastindex or 0), False
        if opened:
            seen.append(set() if opened == b"{" else None)
            path.append("" if opened == b"{" else -1)


def _line_column(raw: bytes, offset: int) -> tuple[int, int]:
    start = raw.rfind(b"\n", 0, offset) + 1
    return raw.count(b"\n", 0, offset) + 1, len(raw[start:offset].decode("utf-8", "replace")) + 1


def _repeated(raw: bytes) -> Finding:
    keys, offset, _ = next(place for place in _places(raw) if place[2])
    line, column = _line_column(raw, offset)
    message = f"the key {keys[-1]!r} stands twice"
    return malformed(message, path=spelled(keys), hint="keep one of them", line=line, column=column)


def places(raw: bytes, wanted: Container[Keys]) -> Places:
    """Return where the wanted keys and items of valid JSON stand."""
    line, column, last, found = 1, 1, 0, {}
    for keys, offset, _ in _places(raw):
        if keys in wanted:
            lines = raw.count(b"\n", last, offset)
            start = raw.rfind(b"\n", last, offset) + 1 if lines else last
            line, column = line + lines, (1 if lines else column) + len(raw[start:offset].decode("utf-8"))
            last, found[keys] = offset, (line, column)
    return found
