"""Settings, baseline, and how much a record answers."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import ropa
from ropa.config import (
    ConfigError,
    Settings,
    Suppression,
    baseline_of,
    beyond,
    load_settings,
    matches,
    read_baseline,
    settings_in,
    settings_of,
)
from ropa.coverage import GAPS, coverage
from ropa.rules import registry
from ropa.rules.completeness import declared
from ropa.vocab import Facts

DAY = datetime.date(2026, 11, 22)
ERROR, WARNING, NOTE = ropa.Severity.ERROR, ropa.Severity.WARNING, ropa.Severity.NOTE


def finding(code: int, path: str = "", **more: Any) -> ropa.Finding:
    name = {900: "rule-crashed", 907: "malformed-document"}.get(code) or next(
        (one.name for one in registry.RULES if one.code == code), "own-rule"
    )
    return ropa.Finding(
        **{"code": f"ROPA{code}", "rule": name, "severity": ERROR, "message": "m", "path": path, **more}
    )


def codes(findings: list[ropa.Finding]) -> list[int]:
    return [int(one.code.removeprefix("ROPA")) for one in findings]


def refused(data: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        settings_of(data)
    return str(caught.value)


# -- reading the settings ------------------------------------------------------------


def test_everything_that_can_be_set() -> None:
    settings = settings_of(
        {
            "profiles": ["record", "fi"],
            "select": ["1xx", "ROPA204"],
            "ignore": ["purpose-missing"],
            "severity": {"204": "note"},
            "suppress": [{"rule": "501", "reason": "asked", "path": "a/*", "file": "*.yaml", "until": "2027-01-31"}],
            "fail-on": "warning",
            "lang": "sv",
            "baseline": "known.json",
            "facts": {"places": [{"place": "EEA", "code": "CH", "from": "2030-01-01"}]},
        },
        "ropa.toml",
    )
    assert settings.profiles == ("record", "fi")
    assert settings.fail_on == "warning"
    assert settings.lang == "sv"
    assert settings.baseline == "known.json"
    assert settings.file == "ropa.toml"
    assert settings.suppress == (Suppression("501", "asked", "a/*", "*.yaml", datetime.date(2027, 1, 31)),)
    assert settings.severity == {"204": NOTE}


def test_nothing_set() -> None:
    assert settings_of({}) == Settings()
    findings = [finding(101), finding(805, severity=NOTE)]
    assert Settings().apply(findings, DAY) == findings


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"profile": ["record"]}, "unknown settings: profile"),
        ({"file": "x"}, "unknown settings: file"),
        ({"b": 1, "a-c": 1}, "unknown settings: a_c, b"),
        ({"profiles": ["records"]}, "profiles: known are record, notice, processor, fi"),
        ({"profiles": "record"}, "profiles: a list of strings is expected"),
        ({"select": [204]}, "select: a list of strings is expected"),
        ({"select": ["ROPA299"]}, "select: there is no rule 'ROPA299'"),
        ({"ignore": ["no-such-rule"]}, "ignore: there is no rule 'no-such-rule'"),
        ({"ignore": ["3xxx"]}, "ignore: there is no rule '3xxx'"),
        ({"ignore": ["xx"]}, "ignore: there is no rule 'xx'"),
        ({"ignore": [""]}, "ignore: there is no rule ''"),
        ({"severity": {"ROPA204": "grave"}}, "severity: rule = one of error, warning, note"),
        ({"severity": {"ROPA204": ["note"]}}, "severity: rule = one of error, warning, note"),
        ({"severity": ["ROPA204"]}, "severity: rule = one of error, warning, note"),
        ({"severity": {"ROPA299": "note"}}, "severity: there is no rule 'ROPA299'"),
        ({"fail_on": "note"}, "fail_on: one of error, warning, never"),
        ({"fail_on": ["error"]}, "fail_on: one of error, warning, never"),
        ({"lang": "de"}, "lang: one of en, fi, sv"),
        ({"baseline": 5}, "baseline: the name of a file is expected"),
        ({"suppress": {"rule": "204", "reason": "x"}}, "suppress: tables are expected ([[suppress]])"),
        ({"suppress": ["204"]}, "suppress: tables are expected"),
        ({"suppress": 5}, "suppress: tables are expected"),
        ({"suppress": [{"rule": "204"}]}, "suppress 204: a reason is needed"),
        ({"suppress": [{"rule": "204", "reason": " "}]}, "suppress 204: a reason is needed"),
        ({"suppress": [{"reason": "x"}]}, "suppress: there is no rule None"),
        ({"suppress": [{"rule": "204", "reason": "x", "unti": "2027-01-31"}]}, "suppress: unknown unti"),
        ({"suppress": [{"rule": "204", "reason": "x", "until": "soon"}]}, "suppress 204: until is a day"),
        ({"suppress": [{"rule": "204", "reason": "x", "until": 2027}]}, "suppress 204: until is a day"),
        (
            {"suppress": [{"rule": "204", "reason": "x", "until": datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)}]},
            "suppress 204: until is a day",
        ),
        ({"suppress": [{"rule": "204", "reason": "x", "path": 5}]}, "suppress 204: path and file are patterns"),
        ({"suppress": [{"rule": "204", "reason": "x", "file": ["a"]}]}, "suppress 204: path and file are patterns"),
    ],
)
def test_what_is_not_understood_is_refused(data: dict[str, Any], message: str) -> None:
    assert message in refused(data)


# -- where they are found --------------------------------------------------------------


def test_the_nearest_file_upwards_counts(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "ropa.toml").write_text('lang = "fi"\n')
    assert load_settings(deep).lang == "fi"
    assert load_settings(deep).file == str(tmp_path.resolve() / "ropa.toml")
    (tmp_path / "a" / "pyproject.toml").write_text('[tool.ropa]\nlang = "sv"\n')
    assert load_settings(deep).lang == "sv"
    assert load_settings(tmp_path).lang == "fi"


def test_ropa_toml_goes_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ropa]\nlang = "sv"\n')
    (tmp_path / "ropa.toml").write_text('lang = "fi"\n')
    assert load_settings(tmp_path).lang == "fi"


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[tool.ruff]\n", "tool = 5\n"])
def test_a_pyproject_of_others_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "ropa.toml").write_text('lang = "fi"\n')
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text(text)
    assert load_settings(tmp_path / "a").lang == "fi"
    assert settings_in(tmp_path / "a" / "pyproject.toml") == Settings()


def test_an_empty_table_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "ropa.toml").write_text('lang = "fi"\n')
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.ropa]\n")
    assert load_settings(tmp_path / "a").lang is None
    assert load_settings(tmp_path / "a").file is not None


def test_no_file_at_all(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "nowhere") == Settings()


def test_the_search_may_begin_at_a_file(tmp_path: Path) -> None:
    (tmp_path / "ropa.toml").write_text('lang = "fi"\n')
    (tmp_path / "record.yaml").write_text("")
    assert load_settings(tmp_path / "record.yaml").lang == "fi"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lang = ", "Invalid value"),
        ('lang = "de"\n', "lang: one of"),
        ("[tool.other]\n", "unknown settings: tool"),
        ("[tool]\nropa = 5\n", "tool.ropa: a table is expected"),
        ('[tool.ropa]\nlang = "de"\n', "lang: one of"),
    ],
)
def test_a_fault_is_told_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ropa.toml"
    path.write_text(text)
    for read in (lambda: load_settings(tmp_path), lambda: settings_in(path)):
        with pytest.raises(ConfigError, match=message) as caught:
            read()
        assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "ropa.toml").write_bytes(b'lang = "\xff"\n')
    with pytest.raises(ConfigError, match=r"ropa\.toml"):
        load_settings(tmp_path)


def test_a_named_file(tmp_path: Path) -> None:
    plain, tool = tmp_path / "x.toml", tmp_path / "y.toml"
    plain.write_text('lang = "fi"\n')
    tool.write_text('[tool.ropa]\nlang = "sv"\n')
    assert settings_in(plain).lang == "fi"
    assert settings_in(str(tool)).lang == "sv"
    with pytest.raises(ConfigError, match="No such file"):
        settings_in(tmp_path / "nothing.toml")


def test_dates_and_tables_as_toml_has_them(tmp_path: Path) -> None:
    (tmp_path / "ropa.toml").write_text(
        'fail-on = "never"\n[severity]\n"5xx" = "error"\n'
        '[[suppress]]\nrule = "ROPA501"\nreason = "asked"\nuntil = 2027-01-31\n'
        '[[facts.places]]\nplace = "EEA"\ncode = "CH"\nfrom = 2030-01-01\n'
    )
    settings = load_settings(tmp_path)
    assert settings.suppress[0].until == datetime.date(2027, 1, 31)
    assert settings.severity == {"5xx": ERROR}
    assert settings.facts["places"][0]["from"] == "2030-01-01"


# -- which rules are meant ---------------------------------------------------------------


@pytest.mark.parametrize(
    "rule", ["ROPA204", "ropa204", "204", "2xx", "2XX", "ROPA2xx", "legal-basis-not-linked-to-purpose"]
)
def test_a_rule_by_code_group_or_name(rule: str) -> None:
    settings = settings_of({"ignore": [rule]})
    others = [finding(101), finding(301)]
    assert codes(settings.apply([finding(204), *others], DAY)) == [101, 301]
    assert codes(settings_of({"select": [rule]}).apply([finding(204), *others], DAY)) == [204]


def test_a_group_is_its_hundred_and_no_more() -> None:
    """Rules from elsewhere begin at 1000: they are no part of 1xx."""
    assert matches("1xx", finding(116))
    assert not matches("1xx", finding(1001))
    assert not matches("10xx", finding(101))
    assert matches("10xx", finding(1001))
    assert not matches("10xx", finding(1101))


def test_rules_from_elsewhere_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(registry.RULES)

    def own() -> tuple[str, ...]:
        registry.RULES[:] = [*before, attrs.evolve(before[0], code=1001, name="own-rule")]
        return ("own",)

    monkeypatch.setattr("ropa.config.load_own", own)
    try:
        settings = settings_of({"ignore": ["ROPA1001"], "severity": {"own-rule": "note", "10xx": "error"}})
    finally:
        registry.RULES[:] = before
    assert codes(settings.apply([finding(1001), finding(101)], DAY)) == [101]


def test_select_and_ignore_together() -> None:
    settings = settings_of({"select": ["2xx", "501"], "ignore": ["ROPA204"]})
    assert codes(settings.apply([finding(code) for code in (101, 201, 204, 501, 502)], DAY)) == [201, 501]


def test_severities_are_overridden() -> None:
    settings = settings_of({"severity": {"2xx": "note", "ROPA201": "warning", "measures-not-stated": "error"}})
    kept = settings.apply([finding(201), finding(202), finding(801, severity=WARNING), finding(101)], DAY)
    assert [one.severity for one in kept] == [WARNING, NOTE, ERROR, ERROR]


def test_the_rule_goes_before_its_group_in_any_order() -> None:
    for levels in ({"ROPA201": "warning", "2xx": "note"}, {"2xx": "note", "ROPA201": "warning"}):
        assert settings_of({"severity": levels}).apply([finding(201)], DAY)[0].severity is WARNING


# -- suppressions --------------------------------------------------------------------------


def suppressed(one: ropa.Finding, day: datetime.date = DAY, **table: Any) -> bool:
    settings = settings_of({"suppress": [{"rule": "ROPA601", "reason": "the plan is being written", **table}]})
    return not settings.apply([one], day)


def test_a_suppression_is_of_its_rule() -> None:
    assert suppressed(finding(601, "customers/retention_rules"))
    assert not suppressed(finding(602, "customers/retention_rules"))
    assert suppressed(finding(602), rule="6xx")
    assert suppressed(finding(601), rule="retention-not-stated")


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [
        ("customers/retention_rules", True),
        ("customers/*", True),
        ("*", True),
        ("*/retention_rules", True),
        ("customers", False),
        ("customer?/*", True),
        ("Customers/*", False),
        ("staff/*", False),
        ("", False),
    ],
)
def test_a_suppression_of_a_path(pattern: str, covers: bool) -> None:
    assert suppressed(finding(601, "customers/retention_rules"), path=pattern) is covers


def test_the_records_own_path_is_empty() -> None:
    assert suppressed(finding(601), path="")
    assert not suppressed(finding(601), path="customers/*")


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [
        ("records/water.yaml", True),
        ("records/*.yaml", True),
        ("*/water.yaml", True),
        ("*.yaml", True),
        ("water.yaml", False),
        ("records/*.json", False),
    ],
)
def test_a_suppression_of_a_file(pattern: str, covers: bool) -> None:
    assert suppressed(finding(601, file="records/water.yaml"), file=pattern) is covers
    assert suppressed(finding(601, file="records\\water.yaml"), file=pattern) is covers


def test_a_finding_without_a_file_is_covered_by_every_file_only() -> None:
    assert suppressed(finding(601))
    assert not suppressed(finding(601), file="records/*")


def test_a_suppression_holds_on_its_last_day_and_not_after() -> None:
    until = {"until": "2027-01-31"}
    assert suppressed(finding(601), datetime.date(2027, 1, 30), **until)
    assert suppressed(finding(601), datetime.date(2027, 1, 31), **until)
    assert not suppressed(finding(601), datetime.date(2027, 2, 1), **until)


def test_which_suppressions_have_ended() -> None:
    tables = [{"rule": "601", "reason": "x", "until": until} for until in ("2027-01-31", "2027-02-01")]
    settings = settings_of({"suppress": [*tables, {"rule": "602", "reason": "for good"}]})
    assert settings.expired(datetime.date(2027, 1, 31)) == []
    assert [one.until for one in settings.expired(datetime.date(2027, 2, 1))] == [datetime.date(2027, 1, 31)]


@pytest.mark.parametrize("code", [900, 907])
def test_what_cannot_be_read_and_what_failed_cannot_be_hidden(code: int) -> None:
    told = finding(code)
    for data in (
        {"select": ["2xx"]},
        {"ignore": ["9xx"]},
        {"suppress": [{"rule": "9xx", "reason": "x"}]},
        {"severity": {"9xx": "note"}},
    ):
        assert settings_of(data).apply([told], DAY) == [told]
    name = told.rule
    for rule in (f"ROPA{code}", str(code), f"ropa{code}", name):
        assert f"{rule} cannot be hidden" in refused({"ignore": [rule]})
        assert f"{rule} cannot be hidden" in refused({"severity": {rule: "note"}})
        assert f"{rule} cannot be hidden" in refused({"suppress": [{"rule": rule, "reason": "x"}]})


def test_applied_to_a_check(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("ropa: 1\nid: https://example.org/x\nlanguage: en\nserves: [record]\nregisters:\n  - id: a\n")
    every = ropa.check(path, as_of=DAY)
    settings = settings_of({"ignore": ["1xx"], "suppress": [{"rule": "201", "reason": "x", "file": "*/x.yaml"}]})
    kept = settings.apply(every, DAY)
    assert {one.code for one in every} - {one.code for one in kept} == {
        "ROPA201",
        *(one.code for one in every if one.code.startswith("ROPA1")),
    }
    assert kept


# -- facts -----------------------------------------------------------------------------------


def test_facts_are_laid_over_the_built_in_ones() -> None:
    rows = {
        "places": [{"place": "EEA", "code": "CH", "from": datetime.date(2030, 1, 1)}],
        "adequacy": [{"decision": "(EU) 2031/1", "destination": "MX", "adopted": "2031-01-01"}],
        "laws": [{"jurisdiction": "FI", "number": "119/2001", "repealed": "2032-01-01"}],
        "authorities": [{"authority": "legal-fi:DPA-FI", "address": "Esimerkkikatu 1, 00100 Helsinki"}],
    }
    facts = Facts(settings_of({"facts": rows}).facts)
    assert facts.in_eea("loc:CH", datetime.date(2031, 1, 1)) is True
    assert facts.in_eea("loc:CH", DAY) is False
    (row,) = facts.adequacy("MX", datetime.date(2031, 2, 1))
    assert row["framework"] == ""
    law = facts.law("FI", "119/2001")
    assert law
    assert law["repealed"] == "2032-01-01"
    built = Facts()
    for name in rows:
        assert {frozenset(row) for row in facts.tables[name]} == {frozenset(row) for row in built.tables[name]}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([], "facts: tables places, adequacy, laws, authorities"),
        ({"countries": []}, "facts: tables places, adequacy, laws, authorities"),
        ({"places": {"place": "EEA", "code": "CH"}}, "facts.places: tables are expected ([[facts.places]])"),
        ({"places": "EEA"}, "facts.places: tables are expected"),
        ({"places": ["EEA"]}, "facts.places: tables are expected"),
        ({"places": [{"place": "EEA"}]}, "facts.places: a row needs place, code"),
        ({"places": [{"place": "EEA", "code": ""}]}, "facts.places: a row needs place, code"),
        (
            {"places": [{"place": "EEA", "code": "CH", "since": "2030-01-01"}]},
            "facts.places: a row has strings or days",
        ),
        ({"places": [{"place": "EEA", "code": 41}]}, "facts.places: a row has strings or days"),
        ({"places": [{"place": "EEA", "code": "CH", "from": "soon"}]}, "facts.places: from is a day (2027-01-31)"),
        ({"adequacy": [{"decision": "(EU) 2031/1"}]}, "facts.adequacy: a row needs decision, destination"),
        ({"laws": [{"number": "1/2031"}]}, "facts.laws: a row needs jurisdiction, number"),
        ({"laws": [{"jurisdiction": "FI", "number": "1/2031", "in_force": "2031"}]}, "facts.laws: in_force is a day"),
    ],
)
def test_facts_of_another_form_are_refused(facts: Any, message: str) -> None:
    assert message in refused({"facts": facts})


def test_every_built_in_fact_could_be_an_own_one() -> None:
    tables = Facts().tables
    assert settings_of({"facts": tables}).facts == tables


# -- baseline --------------------------------------------------------------------------------

ONE = "https://example.org/one"
TWO = "https://example.org/two"


def known(tmp_path: Path, *pairs: tuple[str, ropa.Finding]) -> Any:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_of(pairs), encoding="utf-8")
    return read_baseline(path)


def test_what_is_known_is_not_told_again(tmp_path: Path) -> None:
    findings = [finding(201, "customers/purposes"), finding(601, "customers/retention_rules", severity=WARNING)]
    baseline = known(tmp_path, *((ONE, one) for one in findings))
    assert beyond(baseline, ONE, findings) == []
    new = finding(201, "staff/purposes")
    assert beyond(baseline, ONE, [*findings, new]) == [new]


def test_lines_messages_and_severities_may_change(tmp_path: Path) -> None:
    baseline = known(tmp_path, (ONE, finding(201, "a/purposes", file="x.yaml", line=3, column=1)))
    moved = finding(201, "a/purposes", file="records/y.yaml", line=99, column=5, message="other words", severity=NOTE)
    assert beyond(baseline, ONE, [moved]) == []


def test_another_record_is_not_affected(tmp_path: Path) -> None:
    told = finding(201, "a/purposes")
    baseline = known(tmp_path, (ONE, told))
    assert beyond(baseline, TWO, [told]) == [told]
    assert beyond(baseline, ONE, [told]) == []


def test_of_several_alike_as_many_are_known_as_were_there(tmp_path: Path) -> None:
    alike = [finding(604, "a", message=str(number)) for number in range(3)]
    baseline = known(tmp_path, *((ONE, one) for one in alike[:2]), (TWO, alike[0]))
    assert beyond(baseline, ONE, alike) == [alike[2]]
    assert beyond(baseline, ONE, alike[:1]) == []
    assert beyond(baseline, TWO, alike) == alike[1:]
    assert beyond(baseline, ONE, alike) == [alike[2]], "a look changes nothing"


def test_what_nothing_hides_is_in_no_baseline(tmp_path: Path) -> None:
    told = [finding(900), finding(907)]
    assert known(tmp_path, *((ONE, one) for one in told)) == {}
    path = tmp_path / "by-hand.json"
    rows = [{"record": ONE, "code": one.code, "path": ""} for one in told]
    path.write_text(json.dumps({"version": 1, "findings": rows}))
    assert beyond(read_baseline(path), ONE, told) == told


def test_a_baseline_is_the_same_whatever_the_order() -> None:
    pairs = [(record, finding(code, path)) for record in (TWO, ONE) for code in (601, 201) for path in ("b", "a")]
    text = baseline_of(pairs)
    assert text == baseline_of(reversed(pairs))
    assert text.endswith("}\n")
    rows = json.loads(text)["findings"]
    assert [(row["record"], row["code"], row["path"]) for row in rows] == sorted(
        (row["record"], row["code"], row["path"]) for row in rows
    )
    assert "count" not in rows[0]


def test_an_empty_baseline_knows_nothing(tmp_path: Path) -> None:
    told = finding(201)
    assert beyond(known(tmp_path), ONE, [told]) == [told]


def test_a_record_whose_lines_move(tmp_path: Path) -> None:
    text = "ropa: 1\nid: https://example.org/x\nlanguage: en\nserves: [record]\nregisters:\n  - id: a\n  - id: b\n"
    path = tmp_path / "x.yaml"
    path.write_text(text)
    before = ropa.check(path, as_of=DAY)
    baseline = known(tmp_path, *((ONE, one) for one in before))
    path.write_text("# moved\n" * 5 + text.replace("  - id: a\n  - id: b\n", "  - id: b\n  - id: a\n"))
    after = ropa.check(path, as_of=DAY)
    assert [one.line for one in after] != [one.line for one in before]
    assert beyond(baseline, ONE, after) == []
    path.write_text(text + "  - id: c\n")
    assert {one.path.partition("/")[0] for one in beyond(baseline, ONE, ropa.check(path, as_of=DAY))} == {"c"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no baseline of this program"),
        ("{", "no baseline of this program"),
        ("[]", "no baseline of this program"),
        ("5", "no baseline of this program"),
        ('"x"', "no baseline of this program"),
        ("{}", "no baseline of this program"),
        ('{"version": 2, "findings": []}', "baseline version 2 is not known"),
        ('{"version": 1}', "no baseline of this program"),
        ('{"version": 1, "findings": null}', "no baseline of this program"),
        ('{"version": 1, "findings": ["x"]}', "no baseline of this program"),
        ('{"version": 1, "findings": [{"record": "x", "code": "ROPA201"}]}', "no baseline of this program"),
        ('{"version": 1, "findings": [{"record": "x", "code": "y", "path": []}]}', "no baseline of this program"),
        (
            '{"version": 1, "findings": [{"record": "x", "code": "y", "path": "", "count": "2"}]}',
            "no baseline of this program",
        ),
    ],
)
def test_a_broken_baseline_is_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        read_baseline(path)
    assert str(path) in str(caught.value)


def test_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--update-baseline"):
        read_baseline(tmp_path / "nothing.json")


# -- coverage --------------------------------------------------------------------------------

FULL: dict[str, Any] = {
    "ropa": 1,
    "id": ONE,
    "language": "en",
    "serves": ["record"],
    "controller": {"name": "Puroniemi Water", "email": "water@example.org", "kind": "ropa:Company"},
    "data_protection_officers": [],
    "registers": [
        {
            "id": "customers",
            "name": "Customers",
            "purposes": [{"name": "Invoicing"}],
            "legal_bases": [{"name": "Contract", "basis": "eu-gdpr:A6-1-b"}],
            "data_subjects": [{"name": "Customers"}],
            "data_categories": [{"name": "Contact details"}],
            "recipients": [],
            "transfers": [],
            "retention_rules": [{"name": "Contracts", "period": "P3Y"}],
            "measures": [{"name": "Passwords"}],
        }
    ],
}


def full(**changes: Any) -> ropa.Record:
    """The record with fields of its register changed; None leaves one out."""
    register = {key: value for key, value in {**FULL["registers"][0], **changes}.items() if value is not None}
    return ropa.from_dict({**FULL, "registers": [register]})


def test_a_record_that_answers_everything_reaches_all() -> None:
    counted = coverage(full(), as_of=DAY)
    assert counted.share == 1.0
    assert counted.answered == counted.required > 8
    assert all(row.answered == row.required and not row.open for row in counted.rows)
    assert {"30(1)(a)", "30(1)(b)", "30(1)(c)", "30(1)(d)", "30(1)(e)", "30(1)(f)", "30(1)(g)"} <= {
        row.article for row in counted.rows
    }


FIELDS = [
    "purposes",
    "legal_bases",
    "data_subjects",
    "data_categories",
    "recipients",
    "transfers",
    "retention_rules",
    "measures",
]


@pytest.mark.parametrize("field", FIELDS)
def test_one_field_left_out_is_one_thing_less(field: str) -> None:
    """Left out, it is required and open; the number required stays."""
    whole, less = coverage(full(), as_of=DAY), coverage(full(**{field: None}), as_of=DAY)
    assert (less.required, less.answered) == (whole.required, whole.answered - 1)
    places = {place for row in less.rows for place in row.open}
    assert {path for _, path in places} == {f"customers/{field}"}
    assert len(places) == 1


@pytest.mark.parametrize("field", FIELDS)
def test_a_stated_none_counts_where_the_law_lets_it(field: str) -> None:
    lets = {"recipients", "transfers"}
    assert (coverage(full(**{field: []}), as_of=DAY).share == 1.0) is (field in lets)


def test_the_controllers_contact_is_asked_for() -> None:
    record = ropa.from_dict({**FULL, "controller": {"name": "Puroniemi Water"}})
    counted = coverage(record, as_of=DAY)
    assert counted.required == counted.answered + 1
    assert ("ROPA102", "controller/puroniemi-water") in {place for row in counted.rows for place in row.open}
    nobody = coverage(ropa.from_dict({key: value for key, value in FULL.items() if key != "controller"}), as_of=DAY)
    assert ("ROPA101", "controller") in {place for row in nobody.rows for place in row.open}


def test_articles_stand_in_their_order() -> None:
    articles = [row.article for row in coverage(full(), ["record", "notice"], DAY).rows]
    heads = [int(article.partition("(")[0]) for article in articles]
    assert heads == sorted(heads)
    assert articles.index("5(2)") < articles.index("13(1)(a)") < articles.index("30(1)(a)")
    assert len(articles) == len(set(articles))


def test_a_notice_under_one_article_is_counted_under_it() -> None:
    for under, other in (("13", "14"), ("14", "13")):
        notices = [{"name": "Notice", "under": [f"eu-gdpr:A{under}"]}]
        rows = coverage(full(notices=notices), ["notice"], DAY).rows
        found = {row.article for row in rows}
        assert {f"{under}(1)(c)", f"{under}(1)(e)", f"{under}(1)(f)", f"{under}(2)(a)"} <= found
        # The controller is the record's, no register says under which article it is told; 14(2)(f) has no pair.
        assert {name for name in found if name.startswith(f"{other}(")} <= {f"{other}(1)(a)", "14(2)(f)"}


def test_a_gap_that_two_profiles_ask_for_is_one() -> None:
    notices = [{"name": "Notice", "under": ["eu-gdpr:A14"]}]
    counted = coverage(full(data_categories=None, notices=notices), ["record", "notice"], DAY)
    rows = {row.article: row.open for row in counted.rows}
    gap = ("ROPA302", "customers/data_categories")
    assert rows["30(1)(c)"] == (gap,)
    assert gap in rows["14(1)(d)"]
    assert counted.required == coverage(full(notices=notices), ["record", "notice"], DAY).required


def test_finnish_law_alone_is_laid_over_what_the_record_serves() -> None:
    assert coverage(full(), ["fi"], DAY) == coverage(full(), as_of=DAY)
    assert coverage(full(), ["fi", "notice"], DAY) == coverage(full(), ["notice"], DAY)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ropa.RopaError, match="unknown profile"):
        coverage(full(), ["records"], DAY)


@pytest.mark.parametrize("profile", ["record", "notice", "processor"])
def test_a_record_without_registers_answers_next_to_nothing(profile: str) -> None:
    bare = coverage(ropa.Record(id=ONE, language="en"), [profile], DAY)
    assert bare.answered == 0
    empty = coverage(ropa.Record(id=ONE, language="en", registers=(ropa.Register(id="a"),)), [profile], DAY)
    assert 3 < bare.required <= empty.required
    party = coverage(
        ropa.from_dict({**{key: FULL[key] for key in ("ropa", "id", "language", "controller")}}), [profile]
    )
    assert party.answered <= 1
    assert party.share < 0.3


def test_registers_add_up() -> None:
    twice = ropa.from_dict({**FULL, "registers": [FULL["registers"][0], {**FULL["registers"][0], "id": "again"}]})
    once = coverage(full(), as_of=DAY)
    assert coverage(twice, as_of=DAY).required == 2 * once.required - 1
    assert coverage(twice, as_of=DAY).share == 1.0


def examples() -> list[Path]:
    return sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


@pytest.mark.parametrize("profiles", [None, ["record"], ["notice"], ["processor"], ["record", "notice", "processor"]])
@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_never_more_is_answered_than_required(path: Path, profiles: list[str] | None) -> None:
    counted = coverage(ropa.load(path), profiles, DAY)
    assert 0 <= counted.answered <= counted.required
    assert 0 <= counted.share <= 1
    for row in counted.rows:
        assert 0 <= row.answered <= row.required
        assert len(row.open) == row.required - row.answered
    assert counted.required <= sum(row.required for row in counted.rows)
    places = {place for row in counted.rows for place in row.open}
    assert len(places) <= counted.required - counted.answered


def test_gaps_are_rules_that_exist_and_none_is_counted_twice() -> None:
    assert {rule.code for rule in registry.RULES} >= GAPS
    assert {found.need.code for found in declared()} & GAPS <= {302}
