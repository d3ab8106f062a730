"""Findings for other programs: valid SARIF and JUnit, escaped annotations, masked numbers, the same bytes again."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import attrs
import jsonschema
import pytest

import ropa
from ropa.errors import ReadError
from ropa.findings import Finding, Severity, malformed
from ropa.output import WRITERS, Result, Run, rendered, safe, summary
from ropa.plaintext import as_text
from ropa.rules import registry

THIRD = Path(__file__).parent / "third_party"
EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
DAY = datetime.date(2026, 11, 22)
NASTY = "a & b < c > \" ' % : , ;\nnext line\tä € 😀 ]]> ::error::x -->"


def finding(code: int = 201, **more: Any) -> Finding:
    name = {900: "rule-crashed", 907: "malformed-document"}.get(code) or next(
        one.name for one in registry.RULES if one.code == code
    )
    given = {"severity": Severity.ERROR, "message": "m", "hint": "h", "path": "customers/purposes", **more}
    return Finding(code=f"ROPA{code}", rule=name, **given)


def run(*results: Result, **more: Any) -> Run:
    given = {"as_of": DAY, "skipped": 0, "facts_verified": "2026-11-01", "version": "0.1.0", **more}
    return Run(results, **given)


def of(*findings: Finding, file: str = "records/water.yaml", readable: bool = True) -> Run:
    return run(Result(file, findings, readable, "https://example.org/x" if readable else None))


def text(given: Run) -> str:
    return "\n".join(as_text(given, "en", {}, full=True))


FORMATS: dict[str, Callable[[Run], str]] = {**WRITERS, "text": text}


def checked(paths: list[Path]) -> Run:
    results = []
    for path in paths:
        findings = ropa.check(path, ["record", "notice", "processor", "fi"], DAY, language="sv")
        results.append(Result(str(path), findings, readable=True, record=ropa.load(path).id))
    return run(*results)


@pytest.fixture(scope="module")
def example_run() -> Run:
    """All examples and a file that cannot be read."""
    unread = Result("broken.json", [malformed("the file ends too early", line=3, column=1)], readable=False)
    made = checked(EXAMPLES)
    return made._replace(results=[*made.results, Result("clean.json", [], readable=True, record="urn:x"), unread])


RUNS: dict[str, Run] = {
    "nothing": run(),
    "clean": of(),
    "one": of(finding(file="records/water.yaml", line=3, column=5, articles=("30(1)(b)",), profiles=("record",))),
    "no place": of(finding(path="", hint="")),
    "line only": of(finding(line=1)),
    "every severity": of(*(finding(severity=severity) for severity in Severity)),
    "crash": of(finding(900, path="", message="the rule ROPA201 failed: ZeroDivisionError: x; the others were run")),
    "unreadable": of(finding(907, path="registers/[2]", line=3), file="broken.json", readable=False),
    "unreadable without place": of(finding(907, path="", hint=""), file="-", readable=False),
    "nasty": of(finding(message=NASTY, hint=NASTY, path="a&b<c>\"'"), file=f"{NASTY.partition(chr(10))[0]}.yaml"),
    "twice": of(finding(), finding()),
    "two files": run(*(Result(name, [finding()], readable=True, record=None) for name in ("a.yaml", "b.yaml"))),
}


# -- SARIF --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    schema = json.loads((THIRD / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def sarif(given: Run) -> Any:
    return json.loads(rendered(given, "sarif"))


@pytest.mark.parametrize("name", RUNS)
def test_sarif_is_valid(name: str, sarif_schema: Any) -> None:
    sarif_schema.validate(sarif(RUNS[name]))


def test_sarif_of_the_examples_is_valid(example_run: Run, sarif_schema: Any) -> None:
    data = sarif(example_run)
    sarif_schema.validate(data)
    assert len(data["runs"][0]["results"]) == sum(len(result.findings) for result in example_run.results)


def test_the_schema_refuses_what_is_no_sarif(sarif_schema: Any) -> None:
    data = sarif(RUNS["one"])
    data["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate(data)


def test_sarif_results_name_their_rules(example_run: Run) -> None:
    (only,) = sarif(example_run)["runs"]
    rules = only["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(ids) == len(set(ids))
    assert {"ROPA900", "ROPA907"} <= set(ids)
    for result in only["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", rule["name"])
        assert rule["helpUri"].endswith(f"/{rule['id']}")


def test_sarif_says_the_days_and_the_levels() -> None:
    (only,) = sarif(RUNS["every severity"])["runs"]
    assert only["properties"] == {"asOf": "2026-11-22", "factsVerified": "2026-11-01"}
    assert [result["level"] for result in only["results"]] == ["error", "warning", "note"]
    assert only["tool"]["driver"]["version"] == "0.1.0"


def test_sarif_fingerprints_stay_when_lines_move() -> None:
    def prints(**place: Any) -> list[Any]:
        findings = [finding(path="a/purposes", **place), finding(601, path="a/retention_rules", **place)]
        return [one["partialFingerprints"] for one in sarif(of(*findings))["runs"][0]["results"]]

    assert prints(line=3) == prints(line=99, column=7, message="other words", severity=Severity.NOTE)
    assert len({json.dumps(one) for one in prints()}) == 2


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("records/water.yaml", "records/water.yaml"),
        ("./water.yaml", "water.yaml"),
        ("../water.yaml", "../water.yaml"),
        ("my records/vesi ä #1.yaml", "my%20records/vesi%20%C3%A4%20%231.yaml"),
        ("100%.yaml", "100%25.yaml"),
        ("-", "-"),
        ("/srv/records/water.yaml", "file:///srv/records/water.yaml"),
        ("/srv/my records/ä.yaml", "file:///srv/my%20records/%C3%A4.yaml"),
    ],
)
def test_sarif_paths_are_uris(file: str, uri: str, sarif_schema: Any) -> None:
    data = sarif(of(finding(file=file, line=1), file=file))
    sarif_schema.validate(data)
    (location,) = data["runs"][0]["results"][0]["locations"]
    found = location["physicalLocation"]["artifactLocation"]["uri"]
    assert found == uri
    assert PurePosixPath(unquote(urlsplit(found).path)) == PurePosixPath(file)


def test_sarif_of_a_finding_in_a_part_of_a_folder() -> None:
    data = sarif(of(finding(file="folder/registers/a.yaml", line=2, column=3), file="folder"))
    (location,) = data["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "folder/registers/a.yaml"},
        "region": {"startLine": 2, "startColumn": 3},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "customers/purposes", "kind": "element"}]


# -- JUnit --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def junit_schema() -> Any:
    etree = pytest.importorskip("lxml.etree")
    return etree.XMLSchema(etree.parse(str(THIRD / "junit-10.xsd")))


def junit(given: Run, schema: Any) -> Any:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(rendered(given, "junit").encode())
    assert schema.validate(root), schema.error_log
    return root


@pytest.mark.parametrize("name", RUNS)
def test_junit_is_valid(name: str, junit_schema: Any) -> None:
    junit(RUNS[name], junit_schema)


def test_junit_counts_what_it_holds(example_run: Run, junit_schema: Any) -> None:
    root = junit(example_run, junit_schema)
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [result.file for result in example_run.results]
    for node in (root, *suites):
        assert int(node.get("tests")) == len(node.findall(".//testcase"))
        assert int(node.get("failures")) == len(node.findall(".//failure"))
        assert int(node.get("errors")) == len(node.findall(".//error"))
    assert int(root.get("failures")) == sum(
        finding.severity is not Severity.NOTE
        for result in example_run.results
        for finding in result.findings
        if result.readable
    )
    assert root.get("errors") == "1"


def test_junit_keeps_every_letter(junit_schema: Any) -> None:
    given = RUNS["nasty"]
    (case,) = junit(given, junit_schema).findall(".//testcase")
    (failure,) = case
    assert failure.get("message") == NASTY
    assert NASTY in failure.text
    assert case.get("name") == f"ROPA201 {given.results[0].findings[0].path}"
    assert case.get("classname") == given.results[0].file


def test_junit_notes_do_not_fail_and_a_clean_file_passes(junit_schema: Any) -> None:
    root = junit(RUNS["every severity"], junit_schema)
    assert [case[0].tag for case in root.findall(".//testcase")] == ["failure", "failure", "system-out"]
    clean = junit(RUNS["clean"], junit_schema)
    assert (clean.get("tests"), clean.get("failures"), clean.get("errors")) == ("1", "0", "0")
    assert junit(RUNS["nothing"], junit_schema).get("tests") == "0"


def test_junit_of_what_cannot_be_read_is_an_error(junit_schema: Any) -> None:
    root = junit(RUNS["unreadable"], junit_schema)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "1")
    assert root.find(".//error").get("type") == "malformed-document"


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\ufffe", "\ud800"])
def test_junit_of_characters_that_xml_does_not_have(char: str, junit_schema: Any) -> None:
    junit(of(finding(907, message=f"a {char} b"), file=f"{char}.yaml", readable=False), junit_schema)


# -- GitHub annotations ---------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)")


def commands(given: Run) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does: kind, properties, message."""
    found = []
    for line in rendered(given, "github").splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        found.append((match[1], {key: plain(value, more=True) for key, value in properties.items()}, plain(match[3])))
    return found


