"""The tutorial runs: every edit, every command, in order, as a reader does it by hand.

In docs/tutorial.fi.md and docs/tutorial.md

- ```yaml          below `<!-- replace in: NAME -->` takes the place of the same key in that file, with what is indented
                   below it, open (`#|`, `#?`) or not; a key that is not there comes below the one before it
- ```shellsession  `$ ropa …` runs; below it stands what it prints, with `…` as in test_docs; or of a check the first
                   lines of the file and of each finding only; `$ echo $?` is the exit code

When the program words something in another way: `python tests/test_tutorial.py` writes anew what is printed, but for
what is shown with `…`. Read what it changes.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from test_docs import compare

import ropa
from ropa.cli import main

DOCS = Path(__file__).parent.parent / "docs"
TUTORIALS = ("tutorial.fi.md", "tutorial.md")
AS_OF = "2026-11-22"

BLOCK = re.compile(r"(?:^<!-- replace in: (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^## (\d+)\. ", re.MULTILINE)
HEAD = re.compile(r"^  \w+ (ROPA\d{3}) ", re.MULTILINE)
OPEN = re.compile(r"^#[|?] ")
LEFT_OUT = re.compile(r"^ *…", re.MULTILINE)
GAP = re.compile(r"\?|\[nimi\]|\[name\]|\[…\]")


# -- editing, as by hand ------------------------------------------------------------


def indent(line: str) -> int:
    """Return how far a line is indented, its mark of an open line left aside."""
    bare = OPEN.sub("", line)
    return len(bare) - len(bare.lstrip())


def parts(block: str) -> list[tuple[str, list[str]]]:
    """Return the keys of a block that stand furthest left, each with its lines."""
    lines = block.splitlines()
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if indent(line) == indent(lines[0]):
            found.append((line.partition(":")[0], []))
        found[-1][1].append(line)
    return found


def extent(lines: list[str], key: str) -> tuple[int, int]:
    """Return where a key with its indentation begins in a file and where it ends; it may stand there once."""
    starts = [number for number, line in enumerate(lines) if re.match(rf"{key}:(\s|$)", OPEN.sub("", line))]
    assert len(starts) <= 1, f"{key.strip()} stands {len(starts)} times in the file"
    if not starts:
        return -1, -1
    end = starts[0] + 1
    while end < len(lines) and lines[end].strip() and indent(lines[end]) > indent(key):
        end += 1
    return starts[0], end


def replaced(text: str, block: str) -> str:
    lines = text.splitlines()
    below = -1
    for key, new in parts(block):
        start, end = extent(lines, key)
        if start < 0:
            assert below >= 0, f"{key.strip()} is not in the file"
            start = end = below
        lines[start:end] = new
        below = start + len(new)
    return "\n".join([*lines, ""])


def test_replaced() -> None:
    text = "a: 1\n#| b:\n#|   - c: 2\n#?     d: ?\n\n# text\ne:\n  - b: 3\n    f: 4\n"
    assert replaced(text, "b: []\n") == "a: 1\nb: []\n\n# text\ne:\n  - b: 3\n    f: 4\n"
    assert replaced(text, "    f:\n      - 5\n") == text.replace("    f: 4", "    f:\n      - 5")
    assert replaced(text, "a: 6\ng: 7\n") == text.replace("a: 1", "a: 6\ng: 7")
    with pytest.raises(AssertionError, match="h is not in the file"):
        replaced(text, "h: 8\n")


# -- running -----------------------------------------------------------------------


class Check(NamedTuple):
    """A check that the tutorial shows."""

    step: int
    findings: list[tuple[str, str]]
    """Severity and code of each finding."""
    code: int


def run(arguments: list[str]) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(arguments)
    return code, out.getvalue()


def first_lines(printed: str) -> str:
    """Return of a check the line of the file and the first line of each finding."""
    file, *lines, _ = printed.splitlines()
    return "\n".join([file, *(line for line in lines if HEAD.match(line)), ""])


def wanted(shown: str, printed: str, arguments: list[str]) -> str:
    """Return what should be shown: a check is shown whole or by its first lines."""
    if arguments[0] != "check" or LEFT_OUT.search(shown) or shown.count("\n") >= printed.count("\n"):
        return printed
    return first_lines(printed)


def commands(session: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with what is shown below it."""
    assert session.startswith("$ ")
    split = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in split)]


def checked(arguments: list[str], shown: str, where: str) -> list[tuple[str, str]]:
    """Return what a check finds, and see that the tutorial shows all of it in this order."""
    told = json.loads(run([*(word for word in arguments if word != "--full"), "--format", "json"])[1])
    found = [(each["severity"], each["code"]) for each in told["files"][0]["findings"]]
    assert HEAD.findall(shown) == [code for _, code in found], where
    return found


