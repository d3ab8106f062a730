"""Rules from elsewhere: the package of docs/own-rules.md runs as it stands; a broken one is told and breaks nothing.

A package is built as an installer leaves it (a module and a `*.dist-info`), in a folder on
PYTHONPATH of a program of its own: what is registered here stays out of the other tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_docs import blocks

import ropa
from ropa.rules import registry

DOC = Path(__file__).parents[1] / "docs" / "own-rules.md"
DAY = "2026-11-22"
RECORD = """\
ropa: 1
id: https://example.org/x
language: en
serves: [notice]
registers:
  - id: customers
    name: Customers
    purposes:
      - { id: billing, name: Invoicing }
      - { id: reading, name: { fi: Lukeminen, sv: Avläsning } }
"""
GOOD = """
from ropa.model import Register
from ropa.rules.registry import Hit, rule

TEXTS = {{"title": {{"en": "t"}}, "message": {{"en": "seen {{id}}"}}}}

@rule({code}, "{name}", Register, texts=TEXTS, hygiene=("good", ""))
def look(context, register, path):
    yield Hit(path, {{"id": register.id}})
"""
NO_TEXTS = GOOD.replace("texts=TEXTS, ", "")


class Outcome(NamedTuple):
    code: int
    findings: list[dict[str, Any]]

    def of(self, code: str) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["code"] == code]


def package(folder: Path, name: str, source: str, entry: str | None = None) -> None:
    """Write a module and its metadata as an installer does."""
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[ropa.rules]\n{name} = {entry or name}\n", encoding="utf-8")


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    here = [str(folder), str(Path(ropa.__file__).parents[1])]
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(here), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
    )


def check(folder: Path, *options: str) -> Outcome:
    (folder / "record.yaml").write_text(RECORD, encoding="utf-8")
    ran = start(folder, "-m", "ropa", "check", "record.yaml", "--as-of", DAY, "--format", "json", *options)
    assert "Traceback" not in ran.stderr, ran.stderr
    (file,) = json.loads(ran.stdout)["files"]
    return Outcome(ran.returncode, file["findings"])


def others(outcome: Outcome) -> list[dict[str, Any]]:
    """Return the findings of the library's own rules."""
    return [one for one in outcome.findings if one["code"] != "ROPA900" and len(one["code"]) == len("ROPA101")]