def plain(given: str, *, more: bool = False) -> str:
    for code, char in (("%3A", ":"), ("%2C", ",")) if more else ():
        given = given.replace(code, char)
    return given.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


@pytest.mark.parametrize("name", RUNS)
def test_annotations_are_one_a_line(name: str) -> None:
    given = RUNS[name]
    found = commands(given)
    assert len(found) == sum(len(result.findings) for result in given.results) + 1
    assert found[-1] == ("notice", {"title": "ropa"}, "facts as of 2026-11-22")


def test_annotations_keep_every_letter() -> None:
    file = "my, records: 100%/ä.yaml"
    given = of(finding(message=NASTY, hint="50 %0A", path="a:b,c", line=3, column=5), file=file)
    kind, properties, message = commands(given)[0]
    assert kind == "error"
    assert properties == {"file": file, "line": "3", "col": "5", "title": "ROPA201 purpose-missing"}
    assert message == f"a:b,c: {NASTY} → 50 %0A"


@pytest.mark.parametrize("mark", ["%", "\n", "\r", "\r\n", "%0A", "%25", ":", ",", "::", "::error::x", "%3A", "%2C"])
def test_annotations_escape(mark: str) -> None:
    line = rendered(of(finding(message=f"a{mark}b", hint="", path=""), file=f"c{mark}d.yaml"), "github").split("\n")[0]
    assert line.count("::", 0, line.index(",title")) == 1
    (_, properties, message), _ = commands(of(finding(message=f"a{mark}b", hint="", path=""), file=f"c{mark}d.yaml"))
    assert (message, properties["file"]) == (f"a{mark}b", f"c{mark}d.yaml")


