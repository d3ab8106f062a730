"""Files and folders ↔ records."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import orjson

from ropa import codec, jsonread, yamlread
from ropa.access import each
from ropa.errors import ModelError, ReadError, RopaError
from ropa.findings import Finding, malformed
from ropa.model import Record
from ropa.spec import slot_map

if TYPE_CHECKING:
    from rdflib import Graph

    from ropa.yamlread import Marks

SUFFIXES: Final = {
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
}
"""File name endings of the formats."""
TEXT_FORMATS: Final = ("json", "yaml")
RDF_FORMATS: Final = ("turtle", "ntriples", "jsonld", "rdfxml")
RECORD_FILE: Final = ("record.yaml", "record.yml", "record.json")
"""The file that makes a folder a record; its registers may lie in `registers/`."""


@attrs.frozen
class Source:
    """What a record was read from: the raw bytes, kept to find line and column of a finding."""

    format: str
    raw: bytes
    file: str | None = None
    parts: tuple[tuple[str, Source], ...] = ()


def format_of(path: str | Path) -> str:
    """Return the format that a file's name tells. Raises RopaError for an unknown ending."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise RopaError(f"{path}: the ending {suffix or '(none)'} is not known ({', '.join(SUFFIXES)}); name the format")
    return SUFFIXES[suffix]


