"""The documentation runs: Python blocks, commands with what they print, edits, links, generated parts.

In a Markdown file, in order, in one temporary folder with the examples copied in:

- ```python        runs, all blocks of a file in one namespace; a ```text block right below is what it prints
- ```console       `$ ropa …` runs, the lines below are what it prints; `$ echo $?` is the exit code
- ```yaml / ```json below `<!-- file: NAME -->` are written to that file
- ```diff          below `<!-- edit: NAME -->` is applied to that file
- ```turtle        below `<!-- part of: NAME -->` are triples that the record in that file has

In what is shown, a line with only `…` stands for any lines, `…` in a line for any characters.
Blocks of other languages (sh, powershell) are not run.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import shlex
import shutil
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import ropa
from ropa.cli import main

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
GENERATED = {"fields.md"}
PROGRAMS = {"developer": "guide-developer.md", "dpo": "guide-dpo.md", "researcher": "guide-researcher.md"}
WRITTEN = [path for path in DOCS if path.name not in GENERATED]

FENCE = re.compile(r"^(`{3,})(\w*)[^\n`]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"<!-- (file|edit|part of): (\S+) -->\s*\Z")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


class Block(NamedTuple):
    language: str
    body: str
    line: int
    directive: tuple[str, str] | None
    follows: bool
    """Whether only blank lines stand between this block and the one before."""


def blocks(text: str) -> list[Block]:
    found, end = [], 0
    for match in FENCE.finditer(text):
        between = text[end : match.start()]
        told = DIRECTIVE.search(between)
        line = text.count("\n", 0, match.start()) + 2
        found.append(
            Block(match[2], match[3], line, (told[1], told[2]) if told else None, bool(found) and not between.strip())
        )
        end = match.end()
    return found


# -- what is shown, and what is printed ------------------------------------------


def fits(shown: str, printed: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in shown.rstrip().split("…")), printed.rstrip()) is not None


def matches(shown: list[str], printed: list[str]) -> bool:
    if not shown:
        return not printed
    if shown[0].strip() == "…":
        return any(matches(shown[1:], printed[index:]) for index in range(len(printed) + 1))
    return bool(printed) and fits(shown[0], printed[0]) and matches(shown[1:], printed[1:])


def compare(shown: str, printed: str, where: str) -> None:
    expected, actual = shown.rstrip().splitlines(), printed.rstrip().splitlines()
    if matches(expected, actual):
        return
    good = next(n for n in range(len(expected), -1, -1) if matches([*expected[:n], "…"], actual))
    if good == len(expected):
        told = f"more is printed than shown; the last line is\n  {actual[-1]}"
    else:
        near = get_close_matches(expected[good], actual, 1, 0.4) or actual[:1]
        told = (
            f"shown\n  {expected[good]}\nis not printed there; nearest\n  {near[0] if near else '(nothing is printed)'}"
        )
    pytest.fail(f"{where}: {told}", pytrace=False)


def test_ellipsis() -> None:
    assert matches(["a", "…", "d"], ["a", "b", "c", "d"])
    assert matches(["a … c"], ["a b c"])
    assert matches(["a", "…"], ["a"])
    assert not matches(["a", "d"], ["a", "b", "d"])
    assert not matches(["a"], ["a", "b"])
    assert not matches(["a b"], ["a c"])


# -- running -------------------------------------------------------------------


class Reader:
    """Does what a reader of one file would do, in a folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.printed = ""
        self.code = 0

    def read(self, text: str) -> None:
        for block in blocks(text):
            where = f"{self.name}:{block.line}"
            if block.directive is not None:
                self.directed(block, where)
            elif block.language == "python":
                self.python(block)
            elif block.language == "text" and block.follows:
                compare(block.body, self.printed, where)
            elif block.language == "console":
                self.console(block.body, where)

    def python(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.body, self.name, "exec")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, self.names)  # noqa: S102  # the point of this test
        self.printed = out.getvalue()

    def console(self, body: str, where: str) -> None:
        steps = re.split(r"^\$ ", body, flags=re.MULTILINE)
        assert not steps[0].strip(), f"{where}: a console block begins with `$ `"
        for step in steps[1:]:
            command, _, shown = step.partition("\n")
            if command.strip() == "echo $?":
                assert shown.strip() == str(self.code), f"{where}: exit code {self.code}"
                continue
            program, *arguments = shlex.split(command, comments=True)
            assert program == "ropa", f"{where}: only ropa and echo $? can be run, not {program}"
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                self.code = main(arguments)
            self.printed = out.getvalue()
            compare(shown, self.printed, f"{where}: $ {command}")

    def directed(self, block: Block, where: str) -> None:
        assert block.directive is not None
        what, name = block.directive
        path = self.folder / name
        if what == "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif what == "edit":
            assert block.language == "diff", f"{where}: an edit is a diff"
            path.write_text(edited(path.read_text(encoding="utf-8"), block.body, where), encoding="utf-8")
        else:
            self.part_of(path, block.body, where)

    def part_of(self, path: Path, turtle: str, where: str) -> None:
        whole = ropa.to_graph(ropa.load(path))
        prefixes = "".join(f"@prefix {prefix}: <{name}> .\n" for prefix, name in whole.namespaces())
        part = type(whole)().parse(data=prefixes + turtle, format="turtle", publicID="https://example.org/nowhere/")
        missing = [" ".join(term.n3() for term in triple) for triple in part if triple not in whole]
        assert len(part) > 0
        assert not missing, f"{where}: not in {path.name}: {missing}"


