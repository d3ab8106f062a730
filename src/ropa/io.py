"""Files and folders ↔ records."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import orjson

from ropa import codec, jsonread, yamlread
from ropa.access import each
from ropa.errors import ModelError, ReadError, RopaError
from ropa.findings import Finding, malformed
from ropa.model import Record, Register
from ropa.model.settle import made_of
from ropa.spec import slot_map, spec_of
from ropa.text import slug

if TYPE_CHECKING:
    from rdflib import Graph

    from ropa.rdf.adopt import Draft
    from ropa.yamlread import Keys, Places

BOM: Final = b"\xef\xbb\xbf"

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


@attrs.frozen(eq=False)
class Source:
    """What a record was read from, kept to find line and column of a finding.

    `parts` of a record folder: how a path begins → the register's file. `tree`
    and `places` are kept of YAML, which takes long to parse again.
    """

    format: str
    raw: bytes
    file: str | None = None
    parts: Mapping[str, Source] = attrs.field(factory=dict)
    tree: Any = None
    places: Places | None = None


def format_of(path: str | Path) -> str:
    """Return the format that a file's name tells. Raises RopaError for an unknown ending."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise RopaError(f"{path}: the ending {suffix or '(none)'} is not known ({known}); name the format")
    return SUFFIXES[suffix]


def _plain(source: Source) -> tuple[Any, Source]:
    """Return the plain data of JSON or YAML, and the source with what was found out. Raises ReadError."""
    raw = source.raw
    try:
        text = raw.decode("utf-8")
        if source.format == "json":
            return jsonread.load(raw), source
        tree, places = yamlread.load(text)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: {error.reason} at byte {error.start}"
        raise ReadError(locate([malformed(message, hint="save the file as UTF-8", line=line)], source)) from None
    except ReadError as error:
        raise ReadError(locate(error.findings, source)) from None
    return tree, attrs.evolve(source, tree=tree, places=places)


# -- where a finding stands ----------------------------------------------------


def locate(findings: Iterable[Finding], source: Source) -> list[Finding]:
    """Return the findings, in their order, with file, line and column where their paths stand in JSON or YAML."""
    found = [attrs.evolve(finding, file=finding.file or source.file) for finding in findings]
    homes: dict[str, list[int]] = {}
    for number, finding in enumerate(found):
        if finding.line is None and source.format in TEXT_FORMATS:
            head = finding.path.partition("/")[0]
            homes.setdefault(head if head in source.parts else "", []).append(number)
    for head, numbers in homes.items():
        part = source.parts.get(head, source)
        tree = _Tree(orjson.loads(part.raw) if part.places is None else part.tree, Register if head else Record)
        keys = [tree.keys(found[number].path.removeprefix(head).lstrip("/")) for number in numbers]
        places = jsonread.places(part.raw, set(keys)) if part.places is None else part.places
        for number, place in zip(numbers, keys, strict=True):
            near = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in places), ())
            line, column = places.get(near, (1, 1))
            found[number] = attrs.evolve(found[number], file=part.file, line=line, column=column)
    return found


