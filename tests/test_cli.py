"""The command line: exit codes, output, several paths, standard input, and that nothing half-written is left."""

from __future__ import annotations

import io as stdio
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import ropa
from ropa import cli

DAY = "2026-01-01"
HEAD: dict[str, Any] = {"ropa": 1, "id": "https://example.org/ropa/x", "language": "en", "serves": ["record"]}
WATER: dict[str, Any] = {
    "id": "customers",
    "name": "Customers",
    "purposes": [{"id": "billing", "concepts": ["dpv:Purpose"]}],
    "data_subjects": [{"id": "customers", "concepts": ["dpv:Customer"]}],
    "data_categories": [{"id": "contact", "concepts": ["pd:Contact"]}],
    "recipients": [],
}
CLEAN: dict[str, Any] = {
    **HEAD,
    "controller": {"id": "utility", "name": "Utility", "email": "office@example.org", "address": "Road 1"},
    "registers": [WATER],
}
"""A record with warnings and notes, but no errors."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file of each sort, in which the command is called."""
    for name, data in {
        "clean.json": CLEAN,
        "error.json": {**HEAD, "registers": [{**WATER, "systems": ["nowhere"]}]},
        "wrong.json": {**HEAD, "registers": [{**WATER, "nmae": "x", "purposes": None}]},
        "twice.json": {**CLEAN, "registers": [WATER, WATER]},
    }.items():
        (tmp_path / name).write_text(json.dumps(data, indent=1), encoding="utf-8")
    (tmp_path / "cut.json").write_text(json.dumps(CLEAN, indent=1)[:-10])
    (tmp_path / "bad.ttl").write_text("<a> <b>\n<c> .\n")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Run = tuple[int, str, str]


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> Run:
    """Call the command in this process."""
    capsys.readouterr()
    code = cli.main(argv)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def start(*argv: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Call the command as a program of its own."""
    source = str(Path(ropa.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "PYTHONWARNINGS": "error", "LC_ALL": "C"}
    found = subprocess.run(  # the program itself
        [sys.executable, "-m", "ropa", *argv],
        input=data,
        capture_output=True,
        check=False,
        env=environment,
        timeout=600,
    )
    assert b"Traceback" not in found.stdout + found.stderr
    return found


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Give the command some standard input."""
    monkeypatch.setattr(sys, "stdin", stdio.TextIOWrapper(stdio.BytesIO(data)))


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told(out: str) -> dict[str, dict[str, Any]]:
    """Return what `check --format json` says of each file."""
    return {one["file"]: one for one in json.loads(out)["files"]}


# -- exit codes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ("check clean.json", 0),
        ("check clean.json --fail-on error", 0),
        ("check clean.json --fail-on warning", 1),
        ("check clean.json --fail-on never", 0),
        ("check error.json", 1),
        ("check error.json --fail-on warning", 1),
        ("check error.json --fail-on never", 0),
        ("check twice.json", 1),
        ("check clean.json error.json", 1),
        ("check wrong.json", 2),
        ("check wrong.json --fail-on never", 2),
        ("check cut.json", 2),
        ("check bad.ttl", 2),
        ("check missing.json", 2),
        ("check empty", 2),
        ("check clean.json missing.json error.json", 2),
        ("check .", 2),
        ("check", 2),
        ("check clean.json --profile nothing", 2),
        ("check clean.json --format xml", 2),
        ("check clean.json --fail-on note", 2),
        ("check clean.json --as-of 2026-13-01", 2),
        ("check clean.json --as-of yesterday", 2),
        ("check clean.json --lang de", 2),
        ("check clean.json --nothing", 2),
        ("convert clean.json out.ttl", 0),
        ("convert clean.json out.json --to yaml", 0),
        ("convert clean.json out", 0),
        ("convert error.json out.nt", 0),
        ("convert twice.json out.yaml", 0),
        ("convert twice.json out.ttl", 2),
        ("convert wrong.json out.yaml", 2),
        ("convert cut.json out.yaml", 2),
        ("convert bad.ttl out.yaml", 2),
        ("convert missing.json out.yaml", 2),
        ("convert missing.ttl out.yaml", 2),
        ("convert empty out.yaml", 2),
        ("convert clean.json out.odt", 2),
        ("convert clean.json nowhere/out.json", 2),
        ("convert clean.json out.ttl --to docx", 2),
        ("convert clean.json out.ttl --from turtle", 2),
        ("convert clean.json", 2),
        ("convert", 2),
        ("rule 501", 0),
        ("rule ROPA501", 0),
        ("rule transfers-not-stated --lang sv", 0),
        ("rule 907 --lang fi", 0),
        ("rule malformed-document", 0),
        ("rule 900", 0),
        ("rule 499", 2),
        ("rule", 2),
        ("terms customer", 0),
        ("terms asiakas --limit 1", 0),
        ("terms qqqqzzzz", 1),
        ("terms data --in dpv:PersonalDta", 2),
        ("terms data --limit 0", 2),
        ("terms", 2),
        ("schema", 0),
        ("schema --kind context", 0),
        ("schema --kind shacl --profile record", 0),
        ("schema --kind rdf", 2),
        ("schema -o nowhere/schema.json", 2),
        ("new -o new.yaml", 0),
        ("new -o - --sector heat --lang sv", 0),
        ("new -o clean.json", 2),
        ("new -o new.json", 2),
        ("new -o nowhere/new.yaml", 2),
        ("new --sector gas -o new.yaml", 2),
        ("new", 2),
        ("nothing", 2),
        ("--nothing", 2),
        ("--version", 0),
        ("--help", 0),
        ("check --help", 0),
    ],
)
def test_exit_codes(argv: str, code: int, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, out, err = run(capsys, *argv.split())
    assert found == code, out + err
    assert out or err or code == 0
    hidden = [name for name in tree(place) if Path(name).name.startswith(".")]
    assert hidden == []


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ("check clean.json", 0),
        ("check error.json", 1),
        ("check cut.json clean.json", 2),
        ("convert wrong.json out.ttl", 2),
        ("nothing", 2),
        ("", 2),
    ],
)
@pytest.mark.usefixtures("place")
def test_exit_codes_of_the_program(argv: str, code: int) -> None:
    assert start(*argv.split()).returncode == code