def test_annotations_by_severity_and_place() -> None:
    found = commands(RUNS["every severity"])
    assert [kind for kind, _, _ in found] == ["error", "warning", "notice", "notice"]
    assert found[0][1] == {"file": "records/water.yaml", "title": "ROPA201 purpose-missing"}
    assert commands(of(finding(file="folder/a.yaml", line=2), file="folder"))[0][1]["file"] == "folder/a.yaml"


# -- JSON ---------------------------------------------------------------------------


def test_json_says_what_was_found() -> None:
    data = json.loads(rendered(RUNS["one"]._replace(skipped=2, notes=["a note"]), "json"))
    assert data == {
        "version": 1,
        "as_of": "2026-11-22",
        "facts_verified": "2026-11-01",
        "skipped": 2,
        "notes": ["a note"],
        "files": [
            {
                "file": "records/water.yaml",
                "readable": True,
                "record": "https://example.org/x",
                "findings": [
                    {
                        "code": "ROPA201",
                        "rule": "purpose-missing",
                        "severity": "error",
                        "message": "m",
                        "articles": ["30(1)(b)"],
                        "path": "customers/purposes",
                        "hint": "h",
                        "profiles": ["record"],
                        "file": "records/water.yaml",
                        "line": 3,
                        "column": 5,
                    }
                ],
            }
        ],
    }


def test_json_of_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"ropa": 1,')
    with pytest.raises(ReadError) as caught:
        ropa.check(path)
    (file,) = json.loads(rendered(run(Result(str(path), caught.value.findings, readable=False)), "json"))["files"]
    assert file["readable"] is False
    assert "record" not in file
    assert [one["code"] for one in file["findings"]] == ["ROPA907"]


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_file_names_that_are_no_unicode(format_: str) -> None:
    json.loads(rendered(of(finding(), file="\udcff.yaml"), format_))


# -- every format -------------------------------------------------------------------

NUMBERS = {
    "identity code": "131052-308T",
    "identity code in small letters": "131052-308t",
    "identity code of this century": "010203A9013",
    "account": "FI2112345600000785",
    "account in groups": "FI21 1234 5600 0007 85",
    "card": "4111111111111111",
    "card in groups": "4111 1111 1111 1111",
    "card with hyphens": "4111-1111-1111-1111",
}


