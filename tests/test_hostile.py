"""Wrong input of every kind gives ROPA907 with path and line, and nothing else.

Every field of every class is fed `null`, values of wrong types and an unknown
key, in JSON and in YAML. Documents are cut off, nested, repeated, bent and
flipped. No test may open a connection: the socket is taken away.
"""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

import ropa
from ropa import io
from ropa.codec import MAX_DEPTH
from ropa.spec import Slot, classes, node_slots, slots

HEAD = {"ropa": 1, "id": "https://example.org/ropa/x", "language": "fi"}
HERE = "@@HERE@@"
SECONDS = 10
"""Processor time that 100,000 levels may take."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    opened: list[object] = []

    def refuse(*where: object, **_: object) -> None:
        opened.append(where)
        raise OSError("no connections here")

    for name in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    yield
    assert not opened


def faults(data: str | bytes, format_: str = "json") -> tuple[ropa.Finding, ...]:
    """Return the findings of a document that must not be read."""
    with pytest.raises(ropa.ReadError) as caught:
        ropa.loads(data, format_)
    found: tuple[ropa.Finding, ...] = caught.value.findings
    assert found
    assert {(one.code, one.severity) for one in found} == {("ROPA907", "error")}
    return found


def told(data: bytes, format_: str) -> tuple[ropa.Finding, ...]:
    """Return the findings of a document that may be read; no other error is let through."""
    try:
        ropa.loads(data, format_)
    except ropa.ReadError as error:
        return error.findings
    return ()


def fault(data: str | bytes, format_: str = "json") -> ropa.Finding:
    """Return the only finding of a document that must not be read."""
    (found,) = faults(data, format_)
    return found


# -- every field of every class ------------------------------------------------


def chains() -> dict[type, tuple[Slot, ...]]:
    """Return for every class the shortest way from the record to a node of it."""
    found: dict[type, tuple[Slot, ...]] = {ropa.Record: ()}
    level = [ropa.Record]
    while level:
        level = [
            slot.range
            for cls in level
            for slot in node_slots(cls)
            if slot.range not in found and not found.update({slot.range: (*found[cls], slot)})
        ]
    return found


CHAINS = chains()


def document(cls: type, inner: dict[str, Any]) -> dict[str, Any]:
    """Return a record with one node of the class that holds `inner`; beside it stands a node that is right."""
    made = inner if cls is ropa.Record or "id" in inner else {"id": "toinen", **inner}
    for slot in reversed(CHAINS[cls]):
        made = {slot.name: [{"id": "eka"}, made] if slot.many else made}
        made = made if slot is CHAINS[cls][0] else {"id": "toinen", **made}
    return {**HEAD, **made}


def path(cls: type, last: str, *, named: bool = True) -> str:
    """Return the path that a finding about a field of that node has."""
    parts: list[str] = []
    for slot in CHAINS[cls]:
        name = "toinen" if named or slot is not CHAINS[cls][-1] else "[1]"
        parts += [slot.name, name] if slot.many else [slot.name]
    return "/".join([*parts, last]).removeprefix("registers/")


def written(data: dict[str, Any], format_: str, value: str) -> tuple[str, int]:
    """Return the document with HERE replaced by raw text, and the line on which it stands."""
    text = json.dumps(data, indent=1, ensure_ascii=False) if format_ == "json" else io.yamlwrite(data)
    line = text[: text.index(HERE)].count("\n") + 1
    return text.replace(f'"{HERE}"', value), line


class Wrong(NamedTuple):
    """Raw values that a kind of field does not take: in JSON, and in YAML (where a bare word may be anything)."""

    json: tuple[str, ...]
    yaml: tuple[str, ...]


MAPPING = '{"x y": "z"}'
WRONG = {
    "text": Wrong(
        ("5", "true", '["a"]', "{}", '""', '" "', '{"fi": 5}', '{"fi": null}', '{"f_i": "a"}', '"a\\u0000"'),
        ('["a"]', "{}", '""', '{fi: ["a"]}', "{fi: }", '"\\x07"'),
    ),
    "string": Wrong(("5", "1.5", "false", '["a"]', MAPPING, '""', '"\\ufffe"'), ('["a"]', MAPPING, '""', '"\\ud800"')),
    "date": Wrong(
        ('"2022-02-30"', '"8.4.2022"', '"2022-4-8"', "20220408", "2022", '"2022-04-08T00:00:00"', "[]"),
        ("2022-02-30", "8.4.2022", "2022-4-8", "2022-04-08 00:00:00", "[2022]"),
    ),
    "duration": Wrong(
        ('"10 years"', '"P"', '"-P1Y"', '"P1.5Y"', '"P9999999Y"', "10", "[]"), ("10 years", "P", "-P1Y", "10", MAPPING)
    ),
    "language": Wrong(('"suomi_fi"', '""', "5", '["fi"]'), ("suomi_fi", '""', "[fi]")),
    "iri": Wrong(('"esimerkki"', '"http://a b"', '"//example.org/x"', "5", "[]"), ("esimerkki", '"http://a b"', "[]")),
    "id": Wrong(('"Ei Kelpaa"', '"a--b"', '"-a"', "5", "[]", MAPPING), ("Ei Kelpaa", "a--b", "[a]", MAPPING)),
    "choice": Wrong(('"muu"', "5", "[]", MAPPING), ("muu", "[a]", MAPPING)),
    "concept": Wrong(
        ('"Customer"', '"dpv:"', '"dpv:a b"', "5", "[]", MAPPING), ("Customer", "dpv:a b", "[a]", MAPPING)
    ),
    "ref": Wrong(('"Ei Kelpaa"', "5", "[]", MAPPING), ("Ei Kelpaa", "[a]", MAPPING)),
    "bool": Wrong(('"true"', "1", "0", '"yes"', "[]"), ('"true"', "1", "yes", "True", "[true]")),
    "int": Wrong(
        ('"1"', "1.5", "1.0", "true", "[]", "18446744073709551616"),
        ('"1"', "1.5", "0x10", "1_000", "true", "01", "[1]"),
    ),
    "node": Wrong(('"a"', "5", "[]", "true"), ("a", "5", "[]")),
    "extra": Wrong(
        (
            "[]",
            '"a"',
            "5",
            '{"nimi": 1}',
            '{"x:a": null}',
            '{"x:a": []}',
            '{"x:1a": 1}',
            '{"x:a": 9223372036854775808}',
        ),
        ("[]", "a", "{nimi: 1}", "{x:a: }", '{"x:a": [1]}', '{"x:a": 1e999}'),
    ),
    "remarks": Wrong(
        ("[]", '"a"', '{"A B": "c"}', '{"name": null}', '{"name": 5}'),
        ("[]", "a", "{A B: c}", "{name: }", "{name: [a]}"),
    ),
    "prefixes": Wrong(
        ("[]", '"a"', '{"X Y": "https://example.org/"}', '{"x": "y"}', '{"x": null}'), ("[]", "a", "{x: y}", "{x: }")
    ),
}
MANY = Wrong(('"a"', "5", "{}", "false", "[5]", "[null]", "[[]]"), ("a", "5", "{}", "[[]]", "[~]"))
"""What no list takes."""


def wrong(slot: Slot, format_: str) -> tuple[str, ...]:
    """Return raw values that a field does not take, null first."""
    values = getattr(MANY if slot.many else WRONG[slot.kind], format_)
    null = ("null",) if format_ == "json" else ("null", "~", "")
    empty = ("[]",) if slot.many and not slot.none_ok else ()
    # An id may be empty: then it is made of the name.
    return (*null, *values, *empty)


FIELDS = [(cls, slot) for cls in classes() for slot in slots(cls)]


def field_id(value: object) -> str:
    return value.name if isinstance(value, Slot) else getattr(value, "__name__", str(value))


def test_every_class_is_reached() -> None:
    assert set(CHAINS) == set(classes())
    assert {slot.kind for _, slot in FIELDS} <= set(WRONG)
    assert len(FIELDS) > 300


@pytest.mark.parametrize("cls", classes(), ids=field_id)
def test_the_documents_around_the_fields_are_right(cls: type) -> None:
    data = document(cls, {})
    assert ropa.loads(io.yamlwrite(data), "yaml") == ropa.loads(json.dumps(data)) == ropa.from_dict(data)


@pytest.mark.parametrize("format_", ["json", "yaml"])
@pytest.mark.parametrize(("cls", "slot"), FIELDS, ids=field_id)
def test_null_and_wrong_types_in_every_field(cls: type, slot: Slot, format_: str) -> None:
    for value in wrong(slot, format_):
        text, line = written(document(cls, {slot.name: HERE}), format_, value)
        expected = path(cls, slot.name, named=slot.name != "id")
        for found in faults(text, format_):
            # The paths of registers begin with the register.
            paths = (f"{found.path}/", f"registers/{found.path}/")
            assert any(one.startswith(f"{expected}/") for one in paths), (value, found.path)
            assert found.line == line, (value, found)
            assert found.column, value
            assert found.message, value


@pytest.mark.parametrize("format_", ["json", "yaml"])
@pytest.mark.parametrize(("cls", "slot"), FIELDS, ids=field_id)
def test_a_misspelt_key_beside_every_field(cls: type, slot: Slot, format_: str) -> None:
    key = f"{slot.name[:-1]}x{slot.name[-1]}"
    text, line = written(document(cls, {key: HERE}), format_, '"a"')
    found = fault(text, format_)
    assert (found.path, found.line) == (path(cls, key), line)
    assert f"{cls.__name__} has no field {key!r}" in found.message
    assert f"did you mean {slot.name}?" in found.message


@pytest.mark.parametrize("format_", ["json", "yaml"])
@pytest.mark.parametrize(("cls", "slot"), [pair for pair in FIELDS if pair[1].kind == "node"], ids=field_id)
def test_an_empty_node_in_every_field_of_nodes(cls: type, slot: Slot, format_: str) -> None:
    text, line = written(document(cls, {slot.name: HERE}), format_, "[{}]" if slot.many else "{}")
    found = fault(text, format_)
    assert found.path.endswith("id")
    assert found.line == line
    assert "id" in found.message


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_a_key_that_is_near_to_nothing(format_: str) -> None:
    text, line = written({**HEAD, "registers": [{"id": "a", "qqqq/zz": HERE}]}, format_, "1")
    found = fault(text, format_)
    assert (found.path, found.line) == ("a/qqqq/zz", line)
    assert "extra" in found.message


def test_all_faults_of_a_document_are_told_at_once() -> None:
    text = '{"id": "x",\n"language": 5,\n"registers": [\n{"id": "a", "nmae": "b"},\n{"id": "b", "transfers": null}]}'
    found = {(one.path, one.line) for one in faults(text)}
    assert {("id", 1), ("language", 2), ("a/nmae", 4), ("b/transfers", 5)} <= found


# -- documents that are no record ----------------------------------------------


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
@pytest.mark.parametrize(
    "data", [b"", b" \n\n", b"\xef\xbb\xbf", b"\x00", b"\xff\xfe", b"null", b"[]", b"5", b"\\", b"<", b"{"]
)
def test_almost_nothing(data: bytes, format_: str) -> None:
    faults(data, format_)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {"id", "language"}),
        ('{"id": "https://example.org/x"}', {"language"}),
        ('{"id": "https://example.org/x#a", "language": "fi"}', {"id"}),
        ('{"ropa": 2, "id": "https://example.org/x", "language": "fi"}', {"ropa"}),
        ('{"ropa": true, "id": "https://example.org/x", "language": "fi"}', {"ropa"}),
        ('{"ropa": null, "id": "https://example.org/x", "language": "fi"}', {"ropa"}),
        ('{"ropa": 1.0, "id": "https://example.org/x", "language": "fi"}', {"ropa"}),
        ('{"$schema": 5, "id": "https://example.org/x", "language": "fi"}', {"$schema"}),
    ],
)
def test_the_head_of_a_record(text: str, expected: set[str]) -> None:
    assert {one.path for one in faults(text)} == expected


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_schema_and_version_are_taken(format_: str) -> None:
    data = {"$schema": "https://w3id.org/gdpr-ropa/schema.json", **HEAD}
    text = json.dumps(data) if format_ == "json" else io.yamlwrite(data)
    assert ropa.loads(text, format_) == ropa.from_dict(HEAD)


# -- JSON ----------------------------------------------------------------------


@pytest.mark.parametrize("again", ["name", "\\u006eame"])
def test_a_repeated_json_key(again: str) -> None:
    found = fault('{"language": "fi",\n "registers": [{"id": "a"}, {\n  "name": "x",\n  "' + again + '": "y"}]}')
    assert (found.path, found.line, found.column) == ("[1]/name", 4, 3)
    assert "twice" in found.message


def test_keys_of_different_objects_are_not_repeated() -> None:
    register = '{"id": "a", "name": "a\\":"}'
    text = '{"id": "a:b", "language": "fi", "name": "\\"name\\": \\\\", "registers": [' + register + "]}"
    assert str(ropa.loads(text).name) == '"name": \\'


@pytest.mark.parametrize(
    "bad", ["NaN", "Infinity", "-Infinity", "01", "'a'", "1e400", '"\\ud800"', '"\\x"', '"a\nb"', "tru", "// x"]
)
def test_what_is_no_json(bad: str) -> None:
    found = fault('{"id": "https://example.org/x",\n"language": ' + bad + "}")
    assert found.line in (2, 3)


def test_truncated_json_at_every_place() -> None:
    text = json.dumps({**HEAD, "registers": [{"name": "Äänet", "purposes": [], "extra": {"x:a": [1]}}]}, indent=1)
    for end in range(len(text)):
        assert fault(text[:end]).line == text[:end].count("\n") + 1 or not text[:end].strip()


# -- YAML ----------------------------------------------------------------------

Y = "ropa: 1\nid: https://example.org/x\nlanguage: fi\n"


def test_scalars_take_their_type_from_the_field() -> None:
    record = ropa.loads(
        Y
        + """name: 007