# -- check ---------------------------------------------------------------------


def test_of_several_paths_the_others_are_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["missing.json", "clean.json", "wrong.json", "cut.json", "bad.ttl", "empty", "error.json"]
    code, out, _ = run(capsys, "check", *names, "--format", "json", "--as-of", DAY)
    found = told(out)
    assert code == 2
    assert list(found) == names
    assert [one["readable"] for one in found.values()] == [False, True, False, False, False, False, True]
    assert "ROPA903" in {one["code"] for one in found["error.json"]["findings"]}
    for name in ("missing.json", "wrong.json", "cut.json", "bad.ttl", "empty"):
        assert {one["code"] for one in found[name]["findings"]} == {"ROPA907"}
        assert {one["file"] for one in found[name]["findings"]} == {name}
    lines = (place / "wrong.json").read_text().splitlines()
    wrong = {one["path"]: one for one in found["wrong.json"]["findings"]}
    assert wrong.keys() == {"customers/nmae", "customers/purposes"}
    assert all(f'"{path.split("/")[1]}"' in lines[one["line"] - 1] for path, one in wrong.items())
    assert "did you mean name?" in wrong["customers/nmae"]["message"]


def test_the_json_form_of_a_check(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", "error.json", "--format", "json", "--as-of", DAY, "--lang", "en")
    assert (code, err) == (1, "")
    data = json.loads(out)
    assert {"version", "as_of", "skipped", "files"} <= data.keys()
    assert (data["version"], data["as_of"], data["skipped"]) == (1, DAY, 0)
    (one,) = data["files"]
    assert {"file", "readable", "findings"} <= one.keys()
    found = next(finding for finding in one["findings"] if finding["code"] == "ROPA903")
    assert found["path"] == "customers/systems"
    assert found["severity"] == "error"
    assert found["rule"] == "dangling-reference"
    line = (place / "error.json").read_text().splitlines()[found["line"] - 1]
    assert line[found["column"] - 1 :].startswith('"systems"')
    assert {key for finding in one["findings"] for key in finding} <= {
        "code", "rule", "severity", "message", "articles", "path", "hint", "profiles", "file", "line", "column",
    }  # fmt: skip


@pytest.mark.usefixtures("place")
def test_the_same_check_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "text"):
        argv = ["check", "error.json", "clean.json", "twice.json", "--full", "--format", form, "--as-of", DAY]
        first = run(capsys, *argv)
        assert run(capsys, *argv) == first
        assert start(*argv).stdout.decode() == first[1]


@pytest.mark.usefixtures("place")
def test_the_text_form_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "error.json", "wrong.json", "clean.json", "--as-of", DAY)
    assert code == 2
    lines = out.splitlines()
    assert lines[0].startswith("error.json: ")
    assert "wrong.json: cannot be read" in lines
    assert "more: --full shows all" in out
    assert f"Facts as of {DAY}" in lines[-1]
    assert lines[-1].startswith("3 checked")
    full = run(capsys, "check", "error.json", "--as-of", DAY, "--full")[1]
    assert "more: --full" not in full
    assert full.count(" ROPA") > out.split("wrong.json")[0].count(" ROPA")