class _Tree:
    """Plain data, in which a path of ids is followed to the keys and indexes that are written there."""

    def __init__(self, data: Any, cls: type | None) -> None:
        self.data = data
        self.cls = cls
        self.language = str(data.get("language", "")).lower() if isinstance(data, dict) else ""
        self.known: dict[int, dict[str, int]] = {}

    def keys(self, path: str) -> Keys:
        """Return the keys and indexes that a path means, as far as they are written."""
        node, cls = self.data, self.cls
        keys: list[str | int] = []
        parts = [part for part in path.split("/") if part]
        unknown = isinstance(node, dict) and path in node  # a key that no field has
        if cls is Record and parts and parts[0] not in slot_map(cls) and not unknown:
            parts.insert(0, "registers")
        while parts and isinstance(node, dict):
            # Remarks, own keys and unknown keys may have a "/" of their own.
            field = next((name for name in ("/".join(parts), parts[0]) if name in node), None)
            if field is None:
                break
            parts = parts[field.count("/") + 1 :]
            keys.append(field)
            slot = slot_map(cls).get(field) if cls else None
            node, cls = node[field], slot.range if slot else None
            if isinstance(node, list) and parts:
                index = self.index(node, cls, parts.pop(0))
                if index is None:
                    break
                keys.append(index)
                node = node[index]
            elif isinstance(node, dict) and cls and parts and parts[0] not in {*node, *slot_map(cls)}:
                parts.pop(0)  # the id of a node that is alone in its field
        return tuple(keys)

    def index(self, items: list[Any], cls: type | None, name: str) -> int | None:
        """Return the place in a list that a part of a path means: an id, `[2]`, or `2` among plain values."""
        table = self.known.get(id(items))
        if table is None:
            table = self.known[id(items)] = {}
            for index, item in enumerate(items):
                table.setdefault(self.name(item, cls) if isinstance(item, dict) else str(index), index)
                table.setdefault(f"[{index}]", index)
        return table.get(name)

    def name(self, item: dict[str, Any], cls: type | None) -> str:
        """Return the id of a node as it is written, or as the record makes it (`ropa.model.settle.derived_id`)."""
        if isinstance(item.get("id"), str) and item["id"]:
            return str(item["id"])
        for name in spec_of(cls).id_from if cls else ():
            value = item.get(name)
            if isinstance(value, dict):
                tags = {str(tag).lower(): words for tag, words in value.items()}
                value = tags.get(self.language, tags.get(min(tags, default="")))
            elif isinstance(value, list):
                value = min(map(str, value), default=None)
            if made := made_of("" if value is None else str(value), slot_map(cls).get(name) if cls else None):
                return made
        return ""


# -- reading -------------------------------------------------------------------


def read_bytes(raw: bytes, format_: str, file: str | None = None) -> tuple[Record, Source]:
    """Return the record in some bytes, with what is needed to place findings. Raises ReadError."""
    source = Source(format_, raw.removeprefix(BOM), file)
    if format_ in RDF_FORMATS:
        from ropa.rdf import formats, read  # noqa: PLC0415  # rdflib takes long to import

        try:
            return read.read_whole(formats.parse(source.raw, format_)), source
        except ReadError as error:
            raise ReadError(locate(error.findings, source)) from None
    if format_ not in TEXT_FORMATS:
        raise RopaError(f"the format {format_!r} is not known: {', '.join((*TEXT_FORMATS, *RDF_FORMATS))}")
    data, source = _plain(source)
    return _structured(data, source), source


def _structured(data: Any, source: Source) -> Record:
    try:
        return codec.structured(data)
    except ModelError as error:
        raise ReadError(locate(codec.findings_of(error), source)) from None


def _unreadable(path: str | Path, why: str) -> ReadError:
    return ReadError([attrs.evolve(malformed(why), file=str(path))])


def read_source(path: Path, format_: str | None = None) -> Source:
    """Return the bytes of a file, and its format. Raises ReadError."""
    try:
        return Source(format_ or format_of(path), path.read_bytes().removeprefix(BOM), str(path))
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    except RopaError as error:
        raise _unreadable(path, str(error)) from None


def unreadable(path: str | Path, error: OSError) -> Finding:
    """Return the finding that a file cannot be read."""
    return attrs.evolve(malformed(f"cannot be read: {error.strerror}"), file=str(path))


def read_path(path: str | Path) -> tuple[Record, Source]:
    """Return the record in a file or a record folder, with its source. Raises ReadError."""
    place = Path(path)
    if is_folder(place):
        return _read_folder(place)
    source = read_source(place)
    return read_bytes(source.raw, source.format, source.file)


def is_folder(path: str | Path) -> bool:
    """Say whether a path is a folder; unlike `Path.is_dir`, also where one may not enter."""
    return os.path.isdir(path)  # noqa: PTH112  # as said


def record_file(folder: Path) -> Path | None:
    """Return the file that makes a folder a record, or None."""
    return next((folder / name for name in RECORD_FILE if os.path.isfile(folder / name)), None)  # noqa: PTH113  # as above


