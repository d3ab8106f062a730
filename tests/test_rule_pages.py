"""The pages of the rules, the index of the documentation, and what the how-to for builds shows."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from test_docs import FENCE, HEADING, LINK, anchor, blocks

from ropa import config, output, shapes
from ropa.findings import SEVERITY
from ropa.rules.check import SILENCES
from ropa.rules.registry import FIRST_OWN, HYGIENE, PAIRS, RULES, name_of, words
from ropa.vocab import Facts

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = DOCS / "rules"
ALL = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
CODES = sorted({rule.code for rule in RULES if rule.code < FIRST_OWN} | {900, 907})
HEADINGS = {"fi": "## Suomeksi", "sv": "## På svenska", "en": "## In English"}
WORDS = {
    "compliant",
    "compliance",
    "complies",
    "in line with the gdpr",
    "lainmukainen",
    "laillinen",
    "määräystenmukai",
    "vaatimustenmukai",
    "noudattaa lakia",
    "noudattaa asetusta",
    "täyttää lain",
    "täyttää asetuksen",
    "lagenlig",
    "förenlig med lag",
    "förenlig med dataskydd",
    "uppfyller lag",
    "uppfyller dataskydd",
}
"""What no page may say of a record, an organisation or itself, in any of the languages."""
LEAVES_OUT = "Jättää pois · Utelämnar · Leaves out"
LEFT_OUT = "Jää pois, jos on · Utelämnas vid · Left out if there is"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(code: int) -> str:
    return (PAGES / f"ROPA{code}.md").read_text(encoding="utf-8")


def part(code: int, language: str) -> str:
    """Return the part of a page in one language."""
    _, _, rest = text_of(code).partition(f"\n{HEADINGS[language]}\n")
    return rest.partition("\n## ")[0]


# -- generated ------------------------------------------------------------------


def test_everything_generated_is_fresh() -> None:
    made = runpy.run_path(str(DOCS / "build.py"))["built"]()
    assert {name(path) for path in made} >= {f"docs/rules/ROPA{code}.md" for code in CODES}
    assert [name(path) for path, text in made.items() if path.read_text(encoding="utf-8") != text] == []
    assert [name(path) for path in PAGES.iterdir() if path not in made] == []


def test_there_is_a_page_for_every_rule_and_it_is_in_the_index() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert len(CODES) == 104
    for code in CODES:
        row = next(line for line in index.splitlines() if line.startswith(f"| [ROPA{code}](ROPA{code}.md) |"))
        assert f"`{name_of(code)}`" in row
        assert all(words(code, language).title in row for language in HEADINGS)
        assert text_of(code).splitlines()[2] == f"# ROPA{code} {name_of(code)}"
    assert len(re.findall(r"(?m)^\| \[ROPA\d", index)) == len(CODES)
    groups = re.findall(r"(?m)^## (\d)xx: ", index)
    assert groups == sorted({str(code // 100) for code in CODES})


# -- pages ----------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_its_three_languages_in_order(code: int) -> None:
    text = text_of(code)
    places = [text.index(f"\n{heading}\n") for heading in HEADINGS.values()]
    assert places == sorted(places)
    for language in HEADINGS:
        said = " ".join(part(code, language).replace("&lt;", "<").split())
        texts = words(code, language)
        assert texts.title in said
        assert " ".join(texts.what.split()) in said
        assert " ".join(texts.why.split()) in said
        # The hint stands there as a finding tells it; what a rule fills in may be anything.
        hint = "(?s)" + ".*".join(re.escape(one) for one in re.split(r"\{\w+\}", " ".join(texts.hint.split())))
        assert re.search(hint, said), hint
        assert not re.search(r"\{\w+\}", said)


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_its_two_examples_once(code: int) -> None:
    source = tomllib.loads((ROOT / f"vocab/rules/{code // 100}xx.toml").read_text(encoding="utf-8"))[str(code)]
    shown = [block.body for block in blocks(text_of(code))]
    assert shown == [source[key] for key in ("bad", "good") if key in source]
    for language in HEADINGS:
        assert (f"`{source['path']}`: " in part(code, language)) if "path" in source else "bad" not in source


@pytest.mark.parametrize("code", CODES)
def test_a_page_tells_the_strength_and_every_article(code: int) -> None:
    text = text_of(code)
    line = text.splitlines()[4]
    mine = [rule for rule in RULES if rule.code == code and code not in (900, 907)]
    told = {
        f"{'always' if profile == HYGIENE else profile}: {SEVERITY[strength]} ({strength})"
        for rule in mine
        for profile, strength in rule.strength.items()
    }
    assert set(line.split(" · ")) == (told or {"always: error"})
    every = {article for rule in mine for articles in rule.articles.values() for article in articles}
    cited = {article for article in every if re.match(r"\d+(\(|\Z)", article)}
    for other in every - cited:  # a section of a Finnish act, or another act of the Union
        assert other in text
    links = re.findall(r"\[([^\]]+)\]\(https://eur-lex\.europa\.eu/eli/reg/2016/679/art_(\d+)/oj\)", text)
    assert cited <= {article for article, _ in links} <= cited | {PAIRS[one] for one in cited if one in PAIRS}
    assert all(re.match(r"\d+", article)[0] == number for article, number in links)  # type: ignore[index]


@pytest.mark.parametrize("code", CODES)
def test_links_to_finnish_acts_have_their_number_and_year(code: int) -> None:
    said = " ".join(words(code, language).what + words(code, language).why for language in HEADINGS)
    acts = set(re.findall(r"\[(\d+)/(\d{4})\]\(https://www\.finlex\.fi/fi/lainsaadanto/(\d{4})/(\d+)\)", text_of(code)))
    assert all((number, year) == (there, then) for number, year, then, there in acts)
    # Only what the facts know as a law: 2/2019 are guidelines.
    laws = {row["number"] for row in Facts().tables["laws"] if row["jurisdiction"] == "FI"}
    named = set(re.findall(r"\b\d{1,4}/(?:19|20)\d\d\b", said))
    assert {f"{number}/{year}" for number, year, *_ in acts} == named & laws
    assert named - laws <= {"2/2019"}


@pytest.mark.parametrize("code", CODES)
def test_a_page_tells_what_leaves_what_out(code: int) -> None:
    rows = dict(re.findall(r"(?m)^\| ([^|]+) \| (.*) \|$", text_of(code)))
    mine = {f"ROPA{one}" for one in SILENCES.get(code, ())}
    by = {f"ROPA{one}" for one in SILENCES if code in SILENCES[one]}
    for label, wanted in ((LEAVES_OUT, mine), (LEFT_OUT, by)):
        assert set(re.findall(r"\[(ROPA\d+)\]", rows.get(label, ""))) == wanted
    assert rows["SHACL"].startswith("[on") == (code in shapes.codes())


def test_the_page_on_shapes_lists_the_rules_that_have_one() -> None:
    text = (DOCS / "shacl.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"(?m)^\| \[ROPA(\d+)\]", text)} == shapes.codes()


# -- links ----------------------------------------------------------------------


def targets(path: Path) -> set[tuple[Path, str]]:
    """Return the files of the project, with anchors, that a page links to."""
    found = set()
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            file, _, fragment = target.partition("#")
            found.add(((path.parent / file).resolve() if file else path, fragment))
    return found


@pytest.mark.parametrize("path", ALL, ids=name)
def test_links_resolve(path: Path) -> None:
    for there, fragment in targets(path):
        assert there.exists(), there
        assert there.is_relative_to(ROOT), there
        if fragment:
            headings = HEADING.findall(FENCE.sub("", there.read_text(encoding="utf-8")))
            assert fragment in {anchor(heading) for heading in headings}, f"{there}#{fragment}"


def test_no_page_is_an_orphan() -> None:
    reached, left = set(), [DOCS / "README.md"]
    while left:
        path = left.pop()
        if path not in reached and path.suffix == ".md" and path.is_relative_to(DOCS):
            reached.add(path)
            left += [there for there, _ in targets(path)]
    assert {name(path) for path in DOCS.rglob("*.md")} == {name(path) for path in reached}
    # The index links every page but those of single rules itself.
    own = {there for there, _ in targets(DOCS / "README.md")}
    assert own >= {*DOCS.glob("*.md"), PAGES / "README.md"} - {DOCS / "README.md"}
    assert (DOCS / "README.md") in {there for there, _ in targets(ROOT / "README.md")}


@pytest.mark.parametrize("path", ALL, ids=name)
def test_no_page_calls_anything_compliant(path: Path) -> None:
    text = " ".join(path.read_text(encoding="utf-8").lower().split())
    assert [word for word in WORDS if re.search(rf"\b{word}", text)] == []


# -- builds and hooks -------------------------------------------------------------


def in_ci(language: str) -> list[str]:
    return [block.body for block in blocks((DOCS / "ci.md").read_text(encoding="utf-8")) if block.language == language]


def yaml(path: str) -> Any:
    return YAML(typ="safe", pure=True).load((ROOT / path).read_text(encoding="utf-8"))


def test_settings_that_are_shown_can_be_read() -> None:
    shown = [config.settings_of(tomllib.loads(body)) for body in in_ci("toml")]
    assert shown
    assert any(settings.suppress and settings.severity and settings.baseline for settings in shown)
    text = (DOCS / "ci.md").read_text(encoding="utf-8")
    known = {field.name.replace("_", "-") for field in config.Settings.__attrs_attrs__} - {"file"}
    assert known == set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"(?m)^\| (`.*?) \| ", text))))


def test_formats_that_are_named_are_those_there_are() -> None:
    text = (DOCS / "ci.md").read_text(encoding="utf-8")
    formats = set(re.findall(r"--format ([a-z|]+)", text))
    assert "|".join(["text", *output.WRITERS]) in formats
    assert {one for named in formats for one in named.split("|")} == {"text", *output.WRITERS}


def test_the_hook_runs_the_command_on_a_folder() -> None:
    (hook,) = yaml(".pre-commit-hooks.yaml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (hook["id"], hook["entry"], hook["language"]) == ("ropa-check", "ropa check", "python")
    assert hook["entry"].split()[0] in project["scripts"]
    assert hook["types_or"] == ["yaml", "json"]
    # Files named one by one would break a record folder: its registers are no records.
    assert hook["pass_filenames"] is False
    assert hook["args"] == ["."]
    matching = [one for one in ("a.yaml", "b/record.yml", "c.json", "d.toml") if re.search(hook["files"], one)]
    assert matching == ["a.yaml", "b/record.yml", "c.json"]


def test_the_own_hooks_are_local() -> None:
    repos = yaml(".pre-commit-config.yaml")["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    entries = {hook["entry"].split()[0] for hook in repos[0]["hooks"]}
    assert entries == {"ruff", "mypy", "python"}
    for hook in repos[0]["hooks"]:
        script = re.search(r"\S+\.py", hook["entry"])
        assert script is None or (ROOT / script[0]).is_file()