def digits(given: str) -> str:
    return re.sub(r"[^0-9a-z]", "", given.lower())


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS.keys())
@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("readable", [True, False])
def test_a_persons_number_never_appears(format_: str, number: str, readable: bool) -> None:
    told = finding(
        201 if readable else 907,
        message=f"the value {number!r} is no term: {number}, ({number}).",
        hint=f"write it without {number}",
    )
    written = FORMATS[format_](of(told, readable=readable))
    assert number not in written
    assert digits(number) not in digits(written)
    assert "*" * 10 in written


@pytest.mark.parametrize("format_", FORMATS)
def test_a_persons_number_in_a_path_never_appears(format_: str) -> None:
    """A node without an id gets one from its name, whatever the name holds."""
    written = FORMATS[format_](of(finding(path="customers/data_categories/131052-308t/items")))
    assert "131052-308" not in written


@pytest.mark.parametrize("format_", FORMATS)
def test_a_persons_number_in_a_record_never_appears(format_: str, tmp_path: Path) -> None:
    """From a file to the output: an unknown term, a wrong value, a remark."""
    head = "ropa: 1\nid: https://example.org/x\nlanguage: en\nserves: [record]\n"
    (tmp_path / "a.yaml").write_text(
        f"{head}registers:\n  - id: a\n    recipients: [{{name: b, kind: 'x:131052-308T'}}]\n"
        "    remarks:\n      purposes: see 131052-308T\n"
    )
    (tmp_path / "b.yaml").write_text(f"{head}created: 131052-308T\n131052-308T: x\n")
    results = []
    for path in sorted(tmp_path.glob("*.yaml")):
        try:
            results.append(Result(path.name, ropa.check(path, as_of=DAY), readable=True))
        except ReadError as error:
            results.append(Result(path.name, error.findings, readable=False))
    every = [attrs.evolve(one, path="") for result in results for one in result.findings]
    assert sum("131052-308T" in one.message for one in every) > 2
    written = FORMATS[format_](of(*every))
    assert "131052-308" not in written
    assert "see ***********" in written


def test_what_is_no_persons_number_stays() -> None:
    for harmless in ("131052-308X", "1234567-8", "+358 40 123 4567", "ISO 27001", "2026-11-22", "P10Y", "ROPA201"):
        assert safe(finding(message=harmless)).message == harmless


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_run_gives_the_same_bytes(format_: str) -> None:
    first, second = (FORMATS[format_](checked(EXAMPLES[:2])) for _ in range(2))
    assert first == second
    assert first.endswith("\n") or format_ == "text"


@pytest.mark.parametrize("format_", WRITERS)
def test_the_current_folder_is_not_in_the_output(format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder does not show."""
    before = rendered(RUNS["two files"], format_)
    monkeypatch.chdir(tmp_path)
    assert rendered(RUNS["two files"], format_) == before
    assert str(tmp_path) not in before


@pytest.mark.parametrize("format_", ["json", "junit", "github", "text"])
@pytest.mark.parametrize("file", ["records/water.yaml", "/srv/records/water.yaml", "../x.yaml"])
def test_paths_stay_as_they_were_given(format_: str, file: str) -> None:
    assert file in FORMATS[format_](of(finding(), file=file))


@pytest.mark.parametrize("format_", FORMATS)
def test_files_stand_in_their_order(format_: str) -> None:
    results = [Result(f"{name}.yaml", [finding(file=f"{name}.yaml")], readable=True) for name in "cab"]
    written = FORMATS[format_](run(*results))
    places = [written.index(f"{name}.yaml") for name in "cab"]
    assert places == sorted(places)


def test_an_unknown_format_is_told() -> None:
    with pytest.raises(ropa.RopaError, match="'xml' is not known: json, sarif, junit, github"):
        rendered(run(), "xml")


def test_facts_older_than_the_day_are_stale() -> None:
    assert run(facts_verified="2026-11-21").stale
    assert not run(facts_verified="2026-11-22").stale


def test_the_summary_counts_by_rule() -> None:
    assert summary([finding(601), finding(201), finding(601), finding(101)]) == [
        ("ROPA601", "retention-not-stated", 2),
        ("ROPA101", "controller-missing", 1),
        ("ROPA201", "purpose-missing", 1),
    ]


def test_a_cut_line_does_not_show_a_part_of_a_number() -> None:
    """The text output shows the part of a long line around the place of a finding."""
    line = f"{'x' * 13} 131052-308T {'y' * 200}"
    for column in range(1, 120):
        given = of(finding(file="a.yaml", line=1, column=column), file="a.yaml")
        assert "308T" not in "\n".join(as_text(given, "en", {"a.yaml": [line]}, full=False))
