"""The house: who imports whom, what is loaded when, and the one trap of the three states."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ropa import spec

SOURCE = Path(__file__).parents[1] / "src" / "ropa"
# A module imports only from rows above it.
ROWS = [
    {"prefixes", "errors", "text", "values"},
    {"spec", "prepare"},
    {"model"},
    {"access"},
    {"vocab"},
    {"findings"},
    {"codec", "yamlread", "jsonread"},
    {"rdf"},
    {"fields"},
    {"schema", "ontology"},
    {"io"},
    {"rules"},
    {"shapes", "config", "coverage", "output", "testing", "plaintext", "checking"},
    {"cli", "__init__", "__main__"},
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}
EXAMPLES = SOURCE.parents[1] / "examples"
FILES = sorted(SOURCE.rglob("*.py"))


def module_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, int]]:
    """Return the ropa modules that a file imports when it is loaded or run; not those for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ropa":
            names = [node.module.split(".")[1]] if "." in node.module else [alias.name for alias in node.names]
            found += [(name, node.lineno) for name in names]
        elif isinstance(node, ast.Import):
            found += [(a.name.split(".")[1], node.lineno) for a in node.names if a.name.startswith("ropa.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_rows_above_it(path: Path) -> None:
    own = module_of(path)
    for name, line in imports(path):
        if name in RANK and name != own:
            assert RANK[name] <= RANK[own], f"{path.name}:{line}: {own} imports {name}"


def test_every_module_has_a_row() -> None:
    assert {module_of(path) for path in FILES} <= set(RANK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_turns_not_stated_into_none(path: Path) -> None:
    """`x or ()` handed to a constructor makes "none" of "not stated": forbidden in our code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = {"replace", "evolve", *(cls.__name__ for cls in spec.classes())}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in classes:
            for keyword in node.keywords:
                value = keyword.value
                assert not (
                    isinstance(value, ast.BoolOp)
                    and isinstance(value.op, ast.Or)
                    and ast.unparse(value.values[-1]) in ("()", "[]", "tuple()")
                ), f"{path.name}:{node.lineno}"


def run(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **env}
    )
    return done.stdout


def test_import_ropa_is_light() -> None:
    heavy = ("rdflib", "jsonschema", "click", "rich", "ruamel", "pyshacl")
    assert run(f"import sys, ropa; print([m for m in {heavy} if m in sys.modules])").strip() == "[]"


@pytest.mark.parametrize("format_", ["json", "yaml", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_the_same_bytes_in_every_process(format_: str) -> None:
    code = (
        "import ropa, sys; "
        f"sys.stdout.write(ropa.dumps(ropa.load({str(EXAMPLES / 'humppilan-vesihuolto.json')!r}), {format_!r}))"
    )
    texts = {run(code, PYTHONHASHSEED=seed) for seed in ("0", "1", "2", "random")}
    assert len(texts) == 1


def test_the_same_findings_in_every_process() -> None:
    code = (
        "import sys; from ropa.cli import main; "
        f"main(['check', {str(EXAMPLES)!r}, '--format', 'json', '--as-of', '2026-11-22', '--fail-on', 'never'])"
    )
    assert len({run(code, PYTHONHASHSEED=seed) for seed in ("0", "1", "random")}) == 1


def test_every_public_name_has_a_text() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) is not None, path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_group_is_possessive(path: Path) -> None:
    """Up to Python 3.11.4 such a group skips a branch: texts with quotes were taken for deep nesting."""
    assert not re.search(r"\)[*+?]\+", path.read_text(encoding="utf-8"))