# -- the worked example ------------------------------------------------------------


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The package of the documentation, installed, beside its test."""
    files = {
        Path(block.directive[1]).name: block.body
        for block in blocks(DOC.read_text(encoding="utf-8"))
        if block.directive
    }
    points = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"]["ropa.rules"]
    assert points == {"puroniemi": "puroniemi_rules"}
    package(tmp_path, "puroniemi_rules", files["puroniemi_rules.py"])
    (tmp_path / "test_puroniemi_rules.py").write_text(files["test_puroniemi_rules.py"], encoding="utf-8")
    return tmp_path


def test_the_example_is_found_by_its_entry_point(example: Path) -> None:
    (finding,) = check(example).of("ROPA1001")
    assert finding["rule"] == "purpose-in-both-languages"
    assert finding["severity"] == "warning"
    assert finding["path"] == "customers/purposes/billing/name"
    assert finding["message"] == "the purpose billing has no name in: fi, sv"
    assert finding["hint"] == "write `name: {fi: …, sv: …}`"
    assert finding["profiles"] == ["notice"]
    assert finding["line"] == 9
    assert "articles" not in finding


@pytest.mark.parametrize(("language", "word"), [("fi", "puuttuu"), ("sv", "saknar")])
def test_the_example_speaks_three_languages(example: Path, language: str, word: str) -> None:
    (finding,) = check(example, "--lang", language).of("ROPA1001")
    assert word in finding["message"]


def test_the_example_runs_in_its_profile_only(example: Path) -> None:
    outcome = check(example, "--profile", "record")
    assert outcome.findings
    assert not outcome.of("ROPA1001")


def test_the_examples_own_test_passes(example: Path) -> None:
    ran = start(example, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_puroniemi_rules.py")
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


def test_the_example_without_its_metadata_is_not_asked(example: Path) -> None:
    (example / "puroniemi_rules-1.0.dist-info" / "entry_points.txt").unlink()
    assert not check(example).of("ROPA1001")


def test_in_python_too(example: Path) -> None:
    (example / "record.yaml").write_text(RECORD, encoding="utf-8")
    ran = start(
        example, "-c", f"import ropa; print(*(f.code for f in ropa.check('record.yaml', as_of='{DAY}')), sep='\\n')"
    )
    assert ran.stdout.split().count("ROPA1001") == 1, ran.stderr


# -- what goes wrong, and breaks nothing -------------------------------------------


@pytest.fixture
def plain(tmp_path: Path) -> list[dict[str, Any]]:
    """What the library finds without own rules."""
    folder = tmp_path / "plain"
    folder.mkdir()
    found = check(folder).findings
    assert found
    return found


def test_a_rule_that_crashes_is_told_and_the_others_run(tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    package(tmp_path, "good_rules", GOOD.format(code=1002, name="seen"))
    package(tmp_path, "bad_rules", GOOD.format(code=1003, name="crash") + "    raise ZeroDivisionError('oh')\n")
    outcome = check(tmp_path)
    (told,) = outcome.of("ROPA900")
    assert told["rule"] == "rule-crashed"
    assert told["severity"] == "error"
    assert "ROPA1003" in told["message"]
    assert "ZeroDivisionError: oh" in told["message"]
    assert [one["path"] for one in outcome.of("ROPA1002")] == ["customers"]
    assert not outcome.of("ROPA1003")
    assert others(outcome) == plain
    assert outcome.code == 1


def test_a_function_that_yields_nothing_at_all_is_told(tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    package(tmp_path, "bad_rules", GOOD.format(code=1003, name="none").replace("yield Hit", "return Hit and None #"))
    outcome = check(tmp_path)
    assert "TypeError" in outcome.of("ROPA900")[0]["message"]
    assert others(outcome) == plain


REFUSED = {
    "not there": ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    "syntax": ("def (", "SyntaxError: "),
    "exit": ("raise SystemExit(0)", "SystemExit: 0"),
    "catalogue code": (GOOD.format(code=101, name="mine"), "rule 101: a rule from elsewhere has a code from 1000 on"),
    "low code": (GOOD.format(code=999, name="mine"), "rule 999: a rule from elsewhere has a code from 1000 on"),
    "low code, no texts": (
        NO_TEXTS.format(code=150, name="mine"),
        "rule 150: a rule from elsewhere has a code from 1000 on, and texts",
    ),
    "no texts": (
        NO_TEXTS.format(code=1004, name="mine"),
        "rule 1004: a rule from elsewhere has a code from 1000 on, and texts",
    ),
    "taken catalogue code": (
        NO_TEXTS.format(code=101, name="mine"),
        "rule 101: the code is taken",
    ),
    "profile": (GOOD.format(code=1004, name="mine").replace("hygiene=", "house="), "unknown profiles {'house'}"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_package_that_is_refused_is_told_and_the_others_run(
    tmp_path: Path, plain: list[dict[str, Any]], case: str
) -> None:
    source, reason = REFUSED[case]
    package(tmp_path, "bad_rules", GOOD.format(code=1005, name="before") + source)
    package(tmp_path, "good_rules", GOOD.format(code=1002, name="seen"))
    outcome = check(tmp_path)
    (told,) = outcome.of("ROPA900")
    assert told["severity"] == "error"
    assert "own rules bad_rules (bad_rules): " in told["message"]
    assert reason in told["message"]
    assert len(outcome.of("ROPA1002")) == 1
    assert not outcome.of("ROPA1005"), "of a refused package no rule runs"
    assert others(outcome) == plain
    assert outcome.code == 1


def test_a_taken_code_is_refused(tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    package(tmp_path, "a_rules", GOOD.format(code=1002, name="first"))
    package(tmp_path, "b_rules", GOOD.format(code=1002, name="second"))
    outcome = check(tmp_path)
    (told,) = outcome.of("ROPA900")
    assert "own rules b_rules (b_rules): TypeError: rule 1002: the code is taken" in told["message"]
    assert [one["rule"] for one in outcome.of("ROPA1002")] == ["first"]
    assert others(outcome) == plain


def test_two_broken_packages_are_both_told(tmp_path: Path) -> None:
    package(tmp_path, "a_rules", "import nothing_a")
    package(tmp_path, "b_rules", "import nothing_b", entry="b_rules:missing")
    assert [one["message"].count("nothing_") for one in check(tmp_path).of("ROPA900")] == [1, 1]


def test_an_entry_point_may_name_an_object(tmp_path: Path) -> None:
    package(tmp_path, "good_rules", GOOD.format(code=1002, name="seen"), entry="good_rules:look")
    assert len(check(tmp_path).of("ROPA1002")) == 1


def test_an_entry_point_without_its_object_is_told(tmp_path: Path) -> None:
    package(tmp_path, "good_rules", GOOD.format(code=1002, name="seen"), entry="good_rules:nothing")
    (told,) = check(tmp_path).of("ROPA900")
    assert "AttributeError" in told["message"]


def test_metadata_of_other_packages_is_left_alone(tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    (tmp_path / "x-1.0.dist-info").mkdir()
    (tmp_path / "y-1.0.dist-info").write_text("a file, not a folder")
    (tmp_path / "z-1.0.egg-info").mkdir()
    (tmp_path / "z-1.0.egg-info" / "entry_points.txt").write_text("[console_scripts]\nz = z:main\n")
    assert check(tmp_path).findings == plain


# -- the registry itself ------------------------------------------------------------


def look(*_: Any) -> Any:
    yield registry.Hit("")


@pytest.mark.parametrize(
    ("code", "texts", "profiles", "message"),
    [
        (999, {"title": {"en": "x"}}, {"record": ("must", "")}, "a code from 1000 on"),
        (1001, None, {"record": ("must", "")}, "a code from 1000 on, and texts"),
        (101, None, {"record": ("must", "")}, "rule 101: the code is taken"),
        (1001, {"title": {"en": "x"}}, {"records": ("must", "")}, "unknown profiles"),
    ],
)
def test_a_wrong_registration_is_refused(code: int, texts: Any, profiles: Any, message: str) -> None:
    before = list(registry.RULES)
    with pytest.raises(TypeError, match=message):
        registry.rule(code, "mine", ropa.Record, texts=texts, **profiles)(look)
    assert before == registry.RULES
    assert code not in registry.OWN_TEXTS