def _read_folder(folder: Path) -> tuple[Record, Source]:
    head = record_file(folder)
    if head is None:
        raise _unreadable(folder, f"no record in this folder: a record folder holds {' or '.join(RECORD_FILE)}")
    findings: list[Finding] = []

    def part(path: Path) -> tuple[Any, Source]:
        source = Source("", b"", str(path))
        try:
            source = read_source(path)
            return _plain(source)
        except ReadError as error:
            findings.extend(error.findings)
            return {}, source

    data, whole = part(head)
    written = data.get("registers", []) if isinstance(data, dict) else None
    registers = list(written) if isinstance(written, list) else []
    parts: dict[str, Source] = {}
    for path in sorted((folder / "registers").glob("[!.]*")):
        if SUFFIXES.get(path.suffix.lower()) not in TEXT_FORMATS:
            continue
        item, source = part(path)
        if not isinstance(item, dict):
            findings.append(attrs.evolve(malformed("a register is a mapping"), file=str(path), line=1))
            continue
        parts[f"[{len(registers)}]"] = source
        registers.append(_register(item, path.stem))
        if isinstance(name := registers[-1]["id"], str) and name not in slot_map(Record):
            parts.setdefault(name, source)
    if findings:
        raise ReadError(findings)
    whole = attrs.evolve(whole, parts=parts)
    if parts and isinstance(written, list):
        data = {**data, "registers": registers}
    return _structured(data, whole), whole


def _register(data: dict[str, Any], stem: str) -> dict[str, Any]:
    """Return a register's data without what any file may say; its id is the file's name if it writes none."""
    kept = {
        key: value
        for key, value in data.items()
        if (key, str(value)) != ("ropa", str(codec.FORMAT)) and not (key == "$schema" and isinstance(value, str))
    }
    return {"id": slug(stem) or stem, **kept}


def load(path: str | Path) -> Record:
    """Return the record in a file (.json .yaml .ttl .nt .jsonld .rdf) or in a record folder.

    Raises ReadError, whose `findings` say what is wrong and where.
    """
    return read_path(path)[0]