def session(body: str, where: str, step: int) -> list[Check]:
    """Run the commands of a block, and compare what they print with what is shown."""
    checks: list[Check] = []
    code = 0
    for command, shown in commands(body):
        if command == "echo $?":
            assert shown.strip() == str(code), f"{where}: exit code {code}"
            continue
        program, *arguments = shlex.split(command)
        assert program == "ropa", f"{where}: {command}"
        code, printed = run(arguments)
        if arguments[0] == "check" and not LEFT_OUT.search(shown):
            checks.append(Check(step, checked(arguments, shown, where), code))
        compare(shown, wanted(shown, printed, arguments), f"{where}: $ {command}")
    return checks


def follow(name: str) -> list[Check]:
    """Do what one tutorial says, in the current folder; return its checks."""
    text = (DOCS / name).read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    assert 2 * len(blocks) == len(re.findall(r"^```", text, re.MULTILINE)), "every block is closed"
    assert text.count("<!-- ") == sum(block[1] is not None for block in blocks), "every comment is above a block"
    checks: list[Check] = []
    for block in blocks:
        target, language, body = block.groups()
        where = f"{name}:{text.count(chr(10), 0, block.start(3)) + 1}"
        step = int(STEP.findall(text, 0, block.start())[-1])
        if language == "shellsession":
            checks += session(body, where, step)
            continue
        assert language == "yaml", f"{where}: {language}"
        assert target, f"{where}: in which file?"
        assert not GAP.search(body), f"{where}: left open"
        path = Path(target)
        before = path.read_text(encoding="utf-8")
        after = replaced(before, body)
        assert after != before, f"{where}: changes nothing"
        path.write_text(after, encoding="utf-8")
    return checks


class Walk(NamedTuple):
    """A tutorial that was followed to its end."""

    name: str
    checks: list[Check]
    record: Path


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> list[Walk]:
    done = []
    for name in TUTORIALS:
        folder = tmp_path_factory.mktemp("tutorial")
        with contextlib.chdir(folder):
            checks = follow(name)
        (record,) = folder.iterdir()
        done.append(Walk(name, checks, record))
    return done


def test_gaps_are_filled_step_by_step(walks: list[Walk]) -> None:
    for _, checks, _ in walks:
        steps = [check.step for check in checks]
        assert steps == sorted(steps)
        assert set(steps) == set(range(1, 15)), "each step ends with a check"
        errors = [sum(severity == "error" for severity, _ in check.findings) for check in checks]
        assert errors == sorted(errors, reverse=True), "no step adds an error"
        assert errors[0] > errors[-1] == 0
        assert [check.code for check in checks] == [int(count > 0) for count in errors]


def test_the_last_record_has_no_error(walks: list[Walk]) -> None:
    for walk in walks:
        code, _ = run(["check", str(walk.record), "--as-of", AS_OF, "--fail-on", "error"])
        assert code == 0
        for profiles in (["record"], ["notice"], ["record", "notice"]):
            found = ropa.check(walk.record, profiles=profiles, as_of=AS_OF)
            assert not [finding for finding in found if finding.severity == "error"]


def test_nothing_is_left_open_in_the_record(walks: list[Walk]) -> None:
    for walk in walks:
        assert not [text for text in strings(ropa.to_dict(ropa.load(walk.record))) if GAP.search(text)]
        assert "change-me" not in walk.record.read_text(encoding="utf-8")


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in strings(item)]
    if isinstance(value, list | tuple):
        return [found for item in value for found in strings(item)]
    return [value] if isinstance(value, str) else []


def test_both_tutorials_take_the_same_steps(walks: list[Walk]) -> None:
    """The order of the findings follows the names in the record, so it may differ."""
    finnish, english = ([check._replace(findings=sorted(check.findings)) for check in walk.checks] for walk in walks)
    assert finnish == english
    finnish_keys, english_keys = (keys((DOCS / walk.name).read_text(encoding="utf-8")) for walk in walks)
    assert finnish_keys == english_keys


def keys(text: str) -> list[str]:
    """Return the keys that the blocks of a tutorial replace, in order."""
    return [key for block in BLOCK.finditer(text) if block[1] for key, _ in parts(block[3])]


# -- writing the first lines anew ------------------------------------------------------


def refreshed(name: str) -> str:
    """Return a tutorial with the first lines that its checks print now."""
    text = (DOCS / name).read_text(encoding="utf-8")

    def anew(block: re.Match[str]) -> str:
        target, language, body = block.groups()
        if language == "yaml":
            path = Path(target)
            path.write_text(replaced(path.read_text(encoding="utf-8"), body), encoding="utf-8")
            return block[0]
        new = ""
        for command, shown in commands(body):
            program, *arguments = shlex.split(command)
            stays = program != "ropa" or LEFT_OUT.search(shown)
            new += f"$ {command}\n{shown if stays else wanted(shown, run(arguments)[1], arguments)}"
        return block[0].replace(body, new)

    return BLOCK.sub(anew, text)


if __name__ == "__main__":
    for each in TUTORIALS:
        with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
            (DOCS / each).write_text(refreshed(each), encoding="utf-8")