def plain(raw: bytes, format_: str) -> Any:
    """Return the plain data of JSON or YAML bytes. Raises ReadError."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ReadError([malformed(f"not UTF-8: {error.reason} at byte {error.start}", hint="save the file as UTF-8", line=line)]) from None
    return jsonread.load(raw) if format_ == "json" else yamlread.load(text)[0]


def _marks(source: Source) -> Marks:
    raw = source.raw.removeprefix(b"\xef\xbb\xbf")
    if source.format == "json":
        return jsonread.marks(raw)
    return yamlread.load(raw.decode("utf-8"), mark=True)[1]


def locate(findings: Iterable[Finding], source: Source, data: Any = None) -> list[Finding]:
    """Return the findings with file, line and column where their paths stand in JSON or YAML."""
    given = list(findings)
    if not given:
        return given
    placed = [attrs.evolve(finding, file=finding.file or source.file) for finding in given]
    if source.format not in TEXT_FORMATS or all(finding.line is not None for finding in placed):
        return placed
    try:
        tree = plain(source.raw, source.format) if data is None else data
        places = _marks(source).at
    except ReadError:
        return placed
    parts = dict(source.parts)
    parted: dict[str, list[Finding]] = {}
    result = []
    for finding in placed:
        head = finding.path.partition("/")[0]
        if finding.line is not None:
            result.append(finding)
        elif head in parts:
            parted.setdefault(head, []).append(finding)
        else:
            line, column = places.get(_keys(tree, finding.path, places), (1, 1))
            result.append(attrs.evolve(finding, line=line, column=column))
    for head, mine in parted.items():
        result += _locate_part(mine, head, parts[head])
    order = {id(finding): index for index, finding in enumerate(placed)}
    return sorted(result, key=lambda finding: order.get(id(finding), len(order)))


def _locate_part(findings: list[Finding], head: str, source: Source) -> list[Finding]:
    """Place findings of a register that has a file of its own."""
    inner = [attrs.evolve(f, path=f.path.partition("/")[2], file=source.file) for f in findings]
    tree = {"registers": [plain(source.raw, source.format)]}
    try:
        places = _marks(source).at
    except ReadError:
        return findings
    found = []
    for finding, original in zip(inner, findings, strict=True):
        keys = _keys(tree["registers"][0], finding.path, places, register=True)
        line, column = places.get(keys, (1, 1))
        found.append(attrs.evolve(original, file=source.file, line=line, column=column))
    return found


def _keys(tree: Any, path: str, places: Any, *, register: bool = False) -> tuple[str | int, ...]:
    """Return the keys and indexes that a path of ids means in the plain data, as far as they are written."""
    parts = [part for part in path.split("/") if part]
    if parts and not register and parts[0] not in slot_map(Record):
        parts.insert(0, "registers")
    keys: list[str | int] = []
    node = tree
    while parts:
        field = parts.pop(0)
        if not isinstance(node, dict) or field not in node:
            break
        keys.append(field)
        node = node[field]
        if isinstance(node, list) and parts:
            index = _index(node, parts[0])
            if index is None:
                break
            parts.pop(0)
            keys.append(index)
            node = node[index]
        elif isinstance(node, dict) and parts and parts[0] not in node:
            parts.pop(0)
    while keys and tuple(keys) not in places:
        keys.pop()
    return tuple(keys)


def _index(items: list[Any], name: str) -> int | None:
    if name.startswith("[") and name.endswith("]") and name[1:-1].isdigit():
        return int(name[1:-1])
    if name.isdigit() and not any(isinstance(item, dict) for item in items):
        return int(name)
    from ropa.model.settle import written_id  # noqa: PLC0415  # only to place a finding

    for index, item in enumerate(items):
        if isinstance(item, dict) and written_id(item) == name:
            return index
    return None


# -- reading -------------------------------------------------------------------


def read_bytes(raw: bytes, format_: str, file: str | None = None) -> tuple[Record, Source]:
    """Return the record in some bytes, with what is needed to place findings. Raises ReadError."""
    source = Source(format_, raw, file)
    if format_ in RDF_FORMATS:
        from ropa.rdf import formats, read  # noqa: PLC0415  # rdflib takes long to import

        try:
            return read.read_whole(formats.parse(raw.removeprefix(b"\xef\xbb\xbf"), format_)), source
        except ReadError as error:
            raise ReadError(locate(error.findings, source)) from None
    if format_ not in TEXT_FORMATS:
        raise RopaError(f"the format {format_!r} is not known: {', '.join((*TEXT_FORMATS, *RDF_FORMATS))}")
    data: Any = None
    try:
        data = plain(raw, format_)
        return codec.structured(data), source
    except ModelError as error:
        raise ReadError(locate(codec.findings_of(error), source, data)) from None
    except ReadError as error:
        raise ReadError(locate(error.findings, source, data)) from None


def read_path(path: str | Path) -> tuple[Record, Source]:
    """Return the record in a file or a record folder, with its source. Raises ReadError."""
    place = Path(path)
    if place.is_dir():
        return _read_folder(place)
    try:
        raw = place.read_bytes()
    except OSError as error:
        raise ReadError([attrs.evolve(malformed(f"cannot be read: {error.strerror}"), file=str(path))]) from None
    try:
        format_ = format_of(place)
    except RopaError as error:
        raise ReadError([attrs.evolve(malformed(str(error)), file=str(path))]) from None
    return read_bytes(raw, format_, str(path))


def record_file(folder: Path) -> Path | None:
    """Return the file that makes a folder a record, or None."""
    return next((folder / name for name in RECORD_FILE if (folder / name).is_file()), None)


def _read_folder(folder: Path) -> tuple[Record, Source]:
    head = record_file(folder)
    if head is None:
        raise ReadError(
            [attrs.evolve(malformed(f"no record: a record folder holds {' or '.join(RECORD_FILE)}"), file=str(folder))]
        )
    source = Source(format_of(head), head.read_bytes(), str(head))
    findings: list[Finding] = []
    data: Any = {}
    try:
        data = plain(source.raw, source.format)
    except ReadError as error:
        findings += locate(error.findings, source)
    registers = list(data.get("registers") or []) if isinstance(data, dict) else []
    parts = []
    for path in sorted((folder / "registers").glob("*")):
        if SUFFIXES.get(path.suffix.lower()) not in TEXT_FORMATS:
            continue
        part = Source(format_of(path), path.read_bytes(), str(path))
        try:
            item = plain(part.raw, part.format)
        except ReadError as error:
            findings += locate(error.findings, part)
            continue
        if not isinstance(item, dict):
            findings.append(attrs.evolve(malformed("a register is a mapping"), file=str(path)))
            continue
        item.setdefault("id", path.stem)
        registers.append(item)
        parts.append((str(item["id"]), part))
    whole = Source(source.format, source.raw, source.file, tuple(parts))
    if findings:
        raise ReadError(findings)
    try:
        joined = {**data, "registers": registers} if registers and isinstance(data, dict) else data
        return codec.structured(joined), whole
    except ModelError as error:
        raise ReadError(locate(codec.findings_of(error), whole)) from None


def load(path: str | Path) -> Record:
    """Return the record in a file (.json .yaml .ttl .nt .jsonld .rdf) or in a record folder.

    Raises ReadError, whose `findings` say what is wrong and where.
    """
    return read_path(path)[0]


def loads(data: str | bytes, format: str = "json") -> Record:  # noqa: A002  # the fixed name of the parameter
    """Return the record in a string or bytes of a format (json yaml turtle ntriples jsonld rdfxml)."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    return read_bytes(raw, format)[0]


def record_paths(paths: Iterable[str | Path]) -> tuple[list[Path], int]:
    """Return the records under some paths in a stable order, and how many files were skipped.

    A named file is always taken; in a folder, a folder with `record.yaml` is
    one record, and of single files those that say `ropa:` or are RDF of ours.
    """
    found: list[Path] = []
    skipped = 0
    for path in map(Path, paths):
        if not path.is_dir() or record_file(path):
            found.append(path)
            continue
        for folder, names, files in os.walk(path):
            here = Path(folder)
            if here != path and record_file(here):
                found.append(here)
                names.clear()
                continue
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                if _is_record(here / name):
                    found.append(here / name)
                else:
                    skipped += 1
    return list(dict.fromkeys(found)), skipped