def loads(data: str | bytes, format: str = "json") -> Record:  # the fixed name of the parameter
    """Return the record in a string or bytes of a format (json yaml turtle ntriples jsonld rdfxml)."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    return read_bytes(raw, format)[0]


def record_paths(paths: Iterable[str | Path]) -> tuple[list[Path], int]:
    """Return the records under some paths in a stable order, and how many files were skipped.

    A named file is always taken, a part of a record folder as the whole; in a folder, a folder with `record.yaml` is
    one record, and of single files those that say `ropa:`, in YAML also
    `registers:` and `language:`, or are RDF of ours.
    A folder without any record is returned itself: reading it says so.
    """
    found: list[Path] = []
    skipped = 0
    for path in map(_whole, map(Path, paths)):
        if not is_folder(path) or record_file(path):
            found.append(path)
            continue
        here, other = _walk(path)
        found += here or [path]
        skipped += other
    return list(dict.fromkeys(found)), skipped


def _whole(path: Path) -> Path:
    """Return the record folder that a file is a part of, or the path itself."""
    if path.name in RECORD_FILE:
        return path.parent
    if path.parent.name == "registers" and path.suffix.lower() in SUFFIXES and record_file(path.parent.parent):
        return path.parent.parent
    return path


def _walk(path: Path) -> tuple[list[Path], int]:
    found: list[Path] = []
    skipped = 0

    def closed(error: OSError) -> None:
        found.append(Path(error.filename))  # reading it says why

    for name, folders, files in os.walk(path, onerror=closed):
        folder = Path(name)
        if record_file(folder):
            found.append(folder)
            folders.clear()
            continue
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        taken = [folder / one for one in sorted(files) if _is_record(folder / one)]
        found += taken
        skipped += len(files) - len(taken)
    return found, skipped


_SIGNS: Final = {
    "json": re.compile(rb'"ropa"\s*:\s*"?\d'),
    "yaml": re.compile(rb"(?:^|[\r{]|\xef\xbb\xbf)([\"']?)ropa\1[ \t]*:", re.MULTILINE),
    "turtle": re.compile(rb"ropa:format\s+\d"),
    "ntriples": re.compile(rb'gdpr-ropa/ns#format>\s*"'),
    "jsonld": re.compile(rb'"(ropa:|[^"]*gdpr-ropa/ns#)format"'),
    "rdfxml": re.compile(rb"<ropa:format\b"),
}
"""What the files of records say, format by format."""
_LIKELY: Final = tuple(
    re.compile(rb"(?:^|\r)" + key + rb"[ \t]*:", re.MULTILINE) for key in (b"registers", b"language")
)
"""What a record in YAML says too, whose first line was forgotten."""


def _is_record(path: Path) -> bool:
    """Say whether a file in a folder looks like a record: it says the version of the form."""
    format_ = SUFFIXES.get(path.suffix.lower())
    if format_ is None or path.name.startswith("."):
        return False
    try:
        raw = path.read_bytes()
        forgotten = format_ == "yaml" and all(sign.search(raw) for sign in _LIKELY)
        return forgotten or bool(_SIGNS[format_].search(raw))
    except OSError:
        return True  # reading it says why it cannot be


def load_all(*paths: str | Path) -> Iterator[tuple[str, Record | ReadError]]:
    """Go through every record under some paths: (path, Record), or (path, ReadError) for one that cannot be read."""
    for path in record_paths(paths)[0]:
        try:
            yield str(path), load(path)
        except ReadError as error:
            yield str(path), error


# -- writing -------------------------------------------------------------------


def dumps(record: Record, format: str = "json") -> str:  # the fixed name of the parameter
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
        return {_quoted(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and not _plain_word(value):
        return DoubleQuotedScalarString(value)
    return value


def _plain_word(value: str) -> bool:
    """Say whether a string needs no quotes in any YAML version: a letter first, nothing that means something else."""
    return (
        value.isprintable()
        and value[:1].isalpha()
        and value == value.strip()
        and not any(mark in value for mark in (": ", " #", "\n", "\t", "{", "}", "[", "]", ","))
        and not value.endswith(":")
        and value.lower() not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
    )


def write_file(path: str | Path, text: str) -> None:
    """Write a file whole or not at all: beside its place first, then in its place."""
    place = Path(os.path.realpath(path))  # a link stays a link
    if place.exists() and not place.is_file():
        place.write_text(text, "utf-8", newline="\n")  # /dev/stdout is not to be replaced
        return
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:50]}.")
    except OSError as error:
        raise RopaError(f"{path}: cannot be written: {error.strerror}") from None
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        made.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~umask)
        made.replace(place)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def dump(record: Record, path: str | Path) -> None:
    """Write the record to a file in the format of its ending, or to a record folder (a path without ending).

    A file is written whole or not at all. Raises RopaError for a folder that
    holds files of another record: they would be read as part of this one.
    """
    place = Path(path)
    if place.suffix.lower() in SUFFIXES and not is_folder(place):
        write_file(place, dumps(record, format_of(place)))
        return
    if place.suffix and not is_folder(place):
        format_of(place)  # raises, with the endings that are known
    data = codec.to_dict(record)
    registers = each(data.pop("registers", None))
    names = [f"{register['id']}.yaml" for register in registers]
    if names != sorted(set(names)):  # the folder is read in the order of its names
        names = [f"{number:0{len(str(len(names)))}}-{name}" for number, name in enumerate(names, 1)]
    mine = {place / "record.yaml", *(place / "registers" / name for name in names)}
    for one in (*(place / name for name in RECORD_FILE), *sorted((place / "registers").glob("[!.]*"))):
        if one not in mine and one.is_file() and SUFFIXES.get(one.suffix.lower()) in TEXT_FORMATS:
            raise RopaError(f"{one} is there and is no part of the record: remove it, or choose another folder")
    (place / "registers").mkdir(parents=True, exist_ok=True)
    for name, register in zip(names, registers, strict=True):
        write_file(place / "registers" / name, yamlwrite(register))
    write_file(place / "record.yaml", yamlwrite(data))


def to_graph(record: Record) -> Graph:
    """Return the record as an `rdflib.Graph`. Raises WriteError as `dumps` does."""
    from ropa.rdf import formats, write  # noqa: PLC0415  # rdflib takes long to import

    return formats.to_rdflib(write.triples(record), dict(record.prefixes or {}))


def from_graph(graph: Graph) -> Record:
    """Return the record in an `rdflib.Graph` of our own form; ReadError if a triple would be lost."""
    from ropa.rdf import formats, read  # noqa: PLC0415  # as above

    return read.read_whole(formats.from_rdflib(graph))


def read_graph(graph: Graph) -> Draft:
    """Return a draft record of any DPV graph: `.record`, and `.unread`, the triples that were not understood.

    Raises ReadError if nothing in it looks like a record, a process or a controller.
    """
    from ropa.rdf import adopt  # noqa: PLC0415  # as above

    return adopt.read_graph(graph)
