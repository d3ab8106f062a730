"""What an independent reading of the code found: each case was wrong once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ropa
from ropa import cli
from ropa.rdf import write

DAY = "2026-11-22"
ID = "https://example.org/ropa/x"


def record(**fields: Any) -> ropa.Record:
    return ropa.Record(id=ID, language="en", **fields)


def codes(found: ropa.Record, *profiles: str) -> set[str]:
    return {finding.code for finding in ropa.check(found, profiles or ("record", "notice"), DAY)}


# -- legal statements ------------------------------------------------------------


def test_each_party_answers_for_itself() -> None:
    """A processor that is a municipality makes no public body of the company that it works for."""
    both = record(
        controller=ropa.Organisation(id="company", name="Company", kind="ropa:Company"),
        processor=ropa.Organisation(id="town", name="Town", kind="ropa:Municipality", email="a@example.org"),
        registers=(ropa.Register(id="r", name="R"),),
    )
    found = ropa.check(both, ("record", "processor"), DAY)
    contact = [one for one in found if one.code == "ROPA102"]
    assert [(one.path, one.articles) for one in contact] == [("controller/company", ("30(1)(a)",))]
    severities = {article: one.severity.value for one in found if one.code == "ROPA103" for article in one.articles}
    assert severities == {"37(1)(a)": severities["37(1)(a)"], "30(2)(a)": "error", "30(1)(a)": "note"}


def test_an_own_right_below_access_is_a_right_of_access() -> None:
    def with_right(broader: str) -> ropa.Record:
        return record(
            concepts=(ropa.Concept(id="look", labels="Look", broader=(broader,)),),
            registers=(ropa.Register(id="r", name="R", rights=(ropa.RightStatement(right="own:look"),)),),
        )

    assert "ROPA701" not in codes(with_right("eu-gdpr:A15"), "notice")
    assert "ROPA706" in codes(with_right("eu-gdpr:A15"), "notice")
    assert "ROPA706" not in codes(with_right("eu-gdpr:A77"), "notice")


def transfer(**fields: Any) -> ropa.Record:
    return record(registers=(ropa.Register(id="r", name="R", transfers=(ropa.Transfer(id="t", **fields),)),))


def test_adequacy_is_not_asked_of_a_country_that_has_clauses() -> None:
    both = {"countries": ("loc:JP", "loc:IN")}
    assert "ROPA506" not in codes(transfer(mechanisms=("eu-gdpr:A45-3", "eu-gdpr:A46-2-c"), **both))
    assert "ROPA506" in codes(transfer(mechanisms=("eu-gdpr:A45-3",), **both))
    india = transfer(mechanisms=("eu-gdpr:A45-3", "eu-gdpr:A46-2-c"), countries=("loc:IN",))
    assert "ROPA506" in codes(india), "no country that is named has a decision"


def test_chapter_five_asks_nothing_of_a_destination_inside_the_eea() -> None:
    assert "ROPA503" not in codes(transfer(countries=("loc:SE",)))
    assert "ROPA503" in codes(transfer(countries=("loc:SE", "loc:IN")))
    assert "ROPA503" in codes(transfer())


@pytest.mark.parametrize(
    ("letter", "kind", "found"),
    [
        ("b", "ropa:CollectiveAgreement", False),
        ("b", "ropa:ContractTerms", True),
        ("h", "ropa:ContractTerms", False),
        ("h", "ropa:CollectiveAgreement", True),
        ("g", "ropa:CollectiveAgreement", True),
        ("b", "ropa:InternalPolicy", True),
    ],
)
def test_what_stands_in_for_a_law_of_article_9(letter: str, kind: str, *, found: bool) -> None:
    one = record(
        laws=(ropa.LawReference(id="law", name="L", kind=kind),),
        registers=(
            ropa.Register(id="r", legal_bases=(ropa.LegalBasis(basis=f"eu-gdpr:A9-2-{letter}", laws=("law",)),)),
        ),
    )
    assert ("ROPA221" in codes(one)) is found


def test_a_company_that_a_municipality_owns_is_no_public_body() -> None:
    def owned(kind: str | None) -> ropa.Record:
        return record(
            controller=ropa.Organisation(id="c", name="C", kind=kind, unit_of="town"),
            organisations=(ropa.Organisation(id="town", name="Town", kind="ropa:Municipality"),),
            registers=(ropa.Register(id="r", legal_bases=(ropa.LegalBasis(basis="eu-gdpr:A6-1-f"),)),),
        )

    assert "ROPA208" not in codes(owned("ropa:Company"))
    assert "ROPA208" in codes(owned(None))


def test_a_source_that_does_not_say_whose_the_data_are_implies_nobody() -> None:
    def sourced(concept: str) -> ropa.Record:
        return record(registers=(ropa.Register(id="r", sources=(ropa.DataSource(id="s", concepts=(concept,)),)),))

    assert "ROPA302" not in codes(sourced("dpv:NonPublicDataSource"), "notice")
    assert "ROPA302" in codes(sourced("ropa:AuthorityRegisterDataSource"), "notice")


def test_another_house_in_the_street_of_the_authority() -> None:
    def at(address: str) -> ropa.Record:
        return record(registers=(ropa.Register(id="r", name="R", description=address),))

    assert "ROPA716" in codes(at("Ratapihantie 9, 00520 Helsinki"), "notice", "fi")
    assert "ROPA716" not in codes(at("Ratapihantie 91, 00520 Helsinki"), "notice", "fi")


@pytest.mark.parametrize("phone", ["112", "040\u2013123 4567", "040\u00a0123\u00a04567", "puh. 040 123 4567"])
def test_readable_phone_numbers(phone: str) -> None:
    assert "ROPA107" not in codes(record(controller=ropa.Organisation(name="C", phone=phone)))


@pytest.mark.parametrize("phone", ["puhelin", "12", "-"])
def test_what_is_no_phone_number(phone: str) -> None:
    assert "ROPA107" in codes(record(controller=ropa.Organisation(name="C", phone=phone)))


def test_a_number_of_another_country_is_no_finnish_business_id() -> None:
    def numbered(country: str | None) -> ropa.Record:
        return record(controller=ropa.Organisation(name="C", business_id="12345678", country=country))

    assert "ROPA107" not in codes(numbered("loc:EE"))
    assert "ROPA107" in codes(numbered("loc:FI"))


def test_todo_is_a_word_elsewhere() -> None:
    def said(words: str) -> ropa.Record:
        return record(registers=(ropa.Register(id="r", name="R", description=words),))

    assert "ROPA906" not in codes(said("en todo momento"))
    assert "ROPA906" in codes(said("TODO"))


# -- RDF -------------------------------------------------------------------------


def test_no_joint_controllers_is_no_controller() -> None:
    made = set(write.triples(record(registers=(ropa.Register(id="r", joint_controllers=()),))))
    none = [o for s, p, o in made if p == "https://w3id.org/dpv#hasDataController" and str(o).endswith("~none")]
    assert none == []
    assert any(p == "https://w3id.org/dpv#hasJointDataControllers" and str(o).endswith("~none") for s, p, o in made)


def test_an_own_kind_of_internal_unit_is_no_recipient() -> None:
    one = record(
        concepts=(ropa.Concept(id="team", labels="Team", broader=("dpv:OrganisationalUnit",)),),
        registers=(ropa.Register(id="r", recipients=(ropa.Recipient(id="own", name="Own", kind="own:team"),)),),
    )
    assert not [s for s, p, o in write.triples(one) if p == "https://w3id.org/dpv#hasRecipient"]
    assert "ROPA401" in codes(one)


@pytest.mark.parametrize(
    "prefixes",
    [
        {"s": "https://schema.org/"},
        {"d": "https://w3id.org/dpv#"},
        {"dpv": "https://example.org/"},
        {"own": "https://example.org/"},
        {"a": "https://example.org/", "b": "https://example.org/"},
        {"a": "https://example.org/", "b": "https://example.org/y-"},
    ],
)
def test_prefixes_that_would_make_names_ambiguous_are_refused(prefixes: dict[str, str]) -> None:
    with pytest.raises(ropa.ModelError):
        record(prefixes=prefixes)


@pytest.mark.parametrize("key", ["dpv:x", "own:x", "dct:title"])
def test_an_own_key_has_a_prefix_of_its_own(key: str) -> None:
    with pytest.raises(ropa.ModelError):
        record(extra={key: 1})


@pytest.mark.parametrize("namespace", ["https://example.org/ns", "https://example.org/ns-", "https://example.org/ns#"])
@pytest.mark.parametrize("format_", ["jsonld", "turtle", "ntriples", "rdfxml"])
def test_any_namespace_comes_back(namespace: str, format_: str) -> None:
    one = record(prefixes={"b": namespace}, extra={"b:k": 1})
    assert ropa.loads(ropa.dumps(one, format_), format_) == one


def test_a_name_may_end_in_a_colon() -> None:
    assert ropa.Register(name="R", purposes=(ropa.Purpose(name="Laskutus:"),))
    one = record(registers=(ropa.Register(name="R", purposes=(ropa.Purpose(name="Laskutus:perintä"),)),))
    assert one.registers is not None
    assert one.registers[0].purposes is not None
    assert one.registers[0].purposes[0].id.startswith("laskutus")


# -- the command -----------------------------------------------------------------

HEAD = "ropa: 1\nid: https://example.org/ropa/x\nlanguage: en\nserves: [record]\n"


def test_a_baseline_is_used_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(HEAD + "registers:\n  - id: a\n")
    cli.main(["check", "a.yaml", "--baseline", "b.json", "--update-baseline", "--as-of", DAY])
    assert cli.main(["check", "a.yaml", "--baseline", "b.json", "--as-of", DAY]) == 0
    assert "not shown: 0 suppressed" in capsys.readouterr().out
    Path("c.yaml").write_text(Path("a.yaml").read_text())
    assert cli.main(["check", ".", "--baseline", "b.json", "--as-of", DAY]) == 1
    out = capsys.readouterr().out
    assert "! the id https://example.org/ropa/x is in 2 files: a.yaml, c.yaml" in out


@pytest.mark.parametrize("name", ["x/record.yaml", "x/registers/a.yaml", "x"])
def test_a_part_of_a_record_folder_is_checked_as_the_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x/registers").mkdir(parents=True)
    Path("x/record.yaml").write_text(HEAD)
    Path("x/registers/a.yaml").write_text("id: a\nname: A\n")
    assert cli.main(["check", name, "--format", "json", "--as-of", DAY]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [one["file"] for one in files] == ["x"]
    assert {"a/purposes"} <= {finding["path"] for finding in files[0]["findings"]}


def test_convert_never_writes_over_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("# mine\n" + HEAD + "registers:\n  - id: a\n")
    assert cli.main(["convert", "a.yaml", "./a.yaml"]) == 2
    assert Path("a.yaml").read_text().startswith("# mine")
    assert "OUT is IN" in capsys.readouterr().err


def test_what_was_not_read_is_told_alike_in_every_run(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "@prefix dpv: <https://w3id.org/dpv#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        "@prefix ex: <https://ex.org/> .\n"
        "ex:p a dpv:Process ; dct:title 'B'@en ; dpv:hasPurpose dpv:Purpose ;\n"
        "  dpv:hasRecipient [ a dpv:Recipient ; dct:title 'Ads' ; ex:l [ ex:m 1 ] ] .\n"
    )
    told = set()
    for seed in "123":
        found = subprocess.run(
            [sys.executable, "-m", "ropa", "convert", "a.ttl", "-", "--to", "json"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(ropa.__file__).parents[1])},
            capture_output=True,
            check=False,
        )
        assert found.returncode == 1
        told.add(found.stderr)
    assert len(told) == 1


@pytest.mark.parametrize("wrong", [{"as_of": "2026-13-01"}, {"language": "de"}, {"profiles": ("all",)}])
def test_a_wrong_argument_is_an_error_of_ours(wrong: dict[str, Any]) -> None:
    with pytest.raises(ropa.RopaError):
        ropa.check(record(registers=(ropa.Register(id="r"),)), **wrong)


def test_a_record_without_its_first_line_is_not_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(HEAD.removeprefix("ropa: 1\n") + "registers:\n  - id: a\n")
    (tmp_path / "compose.yaml").write_text("services:\n  web: {}\n")
    assert cli.main(["check", str(tmp_path), "--as-of", DAY]) == 1
    assert "a.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("controller:\n  name: Daycare: early years\n", "in quotes"),
        ("controller:\n\tname: X\n", "spaces, not tabs"),
        ("controller:\n  name: X\n   email: y\n", "indented too far"),
        ("registers:\n  - id: a\n    name: X\n   url: y\n", "the same column"),
        ('controller:\n  name: "X\n', "not closed"),
    ],
)
def test_the_commonest_faults_of_yaml_have_a_remedy(text: str, hint: str) -> None:
    with pytest.raises(ropa.ReadError) as raised:
        ropa.loads(HEAD + text, "yaml")
    assert hint in raised.value.findings[0].hint


def test_a_group_of_joint_controllers_has_the_controller_too() -> None:
    one = record(
        controller=ropa.Organisation(name="C"),
        registers=(ropa.Register(id="r", joint_controllers=(ropa.Organisation(name="D"),)),),
    )
    group = {
        str(o).rpartition("/")[2]
        for s, p, o in write.triples(one)
        if p == "https://w3id.org/dpv#hasDataController" and s.endswith("~joint-controllers")
    }
    assert group == {"c", "d"}
    assert ropa.loads(ropa.dumps(one, "turtle"), "turtle") == one


def test_a_term_that_is_only_near_is_no_hit(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["terms", "varhaiskasvatus"]) == 1
    out, err = capsys.readouterr()
    assert out
    assert err == "nothing found; nearest:\n"
    assert cli.main(["terms", "--in", "dpv:Recipient"]) == 0
    assert "ropa:Bank" in capsys.readouterr().out