@pytest.mark.usefixtures("place")
def test_the_day_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Facts as of 2019-02-03" in run(capsys, "check", "clean.json", "--as-of", "2019-02-03")[1]
    assert re.search(r"Facts as of 20\d\d-\d\d-\d\d", run(capsys, "check", "clean.json")[1])


@pytest.mark.usefixtures("place")
def test_profiles_and_languages(capsys: pytest.CaptureFixture[str]) -> None:
    def codes(*more: str) -> set[str]:
        out = run(capsys, "check", "clean.json", "--format", "json", "--as-of", DAY, *more)[1]
        return {one["code"] for one in told(out)["clean.json"]["findings"]}

    assert "ROPA701" not in codes()
    assert "ROPA701" in codes("--profile", "notice")
    assert codes("--profile", "notice", "--profile", "record") >= codes() | codes("--profile", "notice")
    messages = {lang: run(capsys, "check", "clean.json", "--lang", lang)[1] for lang in ("en", "fi", "sv")}
    assert len(set(messages.values())) == 3


def test_a_folder_is_searched(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ropa.dump(ropa.from_dict(CLEAN), place / "deep" / "er")
    (place / "deep" / "note.txt").write_text("x")
    code, out, _ = run(capsys, "check", "deep", "--format", "json")
    assert code == 0
    assert (list(told(out)), json.loads(out)["skipped"]) == (["deep/er"], 1)
    code, out, _ = run(capsys, "check", ".", "--format", "json")
    assert code == 2
    assert set(told(out)) == {"clean.json", "error.json", "wrong.json", "twice.json", "cut.json", "deep/er"}
    assert json.loads(out)["skipped"] == 2


def test_findings_of_a_folder_name_the_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ropa.dump(ropa.load(place / "error.json"), place / "folder")
    _, out, _ = run(capsys, "check", "folder", "--as-of", DAY, "--full")
    found: dict[str, str] = {}
    for block in re.split(r"^  (?=folder/)", out, flags=re.MULTILINE)[1:]:
        name, _, rest = block.partition("\n")
        found[name] = found.get(name, "") + rest
    assert "customers/systems" in found["folder/registers/customers.yaml"]
    assert "ROPA101" in found["folder/record.yaml"]


def test_nothing_steers_the_terminal(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps({**HEAD, "\x1b[2J\nfoo": 1, "registers": [{"id": "\x1b[31m"}]})
    text = text.replace('"ropa"', '"\u202e\u009b31m": 1, "ropa"')
    (place / "\x1b[31m.json").write_text(text)
    code, out, err = run(capsys, "check", "\x1b[31m.json")
    assert code == 2
    assert "\x1b" not in out + err
    assert not {"\u202e", "\u009b"} & set(out + err)
    assert "\\x1b[2J\\nfoo" in out
    code, out, err = run(capsys, "convert", "\x1b[31m.json", "out.yaml")
    assert "\x1b" not in out + err


def test_odd_keys_break_no_output(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = ["\x1b[2J", "\x00", "a\n::error::b", "</failure>", '"', "\u202e", "\ufffe"]
    (place / "odd.json").write_text(json.dumps({**HEAD, **dict.fromkeys(keys, 1)}))
    out = {form: run(capsys, "check", "odd.json", "--format", form)[1] for form in ("json", "sarif", "junit", "github")}
    assert len(told(out["json"])["odd.json"]["findings"]) == len(keys)
    assert len(json.loads(out["sarif"])["runs"][0]["results"]) == len(keys)
    assert len(ET.fromstring(out["junit"]).findall(".//error")) == len(keys)  # noqa: S314  # our own output
    assert sum(line.startswith("::error file=odd.json") for line in out["github"].splitlines()) == len(keys)
    assert not any(line.startswith("::error::") for line in out["github"].splitlines())


def test_names_and_keys_that_are_not_unicode(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"k\xe4vij\xe4.json")
    try:
        (place / name).write_text(json.dumps(CLEAN))
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (place / "key.yaml").write_text('ropa: 1\nid: a:b\nlanguage: fi\n"\\ud800": 1\n')
    for form in ("json", "text", "sarif", "junit", "github"):
        code, out, _ = run(capsys, "check", name, "key.yaml", "--format", form)
        assert code == 2
        assert out.encode()
    assert len(told(run(capsys, "check", name, "key.yaml", "--format", "json")[1])) == 2


# -- standard input and output -------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_standard_input(format_: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = ropa.dumps(ropa.from_dict(CLEAN), format_).encode()
    for begin in (b"", b"\xef\xbb\xbf"):
        stdin(monkeypatch, begin + data)
        code, out, _ = run(capsys, "check", "-", "--format", "json")
        assert (code, told(out)["-"]["readable"]) == (0, True)
    pytest.importorskip("ropa.rdf.adopt")
    for more in ((), ("--from", format_)):
        stdin(monkeypatch, data)
        code, out, err = run(capsys, "convert", "-", "-", *more)
        assert (code, err) == (0, "")
        assert ropa.loads(out) == ropa.from_dict(CLEAN)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b"[" * 5000, b"<a", b"@prefix", b"id: [", b'{"@context": "https://a.example/"}']
)
def test_wrong_standard_input(data: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (("check", "-"), ("convert", "-", "-")):
        stdin(monkeypatch, data)
        code, out, err = run(capsys, *argv)
        assert code == 2
        assert "ROPA907" in out + err
    assert out == ""


def test_standard_input_beside_files(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin(monkeypatch, (place / "error.json").read_bytes())
    code, out, _ = run(capsys, "check", "clean.json", "-", "-", "--format", "json")
    assert (code, list(told(out))) == (1, ["clean.json", "-"])
    assert {one["file"] for one in told(out)["-"]["findings"]} == {"-"}
    monkeypatch.setattr(sys, "stdin", None)
    assert run(capsys, "check", "-")[0] == 2


@pytest.mark.usefixtures("place")
def test_a_closed_pipe_is_no_crash() -> None:
    source = str(Path(ropa.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    with subprocess.Popen(
        [sys.executable, "-m", "ropa", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()


# -- convert -------------------------------------------------------------------

WAYS = ["out.json", "out.yaml", "out.yml", "out.ttl", "out.nt", "out.jsonld", "out.rdf", "out"]


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("name", ["kajaanin-vesi", "mikkelin-vesiliikelaitos"])
def test_convert_and_back(
    first: str, name: str, examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ropa.rdf.adopt")
    original = examples / f"{name}.json"
    assert run(capsys, "convert", str(original), str(tmp_path / first)) == (0, "", "")
    assert run(capsys, "convert", str(tmp_path / first), str(tmp_path / "back.json")) == (0, "", "")
    assert (tmp_path / "back.json").read_bytes() == original.read_bytes()
    before = tree(tmp_path)
    assert run(capsys, "convert", str(original), str(tmp_path / first)) == (0, "", "")
    assert tree(tmp_path) == before


def test_convert_names_what_it_cannot_read(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ropa.rdf.adopt")
    (place / "foreign.ttl").write_text(
        "@prefix dpv: <https://w3id.org/dpv#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        "<https://example.org/p> a dpv:Process ; dct:title 'Billing'@en ; dpv:hasPurpose dpv:Purpose ;\n"
        "  <https://example.org/shoe-size> 42 .\n"
    )
    code, out, err = run(capsys, "convert", "foreign.ttl", "out.json")
    assert (code, out) == (1, "")
    assert "<https://example.org/shoe-size>" in err
    assert ropa.load(place / "out.json").registers


@pytest.mark.parametrize("name", ["wrong.json", "cut.json", "bad.ttl", "twice.json", "missing.nt"])
@pytest.mark.parametrize("target", ["out.ttl", "old.ttl", "nowhere/out.ttl"])
def test_a_failed_convert_leaves_no_file(name: str, target: str, place: Path) -> None:
    (place / "old.ttl").write_text("old")
    before = tree(place)
    found = start("convert", name, target)
    assert (found.returncode, found.stdout) == (2, b"")
    assert b"ROPA90" in found.stderr
    assert tree(place) == before


def test_a_folder_of_another_record_is_left_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "convert", "clean.json", "out")[0] == 0
    (place / "out" / "registers" / "other.yaml").write_text("id: other\n")
    before = tree(place)
    code, _, err = run(capsys, "convert", "clean.json", "out")
    assert code == 2
    assert "other.yaml" in err
    assert tree(place) == before


# -- the others ----------------------------------------------------------------


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    out = {
        code: run(capsys, "rule", code, "--lang", "fi")[1]
        for code in ("501", "ROPA501", "ropa501", "transfers-not-stated")
    }
    assert len(set(out.values())) == 1
    assert out["501"].startswith("ROPA501 transfers-not-stated\n")
    assert "30(1)(e)" in out["501"]
    assert run(capsys, "rule", "907")[1].startswith("ROPA907 malformed-document\n")


def test_every_code_of_a_finding_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from ropa.rules import RULES  # noqa: PLC0415  # only here

    for code in sorted({one.code for one in RULES} | {900, 907}):
        for lang in cli.LANGUAGES:
            assert run(capsys, "rule", str(code), "--lang", lang)[0] == 0


def test_terms_are_found_in_three_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["customer"], ["asiakas"], ["kund"]):
        assert "dpv:Customer " in run(capsys, "terms", *words)[1]
    below = run(capsys, "terms", "address", "--in", "dpv:PersonalData", "--limit", "3")[1]
    assert 1 <= sum(not line.startswith(" ") for line in below.splitlines()) <= 3


def test_the_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, "schema")[1])["$schema"].endswith("2020-12/schema")
    assert "@context" in json.loads(run(capsys, "schema", "--kind", "context")[1])
    whole = run(capsys, "schema", "--kind", "shacl")[1]
    assert "sh:NodeShape" in whole
    assert run(capsys, "schema", "--kind", "shacl", "-o", str(tmp_path / "s.ttl")) == (0, "", "")
    assert (tmp_path / "s.ttl").read_text("utf-8") == whole


@pytest.mark.parametrize("sector", ["water", "heat", "electricity"])
@pytest.mark.parametrize("lang", cli.LANGUAGES)
def test_a_starter_can_be_checked_and_converted(
    sector: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "x.yaml"
    assert run(capsys, "new", "--sector", sector, "--lang", lang, "-o", str(place))[0] == 0
    before = place.read_bytes()
    assert run(capsys, "new", "--sector", sector, "--lang", lang, "-o", str(place))[0] == 2
    assert place.read_bytes() == before
    assert run(capsys, "check", str(place))[0] == 1
    assert run(capsys, "convert", str(place), str(tmp_path / "x.ttl"))[0] == 0
    assert run(capsys, "new", "--sector", sector, "--lang", lang, "-o", "-")[1].encode() == before


def test_help_opens_nothing_heavy() -> None:
    source = str(Path(ropa.__file__).parents[1])
    heavy = "rdflib", "jsonschema", "rich", "ruamel"
    code = f"import sys; from ropa.cli import main; main(['--help']); print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONPATH": source}
    )
    assert found.stdout.decode().splitlines()[-1] == "[]"


# -- size ----------------------------------------------------------------------

MEGABYTES, SECONDS, MEMORY = 50, 100, 1600
"""A valid file of 50 MB is checked within 100 seconds of processor time and 1600 MB: three times what was measured."""


def renamed(register: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a copy of a register with its own ids and references."""
    from ropa.spec import slots  # noqa: PLC0415  # only here

    own: set[tuple[str, str]] = set()

    def note(node: dict[str, Any], cls: type) -> None:
        for slot in slots(cls):
            children = node.get(slot.name, []) if slot.kind == "node" else []
            for child in children if isinstance(children, list) else [children]:
                own.add((slot.range.__name__, child.get("id", "")))
                note(child, slot.range)

    def copy(node: dict[str, Any], cls: type) -> dict[str, Any]:
        made = {**node, "id": f"{node['id']}-{number}"} if "id" in node else dict(node)
        for slot in slots(cls):
            value = made.get(slot.name)
            if slot.kind == "node" and value:
                made[slot.name] = [copy(one, slot.range) for one in value] if slot.many else copy(value, slot.range)
            elif slot.kind == "ref" and value:
                names = [
                    f"{one}-{number}" if (slot.ref, one) in own else one for one in (value if slot.many else [value])
                ]
                made[slot.name] = names if slot.many else names[0]
        return made

    note(register, ropa.Register)
    return copy(register, ropa.Register)


@pytest.mark.slow
def test_a_file_of_50_mb(examples: Path, tmp_path: Path) -> None:
    data = json.loads((examples / "kajaanin-vesi.json").read_text("utf-8"))
    (register,) = data["registers"]
    length = len(json.dumps(register, indent=2, ensure_ascii=False).encode()) * 1.1
    data["registers"] += [renamed(register, number) for number in range(int(MEGABYTES * 1e6 / length))]
    place = tmp_path / "large.json"
    place.write_text(json.dumps(data, indent=2, ensure_ascii=False), encoding="utf-8")
    assert place.stat().st_size >= MEGABYTES * 1e6
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = start("check", str(place), "--format", "json", "--as-of", DAY)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    memory = used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    assert found.returncode in (0, 1)
    assert told(found.stdout.decode())[str(place)]["readable"]
    assert seconds < SECONDS, seconds
    assert memory < MEMORY, memory
