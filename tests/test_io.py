"""Files and folders: what is read, where findings stand, and that writing is whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import ropa
from ropa import io, jsonread
from ropa.findings import malformed

HEAD: dict[str, Any] = {"ropa": 1, "id": "https://example.org/ropa/x", "language": "fi"}
FORMATS = {".json": "json", ".yaml": "yaml", ".ttl": "turtle", ".nt": "ntriples", ".jsonld": "jsonld", ".rdf": "rdfxml"}


def record(*registers: str, **more: Any) -> ropa.Record:
    """Return a record with registers of these ids."""
    data = {**HEAD, "registers": [{"id": name, "name": name.upper(), "transfers": []} for name in registers], **more}
    return ropa.from_dict({key: value for key, value in data.items() if value != []})


def faults(path: Path) -> list[tuple[str, int | None, str]]:
    """Return file name, line and path of each finding of a record that must not be read."""
    with pytest.raises(ropa.ReadError) as caught:
        ropa.load(path)
    assert {one.code for one in caught.value.findings} == {"ROPA907"}
    return [(Path(one.file or "").name, one.line, one.path) for one in caught.value.findings]


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# -- files ---------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_is_written_and_read_by_its_ending(suffix: str, tmp_path: Path) -> None:
    made = record("b", "a")
    for name in (f"x{suffix}", f"y{suffix.upper()}"):
        ropa.dump(made, tmp_path / name)
        assert ropa.load(tmp_path / name) == made
        assert (tmp_path / name).read_bytes() == ropa.dumps(made, FORMATS[suffix]).encode()


def test_a_file_of_another_ending(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(ropa.dumps(record()))
    assert faults(tmp_path / "x.txt") == [("x.txt", None, "")]
    with pytest.raises(ropa.RopaError, match=r"\.odt"):
        ropa.dump(record(), tmp_path / "x.odt")
    with pytest.raises(ropa.RopaError, match="xml"):
        ropa.dumps(record(), "xml")
    with pytest.raises(ropa.RopaError, match="xml"):
        ropa.loads("", "xml")
    assert list(files(tmp_path)) == ["x.txt"]


@pytest.mark.parametrize(
    "name", ["missing.json", "missing", "x" * 5000 + ".json", "a/b/c.yaml", "link.json", "file.json/x.json"]
)
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere.json")
    (tmp_path / "file.json").write_text("{}")
    assert [(line, path) for _, line, path in faults(tmp_path / name)] == [(None, "")]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ropa.dump(record(), tmp_path / "x.json")
    ropa.dump(record(), tmp_path / "y.json")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "x.json":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert faults(tmp_path / "x.json") == [("x.json", None, "")]
    results = dict(ropa.load_all(tmp_path))
    assert isinstance(results[str(tmp_path / "x.json")], ropa.ReadError)
    assert isinstance(results[str(tmp_path / "y.json")], ropa.Record)


# -- line and column -----------------------------------------------------------

NESTED: dict[str, Any] = {
    **HEAD,
    "controller": {"name": "Yhtiö Oy", "phone": "1"},
    "data_protection_officers": [{"role": "Tietosuojavastaava", "name": "X", "email": "a@b.example"}],
    "laws": [{"title": "Laki A"}, {"number": "1/2000", "title": "Laki B"}, {"number": "2/2000"}],
    "registers": [
        {"name": "Ensimmäinen rekisteri"},
        {
            "name": {"sv": "Andra", "fi": "Toinen rekisteri"},
            "legal_bases": [{"basis": "eu-gdpr:A6-1-c"}, {"basis": "eu-gdpr:A6-1-b", "laws": ["olematon"]}],
            "data_categories": [{"concepts": ["pd:Contact", "dpv:PersonalData"]}, {"name": "Mittarit"}],
            "recipients": [
                {"name": "Perintä"},
                {"kind": "dpv:DataProcessor", "agreements": [{"title": "Sopimus"}, {"title": "Toinen", "kind": "x:y"}]},
            ],
            "rights": [{"right": "eu-gdpr:A15"}, {"right": "eu-gdpr:A77", "forums": ["nowhere:Forum"]}],
            "rights_procedure": {"id": "menettely", "description": "TODO"},
            "notices": [{"language": "fi"}, {"language": "sv", "under": ["eu-gdpr:A99"]}],
        },
    ],
}
PLACES = {
    "controller/yhtio-oy/phone": ("controller", "phone"),
    "controller/yhtio-oy": ("controller",),
    "controller/phone": ("controller", "phone"),
    "data_protection_officers/tietosuojavastaava/email": ("data_protection_officers", 0, "email"),
    "laws/laki-b/number": ("laws", 1, "number"),
    "laws/2-2000": ("laws", 2),
    "laws/[1]/title": ("laws", 1, "title"),
    "language": ("language",),
    "ensimmainen-rekisteri": ("registers", 0),
    "toinen-rekisteri/name": ("registers", 1, "name"),
    "[1]/name": ("registers", 1, "name"),
    "toinen-rekisteri/transfers": ("registers", 1),
    "toinen-rekisteri/legal_bases/a6-1-b/laws": ("registers", 1, "legal_bases", 1, "laws"),
    "toinen-rekisteri/legal_bases/a6-1-b/laws/0": ("registers", 1, "legal_bases", 1, "laws", 0),
    "toinen-rekisteri/data_categories/personaldata/concepts": ("registers", 1, "data_categories", 0, "concepts"),
    "toinen-rekisteri/data_categories/mittarit": ("registers", 1, "data_categories", 1),
    "toinen-rekisteri/recipients/dataprocessor/agreements/toinen/kind": (
        "registers", 1, "recipients", 1, "agreements", 1, "kind",
    ),
    "toinen-rekisteri/rights/a77/forums": ("registers", 1, "rights", 1, "forums"),
    "toinen-rekisteri/rights_procedure/menettely/description": ("registers", 1, "rights_procedure", "description"),
    "toinen-rekisteri/notices/sv/under": ("registers", 1, "notices", 1, "under"),
    "toinen-rekisteri/notices/en/under": ("registers", 1, "notices"),
    "olematon/name": ("registers",),
}  # fmt: skip


def texts() -> dict[str, str]:
    """Return the nested record in JSON and YAML, spread out and on one line."""
    return {
        "json": json.dumps(NESTED, indent=2, ensure_ascii=False),
        "yaml": io.yamlwrite(NESTED),
    }


def expected(keys: tuple[str | int, ...], format_: str) -> int:
    """Return the line of a key or an item, found by putting a sign there and writing the document anew."""
    data = json.loads(json.dumps(NESTED))
    if not keys:
        return 1
    node = data
    for key in keys[:-1]:
        node = node[key]
    last = keys[-1]
    if isinstance(last, int):
        node[last] = {"SIGN": 1, **node[last]} if isinstance(node[last], dict) else "SIGN"
    else:
        pairs = [("SIGN" if key == last else key, value) for key, value in node.items()]
        node.clear()
        node.update(pairs)
    text = json.dumps(data, indent=2, ensure_ascii=False) if format_ == "json" else io.yamlwrite(data)
    line = text[: text.index("SIGN")].count("\n") + 1
    return line - (format_ == "json" and isinstance(last, int) and text.splitlines()[line - 2].strip() == "{")


@pytest.mark.parametrize("format_", ["json", "yaml"])
@pytest.mark.parametrize("path", PLACES)
def test_where_a_path_stands(path: str, format_: str) -> None:
    source = io.read_bytes(texts()[format_].encode(), format_, "x")[1]
    (found,) = io.locate([malformed("", path=path)], source)
    assert found.line == expected(PLACES[path], format_)
    assert found.file == "x"


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_every_finding_of_a_check_stands_where_its_path_is(format_: str, tmp_path: Path) -> None:
    place = tmp_path / f"x.{format_}"
    place.write_text(texts()[format_], encoding="utf-8")
    lines = {one.path: one.line for one in ropa.check(place, as_of="2026-01-01")}
    for path in (
        "toinen-rekisteri/legal_bases/a6-1-b/laws",
        "toinen-rekisteri/rights/a77/forums",
        "toinen-rekisteri/rights_procedure/menettely/description",
        "toinen-rekisteri/notices/sv/under",
    ):
        assert lines[path] == expected(PLACES[path], format_)
    assert all(lines.values())


def test_columns_count_letters() -> None:
    text = '{"id": "https://example.org/ä/€/😀", "language": "fi", "nmae": 1,\n\t"registers": [{"id": "ä"}]}'
    with pytest.raises(ropa.ReadError) as caught:
        ropa.loads(text)
    first, second = sorted(caught.value.findings, key=lambda one: one.line or 0)
    assert (first.line, first.column) == (1, text.index('"nmae"') + 1)
    assert (second.line, second.column) == (2, text.splitlines()[1].index('"id"') + 1)


def test_places_agree_with_a_slow_reading() -> None:
    text = json.dumps(NESTED, indent=1, ensure_ascii=False).encode()
    whole = jsonread.places(text, _Every())
    assert len(whole) > 60
    for keys, (line, column) in whole.items():
        written = text.decode().splitlines()[line - 1][column - 1 :]
        assert not isinstance(keys[-1] if keys else 0, str) or written.startswith(f'"{keys[-1]}"')
    one_line = json.dumps(NESTED, ensure_ascii=False).encode()
    assert {line for line, _ in jsonread.places(one_line, _Every()).values()} == {1}
    assert jsonread.places(one_line, _Every()).keys() == whole.keys()


class _Every:
    def __contains__(self, _: object) -> bool:
        return True


def test_findings_keep_their_order(tmp_path: Path) -> None:
    source = io.read_bytes(texts()["json"].encode(), "json")[1]
    given = [malformed(str(number), path=path) for number, path in enumerate(PLACES)]
    assert [one.message for one in io.locate(given, source)] == [one.message for one in given]
    ropa.dump(ropa.from_dict(NESTED), tmp_path / "x")
    given = [malformed(str(number), path=path) for number, path in enumerate(reversed(PLACES))]
    found = io.locate(given, io.read_path(tmp_path / "x")[1])
    assert [one.message for one in found] == [one.message for one in given]
    assert {Path(one.file or "").name for one in found} == {
        "record.yaml",
        "ensimmainen-rekisteri.yaml",
        "toinen-rekisteri.yaml",
    }


# -- record folders ------------------------------------------------------------


def folder(place: Path, **parts: str) -> Path:
    """Write a record folder; `record` is its head, the others are registers."""
    (place / "registers").mkdir(parents=True)
    head = "ropa: 1\nid: https://example.org/ropa/x\nlanguage: fi\n"
    (place / "record.yaml").write_text(parts.pop("record", head), encoding="utf-8")
    for name, text in parts.items():
        (place / "registers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize(
    "names", [(), ("a",), ("b", "a"), ("a", "a-b"), ("a-b", "a"), ("a", "a"), tuple("cabdefghijkl")]
)
def test_a_folder_and_back(names: tuple[str, ...], tmp_path: Path) -> None:
    made = record(*names, name="Nimi")
    ropa.dump(made, tmp_path / "x")
    assert ropa.load(tmp_path / "x") == made
    before = files(tmp_path)
    ropa.dump(ropa.load(tmp_path / "x"), tmp_path / "x")
    assert files(tmp_path) == before
    assert len(before) == 1 + len(names)


@pytest.mark.parametrize("other", ["registers/z.yaml", "registers/a.json", "record.json", "record.yml"])
def test_a_folder_of_another_record_is_left_alone(other: str, tmp_path: Path) -> None:
    ropa.dump(record("a"), tmp_path / "x")
    (tmp_path / "x" / other).write_text("{}")
    before = files(tmp_path)
    with pytest.raises(ropa.RopaError, match=Path(other).name):
        ropa.dump(record("a", "b"), tmp_path / "x")
    assert files(tmp_path) == before


def test_files_beside_a_record_folder_stay(tmp_path: Path) -> None:
    ropa.dump(record("a"), tmp_path / "x")
    for other in ("README.md", "registers/note.txt", "registers/.a.yaml", "registers/a.yaml.bak"):
        (tmp_path / "x" / other).write_text("]")
    ropa.dump(record("a", "b"), tmp_path / "x")
    assert ropa.load(tmp_path / "x") == record("a", "b")


def test_registers_of_a_folder_take_their_id_from_the_file(tmp_path: Path) -> None:
    parts = {"Äänet 2": "name: x\n", "b": "id: a\nropa: 1\n$schema: x.json\n"}
    made = ropa.load(folder(tmp_path / "x", **parts))
    assert [one.id for one in ropa.each(made.registers)] == ["a", "aanet-2"]


def test_a_folder_may_hold_json_and_registers_in_its_head(tmp_path: Path) -> None:
    place = tmp_path / "x"
    (place / "registers").mkdir(parents=True)
    (place / "record.json").write_text(json.dumps({**HEAD, "registers": [{"id": "a"}]}))
    (place / "registers" / "b.json").write_text("\ufeff" + '{"name": "b",\r\n "recipients": []}')
    (place / "registers" / "c.yml").write_text("name: c\n")
    assert [one.id for one in ropa.each(ropa.load(place).registers)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("parts", "expected_"),
    [
        ({"record": ""}, [("record.yaml", 1, "")]),
        ({"record": "- a\n"}, [("record.yaml", 1, "")]),
        ({"record": "ropa: 1\nid: x y\nlanguage: fi\n", "a": "{}"}, [("record.yaml", 2, "id")]),
        ({"record": "id: a:b\nlanguage: fi\nregisters: 5\n", "a": "{}"}, [("record.yaml", 3, "registers")]),
        ({"record": "id: a:b\nlanguage: fi\nregisters:\n", "a": "{}"}, [("record.yaml", 3, "registers")]),
        ({"record": "id: a:b\nlanguage: fi\nregisters: {a: 1}\n"}, [("record.yaml", 3, "registers")]),
        ({"record": "id: a:b\nlanguage: fi\nregsters: []\n"}, [("record.yaml", 3, "regsters")]),
        ({"a": "name: x\nnmae: y\n"}, [("a.yaml", 2, "a/nmae")]),
        ({"a": "id: A B\n"}, [("a.yaml", 1, "[0]/id")]),
        ({"a": "name: x\nid:\n"}, [("a.yaml", 2, "[0]/id")]),
        ({"a": "name: x\nropa: 2\n"}, [("a.yaml", 2, "a/ropa")]),
        ({"a": ""}, [("a.yaml", 1, "")]),
        ({"a": "- b\n"}, [("a.yaml", 1, "")]),
        ({"a": "name: [\n", "b": "id: b\nid: c\n"}, [("a.yaml", 2, ""), ("b.yaml", 2, "id")]),
        ({"record": "{", "b": "*a"}, [("record.yaml", 1, ""), ("b.yaml", 1, "")]),
        (
            {"a": "name: x\n", "b": "purposes:\n- id: c\n- name: d\n  concepts: e\n", "c": "transfers: ~\n"},
            [("b.yaml", 4, "b/purposes/[1]/concepts"), ("c.yaml", 1, "c/transfers")],
        ),
    ],
)
def test_faults_of_a_folder_have_their_file(
    parts: dict[str, str], expected_: list[tuple[str, int, str]], tmp_path: Path
) -> None:
    assert faults(folder(tmp_path / "x", **parts)) == expected_


def test_findings_of_a_folder_have_their_file(tmp_path: Path) -> None:
    place = folder(tmp_path / "x", a="purposes: []\n", b="name: x\nsystems: [olematon]\n")
    (found,) = [one for one in ropa.check(place, as_of="2026-01-01") if one.code == "ROPA903"]
    assert (Path(found.file or "").name, found.line, found.path) == ("b.yaml", 2, "b/systems")
    (head,) = [one for one in ropa.check(place, as_of="2026-01-01") if one.code == "ROPA101"]
    assert (Path(head.file or "").name, head.line) == ("record.yaml", 1)


def test_a_folder_without_a_record(tmp_path: Path) -> None:
    assert faults(tmp_path) == [(tmp_path.name, None, "")]


def test_a_register_that_is_a_folder(tmp_path: Path) -> None:
    place = folder(tmp_path / "x")
    (place / "registers" / "a.yaml").mkdir()
    assert faults(place) == [("a.yaml", None, "")]


def test_the_records_under_a_folder(tmp_path: Path) -> None:
    (tmp_path / "z" / "y").mkdir(parents=True)
    for number, suffix in enumerate(FORMATS):
        ropa.dump(record("a"), tmp_path / ("z/y" if number % 2 else "") / f"{number}{suffix}")
    ropa.dump(record("a", "b"), tmp_path / "folder")
    (tmp_path / "q.yaml").write_text('"ropa": 1\nid: a:b\nlanguage: fi\n')
    (tmp_path / "r.yaml").write_text("\ufeffropa: 1\r\nid: a:b\r\nlanguage: fi\r\n")
    for name, text in {
        "package.json": '{"keywords": ["ropa"], "dependencies": {"ropa": "^1"}}',
        "schema.json": json.dumps(ropa.json_schema()),
        "broken.json": "{",
        "notes.txt": "ropa: 1",
        "ci.yaml": "jobs:\n  ropa: 1\n",
        "other.ttl": "<a> <b> <c> .",
        ".hidden.json": json.dumps(HEAD),
        ".git/x.json": json.dumps(HEAD),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found, skipped = io.record_paths([tmp_path])
    names = [str(path.relative_to(tmp_path)) for path in found]
    assert names == ["0.json", "2.ttl", "4.jsonld", "q.yaml", "r.yaml", "folder", "z/y/1.yaml", "z/y/3.nt", "z/y/5.rdf"]
    assert skipped == 7
    assert all(isinstance(one, ropa.Record) for _, one in ropa.load_all(tmp_path))


def test_the_vocabulary_of_the_library_is_no_record(request: pytest.FixtureRequest) -> None:
    place = request.config.rootpath / "vocab"
    assert io.record_paths([place])[0] == [place]


def test_named_files_are_always_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    missing = tmp_path / "b.json"
    assert io.record_paths([tmp_path / "a.json", missing, missing])[0] == [tmp_path / "a.json", missing]
    results = list(ropa.load_all(tmp_path / "a.json", missing))
    assert [type(one) for _, one in results] == [ropa.ReadError, ropa.ReadError]


# -- writing -------------------------------------------------------------------


def twice() -> ropa.Record:
    """Return a record that RDF cannot say: two nodes have one IRI."""
    return ropa.from_dict({**HEAD, "registers": [{"id": "a", "purposes": [{"id": "b"}, {"id": "b"}]}]})


@pytest.mark.parametrize("suffix", [suffix for suffix in FORMATS if suffix not in (".json", ".yaml")])
def test_what_cannot_be_written_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    place = tmp_path / f"x{suffix}"
    place.write_text("old")
    with pytest.raises(ropa.WriteError) as caught:
        ropa.dump(twice(), place)
    assert [(one.code, one.path) for one in caught.value.findings] == [("ROPA904", "a/purposes/b")]
    assert files(tmp_path) == {place.name: b"old"}


def test_json_and_yaml_write_every_record(tmp_path: Path) -> None:
    for name in ("x.json", "x.yaml", "x"):
        ropa.dump(twice(), tmp_path / name)
        assert ropa.load(tmp_path / name) == twice()


@pytest.mark.parametrize("fails", ["fdopen", "replace"])
def test_a_failure_while_writing_leaves_the_old_file(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "x.json"
    place.write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, fails) if fails == "fdopen" else (Path, fails)), full)
    with pytest.raises(OSError, match="No space"):
        ropa.dump(record(), place)
    assert files(tmp_path) == {"x.json": b"old"}


def test_a_surrogate_is_not_half_written(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        io.write_file(tmp_path / "x", "a" * 100_000 + "\ud800")
    assert files(tmp_path) == {}


def test_the_mode_of_a_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        ropa.dump(record(), tmp_path / "new.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640
    (tmp_path / "new.json").chmod(0o600)
    ropa.dump(record(), tmp_path / "new.json")
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("real.json")
    ropa.dump(record(), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert ropa.load(tmp_path / "real.json") == record()


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        io.write_file(pipe, "Äänet\n")
        assert os.read(reader, 100) == "Äänet\n".encode()
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["nowhere/x.json", "file/x.json", "x" * 300 + ".json"])
def test_a_place_that_cannot_be_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((ropa.RopaError, OSError)):
        ropa.dump(record(), tmp_path / name)
    assert list(files(tmp_path)) == ["file"]


STRINGS = r"""no|No|on|y|true|null|~|1|1.10|007|2022-04-08|0x1F|1e3|.5|-|- a|a: b|a #b|#a|a:|?|@a|`a|%a|&a|*a|!a|>|'a|"a
[a|{a|a, b| a |=|<<|...|---|ä: ö|😀|null |a\n|12:30|key?""".replace("\n", "|").split("|")
STRINGS += ["a\tb", "\u00a0a", "a\u2028b", "\ufeff", "a\ufeff", "a\nb", "a\n", "\n a", "a|b", "|"]


@pytest.mark.parametrize("words", STRINGS)
def test_yaml_keeps_every_string(words: str) -> None:
    data = {"name": words, "remarks": {"": words}, "registers": [{"id": "no", "description": {"no": words}}]}
    made = ropa.from_dict({**HEAD, **data})
    text = ropa.dumps(made, "yaml")
    assert ropa.loads(text, "yaml") == made
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    assert json.loads(json.dumps(old.load(text))) == ropa.to_dict(made)