_SIGNS: Final = {
    "json": (b'"ropa"',),
    "yaml": (b"\nropa:", b"\rropa:"),
    "turtle": (b"gdpr-ropa/ns#",),
    "ntriples": (b"gdpr-ropa/ns#",),
    "jsonld": (b"gdpr-ropa/ns#",),
    "rdfxml": (b"gdpr-ropa/ns#",),
}


def _is_record(path: Path) -> bool:
    """Say whether a file in a folder looks like a record: it names the form."""
    format_ = SUFFIXES.get(path.suffix.lower())
    if format_ is None:
        return False
    try:
        raw = path.read_bytes()
    except OSError:
        return True  # it will be reported as unreadable
    return any(sign in (b"\n" + raw.removeprefix(b"\xef\xbb\xbf")) for sign in _SIGNS[format_])


def load_all(*paths: str | Path) -> Iterator[tuple[str, Record | ReadError]]:
    """Go through every record under some paths: (path, Record), or (path, ReadError) for one that cannot be read."""
    for path in record_paths(paths)[0]:
        try:
            yield str(path), load(path)
        except ReadError as error:
            yield str(path), error


# -- writing -------------------------------------------------------------------


def dumps(record: Record, format: str = "json") -> str:  # noqa: A002  # the fixed name of the parameter
    """Return the record in a format (json yaml turtle ntriples jsonld rdfxml); same record, same text.

    Raises WriteError if RDF cannot say it (a duplicate id, an unknown prefix).
    """
    if format == "json":
        return orjson.dumps(codec.to_dict(record), option=orjson.OPT_INDENT_2).decode() + "\n"
    if format == "yaml":
        return yamlwrite(codec.to_dict(record))
    if format in RDF_FORMATS:
        from ropa.rdf import formats, write  # noqa: PLC0415  # not needed for JSON

        return formats.serialize(write.triples(record), format, dict(record.prefixes or {}))
    raise RopaError(f"the format {format!r} is not known: {', '.join((*TEXT_FORMATS, *RDF_FORMATS))}")


def yamlwrite(data: Any) -> str:
    """Return plain data as YAML, quoted so that every YAML reader sees the same types."""
    import io as stdio  # noqa: PLC0415  # this module has the name

    from ruamel.yaml import YAML  # noqa: PLC0415  # JSON needs none of it

    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = stdio.StringIO()
    yaml.dump(_quoted(data), out)
    return out.getvalue()


def _quoted(value: Any) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415  # as above

    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and not _plain_word(value):
        return DoubleQuotedScalarString(value)
    return value


def _plain_word(value: str) -> bool:
    """Say whether a string needs no quotes in any YAML version: a letter first, nothing that YAML could read otherwise."""
    lowered = value.lower()
    return (
        value.isprintable()
        and value[:1].isalpha()
        and value == value.strip()
        and not any(mark in value for mark in (": ", " #", "\n", "\t", "{", "}", "[", "]", ","))
        and not value.endswith(":")
        and lowered not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
        and value.isascii() | (lowered.isprintable())
    )


def write_file(path: str | Path, text: str) -> None:
    """Write a file whole or not at all: beside its place first, then in its place."""
    place = Path(path)
    handle, name = tempfile.mkstemp(dir=place.parent or None, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def dump(record: Record, path: str | Path) -> None:
    """Write the record to a file in the format of its ending, or to a record folder (a path without ending).

    The file is written whole or not at all.
    """
    place = Path(path)
    if place.suffix.lower() in SUFFIXES:
        write_file(place, dumps(record, format_of(place)))
        return
    if place.suffix and not place.is_dir():
        format_of(place)  # raises, with the endings that are known
    data = codec.to_dict(record)
    registers = data.pop("registers", None)
    (place / "registers").mkdir(parents=True, exist_ok=True)
    for register in each(registers):
        write_file(place / "registers" / f"{register['id']}.yaml", yamlwrite(register))
    write_file(place / "record.yaml", yamlwrite(data))


def to_graph(record: Record) -> Graph:
    """Return the record as an `rdflib.Graph`. Raises WriteError as `dumps` does."""
    from ropa.rdf import formats, write  # noqa: PLC0415  # rdflib takes long to import

    return formats.to_rdflib(write.triples(record), dict(record.prefixes or {}))


def from_graph(graph: Graph) -> Record:
    """Return the record in an `rdflib.Graph` of our own form; ReadError if a triple would be lost."""
    from ropa.rdf import formats, read  # noqa: PLC0415  # as above

    return read.read_whole(formats.from_rdflib(graph))