version: 1.10
created: 2022-04-08
modified: 2022
prefixes: {x: https://example.org/x#}
organisations:
  - {id: no, name: no, business_id: 0163687-9, phone: 0401234567, address: 1_000}
  - {id: "on", name: ~tilde, phone: +358 40, address: 0x1F}
documents:
  - {id: a, sha256: 0123, retrieved: 2022-04}
registers:
  - id: 2024
    name: {no: yes, fi: true}
    recipients_exhaustive: true
    evidence: [{start: 0, end: -1, about: name, confirmed: false, heading: 3.10}]
    extra: {x:a: 1.10, x:b: 007, x:c: true, x:d: "true", x:e: yes, x:f: 12, x:g: 2022-04-08, x:h: .5, x:i: 1e3}
""",
        "yaml",
    )
    assert ropa.to_dict(record) == {
        **HEAD,
        "id": "https://example.org/x",
        "name": "007",
        "organisations": [
            {"id": "no", "name": "no", "business_id": "0163687-9", "address": "1_000", "phone": "0401234567"},
            {"id": "on", "name": "~tilde", "address": "0x1F", "phone": "+358 40"},
        ],
        "documents": [{"id": "a", "sha256": "0123", "retrieved": "2022-04"}],
        "created": "2022-04-08",
        "modified": "2022",
        "version": "1.10",
        "registers": [
            {
                "id": "2024",
                "name": {"fi": "true", "no": "yes"},
                "recipients_exhaustive": True,
                "evidence": [
                    {"id": "name", "heading": "3.10", "start": 0, "end": -1, "about": "name", "confirmed": False}
                ],
                "extra": {
                    "x:a": 1.1,
                    "x:b": "007",
                    "x:c": True,
                    "x:d": "true",
                    "x:e": "yes",
                    "x:f": 12,
                    "x:g": "2022-04-08",
                    "x:h": ".5",
                    "x:i": 1000.0,
                },
            }
        ],
        "prefixes": {"x": "https://example.org/x#"},
    }


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("name: &a x\n", 4, "anchor"),
        ("name: *a\n", 4, "anchor"),
        ("registers: &r []\n", 4, "anchor"),
        ("<<: *a\n", 4, "anchor"),
        ("<<: {name: a}\n", 4, "no field"),
        ("name: !!str x\n", 4, "tag"),
        ("name: !!python/object/apply:os.system [ls]\n", 4, "tag"),
        ("name: !<tag:yaml.org,2002:str> x\n", 4, "tag"),
        ("version: !!binary aGk=\n", 4, "tag"),
        ("registers: !!set {a}\n", 4, "tag"),
        ("registers: !!omap []\n", 4, "tag"),
        ("name: a\nname: b\n", 5, "twice"),
        ("name: a\n'name': b\n", 5, "twice"),
        ("controller:\n  name: a\n  url: https://example.org\n  name: b\n", 7, "twice"),
        ("---\nid: https://example.org/y\n", 4, "one document"),
        ("...\n---\n", 5, "one document"),
        ("? [a]\n: b\n", 4, "key"),
        ("? {a: b}\n: c\n", 4, "key"),
        ("~: a\n", 4, "key"),
        (": a\n", 4, "key"),
        ('"\\ud800": a\n', 4, "key"),
        ("name: a: b\n", 4, "not YAML"),
        ("controller:\n\tname: a\n", 5, "not YAML"),
        ("name: a\n - b\n  c: d\n", 6, "not YAML"),
        ('name: "a\\q"\n', 4, "not YAML"),
        ('name: "\\UFFFFFFFF"\n', 4, "not YAML"),
        ('name: "\\U00110000"\n', 4, "not YAML"),
        ("name: a\x01b\n", 4, "not YAML"),
        ("version: '1'\nname: a\x00b\n", 5, "not YAML"),
        ("name: @a\n", 4, "not YAML"),
        ("name: [a\n", 5, "not YAML"),
        ("name: 'a\n", 5, "not YAML"),
        ("name: |0\n  a\n", 4, "not YAML"),
    ],
)
def test_yaml_that_is_refused(more: str, line: int, words: str) -> None:
    found = fault(Y + more, "yaml")
    assert found.line == line
    assert words in found.message


def test_a_repeated_yaml_key_has_a_path() -> None:
    assert fault(f"{Y}registers:\n- id: a\n  name: b\n  name: c\n", "yaml").path == "[0]/name"


def test_a_bomb_of_aliases_costs_nothing() -> None:
    lines = ["a: &a [x, x]"] + [f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(24)]
    start = time.process_time()
    assert fault("\n".join(lines), "yaml").line == 1
    assert time.process_time() - start < 1


@pytest.mark.parametrize("directive", ["%YAML 1.1", "%YAML 1.2", "%FOO bar", "%TAG ! tag:example.org,2026:"])
def test_a_directive_changes_no_type(directive: str) -> None:
    assert str(ropa.loads(f"{directive}\n---\n{Y}name: yes\n", "yaml").name) == "yes"


def test_truncated_yaml_at_every_place() -> None:
    text = io.yamlwrite({**HEAD, "registers": [{"name": "Äänet: 1", "purposes": [{"id": "a"}], "extra": {"x:a": "b"}}]})
    for end in range(len(text)):
        assert all(one.line for one in told(text[:end].encode(), "yaml"))


# -- encodings -----------------------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_byte_order_mark_and_crlf_are_taken(format_: str) -> None:
    record = ropa.from_dict(
        {**HEAD, "name": "Äänet", "registers": [{"id": "a", "transfers": [], "description": "b\nc"}]}
    )
    text = ropa.dumps(record, format_).replace("\n", "\r\n").encode()
    assert ropa.loads(b"\xef\xbb\xbf" + text, format_) == record


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
def test_not_utf_8(encoding: str, format_: str) -> None:
    record = ropa.from_dict({**HEAD, "name": "Äänet", "registers": [{"id": "a"}]})
    found = fault(ropa.dumps(record, format_).encode(encoding), format_) if encoding != "utf-7" else None
    assert found is None or found.line


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_a_byte_that_is_not_utf_8_has_its_line(format_: str) -> None:
    record = ropa.from_dict({**HEAD, "name": "A@B", "registers": [{"id": "a"}]})
    raw = ropa.dumps(record, format_).encode()
    line = raw[: raw.index(b"A@B")].count(b"\n") + 1
    found = fault(raw.replace(b"A@B", b"A\xe4B"), format_)
    assert found.line == line
    assert "UTF-8" in found.message


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n", "\u2028\n"])
def test_lines_of_yaml_are_counted_as_editors_do(end: str) -> None:
    count = end.count("\n") or 1
    assert fault(end.join(["id: https://example.org/x", "language: fi", "nmae: a", ""]), "yaml").line in (
        2 * count + 1,
        3 if end == "\r\n" else 2 * len(end) + 1,
    )


# -- RDF -----------------------------------------------------------------------

T = "@prefix ropa: <https://w3id.org/gdpr-ropa/ns#> .\n<https://example.org/x> a ropa:Record .\n"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.mark.parametrize(
    ("text", "format_", "line"),
    [
        (T + "<a> <b>\n", "turtle", 3),
        (T + "<a> <b> <c>\n<d> <e> .\n", "turtle", 4),
        (T + "foo:a foo:b foo:c .\n", "turtle", 3),
        (T + '<a> <b> "c .\n', "turtle", 3),
        (T + "\n\n}\n", "turtle", 5),
        (T + '<a> <b> "\\q" .\n', "turtle", 3),
        ("<https://a> <https://b> <https://c> .\n<https://a> <https://b> .\n", "ntriples", 2),
        ("<https://a> <https://b> <https://c> .\n\n<https://a> <https://b> <https://c>\n", "ntriples", 3),
        ('<https://a> <https://b> "c\n', "ntriples", 1),
        ('{"@context": {},\n"@graph": [}', "jsonld", 2),
        ('{"@id": "https://a",\n"@id": "https://b"}', "jsonld", 2),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<a>\n</rdf:RDF>', "rdfxml", 3),
        ("<a>\n&foo;</a>", "rdfxml", 2),
    ],
)
def test_invalid_rdf_has_its_line(text: str, format_: str, line: int) -> None:
    assert fault(text, format_).line == line


REMOTE = "https://example.org/context.jsonld"


@pytest.mark.parametrize(
    "context",
    [
        REMOTE,
        [{"a": "https://example.org/a"}, REMOTE],
        [[REMOTE]],
        {"@import": REMOTE},
        {"a": {"@id": "https://example.org/a", "@context": REMOTE}},
        "file:///etc/passwd",
        "/context.jsonld",
    ],
)
@pytest.mark.parametrize("nest", [False, True])
def test_a_remote_context_is_refused(context: Any, nest: bool) -> None:
    whole: dict[str, Any] = {"@context": context, "@id": "https://example.org/x"}
    data = {"https://example.org/p": [whole]} if nest else whole
    found = fault(json.dumps(data, indent=1), "jsonld")
    assert "context" in found.message
    assert found.line


DOCTYPE = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "b">]>\n<r>&a;</r>'


@pytest.mark.parametrize(
    "data",
    [
        DOCTYPE.encode(),
        DOCTYPE.encode("utf-16-le"),
        DOCTYPE.encode("utf-16-be"),
        b'<?xml version="1.0" encoding="utf-16"?>\n<a/>',
        b'<?xml version="1.0" encoding="iso-8859-1"?>\n<a/>',
        b'<?xml version="1.0" encoding="cp037"?>\n' + "<!DOCTYPE r><r/>".encode("cp037"),
        b'<!DOCTYPE r SYSTEM "http://example.org/r.dtd"><r/>',
        b'<!DOCTYPE r [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><r/>',
    ],
)
def test_document_types_and_entities_are_refused(data: bytes) -> None:
    fault(data, "rdfxml")


def test_a_comment_may_say_doctype() -> None:
    record = ropa.from_dict({**HEAD, "name": "<!DOCTYPE a>"})
    text = ropa.dumps(record, "rdfxml").replace("?>\n", "?>\n<!-- <!DOCTYPE b> <!ENTITY c> -->\n", 1)
    assert ropa.loads(text, "rdfxml") == record


def test_brackets_in_texts_are_no_nesting() -> None:
    words = "[" * 200 + "{" * 200 + "(" * 200 + "\"'#<"
    record = ropa.from_dict({**HEAD, "name": words, "description": f'{words}\n"""{words}\\'})
    for format_ in ("json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"):
        assert ropa.loads(ropa.dumps(record, format_), format_) == record


# -- depth ---------------------------------------------------------------------

N = 100_000
DEEP = {
    "json list": ("json", "[" * N + "]" * N),
    "json object": ("json", '{"a":' * N + "1" + "}" * N),
    "json cut off": ("json", "[" * N),
    "json in a field": ("json", '{"name": ' + "[" * N + "]" * N + "}"),
    "yaml flow list": ("yaml", "a: " + "[" * N + "]" * N),
    "yaml flow cut off": ("yaml", "[" * N),
    "yaml flow mapping": ("yaml", "{a: " * N + "}" * N),
    "yaml block list": ("yaml", "- " * N + "a"),
    "yaml block mapping": ("yaml", "\n".join(" " * level + "a:" for level in range(1500))),
    "yaml long keys": ("yaml", "? " * N + "a"),
    "turtle nodes": ("turtle", T + "<a> <b> " + "[ <b> " * N + "1" + " ]" * N + " ."),
    "turtle lists": ("turtle", T + "<a> <b> " + "(" * N + ")" * N + " ."),
    "turtle cut off": ("turtle", "<a> <b> " + "[ <b> " * N),
    "turtle formulas": ("turtle", "{" * N + "}" * N),
    "turtle mixed": ("turtle", '<a> <b> """[""" , \'(\' , ' + "[ <b> (" * (N // 2)),
    "jsonld list": ("jsonld", "[" * N + "]" * N),
    "jsonld nodes": ("jsonld", '{"https://example.org/a":' * N + "1" + "}" * N),
    "rdfxml": ("rdfxml", "<a>" * N + "</a>" * N),
    "rdfxml cut off": ("rdfxml", "<a>" * N),
    "ntriples": ("ntriples", "<" * N),
    "ntriples quoted": ("ntriples", "<<" * N + ">>" * N),
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_of_100000_is_refused_at_once(name: str) -> None:
    format_, text = DEEP[name]
    start = time.process_time()
    found = fault(text, format_)
    assert time.process_time() - start < SECONDS
    assert found.line
    assert (
        "nest" in found.message or "depth" in found.message or name in ("yaml long keys", "ntriples", "ntriples quoted")
    )


@pytest.mark.parametrize("format_", ["json", "yaml", "jsonld", "turtle"])
def test_the_bound_of_depth(format_: str) -> None:
    inner = MAX_DEPTH - (format_ in ("json", "yaml"))
    texts = {
        "json": '{"name":\n%s}',
        "yaml": "name:\n %s",
        "jsonld": "%s",
        "turtle": T + "<https://example.org/x> <b> %s .",
    }
    opened, closed = ("(", ")") if format_ == "turtle" else ("[", "]")
    for depth, told in ((inner, False), (inner + 1, True)):
        found = faults(texts[format_] % (opened * depth + closed * depth), format_)
        assert any("nested" in one.message for one in found) is told


SLOW = {
    "turtle quotes": ("turtle", '"""\\' * N),
    "turtle paths": ("turtle", T + "<a>" + "!<b>" * N + " <c> <d> ."),
    "turtle open brackets": ("turtle", "<" * N),
    "ntriples blank": ("ntriples", "_:" + "<" * N),
    "ntriples words": ("ntriples", "_:" + "a" * N),
    "json strings": ("json", '["' + "\\\\" * N),
    "json long key": ("json", '{"' + "a" * N * 10 + '": 1}'),
    "yaml quotes": ("yaml", "name: " + "'" * N),
    "yaml colons": ("yaml", ":" * N),
    "yaml questions": ("yaml", "?" * N),
    "yaml commas": ("yaml", "[" + "," * N),
    "yaml long key": ("yaml", "a" * N + ": b"),
    "rdfxml attributes": ("rdfxml", "<a " + "".join(f'a{n}="" ' for n in range(N // 10)) + "/>"),
}


@pytest.mark.parametrize("name", SLOW)
def test_long_input_takes_no_squares(name: str) -> None:
    format_, text = SLOW[name]
    start = time.process_time()
    faults(text, format_)
    assert time.process_time() - start < SECONDS


# -- chance --------------------------------------------------------------------

SAMPLE = ropa.from_dict(
    {
        **HEAD,
        "name": {"fi": "Äänet", "sv": "Röster"},
        "prefixes": {"x": "https://example.org/x#"},
        "registers": [
            {
                "id": "a",
                "name": 'Asiakas: "1"',
                "transfers": [],
                "recipients": [{"name": "Perintä", "kind": "dpv:DataProcessor", "condition": "jos [ehto]"}],
                "retention_rules": [{"period": "P10Y", "id": "r"}],
                "extra": {"x:a": 1.5},
                "evidence": [{"start": 3, "id": "e"}],
            }
        ],
    }
)


def bent(text: str, chance: random.Random) -> bytes:
    """Return the text with a few bytes changed, taken out, doubled or moved."""
    raw = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(raw))
        piece = raw[place : place + chance.randint(1, 20)]
        kind = chance.randrange(4)
        if kind == 0:
            raw[place] = chance.choice(b"\x00\x7f\xff \n\t\"'\\:,{}[]()<>&#-?!*|%@`0aA~.;_")
        elif kind == 1:
            del raw[place : place + len(piece)]
        elif kind == 2:
            raw[place:place] = piece
        else:
            other = chance.randrange(len(raw))
            raw[other:other] = piece
    return bytes(raw)


@pytest.mark.parametrize(
    ("format_", "rounds"),
    [("json", 1500), ("yaml", 250), ("turtle", 150), ("ntriples", 150), ("jsonld", 150), ("rdfxml", 150)],
)
def test_bent_documents_are_read_or_refused(format_: str, rounds: int) -> None:
    chance = random.Random(20)  # noqa: S311  # no secret
    text = ropa.dumps(SAMPLE, format_)
    refused = 0
    for _ in range(rounds):
        raw = bent(text, chance)
        found = told(raw, format_)
        refused += bool(found)
        assert all(one.code == "ROPA907" and one.message for one in found)
        if format_ in io.TEXT_FORMATS:
            assert all(one.line and one.line <= raw.count(b"\n") + 2 for one in found), raw
    assert refused > rounds / 2


# -- what loads and is a finding -----------------------------------------------


@pytest.mark.parametrize(
    ("register", "code"),
    [
        ({"purposes": [{"id": "a", "concepts": ["dpv:Purpouse"]}]}, "ROPA901"),
        ({"purposes": [{"id": "a", "concepts": ["nowhere:Purpose"]}]}, "ROPA901"),
        ({"purposes": [{"id": "a"}, {"id": "a"}]}, "ROPA904"),
        ({"systems": ["olematon"]}, "ROPA903"),
    ],
)
def test_unknown_terms_repeated_ids_and_dangling_references_load(register: dict[str, Any], code: str) -> None:
    record = ropa.from_dict({**HEAD, "registers": [{"id": "r", **register}]})
    assert code in {one.code for one in ropa.check(record)}