def edited(text: str, diff: str, where: str) -> str:
    """Apply a diff without line numbers: what it removes, with what stands around it, must be there once."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[:1] in "- ")
    new = "".join(line[1:] for line in lines if line[:1] in "+ ")
    assert text.count(old) == 1, f"{where}: what the diff removes stands {text.count(old)} times in the file"
    return text.replace(old, new)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder with the examples, as the current one."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_blocks_run(path: Path, folder: Path) -> None:
    Reader(path.name, folder).read(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_fence_is_closed_and_has_a_language(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = blocks(text)
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(found)
    assert all(block.language for block in found)
    # A text block that follows nothing would show output that nothing checks.
    assert all(block.follows for block in found if block.language == "text")
    directives = len(re.findall(r"<!-- (?:file|edit|part of): ", text))
    assert directives == sum(block.directive is not None for block in found)


# -- links, programs, generated parts ---------------------------------------------


def anchor(heading: str) -> str:
    """Return the fragment that a heading gets where Markdown is shown as pages."""
    plain = re.sub(r"[`*]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, fragment = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name}: {target}"
        assert there.is_relative_to(ROOT), f"{path.name}: {target} leads out of the project"
        if fragment:
            assert fragment in {anchor(heading) for heading in HEADING.findall(there.read_text(encoding="utf-8"))}, (
                f"{path.name}: {target}"
            )


@pytest.mark.parametrize(("program", "guide"), PROGRAMS.items())
def test_programs_of_the_guides_are_the_typed_ones(program: str, guide: str) -> None:
    source = (ROOT / "tests" / "typing_tests" / f"{program}.py").read_text(encoding="utf-8")
    bodies = [
        block.body
        for block in blocks((ROOT / "docs" / guide).read_text(encoding="utf-8"))
        if block.language == "python"
    ]
    assert source in bodies
    assert len([line for line in source.splitlines() if line.strip()]) <= 16


def test_both_dpo_guides_show_the_same_programs() -> None:
    english, finnish = (
        [
            block.body
            for block in blocks((ROOT / "docs" / name).read_text(encoding="utf-8"))
            if block.language == "python"
        ]
        for name in ("guide-dpo.md", "guide-dpo.fi.md")
    )
    assert english == finnish


def test_generated_parts_are_fresh(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["build.py", "--check"])
    with contextlib.suppress(SystemExit):
        runpy.run_path(str(ROOT / "docs" / "build.py"), run_name="__main__")
        return
    pytest.fail(capsys.readouterr().err or "docs/build.py --check failed", pytrace=False)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_called_compliant(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert not re.search(r"\bcompliant\b|\blainmukainen\b|\blaillinen\b", text)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_json_and_yaml_blocks_can_be_read(path: Path) -> None:
    from ruamel.yaml import YAML  # noqa: PLC0415  # only here

    for block in blocks(path.read_text(encoding="utf-8")):
        if block.language == "json":
            json.loads(block.body)
        elif block.language == "yaml":
            YAML(typ="safe", pure=True).load(block.body)
